"""Status bytes by the table of hardware facts 2.3, each named there by bit."""

import pytest

from kiosk.printing.model.faults import Faults
from kiosk.printing.model.senses import status_back

EOT = {n: b"\x10\x04" + bytes((n,)) for n in range(1, 6)}

#            fault                     1     2     3     4   ASB byte 1, 2, 3    GS r 1 (online only)
TABLE = [
    ({}, 0x16, 0x12, 0x12, 0x12, "140000", 0x00),
    ({"paper": "near_end"}, 0x16, 0x12, 0x12, 0x1E, "140003", 0x03),
    ({"paper": "out"}, 0x1E, 0x32, 0x12, 0x7E, "1c000f", None),
    ({"cover": "open"}, 0x1E, 0x16, 0x12, 0x12, "3c0000", None),
    ({"jam": True}, 0x1E, 0x52, 0x16, 0x12, "1c0400", None),
    ({"cutter": True}, 0x1E, 0x52, 0x1A, 0x12, "1c0800", None),
    ({"cover": "open", "paper": "out"}, 0x1E, 0x36, 0x12, 0x7E, "3c000f", None),
]


@pytest.mark.parametrize(("fault", "one", "two", "three", "four", "asb", "gs_r"), TABLE)
def test_every_fault_shows_in_its_own_bits(bench, fault, one, two, three, four, asb, gs_r):
    enabled = bench.play(b"\x1da\xff")
    changed = bench.control(**fault)

    assert enabled == bytes.fromhex("1400000f")
    assert changed == (bytes.fromhex(asb + "0f") if fault else b"")
    assert b"".join(bench.play(EOT[n]) for n in (1, 2, 3, 4)) == bytes((one, two, three, four))
    assert bench.play(b"\x1dr\x01") == (b"" if gs_r is None else bytes((gs_r,)))


def test_a_generic_printer_idles_with_12_and_has_the_presenter_status(make_bench):
    bench = make_bench(dialect="generic")

    assert bench.play(EOT[1]) == b"\x12"
    assert bench.play(EOT[5]) == b"\x00"
    assert bench.play(b"a\n\x1dVB\x00" + EOT[5]) == b"\x00"  # asked before the cut
    assert bench.play(EOT[5]) == b"\x04"  # paper at the exit
    assert bench.control(taken=True) == b""
    assert bench.play(EOT[5]) == b"\x00"
    bench.control(jam=True)
    assert bench.play(EOT[5]) == b"\x08"


def test_an_epson_has_no_presenter_status(bench):
    assert bench.play(EOT[5]) == b""
    assert bench.grumbles == ["unknown_real_time"]


def test_dle_eot_is_answered_at_reception_while_the_buffer_waits(bench):
    bench.control(paper="out")
    bench.machine.receive(b"waiting\n" * 50 + EOT[4] + EOT[1])

    assert bench.machine.take_answers() == b"\x7e\x1e"
    assert len(bench.machine.head.inbox) == 8 * 50 + 6


def test_dle_eot_split_over_two_receptions_is_one_command(bench):
    bench.play(b"\x10")
    bench.play(b"\x04")

    assert bench.play(b"\x01") == b"\x16"


def test_gs_r_waits_for_the_printer_to_be_online(bench):
    bench.control(cover="open")

    assert bench.play(b"\x1dr\x01") == b""
    assert bench.control(cover="closed") == b"\x00"


def test_gs_r_2_tells_the_drawer_pin(bench):
    assert bench.play(b"\x1dr2") == b"\x01"


def test_asb_sends_at_once_and_on_each_change(bench):
    assert bench.play(b"\x1da\x0e") == bytes.fromhex("1400000f")
    assert bench.control(paper="near_end") == bytes.fromhex("1400030f")
    assert bench.control(paper="near_end") == b""
    assert bench.control(paper="out") == bytes.fromhex("1c000f0f")
    assert bench.control(paper="ok") == bytes.fromhex("1400000f")


def test_asb_reports_only_the_items_asked_for(bench):
    bench.play(b"\x1da\x04")  # errors only

    assert bench.control(paper="near_end") == b""
    assert bench.control(jam=True) == bytes.fromhex("1c04030f")


@pytest.mark.parametrize("off", [b"\x1da\x00", b"\x1b@"])
def test_asb_ends_by_n_0_and_by_esc_at(bench, off):
    """`Effective until ESC @ is executed` - TM-T88III programming guide, GS a, p. 317."""
    bench.play(b"\x1da\xff" + off)

    assert bench.control(paper="out") == b""


def test_a_generic_printer_has_neither_asb_nor_process_ids(make_bench, ticket):
    bench = make_bench(dialect="generic")

    assert bench.play(b"\x1da\xff" + ticket()) == b""
    assert bench.grumbles == ["not_in_dialect", "not_in_dialect"]


def test_opening_the_cover_while_printing_is_an_auto_recoverable_error(bench):
    bench.machine.receive(b"a\n")
    bench.machine.start()
    bench.machine.control(Faults(cover="open"))
    bench.machine.finish()

    assert bench.play(EOT[2] + EOT[3]) == b"\x56\x52"
    bench.control(cover="closed")
    assert bench.play(EOT[2] + EOT[3]) == b"\x12\x12"
    bench.play(b"\x1dVB\x00")
    assert bench.slips[0].text == ("a",)


@pytest.mark.parametrize(
    ("n", "answer"),
    [
        (1, b"\x20"),
        (2, b"\x03"),
        (49, b"\x20"),
        (66, b"\x5fEPSON\x00"),
        (69, b"\x5fCHINA GB18030\x00"),
    ],
)
def test_gs_i_tells_who_it_is(bench, n, answer):
    assert bench.play(b"\x1dI" + bytes((n,))) == answer


def test_all_answers_are_told_apart_by_their_fixed_bits(bench):
    """The demultiplexing table of facts 2.3 holds for whatever faults are combined."""
    for cover in ("open", "closed"):
        for paper in ("ok", "near_end", "out"):
            for error in ({"jam": True}, {"cutter": True}, {"jam": False, "cutter": False}):
                bench.control(cover=cover, paper=paper, **error)
                for n in (1, 2, 3, 4):
                    [byte] = bench.play(EOT[n])
                    assert byte & 0b10010011 == 0b00010010
                first, *rest = status_back(bench.machine.senses)
                assert first & 0b10010011 == 0b00010000
                assert all(byte & 0b10010000 == 0 for byte in rest)
