"""The five disclosures 五公开: none may be empty when an item is published."""

from __future__ import annotations

from collections.abc import Sequence

from server.kit.contract.reasons import Refused

FIVE: dict[str, str] = {
    "content": "服务内容",
    "steps": "办事程序",
    "materials": "申报材料",
    "promised": "承诺时限",
    "fee": "收费标准",
}
"""Field and Chinese name, in the order of the essay and of every page."""

UNITS = frozenset({"spot", "workday", "day", "month", "none"})
"""Units of a limit: 当场, 工作日, 自然日, 月, 无时限."""


def missing_of_five(
    *,
    content: str,
    steps: Sequence[str],
    materials: Sequence[str],
    promised_unit: str,
    promised_n: int,
    fee_text: str,
) -> tuple[str, ...]:
    """Return which of the five are empty, in their order.

    An item that needs no papers says so in words: an empty list is an omission (行政许可法 art. 30
    asks for the full list). A limit without a unit, or of 0 working days, says nothing. "不收费"
    must be said explicitly.
    """
    empty = {
        "content": not content.strip(),
        "steps": not any(s.strip() for s in steps),
        "materials": not any(m.strip() for m in materials),
        "promised": promised_unit not in UNITS
        or (promised_unit in {"workday", "day", "month"} and promised_n < 1),
        "fee": not fee_text.strip(),
    }
    return tuple(name for name in FIVE if empty[name])


def require_five(missing: Sequence[str]) -> None:
    """Refuse publication while something is missing.

    Raises:
        Refused: `incomplete`, naming every missing one at once.
    """
    if missing:
        raise Refused(
            "incomplete",
            missing=", ".join(missing),
            missing_zh="、".join(FIVE[m] for m in missing),
            fields=list(missing),
        )
