"""The life of a ticket 号票: states, verbs and the only transitions there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from server.domain.moments import Moment
from server.kit.contract.reasons import Refused


class State(StrEnum):
    """Where a ticket is in its life."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    NO_SHOW = "no_show"
    DONE = "done"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Verb(StrEnum):
    """What can be done to a ticket."""

    CALL = "call"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    NO_SHOW = "no_show"
    HOLD = "hold"
    RESUME = "resume"
    TRANSFER = "transfer"
    SEND_BACK = "send_back"
    REINSTATE = "reinstate"
    CANCEL = "cancel"
    EXPIRE = "expire"


STATE_ZH: Mapping[State, str] = MappingProxyType(
    {
        State.WAITING: "等候中",
        State.CALLED: "已呼叫",
        State.SERVING: "办理中",
        State.HELD: "已挂起",
        State.NO_SHOW: "已过号",
        State.DONE: "已办结",
        State.CANCELLED: "已取消",
        State.EXPIRED: "已失效",
    }
)

VERB_ZH: Mapping[Verb, str] = MappingProxyType(
    {
        Verb.CALL: "呼叫",
        Verb.RECALL: "重呼",
        Verb.START: "开始办理",
        Verb.FINISH: "办结",
        Verb.NO_SHOW: "过号",
        Verb.HOLD: "挂起",
        Verb.RESUME: "回呼",
        Verb.TRANSFER: "转移",
        Verb.SEND_BACK: "退回等候",
        Verb.REINSTATE: "恢复",
        Verb.CANCEL: "取消",
        Verb.EXPIRE: "作废",
    }
)

TRANSITIONS: Mapping[tuple[State, Verb], State] = MappingProxyType(
    {
        (State.WAITING, Verb.CALL): State.CALLED,
        (State.CALLED, Verb.RECALL): State.CALLED,
        (State.CALLED, Verb.START): State.SERVING,
        (State.CALLED, Verb.FINISH): State.DONE,
        (State.SERVING, Verb.FINISH): State.DONE,
        (State.CALLED, Verb.NO_SHOW): State.NO_SHOW,
        (State.CALLED, Verb.HOLD): State.HELD,
        (State.SERVING, Verb.HOLD): State.HELD,
        (State.HELD, Verb.RESUME): State.CALLED,
        (State.CALLED, Verb.TRANSFER): State.WAITING,
        (State.SERVING, Verb.TRANSFER): State.WAITING,
        (State.CALLED, Verb.SEND_BACK): State.WAITING,
        (State.NO_SHOW, Verb.REINSTATE): State.WAITING,
        (State.WAITING, Verb.CANCEL): State.CANCELLED,
        (State.HELD, Verb.CANCEL): State.CANCELLED,
        (State.NO_SHOW, Verb.CANCEL): State.CANCELLED,
        (State.WAITING, Verb.EXPIRE): State.EXPIRED,
        (State.HELD, Verb.EXPIRE): State.EXPIRED,
        (State.NO_SHOW, Verb.EXPIRE): State.EXPIRED,
    }
)
"""The whole machine. FINISH from CALLED also needs the queue's consent, see `Ticket.after`."""

AT_COUNTER = frozenset({State.CALLED, State.SERVING})
"""States in which a ticket occupies a counter."""

OVER = frozenset({State.DONE, State.CANCELLED, State.EXPIRED})
"""States without a way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One place in a queue on one day."""

    id: int
    uid: str
    date: str
    queue_id: int
    series_queue_id: int
    """The queue that gave the number; a transfer does not change it."""
    item_id: int | None
    revision: int
    no: int
    number: str
    state: State
    version: int
    source: str
    device_id: int | None
    priority: str
    rank: int
    priority_reason: str
    queued_at: Moment
    """When the number was taken; never changes, so waiting time stays true."""
    sort_at: Moment
    """The only time that ordering looks at."""
    counter_id: int | None
    call_uid: str | None
    calls: int
    called_at: Moment | None
    serving_at: Moment | None
    left_at: Moment | None
    """When it last left a counter."""
    ended_at: Moment | None
    note: str
    """Reason of the last hold, transfer, cancel or expiry."""
    transfers: int
    reinstatements: int
    return_queue_id: int | None
    print_state: str
    print_fault: str
    prints: int
    token: str
    """Secret part of the ticket's public address."""

    def after(self, verb: Verb, *, finish_when_called: bool = False, **changes: object) -> Ticket:
        """Return the ticket after *verb*, one version later.

        Raises:
            Refused: `wrong_state` when the machine has no such transition.
        """
        target = TRANSITIONS.get((self.state, verb))
        if verb is Verb.FINISH and self.state is State.CALLED and not finish_when_called:
            target = None
        if target is None:
            raise Refused(
                "wrong_state",
                number=self.number,
                state=self.state.value,
                state_zh=STATE_ZH[self.state],
                verb=verb.value,
                verb_zh=VERB_ZH[verb],
            )
        if target not in AT_COUNTER:
            changes.setdefault("counter_id", None)
        return replace(self, state=target, version=self.version + 1, **changes)  # type: ignore[arg-type]  # the caller names fields of Ticket
