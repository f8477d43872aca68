"""What is said for a call 叫号, in each language of a zone. Pure: no clock, no state, no sound.

A call carries a number and a counter, nothing of the citizen; so nothing else can be spoken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from server.kit.voice.numbers import (
    DIGITS,
    Digits,
    counter_words,
    english_counter,
    english_ticket,
    ticket_words,
)

TEMPLATES: Final = {
    "zh": "请{number}号，到{counter}。",
    "en": "Ticket {number}, please go to {counter}.",
}
"""Word order of a call where no voice pack has its own; other languages follow the Chinese one."""

EMERGENCY_EN: Final = "Attention, please. Please follow the instructions of the staff."
"""Said in English after the Chinese text, which nobody translates in an emergency."""


class Language(Protocol):
    """One language of a zone, as the contract's `Spoken`."""

    @property
    def lang(self) -> str:
        """`zh`, `en`, or the language of a voice pack."""

    @property
    def pack(self) -> str:
        """Name of the voice pack; empty = the default of the language."""


class Rules(Protocol):
    """How a zone speaks, as the contract's `ZoneVoice`."""

    @property
    def digits(self) -> str:
        """`yao`, `yi` or `whole`."""

    @property
    def languages(self) -> Sequence[Language]:
        """Spoken one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What the voice may know of a call."""

    number: str
    """`A023`."""
    counter: str
    """The counter's name: `5号窗口`, `综合窗口`; figures alone mean a numbered counter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence for `server.kit.voice.render.Voice.say`."""

    lang: str
    pack: str
    text: str


def sentences(
    call: Call, rules: Rules, templates: Mapping[str, str] | None = None
) -> tuple[Sentence, ...]:
    """Return what is said for *call*, one sentence for each language, in the zone's order.

    Args:
        call: number and counter.
        rules: how the zone speaks.
        templates: pack name → its word order (`Voice.templates()`).
    """
    return tuple(
        Sentence(
            lang=each.lang,
            pack=each.pack,
            text=_filled(call, rules.digits, each.lang, (templates or {}).get(each.pack, "")),
        )
        for each in rules.languages
    )


def emergency_sentences(text: str, rules: Rules) -> tuple[Sentence, ...]:
    """Return what is said in an emergency: the manager's words, then a fixed one in English.

    Recorded packs of other languages have no clips for it and are left out; Mandarin is always
    said, also where the zone's calls are not.
    """
    chinese = next((each.pack for each in rules.languages if each.lang == "zh"), "")
    said = [Sentence(lang="zh", pack=chinese, text=text)]
    if any(each.lang == "en" for each in rules.languages):
        said.append(Sentence(lang="en", pack="", text=EMERGENCY_EN))
    return tuple(said)


def _filled(call: Call, digits: str, lang: str, template: str) -> str:
    words = template or TEMPLATES.get(lang, TEMPLATES["zh"])
    if lang == "en":
        number, counter = english_ticket(call.number), english_counter(call.counter)
    else:
        number, counter = ticket_words(call.number, _digits(digits)), counter_words(call.counter)
    return words.replace("{number}", number).replace("{counter}", counter)


def _digits(rule: str) -> Digits:
    match rule:
        case "yi" | "yao" | "whole":
            return rule
    return "yao"


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One recording of a record list: its file's name without `.wav`, and what is spoken."""

    name: str
    words: str


def recordings(
    letters: Iterable[str], counters: Iterable[str], *, digits: str = "yao", template: str = ""
) -> tuple[Take, ...]:
    """Return what a speaker records for a voice pack of this hall, each thing once.

    Args:
        letters: first letters of the hall's ticket numbers.
        counters: the counters' names.
        digits: how digits are read; `whole` also needs 十 百 千.
        template: word order; empty = the Chinese one.
    """
    words = template or TEMPLATES["zh"]
    fixed = [w for w in re.split(r"\{number\}|\{counter\}|[，。、\s]", words) if w]
    figures = list(DIGITS)
    if digits == "yao":
        figures.insert(2, "幺")
    if digits == "whole":
        figures += ["十", "百", "千"]
    takes = [Take(name=w, words=w) for w in fixed]
    takes += [Take(name=f, words=f) for f in figures]
    takes += [Take(name=letter.upper(), words=letter.upper()) for letter in letters]
    for counter in counters:
        name = f"{counter}号窗口" if counter.isdigit() else counter
        takes.append(Take(name=name, words=counter_words(counter)))
    return tuple(dict.fromkeys(takes))


def samples_of(
    letters: Sequence[str], counters: Sequence[str], *, digits: str = "yao", template: str = ""
) -> tuple[str, ...]:
    """Return sentences that together hold every word a call in this hall can need."""
    figures = ("012", "345", "678", "909", "1000") if digits == "whole" else ("0123456789",)
    numbers = [f"{(letters or [''])[0]}{f}" for f in figures]
    numbers += [f"{letter}{figures[0]}" for letter in letters[1:]]
    calls = [Call(number=n, counter=(counters or ["1"])[0]) for n in numbers]
    calls += [Call(number=numbers[0], counter=counter) for counter in counters[1:]]
    return tuple(_filled(call, digits, "zh", template) for call in calls)
