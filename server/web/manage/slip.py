"""小票: what stands on a slip, block by block, beside what the printer makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gevent
import msgspec
from flask import request
from gevent.lock import BoundedSemaphore
from markupsafe import Markup

from server.actions import paper as acts
from server.domain.people import Staff
from server.kit.contract.paper import (
    DEFAULT_SLIP,
    SLIP_ALWAYS,
    SLIP_BLOCKS,
    SlipBlock,
    SlipLayout,
)
from server.kit.contract.reasons import Refused
from server.kit.contract.views import Done
from server.kit.contract.words import SLIP_ZH
from server.reads.samples import SAMPLES, sample
from server.store import settings
from server.store.work import Read, Work
from server.web.manage.fields import Fields
from server.web.manage.frame import Page, Stale, attempt, bp, saved, show, stale_since
from server.web.services import SlipDrawing, services

PAPERS = (80, 58)
"""Millimetres."""
LONG_BYTES = 300
"""More than this takes a wire of 9600 longer than a third of a second."""
SIZES = tuple(
    (f"{n}{'t' * tall}", f"{n} 倍{'·加高' * tall}" if n > 1 else ("加高" if tall else "正常"))
    for n in range(1, acts.LARGEST + 1)
    for tall in (False, True)
    if n <= acts.LARGEST // 2 or not tall
)
"""Value of a size → its name: times the running text, `t` = twice as high as wide."""
TEXTED = {"text": "写在小票上的话", "qr": "二维码下面的字"}
PLAIN = frozenset({"qr", "rule"})
"""Parts that have no size, weight or side."""
_drawing = BoundedSemaphore(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One part of the slip as the page shows it."""

    place: int
    what: str
    name: str
    always: bool
    texted: str
    """What its own words are, empty = it has none."""
    plain: bool
    materials: bool


@bp.route("/slip", methods=["GET", "POST"])
def slip() -> Page:
    """What stands on a slip."""
    layout, phone, versions = services().read(_stored)
    if request.method == "GET":
        typed = _typed(layout, phone)
        asked = {k: request.args.get(k, "") for k in ("sample", "paper")}
        return _page(Fields({**typed, **_versions(versions), **asked}))
    fields = Fields(request.form)
    wanted, number = _read(fields)
    _check(fields, wanted, number)
    try:
        done = attempt(fields, lambda w, staff: _save(w, staff, wanted, number, fields))
    except Refused as refused:
        if refused.code != "stale":
            raise
        stale = _overtaken(fields, versions)
        return (_page(fields, stale=stale, versions=versions), 409)
    if done is None:
        return (_page(fields), 422)
    if not done:
        return saved("没有改动，小票照旧。", "manage.slip")
    return saved("已保存，下一张小票就按这个印。", "manage.slip")


@bp.post("/slip/look")
def look_at_slip() -> Page:
    """The page with what is typed, one part moved, added or taken away; nothing is saved."""
    fields = Fields(request.form)
    layout, _ = _read(fields)
    blocks, at, words = _moved(list(layout.blocks or DEFAULT_SLIP.blocks), fields.get("do"))
    kept = {k: fields.get(k) for k in ("expected", "expected_phone", "phone", "reason")}
    asked = {k: fields.get(k) for k in ("sample", "paper")}
    typed = _typed(SlipLayout(blocks=tuple(blocks)), kept["phone"])
    return _page(Fields({**typed, **kept, **asked}), at=at, words=words)


def _stored(r: Read) -> tuple[SlipLayout, str, dict[str, int]]:
    versions = {
        key: 0 if (known := settings.stored(r, key)) is None else known[1]
        for key in (settings.SLIP, settings.COMPLAINT_PHONE)
    }
    held = r.config.settings
    return settings.slip_of(held), settings.complaint_phone_of(held), versions


def _versions(versions: dict[str, int]) -> dict[str, str]:
    return {
        "expected": str(versions[settings.SLIP]),
        "expected_phone": str(versions[settings.COMPLAINT_PHONE]),
    }


def _save(w: Work, staff: Staff, layout: SlipLayout, phone: str, fields: Fields) -> list[Done]:
    """Store what differs from what is in force; an empty list when nothing does.

    Raises:
        Refused: `stale` when either was changed since the page was shown.
    """
    held_layout, held_phone, versions = _stored(w)
    expected, expected_phone = fields.expected(), _expected_phone(fields)
    if (expected, expected_phone) != tuple(versions.values()):
        raise Refused("stale", number="设置")
    reason, done = fields.get("reason"), []
    if layout != held_layout:
        done.append(acts.set_slip(w, layout, staff=staff, expected=expected, reason=reason))
    if phone != held_phone:
        done.append(
            acts.set_complaint_phone(w, phone, staff=staff, expected=expected_phone, reason=reason)
        )
    return done


def _expected_phone(fields: Fields) -> int:
    return Fields({"expected": fields.get("expected_phone")}).expected()


def _overtaken(fields: Fields, versions: dict[str, int]) -> Stale:
    if fields.expected() != versions[settings.SLIP]:
        return stale_since(settings.SLIP, fields.expected(), versions[settings.SLIP])
    now = versions[settings.COMPLAINT_PHONE]
    return stale_since(settings.COMPLAINT_PHONE, _expected_phone(fields), now)


def _typed(layout: SlipLayout, phone: str) -> dict[str, str]:
    found = {"phone": phone}
    for n, block in enumerate(layout.blocks or DEFAULT_SLIP.blocks):
        found |= {
            f"what_{n}": block.what,
            f"size_{n}": f"{block.size}{'t' * block.tall}",
            f"bold_{n}": "on" * block.bold,
            f"left_{n}": "on" * block.left,
            f"gap_{n}": "on" * block.gap,
            f"text_{n}": block.text,
        }
    return found


def _read(fields: Fields) -> tuple[SlipLayout, str]:
    """Return the layout and the telephone that are typed; the product's own layout is empty."""
    blocks: list[SlipBlock] = []
    while len(blocks) <= acts.MOST_BLOCKS and (what := fields.get(f"what_{len(blocks)}")):
        blocks.append(_block(fields, len(blocks), what))
    layout = SlipLayout(blocks=tuple(blocks))
    phone = fields.get("phone").strip()
    return (SlipLayout() if layout == DEFAULT_SLIP else layout), phone


def _block(fields: Fields, n: int, what: str) -> SlipBlock:
    size = fields.get(f"size_{n}", "1")
    times = size.removesuffix("t")
    plain = what in PLAIN
    return SlipBlock(
        what=what,
        size=int(times) if times.isascii() and times.isdigit() and len(times) < 3 else 1,
        tall=size.endswith("t") and not plain,
        bold=fields.has(f"bold_{n}") and not plain,
        left=fields.has(f"left_{n}") and not plain,
        gap=fields.has(f"gap_{n}") or what == "qr",
        text=fields.get(f"text_{n}").strip() if what in TEXTED else "",
    )


def _check(fields: Fields, layout: SlipLayout, phone: str) -> None:
    """Say at its field what could not be saved."""
    for place, problem in acts.slip_problems(layout):
        if place < 0:
            fields.fail("blocks", problem)
        elif layout.blocks[place].what in TEXTED:
            fields.fail(f"text_{place}", f"第 {place + 1} 项：{problem}")
        else:
            fields.fail(f"size_{place}", f"第 {place + 1} 项：{problem}")
    if problem := acts.phone_problem(phone):
        fields.fail("phone", problem)


def _moved(blocks: list[SlipBlock], do: str) -> tuple[list[SlipBlock], int, str]:
    """Return the blocks after one press, where to go on, and what was done in words."""
    what, _, arg = do.partition(":")
    at = int(arg) if arg.isascii() and arg.isdigit() and len(arg) < 3 else -1
    there = 0 <= at < len(blocks)
    name = SLIP_ZH.get(blocks[at].what, "这一项") if there else ""
    match what:
        case "up" | "down" if there:
            to = at - 1 if what == "up" else at + 1
            if not 0 <= to < len(blocks):
                return blocks, at, ""
            blocks[at], blocks[to] = blocks[to], blocks[at]
            return blocks, to, f"“{name}”移到第 {to + 1} 项"
        case "remove" if there and blocks[at].what not in SLIP_ALWAYS:
            del blocks[at]
            return blocks, min(at, len(blocks) - 1), f"“{name}”已去掉"
        case "add" if arg in SLIP_BLOCKS:
            return _added(blocks, arg)
        case "default":
            return list(DEFAULT_SLIP.blocks), 0, "已换成自带的样子，保存以后才算"
        case _:
            return blocks, -1, ""


def _added(blocks: list[SlipBlock], what: str) -> tuple[list[SlipBlock], int, str]:
    """Put a part at its usual place; own words and lines at the end."""
    if len(blocks) >= acts.MOST_BLOCKS:
        return blocks, -1, f"小票上最多 {acts.MOST_BLOCKS} 项，请先去掉一项"
    if what not in acts.SEVERAL and any(b.what == what for b in blocks):
        return blocks, -1, f"“{SLIP_ZH[what]}”已经在小票上了"
    usual = next((b for b in DEFAULT_SLIP.blocks if b.what == what), SlipBlock(what=what))
    order = SLIP_BLOCKS.index(what)
    later = (n for n, b in enumerate(blocks) if b.what in SLIP_BLOCKS[order + 1 : -2])
    at = len(blocks) if what in acts.SEVERAL else next(later, len(blocks))
    blocks.insert(at, usual)
    return blocks, at, f"“{SLIP_ZH[what]}”加在第 {at + 1} 项"


def _page(
    fields: Fields,
    *,
    stale: Stale | None = None,
    versions: dict[str, int] | None = None,
    at: int = -1,
    words: str = "",
) -> str:
    layout, phone = _read(fields)
    blocks = layout.blocks or DEFAULT_SLIP.blocks
    chosen = fields.get("sample")
    chosen = chosen if chosen in dict(SAMPLES) else SAMPLES[0][0]
    paper = 58 if fields.get("paper") == "58" else 80
    now = _versions(versions) if versions else {}
    drawing = _draw(blocks, phone, chosen=chosen, paper=paper)
    there = {b.what for b in blocks}
    return show(
        "slip.html",
        "slip",
        f=fields,
        stale=stale,
        expected=now.get("expected", fields.get("expected")),
        expected_phone=now.get("expected_phone", fields.get("expected_phone")),
        rows=[_row(n, b) for n, b in enumerate(blocks)],
        absent=[(w, SLIP_ZH[w]) for w in SLIP_BLOCKS if w in acts.SEVERAL or w not in there],
        full=len(blocks) >= acts.MOST_BLOCKS,
        own=layout != SlipLayout(),
        sizes=SIZES,
        samples=SAMPLES,
        chosen=chosen,
        papers=PAPERS,
        paper=paper,
        drawing=drawing,
        svg=Markup(drawing.svg),  # noqa: S704 - every text in it was escaped where it was drawn
        notes=_notes(drawing, there, phone, paper),
        long=drawing.size > LONG_BYTES,
        most_text=acts.LONGEST_TEXT,
        most_phone=acts.LONGEST_PHONE,
        at=at,
        words=words,
    )


def _row(place: int, block: SlipBlock) -> Row:
    return Row(
        place=place,
        what=block.what,
        name=SLIP_ZH.get(block.what, block.what[:20]),
        always=block.what in SLIP_ALWAYS,
        texted=TEXTED.get(block.what, ""),
        plain=block.what in PLAIN,
        materials=block.what == "materials",
    )


def _draw(blocks: Sequence[SlipBlock], phone: str, *, chosen: str, paper: int) -> SlipDrawing:
    """Draw a sample ticket: beside the server's loop, and one at a time in the whole server."""
    hall = services()
    ticket, materials = hall.read(lambda r: sample(r, chosen))
    bounded = [msgspec.structs.replace(b, size=min(max(b.size, 1), acts.LARGEST)) for b in blocks]

    def draw() -> SlipDrawing:
        return hall.slips.draw(
            ticket, bounded, paper_mm=paper, materials=materials, complaint_phone=phone
        )

    with _drawing:
        found: SlipDrawing = gevent.get_hub().threadpool.apply(draw)
    return found


def _notes(drawing: SlipDrawing, there: set[str], phone: str, paper: int) -> list[str]:
    """Return what the manager ought to know of this slip, in words."""
    notes: list[str] = []
    if drawing.size > LONG_BYTES and drawing.code_size > LONG_BYTES:
        notes.append(
            f"{paper} 毫米的通用打印机要把二维码一点一点画，光它就有 {drawing.code_size} 字节。"
            "嫌慢就把波特率调高，或去掉二维码。"
        )
    elif drawing.size > LONG_BYTES:
        notes.append(f"超过 {LONG_BYTES} 字节，慢的串口上要多等。去掉几项或写短一些，出票更快。")
    if drawing.drawn:
        notes.append(f"打印机没有这些字，按图画上去，字节要多得多：{'、'.join(drawing.drawn)}")
    if drawing.replaced:
        notes.append(f"打印机没有这些字，也画不出来，印成〓：{'、'.join(drawing.replaced)}")
    if drawing.dropped:
        notes.append(f"这些字打印机印不出来，会略去：{'、'.join(drawing.dropped)}")
    if "complaint" in there and not phone:
        notes.append("还没有填投诉电话，“投诉电话”这一项不会印。")
    if phone and "complaint" not in there:
        notes.append("填了投诉电话，但小票上还没有“投诉电话”这一项。")
    return notes
