"""Which announcement 播报 is spoken next, and which display speaks for a zone.

Plain bookkeeping in memory: it knows no socket, no store and no clock. Moments come in as
arguments: `now`, the time of day for the age of a call, and `mono`, seconds from any start, for
silence. After a restart of the server it is empty, so that nothing old is spoken.

A zone has one leader at a time. Every change of what a display leads is a new term; what is said
in an old one is not listened to. Terms and the numbers of emergencies are counted from the moment of
the start, so that none comes twice: a display remembers them longer than a server lives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from server.kit.announcing import Announcement, Report, Sound, Turn, zone_voice
from server.kit.contract.codec import Event
from server.kit.contract.messages import (
    HallDay,
    HallEmergency,
    TicketCalled,
    TicketLeft,
    TicketRequeued,
    TicketServing,
)
from server.kit.contract.moments import instant, moment
from server.kit.contract.screens import ZoneVoice
from server.reads.voice import Plan, Speaker

SILENT_S = 3.0
"""A leader with something to speak that says nothing for so long is replaced."""

EMERGENCY_EVERY_S = 20.0
"""From one reading of the evacuation text to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A message that is due: what a display has to know now."""

    device: str
    turn: Turn


@dataclass(slots=True)
class _Waiting:
    order: int
    item: Announcement


@dataclass(slots=True)
class _Here:
    """A connected display."""

    sids: set[str]
    sound: str = ""
    silent: bool = False
    """True when it led, had something to speak, and said nothing; until it speaks again."""


@dataclass(slots=True)
class _Term:
    """A leadership, or its end when it has no zones."""

    number: int
    zones: tuple[str, ...]
    playing: str | None = None
    heard: float | None = None
    """Since when the leader is silent; None while it has nothing to speak."""
    told: tuple[int, tuple[Announcement, ...]] | None = None


@dataclass(slots=True)
class _Emergency:
    number: int
    text: str
    at: str
    round: int = 0
    began: float | None = None
    ended: set[str] = field(default_factory=set)
    """Displays that have spoken this round."""

    @property
    def item(self) -> Announcement:
        name = f"emergency/{self.number}/{self.round}"
        return Announcement(id=name, text=self.text, at=self.at)


class Announcements:
    """The announcements of one hall.

    Args:
        since: whole seconds, by the clock, at which this process began to keep them.
    """

    def __init__(self, since: int = 0) -> None:
        self.furnished = False
        """True once it knows what a manager has set."""
        self._plan = Plan()
        self._waiting: list[_Waiting] = []
        self._made = 0
        self._emergency: _Emergency | None = None
        self._emergencies = since
        self._here: dict[str, _Here] = {}
        self._leaders: dict[str, str] = {}
        self._terms: dict[str, _Term] = {}
        self._term = since

    # ---- what is learnt -------------------------------------------------------------------------

    def furnish(self, plan: Plan, mono: float) -> None:
        """Take what a manager has set."""
        self.furnished = True
        self._plan = plan
        self._waiting = [w for w in self._waiting if self._rules(w.item.zone).on]
        self._settle(mono)

    def joined(self, uid: str, sid: str, mono: float) -> None:
        """Note that a display has connected; it may speak once it has said that it can be heard."""
        sids = self._here[uid].sids if uid in self._here else set()
        self._here[uid] = _Here(sids={*sids, sid})
        term = self._terms.get(uid)
        if term is not None:
            term.told = None  # it may have started anew and know nothing
        self._elect(mono)

    def left(self, uid: str, sid: str, mono: float) -> None:
        """Note that a connection of a display has ended."""
        here = self._here.get(uid)
        if here is None:
            return
        here.sids.discard(sid)
        if not here.sids:
            del self._here[uid]
            self._elect(mono)

    def sounding(self, uid: str, sound: str, mono: float) -> None:
        """Note what a display says of its sound, at any time."""
        here = self._here.get(uid)
        if here is None:
            return
        here.sound = sound
        here.silent = False
        self._elect(mono)

    def follow(self, events: Iterable[Event], mono: float) -> None:
        """Take what has happened in the hall, in order."""
        for event in events:
            match event.message:
                case TicketCalled() as called:
                    self._called(called, event.at)
                case TicketServing() | TicketLeft() | TicketRequeued() as gone:
                    self._waiting = [w for w in self._waiting if w.item.ticket != gone.ticket]
                case HallDay(state="open" | "closed"):
                    self._waiting.clear()
                case HallEmergency() as emergency:
                    self.alarm(emergency.text if emergency.on else None, event.at)
                case _:
                    pass
        self._settle(mono)

    def alarm(self, text: str | None, at: str) -> None:
        """Begin an emergency, whose text is then all that is spoken, or end it with None."""
        self._waiting.clear()
        self._emergency = None
        if text is not None:
            self._emergencies += 1
            words = text or "请听从工作人员指挥，有序撤离。"
            self._emergency = _Emergency(self._emergencies, words, at)

    def reported(self, uid: str, report: Report, mono: float) -> None:
        """Take what a leader says; of an old term only that it lives."""
        here, term = self._here.get(uid), self._terms.get(uid)
        if here is None:
            return
        here.silent = False
        if term is None or term.number != report.term or not term.zones:
            self._elect(mono)
            return
        here.sound = report.sound
        term.playing = report.playing
        term.heard = mono
        over = {*report.ended, *report.dropped}
        self._waiting = [
            w for w in self._waiting if w.item.id not in over or w.item.zone not in term.zones
        ]
        if self._emergency is not None and self._emergency.item.id in over:
            self._emergency.ended.add(uid)
        self._settle(mono)

    def tick(self, now: datetime, mono: float) -> None:
        """Drop what is too old, replace who is silent; called twice a second."""
        spoken = {t.playing for t in self._terms.values()}
        self._waiting = [
            w for w in self._waiting if w.item.id in spoken or not self._too_old(w.item, now)
        ]
        emergency = self._emergency
        if emergency is not None and emergency.began is not None:
            over = set(self._leaders.values()) <= emergency.ended
            if over and mono - emergency.began >= EMERGENCY_EVERY_S:
                emergency.round += 1
                emergency.began = None
                emergency.ended.clear()
        for uid, term in self._terms.items():
            if term.heard is not None and mono - term.heard > SILENT_S and uid in self._here:
                self._here[uid].silent = True
        self._settle(mono)

    # ---- what is asked --------------------------------------------------------------------------

    def due(self, now: datetime) -> list[Telling]:
        """Return what displays have to be told now; each is returned once."""
        found = []
        for uid, term in list(self._terms.items()):
            items = self._list(uid, term.zones)
            if term.told == (term.number, items):
                continue
            term.told = (term.number, items)
            turn = Turn(term=term.number, zones=term.zones, list=items, now=moment(now))
            found.append(Telling(device=uid, turn=turn))
            if not term.zones:
                del self._terms[uid]
        return [t for t in found if t.device in self._here]

    def leader(self, zone: str) -> str:
        """Return the display that speaks for *zone*, empty when there is none."""
        return self._leaders.get(zone, "")

    @property
    def waiting(self) -> tuple[Announcement, ...]:
        """What has not ended yet, in the order in which it will be spoken."""
        return tuple(w.item for w in self._waiting)

    # ---- the rest -------------------------------------------------------------------------------

    def _called(self, m: TicketCalled, at: str) -> None:
        before = [w for w in self._waiting if m.ticket == w.item.ticket or m.call == w.item.call]
        self._waiting = [w for w in self._waiting if w not in before]
        if not m.speak or self._emergency is not None or not self._rules(m.zone).on:
            return
        self._made += 1
        order = self._made
        spoken = {t.playing for t in self._terms.values()}
        if before and before[0].item.id not in spoken:
            order = before[0].order  # nobody loses the turn by being called again
        item = Announcement(
            id=f"{m.call}/{m.times}",
            call=m.call,
            times=m.times,
            ticket=m.ticket,
            counter_name=m.counter_name,
            zone=m.zone,
            at=at,
        )
        self._waiting.append(_Waiting(order, item))
        self._waiting.sort(key=lambda w: w.order)

    def _rules(self, zone: str) -> ZoneVoice:
        return zone_voice(self._plan.voice, zone)

    def _too_old(self, item: Announcement, now: datetime) -> bool:
        age_s = (now - instant(item.at)).total_seconds()
        return age_s > self._rules(item.zone).max_age_s

    def _list(self, uid: str, zones: Sequence[str]) -> tuple[Announcement, ...]:
        emergency = self._emergency
        if emergency is not None:
            return () if uid in emergency.ended or not zones else (emergency.item,)
        return tuple(w.item for w in self._waiting if w.item.zone in zones)

    def _settle(self, mono: float) -> None:
        """Elect, begin the round of an emergency, and keep who has something to speak in view."""
        self._elect(mono)
        emergency = self._emergency
        if emergency is not None and emergency.began is None and self._leaders:
            emergency.began = mono
        for uid, term in self._terms.items():
            if not self._list(uid, term.zones):
                term.heard = None
                term.playing = None
            elif term.heard is None:
                term.heard = mono

    def _elect(self, mono: float) -> None:
        zones = dict.fromkeys((*self._plan.zones, *(w.item.zone for w in self._waiting)))
        leaders: dict[str, str] = {}
        for zone in zones:
            able = [s for s in self._plan.speakers if self._may_lead(s, zone)]
            if not able:
                continue
            # Its own display knows a zone better than one for everybody; then who came first.
            best = min(able, key=lambda s: not s.zones)
            now = next((s for s in able if s.uid == self._leaders.get(zone)), None)
            stays = now is not None and (
                bool(now.zones) == bool(best.zones) or self._amidst(now.uid, zone)
            )
            leaders[zone] = now.uid if now is not None and stays else best.uid
        self._leaders = leaders
        for uid in {*leaders.values(), *self._terms}:
            leads = tuple(z for z, who in leaders.items() if who == uid)
            term = self._terms.get(uid)
            if (term.zones if term is not None else ()) == leads:
                continue
            self._term += 1
            new = self._terms[uid] = _Term(number=self._term, zones=leads)
            if term is not None and term.zones and leads:
                new.playing, new.heard = term.playing, term.heard
            if new.heard is None and self._list(uid, leads):
                new.heard = mono

    def _amidst(self, uid: str, zone: str) -> bool:
        """Return whether *uid* is speaking for *zone*: a zone is handed over between two calls."""
        term = self._terms.get(uid)
        if term is None or term.playing is None:
            return False
        if self._emergency is not None:
            return True
        return any(w.item.id == term.playing and w.item.zone == zone for w in self._waiting)

    def _may_lead(self, speaker: Speaker, zone: str) -> bool:
        here = self._here.get(speaker.uid)
        return (
            speaker.voice
            and here is not None
            and here.sound == Sound.OK
            and not here.silent
            and speaker.shows(zone)
        )
