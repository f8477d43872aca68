"""What a seed is made of: frozen Structs, one for each kind of part, decoded from TOML.

Every value of the five disclosures that may be uncertain has `example`: pages print 示例 beside
it. A seed says `example = true` wherever nobody vouches for the value in this very hall.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from server.domain.disclosures import missing_of_five
from server.kit.contract.views import Fee, Limit, Material

Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}\Z")]
Words = Annotated[str, Meta(pattern=r"\S")]
Prefix = Annotated[str, Meta(pattern=r"^[A-HJ-NP-Z]{1,2}\Z")]
"""One or two capital letters without I and O, which people read as 1 and 0."""
Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z")]
Moment = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")]
Natural = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all parts of a seed: frozen, and an unknown key is a mistake."""


class Hall(_Part, frozen=True, kw_only=True):
    """The hall itself."""

    code: Code
    name: Words
    name_en: str = ""
    tz: Words = "Asia/Shanghai"
    """Name of its time zone in the IANA data base."""


class Zone(_Part, frozen=True, kw_only=True):
    """Part of the hall that has its own screens and voice."""

    code: Code
    name: Words
    name_en: str = ""
    floor: str = ""


class Department(_Part, frozen=True, kw_only=True):
    """Body with staff in the hall 进驻单位."""

    code: Code
    name: Words
    name_en: str = ""
    short_name: Annotated[str, Meta(pattern=r"\S", max_length=6)]
    """For buttons, at most 6 characters."""


class Queue(_Part, frozen=True, kw_only=True):
    """Line of people; its counters name it, not the other way round."""

    code: Code
    name: Words
    name_en: str = ""
    prefix: Prefix
    department: Code
    zone: Code
    service_s: Positive
    """Typical service time in seconds until the hall has its own history."""
    digits: Annotated[int, Meta(ge=2, le=4)] = 3
    first_no: Positive = 1
    last_no: Positive = 999
    consult_only: bool = False
    """True where the department gave no authority 授权不到位: people are told before the number."""
    finish_when_called: bool = False
    """True where a ticket may end 办结 without having been started."""


class Serves(_Part, frozen=True, kw_only=True):
    """A queue that a counter serves."""

    queue: Code
    weight: Positive = 1
    """Waiting time in this queue counts so many times at the counter."""


class Counter(_Part, frozen=True, kw_only=True):
    """Place where people are served 窗口."""

    code: Code
    name: Words
    name_en: str = ""
    zone: Code
    department: Code
    queues: tuple[Serves, ...]


class Disclosure(_Part, frozen=True, kw_only=True):
    """The five disclosures and what belongs to them, as first published."""

    content: str
    steps: tuple[str, ...]
    materials: tuple[Material, ...]
    promised: Limit
    statutory: Limit
    fee: Fee
    legal_basis: tuple[Words, ...] = ()
    not_needed: tuple[Words, ...] = ()
    """Papers that used to be asked for and are not any more."""
    result: str = ""
    validity: str = ""

    def missing(self) -> tuple[str, ...]:
        """Return which of the five are empty."""
        return missing_of_five(
            content=self.content,
            steps=self.steps,
            materials=[m.name for m in self.materials],
            promised_unit=self.promised.unit,
            promised_n=self.promised.n,
            fee_text=self.fee.text,
        )


class Item(_Part, frozen=True, kw_only=True):
    """What a citizen wants done 事项."""

    code: Code
    name: Words
    name_en: str = ""
    short_name: Annotated[str, Meta(pattern=r"\S", max_length=8)]
    """For tiles, at most 8 characters."""
    department: Code
    queue: Code
    mode: Literal["instant", "promised", "joint"]
    keywords: tuple[Words, ...] = ()
    """Words people say when they do not know the item's name: 开饭店, 领证."""
    common: bool = False
    """True for the few items that the kiosk's first page offers."""
    consult_only: bool = False
    disclosure: Disclosure | None = None
    """None: nothing is published yet."""


class PriorityClass(_Part, frozen=True, kw_only=True):
    """Why someone may go first 优先类别; a lower rank goes first, ordinary people have 9."""

    code: Code
    name: Words
    rank: Annotated[int, Meta(ge=1, le=8)]
    needs_reason: bool = True


class Opening(_Part, frozen=True, kw_only=True, rename={"from_": "from"}):
    """Opening hours on some weekdays, hall-local; `to` is the first minute that is closed."""

    weekdays: Annotated[tuple[Annotated[int, Meta(ge=0, le=6)], ...], Meta(min_length=1)]
    """0 = Monday."""
    from_: Clock
    to: Clock
    scope: Literal["hall", "queue", "counter"] = "hall"
    of: str = ""
    """Code of the queue or counter; empty for the hall."""


class Notice(_Part, frozen=True, kw_only=True):
    """Notice 公告 for the screens; without times it is always in force."""

    text: Words
    zone: str = ""
    """Code; empty = the whole hall."""
    from_at: Moment | None = None
    to_at: Moment | None = None


class Leader(_Part, frozen=True, kw_only=True):
    """An office-holder on duty 今日坐班领导 on a weekday; see `LEADER_WEEKS` of `seed_shown`."""

    weekday: Annotated[int, Meta(ge=0, le=6)]
    """0 = Monday."""
    department: Code
    post: Words
    """Published office, no name: `副局长`."""
    place: str = ""


class Honour(_Part, frozen=True, kw_only=True):
    """An honour card 先进窗口 without a picture; see `HONOUR_DAYS` of `seed_shown`."""

    title: Words
    text: str = ""
    zone: str = ""


class Settings(_Part, frozen=True, kw_only=True):
    """Rules of the hall; what is left out keeps its default (`server.domain.rules.HallRules`)."""

    min_calls: Positive | UnsetType = UNSET
    recall_min_s: Natural | UnsetType = UNSET
    no_show_window_min: Natural | UnsetType = UNSET
    reinstate_limit: Natural | UnsetType = UNSET
    reinstate_behind: Natural | UnsetType = UNSET
    priority_in_row: Natural | UnsetType = UNSET
    stop_before_min: Natural | UnsetType = UNSET
    always_open: bool | UnsetType = UNSET
    transfer_keeps_place: bool | UnsetType = UNSET
    pause_reasons: tuple[Words, ...] | UnsetType = UNSET
    """Offered to the clerk who pauses 暂停服务."""
    hold_reasons: tuple[Words, ...] | UnsetType = UNSET
    """Offered to the clerk who holds a ticket 挂起."""


class Seed(_Part, frozen=True, kw_only=True):
    """A whole hall."""

    format: Literal[1]
    hall: Hall
    zones: tuple[Zone, ...]
    departments: tuple[Department, ...]
    queues: tuple[Queue, ...]
    counters: tuple[Counter, ...]
    items: tuple[Item, ...]
    priority_classes: tuple[PriorityClass, ...] = ()
    openings: tuple[Opening, ...] = ()
    notices: tuple[Notice, ...] = ()
    leaders: tuple[Leader, ...] = ()
    honours: tuple[Honour, ...] = ()
    settings: Settings = Settings()
