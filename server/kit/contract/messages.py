"""Every event that leaves the server, one frozen Struct each.

Public messages have no field that could hold a name, an identity number or a phone number: privacy
is in the types. An event's type is `noun.verb` in the past tense and never changes its meaning;
adding an optional field is compatible, anything else raises the contract's version.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

PUBLIC = "public"
STAFF = "staff"


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all events. `TYPE` is the name on the wire, `AUDIENCE` who may see it."""

    TYPE: ClassVar[str] = ""
    AUDIENCE: ClassVar[str] = PUBLIC


class TicketIssued(Message, frozen=True, kw_only=True):
    """A number 票号 was given and waits."""

    TYPE: ClassVar[str] = "ticket.issued"
    ticket: str
    queue: str
    waiting: int
    """Waiting tickets of the queue after this event."""


class TicketCalled(Message, frozen=True, kw_only=True):
    """A ticket is summoned to a counter; `times` > 1 is a recall 重呼 under the same `call`."""

    TYPE: ClassVar[str] = "ticket.called"
    call: str
    """Identity of the call, the same for its recalls."""
    ticket: str
    queue: str
    counter: str
    counter_name: str
    zone: str
    times: int
    speak: bool
    waiting: int
    resumed: bool = False
    """True when the ticket comes back from hold 挂起 and did not leave the line."""


class TicketServing(Message, frozen=True, kw_only=True):
    """The person is at the counter 办理中."""

    TYPE: ClassVar[str] = "ticket.serving"
    ticket: str
    counter: str


class TicketLeft(Message, frozen=True, kw_only=True):
    """A ticket left the line or its counter."""

    TYPE: ClassVar[str] = "ticket.left"
    ticket: str
    queue: str
    counter: str | None
    reason: str
    """`done`, `no_show`, `cancelled`, `expired` or `held`."""
    waiting: int
    service_s: int | None = None
    """The queue's typical service time in seconds after this event; None when unchanged."""


class TicketRequeued(Message, frozen=True, kw_only=True):
    """A ticket waits again, keeping its number."""

    TYPE: ClassVar[str] = "ticket.requeued"
    ticket: str
    queue: str
    counter: str | None
    """The counter it left, None when it came back from 过号."""
    reason: str
    """`transferred`, `reinstated` or `sent_back`."""
    waiting: int
    from_queue: str = ""
    """The queue whose counter it left."""
    service_s: int | None = None
    """Typical service time of `from_queue` in seconds after this event; None when unchanged."""


class TicketPrinted(Message, frozen=True, kw_only=True):
    """What became of the paper. Staff only: it names the ticket's uid."""

    TYPE: ClassVar[str] = "ticket.printed"
    AUDIENCE: ClassVar[str] = STAFF
    uid: str
    ticket: str
    device: str
    state: str
    """`printed`, `failed` or `unknown`."""
    fault: str
    """Empty, or `paper_out`, `cover_open`, `cutter`, `jam`, `offline`, `silent`, `no_port`."""


class CounterChanged(Message, frozen=True, kw_only=True):
    """A counter opened, paused or closed."""

    TYPE: ClassVar[str] = "counter.changed"
    counter: str
    state: str
    """`closed`, `open` or `paused`."""
    reason: str
    """Why it pauses, in the hall's words; empty when open or closed."""
    until: str | None
    """UTC time of the expected return."""
    clerk_label: str
    """Work number 工号 shown to the public; never a name."""


class QueueChanged(Message, frozen=True, kw_only=True):
    """A queue began or stopped giving numbers."""

    TYPE: ClassVar[str] = "queue.changed"
    queue: str
    issuing: bool
    reason: str
    """Code of the refusal a citizen would get now; empty while issuing."""
    resumes_at: str | None
    """UTC time when numbers are given again, today or on a later day, if known."""
    waiting: int


class CatalogueChanged(Message, frozen=True, kw_only=True):
    """Items, queues or counters changed: fetch the catalogue of this digest."""

    TYPE: ClassVar[str] = "catalogue.changed"
    digest: str


class DisclosurePublished(Message, frozen=True, kw_only=True):
    """A revision of an item's five disclosures is in force. The event carries no text."""

    TYPE: ClassVar[str] = "disclosure.published"
    item: str
    revision: int
    digest: str


class NoticeChanged(Message, frozen=True, kw_only=True):
    """Notices 公告 changed: fetch the catalogue of this digest."""

    TYPE: ClassVar[str] = "notice.changed"
    digest: str


class QueueForecast(Message, frozen=True, kw_only=True):
    """The estimated wait of whoever takes a number of the queue now."""

    TYPE: ClassVar[str] = "queue.forecast"
    queue: str
    low_min: int | None
    """Minutes; None with `high_min` None when nothing honest can be said."""
    high_min: int | None
    """Minutes; None while `low_min` is given = that long or longer."""
    rough: bool = False
    """True while it is not yet learnt from the hall's own days: shown as 粗略."""


class DeviceAssigned(Message, frozen=True, kw_only=True):
    """A device was told to be something else: it fetches its setup when the uid is its own."""

    TYPE: ClassVar[str] = "device.assigned"
    device: str
    version: int


class SettingChanged(Message, frozen=True, kw_only=True):
    """A setting 设置 of the hall was changed; what it is stands in the history of settings."""

    TYPE: ClassVar[str] = "setting.changed"
    AUDIENCE: ClassVar[str] = STAFF
    key: str
    version: int


class SearchMissed(Message, frozen=True, kw_only=True):
    """A citizen searched at a kiosk in vain. What was typed is not in the event."""

    TYPE: ClassVar[str] = "search.missed"
    AUDIENCE: ClassVar[str] = STAFF
    device: str


class HallDay(Message, frozen=True, kw_only=True):
    """The business day 营业日 opened, is closing or closed. On `open` the board starts empty."""

    TYPE: ClassVar[str] = "hall.day"
    date: str
    state: str
    """`open`, `closing` or `closed`."""


class HallEmergency(Message, frozen=True, kw_only=True):
    """Emergency 紧急 on or off: every screen shows the text and nothing else."""

    TYPE: ClassVar[str] = "hall.emergency"
    on: bool
    text: str


class DeviceChanged(Message, frozen=True, kw_only=True):
    """A device came, went or reported a fault."""

    TYPE: ClassVar[str] = "device.changed"
    AUDIENCE: ClassVar[str] = STAFF
    device: str
    kind: str
    name: str
    online: bool
    faults: tuple[str, ...]


class DeviceAsked(Message, frozen=True, kw_only=True):
    """Staff asked something of a device from afar; it fetches what it has yet to do."""

    TYPE: ClassVar[str] = "device.asked"
    device: str
    ask: str
    """Identity of this wish."""
    what: str
    """`test_page`, `restart`, `new_roll`, `show_test` or `identify`."""
    part: str = ""
    """Key of the part that is meant, as in `Part.key`; empty = the device itself."""


class DeviceAnswered(Message, frozen=True, kw_only=True):
    """A device began what staff asked of it, or says what came of it."""

    TYPE: ClassVar[str] = "device.answered"
    AUDIENCE: ClassVar[str] = STAFF
    device: str
    ask: str
    state: str
    """`begun`, `done` or `failed`."""
    detail: str
    """Code of what came of it, such as a fault of the printer; empty = as expected."""


class HelpRequested(Message, frozen=True, kw_only=True):
    """A citizen at a kiosk asks for a person 找工作人员."""

    TYPE: ClassVar[str] = "help.requested"
    AUDIENCE: ClassVar[str] = STAFF
    device: str
    name: str
    zone: str


class HelpAnswered(Message, frozen=True, kw_only=True):
    """Somebody goes to the kiosk that asked."""

    TYPE: ClassVar[str] = "help.answered"
    device: str


class SlipRequested(Message, frozen=True, kw_only=True):
    """Staff asked a kiosk to print a ticket again 补打; the kiosk fetches its jobs."""

    TYPE: ClassVar[str] = "slip.requested"
    device: str
    ticket: str


class EventWithheld(Message, frozen=True, kw_only=True):
    """Stands in a public client's stream for an event that is for staff only, so no number lacks."""

    TYPE: ClassVar[str] = "event.withheld"


MESSAGES: tuple[type[Message], ...] = (
    TicketIssued,
    TicketCalled,
    TicketServing,
    TicketLeft,
    TicketRequeued,
    TicketPrinted,
    CounterChanged,
    QueueChanged,
    QueueForecast,
    DeviceAssigned,
    SettingChanged,
    SearchMissed,
    CatalogueChanged,
    DisclosurePublished,
    NoticeChanged,
    HallDay,
    HallEmergency,
    DeviceChanged,
    DeviceAsked,
    DeviceAnswered,
    HelpRequested,
    HelpAnswered,
    SlipRequested,
    EventWithheld,
)
"""Every message, in the order of the reference page."""

BY_TYPE: dict[str, type[Message]] = {m.TYPE: m for m in MESSAGES}
