"""The screen 综合屏: holds the board and the catalogue, folds events, says what changed, and makes
the view. Pure: stdlib and the contract; time comes in as an argument.

`fold` answers *cues*: the calls that have just been made. The page flashes them; a voice announcer
hooks in at the same place (`announce` of `display.app.Display`), takes `Called.speak` and the words of
its own language from `Called`, and acknowledges with output `voice`. After a reconnect there are
no cues, so that nothing is flashed or spoken twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from display.slides import notice_pages, slides
from display.view import BoardView, CallRow, Cue, QueueRow, Slide
from display.words import WEEKDAYS, call_words, counters_words, day_words, queue_words
from server.kit.contract.board import Board, QueueLine, evolve
from server.kit.contract.codec import Event
from server.kit.contract.messages import TicketCalled
from server.kit.contract.views import Catalogue, CatalogueQueue

HOME = "Asia/Shanghai"
"""Time zone while no catalogue says otherwise: the whole country keeps it."""
CUE_S = 6
"""So long a cue stays in the view, in case a message to the page is lost; the page shows it once."""
WHOLE_NAME_CHARS = 5
"""Departments with longer names stand with their short name beside the queue."""
SLIDE_S = 12
"""Seconds of one face of the disclosure region."""
NOTICE_S = 10
"""Seconds of one page of notices."""

PROBLEMS = {
    "unknown_device": "这块屏幕没有登记，或已被停用。请管理员重新登记。",
    "upgrade_needed": "这块屏幕的软件版本太旧，收不到新的叫号。请管理员升级。",
}
"""Words for the states of the link that do not heal alone."""

WELCOME = {
    "open": ("欢迎光临", "在取号机上选要办的事，取一张号票", "在休息区坐等，留意这块屏幕", "叫到您的号，请到屏幕上写的窗口"),
    "closing": ("今天已停止取号", "手里有号的群众，请继续等候叫号", "还没有取号的群众，请下一个工作日再来"),
    "before": ("今天的服务还没有开始", "开始后，在取号机上选要办的事，取一张号票", "材料要带哪些，请看下方五公开"),
    "lunch": ("现在午休", "手里有号的群众，号码下午继续有效", "材料要带哪些，请看下方五公开"),
    "over": ("今天的服务已结束", "请下一个工作日再来", "扫下方二维码，可先看好办事指南和要带的材料"),
}  # fmt: skip
"""What stands in place of the calls while nobody is called: a headline, then what to do."""


HEADLINES = frozenset({"before", "lunch"})
"""Days whose headline says when it goes on."""


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
        zones: codes of the zones it shows; empty, or none of them known = the whole hall.
        rows: calls on one page, the newest included; 0 = as many as the layout has room for.
        orientation: `auto`, `landscape` or `portrait`.
    """

    def __init__(
        self, *, zones: Sequence[str] = (), rows: int = 0, orientation: str = "auto"
    ) -> None:
        self.zones = tuple(zones)
        self.rows = rows
        self.orientation = orientation
        self.board: Board | None = None
        self.catalogue: Catalogue | None = None
        self._here = self.zones
        """The zones that exist; empty = the whole hall."""
        self._zone = ""
        self._tz: tzinfo = ZoneInfo(HOME)
        self._queue_names: dict[str, tuple[str, str]] = {}
        self._notices: tuple[str, ...] = ()
        self._cues: tuple[tuple[Called, datetime], ...] = ()
        self._slides: tuple[Slide, ...] = ()
        self._next_slides: tuple[Slide, ...] = ()
        self._slot = -1

    def reset(self, board: Board) -> None:
        """Show *board* as it is: the truth after a (re)connect, in which nothing is news."""
        self.board = board
        self._cues = ()

    def furnish(self, catalogue: Catalogue) -> None:
        """Take a new catalogue; the disclosure region turns to it with its next face."""
        self.catalogue = catalogue
        known = {z.code for z in catalogue.zones}
        self._here = tuple(z for z in self.zones if z in known)
        names = [z.name for z in catalogue.zones if self._shows(z.code)]
        self._zone = "、".join(names) if self._here or len(names) == 1 else ""
        self._tz = ZoneInfo(catalogue.tz)
        self._queue_names = _queue_names(catalogue)
        self._notices = notice_pages(catalogue.notices)
        self._next_slides = slides(catalogue, self._here)

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
            board = _of_today(board, f"{local:%Y-%m-%d}")
        lines = [line for line, _ in self._lines(board)]
        day, words = ("open", "") if board is None else day_words(board, lines, now, zone)
        calls, queues = self._calls(board, now), self._queues(board, zone)
        notices = self._notices
        turn = math.floor(now.timestamp() / NOTICE_S) % max(1, len(notices))
        state = "board"
        problem = PROBLEMS.get(status, "")
        if board is not None and board.emergency is not None:
            state = "emergency"
        elif board is None or catalogue is None:
            state = "unusable" if problem else "connecting"
        self._cues = self._fresh(now)
        return BoardView(
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
            day_words=words if calls else "",  # the welcome says it where nobody is called
            welcome=(
                words.rstrip("。") if day in HEADLINES else WELCOME[day][0],
                *WELCOME[day][1:],
            ),
            calls=calls,
            queues=queues,
            waiting=sum(line.waiting for line in lines),
            slide=self._slide(now),
            notice=notices[turn] if notices else "",
            notice_place=f"{turn + 1}/{len(notices)}" if len(notices) > 1 else "",
            emergency=(board.emergency or "请听从工作人员指挥，有序撤离。")
            if state == "emergency" and board
            else "",
            cues=tuple(Cue(id=c.id, call=c.call, times=c.times) for c, _ in self._cues),
            rows=self.rows,
            orientation=self.orientation,
        )

    def shown(self, call: str, times: int) -> bool:
        """Return whether the screen shows this very call now: only then may it be acknowledged."""
        calls = self.board.calls if self.board else ()
        return any(
            c.call == call and c.times == times and c.state == "called" and self._shows(c.zone)
            for c in calls
        )

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
            state, main, sub, tag = queue_words(line, queue, serving, zone)
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
        return not self._here or zone in self._here

    def _fresh(self, now: datetime) -> tuple[tuple[Called, datetime], ...]:
        return tuple((c, at) for c, at in self._cues if now - at < timedelta(seconds=CUE_S))


def _queue_names(catalogue: Catalogue) -> dict[str, tuple[str, str]]:
    """Return by code the department of each queue, and the queue's name where it says more."""
    departments = {d.code: d for d in catalogue.departments}
    names: dict[str, tuple[str, str]] = {}
    for queue in catalogue.queues:
        department = departments.get(queue.department)
        if department is None:
            names[queue.code] = (queue.name, "")
            continue
        name = department.name
        if len(name) > WHOLE_NAME_CHARS and department.short_name:
            name = department.short_name
        says_more = queue.name not in (name, department.name, department.short_name)
        names[queue.code] = (name, queue.name if says_more else "")
    return names


def _of_today(board: Board, today: str) -> Board:
    """Return *board*, emptied when it is of an earlier date: yesterday's numbers are void.

    For a screen whose server is away over midnight; from a living server `hall.day` says the same,
    and its word counts more than this machine's date.
    """
    if board.date >= today:
        return board
    return replace(
        board,
        day_state="closed",
        calls=(),
        queues=tuple(replace(q, waiting=0) for q in board.queues),
        counters=tuple(
            replace(c, state="closed", reason="", until=None, ticket=None) for c in board.counters
        ),
    )


def _truth_words(truth: datetime, now: datetime) -> str:
    """Return `09:41:07`, with the date when it is not today's."""
    if truth.date() == now.date():
        return f"{truth:%H:%M:%S}"
    return f"{truth.month}月{truth.day}日 {truth:%H:%M}"


def _ms(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp() * 1000)
