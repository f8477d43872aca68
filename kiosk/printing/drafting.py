"""From what a printer said in each of its states to a draft profile, with sources.

Pure. A bit that is set in one state and clear when all is well means that state; one that is set
in several states means *offline*. What was not seen is taken from a profile that is near, and its
source says so: a draft never claims more than its capture.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from kiosk.printing.fitting import MAKER, MODEL, Evidence, is_status
from kiosk.printing.status import is_at_exit, meaning
from server.kit.serial.profiles import PrinterProfile, StatusBit
from server.kit.serial.profiles.printers import Status, Taken

FAULT_STATES = ("near_end", "paper_out", "cover_open", "cutter", "jam")
"""States of which a profile can tell, in the order in which they are read: paper that has ended is
nearly at its end as well."""
TAKEN_QUERIES = (1, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the printer answered while it was in one state."""

    step: str
    """`normal`, one of `FAULT_STATES`, `not_taken`, `taken`."""
    answers: Mapping[int, bytes]
    """n of `DLE EOT n` → the answer."""


def draft(
    states: Sequence[State], seen: Evidence, *, like: PrinterProfile, id_: str, day: str
) -> tuple[PrinterProfile, list[str]]:
    """Return a profile called *id_*, and what the states did not show, in words.

    Args:
        states: the first is `normal`.
        seen: what the printer answered to everything else.
        like: the profile that gives what was not seen.
        id_: the new id.
        day: date of the capture, for the sources.
    """
    by_step = {state.step: state for state in states}
    normal = by_step["normal"].answers
    queries = tuple(n for n in (1, 2, 3, 4, 5, 20) if is_status(n, normal.get(n, b"")))
    bits, silent = _bits(by_step, queries, like)
    tried = {bit.means for bit in bits}
    own = [bit for bit in like.status.bits if bit.means not in tried and bit.query in queries]
    own = [bit for bit in own if not any(_overlap(bit, seen_bit) for seen_bit in bits)]
    taken = _taken(by_step) or (like.status.taken if "not_taken" not in by_step else None)
    if taken is not None and taken.query not in queries:
        taken = None
    status = msgspec.structs.replace(
        like.status,
        kind="dle_eot",
        queries=queries,
        bits=(*bits, *own),
        asb=bool(seen.automatic) and 20 not in queries,
        taken=taken,
    )
    words = [f"“{STATES[step]}”时没有任何位变化：它不报告这个，或当时没有做到" for step in silent]
    words += [f"“{STATES[step]}”没有试" for step in FAULT_STATES if step not in by_step]
    capture = f"capture {day}"
    unseen = f"{capture}: not seen; taken from {like.id}"
    sources = dict.fromkeys(("link", "paper", "text", "qr", "cut", "recover"), unseen)
    sources |= {
        "link.baud": f"{capture}: the printer answered at this speed",
        "status": f"{capture}: the bits that changed from state to state",
        "status.answer_ms": unseen,
        "status.poll_ms": unseen,
        "confirm": unseen,
        "confirm.kind": f"{capture}: {_proof_words(seen)}",
        "identify": f"{capture}: GS I 66 and 67",
    }
    if own:
        inherited = ", ".join(sorted({bit.means for bit in own}))
        sources["status.bits"] = f"{capture}; {inherited} not seen, taken from {like.id}"
    if like.commands != "escpos":
        sources["commands"] = unseen
    link = msgspec.structs.replace(like.link, baud=seen.baud)
    confirm = msgspec.structs.replace(like.confirm, kind=_proof(seen, asb=status.asb, like=like))
    names = {n: seen.name(n) for n in (MODEL, MAKER)}
    identify = msgspec.structs.replace(
        like.identify,
        models=(names[MODEL],) if names[MODEL] else (),
        makers=(names[MAKER],) if names[MAKER] else (),
    )
    profile = msgspec.structs.replace(
        like,
        id=id_,
        name=f"{names[MAKER]} {names[MODEL]}".strip() or id_,
        verified="unverified",
        link=link,
        status=status,
        confirm=confirm,
        identify=identify,
        sources=sources,
    )
    return profile, words


STATES = {
    "normal": "正常",
    "near_end": "纸将尽",
    "paper_out": "缺纸",
    "cover_open": "开盖",
    "cutter": "切刀卡住",
    "jam": "卡纸",
    "not_taken": "小票没取走",
    "taken": "小票已取走",
    "recovered": "恢复正常",
}


def vector(
    states: Sequence[State], seen: Evidence, profile: PrinterProfile, *, day: str
) -> dict[str, Any]:
    """Return the captured answers with what they mean by *profile*, as a vector file holds them."""
    answers = [
        {
            "n": n,
            "bytes": data.hex().upper(),
            "state": state.step,
            "means": sorted(_meaning({n: data}, profile.status)),
        }
        for state in states
        for n, data in state.answers.items()
        if data
    ]
    more = {"GS r 1": seen.paper, "GS a 0E": seen.automatic, "ESC ACK SOH": seen.star}
    names = {f"GS I {n}": data for n, data in seen.names.items()}
    return {
        "about": f"What one printer answered in each of its states; draft profile {profile.id}.",
        "source": f"capture {day}, {profile.link.baud} baud",
        "dle_eot": answers,
        "answers": {ask: data.hex().upper() for ask, data in (more | names).items() if data},
    }


def in_mouth(answers: Mapping[int, bytes], status: Status) -> bool:
    """Return whether *answers* say by *status* that a slip stands in the mouth."""
    return is_at_exit(_numbers(answers), status.taken)


def toml_text(profile: PrinterProfile, *, day: str) -> str:
    """Return *profile* as the text of its file."""
    table = msgspec.to_builtins(profile)
    lines = [
        "#:schema ../schema.json",
        f"# 草稿：{day} 用 hall-kiosk printer learn 记录。没有试过的值照抄别的配置，见 [sources]。",
        "# 请对照自检页和手册逐项核对，再把 verified 改成实情。",
        "",
    ]
    tables = {}
    for key, value in table.items():
        if isinstance(value, dict):
            tables[key] = value
        elif not (key == "commands" and value == "escpos"):
            lines.append(f"{key} = {_value(value)}")
    for key, value in tables.items():
        shown = {k: v for k, v in value.items() if v is not None and not _is_default(key, k, v)}
        if shown:
            lines += ["", f"[{key}]", *(f"{_key(k)} = {_value(v)}" for k, v in shown.items())]
    return "\n".join(lines) + "\n"


def _bits(
    by_step: Mapping[str, State], queries: Sequence[int], like: PrinterProfile
) -> tuple[list[StatusBit], list[str]]:
    """Return the bits of each state, and the states that showed none.

    A bit that *like* calls offline stays so where its state has another bit of its own: with one
    kind of error tried, the bit of any error looks like that one's.
    """
    any_error, nearly = _masks(like, "offline"), _masks(like, "near_end")
    normal = by_step["normal"].answers
    steps = [step for step in FAULT_STATES if step in by_step]
    risen = {
        step: {
            (n, at): byte & ~was
            for n in queries
            for at, (byte, was) in enumerate(
                zip(by_step[step].answers.get(n, b""), normal[n], strict=False)
            )
        }
        for step in steps
    }
    own = {
        step: any(mask & ~any_error.get(place, 0) for place, mask in risen[step].items())
        for step in steps
    }
    places = sorted({place for found in risen.values() for place in found})
    found: list[StatusBit] = []
    shown: set[str] = set()
    for n, at in places:
        masks = {step: risen[step].get((n, at), 0) for step in steps}
        if "paper_out" in masks:
            # Paper that has ended is nearly at its end as well: those bits alone are no fault.
            masks["paper_out"] &= ~masks.get("near_end", nearly.get((n, at), 0))
        shared = 0
        for step, mask in masks.items():
            for other, others_mask in masks.items():
                shared |= mask & others_mask if step != other else 0
            if own[step]:
                shared |= mask & any_error.get((n, at), 0)
        for means, mask in (("offline", shared), *((s, m & ~shared) for s, m in masks.items())):
            if mask:
                shown.add(means)
                found.append(_bit(n, at, mask, means))
    return found, [step for step in steps if step not in shown]


def _masks(profile: PrinterProfile, means: str) -> dict[tuple[int, int], int]:
    """Return the bits that mean *means*, by query and byte."""
    found: dict[tuple[int, int], int] = {}
    for bit in profile.status.bits:
        if bit.means == means:
            place = bit.query, bit.byte
            found[place] = found.get(place, 0) | bit.mask
    return found


def _taken(by_step: Mapping[str, State]) -> Taken | None:
    """Return the bit that tells a slip in the mouth from one that was taken."""
    if "not_taken" not in by_step or "taken" not in by_step:
        return None
    there, gone = by_step["not_taken"].answers, by_step["taken"].answers
    for n, data in there.items():
        for at, (byte, after) in enumerate(zip(data, gone.get(n, b""), strict=False)):
            place = at if n == 20 else 0
            if rose := byte & ~after:
                return Taken(query=n, byte=place, mask=rose & -rose)
            if fell := after & ~byte:
                return Taken(query=n, byte=place, mask=fell & -fell, there_when="clear")
    return None


def _bit(n: int, at: int, mask: int, means: str) -> StatusBit:
    known: dict[str, Any] = {"means": means}
    return StatusBit(query=n, byte=at, mask=mask, **known)


def _overlap(one: StatusBit, other: StatusBit) -> bool:
    return (one.query, one.byte) == (other.query, other.byte) and bool(one.mask & other.mask)


def _proof(
    seen: Evidence, *, asb: bool, like: PrinterProfile
) -> Literal["process_id", "asb", "gs_r", "dle_eot"]:
    if seen.printed and like.confirm.kind == "process_id":
        return "process_id"
    if seen.paper:
        return "asb" if asb else "gs_r"
    return "dle_eot"


def _proof_words(seen: Evidence) -> str:
    if seen.printed:
        return "GS ( H was answered after printing"
    said = "answered" if seen.paper else "not answered"
    return f"GS r 1 was {said}; GS ( H was not tried"


def _numbers(answers: Mapping[int, bytes]) -> dict[int, int | bytes]:
    return {n: data if n == 20 else data[0] for n, data in answers.items() if data}


def _meaning(answers: Mapping[int, bytes], status: Status) -> frozenset[str]:
    found = meaning(_numbers(answers), status)
    return found | {"not_taken"} if in_mouth(answers, status) else found


def _is_default(table: str, key: str, value: Any) -> bool:
    return (table, key, value) in (
        ("paper", "roll_m", 50.0),
        ("status", "kind", "dle_eot"),
        ("status", "asb", False),
        ("cut", "retract_s", 0),
        ("text", "glyphs", 0),
        ("identify", "ask", "1D4943"),
    ) or (table == "identify" and not value)


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() else json.dumps(key)


def _value(value: Any) -> str:
    """Return *value* as TOML; what JSON writes for text and numbers, TOML reads."""
    if isinstance(value, dict):
        shown = {k: v for k, v in value.items() if v is not None and (k, v) != ("byte", 0)}
        return "{ " + ", ".join(f"{k} = {_mask(k, v)}" for k, v in shown.items()) + " }"
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], dict):
            return "[\n" + "".join(f"  {_value(item)},\n" for item in value) + "]"
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _mask(key: str, value: Any) -> str:
    return f"0x{value:02X}" if key == "mask" else _value(value)
