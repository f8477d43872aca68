"""Everything that is no character: feeding, cutting, symbols, images, and what is not understood."""

import pytest

from kiosk.printing.model.paper import HEAD_TO_CUTTER
from kiosk.printing.model.symbols import matrix

QR_PREFIX = bytes.fromhex("1d286b0400314132001d286b03003143061d286b0300314531")
QR_PRINT = bytes.fromhex("1d286b0300315130")


def stored(content: bytes) -> bytes:
    return b"\x1d(k" + (len(content) + 3).to_bytes(2, "little") + b"1P0" + content


def test_the_ticket_of_the_manual_comes_out_whole(bench, ticket):
    answer = bench.play(ticket("A001", b"A001"))

    [slip] = bench.slips
    assert slip.text == (
        "市民服务中心",
        "个人业务（综合受理）",
        "A001",
        "您前面还有 12 人",
        "请在休息区等候",
        "取号时间 09:07",
        "扫码看进度",
    )
    assert slip.qr == ("https://q.example.cn/t/abcdef",)
    assert (slip.cut, slip.paper_mm, slip.width) == ("partial", 80, 576)
    assert slip.at == "2026-11-23T01:15:07.412Z"
    assert slip.bytes == len(ticket("A001", None))
    assert slip.items[2].spans[0].w == slip.items[2].spans[0].h == 4
    assert answer == b"\x37\x22A001\x00"
    assert bench.grumbles == []


def test_questions_about_the_status_are_no_bytes_of_a_slip(bench, ticket):
    """A kiosk asks all day; what a slip costs on the wire is what prints it."""
    bench.play(b"\x10\x04\x01" * 40 + ticket("A001", b"A001"))

    assert [slip.bytes for slip in bench.slips] == [len(ticket("A001", None))]


def test_lines_follow_each_other_by_the_line_spacing_or_their_height(bench):
    small, large, last = bench.paper(b"a\n\x1d!\x33b\n\x1d!\x00c\n")

    assert (large.y - small.y, last.y - large.y) == (34, 96)


def test_esc_3_sets_the_spacing_and_esc_2_takes_it_back(bench):
    a, b, c = bench.paper(b"\x1b3\x40a\n\x1b2b\nc\n")

    assert (b.y - a.y, c.y - b.y) == (64, 34)


def test_esc_d_and_esc_j_feed(bench):
    bench.play(b"\x1b@\x1bd\x04\x1bJ\x0a\x1dVB\x00")

    assert bench.slips[0].length == HEAD_TO_CUTTER + 4 * 34 + 10


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("1d5600", "full"),
        ("1d5630", "full"),
        ("1d5601", "partial"),
        ("1d5631", "partial"),
        ("1d564100", "full"),
        ("1d564200", "partial"),
        ("1b69", "partial"),
        ("1b6d", "partial"),
    ],
)
def test_every_cut_command_cuts_as_an_epson_does(bench, command, kind):
    bench.play(b"a\n\x1bd\x04" + bytes.fromhex(command))

    assert [slip.cut for slip in bench.slips] == [kind]
    assert bench.slips[0].text == ("a",)


def test_esc_i_cuts_fully_on_a_generic_printer(make_bench):
    bench = make_bench(dialect="generic")
    bench.play(b"a\n\x1bd\x04\x1bi")

    assert bench.slips[0].cut == "full"


def test_a_cut_without_feed_leaves_the_end_on_the_next_slip(bench):
    bench.play(b"one\ntwo\n\x1dV\x00three\n\x1dVB\x00")

    assert [slip.text for slip in bench.slips] == [(), ("one", "two", "three")]
    assert "cut_too_early" in bench.grumbles


@pytest.mark.parametrize(("feed", "fallen"), [(76, ("a",)), (70, ())])
def test_a_line_cut_through_goes_where_most_of_it_is(bench, feed, fallen):
    bench.play(b"a\n\x1bJ" + bytes((feed,)) + b"\x1dV\x00")

    assert bench.slips[0].text == fallen
    assert "cut_through" in bench.grumbles


def test_every_slip_begins_a_head_to_cutter_distance_below_its_edge(bench):
    for _ in range(3):
        bench.play(b"a\n\x1dVB\x00")

    assert [(slip.length, slip.items[0].y) for slip in bench.slips] == [(130, HEAD_TO_CUTTER)] * 3


def test_a_cut_through_a_line_is_complained_of(bench):
    bench.play(b"\x1d!\x77" + b"A\n" + b"\x1dV\x00")

    assert "cut_through" in bench.grumbles


def test_a_cut_in_the_middle_of_a_line_does_nothing(bench):
    bench.play(b"abc\x1dVB\x00")

    assert bench.slips == []
    assert bench.grumbles == ["not_at_line_start"]


def test_gs_v_66_feeds_n_dots_further(bench):
    bench.play(b"\x1dVB\x0a")

    assert bench.slips[0].length == HEAD_TO_CUTTER + 10


@pytest.mark.parametrize("module", [1, 3, 6, 16])
@pytest.mark.parametrize("level", "0123")
def test_a_native_qr_has_the_size_and_level_it_was_told(bench, module, level):
    content = b"https://q.example.cn/t/abcdef"
    size = b"\x1d(k\x03\x001C" + bytes((module,))
    grade = b"\x1d(k\x03\x001E" + level.encode()

    [symbol] = bench.paper(b"\x1ba\x01" + size + grade + stored(content) + QR_PRINT)

    side = len(matrix(content.decode(), symbol.level)) * module
    assert (symbol.content, symbol.level) == (content.decode(), "LMQH"[int(level)])
    assert (symbol.height, symbol.x) == (side, (576 - side) // 2)


def test_a_qr_that_does_not_fit_the_paper_is_not_printed(make_bench):
    bench = make_bench(paper=58)
    bench.play(b"\x1d(k\x03\x001C\x10" + stored(b"x" * 80) + QR_PRINT)

    assert bench.grumbles == ["no_symbol"]


def test_a_qr_without_content_or_within_a_line_is_not_printed(bench):
    bench.play(QR_PRINT)
    bench.play(QR_PREFIX + stored(b"x") + b"abc" + QR_PRINT)

    assert bench.grumbles == ["no_symbol", "not_at_line_start"]


def test_a_qr_with_wrong_parameters_is_complained_of(bench):
    bench.play(bytes.fromhex("1d286b0300314300"))
    bench.play(bytes.fromhex("1d286b0300314539"))

    assert bench.grumbles == ["bad_value", "bad_value"]


def test_a_qr_in_gbk_is_read_as_gbk(bench):
    [symbol] = bench.paper(stored("取号".encode("gbk")) + QR_PRINT)

    assert symbol.content == "取号"


@pytest.mark.parametrize(("m", "sx", "sy"), [(0, 1, 1), (1, 2, 1), (2, 1, 2), (3, 2, 2)])
def test_a_raster_image_comes_out_bit_by_bit(bench, m, sx, sy):
    rows = bytes(range(2 * 30))

    [image] = bench.paper(b"\x1dv0" + bytes((m, 2, 0, 30, 0)) + rows)

    assert image.rows() == rows
    assert (image.width, image.height) == (16 * sx, 30 * sy)
    assert bench.grumbles == []


def test_an_image_larger_than_the_receive_buffer_goes_through_it(bench):
    rows = bytes(72 * 524)

    [image] = bench.paper(b"\x1dv0\x00" + bytes((72, 0)) + (524).to_bytes(2, "little") + rows)

    assert (image.width, image.height) == (576, 524)


def test_an_image_wider_than_the_paper_is_clipped(make_bench):
    bench = make_bench(paper=58)

    [image] = bench.paper(b"\x1dv0\x00" + bytes((72, 0, 3, 0)) + b"\xff" * 216)

    assert image.width == 384
    assert bench.grumbles == ["too_wide"]


def test_real_time_bytes_inside_an_image_are_obeyed_and_complained_of(bench):
    answer = bench.play(b"\x1dv0\x00\x04\x00\x01\x00\x10\x04\x01\x00")

    assert answer == b"\x16"
    assert bench.grumbles == ["real_time_in_data"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("1b5a", "unknown_command"),
        ("1c5a", "unknown_command"),
        ("1d5a", "unknown_command"),
        ("1011", "unknown_command"),
        ("01", "unknown_control"),
        ("1b740f", "not_modelled"),
        ("1d6b0231323300", "not_modelled"),
        ("1d6b490131", "not_modelled"),
        ("1b2a000100ff", "not_modelled"),
        ("1b7b01", "not_modelled"),
        ("1d284c0200aabb", "unknown_command"),
        ("1c28650200aabb", "unknown_command"),
        ("1d2188", "bad_value"),
        ("1b6109", "bad_value"),
        ("1d7209", "bad_value"),
        ("1d567f", "unknown_command"),
        ("100409", "unknown_real_time"),
    ],
)
def test_what_is_not_understood_is_complained_of_and_what_follows_is_printed(bench, command, code):
    line = bench.line(bytes.fromhex(command) + b"ok")

    assert line.text == "ok"
    assert bench.grumbles == [code]


@pytest.mark.parametrize(
    "command", ["1b7000403c", "1b5200", "1b633501", "1d4802", "1b3d01", "1b7400", "0d", "18", "00"]
)
def test_what_has_no_effect_on_paper_is_read_to_its_end_without_a_word(bench, command):
    line = bench.line(bytes.fromhex(command) + b"ok")

    assert line.text == "ok"
    assert bench.grumbles == []


def test_python_escpos_prints_question_marks_for_its_own_reasons_not_ours(bench):
    """The stray `ESC t 0` of python-escpos is harmless; its hanzi need FS & (facts 1.1)."""
    bench.play(b"\x1b@\x1bt\x00?????\n")

    assert bench.grumbles == []
