"""Answers to questions: what kiosk, display and staff pages show. Frozen, without behaviour."""

from __future__ import annotations

import msgspec

from server.kit.contract.paper import RealName, SlipLayout
from server.kit.contract.screens import (
    DutyLeader,
    KioskRules,
    Media,
    Post,
    ServiceHours,
    ZoneVoice,
)


class Limit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A promised or statutory limit 承诺时限 / 法定时限: a number and its unit, never one alone."""

    n: int
    unit: str
    """`spot` 当场, `workday` 工作日, `day` 自然日, `month` 月, `none` 无时限."""
    note: str = ""
    example: bool = False
    """True when the value is a sample 示例, not the promise of a real centre."""


class Fee(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an item costs 收费标准."""

    charged: bool
    text: str
    basis: str = ""
    example: bool = False


class Material(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One paper the applicant brings 申报材料."""

    name: str
    form: str = ""
    """原件, 复印件, 照片, 现场签署 ... or empty when the source does not say."""
    example: bool = False


class DisclosureView(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The five disclosures 五公开 of one item in one revision."""

    item: str
    revision: int
    content: str
    steps: tuple[str, ...]
    materials: tuple[Material, ...]
    promised: Limit
    statutory: Limit
    fee: Fee
    legal_basis: tuple[str, ...] = ()
    not_needed: tuple[str, ...] = ()
    result: str = ""
    validity: str = ""
    published_at: str = ""


class CatalogueItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item 事项 as a kiosk offers it."""

    code: str
    name: str
    short_name: str
    department: str
    queue: str
    mode: str
    """`instant` 即办, `promised` 承诺, `joint` 联办."""
    keywords: tuple[str, ...]
    common: bool
    consult_only: bool
    disclosure: DisclosureView | None
    name_en: str = ""
    """Empty = shown in Chinese."""


class CatalogueDepartment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A department 进驻单位 with its short name for buttons."""

    code: str
    name: str
    short_name: str
    name_en: str = ""


class CatalogueQueue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of people: prefix, name and the counters that serve it."""

    code: str
    name: str
    prefix: str
    department: str
    zone: str
    counters: tuple[str, ...]
    consult_only: bool = False
    name_en: str = ""


class CatalogueCounter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A counter 窗口 as the public knows it."""

    code: str
    name: str
    department: str
    zone: str
    name_en: str = ""


class CatalogueZone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the hall."""

    code: str
    name: str
    floor: str = ""
    name_en: str = ""


class Catalogue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a kiosk or display needs to know of the hall that changes seldom. ETag = digest."""

    hall: str
    hall_name: str
    tz: str
    digest: str
    zones: tuple[CatalogueZone, ...]
    departments: tuple[CatalogueDepartment, ...]
    queues: tuple[CatalogueQueue, ...]
    counters: tuple[CatalogueCounter, ...]
    items: tuple[CatalogueItem, ...]
    notices: tuple[str, ...]
    """Notices 公告 that stand always and everywhere, plain text; `posts` are all of them."""
    no_show_rule: str
    """The hall's 过号 rule in one line, as printed on the slip."""
    public_url: str
    """Address that phones reach, without trailing slash; item pages are `{public_url}/g/{item}`."""
    hall_name_en: str = ""
    appointments: bool = False
    """Whether the hall gives appointments 预约."""
    hours: tuple[ServiceHours, ...] = ()
    posts: tuple[Post, ...] = ()
    media: tuple[Media, ...] = ()
    leaders: tuple[DutyLeader, ...] = ()
    voice: tuple[ZoneVoice, ...] = ()
    kiosk: KioskRules = KioskRules()
    common_items: tuple[str, ...] = ()
    """Codes of the items taken most in the last weeks, most taken first; empty until enough were
    taken, and then the items' own `common` is what managers marked."""
    slip: SlipLayout = SlipLayout()
    real_name: RealName = RealName()
    complaint_phone: str = ""
    """The hall's telephone for complaints 投诉电话, as it is printed; empty = none is named."""


class TicketSlip(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that is printed on a slip 小票 and shown on the number page."""

    uid: str
    number: str
    queue: str
    queue_name: str
    department: str
    """Department's short name."""
    item: str
    """Code of the item, empty when a queue was chosen without one."""
    item_name: str
    hall_name: str
    ahead: int
    """Waiting tickets 前面等候人数 in the same queue at issue."""
    low_min: int | None
    """Lower end of the estimated wait in minutes; None when there is nothing honest to say."""
    high_min: int | None
    counters: tuple[str, ...]
    """Names of the counters that serve the queue, e.g. `3号窗口`."""
    issued_at: str
    """UTC."""
    issued_local: str
    """Hall time for paper: `2026-11-23 09:41`."""
    no_show_rule: str
    url: str
    """Address in the QR code: the ticket's own page, unguessable."""
    promise: str = ""
    """One line: `承诺5个工作日·不收费`."""
    consult_only: bool = False
    priority: str = ""
    """Name of the priority class 优先类别, empty for ordinary people."""
    rough: bool = False
    """True when the range is not yet learnt from the hall's own days: printed as 粗略."""
    reprint: int = 0
    """0 for the first slip, n for 补打 n."""


class SlipJob(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reprint 补打 that staff asked a kiosk for; fetched by the kiosk, answered by print-results."""

    job: int
    slip: TicketSlip


class Heard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a call reached people: how many screens should show it and how many said they did."""

    call: str
    times: int
    screens: int
    """Connected displays on which this call is to be seen: boards of the zone, the counter's own."""
    shown: int
    """Displays that acknowledged this very call and repetition."""
    spoken: bool
    """True when a display has spoken it, once to its end."""
    late: bool
    """True when five seconds have passed and no screen has acknowledged."""


class DeskTicket(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ticket as its clerk sees it."""

    uid: str
    number: str
    version: int
    state: str
    queue: str
    queue_name: str
    item: str
    item_name: str
    mode: str
    """The item's handling mode `instant`, `promised`, `joint`; empty without an item."""
    revision: int
    """Revision of the five disclosures that the citizen was shown; 0 without an item."""
    promise: str
    """One line: `承诺5个工作日（示例）`; empty without an item."""
    fee: str
    """One line: `不收费`; empty without an item."""
    materials: tuple[Material, ...]
    priority: str
    """Name of the priority class; empty for ordinary people."""
    priority_reason: str
    queued_at: str
    called_at: str | None
    serving_at: str | None
    left_at: str | None
    calls: int
    note: str
    transfers: int
    print_state: str
    print_fault: str


class DeskQueue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A queue as a target of transfer and as a line of the counter."""

    code: str
    name: str
    department: str
    waiting: int
    open_counters: int
    here: bool
    """True when this counter serves it."""


class DeskCounter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The counter of the page."""

    code: str
    name: str
    department: str
    zone: str
    state: str
    reason: str
    until: str | None
    version: int
    clerk_label: str
    opened_at: str | None


class DeskDevice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kiosk that can print, for 补打."""

    uid: str
    name: str
    online: bool
    faults: tuple[str, ...]


class DeskHelp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A citizen at a kiosk is waiting for a person 找工作人员."""

    device: str
    name: str
    at: str


class DeskView(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that the clerk's page 窗口终端 shows, in one answer."""

    hall: str
    hall_name: str
    tz: str
    seq: int
    now: str
    date: str
    day_state: str
    emergency: str | None
    clerk_label: str
    counter: DeskCounter
    current: DeskTicket | None
    heard: Heard | None
    """About the current ticket's last call; None when nothing is called."""
    done_today: int
    """Tickets finished at this counter today."""
    waiting_count: int
    """Waiting in all queues that this counter serves."""
    longest_since: str | None
    """`queued_at` of the one who has waited longest."""
    waiting: tuple[DeskTicket, ...]
    """The first 30 in the order in which they will be called here."""
    held: tuple[DeskTicket, ...]
    no_shows: tuple[DeskTicket, ...]
    """Those that may still be reinstated, newest first."""
    queues: tuple[DeskQueue, ...]
    """All active queues of the hall."""
    counters: tuple[CatalogueCounter, ...]
    kiosks: tuple[DeskDevice, ...]
    help: tuple[DeskHelp, ...]
    min_calls: int
    recall_min_s: int
    pause_reasons: tuple[str, ...]
    hold_reasons: tuple[str, ...]


class Done(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to a command of staff: what is true now of the ticket and the counter it met."""

    ticket: str = ""
    """uid; empty when no ticket was met."""
    number: str = ""
    state: str = ""
    version: int = 0
    counter: str = ""
    counter_version: int = 0
