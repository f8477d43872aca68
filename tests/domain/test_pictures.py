"""What a file is, is read from its bytes; what is torn, too large or something else is refused."""

from __future__ import annotations

import io

import pytest

from server.domain.pictures import Kind, NotTakenError, kind_of
from tests.api.manage import png

JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0"
    b"\xff\xc2\x00\x0b\x08\x04\x38\x07\x80\x01\x01\x11\x00\xff\xda\x00\x02\x00\xff\xd9"
)
"""Progressive, 1920 × 1080."""


def webp(chunk: bytes, data: bytes) -> bytes:
    body = b"WEBP" + chunk + len(data).to_bytes(4, "little") + data
    return b"RIFF" + len(body).to_bytes(4, "little") + body


LOSSY = webp(
    b"VP8 ", b"\0\0\0\x9d\x01\x2a" + (640).to_bytes(2, "little") + (480).to_bytes(2, "little")
)
LOSSLESS = webp(b"VP8L", b"\x2f" + ((639) | (479 << 14)).to_bytes(4, "little") + b"\0" * 5)
EXTENDED = webp(b"VP8X", b"\0\0\0\0" + (639).to_bytes(3, "little") + (479).to_bytes(3, "little"))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (png(1920, 1080), Kind(mime="image/png", width=1920, height=1080)),
        (JPEG, Kind(mime="image/jpeg", width=1920, height=1080)),
        (JPEG + b"bytes of a camera", Kind(mime="image/jpeg", width=1920, height=1080)),
        (b"\xff\xd8\xff\xff\xfe\x00\x04hi" + JPEG[2:], Kind(mime="image/jpeg", width=1920, height=1080)),
        (LOSSY, Kind(mime="image/webp", width=640, height=480)),
        (LOSSLESS, Kind(mime="image/webp", width=640, height=480)),
        (EXTENDED, Kind(mime="image/webp", width=640, height=480)),
        (b"\0\0\0\x20ftypmp42" + b"\0" * 20, Kind(mime="video/mp4")),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", Kind(mime="video/webm")),
    ],
    ids=["png", "jpeg", "jpeg with a tail", "jpeg with a comment", "vp8", "vp8l", "vp8x", "mp4", "webm"],
)  # fmt: skip
def test_a_whole_file_is_known_with_its_size(data, kind):
    assert kind_of(io.BytesIO(data)) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + b"\0" * 20,
        b"<svg/>",
        b"\0\0\0\x20ftypqt  ",
        b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska",
        png()[:40],
        png()[:-12],
        png(0, 5),
        png(8193, 1),
        png(6000, 6000)[:33] + png()[33:],
        JPEG[:-2],
        JPEG[:22] + b"\0\0" + JPEG[24:],
        b"\xff\xd8\xff\xe0\xff\xff\xff\xd9",
        LOSSY[:-3],
        webp(b"VP8 ", b"\0" * 10),
        b"RIFF\xff\xff\0\0WEBPVP8X" + b"\0" * 20,
    ],
    ids=range(16),
)
def test_anything_else_is_refused_in_words(data):
    with pytest.raises(NotTakenError, match=r"[\u4e00-\u9fff]{4}"):
        kind_of(io.BytesIO(data))


def test_no_cut_of_a_picture_is_taken_for_whole():
    for whole in (png(3, 3), JPEG, LOSSY, EXTENDED):
        for at in range(len(whole)):
            with pytest.raises(NotTakenError):
                kind_of(io.BytesIO(whole[:at]))
