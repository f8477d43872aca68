"""Which reader a kiosk has, from its settings."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime

from kiosk.idcard.reader import CardReader
from kiosk.idcard.service import ServiceReader
from kiosk.idcard.wedge import WedgeReader
from server.kit.serial.profiles import load_reader


def open_reader(
    profile: str,
    address: str,
    *,
    now: Callable[[], datetime],
    monotonic: Callable[[], float],
    spawn: Callable[[Callable[[], None]], object],
) -> CardReader:
    """Return the reader, not yet started.

    Args:
        profile: name of a file in `firmware_configs/readers`, or a path that ends in `.toml`.
        address: of the keyboard device or of the maker's service.
        now: the time of day, aware.
        monotonic: seconds.
        spawn: runs a function beside the caller.

    Raises:
        ValueError: the profile or the address cannot be used, in words.
    """
    facts = load_reader(profile)
    if not address:
        raise ValueError("有读卡器就要写明地址：reader.address")
    _dump_nothing()
    if facts.driver == "wedge":
        return WedgeReader(facts, address, now=now, spawn=spawn)
    return ServiceReader(facts, address, now=now, monotonic=monotonic, spawn=spawn)


def _dump_nothing() -> None:
    """Let a crash of this process write no memory to disk: a number might be in it."""
    with contextlib.suppress(ImportError):  # there is none on Windows
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most))
