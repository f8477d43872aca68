"""Where the voice sounds: in the board page, or on the box's own sound card. One thing at a time.

A page may be closed, hung, or not allowed to sound before somebody has touched it; a sound card may
be gone. Whatever happens, `play` returns soon after the sound should have ended.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

from gevent.event import AsyncResult

from server.kit.announcing import Sound
from server.kit.voice.faults import VoiceFault
from server.kit.voice.player import AlsaPlayer
from server.kit.voice.render import Clip
from server.kit.voice.wav import silence, wav

GRACE_S = 2.0
"""How much longer than its sound a playback may take, in a page as on a sound card."""

PAGE_SILENT_S = 3.0
"""A page tells of its sound every second; one that says nothing for so long is hung."""

FAILURES = 2
"""So many failures in a row, and an output counts as failed."""

REST_S = 15.0
"""An output that failed is tried again after this."""

CLIPS_KEPT = 16
"""Sounds that a page may still fetch."""

NOTHING = wav(silence(200))
"""A sound without sound: by it a page, or a sound card, is tried."""


class Played(Enum):
    """What became of a sound."""

    ENDED = auto()
    STOPPED = auto()
    """`stop` ended it."""
    FAILED = auto()
    """This sound did not sound; another one may."""
    UNHEARD = auto()
    """Nothing here can sound now: somebody else should speak."""


def nothing() -> None:
    """Do nothing."""


class Loudspeaker(Protocol):
    """Something that sounds."""

    def state(self) -> Sound:
        """Return whether it can be heard now."""

    def play(self, clip: Clip, begun: Callable[[], None] = nothing) -> Played:
        """Play *clip* and return what became of it; blocks this greenlet.

        *begun* is called once it is under way: what it costs delays no sound.
        """

    def stop(self) -> None:
        """End what is being played; for another greenlet."""


class _Failures:
    """Counts failures in a row, and lets an output rest after too many."""

    def __init__(self) -> None:
        self._row = 0
        self._until = 0.0

    def note(self, played: Played) -> None:
        if played is Played.ENDED:
            self._row = 0
        elif played is Played.FAILED:
            self._row += 1
            if self._row >= FAILURES:
                self._row = 0
                self._until = time.monotonic() + REST_S

    @property
    def resting(self) -> bool:
        return time.monotonic() < self._until


@dataclass(slots=True)
class _Page:
    state: Sound = Sound.NONE
    heard: float = 0.0

    @property
    def alive(self) -> bool:
        return time.monotonic() - self.heard < PAGE_SILENT_S


class PageSpeaker:
    """The pages of this display; only one of them sounds.

    Args:
        tell: sends one page a message: identity of its connection, name, payload.
    """

    def __init__(self, tell: Callable[[str, str, Mapping[str, object]], None]) -> None:
        self._tell = tell
        self._pages: dict[str, _Page] = {}
        self._clips: OrderedDict[str, bytes] = OrderedDict()
        self._made = 0
        self._id = ""
        self._page = ""
        self._outcome: AsyncResult[Played] = AsyncResult()
        self._failures = _Failures()
        self.wanted = True
        """Whether a page that is not allowed to sound shall ask for a touch 静音."""

    def state(self) -> Sound:
        """Return the best that any page says."""
        if self._failures.resting:
            return Sound.FAILED
        alive = {p.state for p in self._pages.values() if p.alive}
        return next((s for s in (Sound.OK, Sound.MUTED, Sound.FAILED) if s in alive), Sound.NONE)

    def play(self, clip: Clip, begun: Callable[[], None] = nothing) -> Played:
        """Have one page play *clip*."""
        page = self._chosen()
        if page is None:
            return Played.UNHEARD
        self._made += 1
        self._id, self._page = str(self._made), page
        self._outcome = AsyncResult()
        self._clips[self._id] = clip.wav
        while len(self._clips) > CLIPS_KEPT:
            self._clips.popitem(last=False)
        url = f"/voice/{self._id}.wav"
        self._tell(page, "say", {"id": self._id, "url": url, "seconds": clip.seconds})
        until = time.monotonic() + clip.seconds + GRACE_S
        begun()
        played = self._wait(page, until)
        if played is not Played.ENDED:
            self._tell(page, "hush", {"id": self._id})
        self._id = ""
        self._failures.note(played)
        return played

    def stop(self) -> None:
        """Have the page be silent at once."""
        if self._id:
            self._outcome.set(Played.STOPPED)

    def clip(self, name: str) -> bytes | None:
        """Return the WAV of the address `/voice/{name}.wav`."""
        return NOTHING if name == "nothing" else self._clips.get(name)

    # ---- what pages say ------------------------------------------------------------------------

    def left(self, page: str, _: Any = None) -> None:
        """Forget a page; what it played goes to another one, or to another display."""
        self._pages.pop(page, None)
        if self._id and page == self._page:
            self._outcome.set(Played.UNHEARD)

    def said(self, page: str, message: Any) -> None:
        """Take `{"state": …, "id": …, "event": "started" | "ended" | "failed"}` of a page, which says
        its state every second. The first makes the page known, and is answered."""
        if not isinstance(message, dict):
            return
        known = self._pages.get(page)
        if known is None:
            known = self._pages[page] = _Page()
            self._tell(page, "voice", {"wanted": self.wanted})
        known.heard = time.monotonic()
        state = message.get("state")
        known.state = Sound(state) if state in set(Sound) else Sound.NONE
        if not self._id or (page, message.get("id")) != (self._page, self._id):
            return
        match message.get("event"):
            case "ended":
                self._outcome.set(Played.ENDED)
            case "failed":
                muted = known.state is Sound.MUTED
                self._outcome.set(Played.UNHEARD if muted else Played.FAILED)

    def want(self, wanted: bool) -> None:
        """Say to all pages whether this display is to sound at all."""
        if wanted != self.wanted:
            self.wanted = wanted
            for page in list(self._pages):
                self._tell(page, "voice", {"wanted": wanted})

    def _chosen(self) -> str | None:
        able = [sid for sid, p in self._pages.items() if p.alive and p.state is Sound.OK]
        if self._page in able:
            return self._page
        return able[0] if able else None

    def _wait(self, page: str, until: float) -> Played:
        while (left := until - time.monotonic()) > 0:
            played = self._outcome.wait(timeout=min(left, 0.5))
            if played is not None:
                return played
            known = self._pages.get(page)
            if known is None or not known.alive:
                return Played.UNHEARD
        return Played.FAILED


class AlsaSpeaker:
    """The box's own sound card; it is tried with a sound without sound."""

    def __init__(self, player: AlsaPlayer) -> None:
        self._player = player
        self._state = Sound.NONE
        self._tried = float("-inf")
        self._failures = _Failures()

    def state(self) -> Sound:
        """Return what the last trial, or the last sound, said."""
        return Sound.FAILED if self._failures.resting else self._state

    def try_out(self) -> None:
        """Find out whether there is sound; does nothing while that is known, or just tried."""
        if self.state() is Sound.OK or time.monotonic() - self._tried < REST_S:
            return
        self._tried = time.monotonic()
        try:
            self._player.play(NOTHING)
        except VoiceFault:
            self._state = Sound.FAILED
        else:
            self._state = Sound.OK

    def play(self, clip: Clip, begun: Callable[[], None] = nothing) -> Played:
        """Play *clip* on the sound card."""
        if self.state() is not Sound.OK:
            return Played.UNHEARD
        try:
            played = Played.ENDED if self._player.play(clip.wav, begun) else Played.STOPPED
        except VoiceFault:
            played = Played.FAILED
        self._failures.note(played)
        return played

    def stop(self) -> None:
        """Be silent at once."""
        self._player.stop()


class Output:
    """The loudspeaker of a display: a page that sounds, else the sound card.

    Args:
        page: the pages; None = never by a page.
        alsa: the sound card; None = never by it.
    """

    def __init__(self, page: PageSpeaker | None, alsa: AlsaSpeaker | None) -> None:
        self._page = page
        self._alsa = alsa
        self._playing: Loudspeaker | None = None

    def state(self) -> Sound:
        """Return `ok` when one of them sounds, else why not."""
        states = [s.state() for s in (self._page, self._alsa) if s is not None]
        if Sound.OK in states:
            return Sound.OK
        if self._page is not None:
            return self._page.state()  # without a page, a box without sound card is no fault
        return states[0] if states else Sound.NONE

    def try_out(self) -> None:
        """Try the sound card when no page sounds; called now and then in a greenlet of its own."""
        page, alsa = self._page, self._alsa
        if alsa is not None and (page is None or page.state() is not Sound.OK):
            alsa.try_out()

    def play(self, clip: Clip, begun: Callable[[], None] = nothing) -> Played:
        """Play *clip* where it sounds now."""
        for speaker in (self._page, self._alsa):
            if speaker is not None and speaker.state() is Sound.OK:
                self._playing = speaker
                try:
                    return speaker.play(clip, begun)
                finally:
                    self._playing = None
        return Played.UNHEARD

    def stop(self) -> None:
        """End what is being played."""
        if self._playing is not None:
            self._playing.stop()
