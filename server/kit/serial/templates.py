"""Bytes from a frame profile, and what a device answers by it. Pure: no port, no clock.

params, text, before = filled(profile, profile.shows["call"], words, site_params)
data = encode(profile, params, text, before=before).data
said = Answers(profile).feed(received)      # Ok, Nak, Event

frame = pre | head | escape( body | check sum ) | post
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Literal

from server.kit.serial.answers import Answer, Answers, Event, Nak, Ok, check_sum
from server.kit.serial.profiles.frames import Coding, Field, FrameProfile, Show

__all__ = ["Answer", "Answers", "Encoded", "Event", "Nak", "Ok", "cells", "encode", "filled"]

MISSING = {"ascii": b"?", "digits": b" "}
"""What stands for a character that the device cannot show; `〓` where it knows hanzi."""
_SAME = {"•": "·", "〜": "～", "\N{MIDDLE DOT}": "·", "\N{NO-BREAK SPACE}": " "}
_NUMBERS = ("u8", "u16le", "u16be", "u32le")


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A frame ready to be sent."""

    data: bytes
    replaced: tuple[str, ...] = ()
    """Characters of the text that the device cannot show, each once, in their order."""
    cut: bool = False
    """True when not all of the text or of a number fits."""


def cells(text: str) -> int:
    """Return the width of *text* in cells, two for every character of two bytes."""
    return sum(1 if ch.isascii() else 2 for ch in text)


def filled(
    profile: FrameProfile,
    show: Show,
    words: Mapping[str, str],
    params: Mapping[str, int | str] | None = None,
) -> tuple[dict[str, int | str], str, bytes]:
    """Return parameters, text and command bytes for *show* with *words* filled in.

    Args:
        profile: whose show it is.
        show: what is shown.
        words: by the names of `profiles.frames.WORDS`; a word that is not given is empty.
        params: values of the site; they go before the profile's, the show's go before them.
    """
    site = dict(params or {})
    text = _filled(show.text, words)
    values = {**{n: p.default for n, p in profile.params.items()}, **site}
    wanted = dict(show.params)
    columns = _columns(profile.text, values)
    if columns and cells(text) > columns:
        wanted |= show.wide
    for name, value in wanted.items():
        chosen = _filled(value, words) if isinstance(value, str) else value
        if isinstance(profile.params[name].default, int) and isinstance(chosen, str):
            found = re.sub(r"\D", "", chosen)
            values[name] = int(found) if found else profile.params[name].default
        else:
            values[name] = chosen
    return values, text, bytes.fromhex(show.before or "")


def _filled(text: str, words: Mapping[str, str]) -> str:
    parts = Formatter().parse(text)
    return "".join(
        literal + (words.get(name, "") if name is not None else "") for literal, name, _, _ in parts
    )


def _columns(coding: Coding, values: Mapping[str, int | str]) -> int:
    own = values.get(coding.columns_by or "columns")
    if isinstance(own, int):
        return own // (coding.columns_per if coding.columns_by else 1)
    return coding.columns


def encode(
    profile: FrameProfile,
    params: Mapping[str, int | str],
    text: str = "",
    *,
    before: bytes = b"",
) -> Encoded:
    """Return the frame of *profile* with *params* and *text*.

    A parameter that is not given has its default. Numbers that do not fit keep their last digits
    and control characters in *text* become blanks: no text can end a frame or begin a command.

    Args:
        profile: the device.
        params: parameters by name.
        text: what is shown.
        before: command bytes in front of the text, see `Show.before`.
    """
    shown, replaced, cut = _text(profile.text, text)
    frame = _Frame(profile, params, before + shown if profile.text.encoding != "none" else b"")
    body = frame.bytes_of(profile.body)
    over = frame.group(profile.check.over) if profile.check.over else body
    raw = body + check_sum(profile.check, over)
    escape = {int(k, 16): bytes.fromhex(v) for k, v in profile.frame.escape.items()}
    inner = b"".join(escape.get(b, bytes([b])) for b in raw) if escape else raw
    data = (
        bytes.fromhex(profile.frame.pre or "")
        + frame.bytes_of(profile.frame.head)
        + inner
        + bytes.fromhex(profile.frame.post or "")
    )
    return Encoded(data=data, replaced=replaced, cut=cut or frame.cut)


class _Frame:
    """One frame in the making."""

    def __init__(self, profile: FrameProfile, params: Mapping[str, int | str], text: bytes) -> None:
        self.cut = False
        self._profile = profile
        self._params = params
        self._text = text
        self._groups = {f.group: f.fields for f in _groups((*profile.body, *profile.frame.head))}

    def bytes_of(self, fields: tuple[Field, ...]) -> bytes:
        return b"".join(self._field(f) for f in fields)

    def group(self, name: str) -> bytes:
        return self._text if name == "text" else self.bytes_of(self._groups[name])

    def _field(self, field: Field) -> bytes:
        if field.hex is not None:
            return bytes.fromhex(field.hex)
        if field.ascii is not None:
            return field.ascii.encode("ascii")
        if field.param is not None:
            return str(self._value(field.param)).encode("ascii", "replace")
        if field.bytes is not None:
            return self._text
        if field.group is not None:
            return self.bytes_of(field.fields)
        if field.len is not None:
            return _number(len(self.group(field.len)) // field.div + field.plus, field.as_)
        if field.digits is not None:
            number = str(self._number(field.digits))[-field.width :]
            return number.rjust(field.width, field.pad).encode("ascii")
        kind = next(k for k in _NUMBERS if getattr(field, k) is not None)
        value = getattr(field, kind)
        return _number(self._number(value) if isinstance(value, str) else value, kind)

    def _value(self, name: str) -> int | str:
        return self._params.get(name, self._profile.params[name].default)

    def _number(self, name: str) -> int:
        param, value = self._profile.params[name], int(self._value(name))
        if param.high is not None and value > param.high and value != param.broadcast:
            self.cut = True
            digits = len(str(param.high))
            value = int(str(value)[-digits:])
            while value > param.high:
                value = int(str(value)[1:] or "0")
        return max(value, 0 if param.low is None else param.low)


def _groups(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        if field.group is not None:
            yield field
        yield from _groups(field.fields)


def _number(value: int, kind: str) -> bytes:
    size = {"u8": 1, "u16le": 2, "u16be": 2, "u32le": 4}[kind]
    order: Literal["big", "little"] = "big" if kind.endswith("be") else "little"
    return (value & (1 << 8 * size) - 1).to_bytes(size, order)


def _text(coding: Coding, text: str) -> tuple[bytes, tuple[str, ...], bool]:
    """Return *text* in bytes, the characters that could not be, and whether it was cut."""
    if coding.encoding == "none":
        return b"", (), False
    most = min((n for n in (coding.max_bytes, coding.pad_to) if n), default=0)
    out, replaced, cut = b"", list[str](), False
    for ch in _plain(text, narrow=coding.encoding in MISSING):
        for one in coding.replace.get(ch, ch):
            code = _code(one, coding.encoding)
            if code is None:
                replaced.append(one)
                code = MISSING.get(coding.encoding, "〓".encode("gb2312"))
            if most and len(out) + len(code) > most:
                cut = True
                break
            out += code
        if cut:
            break
    return out.ljust(coding.pad_to), tuple(dict.fromkeys(replaced)), cut


def _plain(text: str, *, narrow: bool) -> str:
    """Return *text* composed, without what has no width; control characters become blanks."""
    text = unicodedata.normalize("NFKC" if narrow else "NFC", text)
    kept = (_SAME.get(ch, ch) for ch in text if unicodedata.category(ch) not in {"Cf", "Mn"})
    return "".join(" " if unicodedata.category(ch) in {"Cc", "Zl", "Zp"} else ch for ch in kept)


def _code(ch: str, encoding: str) -> bytes | None:
    """Return the bytes of *ch*, or None where *encoding* has none."""
    if encoding == "digits":
        return ch.encode() if ch in "0123456789 " else None
    # Python's gb2312 writes A1A4 and A1AA for other characters than GBK does: it is asked only
    # which codes exist.
    try:
        code = ch.encode("gbk" if encoding == "gb2312" else encoding)
        if encoding == "gb2312":
            code.decode("gb2312")
    except UnicodeError:
        return None
    return code
