"""What stands on a slip 小票, line by line: from a ticket to operations, for any width of paper.

Pure: it knows the contract and the standard library, no printer and no bytes. Widths are cells: an
ASCII character of font A is one cell wide, everything else two, including `—`, `·` and `①` (every
two-byte code of GB18030 is printed as a full-width glyph).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from server.kit.contract.paper import DEFAULT_SLIP, SlipBlock
from server.kit.contract.views import Catalogue, Material, TicketSlip
from server.kit.contract.words import about, wait_words

REPLACEMENT = "〓"
"""Stands where a printer has no glyph: the Chinese printers' own mark for a missing character."""
RULE = "─"
"""What a rule is made of: U+2500, A9A4 in GB2312, two cells wide."""
MAX_SIZE = 4
"""A number that nobody gave a size is four times as wide and high as the text, or as fits."""
LARGEST = 8
"""Times as wide or high as font A that a printer can print (`GS !`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed line that fits the paper; sizes are multiples of font A, 1 to 8."""

    text: str
    width: int = 1
    height: int = 1
    left: bool = False
    """True for running text, which begins at the left edge; everything else is centred."""
    bold: bool = False
    """Printed twice as dark, where the printer can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Blank lines: large letters would touch, and a QR code is read only with white around it."""

    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCode:
    """A QR code 二维码 that holds *data*."""

    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A line across the whole paper; a row of `RULE` where the printer draws only characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The end of the slip: the paper is parted."""


Op = Line | Gap | QrCode | Rule | Cut


def hall_layout(slip: TicketSlip, columns: int, catalogue: Catalogue | None) -> tuple[Op, ...]:
    """Return what is printed for *slip* as the hall of *catalogue* wants its slips.

    Without a catalogue it is the layout that ships with the product.
    """
    if catalogue is None:
        return layout(slip, columns)
    disclosure = next((i.disclosure for i in catalogue.items if i.code == slip.item), None)
    return layout(
        slip,
        columns,
        catalogue.slip.blocks,
        materials=disclosure.materials if disclosure else (),
        complaint_phone=catalogue.complaint_phone,
    )


def layout(
    slip: TicketSlip,
    columns: int,
    blocks: Sequence[SlipBlock] = (),
    *,
    materials: Sequence[Material] = (),
    complaint_phone: str = "",
) -> tuple[Op, ...]:
    """Return what is printed for *slip* on paper of *columns* cells, block by block.

    Nothing is ever cut off: a text that does not fit large is printed smaller, and one that does
    not fit at all is wrapped. What is empty for this ticket is left out, and its blank line goes to
    what comes next. A layout without the number, the mark of a reprint or the time of issue gets
    them; a block that this version does not know is passed over.

    Args:
        slip: the ticket.
        columns: cells of the paper.
        blocks: what stands on slips, from top to bottom; none = `DEFAULT_SLIP`.
        materials: what the applicant of the slip's item has to bring.
        complaint_phone: the hall's telephone for complaints, empty when there is none.
    """
    asked = _whole(blocks or DEFAULT_SLIP.blocks)
    texts = _texts(slip, complaint_phone, queue_named=any(b.what == "queue" for b in asked))
    ops: list[Op] = []
    gap = False
    for block in asked:
        # A code is read only with white around it.
        gap = gap or block.gap or block.what == "qr"
        found = _block(block, slip, columns, texts, materials)
        if found:
            ops += [Gap(lines=1)] * gap + found
            gap = False
    return (*ops, Cut())


def _whole(blocks: Sequence[SlipBlock]) -> list[SlipBlock]:
    """Return *blocks* with what no slip may be without."""
    there = {b.what for b in blocks}
    found = list(blocks)
    if "number" not in there:
        found.insert(0, SlipBlock(what="number", size=MAX_SIZE))
    if "reprint" not in there:
        at = next(n for n, b in enumerate(found) if b.what == "number")
        found.insert(at, SlipBlock(what="reprint", tall=True, gap=True))
    if "issued" not in there:
        found.append(SlipBlock(what="issued"))
    return found


def _texts(slip: TicketSlip, phone: str, *, queue_named: bool) -> dict[str, str]:
    """Return what each block that is one text says for *slip*, empty = nothing."""
    return {
        "hall_name": slip.hall_name,
        "department": slip.department,
        "queue": slip.queue_name,
        "item": slip.item_name or ("" if queue_named else slip.queue_name),
        "number": slip.number,
        "reprint": f"补打 {slip.reprint}（与原票同号）" if slip.reprint else "",
        "ahead": ahead_line(slip),
        "counters": counters_line(slip.counters) if slip.counters else "",
        "consult_only": "本号仅供咨询，不受理办件" if slip.consult_only else "",
        "priority": f"优先：{slip.priority}" if slip.priority else "",
        "promise": slip.promise,
        "no_show_rule": slip.no_show_rule,
        "issued": slip.issued_local,
        "complaint": f"投诉电话 {phone}" if phone else "",
    }


def _block(
    block: SlipBlock,
    slip: TicketSlip,
    columns: int,
    texts: Mapping[str, str],
    materials: Sequence[Material],
) -> list[Op]:
    """Return what is printed for one block; nothing where it is empty or unknown."""
    match block.what:
        case "rule":
            return [Rule()]
        case "qr":
            code: list[Op] = [QrCode(data=slip.url)]
            code += _styled(block.text, block, columns) or [Gap(lines=1)]
            return code if slip.url else []
        case "materials":
            return [*_materials(materials, block, columns)] if materials else []
        case "text":
            return [*_styled(block.text, block, columns)]
        case _:
            return [*_styled(texts.get(block.what, ""), block, columns)]


def _sizes(block: SlipBlock) -> list[tuple[int, int]]:
    """Return the sizes (width, height) in which a block may be printed, the wanted one first."""
    wanted = min(max(block.size, 1), LARGEST)
    large = [(n, min(2 * n, LARGEST) if block.tall else n) for n in range(wanted, 1, -1)]
    return [*large, (1, 2) if block.tall or large else (1, 1)]


def _styled(text: str, block: SlipBlock, columns: int) -> list[Line]:
    lines = _as_large_as_fits(text, columns, _sizes(block))
    return [replace(line, left=block.left, bold=block.bold) for line in lines]


def _materials(materials: Sequence[Material], block: SlipBlock, columns: int) -> Iterator[Line]:
    """Yield a title and the materials, each with its number, running on under its first word."""
    width, height = _sizes(block)[-1]
    yield Line(text="请带：", width=width, height=height, left=True, bold=block.bold)
    for number, material in enumerate(materials, 1):
        head = f"{number}. "
        text = material.name + (f"（{material.form}）" if material.form else "")
        for n, part in enumerate(wrap(text, columns - len(head))):
            start = " " * len(head) if n else head
            yield Line(text=start + part, width=width, height=height, left=True, bold=block.bold)


def ahead_line(slip: TicketSlip) -> str:
    """Return how many wait before this ticket and how long that may take, when it is known."""
    if slip.ahead <= 0:
        return "前面没有人，请留意叫号"
    people = f"前面 {slip.ahead} 人"
    figure, unit = wait_words(slip.low_min, slip.high_min)
    if not figure:
        return people
    # A plain hyphen: one byte and one cell where the dash takes two of each.
    said = f"{figure.replace('–', '-')} {unit}"
    return f"{people}，粗略 {said}" if slip.rough else f"{people}，{about(unit)}{said}"


def counters_line(names: Sequence[str]) -> str:
    """Return where the ticket will be called: `请到 3、5号窗口`."""
    numbered = [re.fullmatch(r"([0-9]+)号窗口", name) for name in names]
    if all(numbered):
        return f"请到 {'、'.join(match[1] for match in numbered if match)}号窗口"
    return f"请到 {'、'.join(names)}"


def normalise(text: str) -> str:
    """Return *text* with every character that a Chinese printer spells otherwise respelled.

    Without it `¥`, `•` or a no-break space would become four-byte GB18030 codes, which GBK firmware
    prints as rubbish. Control characters go, so that no text can give the printer a command; so do
    invisible characters and those pictures (emoji) that no printer has. Doing it twice changes
    nothing.
    """
    respelled = unicodedata.normalize("NFC", text).translate(_RESPELLED)
    printable = "".join(ch for ch in respelled if not _is_unprintable(ch))
    return unicodedata.normalize("NFC", printable)  # what was apart may now stand together


def cells(text: str) -> int:
    """Return how many cells the normalised *text* takes at single width."""
    return sum(1 if ch.isascii() else 2 for ch in text)


def wrap(text: str, columns: int) -> list[str]:
    """Return *text* in lines of at most *columns* cells, as few and as even as can be.

    Words and numbers of ASCII stay whole while they fit, closing marks never begin a line, opening
    marks never end one. Only blanks at the breaks are lost.

    Raises:
        ValueError: *columns* is too narrow for one hanzi.
    """
    if columns < 2:
        raise ValueError("a line holds at least one hanzi")
    pieces = list(_pieces(normalise(text), columns))
    lines = _filled(pieces, columns)
    if len(lines) < 2:
        return lines
    # As few lines, but even ones: the narrowest width that needs no more of them.
    low, high = 2, columns
    while low < high:
        middle = (low + high) // 2
        tried = _filled(pieces, middle)
        fits = len(tried) <= len(lines) and max(map(cells, tried)) <= middle
        low, high = (low, middle) if fits else (middle + 1, high)
    return _filled(pieces, low)


_RESPELLED = str.maketrans(
    {
        "\t": " ",
        "\n": " ",
        "\r": " ",
        "\u00a0": " ",  # no-break space
        "\u2002": " ",
        "\u2003": " ",
        "\u2009": " ",
        "\u202f": " ",
        "¥": "￥",
        "•": "·",
        "‧": "·",
        "・": "·",
        "〜": "～",
        "²": "2",
        "³": "3",
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "–": "-",
        "−": "-",
    }
)
_CLOSING = frozenset("，。、；：？！）》」』】〕”’％℃…—·,.;:?!)]}%")
_OPENING = frozenset("（《「『【〔“‘￥([{")
_WORD = re.compile(r"[!-~]+|.", re.DOTALL)


def _is_unprintable(ch: str) -> bool:
    category = unicodedata.category(ch)
    if category in {"Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp"}:
        return True
    return category in {"So", "Sk"} and len(ch.encode("gb18030")) == 4


def _pieces(text: str, columns: int) -> Iterator[str]:
    """Yield the pieces between which a line may end, blanks as pieces of their own."""
    piece = ""
    for match in _WORD.finditer(text):
        token = match[0]
        glued = piece and (token[0] in _CLOSING or piece[-1] in _OPENING)
        if glued and " " not in (piece[-1], token[0]) and cells(piece + token) <= columns:
            piece += token
            continue
        if piece:
            yield from _split(piece, columns)
        piece = token
    if piece:
        yield from _split(piece, columns)


def _split(piece: str, columns: int) -> Iterator[str]:
    start = 0
    for end in range(1, len(piece) + 1):
        if cells(piece[start:end]) > columns:
            yield piece[start : end - 1]
            start = end - 1
    yield piece[start:]


def _filled(pieces: Sequence[str], columns: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for piece in pieces:
        if line and cells((line + piece).rstrip(" ")) > columns:
            lines.append(line.rstrip(" "))
            line = ""
        if line or piece != " ":
            line += piece
    if line.rstrip(" "):
        lines.append(line.rstrip(" "))
    return lines


def _as_large_as_fits(text: str, columns: int, sizes: Sequence[tuple[int, int]]) -> list[Line]:
    """Return *text* on one line in the first of *sizes* (width, height) that fits, else wrapped."""
    wanted = normalise(text).strip()
    for width, height in sizes:
        if cells(wanted) * width <= columns:
            return [Line(text=wanted, width=width, height=height)] if wanted else []
    width, height = sizes[-1]
    lines = wrap(wanted, columns // width)
    return [Line(text=line, width=width, height=height) for line in lines]
