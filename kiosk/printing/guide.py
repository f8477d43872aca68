"""The five disclosures 五公开 of an item on the ticket printer's paper, to take home. Pure.

Running text stands at the left edge and is wrapped in cells, at marks and never within a word; what
does not fit a line goes on in the next, nothing is left out. The QR code leads to the full text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.printing.layout import Cut, Gap, Line, Op, QrCode, cells, counters_line, normalise, wrap
from server.kit.contract.views import DisclosureView, Limit
from server.kit.contract.words import limit_words

_CHINESE = "一二三四五"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What is printed for one item."""

    hall_name: str
    item_name: str
    department: str
    counters: tuple[str, ...]
    disclosure: DisclosureView
    url: str
    """The item's own page."""
    printed_local: str
    """Hall time: `2026-11-23 09:41`."""


def guide_layout(guide: Guide, columns: int) -> tuple[Op, ...]:
    """Return what is printed of *guide* on paper of *columns* cells."""
    ops: list[Op] = [
        *_title(guide.hall_name, columns, 1),
        *_title("办事指南", columns, 2),
        Gap(lines=1),
        *_title(guide.item_name, columns, 1),
        *_text(f"{guide.department}　{counters_line(guide.counters)}", columns),
    ]
    for number, (title, lines) in enumerate(_sections(guide.disclosure)):
        ops += [Gap(lines=1), *_text(f"{_CHINESE[number]}、{title}", columns, height=2)]
        for text in lines:
            ops += _text(text, columns)
    ops.append(Gap(lines=1))
    if guide.url:
        ops += [QrCode(data=guide.url), *_title("扫码看全文", columns, 1, height=1)]
    note = f"第 {guide.disclosure.revision} 版　打印于 {guide.printed_local}"
    ops += _title(note, columns, 1, height=1)
    ops += _title("这不是号票，办理请另取号", columns, 1, height=1)
    return (*ops, Cut())


def _sections(d: DisclosureView) -> Iterator[tuple[str, list[str]]]:
    """Yield the five parts with their lines, in the order in which the hall publishes them."""
    content = [d.content]
    if d.result:
        content.append(
            f"办完拿到：{d.result}" + (f"（有效期：{d.validity}）" if d.validity else "")
        )
    content += [f"依据：{basis}" for basis in d.legal_basis]
    yield "服务内容", content
    yield "办事程序", [f"{n}. {text}" for n, text in enumerate(d.steps, 1)]
    materials = [
        f"□ {m.name}" + (f"（{m.form}）" if m.form else "") + (_EXAMPLE if m.example else "")
        for m in d.materials
    ]
    if d.not_needed:
        materials.append(f"不用带：{'；'.join(d.not_needed)}")
    yield "申报材料", materials or ["不需要材料"]
    yield (
        "承诺时限",
        [f"我们承诺：{_limit(d.promised)}", f"法律规定：{_limit(d.statutory)}"],
    )
    fee = d.fee.text or ("收费" if d.fee.charged else "不收费")
    yield (
        "收费标准",
        [
            fee + (_EXAMPLE if d.fee.example else ""),
            *([f"依据：{d.fee.basis}"] if d.fee.basis else []),
        ],
    )


_EXAMPLE = "〔示例〕"


def _limit(limit: Limit) -> str:
    note = f"（{limit.note}）" if limit.note else ""
    return limit_words(limit) + note + (_EXAMPLE if limit.example else "")


def _text(text: str, columns: int, *, height: int = 1) -> list[Line]:
    """Running text; what follows a number or a box hangs under its first word."""
    wanted = normalise(text)
    head, gap, rest = wanted.partition(" ")
    if height > 1 or not gap or cells(head) > 3 or not rest:
        return [Line(text=x, height=height, left=True) for x in wrap(wanted, columns)]
    indent = cells(head) + 1
    lines = wrap(rest, columns - indent)
    blank = " " * indent
    return [
        Line(text=f"{head} {x}" if n == 0 else blank + x, left=True) for n, x in enumerate(lines)
    ]


def _title(text: str, columns: int, width: int, *, height: int = 2) -> list[Line]:
    """A centred line, at its size if it fits, else wrapped at single width."""
    if cells(normalise(text)) * width > columns:
        width = 1
    return [Line(text=x, width=width, height=height) for x in wrap(text, columns // width)]
