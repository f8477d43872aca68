"""When a key counts as pressed: once for each time a finger goes down. Pure; the time comes in.

Lines repeat themselves: an answer may come twice, a held key is told at every poll, a finger taps
twice. A key counts when the key before it was let go, when it is no double tap, and when it can only
have been pressed now: what a pad kept while nobody listened is not obeyed later.
"""

from __future__ import annotations

DOUBLE_S = 0.5
"""The same key again within this time of its press is a double tap, not a wish."""
FRESH_S = 2.0
"""A polled pad must have said within this time that nothing was pressed."""
HELD_S = 1.0
"""Of a device that never says that a key was let go: silence for so long is letting go."""


class Keys:
    """Judges the keys of one device.

    Args:
        polled: True where the device is asked and says `idle` between two keys.
        tells_idle: True where the device says in any way that no key is down.
    """

    def __init__(self, *, polled: bool, tells_idle: bool) -> None:
        self._polled = polled and tells_idle
        self._tells_idle = tells_idle
        self._down = ""
        self._down_at = float("-inf")
        self._idle_at = float("-inf")
        self._last = ""
        self._last_at = float("-inf")

    def reset(self) -> None:
        """Begin anew: the port was opened, nothing is known of what was pressed meanwhile."""
        self._down = ""
        self._idle_at = float("-inf")

    def idle(self, now: float) -> None:
        """Take that no key is down."""
        self._down = ""
        self._idle_at = now

    def pressed(self, key: str, now: float) -> bool:
        """Take that *key* is down and say whether this is a new press."""
        held = self._down == key
        if held and not self._tells_idle:
            held = now - self._down_at < HELD_S
        self._down, self._down_at = key, now
        if held:
            return False
        if self._polled and now - self._idle_at > FRESH_S:
            return False
        if key == self._last and now - self._last_at < DOUBLE_S:
            return False
        self._last, self._last_at = key, now
        return True
