"""What a picture of the gallery shows: one state of one page.

The same list serves `make gallery`, which takes the pictures, and tests/access, which measures what
people with old eyes, short arms or only a keyboard can do there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tools.gallery_stage import Stage

Size = tuple[int, int]

WALL: Size = (1920, 1080)
KIOSK: Size = (1080, 1920)
OFFICE: Size = (1280, 1024)
DESK: Size = (1440, 900)
BAR: Size = (400, 860)
PHONE: Size = (390, 844)
BOTH_WAYS = (WALL, KIOSK, OFFICE)
STANDING = (KIOSK, WALL, OFFICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state of one page."""

    name: str
    """Name of the pictures' files: `<page>-<state>`."""
    page: str
    """The page it belongs to, in the gallery's index: `取号机`."""
    says: str
    """What it shows, in one line, for people."""
    sizes: tuple[Size, ...]
    """The first is the one in which *show* runs; then the window changes to the others."""
    show: Callable[[Stage, Page], None]
    """Brings a fresh page into the state, and waits until it is there."""
    pictured: tuple[Size, ...] = ()
    """Sizes that are pictured; empty = all. The tests walk all of them."""
    leave: Callable[[Stage], None] | None = None
    """Gives the hall back as it was."""
    walk: bool = True
    """False for what takes too long for the tests."""
    touch: bool = False
    """True where a finger is the only tool: targets are measured."""
    inch: float = 0.0
    """Diagonal of the touch screen, where the state itself declares one."""
    anew: bool = False
    """True for a page whose window never changes while it runs: it is shown anew at each size."""
    expected: tuple[str, ...] = ()
    """Console errors that belong to the state."""
