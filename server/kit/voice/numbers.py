"""How numbers are read aloud 读法, in Mandarin and in English. Pure: text in, text out.

What comes out holds no figures: hanzi, letters and punctuation only, so that a voice pack and the
fallback engine say the same.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

Digits = Literal["yao", "yi", "whole"]
"""How the digits of a ticket number are read: `yi` 一 one by one, `yao` one by one with 幺 for 1,
`whole` as one number 一百二十三. The contract's `ZoneVoice.digits`."""

DIGITS: Final = "零一二三四五六七八九"

_SMALL: Final = ("", "十", "百", "千")
_LARGE: Final = ("", "万", "亿")
_MEASURES: Final = "个次份位张种件页条项块间台点"
"""Measure words before which 2 is 两: 两个, 两份."""

_TWO: Final = re.compile(rf"(?<![\d.:/-])2(?=[{_MEASURES}]|小时|分钟|周|天|人)")
_PHONE: Final = re.compile(r"(?<!\d)(0\d{2,3})-(\d{7,8})(?!\d)")
_DATE: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年)")
_TIME: Final = re.compile(r"(?<!\d)([01]?\d|2[0-4]):([0-5]\d)(?!\d)")
_PERCENT: Final = re.compile(r"(\d+(?:\.\d+)?)%")
_RANGE: Final = re.compile(r"(?<=\d)\s*[-–—~～]\s*(?=\d)")
_TICKET: Final = re.compile(r"(?<![A-Za-z])([A-Z]{1,2})(\d{3,5})(?!\d)")
_DECIMAL: Final = re.compile(r"(\d+)\.(\d+)")
_FIGURES: Final = re.compile(r"\d+")
_COUNTER: Final = re.compile(r"[A-Za-z]{0,2}\d+")

_MARKS: Final = {
    "+": "加",
    "=": "等于",
    "×": "乘",
    "℃": "摄氏度",
    "￥": "",
    "¥": "",
    "&": "和",
    "№": "",
    "〇": "零",
    "○": "零",
}


def whole(value: int) -> str:
    """Return *value*, 0 and above, as one number: 0 零, 12 十二, 105 一百零五, 20010 二万零一十."""
    if value == 0:
        return DIGITS[0]
    if value >= 10**12:
        return one_by_one(str(value))
    words, gap = "", False
    for group in reversed(range(3)):
        part = value // 10 ** (4 * group) % 10**4
        if part == 0:
            gap = gap or bool(words)
            continue
        if words and (gap or part < 1000):
            words += DIGITS[0]
        words += _below_ten_thousand(part) + _LARGE[group]
        gap = False
    return words.removeprefix("一") if words.startswith("一十") else words


def _below_ten_thousand(value: int) -> str:
    words, gap = "", False
    for place in reversed(range(4)):
        digit = value // 10**place % 10
        if digit == 0:
            gap = gap or bool(words)
            continue
        words += (DIGITS[0] if gap else "") + DIGITS[digit] + _SMALL[place]
        gap = False
    return words


def one_by_one(figures: str, *, yao: bool = False) -> str:
    """Return each digit as a word: 023 零二三; with *yao*, 1 is 幺 as on the telephone."""
    words = "".join(DIGITS[int(f)] for f in figures)
    return words.replace("一", "幺") if yao else words


def letters(text: str) -> str:
    """Return letters one by one, each a word of its own: `AB` → `A B`."""
    return " ".join(text.upper())


def ticket_words(number: str, digits: Digits = "yi") -> str:
    """Return a ticket's number as it is called: `A023` → `A零二三`, yao `A零二三`, whole `A二十三`.

    A number of another form is read as ordinary text.
    """
    found = re.fullmatch(r"([A-Za-z]*)(\d+)", _plain(number).strip())
    if found is None:
        return spoken(number)
    figures = found[2]
    said = whole(int(figures)) if digits == "whole" else one_by_one(figures, yao=digits == "yao")
    return letters(found[1]) + said


def counter_words(name: str) -> str:
    """Return a counter's name as it is called: `3号窗口` → `三号窗口`, `12` → `十二号窗口`.

    The figures of a counter are always one number: people look for 十二, not for 一二.
    """
    plain = _plain(name).strip()
    if _COUNTER.fullmatch(plain):
        plain += "号窗口"
    return spoken(re.sub(r"([A-Za-z]+)(?=\d)", r"\1 ", plain))


def spoken(text: str) -> str:
    """Return any Chinese text with its figures as words: dates, times, ranges, telephone numbers.

    Long figures and those that begin with 0 are read one by one, all others as a number.
    """
    words = _plain(text)
    words = _PHONE.sub(
        lambda m: f"{one_by_one(m[1], yao=True)}，{one_by_one(m[2], yao=True)}", words
    )
    words = _DATE.sub(
        lambda m: f"{one_by_one(m[1])}年{whole(int(m[2]))}月{whole(int(m[3]))}日", words
    )
    words = _YEAR.sub(lambda m: one_by_one(m[1]), words)
    words = _RANGE.sub("到", words)
    words = _TIME.sub(_time_words, words)
    words = _TICKET.sub(lambda m: letters(m[1]) + one_by_one(m[2]), words)
    words = _PERCENT.sub(lambda m: "百分之" + m[1], words)
    words = _TWO.sub("两", words)
    words = _DECIMAL.sub(lambda m: f"{whole(int(m[1]))}点{one_by_one(m[2])}", words)
    words = _FIGURES.sub(_figure_words, words)
    return "".join(_MARKS.get(c, c) for c in words)


def _plain(text: str) -> str:
    """Return *text* with half-width letters and figures, its punctuation Chinese."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", plain)
    return re.sub(r"(?<!\d):|:(?!\d)", "：", plain)


def _time_words(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), found[2]
    said = ("两" if hour == 2 else whole(hour)) + "点"
    if minute == "00":
        return said
    return (
        said + (DIGITS[0] + DIGITS[int(minute)] if minute[0] == "0" else whole(int(minute))) + "分"
    )


def _figure_words(found: re.Match[str]) -> str:
    figures = found[0]
    if len(figures) >= 7 or (figures[0] == "0" and len(figures) > 1):
        return one_by_one(figures, yao=len(figures) >= 7)
    return whole(int(figures))


_UNDER_TWENTY: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = (
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip


def english_whole(value: int) -> str:
    """Return *value* in English words up to 99, digit by digit above: 5 five, 105 one zero five."""
    if value < 20:
        return _UNDER_TWENTY[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _TENS[tens] + (f" {_UNDER_TWENTY[ones]}" if ones else "")
    return " ".join(_UNDER_TWENTY[int(f)] for f in str(value))


def english_ticket(number: str) -> str:
    """Return a ticket's number in English, each sign on its own: `A023` → `A, zero, two, three`."""
    signs = [c for c in _plain(number).upper() if c.isascii() and c.isalnum()]
    return ", ".join(_UNDER_TWENTY[int(c)] if c.isdigit() else c for c in signs)


def english_counter(name: str) -> str:
    """Return where to go in English: `5号窗口` → `counter five`.

    A name without figures has no English: people are sent to the screen, which shows it.
    """
    found = re.search(r"([A-Za-z]{0,2})(\d+)", _plain(name))
    if found is None:
        return "the counter shown on the screen"
    letter = f"{letters(found[1])} " if found[1] else ""
    return f"counter {letter}{english_whole(int(found[2]))}"
