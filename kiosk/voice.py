"""The kiosk's own voice: clips of what is on the page, made when a page asks for them.

A page is told the address of a clip, which carries nothing but a random word; the sound is made at
the first request and kept for a short while. Texts are of the page, never of what somebody typed.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from typing import Protocol

import structlog

from server.kit.voice.faults import VoiceFault
from server.kit.voice.render import Clip, VoiceState

REMEMBERED = 128
"""So many texts have an address at once."""
CHECKED_S = 60.0
"""How often it is looked whether this box can speak at all."""

log = structlog.get_logger(__name__)


class Speaks(Protocol):
    """What this box can say; see `server.kit.voice`."""

    def say(self, text: str, *, lang: str = "zh", pack: str = "") -> Clip:
        """Return the sound of *text*; raises `VoiceFault`."""
        ...

    def state(self) -> VoiceState:
        """Return which engines are there."""
        ...


class Reader:
    """Hands out addresses of texts, and their sound.

    Args:
        voice: None for a box without a loudspeaker.
    """

    def __init__(self, voice: Speaks | None) -> None:
        self._voice = voice
        self._names: dict[tuple[str, str, str], str] = {}
        self._texts: OrderedDict[str, tuple[str, str, str]] = OrderedDict()
        self._checked = -CHECKED_S
        self._can = False

    def can_speak(self, now: float) -> bool:
        """Return whether there is any voice here."""
        if self._voice is not None and now - self._checked >= CHECKED_S:
            self._checked = now
            state = self._voice.state()
            self._can = state.espeak or bool(state.packs)
        return self._can

    def name(self, text: str, *, lang: str, pack: str) -> str:
        """Return the address part of a text; empty for nothing to say."""
        if not text or self._voice is None:
            return ""
        key = (text, lang, pack)
        known = self._names.get(key)
        if known is not None:
            self._texts.move_to_end(known)
            return known
        name = secrets.token_urlsafe(9)
        self._names[key], self._texts[name] = name, key
        while len(self._texts) > REMEMBERED:
            del self._names[self._texts.popitem(last=False)[1]]
        return name

    def sound(self, name: str) -> bytes | None:
        """Return the WAV of an address; None when it is not known any more, or cannot be said."""
        key = self._texts.get(name)
        if key is None or self._voice is None:
            return None
        text, lang, pack = key
        try:
            return self._voice.say(text, lang=lang, pack=pack).wav
        except VoiceFault as fault:
            log.warning("voice.failed", code=fault.code, lang=lang)
            return None
