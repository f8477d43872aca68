"""Free ports, and waiting for a condition with a deadline."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def free_port() -> int:
    """Return a TCP port on loopback that nobody listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def wait_until(condition: Callable[[], T], what: str, *, deadline_s: float = 15.0) -> T:
    """Return the first true value of *condition*, asked every 20 ms.

    Raises:
        AssertionError: it was still false after *deadline_s*; the words are *what*.
    """
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            msg = f"waited {deadline_s:g} s in vain for: {what}"
            raise AssertionError(msg)
        time.sleep(0.02)


def wait_port(
    port: int,
    *,
    process: subprocess.Popen[bytes] | subprocess.Popen[str] | None = None,
    deadline_s: float = 20.0,
) -> None:
    """Wait until something accepts connections on loopback *port*.

    Raises:
        AssertionError: nothing did in time, or *process* ended meanwhile.
    """

    def accepts() -> bool:
        if process is not None and process.poll() is not None:
            msg = f"{process.args!r} ended with {process.returncode} before it listened on {port}"
            raise AssertionError(msg)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
            s.settimeout(1.0)
            return s.connect_ex(("127.0.0.1", port)) == 0

    wait_until(accepts, f"a listener on 127.0.0.1:{port}", deadline_s=deadline_s)
