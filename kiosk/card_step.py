"""The card step 刷身份证 of the touch flow, as pure functions; see `kiosk.journey`.

It stands between the item (or what must be said before) and the number, for queues that ask for a
card. Without a card it goes on too, unless the hall requires one; and where the reader cannot read
and the hall does not, nobody is held up by it at all.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.content import Hall, Offer
from kiosk.state import CardStep, Journey, Refusal, Screen, Take, alive, turn
from server.kit.contract.paper import RealName

STALE = "identity_stale"
"""The reason for which the card is asked for once more."""
_HELD = frozenset({CardStep.AGAIN, CardStep.UNREADABLE})
"""Said until the next card, though the old one still lies there."""


def rule_of(hall: Hall) -> RealName:
    """Return how the hall asks for cards."""
    return hall.content.catalogue.real_name


def asks(hall: Hall, offer: Offer) -> bool:
    """Whether the card step stands before a number of *offer*."""
    rule = rule_of(hall)
    return offer.queue in rule.queues and (rule.required or hall.reads_cards)


def to_card(journey: Journey, hall: Hall, now: float, *, touch: str) -> Journey:
    """Return the card step, with the identity of the take that follows it."""
    card = CardStep.WAITING if hall.reads_cards else CardStep.FAULTY
    return replace(turn(journey, Screen.CARD, now), card=card, touch=touch)


def without(journey: Journey, hall: Hall, now: float) -> tuple[Journey, Take | None]:
    """Return the take without a card, where the hall allows it."""
    if journey.choice is None or rule_of(hall).required or journey.card is CardStep.READ:
        return alive(journey, now), None
    return _taking(journey, now), Take(touch=journey.touch, choice=journey.choice)


def carded(
    journey: Journey, holder: str, holder_date: str, *, now: float
) -> tuple[Journey, Take | None]:
    """Return the take by card, if the citizen still stands at the step."""
    if journey.screen is not Screen.CARD or journey.choice is None:
        return journey, None
    wish = Take(touch=journey.touch, choice=journey.choice, holder=holder, holder_date=holder_date)
    return replace(_taking(journey, now), carded=True), wish


def told(journey: Journey, card: CardStep, *, now: float) -> Journey:
    """Return the step with what became of a reading: somebody is here."""
    if journey.screen is not Screen.CARD or journey.card is card:
        return journey
    if card is CardStep.LEFT and journey.card in _HELD:
        return journey
    return alive(replace(journey, card=card), now)


def reader_is(journey: Journey, *, reads: bool) -> Journey:
    """Return the step with the reader as it is now."""
    if journey.screen is not Screen.CARD or journey.card is CardStep.READ:
        return journey
    if not reads:
        return replace(journey, card=CardStep.FAULTY)
    return replace(journey, card=CardStep.WAITING) if journey.card is CardStep.FAULTY else journey


def once_more(journey: Journey, refusal: Refusal, *, now: float) -> Journey | None:
    """Return the step anew when the card must be read once more; None for any other refusal."""
    if refusal.code != STALE or journey.screen not in {Screen.TAKING, Screen.CARD}:
        return None
    again = turn(journey, Screen.CARD, now)
    return replace(again, card=CardStep.AGAIN, carded=False, trail=())


def _taking(journey: Journey, now: float) -> Journey:
    return replace(turn(journey, Screen.TAKING, now), deadline=None)
