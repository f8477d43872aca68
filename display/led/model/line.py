"""A line of the model: a pseudo terminal with bars and call pads at its other end.

    display -> PATH -> pty slave ~ pty master -> every device of the line, at baud rate

The slave stays open here too, so that the display may close and reopen it. A pty has no speed and no
direction: the time on the wire is spent here, RS-485 switching cannot be tried.
"""

from __future__ import annotations

import contextlib
import os
import pty
import time
import tty
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import gevent
from gevent.socket import wait_read


class OnLine(Protocol):
    """Something that hears a line and may answer."""

    def hear(self, data: bytes) -> bytes:
        """Take bytes of the host and return what it says."""
        ...


class Line:
    """Joins devices to a pty.

    Args:
        path: what the display opens; a link to the pty.
        baud: its speed.
        changed: called after bytes have arrived.
        fast: True spends no time on the wire, for tests.
    """

    def __init__(
        self,
        path: Path,
        devices: Sequence[OnLine],
        *,
        baud: int,
        changed: Callable[[], object] = lambda: None,
        fast: bool = False,
    ) -> None:
        self.path = path
        self.devices = list(devices)
        self.baud = baud
        self.fast = fast
        self._changed = changed
        self._greenlet: gevent.Greenlet[[], None] | None = None
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.port = os.ttyname(self._slave)

    def start(self) -> None:
        """Make the link, in place of an older one, and begin to listen."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        aside.symlink_to(self.port)
        aside.replace(self.path)
        self._greenlet = gevent.spawn(self._listen)

    def stop(self) -> None:
        """Pull the cable: the link disappears, unless it is another's."""
        if self._greenlet is not None:
            self._greenlet.kill()
        with contextlib.suppress(FileNotFoundError):
            if self.path.readlink() == Path(self.port):
                self.path.unlink()
        os.close(self._master)
        os.close(self._slave)

    def _listen(self) -> None:
        free_at = time.monotonic()
        while True:
            wait_read(self._master)
            data = os.read(self._master, 256)
            if not self.fast:
                free_at = max(free_at, time.monotonic()) + len(data) * 10 / self.baud
                gevent.sleep(max(0.0, free_at - time.monotonic()))
            for device in self.devices:
                self._say(device.hear(data))
            self._changed()

    def _say(self, data: bytes) -> None:
        if data and not self.fast:
            gevent.sleep(len(data) * 10 / self.baud)
        with contextlib.suppress(
            BlockingIOError
        ):  # nobody listens: the bytes are lost, as on a wire
            os.write(self._master, data)
