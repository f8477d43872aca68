"""Slips for the tests of printing."""

from __future__ import annotations

from typing import Any

import msgspec

from server.kit.contract.views import TicketSlip

SAMPLE = TicketSlip(
    uid="8Qm2vXkT4nRw9cJzLbGf1A",
    number="A012",
    queue="A",
    queue_name="婚姻登记",
    department="民政局",
    item="marriage",
    item_name="内地居民结婚登记",
    hall_name="永德县政务服务中心",
    ahead=6,
    low_min=20,
    high_min=35,
    counters=("3号窗口",),
    issued_at="2026-11-23T01:41:00.000Z",
    issued_local="2026-11-23 09:41",
    no_show_rule="过号 30 分钟内可凭此票到导办台恢复。",
    url="https://hall.yongde.example/t/8Qm2vXkT4nRw9cJzLbGf1A",
    promise="当场办结·不收费",
)
"""The 80 mm sample ticket whose length is bounded."""


def slip(**changes: Any) -> TicketSlip:
    return msgspec.structs.replace(SAMPLE, **changes)
