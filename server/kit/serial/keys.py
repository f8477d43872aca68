"""A USB keypad as a port: Linux input events in, two bytes for each key out.

The kernel gives `struct input_event` for everything that happens on a keypad (24 bytes on 64 bit:
seconds 8 | microseconds 8 | type u16 | code u16 | value s32, in the machine's byte order). Out of an
`InputPort` comes `4B | code` for a key that goes down and `4B | 00` for one that comes up; a held key's
own repetitions, other events, and codes above 255 (mouse buttons) are left out.

Source: Linux `include/uapi/linux/input.h` (`struct input_event`, `EVIOCGRAB` = `_IOW('E', 0x90, int)`)
and `input-event-codes.h` (`EV_KEY` 1; value 0 up, 1 down, 2 repeated).
"""

from __future__ import annotations

import contextlib
import os
import stat
import struct
from collections.abc import Iterator

from server.kit.serial.frames import DeviceFault

__all__ = ["DOWN", "EVENT", "UP", "InputPort", "key_event", "keys_in"]

EVENT = struct.Struct("@llHHi")
"""`struct input_event` of this machine."""
EV_KEY = 1
UP, DOWN = 0, 1
MARK = 0x4B
"""First byte of each key that the port gives: `K`."""
EVIOCGRAB = 0x40044590
INPUT_MAJOR = 13
"""Major number of the kernel's input devices: only those can be grabbed."""
READ_SIZE = 64 * EVENT.size


def key_event(code: int, value: int, *, type_: int = EV_KEY) -> bytes:
    """Return the bytes of one event as the kernel gives them, for tests and models."""
    return EVENT.pack(0, 0, type_, code, value)


def keys_in(events: bytes) -> Iterator[bytes]:
    """Return what an `InputPort` says of whole *events*."""
    for _, _, type_, code, value in EVENT.iter_unpack(events):
        if type_ != EV_KEY or not 0 < code <= 0xFF:
            continue
        if value == DOWN:
            yield bytes([MARK, code])
        elif value == UP:
            yield bytes([MARK, 0])


class InputPort:
    """A keypad at `input:/dev/input/by-id/…`; what is written to it goes nowhere.

    It is grabbed: nobody else in the machine gets its keys, so that a digit pressed at the counter is
    not typed into a page. A second process that wants it is refused by the kernel. What was pressed
    before it was opened is not in it.
    """

    def __init__(self, address: str) -> None:
        self.name = address
        path = address.removeprefix("input:")
        try:
            self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as e:
            raise DeviceFault("no_port", evidence=str(e).encode()) from e
        self._left = b""
        try:
            self._grab()
        except OSError as e:
            self.close()
            raise DeviceFault("no_port", evidence=str(e).encode()) from e

    def _grab(self) -> None:
        found = os.fstat(self._fd)
        if stat.S_ISCHR(found.st_mode) and os.major(found.st_rdev) == INPUT_MAJOR:
            import fcntl  # there is none on Windows, and no such device either

            fcntl.ioctl(self._fd, EVIOCGRAB, 1)

    def fileno(self) -> int | None:
        """Return the device's descriptor."""
        return self._fd

    def read(self) -> bytes:
        """Return the keys that went down or up since the last look."""
        try:
            data = os.read(self._fd, READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError as e:  # ENODEV: it was pulled out
            raise DeviceFault("no_port", evidence=str(e).encode()) from e
        if not data:
            raise DeviceFault("no_port")
        data = self._left + data
        whole = len(data) - len(data) % EVENT.size
        self._left = data[whole:]
        return b"".join(keys_in(data[:whole]))

    def write(self, data: bytes) -> int:
        """Take everything: a keypad shows nothing."""
        return len(data)

    def pending(self) -> int:
        """Return 0."""
        return 0

    def discard(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Let go of it; the kernel ends the grab."""
        with contextlib.suppress(OSError):
            os.close(self._fd)
