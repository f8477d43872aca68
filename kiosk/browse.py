"""What a touch changes while a citizen looks around: lists, search, item, tabs, guides. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.content import Choice, Hall
from kiosk.search import folded
from kiosk.state import MAX_QUERY, Act, Journey, Screen, Tab, home, turn

FROM_HOME = {
    "search": Screen.SEARCH,
    "departments": Screen.DEPARTMENTS,
    "consult": Screen.CONSULT,
    "appointment": Screen.APPOINTMENT,
}
"""Touch -> the page it opens from home."""
_LISTS = {Screen.HOME, Screen.DEPARTMENT, Screen.SEARCH, Screen.CONSULT}
SHORTEST_VAIN = 2
"""A single letter that finds nothing says nothing."""


def browse(
    journey: Journey, act: Act, hall: Hall, now: float, new_touch: Callable[[], str]
) -> Journey:
    """Return the journey after a touch; one that means nothing here changes nothing."""
    match act.name:
        case "back":
            return _back(journey, now)
        case name if name in FROM_HOME and journey.screen is Screen.HOME:
            return turn(journey, FROM_HOME[name], now)
        case "guide" if journey.screen is Screen.HOME:
            return replace(turn(journey, Screen.DEPARTMENTS, now), guiding=True)
        case "search" if journey.screen is Screen.DEPARTMENTS:
            return turn(journey, Screen.SEARCH, now)
        case "departments" if journey.screen is Screen.SEARCH:
            return replace(turn(journey, Screen.DEPARTMENTS, now), query="", vain="")
        case "department" if hall.content.department(act.value) is not None:
            return replace(turn(journey, Screen.DEPARTMENT, now), department=act.value)
        case "choose":
            return _choose(journey, act.value, hall, now, new_touch)
        case "type" if journey.screen is Screen.SEARCH:
            return _typed(journey, act.value[:MAX_QUERY], hall)
        case "key" if journey.screen is Screen.SEARCH:
            return _typed(journey, keyed(journey.query, act.value), hall)
        case "tab" if journey.screen is Screen.ITEM and act.value in set(Tab):
            return replace(journey, tab=Tab(act.value))
        case "tick" if journey.screen is Screen.ITEM and act.value.isascii():
            if act.value.isdigit() and len(act.value) <= 2:
                return replace(journey, ticked=journey.ticked ^ {int(act.value)})
    return journey


def keyed(query: str, key: str) -> str:
    """Return the text in the box after a key of the on-screen keyboard."""
    if key == "delete":
        return query[:-1]
    if key == "clear":
        return ""
    return (query + key)[:MAX_QUERY] if len(key) == 1 else query


def vain_between(before: Journey, after: Journey) -> str:
    """Return the text that was typed in vain, once its search is given up; else nothing.

    Given up: the page is left for anything but a choice among what was found, or the box is empty
    again. A search that found something after all is none in vain.
    """
    if not before.vain or (after.vain and after.screen is Screen.SEARCH):
        return ""
    chosen = after.screen is Screen.ITEM and before.screen is Screen.SEARCH
    return "" if chosen else before.vain


def _typed(journey: Journey, query: str, hall: Hall) -> Journey:
    vain = journey.vain
    if not folded(query):
        vain = ""
    elif not hall.content.search(query) and len(query) >= max(SHORTEST_VAIN, len(vain)):
        vain = query
    return replace(journey, query=query, vain=vain)


def _choose(
    journey: Journey, value: str, hall: Hall, now: float, new_touch: Callable[[], str]
) -> Journey:
    if journey.screen not in _LISTS:
        return journey
    try:
        choice = Choice.of(value)
    except ValueError:
        return journey
    if hall.content.offer(choice) is None:
        return journey
    return replace(
        turn(journey, Screen.ITEM, now),
        choice=choice,
        touch=new_touch(),
        tab=Tab.MATERIALS,
        ticked=frozenset(),
        vain="",
        guide=None,
        fault="",
    )


def _back(journey: Journey, now: float) -> Journey:
    if not journey.trail or journey.trail[-1].screen is Screen.HOME:
        return home(journey, now)
    before = journey.trail[-1]
    return replace(
        before,
        serial=journey.serial + 1,
        drawn=now,
        manner=journey.manner,
        rules=journey.rules,
        guides=journey.guides,
        trail=journey.trail[:-1],
        vain="",
        ticked=journey.ticked if before.choice == journey.choice else frozenset(),
    )
