"""The announcer 播报: speaks the list that the server gives this display, and says how far it is.

The list is the server's; this end keeps only what it has spoken, so that nothing is said twice. It
speaks while the server is heard and the loudspeaker sounds, and stops when another display leads.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import msgspec
from gevent.event import Event

from display.voice.joining import joined
from display.voice.output import Loudspeaker, Played, nothing
from display.voice.phrases import Call, Sentence, emergency_sentences, sentences
from display.voice.rules import readings, volume
from server.kit.announcing import EVENT, Announcement, Report, Sound, Turn, zone_voice
from server.kit.contract.moments import moment
from server.kit.contract.screens import ZoneVoice
from server.kit.contract.views import Catalogue
from server.kit.link import LinkStatus, Output
from server.kit.voice.faults import VoiceFault
from server.kit.voice.render import Clip

TICK_S = 0.5
REPORT_S = 1.0
"""A leader with something to speak reports at least so often; the server replaces it after 3 s."""

DEAF_S = 4.0
"""Nothing new is begun while the server was not heard for so long: another display may speak."""

STALL_S = 2.5
"""Longer between two ticks, this process was stopped; the server may have chosen another one."""

IDLE_S = 1.0
REMEMBERED = 500
"""Announcements of which it is remembered that they are over."""

AHEAD = 3
"""Announcements rendered before their turn."""

NO_ENGINE_S = 30.0
"""A machine without any voice program lets others speak, and tries again after this."""

HOME = "Asia/Shanghai"
"""Time zone while no catalogue says otherwise."""

_log = logging.getLogger("hall.voice")


class Renderer(Protocol):
    """What makes sound of words: `server.kit.voice.render.Voice`."""

    def say(
        self, text: str, *, lang: str = "zh", pack: str = "", chime: bool = False, gain: float = 1.0
    ) -> Clip:
        """Return *text* as sound."""

    def templates(self) -> dict[str, str]:
        """Return pack name → word order."""


class Line(Protocol):
    """The part of the link that the announcer needs."""

    @property
    def status(self) -> LinkStatus:
        """How the link stands."""

    @property
    def catalogue(self) -> Catalogue | None:
        """The newest catalogue."""

    def beat_age_s(self) -> float | None:
        """Seconds since the server was heard."""

    def say(self, name: str, payload: Mapping[str, object]) -> None:
        """Tell the server something."""

    def ack(self, outputs: Sequence[Output], status: Mapping[str, object] | None = None) -> None:
        """Tell the server which calls reached people, and how this device is."""


class Announcer:
    """The voice of one display.

    Args:
        link: the line to the server.
        voice: makes sound of words.
        output: where it sounds.
        now: the server's time, aware.
        speaking: told the call that is being spoken, empty when none is.
        tell: told whether this display can be heard, when that changed.
    """

    def __init__(
        self,
        *,
        link: Line,
        voice: Renderer,
        output: Loudspeaker,
        now: Callable[[], datetime],
        speaking: Callable[[str], None] = lambda _: None,
        tell: Callable[[Sound], None] = lambda _: None,
    ) -> None:
        self._link = link
        self._voice = voice
        self._output = output
        self._now = now
        self._speaking = speaking
        self._tell = tell
        self._turn: Turn | None = None
        self._floor = 0
        """Turns up to this term are void."""
        self._over: OrderedDict[str, bool] = OrderedDict()
        """Announcement → whether it was spoken (or dropped)."""
        self._begun: Announcement | None = None
        """What is being spoken, or rendered, or waits for the silence before it."""
        self._playing = False
        self._clips: OrderedDict[tuple[object, ...], Clip] = OrderedDict()
        self._wake = Event()
        self._cut = Event()
        """Set when what is being spoken must not go on."""
        self._free_at = 0.0
        self._dumb_until = 0.0
        self._ticked: float | None = None
        self._reported_at = 0.0
        self._told: tuple[Sound, bool] | None = None
        self.wanted = True
        """Whether this display has a loudspeaker that may speak."""

    # ---- what is told ---------------------------------------------------------------------------

    def hear(self, name: str, payload: Any) -> None:
        """Take a message of the server; `HallLink.on_message` gets this function."""
        if name != EVENT:
            return
        try:
            turn = msgspec.convert(payload, Turn)
        except msgspec.ValidationError as problem:
            _log.warning("dropped a malformed turn: %s", problem)
            return
        if turn.term <= self._floor or (self._turn is not None and turn.term < self._turn.term):
            return
        deposed = self._turn is not None and bool(self._turn.zones) and not turn.zones
        self._turn = turn
        if self._begun is not None and self._must_stop(self._begun):
            self._silence()
        if any(a.id in self._over for a in turn.list):
            self._report()
        if deposed:
            self._told = None  # says at the next tick that it is still here
        self._wake.set()

    @property
    def state(self) -> Sound:
        """Whether this display can be heard."""
        if not self.wanted:
            return Sound.NONE
        if time.monotonic() < self._dumb_until:
            return Sound.FAILED
        return self._output.state()

    @property
    def leads(self) -> tuple[str, ...]:
        """Zones for which this display speaks now."""
        return self._turn.zones if self._turn is not None else ()

    def warm_up(self) -> None:
        """Open what speaking needs, so that the first call of the day does not wait for it."""
        item = Announcement(id="", ticket="A012", counter_name="1号窗口", zone=(*self.leads, "")[0])
        rules = self._rules(item)
        with contextlib.suppress(VoiceFault):  # told when a call cannot be spoken
            self._rendered(self._words(item, rules), rules, 1.0)

    # ---- what runs ------------------------------------------------------------------------------

    def tick(self) -> None:
        """Report, and notice what changes with time; called every `TICK_S`."""
        at = time.monotonic()
        stalled = self._ticked is not None and at - self._ticked > STALL_S
        self._ticked = at
        live = self._link.status is LinkStatus.LIVE
        if self._turn is not None and (stalled or not live):
            self._resign(at_once=stalled)
        if not live:
            self._floor = 0  # a server that was started anew counts its terms from one
        state = self.state
        if self._told != (state, live):
            self._told = (state, live)
            self._tell(state)
            self._link.ack(())
            self._report()
            self._wake.set()
        if at - self._reported_at >= REPORT_S and self._turn is not None and self._turn.list:
            self._report()

    def step(self) -> None:
        """Speak the next announcement, or wait a moment for one; called again and again."""
        item = self._next()
        if item is None:
            self._wake.wait(IDLE_S)
            self._wake.clear()
            return
        self._over[item.id] = False  # also when this ends with an error: not tried for ever
        self._begun = item
        try:
            spoken = self._speak(item)
        finally:
            self._begun = None
        if spoken is None:
            del self._over[item.id]
        else:
            self._over[item.id] = spoken
        while len(self._over) > REMEMBERED:
            self._over.popitem(last=False)
        self._report()

    # ---- speaking -------------------------------------------------------------------------------

    def _next(self) -> Announcement | None:
        if not self._may_speak() or self._turn is None:
            return None
        return next((a for a in self._turn.list if a.id not in self._over), None)

    def _may_speak(self) -> bool:
        age = self._link.beat_age_s()
        heard = self._link.status is LinkStatus.LIVE and age is not None and age < DEAF_S
        return heard and self.state is Sound.OK

    def _speak(self, item: Announcement) -> bool | None:
        """Say *item* as its zone wants it.

        Returns:
            True when it was said, False when it cannot be, None when it is left: to another
            display, or because nobody waits for it any more.
        """
        rules = self._rules(item)
        try:
            clip = self._clip(item, rules)
        except VoiceFault as fault:
            _log.warning("%s: %s", item.id, fault.zh)
            if fault.code != "no_engine":
                return False
            self._dumb_until = time.monotonic() + NO_ENGINE_S
            return None
        if clip is None:
            return False
        self._cut.clear()
        self._cut.wait(max(0.0, self._free_at - time.monotonic()))
        said, played = 0, Played.STOPPED
        while self._listed(item) and self._may_speak():
            self._playing = True
            played = self._output.play(clip, nothing if said else partial(self._begin, item))
            if played is not Played.ENDED:
                break
            said += 1
            if item.urgent or said >= readings(rules, self._others()):
                break
            if self._cut.wait(rules.gap_ms / 1000):
                break
        self._playing = False
        self._free_at = time.monotonic() + rules.gap_ms / 1000
        self._speaking("")
        if said and item.call:
            at = moment(self._now())
            self._link.ack([Output(call=item.call, times=item.times, output="voice", at=at)])
        if said:
            return True
        return False if played is Played.FAILED else None

    def _begin(self, item: Announcement) -> None:
        self._speaking(item.call)
        self._report()
        for following in self._ahead():
            try:
                self._clip(following, self._rules(following))
            except VoiceFault:
                continue  # told when its turn comes

    def _clip(self, item: Announcement, rules: ZoneVoice) -> Clip | None:
        """Return all of *item* as one sound; None when it is to be shown only.

        Raises:
            VoiceFault: no language of the zone can be spoken.
        """
        gain = volume(rules, self._local(), urgent=item.urgent)
        if gain <= 0:
            return None
        key = (item.id, rules, gain)
        known = self._clips.get(key)
        if known is None:
            known = self._clips[key] = self._rendered(self._words(item, rules), rules, gain)
            while len(self._clips) > 2 * AHEAD:
                self._clips.popitem(last=False)
        return known

    def _words(self, item: Announcement, rules: ZoneVoice) -> Sequence[Sentence]:
        if item.urgent:
            return emergency_sentences(item.text, rules)
        call = Call(number=item.ticket, counter=item.counter_name)
        return sentences(call, rules, self._voice.templates())

    def _rendered(self, words: Sequence[Sentence], rules: ZoneVoice, gain: float) -> Clip:
        clips: list[Clip] = []
        problem = VoiceFault("text")
        for s in words:
            chime = rules.chime and not clips
            try:
                clips.append(
                    self._voice.say(s.text, lang=s.lang, pack=s.pack, chime=chime, gain=gain)
                )
            except VoiceFault as fault:
                problem = fault  # this language is left out, the others are said
        if not clips:
            raise problem
        return clips[0] if len(clips) == 1 else joined(clips)

    def _rules(self, item: Announcement) -> ZoneVoice:
        catalogue = self._link.catalogue
        return zone_voice(catalogue.voice if catalogue is not None else (), item.zone)

    def _local(self) -> datetime:
        catalogue = self._link.catalogue
        return self._now().astimezone(ZoneInfo(catalogue.tz if catalogue else HOME))

    # ---- the list -------------------------------------------------------------------------------

    def _listed(self, item: Announcement) -> bool:
        return self._turn is not None and any(a.id == item.id for a in self._turn.list)

    def _ahead(self) -> list[Announcement]:
        items = self._turn.list if self._turn is not None else ()
        return [a for a in items if a.id not in self._over][:AHEAD]

    def _others(self) -> int:
        items = self._turn.list if self._turn is not None else ()
        return sum(1 for a in items if a.id not in self._over)

    def _must_stop(self, item: Announcement) -> bool:
        """Return whether *item* is not even said to its end."""
        turn = self._turn
        if turn is None or not turn.zones:
            return True
        if item.urgent:
            return not self._listed(item)
        return item.zone not in turn.zones or any(a.urgent for a in turn.list)

    def _silence(self) -> None:
        self._cut.set()
        self._output.stop()

    def _resign(self, *, at_once: bool) -> None:
        """Speak no more until the server gives a new turn; what is being said is said to its end,
        unless another display may be speaking already."""
        turn, self._turn = self._turn, None
        if at_once and turn is not None:
            self._floor = turn.term
            self._link.say(EVENT, _builtins(Report(term=turn.term, sound=Sound.FAILED)))
            self._told = None
            if self._begun is not None:
                self._silence()

    def _report(self) -> None:
        turn = self._turn
        if turn is None:
            return
        self._reported_at = time.monotonic()
        begun = self._begun.id if self._begun is not None else None
        over = [(a.id, self._over.get(a.id)) for a in turn.list if a.id != begun]
        report = Report(
            term=turn.term,
            playing=begun if self._playing else None,
            ended=tuple(name for name, spoken in over if spoken),
            dropped=tuple(name for name, spoken in over if spoken is False),
            sound=self.state.value,
        )
        self._link.say(EVENT, _builtins(report))


def _builtins(report: Report) -> Mapping[str, object]:
    found: Mapping[str, object] = msgspec.to_builtins(report)
    return found
