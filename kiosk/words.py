"""What the pages say of offers, lines, waits and times, in one language. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.content import Department, Line, Offer
from kiosk.language import Language, cells
from kiosk.manner import SOURCE
from kiosk.state import Refusal
from server.kit.contract.screens import ServiceHours
from server.kit.contract.views import Catalogue, Limit, TicketSlip
from server.kit.contract.words import wait_words

ENGLISH = "en"
_NUMBERED = re.compile(r"([0-9]+)号窗口")
_UNITS = {
    "分钟": "wait.minutes",
    "分钟以内": "wait.within_minutes",
    "分钟以上": "wait.over_minutes",
    "小时": "wait.hours",
    "小时以内": "wait.within_hours",
    "小时以上": "wait.over_hours",
}
"""Units of the contract's words -> key of the same in each language."""
_SENTENCES = re.compile(r"[^。；;]+[。；;]*")
_CLAUSES = re.compile(r"[^，,、]+[，,、]*")
LONG_SENTENCE, SHORT_PIECE = 40, 30
"""Signs above which a sentence is cut at its commas, and up to which pieces go together."""
BOUNDS = ("以内", "以上")
"""A bound is said without 约."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language for one citizen's pages."""

    language: Language

    def t(self, key: str, **values: object) -> str:
        """Return a fixed string."""
        return self.language.text(key, **values)

    @staticmethod
    def cells(text: str) -> int:
        """Return how wide *text* is."""
        return cells(text)

    # names

    def name(self, offer: Offer) -> str:
        """Return an offer's full name; Chinese where this language has none."""
        return self._own(offer) or offer.name

    def short(self, offer: Offer) -> str:
        """Return an offer's name for a tile."""
        return self._own(offer) or offer.short_name

    def _own(self, offer: Offer) -> str:
        if self.language.code == SOURCE:
            return ""
        named = self.language.items.get(offer.choice.item, "")
        return named or (offer.name_en if self.language.code == ENGLISH else "")

    def department(self, department: Department, full: bool = False) -> str:
        """Return a department's name, short for a button."""
        if self.language.code == ENGLISH and department.name_en:
            return department.name_en
        return department.name if full else department.short_name

    def department_of(self, offer: Offer) -> str:
        """Return the name of an offer's department."""
        english = self.language.code == ENGLISH and offer.department_en
        return offer.department_en if english else offer.department_name

    @staticmethod
    def parts(text: str) -> list[str]:
        """Return a published text in pieces that may stand on different pages, cut at its marks."""
        found: list[str] = []
        for sentence in _SENTENCES.findall(text):
            clauses = _CLAUSES.findall(sentence) if len(sentence) > LONG_SENTENCE else [sentence]
            for clause in clauses:
                if found and len(found[-1]) + len(clause) <= SHORT_PIECE:
                    found[-1] += clause
                else:
                    found.append(clause)
        return found

    def counter(self, name: str) -> str:
        """Return a counter's name: `3号窗口`, `Counter 3`; names that are no number stay."""
        numbered = _NUMBERED.fullmatch(name)
        return self.t("counter", n=numbered[1]) if numbered else name

    def counters(self, names: Sequence[str], most: int = 2) -> str:
        """Return the counters, at most so many by name."""
        shown = self.t("counters.between").join(self.counter(n) for n in names[:most])
        return self.t("counters.more", names=shown, n=len(names)) if len(names) > most else shown

    def tab(self, tab: str) -> str:
        """Return the name of one of the five disclosures."""
        return self.t(f"tab.{tab}")

    def hall(self, catalogue: Catalogue | None) -> str:
        """Return the centre's name."""
        if catalogue is None:
            return "政务服务中心"
        english = self.language.code == ENGLISH and catalogue.hall_name_en
        return catalogue.hall_name_en if english else catalogue.hall_name

    def slip_for(self, slip: TicketSlip, offer: Offer | None) -> str:
        """Return what a number was taken for."""
        key = "number.for_consult" if slip.consult_only else "number.for"
        department = self.department_of(offer) if offer else slip.department
        return self.t(
            key,
            department=department,
            name=self.name(offer) if offer else slip.item_name or slip.queue_name,
        )

    # waits

    def wait(self, low: int | None, high: int | None) -> tuple[str, str]:
        """Return a range of minutes as figure and unit; two empty texts when nothing is known."""
        figure, unit = wait_words(low, high)
        return figure, self.t(_UNITS[unit]) if unit in _UNITS else unit

    def wait_line(self, line: Line) -> str:
        """Return the likely wait for a tile: `约 20–35 分钟`, `5 分钟以内`, or nothing."""
        return self._range(line.low, line.high, rough=line.rough)

    def takes(self, line: Line) -> str:
        """Return the likely wait as a sentence."""
        figure, unit = self.wait(line.low, line.high)
        if not figure:
            return self.t("confirm.takes_unknown")
        key = "confirm.takes_rough" if line.rough else "confirm.takes"
        return self.t(key, range=f"{figure} {unit}")

    def _range(self, low: int | None, high: int | None, *, rough: bool) -> str:
        figure, unit = self.wait(low, high)
        if not figure:
            return ""
        said = f"{figure} {unit}"
        if rough:
            return self.t("wait.rough", range=said)
        bound = wait_words(low, high)[1].endswith(BOUNDS)
        return said if bound else self.t("wait.about", range=said)

    def why(self, line: Line) -> str:
        """Return why a line gives no numbers."""
        return "" if line.giving else self.t(f"stopped.{line.why}")

    def then(self, line: Line) -> str:
        """Return when it goes on, or what to do."""
        if line.resumes:
            return self.t("stopped.resumes", time=self._moment(line.resumes))
        return self.t(f"stopped_then.{line.why}")

    def pause(self, line: Line) -> str:
        """Return in one line why the whole hall gives no numbers, and what then."""
        return self.t("stopped.because", why=self.why(line), then=self.then(line))

    def paused(self, line: Line) -> str:
        """Return why no number is given, for a tile: `午休，14:30 恢复`."""
        if line.giving:
            return ""
        short = self.t(f"stopped_short.{line.why}")
        if not line.resumes:
            return short
        return self.t("stopped_short.resumes", why=short, time=self._moment(line.resumes))

    def _moment(self, resumes: str) -> str:
        day, _, clock = resumes.rpartition(" ")
        if not day:
            return clock
        if day == "+1":
            return self.t("moment.tomorrow", time=clock)
        local = datetime.fromisoformat(resumes)
        return self.t(
            "moment.day", date=self.date(local), weekday=self.weekday(local.weekday()), time=clock
        )

    # the rest

    def fault(self, code: str) -> str:
        """Return a fault of the printer in a citizen's words."""
        try:
            return self.t(f"fault.{code}")
        except KeyError:
            return self.t("fault.other")

    def fee(self, offer: Offer) -> str:
        """Return the fee for a tile."""
        if self.language.code == SOURCE or not offer.fee or offer.disclosure is None:
            return offer.fee
        return self.t("fee.charged" if offer.disclosure.fee.charged else "fee.free")

    def limit(self, limit: Limit) -> str:
        """Return a limit in words."""
        known = limit.unit in {"spot", "workday", "day", "month"}
        return self.t(f"limit.{limit.unit if known else 'none'}", n=limit.n)

    def refusal(self, refusal: Refusal) -> str:
        """Return why there is no number: the server's own words, in English its English ones."""
        own = self.language.strings.get(f"refusal.{refusal.code}")
        if own and self.language.code != SOURCE:
            return own
        english = self.language.code == ENGLISH and refusal.words_en
        return refusal.words_en if english else refusal.words

    def date(self, local: datetime) -> str:
        """Return a date without its year: `11月23日`."""
        return self.t("date", month=local.month, day=local.day)

    def weekday(self, weekday: int) -> str:
        """Return the name of a weekday, 0 = Monday."""
        return self.t("weekdays").split(" ")[weekday]

    def hours(self, hours: Iterable[ServiceHours]) -> list[str]:
        """Return the opening hours, days of equal hours together: `周一至周五 08:30–12:00、…`."""
        spans: dict[int, list[str]] = {}
        for span in sorted(hours, key=lambda h: (h.weekday, h.from_at)):
            spans.setdefault(span.weekday, []).append(f"{span.from_at}–{span.to_at}")
        lines: list[tuple[list[int], str]] = []
        for weekday, given in sorted(spans.items()):
            said = self.t("counters.between").join(given)
            if lines and lines[-1][1] == said and lines[-1][0][-1] == weekday - 1:
                lines[-1][0].append(weekday)
            else:
                lines.append(([weekday], said))
        return [self.t("hours.day", days=self._days(days), spans=said) for days, said in lines]

    def _days(self, days: Sequence[int]) -> str:
        if len(days) == 7:
            return self.t("hours.every")
        if len(days) == 1:
            return self.weekday(days[0])
        return self.t("hours.days", first=self.weekday(days[0]), last=self.weekday(days[-1]))
