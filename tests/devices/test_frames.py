"""What frames have in common: sums from published frames, buffers that stay small."""

from __future__ import annotations

import json
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.serial import frames
from server.kit.serial.frames import BoundedBuffer

VECTORS = json.loads(
    (resources.files("firmware_configs") / "vectors" / "checksums.json").read_text("utf-8")
)["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['check']}-{v['value']}")
def test_every_published_frame_has_its_published_sum(vector):
    check = getattr(frames, vector["check"])

    assert check(bytes.fromhex(vector["over"])) == int(vector["value"], 16)


def test_the_modbus_sum_is_the_same_polynomial_with_another_beginning():
    assert frames.crc16(b"123456789", initial=0xFFFF) == 0x4B37


def test_a_block_check_character_makes_the_whole_frame_zero():
    frame = b"\x02A012\x03"

    assert frames.xor8(frame + bytes([frames.xor8(frame)])) == 0


@given(pieces=st.lists(st.binary(max_size=50)), limit=st.integers(1, 40))
def test_a_bounded_buffer_keeps_the_newest_bytes_and_counts_the_others(pieces, limit):
    buffer = BoundedBuffer(limit)
    for piece in pieces:
        buffer.append(piece)
        assert len(buffer) <= limit

    everything = b"".join(pieces)
    assert bytes(buffer) == everything[-limit:]
    assert buffer.dropped == len(everything) - len(buffer)


def test_bytes_are_taken_from_the_front():
    buffer = BoundedBuffer()
    buffer.append(b"abcdef")

    assert buffer.take(2) == b"ab"
    assert bytes(buffer) == b"cdef"
    assert buffer.take(9) == b"cdef"
    assert bytes(buffer) == b""


def test_a_buffer_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        BoundedBuffer(0)
