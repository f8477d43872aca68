"""The disclosure region: items of the screen's zones, cut into faces that can be read at 5 m.

Each item shows its five disclosures 五公开 (内容 程序 材料 时限 收费), nothing left out: what does
not fit on one face at a readable size goes on the next one. Pure: no clock, no state.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from display.view import Fact, Slide
from server.kit.contract.views import (
    Catalogue,
    CatalogueItem,
    DisclosureView,
    Material,
)
from server.kit.contract.words import limit_words

CONTENT_CHARS, FEE_CHARS = 44, 20
"""Content and fee up to these share a face with the promise: three lines each at 34 px."""
STEPS_CHARS, MATERIALS_CHARS = 38, 46
"""Steps and materials up to these share a face."""
FACE_CHARS = 92
"""Characters of one fact that has a face to itself."""
LARGE_CHARS = 8
"""Texts up to this length are written large."""
NOTICE_CHARS = 38
"""Characters of a notice on one page: one line of a landscape screen, two of a portrait one."""
LABELS = {
    "content": "服务内容",
    "steps": "办事程序",
    "materials": "申报材料",
    "promised": "承诺时限",
    "fee": "收费标准",
}


WORDS = {"content": "内容", "steps": "程序", "materials": "材料", "promised": "时限", "fee": "收费"}
"""The five disclosures in a word each, in their order."""


def slides(catalogue: Catalogue, zones: Sequence[str]) -> tuple[Slide, ...]:
    """Return the faces of all items with a published disclosure, in the catalogue's order.

    Args:
        catalogue: the catalogue in force.
        zones: codes of the screen's zones; empty = all.
    """
    here = {q.code for q in catalogue.queues if not zones or q.zone in zones}
    departments = {d.code: d.name for d in catalogue.departments}
    faces: list[Slide] = []
    for item in catalogue.items:
        if item.disclosure is None or item.queue not in here:
            continue
        department = departments.get(item.department, "")
        faces += _faces(item, item.disclosure, department, qr=bool(catalogue.public_url))
    return tuple(faces)


def _faces(item: CatalogueItem, d: DisclosureView, department: str, *, qr: bool) -> Iterable[Slide]:
    groups: list[tuple[Fact, ...]] = []
    content, promised, fee = _content(d), _promised(d), _fee(d)
    if len(content.text) <= CONTENT_CHARS and len(fee.text) <= FEE_CHARS:
        groups.append((content, promised, fee))
    else:
        groups += [(content,), (promised, fee)]
    steps, materials = _steps(d), _materials(d.materials)
    if len(steps.text) <= STEPS_CHARS and len(materials[0].text) <= MATERIALS_CHARS:
        groups.append((steps, materials[0]))
    else:
        groups += [(steps,), *((m,) for m in materials)]
    revision = f"第 {d.revision} 版"
    if d.published_at:
        revision += f" · {d.published_at[:10]}"
    for n, facts in enumerate(groups):
        yield Slide(
            key=f"{item.code}/{d.revision}/{n}",
            item=item.code,
            name=item.name,
            department=department,
            facts=facts,
            kinds=tuple(f.kind for f in facts),
            revision=revision,
            qr=f"/qr/{item.code}.svg" if qr else "",
        )


def whole_facts(d: DisclosureView) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """Return the five disclosures, each whole in one fact, and what else belongs to the item."""
    names = tuple(m.name + (f"（{m.form}）" if m.form else "") for m in d.materials)
    materials = Fact(
        kind="materials",
        label=f"{LABELS['materials']} {len(names)} 份" if names else LABELS["materials"],
        text="" if names else "无需提交材料",
        parts=names,
        example=any(m.example for m in d.materials),
    )
    more = (
        ("result", "办理结果", d.result, ()),
        ("validity", "有效期限", d.validity, ()),
        ("not_needed", "不再需要的材料", "", d.not_needed),
        ("basis", "办理依据", "", d.legal_basis),
    )
    return (
        (_content(d), _steps(d), materials, _promised(d), _fee(d)),
        tuple(
            Fact(kind=kind, label=label, text=text, parts=tuple(parts))
            for kind, label, text, parts in more
            if text or parts
        ),
    )


def _content(d: DisclosureView) -> Fact:
    return Fact(kind="content", label=LABELS["content"], text=d.content)


def _steps(d: DisclosureView) -> Fact:
    return Fact(kind="steps", label=LABELS["steps"], text=" → ".join(d.steps), parts=tuple(d.steps))


def _materials(materials: Sequence[Material]) -> list[Fact]:
    """Return the materials in one fact, or in several when they are too long for one face."""
    count = f"{LABELS['materials']} {len(materials)} 份"
    pages: list[list[str]] = [[]]
    for n, material in enumerate(materials, start=1):
        words = material.name + (f"（{material.form}）" if material.form else "")
        entry = f"{_ringed(n)} {words}" if len(materials) > 1 else words
        if pages[-1] and sum(map(len, pages[-1])) + len(entry) > FACE_CHARS:
            pages.append([])
        pages[-1].append(entry)
    example = any(m.example for m in materials)
    facts: list[Fact] = []
    for page, entries in enumerate(pages, start=1):
        label = count if len(pages) == 1 else f"{count}（{page}/{len(pages)}）"
        text = "　".join(entries) or "无需提交材料"
        facts.append(
            Fact(kind="materials", label=label, text=text, parts=tuple(entries), example=example)
        )
    return facts


def _ringed(n: int) -> str:
    return chr(0x2460 + n - 1) if n <= 20 else f"{n}."


def _promised(d: DisclosureView) -> Fact:
    text = limit_words(d.promised)
    statutory = limit_words(d.statutory)
    note = "无法定时限" if d.statutory.unit == "none" else f"法定 {statutory}"
    return Fact(
        kind="promised",
        label=LABELS["promised"],
        text=text,
        note=note,
        example=d.promised.example,
        large=True,
    )


def _fee(d: DisclosureView) -> Fact:
    text = d.fee.text or ("收费" if d.fee.charged else "不收费")
    return Fact(
        kind="fee",
        label=LABELS["fee"],
        text=text,
        example=d.fee.example,
        large=len(text) <= LARGE_CHARS,
    )


def notice_pages(notices: Sequence[str], limit: int = NOTICE_CHARS) -> tuple[str, ...]:
    """Return *notices* as still pages of at most *limit* characters, cut where one breathes."""
    pages: list[str] = []
    for notice in notices:
        page = ""
        for clause in re.findall(r"[^，。；、！？,;!?]*[，。；、！？,;!?]*", notice.strip()):
            if page and len(page) + len(clause) > limit:
                pages.append(page)
                page = ""
            page += clause
            while len(page) > limit:
                pages.append(page[:limit])
                page = page[limit:]
        if page:
            pages.append(page)
    return tuple(pages)
