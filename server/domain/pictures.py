"""What a file of the 宣传 region really is: read from its bytes, never from its name.

Sources: PNG (W3C Recommendation 2003, 5.2 and 11.2.2), JPEG (ITU-T T.81, annex B), WebP (Google,
container specification 2011), ISO base media file format (ISO/IEC 14496-12, 4.3), Matroska (RFC
9559, 4.1: the EBML head). A picture is walked to its end, so that one cut off in an upload is told
from a whole one; its pixels are bounded, because a screen's browser unpacks them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

MOST_PIXELS = 24_000_000
"""Three times a 4K screen; unpacked it takes 96 MB of the screen's memory."""
LONGEST_SIDE = 8192
"""Pixels; the textures of an old graphics card end there (*assumed*)."""

_PNG = b"\x89PNG\r\n\x1a\n"
_EBML = b"\x1a\x45\xdf\xa3"
_FRAMES = frozenset({*range(0xC0, 0xD0)}) - {0xC4, 0xC8, 0xCC}
"""Markers SOF0–SOF15 of a JPEG, without the three that mean something else."""
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers of a JPEG without a length."""
MP4_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1"})
"""Major brands that browsers play; `qt  ` of a camera is not among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a file is."""

    mime: str
    width: int = 0
    """Pixels; 0 for a film."""
    height: int = 0


class NotTakenError(ValueError):
    """The file is none of the known kinds, or not whole; the words say what and what to do."""


def kind_of(file: BinaryIO) -> Kind:
    """Return what *file* is, read from its beginning.

    Raises:
        NotTakenError: with words for the person who sent it.
    """
    file.seek(0)
    head = file.read(16)
    if head.startswith(_PNG):
        return _bounded("image/png", *_png(file))
    if head.startswith(b"\xff\xd8\xff"):
        return _bounded("image/jpeg", *_jpeg(file))
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _bounded("image/webp", *_webp(file))
    if head[4:8] == b"ftyp":
        if head[8:12] not in MP4_BRANDS:
            raise NotTakenError("这种 MP4 浏览器放不了，请另存为 MP4（H.264）或 WebM 再传")
        return Kind(mime="video/mp4")
    if head.startswith(_EBML):
        if b"webm" not in head + file.read(64):
            raise NotTakenError("这是 MKV 影片，浏览器放不了，请另存为 MP4（H.264）或 WebM 再传")
        return Kind(mime="video/webm")
    raise NotTakenError("这个文件不是 PNG、JPEG、WebP 图片，也不是 MP4、WebM 影片")


def _bounded(mime: str, width: int, height: int) -> Kind:
    if not width or not height:
        raise NotTakenError("图片没有宽和高，文件可能坏了，请重新导出再传")
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise NotTakenError(f"图片有 {width}×{height} 像素，屏幕放不下，请缩小到 3840×2160 以内")
    return Kind(mime=mime, width=width, height=height)


def _torn() -> NotTakenError:
    return NotTakenError("图片不完整，可能没有传完，请重新导出再传")


def _png(file: BinaryIO) -> tuple[int, int]:
    """Walk the chunks `length 4 | type 4 | data | CRC 4` to IEND."""
    file.seek(8)
    width = height = 0
    end = file.seek(0, 2)
    file.seek(8)
    while True:
        head = file.read(8)
        if len(head) < 8:
            raise _torn()
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if kind == b"IEND":
            if length or len(file.read(4)) < 4:
                raise _torn()
            return width, height
        if kind == b"IHDR":
            size = file.read(8)
            width, height = int.from_bytes(size[:4], "big"), int.from_bytes(size[4:], "big")
            file.seek(-8, 1)
        if not kind.isalpha() or file.seek(length + 4, 1) > end:
            raise _torn()


def _jpeg(file: BinaryIO) -> tuple[int, int]:
    """Walk the segments `FF marker 1 | length 2 | data` to the frame; the file must end with EOI."""
    end = file.seek(0, 2)
    file.seek(max(0, end - 4096))
    if b"\xff\xd9" not in file.read():  # cameras add bytes behind it
        raise _torn()
    file.seek(2)
    while True:
        head = file.read(2)
        if len(head) < 2 or head[0] != 0xFF:
            raise _torn()
        marker = head[1]
        if marker == 0xFF:  # a fill byte
            file.seek(-1, 1)
            continue
        if marker in _ALONE:
            continue
        length = int.from_bytes(file.read(2), "big")
        if marker in _FRAMES and length >= 8:
            size = file.read(5)
            return int.from_bytes(size[3:5], "big"), int.from_bytes(size[1:3], "big")
        if length < 2 or file.seek(length - 2, 1) > end:
            raise _torn()


def _webp(file: BinaryIO) -> tuple[int, int]:
    """Read `RIFF | size 4 | WEBP | chunk`: VP8 lossy, VP8L lossless or VP8X extended."""
    end = file.seek(0, 2)
    file.seek(4)
    if int.from_bytes(file.read(4), "little") + 8 > end:
        raise _torn()
    file.seek(12)
    kind = file.read(4)
    file.seek(20)
    data = file.read(10)
    if kind == b"VP8X":
        return _three(data[4:7]) + 1, _three(data[7:10]) + 1
    if kind == b"VP8L" and data[:1] == b"\x2f":
        bits = int.from_bytes(data[1:5], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if kind == b"VP8 " and data[3:6] == b"\x9d\x01\x2a":
        low = (int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"))
        return low[0] & 0x3FFF, low[1] & 0x3FFF
    raise _torn()


def _three(data: bytes) -> int:
    return int.from_bytes(data, "little")
