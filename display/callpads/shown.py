"""What a call pad or rater shows, from the board: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from server.kit.contract.board import Board
from server.kit.contract.views import Catalogue
from server.kit.serial.profiles.frames import State

__all__ = ["AWAY", "CODES", "Face", "State", "face_of", "refusal", "waiting_at"]

CODES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "nobody_waiting": ("01", "无人等候"),
        "counter_closed": ("02", "请先开窗"),
        "counter_paused": ("03", "请先恢复"),
        "counter_busy": ("04", "请先办结"),
        "no_ticket": ("05", "没有号码"),
        "recall_too_soon": ("06", "稍后重呼"),
        "calls_too_few": ("07", "请先重呼"),
        "wrong_state": ("08", "现在不能"),
        "emergency": ("09", "紧急情况"),
        "forbidden": ("10", "窗口未授权"),
        "not_your_counter": ("10", "窗口未授权"),
        "device_unknown": ("10", "窗口未授权"),
        "day_closed": ("11", "已经闭厅"),
        "stale": ("12", "请再按一次"),
        "busy": ("12", "请再按一次"),
        "unreachable": ("20", "断线"),
    }
)
"""Reason of a refusal → two digits for pads without hanzi, and words of at most five hanzi."""
OTHER = ("99", "没有办成")


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a device shows: a state of its profile, and the words of it."""

    state: State
    words: Mapping[str, str] = field(default_factory=dict)


AWAY = Face(state="away", words={"code": "20", "text": "断线"})
"""The server is not there: no key is obeyed, and none is remembered."""


def refusal(code: str) -> Face:
    """Return what a pad shows after a key that was refused with *code*."""
    short, words = CODES.get(code, OTHER)
    state: State = "away" if code == "unreachable" else "refused"
    return Face(state=state, words={"code": short, "text": words})


def face_of(board: Board | None, catalogue: Catalogue | None, counter: str, *, live: bool) -> Face:
    """Return what the devices of *counter* show now.

    Args:
        board: the newest board; None = nothing is known yet.
        catalogue: says which queues the counter serves.
        counter: its code.
        live: True while the server is there.
    """
    if not live or board is None:
        return AWAY
    line = next((c for c in board.counters if c.code == counter), None)
    if line is None:
        return Face(state="closed", words={"counter": counter})
    waiting = waiting_at(board, catalogue, counter)
    words = {
        "counter": counter,
        "name": line.name,
        "waiting": str(waiting),
        "reason": line.reason,
        "text": f"等候{waiting}人",
    }
    if board.emergency is not None:
        return Face(state="emergency", words=words | {"text": "紧急情况"})
    call = next((c for c in board.calls if c.counter == counter), None)
    if call is not None:
        digits = "".join(ch for ch in call.ticket if ch.isdigit())
        words |= {"number": call.ticket, "digits": digits}
        return Face(state="serving" if call.state == "serving" else "call", words=words)
    if line.state == "paused":
        return Face(state="paused", words=words | {"text": "暂停服务"})
    return Face(state="idle" if line.state == "open" else "closed", words=words)


def waiting_at(board: Board, catalogue: Catalogue | None, counter: str) -> int:
    """Return how many wait in the queues that *counter* serves."""
    if catalogue is None:
        return 0
    served = {q.code for q in catalogue.queues if counter in q.counters}
    return sum(q.waiting for q in board.queues if q.code in served)
