"""Replies told apart in any stream, and what their bits mean."""

from __future__ import annotations

import json
import random
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing.replies import (
    MAX_BLOCK,
    Automatic,
    Block,
    PaperStatus,
    RealTime,
    Replies,
)
from kiosk.printing.status import FAULTS, automatic_meaning, in_order, meaning
from server.kit.serial.profiles import load_printer, printer_profiles

VECTORS = json.loads(
    (resources.files("firmware_configs") / "vectors" / "status.json").read_text("utf-8")
)
ASB = bytes.fromhex("3800030F")
THE_FOUR = [
    name
    for name in printer_profiles()
    if (rules := load_printer(name).status).kind == "dle_eot" and {1, 2, 3, 4} <= {*rules.queries}
]
"""Profiles that ask the four queries which most makes answer alike."""
BLOCK = bytes.fromhex("3722 41303132 00")


def replies(data, *, asb=True):
    return Replies(asb=asb).feed(data)


@pytest.mark.parametrize("vector", VECTORS["dle_eot"], ids=lambda v: f"n{v['n']}-{v['byte']}")
@pytest.mark.parametrize("name", THE_FOUR)
def test_each_bit_of_the_status_bytes_means_what_the_manuals_say(vector, name):
    byte = bytes.fromhex(vector["byte"])

    assert replies(byte) == [RealTime(byte[0])]
    rules = load_printer(name).status
    assert sorted(meaning({vector["n"]: byte[0]}, rules)) == vector["means"]


@pytest.mark.parametrize("vector", VECTORS["asb"], ids=lambda v: v["bytes"])
def test_each_bit_of_automatic_status_means_what_the_manual_says(vector):
    asb = bytes.fromhex(vector["bytes"])

    assert replies(asb) == [Automatic(asb)]
    assert sorted(automatic_meaning(asb)) == vector["means"]


def test_a_stream_of_everything_is_told_apart():
    stream = b"\x12\x11" + ASB + b"\x13\x00" + BLOCK + b"\x7e" + bytes.fromhex("5F544D00") + b"\x0f"

    assert replies(stream) == [
        RealTime(0x12),
        Automatic(ASB),
        PaperStatus(0x00),
        Block(0x37, b"\x22A012"),
        RealTime(0x7E),
        Block(0x5F, b"TM"),
        PaperStatus(0x0F),
    ]


@pytest.mark.parametrize("place", range(1, 7))
def test_flow_control_inside_a_block_or_automatic_status_is_skipped(place):
    for whole, expected in ((ASB, Automatic(ASB)), (BLOCK, Block(0x37, b"\x22A012"))):
        if place < len(whole):
            assert replies(whole[:place] + b"\x13" + whole[place:]) == [expected]


def test_pieces_of_any_size_give_the_same_replies():
    stream = b"\x12" + ASB + b"\x1e" + BLOCK + b"\x03"
    reader = Replies(asb=True)

    found = [reply for byte in stream for reply in reader.feed(bytes([byte]))]

    assert found == replies(stream)


def test_automatic_status_that_was_not_switched_on_is_not_waited_for():
    """Without ASB a stray 10h must not swallow the next answers."""
    assert replies(b"\x10\x03", asb=False) == [PaperStatus(0x03)]


def test_a_lost_byte_of_automatic_status_costs_only_that_status():
    assert RealTime(0x16) in replies(ASB[:3] + b"\x16")


def test_a_block_whose_end_is_lost_does_not_swallow_the_next_status():
    assert replies(BLOCK[:-1] + b"\x12\x12")[-2:] == [RealTime(0x12), RealTime(0x12)]


def test_a_block_with_one_character_too_many_is_no_answer():
    assert Block(0x37, b"\x22A0123") not in replies(bytes.fromhex("3722 4130313233 00"))


@pytest.mark.parametrize("asb", [True, False])
def test_100_kb_of_garbage_neither_raises_nor_fills_memory(asb):
    reader = Replies(asb=asb)
    noise = random.Random(7)

    for _ in range(100):
        reader.feed(noise.randbytes(1024))
        assert reader.held <= MAX_BLOCK
    assert reader.feed(b"\x12" * MAX_BLOCK)[-1] == RealTime(0x12)


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_in_any_pieces_give_the_same_replies_and_stay_bounded(data, asb):
    whole, pieces = Replies(asb=asb), Replies(asb=asb)

    found = []
    for byte in data:
        found += pieces.feed(bytes([byte]))
        assert pieces.held <= MAX_BLOCK
    assert found == whole.feed(data)


@given(noise=st.binary(max_size=60))
def test_after_any_garbage_a_pause_and_reset_the_next_answer_is_heard(noise):
    reader = Replies(asb=True)
    reader.feed(noise)
    reader.reset()

    assert reader.feed(BLOCK) == [Block(0x37, b"\x22A012")]


def test_faults_are_told_in_the_order_in_which_people_mend_them():
    assert in_order({"offline", "paper_out", "cover_open", "near_end"}) == (
        "cover_open",
        "paper_out",
    )
    assert in_order({"offline"}) == ("offline",)
    assert in_order(frozenset({"near_end"})) == ()
    assert set(FAULTS) == {
        "paper_out", "cover_open", "cutter", "jam", "offline", "silent", "no_port",
    }  # fmt: skip
