"""The touch flow as a pure state machine: what the citizen sees, what each touch and each time-out does.

    attract → home → search | department(s) | 咨询 | 预约 → item → (confirm, when there is something
         to warn of) → (card, when the queue asks for one) → taking → number → home → attract;
    any refusal → its own page → home
    corners touched in turn → staff code → staff page

Time comes in as seconds of a monotonic clock, ids as a function. Nothing here remembers anything of
a citizen at `ATTRACT`: a journey left alone equals one that has just begun.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk import card_step
from kiosk.browse import browse, vain_between
from kiosk.content import Choice, Hall, Line
from kiosk.manner import MODES, Manner
from kiosk.state import (
    PLAIN,
    USUAL,
    Act,
    CallHelp,
    CardStep,
    Caution,
    Journey,
    Paper,
    PrintGuide,
    Refusal,
    Screen,
    StaffWish,
    Tab,
    Take,
    TryCode,
    Wish,
    alive,
    begin,
    home,
    rest,
    turn,
)
from server.kit.contract.screens import KioskRules
from server.kit.contract.views import TicketSlip

__all__ = [
    "Act",
    "CallHelp",
    "CardStep",
    "Caution",
    "Journey",
    "Manner",
    "Paper",
    "PrintGuide",
    "Refusal",
    "Screen",
    "StaffWish",
    "Tab",
    "Take",
    "TryCode",
    "Wish",
    "advance",
    "begin",
    "code_tried",
    "guide_printed",
    "issued",
    "printed",
    "refused",
    "rest",
    "show_number",
    "step",
    "vain_between",
    "warnings_for",
]

NUMBER_S = 12.0
"""The number page stays so long after the slip is out."""
NO_PAPER_S = 45.0
"""The same when there is no paper: the number must be written down."""
PRINTING_S = 60.0
"""The longest wait for a word from the printer."""
REFUSED_S = 30.0
"""A refusal stays so long."""
STAFF_S = 60.0
"""The staff pages stay so long without a touch; they never ask."""
STAFF_WISHES = frozenset({"restart", "close", "new_roll", "test_page"})
MAX_CODE = 12
"""Digits of a staff code that are looked at."""


def warnings_for(
    line: Line,
    *,
    consult_only: bool,
    rules: KioskRules = USUAL,
) -> tuple[Caution, ...]:
    """Return what must be said before a number of this queue is taken."""
    found = []
    if consult_only:
        found.append(Caution(code="consult_only"))
    if line.giving and line.people:
        if line.low is not None:
            late = line.high is None or line.high > rules.long_wait_min
        else:
            late = line.people >= rules.long_ahead
        if late:
            found.append(Caution(code="long_wait"))
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
        return alive(journey, now), CallHelp()
    if act.serial != journey.serial:
        return journey, None
    if act.name == "staff" and journey.screen in {Screen.ATTRACT, Screen.HOME}:
        return _staff(journey, now), None
    if act.name in MODES:
        return _mode(journey, act, now), None
    if act.name in {"stay", "alive"}:
        return alive(journey, now), None
    if journey.screen is Screen.TAKING:
        return journey, None
    if journey.asking:
        journey = alive(journey, now)
    if act.name == "home":
        # Whoever has a number, or has had enough, leaves: the next citizen begins anew.
        gone = journey.screen in {Screen.NUMBER, Screen.STAFF, Screen.STAFF_CODE}
        return home(journey, now, keep=not gone), None
    if act.name == "leave":
        return rest(now, journey.serial + 1, journey.rules), None
    if journey.screen is Screen.NUMBER:
        return journey, None
    if journey.screen is Screen.ATTRACT:
        return (home(journey, now), None) if act.name == "start" else (journey, None)
    if journey.screen in {Screen.STAFF_CODE, Screen.STAFF}:
        return _staffed(journey, act, now)
    if act.name == "take":
        return _take(journey, hall, now, new_touch)
    if act.name == "without" and journey.screen is Screen.CARD:
        return card_step.without(journey, hall, now)
    if act.name == "retry":
        return _retry(journey, now)
    if act.name == "print":
        return _print(journey, hall, now)
    return alive(browse(journey, act, hall, now, new_touch), now), None


def advance(journey: Journey, now: float) -> Journey:
    """Return the journey as time alone has changed it."""
    if journey.deadline is None or now < journey.deadline:
        return journey
    if journey.screen in {Screen.HOME, Screen.STAFF_CODE, Screen.STAFF}:
        return rest(now, journey.serial + 1, journey.rules)
    if journey.screen in {Screen.NUMBER, Screen.REFUSED} or journey.asking:
        return home(journey, now, keep=False)
    ask_until = journey.deadline + journey.rules.ask_s
    if now >= ask_until:
        return home(journey, now, keep=False)
    return replace(journey, asking=True, deadline=ask_until)


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
        manner=journey.manner,
        rules=journey.rules,
        carded=journey.carded,
        slip=slip,
        paper=Paper.PRINTING,
    )


def refused(journey: Journey, touch: str, refusal: Refusal, *, now: float) -> Journey:
    """Return the page of the refusal, if the citizen still waits for this touch."""
    if journey.screen not in {Screen.TAKING, Screen.CARD} or journey.touch != touch:
        return journey
    again = card_step.once_more(journey, refusal, now=now)
    if again is not None:
        return again
    stay = journey.manner.stay_s(REFUSED_S)
    return replace(
        turn(journey, Screen.REFUSED, now), refusal=refusal, deadline=now + stay, trail=()
    )


def printed(journey: Journey, uid: str, paper: Paper, fault: str, *, now: float) -> Journey:
    """Return the number page with what became of its paper."""
    if journey.screen is not Screen.NUMBER or journey.slip is None or journey.slip.uid != uid:
        return journey
    stay = journey.manner.stay_s(NUMBER_S if paper is Paper.PRINTED else NO_PAPER_S)
    return replace(journey, paper=paper, fault=fault, drawn=now, deadline=now + stay)


def guide_printed(journey: Journey, choice: Choice, paper: Paper, fault: str) -> Journey:
    """Return the item's page with what became of its guide on paper."""
    if journey.screen is not Screen.ITEM or journey.choice != choice or journey.guide is None:
        return journey
    guides = journey.guides | {choice.item} if paper is Paper.PRINTED else journey.guides
    return replace(journey, guide=paper, fault=fault, guides=guides)


def code_tried(journey: Journey, *, right: bool, now: float) -> Journey:
    """Return the staff page after the right code, else the same page with an empty box."""
    if journey.screen is not Screen.STAFF_CODE:
        return journey
    if right:
        return replace(
            turn(journey, Screen.STAFF, now), code="", wrong=False, trail=(), deadline=now + STAFF_S
        )
    return replace(journey, code="", wrong=True)


def _mode(journey: Journey, act: Act, now: float) -> Journey:
    """Change how the page is shown, and nothing else; on the attract page somebody came up."""
    if journey.screen in {Screen.TAKING, Screen.STAFF_CODE, Screen.STAFF}:
        return journey
    manner = journey.manner.after(act.name, act.value)
    if journey.screen is Screen.ATTRACT:
        return begin(now, journey.serial + 1, manner=manner, rules=journey.rules)
    changed = alive(replace(journey, manner=manner), now)
    if journey.screen in {Screen.NUMBER, Screen.REFUSED} and journey.deadline is not None:
        # Whoever asks to have it read to them needs the time for it.
        longer = max(journey.deadline, now + manner.stay_s(NUMBER_S))
        changed = replace(changed, deadline=longer)
    return changed


def _staff(journey: Journey, now: float) -> Journey:
    page = turn(journey, Screen.STAFF_CODE, now)
    return replace(page, manner=PLAIN, trail=(), deadline=now + STAFF_S)


def _staffed(journey: Journey, act: Act, now: float) -> tuple[Journey, Wish | None]:
    journey = replace(journey, deadline=now + STAFF_S)
    if journey.screen is Screen.STAFF:
        return journey, StaffWish(name=act.name) if act.name in STAFF_WISHES else None
    match act.name:
        case "digit" if len(act.value) == 1 and act.value in "0123456789":
            typed = (journey.code + act.value)[:MAX_CODE]
            return replace(journey, code=typed, wrong=False), None
        case "digit" if act.value == "delete":
            return replace(journey, code=journey.code[:-1]), None
        case "enter" if journey.code:
            return journey, TryCode(code=journey.code)
    return journey, None


def _take(
    journey: Journey, hall: Hall, now: float, new_touch: Callable[[], str]
) -> tuple[Journey, Wish | None]:
    offer = hall.content.offer(journey.choice) if journey.choice else None
    if offer is None or journey.screen not in {Screen.ITEM, Screen.CONFIRM}:
        return alive(journey, now), None
    if journey.screen is Screen.ITEM and warnings_for(
        hall.line(offer.queue), consult_only=offer.consult_only, rules=journey.rules
    ):
        return replace(turn(journey, Screen.CONFIRM, now), touch=new_touch()), None
    if card_step.asks(hall, offer):
        return card_step.to_card(journey, hall, now, touch=new_touch()), None
    taking = replace(turn(journey, Screen.TAKING, now), deadline=None)
    return taking, Take(touch=taking.touch, choice=offer.choice)


def _print(journey: Journey, hall: Hall, now: float) -> tuple[Journey, Wish | None]:
    """The guide once for each item and citizen; one that failed may be tried again."""
    journey = alive(journey, now)
    offer = hall.content.offer(journey.choice) if journey.choice else None
    if journey.screen is not Screen.ITEM or offer is None or offer.disclosure is None:
        return journey, None
    if journey.guide is Paper.PRINTING or offer.choice.item in journey.guides:
        return journey, None
    return replace(journey, guide=Paper.PRINTING, fault=""), PrintGuide(choice=offer.choice)


def _retry(journey: Journey, now: float) -> tuple[Journey, Wish | None]:
    """The same touch once more: if it did arrive, the server answers with the same number."""
    if journey.screen is not Screen.REFUSED or journey.refusal is None or journey.choice is None:
        return journey, None
    if not journey.refusal.retry:
        return journey, None
    again = replace(turn(journey, Screen.TAKING, now), deadline=None, refusal=None, trail=())
    return again, Take(touch=again.touch, choice=journey.choice)
