"""等候时间: how the waits that were told came true, week by week."""

from __future__ import annotations

from itertools import groupby

from server.reads.waits import reports
from server.web.manage.frame import bp, show
from server.web.services import services

WEEKS = 8


@bp.get("/waits")
def wait_report() -> str:
    """The last weeks, each queue."""
    found = services().read(lambda r: reports(r, WEEKS))
    weeks = [(week, list(rows)) for week, rows in groupby(found, key=lambda x: x.week)]
    worst = max((x.mae_min for x in found if x.mae_min is not None), default=0.0)
    return show("waits.html", "waits", weeks=weeks, worst=worst)
