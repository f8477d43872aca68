"""A slip whose layout a manager made: every part at its place, nothing cut, the number always there."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing.layout import (
    Cut,
    Gap,
    Line,
    QrCode,
    Rule,
    cells,
    hall_layout,
    layout,
    normalise,
)
from server.kit.contract.paper import DEFAULT_SLIP, SLIP_ALWAYS, SLIP_BLOCKS, SlipBlock, SlipLayout
from server.kit.contract.views import Material
from tests.kiosk.hall import catalogue
from tests.kiosk.printing.slips import SAMPLE, slip

MATERIALS = (
    Material(name="双方居民身份证", form="原件"),
    Material(name="双方户口簿"),
    Material(name="3 张 2 寸双方近期半身免冠合影照片", form="照片"),
)
ALWAYS = tuple(SlipBlock(what=what) for what in SLIP_ALWAYS)
WORDS = st.text(
    st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.sampled_from("，。（）《》— \t0123456789ABCabc-./:¥👍\u200b\u0301\x1b"),
        st.characters(),
    ),
    max_size=60,
)
BLOCKS = st.lists(
    st.builds(
        SlipBlock,
        what=st.sampled_from([*SLIP_BLOCKS, "of_a_newer_version"]),
        size=st.integers(-1, 9),
        tall=st.booleans(),
        left=st.booleans(),
        bold=st.booleans(),
        gap=st.booleans(),
        text=WORDS,
    ),
    max_size=24,
)


def lines_of(ops):
    return [op for op in ops if isinstance(op, Line)]


def texts_of(ops):
    return [line.text for line in lines_of(ops)]


def plain(text):
    return normalise(text).replace(" ", "")


def test_the_default_layout_is_what_is_printed_when_nobody_chose_one():
    tickets = [SAMPLE, slip(reprint=2), slip(consult_only=True, priority="老年人"), slip(url="")]

    for ticket in tickets:
        assert layout(ticket, 32) == layout(ticket, 32, DEFAULT_SLIP.blocks)


def test_blocks_stand_in_the_order_of_the_layout():
    blocks = (
        SlipBlock(what="number", size=3, bold=True, left=True),
        SlipBlock(what="rule"),
        SlipBlock(what="text", text="请在休息区等候", gap=True),
        SlipBlock(what="reprint"),
        SlipBlock(what="issued"),
    )

    assert layout(SAMPLE, 48, blocks) == (
        Line(text="A012", width=3, height=3, bold=True, left=True),
        Rule(),
        Gap(lines=1),
        Line(text="请在休息区等候"),
        Line(text="2026-11-23 09:41"),
        Cut(),
    )


def test_a_blank_line_of_what_is_left_out_goes_to_what_comes_next():
    blocks = (
        SlipBlock(what="number"),
        SlipBlock(what="priority", gap=True),
        SlipBlock(what="consult_only", gap=True),
        SlipBlock(what="text", text="后面"),
        *ALWAYS,
    )

    assert layout(SAMPLE, 48, blocks)[1:3] == (Gap(lines=1), Line(text="后面"))


@pytest.mark.parametrize(
    ("block", "size"),
    [
        (SlipBlock(what="number", size=8), (8, 8)),
        (SlipBlock(what="number", size=8, tall=True), (8, 8)),
        (SlipBlock(what="number", size=3, tall=True), (3, 6)),
        (SlipBlock(what="number", tall=True), (1, 2)),
        (SlipBlock(what="number"), (1, 1)),
    ],
)
def test_a_text_is_as_large_as_its_block_says(block, size):
    [number] = [x for x in lines_of(layout(SAMPLE, 48, (block, *ALWAYS[::2]))) if x.text == "A012"]

    assert (number.width, number.height) == size


def test_a_text_that_does_not_fit_large_is_printed_smaller():
    block = SlipBlock(what="text", text="一" * 9, size=4)

    [line] = [x for x in lines_of(layout(SAMPLE, 48, (block, *ALWAYS))) if "一" in x.text]
    assert (line.width, line.height) == (2, 2)


def test_materials_are_numbered_and_run_on_under_their_first_word():
    block = SlipBlock(what="materials")
    found = texts_of(layout(SAMPLE, 24, (block, *ALWAYS), materials=MATERIALS))

    assert found[:7] == [
        "请带：",
        "1. 双方居民身份",
        "   证（原件）",
        "2. 双方户口簿",
        "3. 3 张 2 寸双方近期半身",
        "   免冠合影照片（照片）",
        "A012",
    ]


def test_the_telephone_for_complaints_stands_where_one_is_known():
    blocks = (SlipBlock(what="complaint"), *ALWAYS)

    assert "投诉电话 0883-5211234" in texts_of(
        layout(SAMPLE, 48, blocks, complaint_phone="0883-5211234")
    )
    assert not [t for t in texts_of(layout(SAMPLE, 48, blocks)) if "投诉" in t]


def test_the_queue_is_not_named_twice_for_a_ticket_without_an_item():
    blocks = (SlipBlock(what="queue"), SlipBlock(what="item"), *ALWAYS)
    ticket = slip(item="", item_name="")

    assert texts_of(layout(ticket, 48, blocks)).count("婚姻登记") == 1
    assert texts_of(layout(ticket, 48, blocks[1:])).count("婚姻登记") == 1


def test_a_code_has_white_above_it_and_its_caption_or_white_below():
    with_caption = (SlipBlock(what="qr", text="扫码评价"), *ALWAYS)
    without = (SlipBlock(what="qr"), *ALWAYS)

    assert layout(SAMPLE, 48, with_caption)[:3] == (
        Gap(lines=1), QrCode(data=SAMPLE.url), Line(text="扫码评价"),
    )  # fmt: skip
    assert layout(SAMPLE, 48, without)[:3] == (
        Gap(lines=1), QrCode(data=SAMPLE.url), Gap(lines=1),
    )  # fmt: skip
    assert "扫码评价" not in texts_of(layout(slip(url=""), 48, with_caption))


@given(blocks=BLOCKS, columns=st.sampled_from([32, 42, 48]), reprint=st.integers(0, 3))
def test_whatever_a_layout_says_the_number_is_there_and_no_line_is_too_wide(
    blocks, columns, reprint
):
    ticket = slip(reprint=reprint)
    ops = layout(ticket, columns, blocks, materials=MATERIALS, complaint_phone="12345")

    texts = texts_of(ops)
    assert "A012" in texts
    assert "2026-11-23 09:41" in texts
    assert ("补打" in "".join(texts)) >= (reprint > 0)
    assert ops[-1] == Cut()
    for line in lines_of(ops):
        assert 0 < cells(line.text) * line.width <= columns
        assert 1 <= line.height <= 8
        assert line.text == normalise(line.text)


@given(words=WORDS, size=st.integers(1, 8), columns=st.sampled_from([32, 48]))
def test_no_character_of_own_words_is_lost(words, size, columns):
    block = SlipBlock(what="text", text=words, size=size)
    rest = plain("".join(texts_of(layout(SAMPLE, columns, ALWAYS))))
    found = plain("".join(texts_of(layout(SAMPLE, columns, (block, *ALWAYS)))))

    assert found == plain(words) + rest


def test_a_hall_prints_by_its_catalogue():
    asked = SlipLayout(blocks=(SlipBlock(what="materials"), SlipBlock(what="complaint"), *ALWAYS))
    hall = msgspec.structs.replace(catalogue(), slip=asked, complaint_phone="12345")
    item = next(i for i in hall.items if i.disclosure and i.disclosure.materials)
    ticket = slip(item=item.code)

    texts = texts_of(hall_layout(ticket, 48, hall))
    assert texts[0] == "请带："
    assert item.disclosure.materials[0].name[:8] in texts[1]
    assert "投诉电话 12345" in texts
    assert texts_of(hall_layout(slip(item="unknown"), 48, hall))[0] == "投诉电话 12345"
    assert hall_layout(ticket, 48, None) == layout(ticket, 48)
