"""The model as a process behind a real pty, with pyserial on the other side."""

import os
import select
import subprocess
import sys
import time
from random import Random
from urllib.request import urlopen

import pytest
import serial

from kiosk.printing.model.testing import running_model


@pytest.fixture
def model(tmp_path):
    with running_model(tmp_path) as model:
        yield model


def port(model, baud=115200):
    return serial.Serial(model.port, baud, timeout=5, write_timeout=5, exclusive=True)


def until(condition, within_s=10.0):
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "the condition never became true"
        time.sleep(0.02)


def test_a_ticket_goes_through_the_port_to_the_tray(model, ticket):
    with port(model) as line:
        line.write(ticket("A012", b"P001"))

        assert line.read(7) == b"\x37\x22P001\x00"
    [slip] = model.slips()
    assert (slip.text[2], slip.cut) == ("A012", "partial")
    assert model.complaints() == []


def test_the_slip_is_on_disk_before_it_is_confirmed(model, ticket):
    with port(model) as line:
        line.write(ticket("A012", b"P001"))
        line.read(7)
        model.kill()

    assert [slip.text[2] for slip in model.slips()] == ["A012"]


def test_the_kiosk_may_close_and_reopen_the_port(model, ticket):
    for n in range(3):
        with port(model) as line:
            line.write(ticket(f"A00{n}", b"P00" + str(n).encode()))
            assert line.read(7)[2:6] == b"P00" + str(n).encode()

    assert [slip.text[2] for slip in model.slips()] == ["A000", "A001", "A002"]


def test_all_256_bytes_pass_the_port_unchanged(model):
    data = bytes(range(256)) * 2
    with port(model) as line:
        line.write(b"\x1dv0\x00\x20\x00\x10\x00" + data + b"\x1dVB\x00\x1d(H\x06\x0000done")
        answers = line.read_until(b"done\x00")

    assert answers.endswith(b"\x37\x22done\x00")
    [image] = model.slips()[0].items
    assert image.rows() == data


def test_status_is_answered_while_the_buffer_is_held_by_an_empty_roll(model, ticket):
    model.control(paper="out")
    with port(model) as line:
        line.write(ticket("A001", b"held") + b"\x10\x04\x04")
        assert line.read(1) == b"\x7e"

        model.control(paper="ok")
        assert line.read(7) == b"\x37\x22held\x00"


def test_a_full_buffer_stops_the_reading_until_there_is_paper(model):
    model.control(paper="out")
    with port(model) as line:
        sent = 0
        while select.select([], [line.fd], [], 0.5)[1] and sent < 200_000:
            sent += os.write(line.fd, b"x" * 512)

        assert sent < 100_000
        assert model.state()["buffered"] == 4096
        model.control(paper="ok")
        until(lambda: model.state()["received"] == sent)


def test_power_lost_mid_ticket_is_a_stub_and_silence(model, ticket):
    model.control(power_off_after_bytes=100)
    with port(model) as line:
        line.timeout = 0.3
        line.write(ticket("A012", b"gone") + b"\x10\x04\x01")
        [stub] = model.wait_for_slips(1)

        assert (stub.cut, "A012" in stub.text) == ("none", True)
        assert b"gone" not in line.read(20)
        line.write(b"\x10\x04\x01")
        assert line.read(1) == b""
        model.control(power="on")
        line.write(b"\x10\x04\x01")
        assert line.read(1) == b"\x16"


def test_noise_on_the_line_never_kills_it(model, ticket):
    with port(model) as line:
        noise = Random(7).randbytes(100_000)
        for at in range(0, len(noise), 500):
            line.write(noise[at : at + 500])
            line.reset_input_buffer()
        until(lambda: model.state()["received"] == len(noise))
        model.control(recover=True)
        model.control(power="off")
        model.control(power="on")
        line.reset_input_buffer()
        line.write(ticket("A001", b"good"))
        assert line.read(7) == b"\x37\x22good\x00"


def test_bytes_take_their_time_on_the_wire_and_paper_in_the_mechanism(tmp_path, ticket):
    data = ticket("A001", b"time")
    with running_model(tmp_path, fast=False, baud=9600) as model, port(model, 9600) as line:
        begun = time.monotonic()
        line.write(data)
        answer = line.read(7)
        took = time.monotonic() - begun
        [slip] = model.slips()

    assert answer == b"\x37\x22time\x00"
    # Wire and mechanism overlap; neither can be faster than alone.
    assert took > len(data) * 10 / 9600
    assert took > (slip.length - 96) / 8 / 150


def test_a_port_at_another_baud_rate_is_complained_of(model):
    with port(model, 9600) as line:
        line.write(b"\x1b@")
        until(model.complaints)

    assert model.complaints()[0]["code"] == "wrong_baud"


def test_a_second_model_takes_over_the_link(tmp_path, ticket):
    with running_model(tmp_path) as first:
        with running_model(tmp_path) as second, port(second) as line:
            line.write(ticket("A001", b"secd"))
            assert line.read(7) == b"\x37\x22secd\x00"
        assert first.state()["received"] == 0


def test_sigterm_leaves_the_half_printed_paper_as_a_stub(tmp_path):
    with running_model(tmp_path) as model, port(model) as line:
        line.write(b"half\n")
        until(lambda: model.state()["strip_items"] == 1)
        model.process.terminate()

        assert model.process.wait(10) == 0
    assert [(slip.cut, slip.text) for slip in model.slips()] == [("none", ("half",))]
    assert not (tmp_path / "printer").is_symlink()


def test_a_taken_address_is_said_in_words(model, tmp_path):
    address = model.http.removeprefix("http://")
    command = [sys.executable, "-m", "kiosk.printing.model", "--link", str(tmp_path / "other")]
    command += ["--tray", str(tmp_path / "other-tray"), "--http", address]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert ended.returncode == 2
    assert "用不了" in ended.stderr


def test_the_live_stream_reports_a_fault_at_once(model):
    with urlopen(f"{model.http}/model/events", timeout=5) as stream:
        assert b'"paper":"ok"' in stream.readline()
        begun = time.monotonic()
        model.control(paper="out")
        while b'"paper":"out"' not in stream.readline():
            pass

    assert time.monotonic() - begun < 2


def test_the_model_knows_nothing_of_the_encoder():
    """It can bear witness only if it shares no code with what it judges."""
    code = (
        "import sys, kiosk.printing.model.pages, kiosk.printing.model.cable\n"
        "print(*[m for m in sys.modules if m.startswith(('kiosk', 'server', 'firmware', 'serial'))])"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    foreign = [m for m in loaded if not m.startswith("kiosk.printing.model")]
    page = {"server", "server.kit", "server.kit.modelling", "server.kit.sockets"}
    assert set(foreign) == {"kiosk", "kiosk.printing", *page}
