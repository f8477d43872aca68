"""The running kiosk: one box, its page, its link to the server, its printer, its journal."""

from __future__ import annotations

import secrets
import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from kiosk import journey as j
from kiosk.assist import Help, HelpLine
from kiosk.cards import Cards
from kiosk.config import KioskConfig
from kiosk.content import Content, Hall
from kiosk.equipment import Equipment
from kiosk.idcard.reader import CardReader
from kiosk.journal import Journal, JournalFull
from kiosk.journey import (
    Act,
    CallHelp,
    Journey,
    Paper,
    PrintGuide,
    StaffWish,
    Take,
    TryCode,
)
from kiosk.language import Language, names
from kiosk.outside import KioskLink, KioskPrinter
from kiosk.page import Page, UnknownPage
from kiosk.refusals import refusal_of
from kiosk.take import Taker
from kiosk.vain import VainSearches
from kiosk.views import guide_of
from kiosk.voice import Reader, Speaks
from kiosk.words import Words
from server.kit.contract.codec import Event
from server.kit.contract.messages import HelpAnswered, SlipRequested
from server.kit.contract.reasons import Refused
from server.kit.contract.views import TicketSlip
from server.kit.http import Unreachable

MAX_PAGES = 32
"""Pages open at once; a kiosk has one, a rehearsal many. The one unused longest is closed."""
FRESH_S = 10.0
"""Counts are shown as truth until the last beat is so old (the server beats every 2 s)."""
TEND_S = 5.0
"""Outcomes that could not be delivered are tried again so often."""
log = structlog.get_logger(__name__)


class Kiosk:
    """All that lives in a kiosk process.

    Args:
        monotonic: seconds for time-outs.
        now: the time of day, aware.
        languages: of the pages, the hall's own first.
        voice: None for a box that cannot speak.
        card_reader: None for a box without one.
        spawn: runs a function beside the caller.
        broadcast: tells the pages that something changed.
    """

    def __init__(
        self,
        *,
        config: KioskConfig,
        link: KioskLink,
        journal: Journal,
        printer: KioskPrinter,
        monotonic: Callable[[], float],
        now: Callable[[], datetime],
        languages: Sequence[Language],
        voice: Speaks | None,
        card_reader: CardReader | None = None,
        spawn: Callable[[Callable[[], None]], object],
        broadcast: Callable[[dict[str, object]], None],
    ) -> None:
        self.config = config
        self.link = link
        self.now = now
        self.languages = tuple(languages)
        self._words = {x.code: Words(x) for x in languages}
        self.reader = Reader(voice)
        self._monotonic = monotonic
        self._spawn = spawn
        self._broadcast = broadcast
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._content: Content | None = None
        self._left: Journey | None = None
        """A number page that the last run left and no page has taken over yet."""
        self._stamp = 0
        self._shown_last: object = None
        self._help = HelpLine(link, monotonic=monotonic, spawn=spawn, changed=self.changed)
        self._vain = VainSearches(link, reachable=lambda: self.fresh, spawn=spawn)
        self.taker = Taker(
            link=link,
            journal=journal,
            printer=printer,
            now=lambda: now().timestamp(),
            new_key=lambda: str(uuid.uuid4()),
            shown=self._paper_changed,
        )
        self.equipment = Equipment(
            config=config,
            link=link,
            printer=printer,
            monotonic=monotonic,
            now=lambda: self.hall_time,
            spawn=spawn,
            changed=self.changed,
            undelivered=lambda: self.taker.undelivered,
            can_speak=lambda: self.reader.can_speak(monotonic()),
        )
        self.machine = self.equipment.machine
        self.cards = Cards(
            card_reader,
            link=link,
            pages=self._pages.values,
            monotonic=monotonic,
            take=self._take,
            changed=self.changed,
        )
        if card_reader is not None:
            self.equipment.add(card_reader.part)

    # what a page asks

    def open_page(self) -> Page:
        """Open a page at home; one that follows a power cut takes over the number it left."""
        now = self._monotonic()
        page = Page(secrets.token_urlsafe(18), j.begin(now), None)
        self._settle(page, page.journey)
        if self._left is not None:
            left, self._left = j.advance(self._left, now), None
            if left.screen is j.Screen.NUMBER:
                page.journey = left
        self._pages[page.token] = page
        while len(self._pages) > MAX_PAGES:
            self._pages.popitem(last=False)
        return page

    def page(self, token: str) -> Page:
        """Return an open page as time has changed it.

        Raises:
            UnknownPage: open a new one.
        """
        page = self._pages.get(token)
        if page is None:
            raise UnknownPage(token)
        self._pages.move_to_end(token)
        self._settle(page, j.advance(page.journey, self._monotonic()))
        return page

    def touch(self, token: str, act: Act) -> Page:
        """Do what a touch asks and return the page after it; a second touch waits for the first.

        Raises:
            UnknownPage: open a new one.
        """
        page = self.page(token)
        if act.name == "help":
            self._help.ring()
        with page.acting:
            hall = self.hall(page)
            if hall is None:
                return page
            after, wish = j.step(
                page.journey, act, hall, now=self._monotonic(), new_touch=lambda: str(uuid.uuid4())
            )
            self._settle(page, after)
            match wish:
                case Take():
                    self._take(page, wish)
                case PrintGuide():
                    self._print_guide(page, wish)
                case TryCode(code=code):
                    now = self._monotonic()
                    right = self.machine.try_code(code, now)
                    page.journey = j.code_tried(page.journey, right=right, now=now)
                case StaffWish(name="restart"):
                    del self._pages[token]
                    raise UnknownPage(token)
                case StaffWish(name="close"):
                    self.equipment.close_browser()
                case StaffWish(name="new_roll"):
                    self.equipment.new_roll()
                case StaffWish():
                    self.equipment.test_page(self.local_time)
                case CallHelp() | None:
                    pass
        self.cards.look()
        return page

    def words(self, page: Page) -> Words:
        """Return the words of the language that *page* is shown in."""
        return self._words.get(page.journey.manner.language, self._words[self.languages[0].code])

    def now_s(self) -> float:
        """Return the seconds that time-outs are counted in."""
        return self._monotonic()

    def hall(self, page: Page) -> Hall | None:
        """Return the hall as *page* shows it; None while there is no catalogue."""
        if page.content is None:
            page.content = self.content()
        if page.content is None:
            return None
        return Hall(
            content=page.content,
            board=self.link.board,
            fresh=self.fresh,
            reads_cards=self.cards.reads,
        )

    def content(self) -> Content | None:
        """Return the newest catalogue made ready."""
        catalogue = self.link.catalogue
        if catalogue is not None and (
            self._content is None or self._content.digest != catalogue.digest
        ):
            zone = self.link.zone if self.config.own_zone_only else ""
            self._content = Content(catalogue, zone=zone, also=names(self.languages))
        return self._content

    @property
    def hall_time(self) -> datetime:
        """The hall's time, by the server's clock: the box's own may be wrong."""
        return self.now() + timedelta(seconds=self.link.clock_ahead_s)

    @property
    def local_time(self) -> str:
        """The hall's date and time, as it is printed."""
        content = self.content()
        return f"{self.hall_time.astimezone(content.tz if content else None):%Y-%m-%d %H:%M}"

    @property
    def engaged(self) -> bool:
        """Whether a citizen is in the middle of a journey or a paper is being printed."""
        free = {j.Screen.HOME, j.Screen.ATTRACT, j.Screen.STAFF_CODE, j.Screen.STAFF}
        pages = tuple(self._pages.values())
        return self.taker.busy or any(
            p.acting.locked() or j.advance(p.journey, self._monotonic()).screen not in free
            for p in pages
        )

    @property
    def fresh(self) -> bool:
        """Whether the counts of the board may be shown as truth."""
        age = self.link.beat_age_s()
        return age is not None and age <= FRESH_S

    @property
    def health(self) -> dict[str, object]:
        """How this kiosk is, for /healthz and staff: nothing of a citizen."""
        return self.equipment.health

    @property
    def help(self) -> Help:
        """The call for a person, as time has changed it."""
        return self._help.now

    @property
    def stamp(self) -> int:
        """Counts the changes; a page that shows an older one fetches itself anew."""
        return self._stamp

    def left_ms(self, page: Page) -> int | None:
        """Return the milliseconds until *page* moves on by itself."""
        if page.journey.deadline is None:
            return None
        return max(0, round((page.journey.deadline - self._monotonic()) * 1000))

    # what happens around it

    def on_events(self, events: Sequence[Event], *, fresh: bool) -> None:
        """Take note of what the hall says to this kiosk.

        Args:
            fresh: True after a (re)connect: then reprints may have been asked for unheard.
        """
        mine = self.link.device
        reprint = fresh
        for event in events:
            match event.message:
                case SlipRequested(device=device) if device == mine:
                    reprint = True
                case HelpAnswered(device=device) if device == mine:
                    self._help.answered()
        if reprint and self.link.enrolled:
            self._spawn(self.reprint)
        self.changed()

    def reprint(self) -> None:
        """Print what staff asked for."""
        try:
            self.taker.reprint()
        except (Refused, Unreachable) as e:
            # Asked again at the next connect and with the next request.
            log.warning("reprint.failed", reason=str(e))

    def tick(self) -> None:
        """Move every page on as time has, and tell the pages when anything shown has changed."""
        now = self._monotonic()
        self.equipment.look()
        for page in tuple(self._pages.values()):
            if not page.acting.locked():
                self._settle(page, j.advance(self.equipment.stuck(page.journey, now), now))
        self.cards.look()
        shown = (
            self.fresh,
            self.link.status,
            self.help.state,
            self.faults,
            self.hall_time.replace(second=0, microsecond=0),
            tuple(p.journey.serial for p in self._pages.values()),
            tuple(p.journey.asking for p in self._pages.values()),
            tuple((p.journey.paper, p.journey.guide, p.journey.card) for p in self._pages.values()),
        )
        if shown != self._shown_last:
            self._shown_last = shown
            self._stamp += 1
        self.tell()

    @property
    def faults(self) -> tuple[str, ...]:
        """Faults of the printer, the one to tell first before the others."""
        return self.equipment.faults

    def changed(self) -> None:
        """Tell the pages."""
        self._stamp += 1
        self.tell()

    def tell(self) -> None:
        """Send the newest stamp to the pages."""
        self._broadcast({"stamp": self._stamp})

    def _settle(self, page: Page, journey: Journey) -> None:
        """Show *journey*; between two citizens the newest catalogue and its rules come in."""
        self._vain.tell(j.vain_between(page.journey, journey), page.journey.manner.language)
        page.journey = journey
        if journey.screen in {j.Screen.HOME, j.Screen.ATTRACT}:
            page.content = self.content()
            if page.content is not None:
                page.journey = replace(journey, rules=page.content.catalogue.kiosk)

    def _print_guide(self, page: Page, wish: PrintGuide) -> None:
        hall = self.hall(page)
        offer = hall.content.offer(wish.choice) if hall else None
        if hall is None or offer is None or offer.disclosure is None:
            return
        guide = guide_of(hall, offer, offer.disclosure, self.hall_time)
        self.equipment.print_guide(page, wish, guide)

    def _take(self, page: Page, wish: Take) -> None:
        self.equipment.expect_slip()
        try:
            slip = self.taker.take(wish)
        except (Refused, Unreachable, JournalFull) as e:
            refusal = refusal_of(e)
            log.warning("take.refused", code=refusal.code)
        else:
            page.journey = j.issued(page.journey, wish.touch, slip, now=self._monotonic())
            self._spawn(lambda: self.taker.print_ticket(wish.touch))
            return
        page.journey = j.refused(page.journey, wish.touch, refusal, now=self._monotonic())

    def _paper_changed(self, slip: TicketSlip, paper: Paper, fault: str) -> None:
        log.info("slip.changed", ticket=slip.number, paper=paper, fault=fault)
        now = self._monotonic()
        if paper is Paper.PRINTING and not slip.reprint:
            self._leave(j.show_number(j.begin(now), slip, now=now))
        for page in self._pages.values():
            page.journey = j.printed(page.journey, slip.uid, paper, fault, now=now)
        if self._left is not None and paper is not Paper.PRINTING:
            self._left = j.printed(self._left, slip.uid, paper, fault, now=now)
        self.changed()

    def _leave(self, number: Journey) -> None:
        """Show a number of the last run on the page in use, or on the next that opens."""
        if not self._pages:
            self._left = number
            return
        page = next(reversed(self._pages.values()))
        if page.journey.screen not in {j.Screen.TAKING, j.Screen.NUMBER} and number.slip:
            page.journey = j.show_number(page.journey, number.slip, now=self._monotonic())
