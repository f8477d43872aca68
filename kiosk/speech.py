"""What is read aloud of each page 读给我听: one text a step, in the language of the page. Pure.

Nothing that a citizen typed is ever spoken: others stand near.
"""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.content import Hall, Line, Offer
from kiosk.state import CardStep, Journey, Paper, Screen, Tab
from kiosk.words import Words
from server.kit.contract.views import DisclosureView

LONGEST = 380
"""Signs of a step; longer texts are cut at a sentence: nobody stands and listens for minutes."""
_ENDS = "。！？.!?"


def said(journey: Journey, hall: Hall, words: Words) -> str:
    """Return what is read aloud of the page; empty where there is nothing to say."""
    if hall.board is not None and hall.board.emergency:
        return hall.board.emergency
    if journey.asking:
        return words.t("say.asking")
    return cut("".join(_joined(words, _parts(journey, hall, words))))


def step_of(journey: Journey) -> str:
    """Return what is the same while nothing new is to be read, though counts may change."""
    parts = (
        journey.serial,
        journey.asking,
        journey.manner.language,
        journey.tab,
        journey.card,
        journey.paper if journey.paper is not Paper.PRINTED else Paper.PRINTING,
        bool(journey.query),
        bool(journey.vain) and journey.vain == journey.query,
    )
    return "-".join(str(part) for part in parts)


def cut(text: str) -> str:
    """Return *text*, or as many of its sentences as are not too long."""
    if len(text) <= LONGEST:
        return text
    end = max(text.rfind(mark, 0, LONGEST) for mark in _ENDS)
    return text[: end + 1] if end > 0 else text[:LONGEST]


def _joined(words: Words, parts: Sequence[str]) -> Sequence[str]:
    """A range is spoken, and sentences of letters need a blank between them."""
    to = words.t("say.to")
    spaced = to.isascii()
    return [
        (p.replace("–", f" {to} " if spaced else to) + (" " if spaced else "")) for p in parts if p
    ]


def _parts(journey: Journey, hall: Hall, words: Words) -> Sequence[str]:
    t = words.t
    offer = hall.content.offer(journey.choice) if journey.choice else None
    match journey.screen:
        case Screen.HOME:
            pause = hall.pause
            stopped = [_stop(words.pause(pause), words)] if pause else []
            return [*stopped, t("say.home", find=t("home.departments"))]
        case Screen.ATTRACT:
            return [t("say.attract")]
        case Screen.DEPARTMENTS:
            return [t("say.departments")]
        case Screen.DEPARTMENT:
            found = hall.content.department(journey.department)
            if found is None:
                return []
            key = "say.guide" if journey.guiding else "say.department"
            return [t(key, name=words.department(found, full=True), n=len(found.offers))]
        case Screen.SEARCH:
            return [_search(journey, hall, words)]
        case Screen.CONSULT:
            return [t("say.consult") if hall.content.consulting else t("consult.none")]
        case Screen.APPOINTMENT:
            appointments = hall.content.catalogue.appointments
            return [t("appointment.at_desk" if appointments else "appointment.none")]
        case Screen.ITEM | Screen.CONFIRM if offer:
            line = hall.line(offer.queue)
            confirm = journey.screen is Screen.CONFIRM
            return (_confirm if confirm else _item)(journey, offer, line, words)
        case Screen.CARD:
            return _card(journey, hall, words)
        case Screen.TAKING:
            return [t("taking.title")]
        case Screen.REFUSED if journey.refusal and journey.refusal.number:
            return [_stop(words.refusal(journey.refusal), words), t("held.wait"), t("held.card")]
        case Screen.REFUSED if journey.refusal:
            return [_stop(t("refused.title"), words), words.refusal(journey.refusal)]
        case Screen.NUMBER if journey.slip:
            return _number(journey, words)
    return []


def _stop(text: str, words: Words) -> str:
    """*text* as a sentence."""
    if not text or text[-1] in _ENDS:
        return text
    return text + (". " if words.t("say.to").isascii() else "。")


def _search(journey: Journey, hall: Hall, words: Words) -> str:
    if not journey.query:
        return words.t("say.search")
    found = len(hall.content.search(journey.query))
    return words.t("say.found", n=found) if found else words.t("say.nothing")


def _waits(line: Line, words: Words) -> list[str]:
    t = words.t
    if not line.giving:
        return [_stop(words.pause(line), words)]
    if line.people is None:
        return []
    if line.people == 0:
        return [t("say.nobody")]
    figure, unit = words.wait(line.low, line.high)
    key = "say.takes_rough" if line.rough else "say.takes"
    takes = [t(key, range=f"{figure} {unit}")] if figure else []
    return [t("say.ahead", n=line.people), *takes]


def _item(journey: Journey, offer: Offer, line: Line, words: Words) -> list[str]:
    t = words.t
    first = t("say.item", name=words.name(offer), counters=words.counters(offer.counters, 4))
    warning = [_stop(t("consult.warning"), words)] if offer.consult_only else []
    told = _tab(journey.tab, offer.disclosure, words) if offer.disclosure else []
    last = [t("say.take")] if line.giving and not journey.guiding else []
    return [first, *warning, *_waits(line, words), *told, *last]


def _tab(tab: Tab, d: DisclosureView, words: Words) -> list[str]:
    """What the open tab says; texts that are published in Chinese are read in Chinese only."""
    t = words.t
    chinese = words.language.code == "zh"
    match tab:
        case Tab.MATERIALS:
            names = "；".join(m.name for m in d.materials)
            return [t("say.materials", materials=names)] if d.materials else []
        case Tab.PROMISED:
            return [
                t("say.promised", limit=words.limit(d.promised), statutory=words.limit(d.statutory))
            ]
        case Tab.FEE:
            return [t("say.fee", text=d.fee.text or t("fee.free"))]
        case Tab.CONTENT:
            return [_stop(d.content, words)] if chinese else []
        case Tab.STEPS:
            return [_stop("；".join(d.steps), words)] if chinese else []


def _confirm(journey: Journey, offer: Offer, line: Line, words: Words) -> list[str]:
    t = words.t
    consult = offer.consult_only
    return [
        *([_stop(t("consult.warning"), words)] if consult else []),
        *_waits(line, words),
        t("confirm.ask") if line.giving else "",
    ]


def _card(journey: Journey, hall: Hall, words: Words) -> list[str]:
    t, rule = words.t, hall.content.catalogue.real_name
    without = t("card.required") if rule.required else t("say.without")
    if journey.card is CardStep.WAITING:
        notice = rule.notice if words.language.code == "zh" else t("card.notice")
        return [t("say.card"), _stop(notice, words), without]
    if journey.card is CardStep.FAULTY:
        title = _stop(t("card.title_faulty"), words)
        return [title, _stop(t("card.closed"), words) if rule.required else without]
    step = f"card.{journey.card}"
    return [_stop(t(step), words), _stop(t(f"{step}_then"), words)]


def _number(journey: Journey, words: Words) -> list[str]:
    t = words.t
    slip = journey.slip
    if slip is None:
        return []
    line = Line(people=slip.ahead, low=slip.low_min, high=slip.high_min, rough=slip.rough)
    match journey.paper:
        case Paper.PRINTED:
            paper = _stop(t("number.printed"), words)
        case Paper.PRINTING:
            paper = ""
        case _:
            paper = t("number.no_paper")
    return [
        t("say.number", number=slip.number),
        *_waits(line, words),
        t("say.counters", counters=words.counters(slip.counters, 4)) if slip.counters else "",
        paper,
    ]
