"""Tells systemd that the process is ready, alive, or stopping (sd_notify(3)); silent elsewhere."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping


def notify(state: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Send *state* (`READY=1`, `WATCHDOG=1`, `STOPPING=1`) and return whether systemd was told."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):  # a name in the abstract space
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        try:
            sock.sendto(state.encode(), address)
        except OSError:
            return False
    return True


def interval_s(environ: Mapping[str, str] = os.environ) -> float | None:
    """Return how often `WATCHDOG=1` is due (half of what systemd allows), None without one."""
    allowed = environ.get("WATCHDOG_USEC", "")
    meant = environ.get("WATCHDOG_PID", "")
    if not allowed.isdigit() or (meant and meant != str(os.getpid())):
        return None
    return int(allowed) / 2_000_000


def beat(sleep: Callable[[float], object]) -> None:
    """Send `WATCHDOG=1` in time, again and again, until the caller's greenlet is ended.

    Args:
        sleep: waits some seconds on the loop whose health is to be shown, so that a loop that is
            stuck sends nothing. Returns at once where systemd expects no signs of life.
    """
    pause = interval_s()
    while pause is not None:
        notify("WATCHDOG=1")
        sleep(pause)
