"""Which counters a clerk may choose, her own department's first."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.people import ALLOWS, Permission, Staff
from server.kit.contract.board import Board, CounterLine
from server.kit.contract.views import Catalogue, CatalogueCounter


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A counter to choose."""

    code: str
    name: str
    department: str
    queues: str
    """Names of the queues it serves."""
    waiting: int
    state: str
    """`mine`, `free` or `taken`."""
    words: str
    """Who serves there: `空着`, `3021 在服务`."""
    may_open: bool
    """False: only to look at, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Counters under one heading."""

    title: str
    choices: tuple[Choice, ...]


def groups(board: Board, catalogue: Catalogue, staff: Staff) -> list[Group]:
    """Return the counters in groups: the one she serves, those she may open, the others."""
    states = {c.code: c for c in board.counters}
    all_of_them = [_choice(c, states[c.code], board, catalogue, staff) for c in catalogue.counters]
    watching = staff.may(Permission.WATCH)
    mine = tuple(c for c in all_of_them if c.state == "mine")
    hers = tuple(c for c in all_of_them if c.state != "mine" and c.may_open)
    others = tuple(c for c in all_of_them if c.state != "mine" and not c.may_open)
    found = [
        Group(title="您正在服务", choices=mine),
        Group(title=_title(staff), choices=hers),
        Group(title="各窗口（只能查看）" if watching else "其他部门的窗口", choices=others),
    ]
    return [g for g in found if g.choices]


def _title(staff: Staff) -> str:
    departments = {where for role, where in staff.roles if Permission.SERVE in ALLOWS[role]}
    return "您可以开的窗口" if "" in departments else "本部门的窗口"


def _choice(
    counter: CatalogueCounter,
    line: CounterLine,
    board: Board,
    catalogue: Catalogue,
    staff: Staff,
) -> Choice:
    names = {d.code: d.name for d in catalogue.departments}
    serves = [q for q in catalogue.queues if counter.code in q.counters]
    waiting = {q.code: q.waiting for q in board.queues}
    mine = bool(line.clerk_label) and line.clerk_label == staff.label
    taken = line.state != "closed"
    if mine:
        words = f"暂停：{line.reason}" if line.state == "paused" else "正在服务"
    elif taken:
        words = f"{line.clerk_label} " + ("暂停中" if line.state == "paused" else "在服务")
    else:
        words = "空着"
    return Choice(
        code=counter.code,
        name=counter.name,
        department=names[counter.department],
        queues="、".join(q.name for q in serves),
        waiting=sum(waiting[q.code] for q in serves),
        state="mine" if mine else "taken" if taken else "free",
        words=words,
        may_open=staff.may(Permission.SERVE, counter.department),
    )
