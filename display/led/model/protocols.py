"""What bars understand, written from the protocols' documents: bytes in, `Heard` and answers out.

Each class cuts its own frames out of a stream in whatever pieces, skips what is none, and says what
a frame asks of the bar at `address`. Sources stand at each class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol

MAX_KEPT = 4096
BROADCAST_ONBON = 0xFFFE
LONGEST_STX = 260


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A frame for this bar."""

    text: str | None = None
    """What it shall show; None = nothing about text."""
    effect: str = "still"
    """`still`, `flash`, `scroll` or `typed`."""
    colour: str = ""
    """`red`, `green` or `yellow` where the frame says it."""
    lit: bool | None = None
    """Switched on or off."""
    answer: bytes = b""
    complaint: str = ""
    """Why a real bar would refuse or misread it, in Chinese for the page."""


class BarProtocol(Protocol):
    """One way of speaking to a bar."""

    def hear(self, data: bytes) -> list[Heard]:
        """Take *data* and return what is complete now for this bar."""
        ...


def crc(data: bytes, value: int) -> int:
    """CRC-16 with reflected polynomial A001h from *value* on, by the book."""
    for byte in data:
        value ^= byte
        for _ in range(8):
            odd = value & 1
            value >>= 1
            if odd:
                value ^= 0xA001
    return value


class Onbon:
    """仰邦 BX-5K/6K. Source: 用户版协议 v1.4 (doc.onbonbx.com/zh/k/potocol).

    A5 … | dst u16le | src u16le | 00 00 00 | option | crc mode | display mode | device FE | version
    02 | length u16le | data | CRC-16/ARC u16le | 5A; inside A5 = A6 02, A6 = A6 01, 5A = 5B 02,
    5B = 5B 01. A3 06 writes dynamic areas, A3 00 switches, A3 10 clears. ACK A0 00, NAK A0 01 code.
    """

    UNESCAPED = ((b"\xa6\x02", b"\xa5"), (b"\xa6\x01", b"\xa6"), (b"\x5b\x02", b"\x5a"), (b"\x5b\x01", b"\x5b"))  # fmt: skip
    EFFECTS: ClassVar[dict[int, str]] = {1: "still", 2: "typed", 3: "scroll"}
    COLOURS: ClassVar[dict[str, str]] = {"1": "red", "2": "green", "3": "yellow"}

    def __init__(self, address: int, *, width_px: int, six: bool = False) -> None:
        self.address = address
        self.width_px = width_px
        self.six = six
        self._kept = b""

    def hear(self, data: bytes) -> list[Heard]:
        """Take *data* and return what is complete now for this bar."""
        self._kept = (self._kept + data)[-MAX_KEPT:]
        heard = []
        while (end := self._kept.find(b"\x5a")) >= 0:
            frame, self._kept = self._kept[:end], self._kept[end + 1 :]
            start = frame.rfind(b"\xa5")
            if start >= 0:
                said = self._frame(self._plain(frame[start + 1 :]))
                heard += [said] if said is not None else []
        return heard

    def _plain(self, data: bytes) -> bytes:
        out, at = b"", 0
        table = dict(self.UNESCAPED)
        while at < len(data):
            two = data[at : at + 2]
            if two in table:
                out, at = out + table[two], at + 2
            else:
                out, at = out + data[at : at + 1], at + 1
        return out

    def _frame(self, frame: bytes) -> Heard | None:
        if len(frame) < 16 or int.from_bytes(frame[:2], "little") not in (
            self.address,
            BROADCAST_ONBON,
        ):
            return None
        body, sum_ = frame[:-2], int.from_bytes(frame[-2:], "little")
        if crc(body, 0) != sum_:
            return self._no(5, "校验不对")
        size = int.from_bytes(body[12:14], "little")
        data = body[14:]
        if size != len(data):
            return self._no(6, "长度不对")
        if data[:2] == b"\xa3\x06":
            return self._area(data)
        if data[:2] == b"\xa3\x00":
            return Heard(lit=data[5:6] != b"\x02", answer=self._answer(b"\xa0\x00\x00"))
        if data[:2] == b"\xa3\x10":
            return Heard(text="", answer=self._answer(b"\xa0\x00\x00"))
        return self._no(2, f"不认识的命令 {data[:2].hex(' ').upper()}")

    def _area(self, data: bytes) -> Heard:
        deleted = data[5]
        at = 6 + deleted
        if data[at : at + 1] != b"\x01":
            return self._no(2, "这里只会一个动态区")
        size = int.from_bytes(data[at + 1 : at + 3], "little")
        area = data[at + 3 :]
        if size != len(area) or len(area) < 27:
            return self._no(6, "动态区长度不对")
        width = int.from_bytes(area[5:7], "little") * (1 if self.six else 8)
        mode = area[19]
        length = int.from_bytes(area[23:27], "little")
        text = area[27:]
        if length != len(text):
            return self._no(6, "文字长度不对")
        words, colour = self._coloured(text.decode("gbk", "replace"))
        complaint = (
            "" if width <= self.width_px else f"区域宽 {width} 点，屏只有 {self.width_px} 点"
        )
        return Heard(
            text=words,
            effect=self.EFFECTS.get(mode, "still"),
            colour=colour,
            answer=self._answer(b"\xa0\x00\x00"),
            complaint=complaint,
        )

    def _coloured(self, text: str) -> tuple[str, str]:
        found = re.findall(r"\\C([123])", text)
        return re.sub(r"\\C\d", "", text), self.COLOURS.get(found[0], "") if found else ""

    def _no(self, code: int, words: str) -> Heard:
        return Heard(answer=self._answer(bytes([0xA0, 0x01, code])), complaint=words)

    def _answer(self, said: bytes) -> bytes:
        data = said + bytes(2)
        body = (0x8000).to_bytes(2, "little") + self.address.to_bytes(2, "little")
        body += bytes(6) + b"\xfe\x02" + len(data).to_bytes(2, "little") + data
        body += crc(body, 0).to_bytes(2, "little")
        wire = b""
        back = {plain[0]: escaped for escaped, plain in self.UNESCAPED}
        for byte in body:
            wire += back.get(byte, bytes([byte]))
        return b"\xa5" * 8 + wire + b"\x5a"


class Alpha:
    """Alpha / BetaBrite. Source: Alpha sign communications protocol 97088061F.

    00 ×5 | 01 | type | address, two hex digits | 02 | A label 1B position mode text | 03 | sum of 02
    to 03, four hex digits | 04. It never answers a write.
    """

    EFFECTS: ClassVar[dict[str, str]] = {"a": "scroll", "b": "still", "c": "flash"}

    def __init__(self, address: str) -> None:
        self.address = address
        self._kept = b""

    def hear(self, data: bytes) -> list[Heard]:
        """Take *data* and return what is complete now for this bar."""
        self._kept = (self._kept + data)[-MAX_KEPT:]
        heard = []
        while (end := self._kept.find(b"\x04")) >= 0:
            frame, self._kept = self._kept[:end], self._kept[end + 1 :]
            start = frame.rfind(b"\x01")
            if start >= 0 and frame[start + 1 : start + 2] in b"Z!^":
                said = self._frame(frame[start + 1 :])
                heard += [said] if said is not None else []
        return heard

    def _frame(self, frame: bytes) -> Heard | None:
        if frame[1:3].decode("ascii", "replace") not in (self.address, "00"):
            return None
        body, etx, sum_ = frame[3:].partition(b"\x03")
        if etx and f"{sum(body + etx) & 0xFFFF:04X}".encode() != sum_:
            return Heard(complaint="校验不对")
        if body[:1] != b"\x02" or body[1:2] != b"A":
            return Heard(complaint="只会写文字（A）")
        if body[3:4] != b"\x1b":
            return Heard(text=body[3:].decode("ascii", "replace"))
        mode = body[5:6].decode("ascii", "replace")
        effect = self.EFFECTS.get(mode, "still")
        return Heard(text=body[6:].decode("ascii", "replace"), effect=effect)


class Modbus:
    """Modbus RTU, function 10h. Source: Modbus application protocol V1.1b3, 6.12 and 7.

    address | 10 | register u16be | count u16be | bytes | values | CRC u16le. Text, GB2312, eight
    registers from `register` on.
    """

    def __init__(self, address: int, register: int = 0) -> None:
        self.address = address
        self.register = register
        self._kept = b""

    def hear(self, data: bytes) -> list[Heard]:
        """Take *data* and return what is complete now for this bar."""
        self._kept += data
        heard: list[Heard] = []
        while True:
            at, frame = self._next()
            self._kept = self._kept[at:]
            if frame is None:
                self._kept = self._kept[-300:]
                return heard
            self._kept = self._kept[len(frame) :]
            heard.append(self._frame(frame))

    def _next(self) -> tuple[int, bytes | None]:
        """Return where the next whole frame begins, and it; there is no silence to go by here."""
        kept = self._kept
        for at in range(len(kept)):
            if kept[at] not in (self.address, 0) or kept[at + 1 : at + 2] not in (b"", b"\x10"):
                continue
            size = 9 + kept[at + 6] if len(kept) > at + 6 else 0
            frame = kept[at : at + size]
            if size and len(frame) == size and crc(frame[:-2], 0xFFFF) == _le(frame[-2:]):
                return at, frame
        return 0, None

    def _frame(self, frame: bytes) -> Heard:
        register, count = int.from_bytes(frame[2:4]), int.from_bytes(frame[4:6])
        if frame[6] != 2 * count or not 1 <= count <= 123:
            return self._no(frame, 3, "寄存器数目与字节数不符")
        if register != self.register or count > 8:
            return self._no(frame, 2, f"没有寄存器 {register}")
        text = frame[7:-2].decode("gbk", "replace").rstrip()
        return Heard(text=text, answer=self._said(frame, frame[1:6]))

    def _no(self, frame: bytes, code: int, words: str) -> Heard:
        return Heard(answer=self._said(frame, bytes([0x90, code])), complaint=words)

    def _said(self, frame: bytes, data: bytes) -> bytes:
        if frame[0] == 0:
            return b""  # nobody answers a broadcast
        said = bytes([self.address]) + data
        return said + crc(said, 0xFFFF).to_bytes(2, "little")


class Kanban4:
    """Four-byte number display. Source: product page, `05 03 E7 EF` is 999 on address 5."""

    def __init__(self, address: int) -> None:
        self.address = address
        self._kept = b""

    def hear(self, data: bytes) -> list[Heard]:
        """Take *data* and return what is complete now for this bar."""
        self._kept += data
        heard = []
        while len(self._kept) >= 4:
            frame = self._kept[:4]
            if frame[0] == self.address and sum(frame[:3]) & 0xFF == frame[3]:
                heard.append(Heard(text=f"{int.from_bytes(frame[1:3]):03d}"))
                self._kept = self._kept[4:]
            else:
                self._kept = self._kept[1:]
        return heard


class Sunpn:
    """讯鹏 3A display. Source: product page, `3A 00 78 03 01 B6 0A` is 888 in green, answered by
    `2A 00 78 03 01 A6 0A`."""

    def __init__(self) -> None:
        self._kept = b""

    def hear(self, data: bytes) -> list[Heard]:
        """Take *data* and return what is complete now for this bar."""
        self._kept += data
        heard = []
        while (at := self._kept.find(b"\x3a")) >= 0 and len(self._kept) - at >= 7:
            frame = self._kept[at : at + 7]
            good = frame[6] == 0x0A and sum(frame[:5]) & 0xFF == frame[5]
            if good:
                said = b"\x2a" + frame[1:5]
                answer = said + bytes([sum(said) & 0xFF, 0x0A])
                colour = "green" if frame[1] == 0 else "red"
                heard.append(Heard(text=f"{_le(frame[2:4]):03d}", colour=colour, answer=answer))
            self._kept = self._kept[at + (7 if good else 1) :]
        self._kept = self._kept[-16:]
        return heard


class StxNumber:
    """STX aa dddd ETX. Source: product manual of an ADDER display."""

    def __init__(self, address: int) -> None:
        self.address = address
        self._kept = b""

    def hear(self, data: bytes) -> list[Heard]:
        """Take *data* and return what is complete now for this bar."""
        self._kept = (self._kept + data)[-64:]
        found = [
            (match.end(), int(match[1]), match[2].decode())
            for match in re.finditer(rb"\x02(\d\d)(\d{4})\x03", self._kept)
        ]
        if found:
            self._kept = self._kept[found[-1][0] :]
        return [Heard(text=text) for _, address, text in found if address == self.address]


class StxText:
    """STX | address | length | text | BCC | ETX, the guess of `template_unknown`; no answer."""

    def __init__(self, address: int) -> None:
        self.address = address
        self._kept = b""

    def hear(self, data: bytes) -> list[Heard]:
        """Take *data* and return what is complete now for this bar."""
        self._kept = (self._kept + data)[-LONGEST_STX:]
        return list(self._frames())

    def _frames(self) -> Iterator[Heard]:
        at = 0
        while (at := self._kept.find(b"\x02", at)) >= 0:
            kept = self._kept[at:]
            size = 5 + kept[2] if len(kept) > 2 else 0
            bcc = 0
            for byte in kept[1 : size - 2]:
                bcc ^= byte
            if not 5 <= size <= len(kept) or kept[size - 2 : size] != bytes([bcc, 0x03]):
                at += 1  # not whole, or none: a true one may begin behind it
                continue
            self._kept, at = kept[size:], 0
            if kept[1] == self.address:
                yield Heard(text=kept[3 : size - 2].decode("gbk", "replace"))


def _le(data: bytes) -> int:
    return int.from_bytes(data, "little")
