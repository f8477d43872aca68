"""The screen 综合屏: holds the board and the catalogue, folds events, says what changed, and makes
the view. Pure: stdlib and the contract; time comes in as an argument.

`fold` answers *cues*: the calls that have just been made. The page flashes them; a voice announcer
hooks in at the same place (`announce` of `display.app.Display`), takes `Called.speak` and the words of
its own language from `Called`, and acknowledges with output `voice`. After a reconnect there are
no cues, so that nothing is flashed or spoken twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import msgspec

from display.checked import checked, of_today
from display.roles import guide, own_counter, wall
from display.saying import BELOW, PROBLEMS, welcome
from display.shown import leaders, logo, notices, promotion
from display.slides import slides
from display.view import BoardView, CallRow, Cue, QueueRow, Slide
from display.words import (
    WEEKDAYS,
    call_words,
    counters_words,
    day_words,
    queue_names,
    queue_words,
)
from server.kit.contract.board import Board, CallLine, QueueLine, evolve
from server.kit.contract.codec import Event
from server.kit.contract.messages import TicketCalled
from server.kit.contract.screens import REGIONS, ROLES, THEMES, Layout
from server.kit.contract.views import Catalogue, CatalogueQueue

HOME = "Asia/Shanghai"
"""Time zone while no catalogue says otherwise: the whole country keeps it."""
CUE_S = 6
"""So long a cue stays in the view, in case a message to the page is lost; the page shows it once."""
SLIDE_S = 12
"""Seconds of one face of the disclosure region."""
NOTICE_S = 10
"""Seconds of one page of notices."""
DEFAULT = Layout()
"""A 综合屏 with everything that is usual."""


class Called(msgspec.Struct, frozen=True, kw_only=True):
    """A cue: a ticket was called or called again, now and for this screen."""

    call: str
    times: int
    ticket: str
    queue: str
    counter: str
    counter_name: str
    zone: str
    speak: bool
    at: str
    """UTC time of the call."""

    @property
    def id(self) -> str:
        """Identity of this one summons: a recall is another."""
        return f"{self.call}/{self.times}"


class Screen:
    """The state of one display: what it shows is `view(...)`, what has just happened is `fold(...)`.

    Args:
        layout: what it shows and how.
        zone: code of the zone it hangs in; what it shows where *layout* names no zones. Neither, or
            none of them known = the whole hall.
        has: whether the media file of a digest can be shown now.
    """

    def __init__(
        self,
        layout: Layout = DEFAULT,
        *,
        zone: str = "",
        has: Callable[[str], bool] = lambda _digest: False,
    ) -> None:
        self.layout = layout
        self.zones = layout.zones or ((zone,) if zone else ())
        self.board: Board | None = None
        self.catalogue: Catalogue | None = None
        self._has = has
        self.here = self.zones
        """The zones it shows: those that exist; empty = the whole hall."""
        self._zone = ""
        self._tz: tzinfo = ZoneInfo(HOME)
        self._queue_names: dict[str, tuple[str, str]] = {}
        self._cues: tuple[tuple[Called, datetime], ...] = ()
        self._slides: tuple[Slide, ...] = ()
        self._next_slides: tuple[Slide, ...] = ()
        self._slot = -1

    def assign(self, layout: Layout, zone: str) -> None:
        """Be another screen from now on; what is known of the hall stays."""
        self.layout = layout
        self.zones = layout.zones or ((zone,) if zone else ())
        self.here = self.zones
        self._slides = ()
        if self.catalogue is not None:
            self.furnish(self.catalogue)

    def reset(self, board: Board) -> None:
        """Show *board* as it is: the truth after a (re)connect, in which nothing is news."""
        self.board = checked(board)
        self._cues = ()

    def furnish(self, catalogue: Catalogue) -> None:
        """Take a new catalogue; the disclosure region turns to it with its next face."""
        self.catalogue = catalogue
        known = {z.code for z in catalogue.zones}
        self.here = tuple(z for z in self.zones if z in known)
        names = [z.name for z in catalogue.zones if self._shows(z.code)]
        self._zone = "、".join(names) if self.here or len(names) == 1 else ""
        self._tz = _zone(catalogue.tz)
        self._queue_names = queue_names(catalogue)
        self._next_slides = slides(catalogue, self.here)

    def fold(self, events: Iterable[Event], now: datetime) -> tuple[Called, ...]:
        """Take *events* in order and return the calls they made, oldest first.

        Events already known are skipped. A ticket that has left its counter again by the end of
        *events* gives no cue, and of a call and its recall only the last does.

        Raises:
            ValueError: an event is missing before one of *events*, or there is no board yet.
        """
        if self.board is None:
            msg = "no board to fold events into"
            raise ValueError(msg)
        board = self.board
        made: dict[str, Called] = {}
        for event in events:
            if event.seq <= board.seq:
                continue
            board = evolve(board, event)
            if isinstance(event.message, TicketCalled) and self._shows(event.message.zone):
                m = event.message
                made.pop(m.call, None)
                made[m.call] = Called(
                    call=m.call,
                    times=m.times,
                    ticket=m.ticket,
                    queue=m.queue,
                    counter=m.counter,
                    counter_name=m.counter_name,
                    zone=m.zone,
                    speak=m.speak,
                    at=event.at,
                )
        self.board = board
        here = {(c.call, c.times) for c in board.calls}
        cues = tuple(c for c in made.values() if (c.call, c.times) in here)
        self._cues = (*self._fresh(now), *((c, now) for c in cues))
        return cues

    def view(
        self, now: datetime, *, status: str = "live", truth: datetime | None = None
    ) -> BoardView:
        """Return everything the page shows at *now*.

        Args:
            now: the server's time, aware.
            status: state of the link: `connecting`, `live`, `lost`, `unknown_device` or
                `upgrade_needed`.
            truth: when the server was last heard; None = never since the start.
        """
        catalogue = self.catalogue
        zone = self._tz
        local = now.astimezone(zone)
        board = self.board
        if board is not None and status != "live":
            board = of_today(board, f"{local:%Y-%m-%d}")
        lines = [line for line, _ in self._lines(board)]
        day, words = ("open", "") if board is None else day_words(board, lines, now, zone)
        layout = self.layout
        whole = layout.role == "board"
        calls = self._calls(board, now) if whole else ()
        queues = self._queues(board, zone) if whole else ()
        posts = notices(catalogue, now, self.here) if catalogue else ()
        turn = math.floor(now.timestamp() / NOTICE_S) % max(1, len(posts))
        duty = leaders(catalogue, f"{local:%Y-%m-%d}") if catalogue else ()
        promos = promotion(catalogue, now, self.here, self._has) if catalogue and whole else ()
        slide = self._slide(now) if whole and "disclosures" in layout.regions else None
        regions = self._regions(promoting=bool(promos), duty=bool(duty), facing=slide is not None)
        state = "board"
        problem = PROBLEMS.get(status, "")
        if board is not None and board.emergency is not None:
            state = "emergency"
        elif board is None or catalogue is None:
            state = "unusable" if problem else "connecting"
        self._cues = self._fresh(now)
        return BoardView(
            role=layout.role if layout.role in ROLES else "board",
            theme=layout.theme if layout.theme in THEMES else "hall",
            regions=regions,
            logo=logo(catalogue, layout.logo, self._has) if catalogue else "",
            screen_inch=layout.screen_inch,
            distance_m=layout.distance_m,
            state=state,
            problem=problem,
            hall=catalogue.hall_name if catalogue else "",
            zone=self._zone,
            date=f"{local.month}月{local.day}日",
            weekday=f"星期{WEEKDAYS[local.weekday()]}",
            time=f"{local:%H:%M}",
            seconds=f"{local:%S}",
            now_ms=_ms(now),
            utc_offset_s=int((local.utcoffset() or timedelta()).total_seconds()),
            truth_ms=None if truth is None else _ms(truth),
            truth_time="" if truth is None else _truth_words(truth.astimezone(zone), local),
            seq=board.seq if board else 0,
            day=day,
            # The welcome says it where nobody is called.
            day_words=words if calls or not whole else "",
            welcome=tuple(w for w in welcome(day, words) if slide is not None or BELOW not in w),
            calls=calls,
            queues=queues,
            waiting=sum(line.waiting for line in lines),
            slide=slide,
            notice=posts[turn] if posts else "",
            notice_place=f"{turn + 1}/{len(posts)}" if len(posts) > 1 else "",
            emergency=(board.emergency or "请听从工作人员指挥，有序撤离。")
            if state == "emergency" and board
            else "",
            cues=tuple(Cue(id=c.id, call=c.call, times=c.times) for c, _ in self._cues),
            rows=layout.rows,
            orientation=layout.orientation,
            promotion=promos,
            leaders=duty,
            wall=wall(catalogue, self.here, touch=layout.touch)
            if catalogue and layout.role == "disclosures"
            else None,
            own=own_counter(catalogue, board, layout.counter, zone)
            if board and catalogue and layout.role == "counter"
            else None,
            guide=guide(catalogue, board, self.here, zone)
            if board and catalogue and layout.role == "guide"
            else None,
        )

    def today(self, now: datetime) -> str:
        """Return the date in the hall at *now*."""
        return f"{now.astimezone(self._tz):%Y-%m-%d}"

    def shown(self, call: str, times: int) -> bool:
        """Return whether the screen shows this very call now: only then may it be acknowledged."""
        calls = self.board.calls if self.board else ()
        return any(
            c.call == call and c.times == times and c.state == "called" and self._lists(c)
            for c in calls
        )

    def _lists(self, call: CallLine) -> bool:
        """Return whether a screen of this role has a row for *call*."""
        if self.layout.role == "counter":
            return call.counter == self.layout.counter
        return self.layout.role == "board" and self._shows(call.zone)

    def _regions(self, *, promoting: bool, duty: bool, facing: bool) -> tuple[str, ...]:
        """Return the regions chosen that have something to show: an empty one leaves its place."""
        empty = {"promotion": not promoting, "leaders": not duty, "disclosures": not facing}
        chosen = [r for r in REGIONS if r in self.layout.regions]
        return tuple(r for r in chosen if not empty.get(r, False))

    # -- parts of the view

    def _calls(self, board: Board | None, now: datetime) -> tuple[CallRow, ...]:
        if board is None:
            return ()
        about = self._queue_names
        return tuple(
            CallRow(
                call=c.call,
                ticket=c.ticket,
                counter=c.counter_name,
                about=" ".join(n for n in about.get(c.queue, ()) if n),
                state=c.state,
                words=call_words(c, now),
                times=c.times,
            )
            for c in board.calls
            if self._shows(c.zone)
        )

    def _lines(self, board: Board | None) -> list[tuple[QueueLine, CatalogueQueue]]:
        """Return the queues of the screen's zones, as the board and as the catalogue know them."""
        if board is None or self.catalogue is None:
            return []
        known = {q.code: q for q in self.catalogue.queues if self._shows(q.zone)}
        return [(line, known[line.code]) for line in board.queues if line.code in known]

    def _queues(self, board: Board | None, zone: tzinfo) -> tuple[QueueRow, ...]:
        if board is None or self.catalogue is None:
            return ()
        counters = {c.code: c for c in board.counters}
        names = self._queue_names
        rows: list[QueueRow] = []
        for line, queue in self._lines(board):
            serving = [counters[c] for c in queue.counters if c in counters]
            state, main, sub, tag = queue_words(line, queue, serving, zone, board.date)
            name, detail = names[queue.code]
            rows.append(
                QueueRow(
                    code=queue.code,
                    letter=queue.prefix,
                    name=name,
                    detail=detail,
                    counters=counters_words([c.name for c in serving]),
                    state=state,
                    main=main,
                    sub=sub,
                    tag=tag,
                )
            )
        # Queues that serve nobody and have nobody stand last: they must not push the others away.
        return tuple(sorted(rows, key=lambda r: (r.state == "closed" and not r.sub, r.letter)))

    def _slide(self, now: datetime) -> Slide | None:
        slot = math.floor(now.timestamp() / SLIDE_S)
        if slot != self._slot or not self._slides:
            # Only between two faces: nobody has a text changed under his eyes.
            self._slot = slot
            self._slides = self._next_slides
        return self._slides[slot % len(self._slides)] if self._slides else None

    def _shows(self, zone: str) -> bool:
        return not self.here or zone in self.here

    def _fresh(self, now: datetime) -> tuple[tuple[Called, datetime], ...]:
        return tuple((c, at) for c, at in self._cues if now - at < timedelta(seconds=CUE_S))


def _zone(name: str) -> tzinfo:
    """Return the time zone *name*, or home: a catalogue from a disk may say anything."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(HOME)


def _truth_words(truth: datetime, now: datetime) -> str:
    """Return `09:41:07`, with the date when it is not today's."""
    if truth.date() == now.date():
        return f"{truth:%H:%M:%S}"
    return f"{truth.month}月{truth.day}日 {truth:%H:%M}"


def _ms(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp() * 1000)
