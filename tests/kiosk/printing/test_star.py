"""Star line mode: the specification's commands, ETB last, and never an ESC/POS command."""

from __future__ import annotations

from kiosk.printing.escpos import encode
from kiosk.printing.layout import Cut, Line, QrCode, layout
from kiosk.printing.star import star_qr
from server.kit.serial.profiles import load_printer
from tests.kiosk.printing.slips import SAMPLE

STAR = load_printer("star_line")


def test_a_job_ends_with_the_cut_and_etb():
    data = encode(layout(SAMPLE, STAR.paper.columns), STAR, pid="A001").data

    assert data.endswith(bytes.fromhex("1B6403 17"))
    assert data.count(b"\x17") == 1


def test_sizes_are_sent_height_first_and_counted_from_nought():
    data = encode((Line(text="A", width=4, height=2), Line(text="B")), STAR, pid="A001").data

    assert bytes.fromhex("1B690103") + b"A\n" + bytes.fromhex("1B690000") + b"B\n" in data


def test_a_size_beyond_six_is_printed_as_six():
    data = encode((Line(text="A", width=8, height=8),), STAR, pid="A001").data

    assert bytes.fromhex("1B690505") + b"A\n" in data


def test_running_text_begins_at_the_left_and_the_next_line_is_centred_again():
    data = encode((Line(text="A", left=True), Line(text="B")), STAR, pid="A001").data

    assert bytes.fromhex("1B1D6100") + b"A\n" + bytes.fromhex("1B1D6101") + b"B\n" in data


def test_bold_has_two_commands_without_a_parameter():
    data = encode((Line(text="A", bold=True), Line(text="B")), STAR, pid="A001").data

    assert b"\x1bEA\n\x1bFB\n" in data


def test_a_code_is_drawn_by_the_printer():
    expected = (
        "1B1D79533002 1B1D79533101 1B1D79533206 1B1D79443100 0B00"
        + b"https://h/1".hex()
        + "1B1D7950"
    )

    assert star_qr("https://h/1", STAR.qr) == bytes.fromhex(expected)


def test_nothing_of_escpos_stands_in_a_job():
    ops = (Line(text="一", width=2, bold=True), QrCode(data="https://h/1"), Cut())

    data = encode(ops, STAR, pid="A001").data

    assert not any(command in data for command in (b"\x1d!", b"\x1d(", b"\x1dv", b"\x1ba"))


def test_a_rare_hanzi_is_marked_and_reported():
    job = encode((Line(text="王䶮"),), STAR, pid="A001")

    assert "王〓\n".encode("gb2312") in job.data
    assert job.replaced == ("䶮",)
