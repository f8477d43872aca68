"""总览: what needs looking at now."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.contract.screens import DutyLeader, Post
from server.reads.alarms import Alarm, alarms
from server.reads.screens import Devices, device_list
from server.reads.settings import ChangeLine, change_lines
from server.store import searches
from server.store.work import Read
from server.web.services import services


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The hall as its manager first sees it."""

    devices: Devices
    alarms: tuple[Alarm, ...]
    """What needs a person now, the greatest harm first."""
    posts: tuple[Post, ...]
    """Notices that screens show now."""
    leaders: tuple[DutyLeader, ...]
    """Today's."""
    departments: dict[str, str]
    misses: int
    changes: tuple[ChangeLine, ...]


def facts(r: Read) -> Facts:
    """Return the facts of this moment."""
    found = device_list(r, services().presence)
    return Facts(
        devices=found,
        alarms=alarms(r, services().presence),
        posts=tuple(p for p in r.config.shown.posts if in_force(p.from_at, p.to_at, r.at)),
        leaders=tuple(x for x in r.config.shown.leaders if x.date == r.today),
        departments={d.code: d.short_name for d in r.config.departments},
        misses=len(searches.unsettled(r)),
        changes=tuple(change_lines(r, most=6)),
    )


def in_force(from_at: str | None, to_at: str | None, at: str) -> bool:
    """Say whether something with these bounds is shown at a moment."""
    return (from_at is None or from_at <= at) and (to_at is None or at < to_at)
