"""The card step: who meets it, how it goes on without a card, and what happens to a card on the way."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from kiosk import card_step
from kiosk import journey as j
from kiosk.cards import Cards
from kiosk.content import Content, Hall
from kiosk.idcard.card import Card, Unread
from kiosk.idcard.model import number_of
from kiosk.journey import Act, CardStep, Journey, Refusal, Screen, Take
from kiosk.language import load
from kiosk.page import Page
from kiosk.speech import said
from kiosk.words import Words
from server.kit.contract.paper import RealName
from server.kit.contract.reasons import Refused
from server.kit.http import Unreachable
from tests.kiosk.hall import catalogue, hall, slip

ZH, EN = (Words(x) for x in load())
KEY = "ab" * 32
NOW = 1000.0


def carded_hall(*, required: bool = False, reads: bool = True, queue: str = "A") -> Hall:
    """The small hall; the queue of marriages asks for a card."""
    rule = RealName(queues=(queue,), required=required)
    content = Content(msgspec.structs.replace(catalogue(), real_name=rule))
    return replace(hall(), content=content, reads_cards=reads)


def citizen(at: Hall, *acts: str) -> tuple[Journey, list[Any]]:
    """A citizen who has chosen to marry and touched *acts*."""
    ids = itertools.count(1)
    here = j.begin(NOW)
    wishes: list[Any] = []
    for name in ("choose item:MZ-01", *acts):
        word, _, value = name.partition(" ")
        act = Act(name=word, value=value, serial=here.serial)
        here, wish = j.step(here, act, at, now=NOW, new_touch=lambda: f"touch-{next(ids)}")
        if wish is not None:
            wishes.append(wish)
    return here, wishes


def test_a_queue_that_asks_for_a_card_shows_the_step_before_the_number() -> None:
    here, wishes = citizen(carded_hall(), "take")

    assert (here.screen, here.card, wishes) == (Screen.CARD, CardStep.WAITING, [])


def test_a_queue_that_does_not_ask_shows_none() -> None:
    here, wishes = citizen(carded_hall(queue="B"), "take")

    assert here.screen is Screen.TAKING
    assert len(wishes) == 1


def test_without_a_card_the_number_is_one_touch_away() -> None:
    here, wishes = citizen(carded_hall(), "take", "without")

    assert here.screen is Screen.TAKING
    assert isinstance(wishes[0], Take)
    assert wishes[0].body == {"item": "MZ-01"}
    assert wishes[0].touch == here.touch


def test_where_a_card_is_required_there_is_no_way_around_it() -> None:
    here, wishes = citizen(carded_hall(required=True), "take", "without", "take")

    assert (here.screen, wishes) == (Screen.CARD, [])


def test_a_reader_that_cannot_read_holds_nobody_up_unless_a_card_is_required() -> None:
    free, wishes = citizen(carded_hall(reads=False), "take")
    bound, none = citizen(carded_hall(reads=False, required=True), "take")

    assert (free.screen, len(wishes)) == (Screen.TAKING, 1)
    assert (bound.screen, bound.card, none) == (Screen.CARD, CardStep.FAULTY, [])


def test_a_card_leads_to_the_number() -> None:
    here, _ = citizen(carded_hall(), "take")

    after, wish = card_step.carded(here, "f" * 64, "2026-11-23", now=NOW)

    assert after.screen is Screen.TAKING
    assert isinstance(wish, Take)
    assert wish.body == {"item": "MZ-01", "holder": "f" * 64, "holder_date": "2026-11-23"}
    assert "f" * 64 not in repr(wish)
    given = j.issued(after, wish.touch, slip(), now=NOW)
    assert given.carded, "whoever laid down a card is told to take it along"


def test_a_card_after_the_citizen_left_does_nothing() -> None:
    left = j.begin(NOW)

    assert card_step.carded(left, "f" * 64, "d", now=NOW) == (left, None)
    assert card_step.told(left, CardStep.UNREADABLE, now=NOW) == left


def test_back_leads_to_the_item_and_idling_home() -> None:
    here, _ = citizen(carded_hall(), "take")
    back, _ = j.step(
        here, Act(name="back", serial=here.serial), carded_hall(), now=NOW, new_touch=str
    )

    assert back.screen is Screen.ITEM
    asked = j.advance(here, NOW + 61)
    assert asked.asking
    assert j.advance(asked, NOW + 200).screen is Screen.HOME


def test_a_reading_is_a_sign_of_life() -> None:
    here, _ = citizen(carded_hall(), "take")
    asked = j.advance(here, NOW + 61)

    told = card_step.told(asked, CardStep.UNREADABLE, now=NOW + 62)

    assert not told.asking
    assert told.deadline is not None
    assert told.deadline > NOW + 100


def test_what_to_do_stays_while_the_old_card_still_lies_there() -> None:
    here, _ = citizen(carded_hall(), "take")
    unreadable = card_step.told(here, CardStep.UNREADABLE, now=NOW)

    assert card_step.told(unreadable, CardStep.LEFT, now=NOW).card is CardStep.UNREADABLE
    assert card_step.told(here, CardStep.LEFT, now=NOW).card is CardStep.LEFT


def test_a_reader_that_fails_and_comes_back_changes_the_page() -> None:
    here, _ = citizen(carded_hall(), "take")

    gone = card_step.reader_is(here, reads=False)
    assert gone.card is CardStep.FAULTY
    assert card_step.reader_is(gone, reads=True).card is CardStep.WAITING
    assert card_step.reader_is(here, reads=True) == here


def test_a_key_that_has_changed_asks_for_the_card_once_more() -> None:
    here, _ = citizen(carded_hall(), "take")
    taking, wish = card_step.carded(here, "f" * 64, "d", now=NOW)
    assert wish is not None

    again = j.refused(taking, wish.touch, Refusal(code="identity_stale", words="x"), now=NOW)

    assert (again.screen, again.card, again.carded) == (Screen.CARD, CardStep.AGAIN, False)


def test_what_is_held_already_stands_on_its_own_page() -> None:
    here, _ = citizen(carded_hall(), "take")
    taking, wish = card_step.carded(here, "f" * 64, "d", now=NOW)
    assert wish is not None
    refusal = Refusal(code="number_open", words="您已有号码 A012。", number="A012")

    page = j.refused(taking, wish.touch, refusal, now=NOW)

    assert page.screen is Screen.REFUSED
    assert "A012" in said(page, carded_hall(), ZH)
    assert j.advance(page, NOW + 31).screen is Screen.HOME


@pytest.mark.parametrize("step", list(CardStep))
@pytest.mark.parametrize("required", [True, False])
def test_each_state_is_read_aloud_in_both_languages(step: CardStep, required: bool) -> None:
    at = carded_hall(required=required)
    here, _ = citizen(at, "take")
    here = replace(here, card=step)

    assert said(here, at, ZH)
    assert said(here, at, EN).isascii() or "’" in said(here, at, EN) or "…" in said(here, at, EN)


class Reader:
    """A reader whose faults a test sets; it remembers what it was told."""

    def __init__(self) -> None:
        self.faults: tuple[str, ...] = ()
        self.asked = False

    def start(self, heard: object) -> None: ...

    def stop(self) -> None: ...

    def ask(self) -> None:
        self.asked = True

    def rest(self) -> None:
        self.asked = False

    def status(self) -> tuple[str, ...]:
        return self.faults

    def part(self) -> Any: ...


class Rig:
    """The card step of a box with one page, and a server that a test answers for."""

    def __init__(self, at: Hall) -> None:
        self.reader = Reader()
        self.answer: dict[str, Any] | Exception = {"date": "2026-11-23", "key": KEY}
        self.gets: list[str] = []
        here, _ = citizen(at, "take")
        self.page = Page("token", here, None)
        self.takes: list[Take] = []
        self.changes = 0
        self.cards = Cards(
            self.reader,
            link=self,  # type: ignore[arg-type]  # only `get` is used
            pages=lambda: [self.page],
            monotonic=lambda: NOW,
            take=lambda page, wish: self.takes.append(wish),
            changed=self.changed,
        )
        self.cards.look()

    def asked(self) -> bool:
        return self.reader.asked

    def step(self) -> CardStep:
        return self.page.journey.card

    def changed(self) -> None:
        self.changes += 1

    def get(self, path: str) -> dict[str, Any]:
        self.gets.append(path)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def a_card() -> Card:
    return Card(number_of(1).encode())


def test_the_reader_reads_only_while_somebody_stands_at_the_step() -> None:
    rig = Rig(carded_hall())
    assert rig.asked()

    rig.page.journey = j.begin(NOW)
    rig.cards.look()
    assert not rig.asked()

    card = a_card()
    rig.cards.heard(card)
    assert rig.takes == []
    assert rig.gets == [], "a card that nobody asked for is not even hashed"
    assert not card._number


def test_a_card_is_hashed_by_the_key_of_the_day_and_forgotten() -> None:
    rig = Rig(carded_hall())
    card = a_card()

    rig.cards.heard(card)

    assert rig.page.journey.screen is Screen.TAKING
    assert [t.holder for t in rig.takes] == [a_card().hashed(bytes.fromhex(KEY))]
    assert not card._number
    assert not rig.asked()
    assert rig.changes


def test_without_the_server_the_card_is_asked_for_again_and_forgotten() -> None:
    rig = Rig(carded_hall())
    rig.answer = Unreachable("gone")
    card = a_card()

    rig.cards.heard(card)

    assert (rig.page.journey.screen, rig.page.journey.card) == (Screen.CARD, CardStep.AGAIN)
    assert rig.takes == []
    assert rig.asked()
    assert not card._number


@pytest.mark.parametrize("key", ["", "zz", "ab" * 31, None, 7])
def test_a_key_that_is_none_is_never_used(key: object) -> None:
    rig = Rig(carded_hall())
    rig.answer = {"date": "2026-11-23", "key": key}

    rig.cards.heard(a_card())

    assert rig.step() is CardStep.AGAIN
    assert rig.takes == []


def test_after_the_day_the_citizen_is_told_so() -> None:
    rig = Rig(carded_hall())
    rig.answer = Refused("day_closed")

    rig.cards.heard(a_card())

    assert rig.page.journey.screen is Screen.REFUSED
    assert rig.page.journey.refusal is not None
    assert rig.page.journey.refusal.code == "day_closed"


def test_what_could_not_be_read_is_told_and_reading_goes_on() -> None:
    rig = Rig(carded_hall())

    rig.cards.heard(Unread.UNREADABLE)

    assert rig.step() is CardStep.UNREADABLE
    assert rig.asked()


def test_a_reader_that_fails_is_seen_on_the_page_and_comes_back() -> None:
    rig = Rig(carded_hall())

    rig.reader.faults = ("no_port",)
    rig.cards.look()
    assert rig.step() is CardStep.FAULTY
    assert not rig.cards.reads

    rig.reader.faults = ()
    rig.cards.look()
    assert rig.step() is CardStep.WAITING


def test_a_kiosk_without_a_reader_reads_none() -> None:
    cards = Cards(
        None,
        link=object(),  # type: ignore[arg-type]  # never asked
        pages=list,
        monotonic=lambda: NOW,
        take=lambda page, wish: None,
        changed=lambda: None,
    )

    cards.look()

    assert not cards.reads
