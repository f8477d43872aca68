"""What frames on a wire have in common: faults, check sums, bounded buffers, framers.

Knows no port and no device: the standard library only. Every function takes bytes and gives bytes
or numbers, so that a driver can be proved from a manual's examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)

MAX_BUFFER = 4096
"""Bytes that a buffer keeps unless told; more than any answer of a device we know."""


class DeviceFault(Exception):  # noqa: N818 - the house's word, like Refused
    """The world misbehaves: a port is gone, a device does not answer as it should.

    Attributes:
        code: short and stable, e.g. `no_port`.
        permanent: True when trying again cannot help (a wrong address).
        evidence: the bytes that show it, empty when there are none.
    """

    def __init__(self, code: str, *, permanent: bool = False, evidence: bytes = b"") -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.evidence = evidence


class Framer(Protocol[T_co]):
    """Cuts a stream of bytes into what a device said, whatever pieces it arrives in.

    Garbage never raises and never makes it grow beyond a fixed size; what cannot be understood is
    skipped and counted.
    """

    def feed(self, data: bytes) -> Sequence[T_co]:
        """Take *data* and return what is complete now, oldest first."""
        ...

    def reset(self) -> None:
        """Forget what is incomplete, as after a reconnect."""
        ...


class BoundedBuffer:
    """A byte buffer that drops its oldest bytes rather than grow beyond *limit*."""

    def __init__(self, limit: int = MAX_BUFFER) -> None:
        if limit < 1:
            raise ValueError("a buffer holds at least one byte")
        self._limit = limit
        self._bytes = bytearray()
        self.dropped = 0
        """Bytes thrown away so far because the buffer was full."""

    def __len__(self) -> int:
        return len(self._bytes)

    def __bytes__(self) -> bytes:
        return bytes(self._bytes)

    def append(self, data: bytes) -> None:
        """Add *data* behind; the oldest bytes go when there are more than the limit."""
        self._bytes += data[-self._limit :]
        self.dropped += max(0, len(data) - self._limit)
        excess = len(self._bytes) - self._limit
        if excess > 0:
            del self._bytes[:excess]
            self.dropped += excess

    def take(self, count: int) -> bytes:
        """Remove and return the first *count* bytes, fewer when there are fewer."""
        taken = bytes(self._bytes[:count])
        del self._bytes[:count]
        return taken

    def clear(self) -> None:
        """Forget everything."""
        self._bytes.clear()


def sum8(data: bytes) -> int:
    """Return the sum of all bytes modulo 256.

    Source: product pages of number displays, `05 03 E7` → `EF`; see vectors/checksums.json.
    """
    return sum(data) & 0xFF


def sum16(data: bytes) -> int:
    """Return the sum of all bytes modulo 65536 (Alpha protocol: 02..03 inclusive, 4 hex digits)."""
    return sum(data) & 0xFFFF


def xor8(data: bytes) -> int:
    """Return all bytes folded by exclusive or: the BCC 异或校验 of STX … ETX frames."""
    value = 0
    for byte in data:
        value ^= byte
    return value


def crc16(data: bytes, *, initial: int = 0x0000) -> int:
    """Return the reflected CRC-16 with polynomial A001h.

    `initial` 0000h is CRC-16/ARC (Onbon BX-5K), FFFFh is CRC-16/MODBUS. Both check values for
    `123456789` (BB3Dh, 4B37h) are the published ones.
    """
    value = initial
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return value
