"""Where one citizen stands at the kiosk: pages, touches, wishes. Pure values; see `kiosk.journey`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from kiosk.content import Choice
from kiosk.manner import Manner
from server.kit.contract.screens import KioskRules
from server.kit.contract.views import TicketSlip

MAX_QUERY = 24
PLAIN = Manner()
USUAL = KioskRules()


class Screen(StrEnum):
    """The pages."""

    ATTRACT = "attract"
    HOME = "home"
    DEPARTMENTS = "departments"
    DEPARTMENT = "department"
    SEARCH = "search"
    CONSULT = "consult"
    APPOINTMENT = "appointment"
    ITEM = "item"
    CONFIRM = "confirm"
    CARD = "card"
    TAKING = "taking"
    NUMBER = "number"
    REFUSED = "refused"
    STAFF_CODE = "staff_code"
    STAFF = "staff"


class Paper(StrEnum):
    """What became of a paper, the slip 小票 or a printed guide."""

    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class CardStep(StrEnum):
    """What the page of the card step 刷身份证 says."""

    WAITING = "waiting"
    READ = "read"
    UNREADABLE = "unreadable"
    LEFT = "left"
    """The card of the last reading still lies there."""
    AGAIN = "again"
    """Read, and of no use: the server was not reached, or the day's key has changed."""
    FAULTY = "faulty"
    """The reader cannot read now, or there is none."""


class Tab(StrEnum):
    """The five disclosures 五公开; the page opens with the check-list of papers."""

    CONTENT = "content"
    STEPS = "steps"
    MATERIALS = "materials"
    PROMISED = "promised"
    FEE = "fee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """Something the citizen should know before taking the number."""

    code: str
    """`consult_only` or `long_wait`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why there is no number."""

    code: str
    words: str
    """For the citizen, Chinese."""
    words_en: str = ""
    """The same in English; empty where the language file has words for the code."""
    retry: bool = False
    """True when the same touch may be sent again: nobody knows whether it arrived."""
    number: str = ""
    """This person's own open number in the queue, when that is why there is no other."""
    counter: str = ""
    """Name of the counter it is being called to."""


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
    manner: Manner = PLAIN
    rules: KioskRules = USUAL
    """The hall's own time-outs and limits."""
    guiding: bool = False
    """True while the citizen reads guides 查办事指南 and may not want a number."""
    department: str = ""
    choice: Choice | None = None
    tab: Tab = Tab.MATERIALS
    ticked: frozenset[int] = frozenset()
    """Materials the citizen has ticked off."""
    query: str = ""
    vain: str = ""
    """The longest text of this search that found nothing."""
    touch: str = ""
    """Identity of the take 取号, made when its button was drawn; the server's idempotency key."""
    guides: frozenset[str] = frozenset()
    """Items whose guide this citizen has on paper; each is printed once."""
    guide: Paper | None = None
    """What became of the guide that is printed on this page; None when none was asked for."""
    card: CardStep = CardStep.WAITING
    carded: bool = False
    """True when the number was taken by card: its holder is told to take the card along."""
    slip: TicketSlip | None = None
    paper: Paper = Paper.PRINTING
    fault: str = ""
    refusal: Refusal | None = None
    code: str = ""
    """Digits of the staff code typed so far."""
    wrong: bool = False
    """True when the last staff code was not the right one."""
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
    holder: str = field(default="", repr=False)
    """Hash of the identity card; empty without one."""
    holder_date: str = ""
    """The day whose key made it."""

    @property
    def body(self) -> dict[str, str]:
        """The request to the server."""
        by_card = {"holder": self.holder, "holder_date": self.holder_date}
        return {**self.choice.body, **(by_card if self.holder else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHelp:
    """The wish for a person 找工作人员."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintGuide:
    """The wish for the five disclosures on paper."""

    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class TryCode:
    """Somebody typed a staff code."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWish:
    """What staff want of the machine: `restart` the page, `close` the browser, print a `test_page`,
    or count the paper from a `new_roll` on."""

    name: str


Wish = Take | CallHelp | PrintGuide | TryCode | StaffWish


def begin(
    now: float,
    serial: int = 0,
    *,
    manner: Manner = PLAIN,
    rules: KioskRules = USUAL,
) -> Journey:
    """Return the home page, knowing nothing but how this citizen wants to be shown it."""
    return Journey(
        serial=serial, drawn=now, deadline=now + manner.idle_s(rules), manner=manner, rules=rules
    )


def rest(now: float, serial: int, rules: KioskRules) -> Journey:
    """Return the attract page: nobody stands here."""
    return Journey(screen=Screen.ATTRACT, serial=serial, drawn=now, rules=rules)


def home(journey: Journey, now: float, *, keep: bool = True) -> Journey:
    """Return home from *journey*; its manner is kept while the same citizen goes on."""
    manner = journey.manner if keep else PLAIN
    return begin(now, journey.serial + 1, manner=manner, rules=journey.rules)


def alive(journey: Journey, now: float) -> Journey:
    """Return the page with its whole time before it again: somebody is here."""
    if journey.screen in {Screen.ATTRACT, Screen.TAKING, Screen.NUMBER, Screen.REFUSED}:
        return journey
    return replace(journey, asking=False, deadline=now + journey.manner.idle_s(journey.rules))


def turn(journey: Journey, screen: Screen, now: float) -> Journey:
    """Return the next page; what was chosen so far stays."""
    return replace(
        journey,
        screen=screen,
        serial=journey.serial + 1,
        drawn=now,
        deadline=now + journey.manner.idle_s(journey.rules),
        asking=False,
        trail=(*journey.trail, replace(journey, trail=(), asking=False)),
    )
