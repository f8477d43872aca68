"""Characters: kanji mode, code lengths, sizes, wrapping, alignment."""

import pytest

KANJI = b"\x1c&"


def gb(text: str) -> bytes:
    return text.encode("gb18030")


def test_hanzi_are_24_dots_wide_and_single_bytes_12(bench):
    line = bench.line(KANJI + gb("窗口A1"))

    assert [(s.text, s.font, s.width) for s in line.spans] == [("窗口", "H", 48), ("A1", "A", 24)]
    assert line.height == 24
    assert bench.grumbles == []


def test_without_kanji_mode_hanzi_come_out_as_line_noise_and_are_complained_of(bench):
    line = bench.line(gb("窗"))

    assert line.text == bytes(gb("窗")).decode("cp437")
    assert set(bench.grumbles) == {"not_kanji_mode"}


def test_kanji_mode_ends_with_fs_dot_and_with_esc_at(bench):
    bench.play(KANJI + b"\x1c." + gb("中") + b"\n")
    bench.play(KANJI + b"\x1b@" + gb("中") + b"\n")

    assert bench.grumbles == ["not_kanji_mode"] * 4


def test_a_gbk_printer_prints_the_four_byte_yen_sign_as_0_and_6(make_bench):
    bench = make_bench(dialect="generic")

    line = bench.line(KANJI + bytes.fromhex("81308436"))

    assert line.text.split() == ["0", "6"]
    assert bench.grumbles == ["broken_code", "broken_code"]


def test_a_gb18030_printer_prints_four_byte_codes(make_bench):
    bench = make_bench(charset="gb18030")

    line = bench.line(KANJI + gb("王𬱖"))

    assert line.text == "王𬱖"
    assert line.spans[0].width == 48


@pytest.mark.parametrize(
    ("charset", "char", "printed"),
    [("gb2312", "镕", "\u3000"), ("gb2312", "国", "国"), ("gbk", "镕", "镕"), ("gbk", "喆", "喆")],
)
def test_a_hanzi_outside_the_character_set_is_blank(make_bench, charset, char, printed):
    bench = make_bench(charset=charset)

    line = bench.line(KANJI + gb(char))

    assert line.text == printed
    assert bench.grumbles == ([] if printed == char else ["no_glyph"])


def test_second_bytes_in_the_ascii_range_are_part_of_the_hanzi(bench):
    chars = [c for c in map(chr, range(0x4E00, 0x9FA6)) if gb(c)[1] < 0x7F][:20]

    line = bench.line(KANJI + gb("".join(chars)))

    assert line.text == "".join(chars)


@pytest.mark.parametrize(("paper", "hanzi", "ascii_"), [(80, 24, 48), (58, 16, 32)])
def test_a_full_line_wraps_at_the_width_of_the_paper(make_bench, paper, hanzi, ascii_):
    bench = make_bench(paper=paper)

    lines = bench.paper(KANJI + gb("啊" * (hanzi + 1)) + b"\n" + b"x" * (ascii_ + 1) + b"\n")

    assert [len(line.text) for line in lines] == [hanzi, 1, ascii_, 1]


def test_a_hanzi_never_hangs_over_the_edge(bench):
    lines = bench.paper(KANJI + b"x" * 47 + gb("啊") + b"\n")

    assert [line.text for line in lines] == ["x" * 47, "啊"]


def test_wrapping_counts_the_size(bench):
    lines = bench.paper(KANJI + b"\x1d!\x11" + gb("啊" * 13) + b"\n")

    assert [len(line.text) for line in lines] == [12, 1]


@pytest.mark.parametrize("w", range(1, 9))
@pytest.mark.parametrize("h", [1, 3, 8])
def test_gs_exclamation_sizes_single_bytes_and_hanzi_up_to_eight_times(bench, w, h):
    line = bench.line(KANJI + b"\x1d!" + bytes(((w - 1) << 4 | (h - 1),)) + gb("A号"))

    assert [(s.w, s.h, s.width) for s in line.spans] == [(w, h, 12 * w), (w, h, 24 * w)]
    assert line.height == 24 * h


def test_esc_exclamation_does_not_size_hanzi(bench):
    line = bench.line(KANJI + b"\x1b!\x30" + gb("A号"))

    assert [(s.w, s.h) for s in line.spans] == [(2, 2), (1, 1)]


def test_fs_exclamation_sizes_hanzi_alone(bench):
    line = bench.line(KANJI + b"\x1c!\x0c" + gb("A号"))

    assert [(s.w, s.h) for s in line.spans] == [(1, 1), (2, 2)]


@pytest.mark.parametrize(("n", "w", "h"), [(0x04, 2, 1), (0x08, 1, 2)])
def test_fs_exclamation_tells_width_from_height(bench, n, w, h):
    line = bench.line(KANJI + b"\x1c!" + bytes((n,)) + gb("号"))

    assert [(s.w, s.h) for s in line.spans] == [(w, h)]


def test_the_last_size_command_wins(bench):
    line = bench.line(KANJI + b"\x1c!\x0c\x1d!\x00" + gb("号"))

    assert line.spans[0].w == 1


@pytest.mark.parametrize(
    ("n", "align", "x"), [(0, "left", 0), (1, "centre", 264), (2, "right", 528)]
)
def test_alignment_moves_the_line(bench, n, align, x):
    line = bench.line(KANJI + b"\x1ba" + bytes((n,)) + gb("中心"))

    assert (line.align, line.spans[0].x) == (align, x)


def test_alignment_in_the_middle_of_a_line_is_ignored_and_complained_of(bench):
    line = bench.line(b"abc\x1ba\x01")

    assert line.align == "left"
    assert bench.grumbles == ["not_at_line_start"]


def test_bold_underline_and_reverse_are_kept(bench):
    line = bench.line(b"\x1bE\x01a\x1bE\x00\x1b-\x01b\x1b-\x00\x1dB\x01c")

    styles = [(s.text, s.bold, s.underline, s.reverse) for s in line.spans]
    assert styles == [
        ("a", True, False, False),
        ("b", False, True, False),
        ("c", False, False, True),
    ]


def test_font_b_is_9_by_17(bench):
    line = bench.line(b"\x1bM\x01abcd")

    assert (line.spans[0].width, line.height) == (36, 17)


def test_a_user_defined_hanzi_is_printed_from_its_own_72_bytes(bench):
    dots = bytes(range(72))

    line = bench.line(KANJI + b"\x1c2\xfe\xa1" + dots + b"\xfe\xa1")

    assert (line.spans[0].width, bool(line.spans[0].glyph)) == (24, True)
    assert bench.grumbles == []


def test_a_tab_goes_to_the_next_eighth_column(bench):
    line = bench.line(b"ab\tc")

    assert line.text == "ab      c"
