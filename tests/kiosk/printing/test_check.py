"""Which profile fits a printer: judged by its answers, with reasons; and what is wrong, in words."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from kiosk.config import KioskConfig
from kiosk.printing import check as asking
from kiosk.printing import command
from kiosk.printing.fitting import Evidence, fit_of, fits_of, is_star, is_status, unproved
from kiosk.printing.layout import Line, cells
from kiosk.printing.model.testing import running_model
from kiosk.printing.probe import Probe, ProbeError, opened
from server.kit.serial.profiles import Link, load_printer, printer_profiles
from server.kit.serial.testing import Clock, DevicePort
from tests.devices.ptys import Pty

ALL = [load_printer(name) for name in printer_profiles()]
PLAIN = {1: b"\x12", 2: b"\x12", 3: b"\x12", 4: b"\x12"}
WELL = Evidence(real_time=PLAIN, paper=b"\x00")


def best(seen, **arguments):
    return fits_of(ALL, seen, **arguments)[0].profile.id


class Device(DevicePort):
    """A printer that knows some questions and is silent to all others."""

    def __init__(self, answers):
        super().__init__()
        self.answers = {bytes.fromhex(ask): bytes.fromhex(said) for ask, said in answers.items()}

    def answer(self, data):
        return self.answers.get(bytes(data), b"")


def probe_on(port, clock=None):
    clock = clock or Clock()
    return Probe(port, clock=clock, pause=clock.move)


# Which profile.


@pytest.mark.parametrize(
    ("profile", "seen"),
    [
        ("generic_80_gbk", WELL),
        ("epson_tm_cn", replace(WELL, automatic=b"\x14\0\0\x0f", names={66: b"EPSON", 67: b"TM-T82II"})),
        ("epson_tm_t88iii", replace(WELL, automatic=b"\x14\0\0\x0f", names={66: b"EPSON", 67: b"TM-T88III"})),
        ("masung_ep", Evidence(real_time=PLAIN | {5: b"\x04"})),
        ("custom_kpm_vkp", Evidence(real_time={20: bytes.fromhex("100F20000000")})),
        ("cashino_kp", replace(WELL, real_time=PLAIN | {1: b"\x92"})),
        ("star_line", Evidence(star=bytes.fromhex("2386000000000000 00"))),
    ],
)  # fmt: skip
def test_the_answers_choose_the_profile(profile, seen):
    assert best(seen) == profile


def test_the_width_of_the_paper_chooses_among_those_that_answer_alike():
    assert best(WELL, paper_mm=58) == "generic_58_gbk"
    assert best(WELL, paper_mm=80) == "generic_80_gbk"


def test_a_profile_whose_question_was_not_answered_does_not_fit_and_says_which():
    fit = fit_of(load_printer("masung_ep"), WELL)

    assert not fit.fits
    assert "DLE EOT 5 没有应答" in fit.against[0]


def test_a_printer_without_gs_r_fits_no_profile_that_needs_it():
    silent = Evidence(real_time=PLAIN)

    assert any(
        "GS r 1" in words for words in fit_of(load_printer("generic_80_gbk"), silent).against
    )


def test_an_offline_printer_is_not_blamed_for_what_it_cannot_answer():
    seen = Evidence(real_time=PLAIN | {1: b"\x1a"}, is_offline=True)

    assert fit_of(load_printer("generic_80_gbk"), seen).fits


def test_a_print_confirmation_that_never_came_speaks_against_the_profile():
    epson = load_printer("epson_tm_cn")
    seen = replace(WELL, automatic=b"\x14\0\0\x0f", names={67: b"TM-T82II"})

    assert fit_of(epson, seen).fits
    assert fit_of(epson, replace(seen, printed=True)).fits
    assert not fit_of(epson, replace(seen, printed=False)).fits


def test_bytes_without_the_shape_of_a_status_are_garbage():
    assert Evidence(real_time={1: b"\xff\xfe"}).is_garbage
    assert not Evidence(real_time={1: b"\x12"}).is_garbage
    assert Evidence().is_silent
    assert not Evidence().is_garbage


@pytest.mark.parametrize(
    ("n", "answer", "shaped"),
    [(1, "12", True), (1, "92", True), (1, "00", False), (1, "1212", False), (5, "00", True),
     (20, "100F00000000", True), (20, "12", False), (4, "", False)],
)  # fmt: skip
def test_an_answer_is_known_by_its_fixed_bits(n, answer, shaped):
    assert is_status(n, bytes.fromhex(answer)) == shaped


def test_a_star_answer_is_seven_to_nine_bytes():
    assert is_star(bytes.fromhex("23860000000000"))
    assert not is_star(bytes.fromhex("2386"))


@pytest.mark.parametrize("profile", ALL, ids=lambda p: p.id)
def test_what_is_not_proved_is_always_told(profile):
    words = unproved(profile, WELL, page=False)

    assert "测试页" in words[1]
    assert len(unproved(profile, WELL, page=True)) == len(words) - 1


# What is asked.


def test_all_answers_and_their_times_are_kept():
    device = Device(
        {"100401": "16", "100402": "12", "100403": "12", "100404": "1E", "1D7201": "03",
         "1D610E": "1400000F", "1D4942": "5F4550534F4E00", "1D4901": "20"}
    )  # fmt: skip

    seen, times = asking.examine(probe_on(device), baud=9600)

    assert seen.real_time[4] == b"\x1e"
    assert (seen.paper, seen.automatic) == (b"\x03", bytes.fromhex("1400000F"))
    assert (seen.name(66), seen.names[1]) == ("EPSON", b"\x20")
    assert len(times) == 5
    assert bytes(device.written).endswith(bytes.fromhex("1D6100"))
    assert asking.faults_said(load_printer("generic_80_gbk"), seen) == (["纸将尽"], False)


def test_an_offline_printer_is_asked_nothing_through_its_buffer():
    device = Device({"100401": "1A", "100402": "32", "100403": "12", "100404": "7E"})

    seen, _ = asking.examine(probe_on(device), baud=9600)

    assert seen.is_offline
    assert b"\x1d" not in device.written
    assert asking.faults_said(load_printer("generic_80_gbk"), seen)[0][0] == "缺纸"


def test_nothing_that_prints_is_asked():
    device = Device({f"10040{n}": "12" for n in (1, 2, 3, 4)})

    asking.examine(probe_on(device), baud=9600)

    sent = bytes(device.written)
    assert sent == b"".join(part for part in (
        *(bytes([0x10, 0x04, n]) for n in (1, 2, 3, 4, 5, 20)),
        *(bytes([0x10, 0x04, 1]) for _ in range(5)),
        *(bytes([0x1D, 0x49, n]) for n in (1, 2, 3, 65, 66, 67, 68, 69)),
        bytes.fromhex("1D7201 1D610E 1D6100"),
    ))  # fmt: skip


def test_a_custom_printer_is_found_by_its_full_status():
    seen = asking.knock(probe_on(Device({"100414": "100F20000000"})))

    assert not seen.is_silent
    assert asking.faults_said(load_printer("custom_kpm_vkp"), seen) == ([], True)


def test_a_star_printer_is_found_when_nothing_else_answers():
    star = "2386080000040000"
    seen, _ = asking.examine(probe_on(Device({"1B0601": star})), baud=9600)

    assert seen.star == bytes.fromhex(star)
    assert asking.faults_said(load_printer("star_line"), seen)[0] == ["纸将尽", "脱机"]


def test_flow_control_around_an_answer_is_not_part_of_it():
    seen = asking.knock(probe_on(Device({"100401": "1112"})))

    assert seen.real_time[1] == b"\x12"


def test_automatic_status_is_never_switched_on_beside_the_full_status():
    device = Device({"100414": "100F00000000", "1D7201": "00"})

    asking.examine(probe_on(device), baud=19200)

    assert b"\x1d\x61" not in device.written


def test_a_name_without_its_frame_is_read_as_well():
    seen, _ = asking.examine(probe_on(Device({"100401": "12", "1D4943": "47502D3830"})), baud=9600)

    assert seen.name(67) == "GP-80"


def test_an_answer_in_pieces_is_one_answer():
    class Slow(DevicePort):
        def answer(self, data):
            self.say(b"\x5fEP")
            self.say(b"SON\x00")
            return b""

    assert probe_on(Slow()).ask(b"\x1d\x49\x42").data == b"\x5fEPSON\x00"


def test_a_line_that_takes_nothing_says_what_to_look_at():
    class Stuck(DevicePort):
        def write(self, data):
            return 0

    with pytest.raises(ProbeError, match="流控"):
        probe_on(Stuck()).say(b"\x10\x04\x01")


def test_a_line_that_is_pulled_out_says_so():
    device = Device({})
    device.gone = True

    with pytest.raises(ProbeError, match="端口没有了"):
        probe_on(device).ask(b"\x10\x04\x01")


# The page.


@pytest.mark.parametrize("profile", ALL, ids=lambda p: p.id)
def test_the_test_page_fits_every_paper_and_ends_with_the_cut(profile):
    ops = asking.check_page(profile, "2026-11-25 09:41")
    columns = profile.paper.columns

    assert all(cells(op.text) * op.width <= columns for op in ops if isinstance(op, Line))
    assert any(isinstance(op, Line) and len(op.text) == columns for op in ops)


def test_ten_hanzi_of_the_page_have_a_second_byte_that_looks_like_ascii():
    codes = [ch.encode("gbk") for ch in asking.ASCII_TRAILS]

    assert len(codes) == 10
    assert all(code[1] < 0x7F for code in codes)


@pytest.mark.parametrize(
    ("name", "answers", "proof", "printed"),
    [
        ("generic_80_gbk", {"1D7201": "00"}, "gs_r", None),
        ("generic_80_gbk", {}, "", None),
        ("epson_tm_cn", {"1D7201": "00", "1D284806003030 43484B31": "372243484B3100"}, "process_id", True),
        ("epson_tm_cn", {"1D7201": "00"}, "gs_r", False),
        ("star_line", {"17": "2386000000000200"}, "star_etb", None),
    ],
)  # fmt: skip
def test_the_page_is_asked_for_every_proof_and_the_strongest_counts(name, answers, proof, printed):
    clock, profile = Clock(), load_printer(name)
    ops = asking.check_page(profile, "")

    page, done = asking.print_page(
        probe_on(Device(answers), clock), profile, ops, clock=clock, pause=clock.move
    )

    assert (page.proof, done) == (proof, printed)
    assert page.sent_s == pytest.approx(profile.link.wire_s(page.bytes), abs=0.01)


# The command, on real ports.


def run_check(*words, stdin=subprocess.DEVNULL):
    return subprocess.run(
        [sys.executable, "-m", "kiosk", "printer", "check", *words],
        capture_output=True,
        text=True,
        stdin=stdin,
        timeout=60,
        check=False,
    )


def in_process(capsys, *words):
    """Run the command here: the same code without the start of an interpreter."""
    parser = argparse.ArgumentParser()
    command.add_to(parser.add_subparsers())
    arguments = parser.parse_args(["printer", "check", *words])
    port = arguments.printer_port or ""
    config = KioskConfig(printer=type(KioskConfig().printer)(port=port))
    status = arguments.command(config, arguments)
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_check_names_the_models_profile_and_prints_its_page(tmp_path):
    with running_model(tmp_path, baud=9600) as model:
        done = run_check("--port", model.port, "--yes", "--json")
        result = json.loads(done.stdout)
        [paper] = model.wait_for_slips(1)

        assert done.returncode == 0, done.stderr
        wrong = {c["code"] for c in model.complaints()} - {"unknown_real_time"}
        assert wrong == set()
    assert (result["best"], result["baud"], result["ok"]) == ("epson_tm_cn", 9600, True)
    assert result["identity"]["67"] == "TM-T88IV-CN"
    assert result["page"]["proof"] == "process_id"
    assert "".join(str(n % 10) for n in range(1, 49)) in paper.text
    assert paper.qr == ("hallqueue:epson_tm_cn",)


def test_a_printer_with_a_fault_is_told_and_nothing_is_printed(tmp_path):
    with running_model(tmp_path, baud=9600, dialect="generic") as model:
        model.control(paper="out")
        done = run_check("--port", model.port, "--yes", "--baud", "9600")

        assert done.returncode == 1
        assert "现在：缺纸" in done.stdout
        assert "先不打印测试页" in done.stdout
        assert model.slips() == []


def test_a_port_that_is_not_there_is_said_in_words(capsys):
    status, _, err = in_process(capsys, "--port", "/dev/ttyNOWHERE7")

    assert status == 2
    assert "没有端口 /dev/ttyNOWHERE7" in err


def test_without_any_port_the_command_says_how_to_name_one(capsys):
    status, _, err = in_process(capsys)

    assert status == 2
    assert "--port" in err


def test_a_port_in_use_by_the_kiosk_is_refused_in_words(tmp_path):
    pty = Pty(tmp_path)
    holder = opened(pty.path, Link())
    try:
        done = run_check("--port", pty.path, "--baud", "9600")
    finally:
        holder.close()
        pty.close()

    assert done.returncode == 2
    assert "正被另一个程序使用" in done.stderr
    assert "systemctl stop hall-kiosk" in done.stderr


def test_a_file_that_is_no_port_is_said_in_words(capsys, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"")

    status, _, err = in_process(capsys, "--port", str(file))

    assert status == 2
    assert "不是能用的串口" in err


def test_nobody_at_a_network_address_is_said_in_words(capsys):
    status, _, err = in_process(capsys, "--port", "tcp://127.0.0.1:9", "--baud", "9600")

    assert status == 2
    assert "连不上 tcp://127.0.0.1:9" in err


def test_a_silent_device_gets_a_list_of_what_to_look_at(capsys, tmp_path):
    pty = Pty(tmp_path)
    status, out, _ = in_process(capsys, "--port", pty.path, "--baud", "9600")
    pty.close()

    assert status == 1
    assert "没有应答，试过 9600 波特" in out
    assert "电源" in out


def test_garbage_is_told_from_silence(capsys, tmp_path):
    pty = Pty(tmp_path)
    over = threading.Event()

    def babble():
        os.set_blocking(pty.master, True)
        while not over.is_set():
            try:
                os.read(pty.master, 16)
                os.write(pty.master, b"\xfc\xe0\xff")
            except OSError:
                over.wait(0.01)

    thread = threading.Thread(target=babble, daemon=True)
    thread.start()
    status, out, _ = in_process(capsys, "--port", pty.path, "--baud", "9600")
    over.set()

    assert status == 1
    assert "不是打印机状态的样子（fc e0 ff）" in out
    assert "波特率" in out


def test_a_profile_that_does_not_exist_is_refused_in_words(capsys):
    status, _, err = in_process(capsys, "--port", "/dev/null", "--profile", "no_such")

    assert status == 2
    assert "没有名为“no_such”的配置" in err


def test_json_says_an_error_as_json(capsys):
    status, out, _ = in_process(capsys, "--port", "/dev/ttyNOWHERE7", "--json")

    assert status == 2
    assert json.loads(out)["ok"] is False


@pytest.mark.parametrize(
    ("typed", "prints"), [("y", True), ("是", True), ("", False), ("n", False), (None, False)]
)
def test_the_test_page_is_printed_only_after_a_yes(monkeypatch, typed, prints):
    """None: nobody sits at the keyboard."""
    arguments = argparse.Namespace(yes=False, json=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: typed is not None, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: typed)

    assert command._may_print(arguments, load_printer("generic_80_gbk")) == prints
