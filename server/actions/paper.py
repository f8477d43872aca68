"""What managers say about slips 小票: what stands on them, and the telephone for complaints."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from server.actions.settings import store_setting
from server.domain.people import Permission, Staff
from server.kit.contract.paper import SLIP_ALWAYS, SLIP_BLOCKS, SlipBlock, SlipLayout
from server.kit.contract.reasons import Refused
from server.kit.contract.views import Done
from server.kit.contract.words import SLIP_ZH
from server.store import settings
from server.store.work import Work

MOST_BLOCKS = 24
LONGEST_TEXT = 60
"""Characters of own words, or of the caption under a code."""
LARGEST = 8
"""Times the size of running text."""
LONGEST_PHONE = 40
SEVERAL = frozenset({"text", "rule"})
"""Parts that may stand on a slip more than once."""
_SEVERAL_DIGITS = re.compile(r"\d.*\d.*\d", re.DOTALL | re.ASCII)


def set_slip(w: Work, value: SlipLayout, *, staff: Staff, expected: int, reason: str = "") -> Done:
    """Change what stands on a slip; no blocks = the layout that ships with the product.

    Raises:
        Refused: `forbidden`, `stale`, `malformed` naming what is wrong.
    """
    staff.require(Permission.CONFIGURE)
    for _, problem in slip_problems(value):
        raise Refused("malformed", problem=problem)
    return store_setting(w, settings.SLIP, value, expected=expected, reason=reason)


def slip_problems(value: SlipLayout) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with a layout: the place of the block, -1 for the whole, and words."""
    if len(value.blocks) > MOST_BLOCKS:
        yield -1, f"小票上最多 {MOST_BLOCKS} 项，现在有 {len(value.blocks)} 项"
    seen: set[str] = set()
    for place, block in enumerate(value.blocks):
        if problem := _block_problem(block):
            yield place, problem
        elif block.what in seen and block.what not in SEVERAL:
            yield place, f"“{SLIP_ZH[block.what]}”在小票上只要一次"
        seen.add(block.what)
    there = {block.what for block in value.blocks}
    for what in SLIP_ALWAYS:
        if value.blocks and what not in there:
            yield -1, f"小票上不能没有“{SLIP_ZH[what]}”"


def _block_problem(block: SlipBlock) -> str:
    if block.what not in SLIP_BLOCKS:
        return f"小票上没有“{block.what[:20]}”这一项"
    name = SLIP_ZH[block.what]
    for wrong, problem in (
        (not 1 <= block.size <= LARGEST, f"“{name}”的大小是 1 到 {LARGEST} 倍"),
        (block.tall and block.size > LARGEST // 2, f"“{name}”加高时最多 {LARGEST // 2} 倍"),
        (
            len(block.text) > LONGEST_TEXT,
            f"“{name}”最多 {LONGEST_TEXT} 个字，现在有 {len(block.text)} 个",
        ),
        (not _printable(block.text), f"“{name}”里有不能打印的字符，请重新输入"),
        (
            block.what == "text" and not block.text.strip(),
            f"“{name}”还没有写，请写上或者去掉这一项",
        ),
    ):
        if wrong:
            return problem
    return ""


def set_complaint_phone(
    w: Work, phone: str, *, staff: Staff, expected: int, reason: str = ""
) -> Done:
    """Change the telephone for complaints 投诉电话 as it is printed; empty = none is named.

    Raises:
        Refused: `forbidden`, `stale`, `malformed` naming what is wrong.
    """
    staff.require(Permission.CONFIGURE)
    if problem := phone_problem(phone):
        raise Refused("malformed", problem=problem)
    return store_setting(w, settings.COMPLAINT_PHONE, phone, expected=expected, reason=reason)


def phone_problem(phone: str) -> str:
    """Return what is wrong with a telephone number, empty when it may stand on paper."""
    if len(phone) > LONGEST_PHONE:
        return f"投诉电话最多 {LONGEST_PHONE} 个字"
    if not _printable(phone):
        return "投诉电话里有不能打印的字符，请重新输入"
    if phone and not _SEVERAL_DIGITS.search(phone):
        return "投诉电话里没有号码"
    return ""


def _printable(text: str) -> bool:
    """Say that no character is a command, turns the line round or is nothing to be seen."""
    return not any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cn", "Cs"} for c in text)
