"""What each page is given to draw: plain values from the journey, the hall and the machine. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import qrcode

from kiosk import journey as j
from kiosk.content import Hall, Line, Offer
from kiosk.language import cells
from kiosk.manner import SOURCE
from kiosk.printing.guide import Guide
from kiosk.state import Journey, Screen, Tab
from kiosk.words import Words
from server.kit.contract.views import DisclosureView

TABS = tuple(Tab)
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
DIGITS = "1234567890"
SHORT_CELLS = 10
"""Names of departments up to so wide stand on the home page: five hanzi."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """An offer with its line as it is now."""

    offer: Offer
    line: Line


def of_screen(journey: Journey, hall: Hall, words: Words) -> dict[str, object]:
    """Return the page's own matter, what the frame shows left out."""

    def tile(offer: Offer) -> Tile:
        return Tile(offer=offer, line=hall.line(offer.queue))

    content = hall.content
    chosen = content.offer(journey.choice) if journey.choice else None
    match journey.screen:
        case Screen.HOME:
            # Large, low or in long words there is no room for both lists: the departments have
            # their own page.
            short = all(cells(words.department(d)) <= SHORT_CELLS for d in content.departments)
            roomy = short and not journey.manner.large and not journey.manner.low
            return {
                "common": [tile(o) for o in content.common],
                "departments": content.departments if roomy else (),
            }
        case Screen.ATTRACT:
            return {"hours": words.hours(content.catalogue.hours)}
        case Screen.DEPARTMENTS:
            return {"departments": content.departments}
        case Screen.DEPARTMENT:
            department = content.department(journey.department)
            offers = department.offers if department else ()
            if journey.guiding:
                offers = tuple(o for o in offers if o.disclosure is not None)
            return {"department": department, "tiles": [tile(o) for o in offers]}
        case Screen.CONSULT:
            return {"tiles": [tile(o) for o in content.consulting]}
        case Screen.APPOINTMENT:
            return {"appointments": content.catalogue.appointments}
        case Screen.SEARCH:
            return {
                "tiles": [tile(o) for o in content.search(journey.query)],
                "suggestions": content.suggestions,
                "keyboard": KEYBOARD,
                "digits": DIGITS,
            }
        case Screen.ITEM | Screen.CONFIRM if chosen:
            return _item(journey, chosen, hall, words)
        case Screen.CARD if chosen:
            rule = content.catalogue.real_name
            own = words.language.code == SOURCE
            notice = rule.notice if own else words.t("card.notice")
            return {"offer": chosen, "rule": rule, "notice": notice}
        case Screen.NUMBER:
            return _number(journey, hall, words)
    return {}


def _item(journey: Journey, offer: Offer, hall: Hall, words: Words) -> dict[str, object]:
    d, line = offer.disclosure, hall.line(offer.queue)
    warnings = j.warnings_for(line, consult_only=offer.consult_only, rules=journey.rules)
    return {
        "offer": offer,
        "line": line,
        "wait": words.wait(line.low, line.high),
        "d": d,
        "tabs": TABS,
        "code": qr_path(guide_url(hall, offer)),
        "warnings": [w.code for w in warnings],
        "all_ticked": bool(d and d.materials)
        and all(i in journey.ticked for i in range(len(d.materials if d else ()))),
    }


def _number(journey: Journey, hall: Hall, words: Words) -> dict[str, object]:
    slip = journey.slip
    if slip is None:
        return {}
    offer = next((o for o in hall.content.offers if o.choice.item == slip.item and slip.item), None)
    return {
        "slip": slip,
        "wait": words.wait(slip.low_min, slip.high_min),
        "code": qr_path(slip.url),
        "for_what": words.slip_for(slip, offer),
    }


def guide_url(hall: Hall, offer: Offer) -> str:
    """Return the address of an item's page for phones, with all of its five disclosures."""
    return f"{hall.content.catalogue.public_url}/g/{offer.choice.item}"


def guide_of(hall: Hall, offer: Offer, disclosure: DisclosureView, now: datetime) -> Guide:
    """Return an item's five disclosures as they are printed."""
    return Guide(
        hall_name=hall.content.catalogue.hall_name,
        item_name=offer.name,
        department=offer.department_name,
        counters=offer.counters,
        disclosure=disclosure,
        url=guide_url(hall, offer),
        printed_local=f"{now.astimezone(hall.content.tz):%Y-%m-%d %H:%M}",
    )


@lru_cache(maxsize=64)
def qr_path(text: str) -> tuple[int, str]:
    """Return the QR code of *text* as the side of its square and an SVG path, one unit a module."""
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:
                parts.append(f"M{x} {y}h{run - x}v1h-{run - x}z")
            x = run + 1 if run == x else run
    return len(rows), "".join(parts)
