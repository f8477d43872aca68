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
    FullStatus,
    PaperStatus,
    RealTime,
    Replies,
    StarStatus,
)
from kiosk.printing.status import (
    FAULTS,
    automatic_meaning,
    in_order,
    is_at_exit,
    meaning,
    star_answers,
)
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


BY_EPSONS_TABLE = [
    name
    for name in printer_profiles()
    if load_printer(name).status.queries[0] == 1 and load_printer(name).status.kind == "dle_eot"
]
CUSTOM = [
    ("100F00000000", []),
    ("100F01000000", ["paper_out"]),
    ("100F04000000", ["near_end"]),
    ("100F20000000", []),
    ("100F00010000", ["cover_open"]),
    ("100F00020000", ["cover_open"]),
    ("100F00200000", []),
    ("100F00000100", ["offline"]),
    ("100F00004000", ["jam"]),
    ("100F00000001", ["cutter"]),
    ("100F00000008", ["offline"]),
    ("100F05020001", ["cover_open", "cutter", "near_end", "paper_out"]),
]
"""Custom KPM150 and VKP80 manuals, DLE EOT 20: p no paper, near end, ticket in the output; u head
up, cover, LF key; r head temperature, paper path; x cutter, EEPROM."""
STAR = [
    ("0F060000000000", None, []),
    ("2106000000000002", 1, []),
    ("230600000000007E00", None, []),
    ("23060000000000" + "6E00", 31, []),
    ("23062000000000" + "2000", 8, ["cover_open"]),
    ("230608000000000000", 0, ["offline"]),
    ("230600040000000000", 0, ["jam"]),
    ("230600080000000000", 0, ["cutter"]),
    ("230600400000000000", 0, ["offline"]),
    ("230600004000000000", 0, ["offline"]),
    ("230600000004000000", 0, ["near_end"]),
    ("23060000000C000000", 0, ["near_end", "paper_out"]),
]
"""Star line mode specification: bytes of the ASB, the ETB counter in byte 8 as b6 b5 b3 b2 b1."""


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


@pytest.mark.parametrize(("six", "means"), CUSTOM)
def test_customs_full_status_means_what_the_manual_says(six, means):
    reader = Replies(asb=False)
    reader.awaited = 20

    assert reader.feed(bytes.fromhex(six)) == [FullStatus(bytes.fromhex(six))]
    rules = load_printer("custom_kpm_vkp").status
    assert sorted(meaning({20: bytes.fromhex(six)}, rules)) == means
    at_exit = is_at_exit({20: bytes.fromhex(six)}, rules.taken)
    assert at_exit == (six == "100F20000000")


@pytest.mark.parametrize(("asb", "counter", "means"), STAR)
def test_stars_automatic_status_means_what_the_manual_says(asb, counter, means):
    data = bytes.fromhex(asb)
    found = Replies(asb=False, star=True).feed(data)

    if counter is None and len(data) > 7:
        assert found == []  # b4 is never set
        return
    assert found == [StarStatus(data)]
    assert found[0].counter == counter
    assert sorted(meaning(star_answers(data), load_printer("star_line").status)) == means


def test_full_status_is_looked_for_only_while_it_is_awaited():
    """Its head looks like that of an automatic status, its bytes like anything."""
    six = bytes.fromhex("100F13110000")
    reader = Replies(asb=False)

    assert FullStatus(six) not in reader.feed(six)
    reader.awaited = 20
    assert reader.feed(b"\x00" + six + b"\x12") == [PaperStatus(0), FullStatus(six), RealTime(0x12)]
    assert reader.awaited == 0


def test_the_presenters_answer_has_no_fixed_bits_and_is_told_by_its_question():
    reader = Replies(asb=False)
    reader.awaited = 5

    assert reader.feed(b"\x88\x00") == [RealTime(0x88), PaperStatus(0x00)]


def test_a_slip_in_the_mouth_is_seen_by_the_bit_that_the_profile_names():
    cashino, masung = load_printer("cashino_kp").status, load_printer("masung_ep").status

    assert is_at_exit({1: 0x92}, cashino.taken)
    assert not is_at_exit({1: 0x12}, cashino.taken)
    assert is_at_exit({5: 0x04}, masung.taken)
    assert not is_at_exit({}, masung.taken)
    assert not is_at_exit({1: 0xFF}, load_printer("epson_tm_cn").status.taken)


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


@given(st.binary(max_size=300), st.sampled_from([0, 5, 20]), st.booleans())
def test_any_bytes_are_survived_whatever_is_awaited(data, awaited, star):
    reader = Replies(asb=False, star=star)
    reader.awaited = awaited

    for byte in data:
        reader.feed(bytes([byte]))
        assert reader.held <= MAX_BLOCK


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
