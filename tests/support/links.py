"""A running HallLink that remembers what it told its agent."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from server.kit.change import Change
from server.kit.link import HallLink, LinkStatus
from tests.support.ports import wait_until


class Watched:
    """A link and every change it told."""

    def __init__(self, url: str, state_dir: Path) -> None:
        self.link = HallLink(
            server_url=url,
            state_dir=state_dir,
            kind="display",
            software="test",
            now=lambda: datetime.now(UTC),
        )
        self.changes: list[Change] = []
        self.on_change: Callable[[Change], None] = lambda change: None

    def told(self, change: Change) -> None:
        self.changes.append(change)
        self.on_change(change)

    @property
    def seq(self) -> int:
        board = self.link.board
        return -1 if board is None else board.seq

    def live(self, *, deadline_s: float = 10) -> Watched:
        wait_until(
            lambda: self.link.status is LinkStatus.LIVE, "the link is live", deadline_s=deadline_s
        )
        return self

    def knows(self, seq: int, *, within_s: float) -> float:
        """Wait until the link knows event *seq* and is live; return how long that took."""
        began = time.monotonic()
        wait_until(
            lambda: self.seq >= seq and self.link.status is LinkStatus.LIVE,
            f"event {seq} is known (at {self.seq}, {self.link.status})",
            deadline_s=within_s,
        )
        return time.monotonic() - began

    def lost(self, *, deadline_s: float) -> None:
        wait_until(
            lambda: self.link.status is LinkStatus.LOST, "the link is lost", deadline_s=deadline_s
        )


def enrolled(state_dir: Path, token: str = "display-token") -> None:
    """Put a device's file into *state_dir* as if it had been enrolled."""
    device = {
        "device": f"uid-{token}",
        "token": token,
        "kind": "display",
        "zone": "1F",
        "hall": "main",
    }
    state_dir.mkdir(parents=True, exist_ok=True)
    (state_dir / "device.json").write_text(json.dumps(device))


@contextlib.contextmanager
def watched(
    url: str, state_dir: Path, *, token: str | None = "display-token", start: bool = True
) -> Iterator[Watched]:
    if token is not None:
        enrolled(state_dir, token)
    running = Watched(url, state_dir)
    if start:
        running.link.start(running.told)
    try:
        yield running
    finally:
        running.link.stop()
