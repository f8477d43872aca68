"""The card step on this box: when its reader reads, and what becomes of a card.

A card is hashed with the key of the day, which is fetched for this one card and dropped again; what
goes on from here is the hash. A card that nobody asked for is forgotten as it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog

from kiosk import card_step
from kiosk import journey as j
from kiosk.idcard.card import KEY_BYTES, Card, Reading, Unread
from kiosk.idcard.reader import CardReader
from kiosk.journey import CardStep, Screen, Take
from kiosk.page import Page
from kiosk.refusals import refusal_of
from server.kit.commands import Calls
from server.kit.contract.reasons import Refused
from server.kit.http import Unreachable

KEY_PATH = "/api/v1/devices/me/identity-key"

log = structlog.get_logger(__name__)


class Cards:
    """The reader and whoever stands at the card step.

    Args:
        reader: None for a kiosk without one.
        link: for the key of the day.
        pages: all open pages, the one used last at the end.
        monotonic: seconds.
        take: takes the number that a page wishes.
        changed: tells the pages that something changed.
    """

    def __init__(
        self,
        reader: CardReader | None,
        *,
        link: Calls,
        pages: Callable[[], Iterable[Page]],
        monotonic: Callable[[], float],
        take: Callable[[Page, Take], None],
        changed: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._link = link
        self._pages = pages
        self._monotonic = monotonic
        self._take = take
        self._changed = changed

    @property
    def reads(self) -> bool:
        """Whether there is a reader that can read now."""
        return self._reader is not None and not self._reader.status()

    def look(self) -> None:
        """Let the pages and the reader follow each other; called after touches and with the clock."""
        reads, wanted = self.reads, False
        for page in tuple(self._pages()):
            page.journey = card_step.reader_is(page.journey, reads=reads)
            wanted = wanted or _waits(page)
        if self._reader is not None:
            (self._reader.ask if wanted else self._reader.rest)()

    def heard(self, reading: Reading) -> None:
        """Take a reading; whoever stands at the card step last touched their page."""
        page = next((p for p in reversed(list(self._pages())) if _waits(p)), None)
        try:
            if page is None:
                return
            with page.acting:
                if isinstance(reading, Card):
                    self._card(page, reading)
                elif _waits(page):
                    step = CardStep.LEFT if reading is Unread.LEFT else CardStep.UNREADABLE
                    page.journey = card_step.told(page.journey, step, now=self._monotonic())
        finally:
            if isinstance(reading, Card):
                reading.forget()
            self.look()
            self._changed()

    def _card(self, page: Page, card: Card) -> None:
        if not _waits(page):  # left while a touch was under way
            return
        page.journey = card_step.told(page.journey, CardStep.READ, now=self._monotonic())
        self._changed()
        try:
            holder, day = self._hashed(card)
        except Unreachable:
            log.warning("card.key_unreachable")
            page.journey = card_step.told(page.journey, CardStep.AGAIN, now=self._monotonic())
        except Refused as error:
            log.warning("card.refused", code=error.code)
            page.journey = j.refused(
                page.journey, page.journey.touch, refusal_of(error), now=self._monotonic()
            )
        else:
            page.journey, wish = card_step.carded(page.journey, holder, day, now=self._monotonic())
            if wish is not None:
                self._changed()
                self._take(page, wish)

    def _hashed(self, card: Card) -> tuple[str, str]:
        """Return the hash and the day of its key; raises `Refused` or `Unreachable`."""
        answer = self._link.get(KEY_PATH)
        try:
            key, day = bytes.fromhex(answer["key"]), str(answer["date"])
        except (KeyError, TypeError, ValueError):
            raise Unreachable("no key in the answer") from None
        if len(key) != KEY_BYTES:
            raise Unreachable("no key in the answer")
        return card.hashed(key), day


def _waits(page: Page) -> bool:
    journey = page.journey
    return journey.screen is Screen.CARD and journey.card is not CardStep.READ
