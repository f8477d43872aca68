"""The touch flow as a pure state machine: what the citizen sees, what each touch and each time-out does.

    home → search | department → item → (confirm, when there is something to warn of)
         → taking → number → home;   any refusal → its own page → home

Time comes in as seconds of a monotonic clock, ids as a function. Nothing here remembers anything of
a citizen after `HOME`: a journey at home equals a journey that has just begun.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.content import Choice, Hall, Line
from server.kit.contract.views import TicketSlip

IDLE_S = 60.0
"""Without a touch for so long the page asks 还在办理吗? (domain report 5.1: 45-60 s)."""
ASK_S = 15.0
"""So long the question stands before the page goes home."""
NUMBER_S = 12.0
"""The number page stays so long after the slip is out."""
NO_PAPER_S = 45.0
"""The same when there is no paper: the number must be written down."""
PRINTING_S = 60.0
"""The longest wait for a word from the printer."""
REFUSED_S = 30.0
"""A refusal stays so long."""
MAX_QUERY = 24
LONG_WAIT_MIN = 90
"""A wait that may take so many minutes is announced before the number is taken."""
LONG_LINE = 30
"""So many people are announced too, when no time can be given."""


class Screen(StrEnum):
    """The pages."""

    HOME = "home"
    DEPARTMENT = "department"
    SEARCH = "search"
    ITEM = "item"
    CONFIRM = "confirm"
    TAKING = "taking"
    NUMBER = "number"
    REFUSED = "refused"


class Paper(StrEnum):
    """What became of the slip 小票."""

    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Tab(StrEnum):
    """The five disclosures 五公开; the page opens with the check-list of papers."""

    CONTENT = "content"
    STEPS = "steps"
    MATERIALS = "materials"
    PROMISED = "promised"
    FEE = "fee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning:  # noqa: A001  the page's own word; the built-in is not used here
    """Something the citizen should know before taking the number."""

    code: str
    """`consult_only` or `long_wait`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why there is no number."""

    code: str
    words: str
    """For the citizen, Chinese."""
    retry: bool = False
    """True when the same touch may be sent again: nobody knows whether it arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Where one citizen stands."""

    screen: Screen = Screen.HOME
    serial: int = 0
    """Counts the pages drawn; a touch on an older page does nothing."""
    drawn: float = 0.0
    deadline: float | None = None
    """When the page moves on by itself."""
    asking: bool = False
    """True while 还在办理吗? stands over the page."""
    department: str = ""
    choice: Choice | None = None
    tab: Tab = Tab.MATERIALS
    ticked: frozenset[int] = frozenset()
    """Materials the citizen has ticked off."""
    query: str = ""
    touch: str = ""
    """Identity of the take 取号, made when its button was drawn; the server's idempotency key."""
    slip: TicketSlip | None = None
    paper: Paper = Paper.PRINTING
    fault: str = ""
    refusal: Refusal | None = None
    trail: tuple[Journey, ...] = ()
    """Pages to go back to, nearest last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A touch: what was pressed, on which page."""

    name: str
    value: str = ""
    serial: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """The wish for a number."""

    touch: str
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHelp:
    """The wish for a person 找工作人员."""


Wish = Take | CallHelp


def begin(now: float, serial: int = 0) -> Journey:
    """Return the home page, knowing nothing."""
    return Journey(serial=serial, drawn=now)


def warnings_for(line: Line, *, consult_only: bool) -> tuple[Warning, ...]:
    """Return what must be said before a number of this queue is taken."""
    found = []
    if consult_only:
        found.append(Warning(code="consult_only"))
    if line.giving and line.people is not None:
        late = line.high is not None and line.high >= LONG_WAIT_MIN
        if late or (line.high is None and line.people >= LONG_LINE):
            found.append(Warning(code="long_wait"))
    return tuple(found)


def step(
    journey: Journey, act: Act, hall: Hall, *, now: float, new_touch: Callable[[], str]
) -> tuple[Journey, Wish | None]:
    """Return the journey after a touch, and what the citizen wishes done.

    A touch on an older page, or one that means nothing here, changes nothing but counts as a sign
    of life.
    """
    journey = advance(journey, now)
    if act.name == "help":
        return _alive(journey, now), CallHelp()
    if act.serial != journey.serial:
        return journey, None
    if act.name in {"stay", "alive"}:
        return _alive(journey, now), None
    if journey.screen is Screen.TAKING:
        return journey, None
    if journey.asking:
        journey = _alive(journey, now)
    if act.name == "home":
        return begin(now, journey.serial + 1), None
    if journey.screen is Screen.NUMBER:
        return journey, None
    if act.name == "take":
        return _take(journey, hall, now, new_touch)
    if act.name == "retry":
        return _retry(journey, now)
    return _alive(_browse(journey, act, hall, now, new_touch), now), None


def advance(journey: Journey, now: float) -> Journey:
    """Return the journey as time alone has changed it."""
    if journey.deadline is None or now < journey.deadline:
        return journey
    if journey.screen in {Screen.NUMBER, Screen.REFUSED} or journey.asking:
        return begin(now, journey.serial + 1)
    asked_at = journey.deadline
    if now >= asked_at + ASK_S:
        return begin(now, journey.serial + 1)
    return replace(journey, asking=True, deadline=asked_at + ASK_S)


def issued(journey: Journey, touch: str, slip: TicketSlip, *, now: float) -> Journey:
    """Return the number page, if the citizen still waits for this touch."""
    if journey.screen is not Screen.TAKING or journey.touch != touch:
        return journey
    return show_number(journey, slip, now=now)


def show_number(journey: Journey, slip: TicketSlip, *, now: float) -> Journey:
    """Return the number page whatever was shown before; used after a restart, too."""
    return Journey(
        screen=Screen.NUMBER,
        serial=journey.serial + 1,
        drawn=now,
        deadline=now + PRINTING_S,
        slip=slip,
        paper=Paper.PRINTING,
    )


def refused(journey: Journey, touch: str, refusal: Refusal, *, now: float) -> Journey:
    """Return the page of the refusal, if the citizen still waits for this touch."""
    if journey.screen is not Screen.TAKING or journey.touch != touch:
        return journey
    return replace(
        _turn(journey, Screen.REFUSED, now), refusal=refusal, deadline=now + REFUSED_S, trail=()
    )


def printed(journey: Journey, uid: str, paper: Paper, fault: str, *, now: float) -> Journey:
    """Return the number page with what became of its paper."""
    if journey.screen is not Screen.NUMBER or journey.slip is None or journey.slip.uid != uid:
        return journey
    stay = NUMBER_S if paper is Paper.PRINTED else NO_PAPER_S
    return replace(journey, paper=paper, fault=fault, drawn=now, deadline=now + stay)


def _alive(journey: Journey, now: float) -> Journey:
    if journey.screen in {Screen.HOME, Screen.TAKING, Screen.NUMBER, Screen.REFUSED}:
        return journey
    return replace(journey, asking=False, deadline=now + IDLE_S)


def _turn(journey: Journey, screen: Screen, now: float) -> Journey:
    """Return the next page; what was chosen so far stays."""
    return replace(
        journey,
        screen=screen,
        serial=journey.serial + 1,
        drawn=now,
        deadline=now + IDLE_S,
        asking=False,
        trail=(*journey.trail, replace(journey, trail=(), asking=False)),
    )


def _browse(
    journey: Journey, act: Act, hall: Hall, now: float, new_touch: Callable[[], str]
) -> Journey:
    match act.name:
        case "back":
            return _back(journey, now)
        case "search" if journey.screen is Screen.HOME:
            return _turn(journey, Screen.SEARCH, now)
        case "department" if hall.content.department(act.value) is not None:
            return replace(_turn(journey, Screen.DEPARTMENT, now), department=act.value)
        case "choose":
            return _choose(journey, act.value, hall, now, new_touch)
        case "type" if journey.screen is Screen.SEARCH:
            return replace(journey, query=act.value[:MAX_QUERY])
        case "key" if journey.screen is Screen.SEARCH:
            return replace(journey, query=_keyed(journey.query, act.value))
        case "tab" if journey.screen is Screen.ITEM and act.value in set(Tab):
            return replace(journey, tab=Tab(act.value))
        case "tick" if journey.screen is Screen.ITEM and act.value.isascii():
            if act.value.isdigit() and len(act.value) <= 2:
                return replace(journey, ticked=journey.ticked ^ {int(act.value)})
    return journey


def _keyed(query: str, key: str) -> str:
    if key == "delete":
        return query[:-1]
    if key == "clear":
        return ""
    return (query + key)[:MAX_QUERY] if len(key) == 1 else query


def _choose(
    journey: Journey, value: str, hall: Hall, now: float, new_touch: Callable[[], str]
) -> Journey:
    if journey.screen not in {Screen.HOME, Screen.DEPARTMENT, Screen.SEARCH}:
        return journey
    try:
        choice = Choice.of(value)
    except ValueError:
        return journey
    if hall.content.offer(choice) is None:
        return journey
    return replace(
        _turn(journey, Screen.ITEM, now),
        choice=choice,
        touch=new_touch(),
        tab=Tab.MATERIALS,
        ticked=frozenset(),
    )


def _back(journey: Journey, now: float) -> Journey:
    if not journey.trail:
        return begin(now, journey.serial + 1)
    before = journey.trail[-1]
    if before.screen is Screen.HOME:
        return begin(now, journey.serial + 1)
    return replace(
        before,
        serial=journey.serial + 1,
        drawn=now,
        trail=journey.trail[:-1],
        ticked=journey.ticked if before.choice == journey.choice else frozenset(),
    )


def _take(
    journey: Journey, hall: Hall, now: float, new_touch: Callable[[], str]
) -> tuple[Journey, Wish | None]:
    offer = hall.content.offer(journey.choice) if journey.choice else None
    if offer is None or journey.screen not in {Screen.ITEM, Screen.CONFIRM}:
        return _alive(journey, now), None
    if journey.screen is Screen.ITEM and warnings_for(
        hall.line(offer.queue), consult_only=offer.consult_only
    ):
        return replace(_turn(journey, Screen.CONFIRM, now), touch=new_touch()), None
    taking = replace(_turn(journey, Screen.TAKING, now), deadline=None)
    return taking, Take(touch=taking.touch, choice=offer.choice)


def _retry(journey: Journey, now: float) -> tuple[Journey, Wish | None]:
    """The same touch once more: if it did arrive, the server answers with the same number."""
    if journey.screen is not Screen.REFUSED or journey.refusal is None or journey.choice is None:
        return journey, None
    if not journey.refusal.retry:
        return journey, None
    again = replace(_turn(journey, Screen.TAKING, now), deadline=None, refusal=None, trail=())
    return again, Take(touch=again.touch, choice=journey.choice)
