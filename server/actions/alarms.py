"""Alarms: somebody on duty has seen one 已知晓; it stays so until it changes."""

from __future__ import annotations

from collections.abc import Collection

from server.domain.people import Permission, Staff
from server.kit.contract.messages import SettingChanged
from server.store import alarms
from server.store.alarms import Known, known
from server.store.work import Work


def acknowledge(w: Work, key: str, *, since: str, present: Collection[str], staff: Staff) -> None:
    """Note that *staff* knows of an alarm; knowing it twice changes nothing.

    Args:
        w: the command's work.
        key: the alarm.
        since: since when it is so, as the page showed it; when it comes again it is another.
        present: keys of all alarms there are: what is known of others is forgotten.
        staff: who knows; anyone who may watch the hall.

    Raises:
        Refused: `forbidden`.
    """
    staff.require(Permission.WATCH)
    if key not in present:
        return  # it has gone meanwhile
    seen = known(w)
    if key in seen and seen[key].since == since:
        return
    kept = {k: v for k, v in seen.items() if k in present}
    kept[key] = Known(since=since, who=staff.label, at=w.at)
    w.publish(SettingChanged(key=alarms.KEY, version=alarms.keep(w, kept)))
