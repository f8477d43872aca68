"""Words that must be the same on kiosk, screen, paper and phone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from server.kit.contract.views import Limit

HOURS_FROM_MIN = 120
"""A range that ends later is said in half hours: nobody knows the minutes then."""
LONGEST_MIN = 180
"""A wait that begins later is said as 3 小时以上."""


def wait_words(low: int | None, high: int | None) -> tuple[str, str]:
    """Return a range of minutes as figure and unit, rounded outward.

    `20–35` `分钟`, `5` `分钟以内`, `90` `分钟以上`, `1–2.5` `小时`, `3` `小时以上`; two empty texts when
    nothing honest can be said. A bound (以内, 以上) goes without 约; see `about`.

    Args:
        low: None when nothing is known.
        high: None with a `low` = that long or longer.
    """
    if low is None or (high is None and low < 1):
        return "", ""
    if high is None:
        return f"{low}", "分钟以上"
    if low >= LONGEST_MIN:
        return f"{LONGEST_MIN // 60}", "小时以上"
    if high > HOURS_FROM_MIN:
        if low < 30:
            return f"{math.ceil(high / 30) / 2:g}", "小时以内"
        return f"{math.floor(low / 30) / 2:g}–{math.ceil(high / 30) / 2:g}", "小时"
    if low == 0:
        return f"{high}", "分钟以内"
    return (f"{low}–{high}" if low < high else f"{low}"), "分钟"


def about(unit: str) -> str:
    """Return `约 ` before a figure of *unit*, nothing before a bound."""
    return "" if unit.endswith(("以内", "以上")) else "约 "


def when_words(at: datetime, now: datetime) -> str:
    """Return a moment to come: `14:30`, `明天 08:30`, `11月26日 周四 08:30`.

    Args:
        at: hall time.
        now: hall time.
    """
    if at.date() == now.date():
        return f"{at:%H:%M}"
    if at.date() == now.date() + timedelta(days=1):
        return f"明天 {at:%H:%M}"
    return f"{at.month}月{at.day}日 周{'一二三四五六日'[at.weekday()]} {at:%H:%M}"


_UNITS = {"workday": "个工作日", "day": "个自然日", "month": "个月"}


def limit_words(limit: Limit) -> str:
    """Return a limit in words: `当场办结`, `5 个工作日`, `30 个自然日`, `没有规定时限`."""
    if limit.unit == "spot":
        return "当场办结"
    if limit.unit in _UNITS:
        return f"{limit.n} {_UNITS[limit.unit]}"
    return "没有规定时限"


SLIP_ZH: Mapping[str, str] = MappingProxyType(
    {
        "hall_name": "大厅名称",
        "department": "部门",
        "queue": "排队业务",
        "item": "事项",
        "number": "号码",
        "reprint": "补打标记",
        "ahead": "前面几人、等多久",
        "counters": "到哪个窗口",
        "consult_only": "仅供咨询",
        "priority": "优先类别",
        "promise": "承诺时限和收费",
        "materials": "要带的材料",
        "qr": "二维码",
        "no_show_rule": "过号规则",
        "issued": "取号时间",
        "complaint": "投诉电话",
        "text": "自己的话",
        "rule": "横线",
    }
)
"""Part of a slip → its name for those who edit slips."""
