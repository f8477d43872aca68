"""What each make of printer does differently, from the manuals' tables."""

import pytest

from kiosk.printing.model.makes import MAKES
from kiosk.printing.model.view import view_of
from tests.kiosk.model.conftest import Bench, gb

ASK_STAR = b"\x1b\x06\x01"


def bench_of(name: str) -> Bench:
    make = MAKES[name]
    return Bench(make=make, paper_mm=make.paper_mm)


def star(asb: bytes) -> tuple[int, int, int, int]:
    """Bytes 3, 4, 6 and the counter of Star's status."""
    assert (len(asb), asb[0] & 0x91) == (9, 0x01)
    assert not any(byte & 0x91 for byte in asb[1:])
    counter = (asb[7] >> 1 & 7) | (asb[7] >> 2 & 0x18)
    return asb[2], asb[3], asb[5], counter


@pytest.mark.parametrize(
    ("fault", "six"),
    [
        ({}, "100f00000000"),
        ({"paper": "near_end"}, "100f04000000"),
        ({"paper": "out"}, "100f05000000"),
        ({"cover": "open"}, "100f00030000"),
        ({"jam": True}, "100f00004000"),
        ({"cutter": True}, "100f00000001"),
    ],
)
def test_custom_answers_dle_eot_20_with_six_bytes(fault, six):
    bench = bench_of("custom_kpm_vkp")
    bench.control(**fault)

    assert bench.play(b"\x10\x04\x14") == bytes.fromhex(six)


def test_customs_slip_stands_in_the_output_until_it_is_taken_or_taken_back():
    bench = bench_of("custom_kpm_vkp")
    bench.play(b"a\n\x1dVA\x00\x1de\x03\x40")
    assert bench.play(b"\x10\x04\x14") == bytes.fromhex("100f20000000")
    bench.control(taken=True)
    assert bench.play(b"\x10\x04\x14") == bytes.fromhex("100f00000000")
    bench.play(b"b\n\x1dVA\x00\x1de\x03\x40\x1de\x02")

    assert bench.play(b"\x10\x04\x14") == bytes.fromhex("100f00000000")
    assert (bench.machine.retracted, bench.grumbles) == (1, [])


def test_custom_answers_none_of_epsons_questions():
    bench = bench_of("custom_kpm_vkp")

    assert bench.play(b"\x10\x04\x01") == b""
    assert bench.grumbles == ["unknown_real_time"]


def test_cashino_says_in_bit_7_that_the_slip_was_not_taken():
    bench = bench_of("cashino_kp")
    assert bench.play(b"\x10\x04\x01") == b"\x12"
    bench.play(b"a\n\x1dVB\x00")
    assert bench.play(b"\x10\x04\x01") == b"\x92"
    bench.control(taken=True)

    assert bench.play(b"\x10\x04\x01") == b"\x12"


def test_masungs_esc_i_is_full_esc_m_half_and_both_take_a_byte():
    bench = bench_of("masung_ep")
    bench.play(b"a\n\x1bd\x04\x1bi\x00b\n\x1bd\x04\x1bm\x01")

    assert [(slip.cut, slip.text) for slip in bench.slips] == [
        ("full", ("a",)),
        ("partial", ("b",)),
    ]
    assert bench.grumbles == []


def test_epsons_esc_i_is_partial_and_takes_none():
    bench = bench_of("epson_tm_cn")
    bench.play(b"a\n\x1bd\x04\x1bi")

    assert [slip.cut for slip in bench.slips] == ["partial"]


def test_masungs_board_draws_a_qr_code_by_its_own_command_only():
    bench = bench_of("masung_t500")
    bench.play(bytes.fromhex("1350480101 1350480201 1350480306 13504804"))
    bench.play(b"https://q.example/\x00\x13PH\x05\n\x1bd\x04\x1bi\x00")

    assert bench.slips[0].qr == ("https://q.example/",)
    assert bench.grumbles == []
    bench.play(bytes.fromhex("1d286b0400314132 00"))
    assert bench.grumbles == ["not_in_dialect"]


@pytest.mark.parametrize("name", ["sprt_rmd", "custom_kpm_vkp", "generic_58_gbk"])
def test_gs_k_is_a_complaint_where_no_qr_code_can_be_drawn(name):
    bench = bench_of(name)
    bench.play(bytes.fromhex("1d286b0400314132 00"))

    assert bench.grumbles == ["not_in_dialect"]


def test_sprt_needs_fs_and_before_hanzi():
    bench = bench_of("sprt_rme")
    bench.play(gb("号\n"))
    assert set(bench.grumbles) == {"not_kanji_mode"}
    bench = bench_of("sprt_rme")

    assert bench.line(b"\x1c&" + gb("号")).text == "号"


def test_a_tear_bar_has_no_knife_and_the_slip_is_torn_off_after_the_feed():
    bench = bench_of("sprt_rmd")
    bench.play(b"a\n\x1bd\x04")
    bench.play(b"\x1b@\x1bd\x04")  # nothing stands in it: nothing to tear off

    assert [(slip.cut, slip.text) for slip in bench.slips] == [("torn", ("a",))]
    bench.play(b"b\n\x1dVB\x00")
    assert bench.grumbles == ["no_knife"]


def test_snbc_keeps_user_glyphs_up_to_b4():
    bench = bench_of("snbc_bt_t080")
    bench.play(b"\x1c2\xfe\xb4" + bytes(72))
    assert bench.grumbles == []
    bench.play(b"\x1c2\xfe\xb5" + bytes(72))

    assert bench.grumbles == ["bad_value"]


def test_citizens_presenter_takes_back_by_gs_r_0():
    bench = bench_of("citizen_pmu")
    bench.play(b"\x1dR\x01\x00a\n\x1dVA\x00")
    assert bench.machine.at_exit
    bench.play(b"\x1dR\x00")

    assert (bench.machine.at_exit, bench.machine.retracted, bench.grumbles) == (False, 1, [])


def test_without_a_chinese_font_no_hanzi_is_printed():
    bench = bench_of("raster_80")
    bench.play(b"\x1b@\x1c&" + gb("号\n"))

    assert bench.grumbles == ["no_glyph"]


@pytest.mark.parametrize("name", ["epson_tm_t88iii", "snbc_bt_t080", "citizen_pmu"])
def test_automatic_status_without_process_ids(name):
    bench = bench_of(name)

    assert len(bench.play(b"\x1da\x0e")) == 4
    bench.play(b"\x1d(H\x06\x0000pid1")
    assert bench.grumbles == ["not_in_dialect"]


@pytest.mark.parametrize(
    ("fault", "third", "fourth", "sixth"),
    [
        ({}, 0x00, 0x00, 0x00),
        ({"paper": "near_end"}, 0x00, 0x00, 0x04),
        ({"paper": "out"}, 0x08, 0x00, 0x0C),
        ({"cover": "open"}, 0x28, 0x00, 0x00),
        ({"jam": True}, 0x08, 0x04, 0x00),
        ({"cutter": True}, 0x08, 0x08, 0x00),
    ],
)
def test_star_tells_every_fault_in_its_own_bits_unasked_and_asked(fault, third, fourth, sixth):
    bench = bench_of("star_line")
    bench.play(ASK_STAR)
    unasked = bench.control(**fault)

    assert star(bench.play(ASK_STAR)) == (third, fourth, sixth, 0)
    assert bool(unasked) == bool(fault)
    if fault:
        assert star(unasked[-9:]) == (third, fourth, sixth, 0)


def test_stars_etb_counts_after_the_paper_is_cut_and_not_before():
    bench = bench_of("star_line")
    bench.machine.receive(b"\x1b@\x1b\x1eE\x00A001\n\x1bd\x03\x17")
    order = []
    while bench.machine.start() is not None:
        bench.machine.finish()
        order.append((len(bench.slips), bench.machine._unasked.counter))
    bench.machine.start()

    assert [counter for _, counter in order] == [0] * len(order)
    assert order[-1][0] == 1
    assert star(bench.machine.take_answers()[-9:])[3] == 1


def test_stars_counter_waits_for_paper_and_is_lost_with_the_power():
    bench = bench_of("star_line")
    bench.play(b"\x17\x17")
    bench.control(paper="out")
    bench.play(b"A001\n\x1bd\x03\x17")
    assert star(bench.play(ASK_STAR))[3] == 2
    bench.control(paper="ok")
    assert star(bench.play(ASK_STAR))[3] == 3
    bench.control(power="off")
    bench.control(power="on")

    assert star(bench.play(ASK_STAR))[3] == 0


def test_stars_counter_comes_round_after_31():
    bench = bench_of("star_line")
    bench.play(b"\x17" * 31)
    assert star(bench.play(ASK_STAR))[3] == 31
    bench.play(b"\x17")

    assert star(bench.play(ASK_STAR))[3] == 0


def test_star_prints_sizes_bold_alignment_and_a_code():
    bench = bench_of("star_line")
    bench.play(
        b"\x1b@\x1b\x1da\x01\x1bi\x01\x03"
        + gb("号")
        + b"\n\x1bi\x00\x00\x1bEb\n\x1bF"
        + bytes.fromhex("1b1d79533002 1b1d79533101 1b1d79533206 1b1d7944310003 00")
        + b"abc\x1b\x1dyP\n\x1bd\x02"
    )
    big, bold, code = bench.slips[0].items

    assert (big.align, big.spans[0].w, big.spans[0].h) == ("centre", 4, 2)
    assert (bold.spans[0].bold, bold.spans[0].w) == (True, 1)
    assert (code.content, code.module, code.level) == ("abc", 6, "M")
    assert (bench.slips[0].cut, bench.grumbles) == ("full", [])


def test_star_complains_of_what_it_does_not_know():
    bench = bench_of("star_line")
    bench.play(b"\x1b\x21\x00\x1b\x1dz\x1b\x1eq\x00\x1bd\x09\x07")

    assert "unknown_command" in bench.grumbles
    assert "bad_value" in bench.grumbles
    assert "unknown_control" in bench.grumbles


def test_the_panel_says_that_a_slip_was_not_taken_and_lets_it_be_taken():
    bench = bench_of("masung_ep")
    bench.play(b"a\n\x1bd\x04\x1bi\x00")

    shown = view_of(bench.machine, 1)
    assert (shown.words, shown.at_exit) == ("就绪，出口有一张小票没取走", True)
    assert [b.value for b in shown.buttons if b.name == "taken"] == ["true"]
    bench.control(taken=True)
    assert view_of(bench.machine, 1).words == "就绪"
