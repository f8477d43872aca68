"""Pseudo terminals for the tests: a tty whose other end the test holds."""

from __future__ import annotations

import contextlib
import os
import select
import time
import tty
from pathlib import Path


class Pty:
    """A pty behind a stable path, as a USB adapter is behind its by-path link."""

    def __init__(self, folder: Path) -> None:
        self._link = folder / "ttyHALL0"
        self.path = str(self._link)
        self.master = -1
        self.plug_in()

    def plug_in(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(self.master, False)
        name = os.ttyname(slave)
        os.close(slave)
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(name)

    def unplug(self) -> None:
        self._link.unlink()
        os.close(self.master)
        self.master = -1

    def say(self, data: bytes) -> None:
        assert os.write(self.master, data) == len(data)

    def hear(self, count: int, within_s: float = 5.0) -> bytes:
        """Return the next *count* bytes."""
        heard = b""
        deadline = time.monotonic() + within_s
        while len(heard) < count:
            left = deadline - time.monotonic()
            assert left > 0, f"{len(heard)} of {count} bytes"
            if select.select([self.master], [], [], left)[0]:
                try:
                    heard += os.read(self.master, count - len(heard))
                except OSError:  # EIO: nobody has the other end open at the moment
                    time.sleep(0.01)
        return heard

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self.master)


def wait_for(condition, within_s: float = 10.0) -> None:
    """Wait until *condition* is true; the hub runs meanwhile."""
    import gevent

    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        gevent.sleep(0.01)
