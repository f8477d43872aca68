"""Asks from afar: what may be asked, once, by whom, for how long, and what came of it."""

from __future__ import annotations

import pytest

from server.actions import asks, devices
from server.domain.people import Role, Staff
from server.kit.contract.reasons import Refused
from server.store import asks as rows
from server.store.devices import Device
from tests.support.bench import Bench


@pytest.fixture
def kiosk(bench: Bench) -> Device:
    return bench.device()


@pytest.fixture
def manager(bench: Bench) -> Staff:
    return bench.staff("m", (Role.MANAGER, ""))


def ask(bench: Bench, device: Device, staff: Staff, what: str = "test_page", part: str = "") -> str:
    done = bench.run(lambda w: asks.ask(w, device.uid, what=what, part=part, staff=staff))
    return done.ask


def say(bench: Bench, device: Device, uid: str, state: str, detail: str = "") -> str:
    done = bench.run(lambda w: asks.answer(w, device, uid, state=state, detail=detail))
    return done.state


def listed(bench: Bench, device: Device) -> list[tuple[str, str]]:
    return [(a.what, a.state) for a in bench.read(lambda r: asks.open_asks(r, device)).asks]


def test_what_is_asked_is_open_until_the_device_says_what_came_of_it(
    bench: Bench, kiosk: Device, manager: Staff
) -> None:
    uid = ask(bench, kiosk, manager)
    steps = [listed(bench, kiosk)]
    for state in ("begun", "done"):
        say(bench, kiosk, uid, state)
        steps.append(listed(bench, kiosk))

    assert steps == [[("test_page", "asked")], [("test_page", "begun")], []]


def test_the_same_wish_pressed_twice_is_one(bench: Bench, kiosk: Device, manager: Staff) -> None:
    first = ask(bench, kiosk, manager)
    events = len(bench.events())

    assert ask(bench, kiosk, manager) == first
    assert len(bench.events()) == events
    say(bench, kiosk, first, "begun")
    assert ask(bench, kiosk, manager) != first


def test_a_device_has_few_wishes_before_it(bench: Bench, kiosk: Device, manager: Staff) -> None:
    """Parts that nobody has must not print a roll of test pages."""

    def wish(part: str) -> None:
        bench.run(lambda w: asks.ask(w, kiosk.uid, what="test_page", part=part, staff=manager))

    for n in range(asks.MOST_OPEN):
        wish(f"part{n}")

    with pytest.raises(Refused, match="too_many_requests"):
        wish("one more")


def test_what_was_not_begun_for_five_minutes_is_over(
    bench: Bench, kiosk: Device, manager: Staff
) -> None:
    """A printer that comes back on Monday prints no test page of Friday."""
    uid = ask(bench, kiosk, manager)
    bench.clock.move(minutes=5, seconds=1)

    assert listed(bench, kiosk) == []
    with pytest.raises(Refused, match="not_found"):
        say(bench, kiosk, uid, "begun")


def test_it_is_begun_once(bench: Bench, kiosk: Device, manager: Staff) -> None:
    uid = ask(bench, kiosk, manager)
    say(bench, kiosk, uid, "begun")

    with pytest.raises(Refused, match="not_found"):
        say(bench, kiosk, uid, "begun")


def test_the_last_word_stands(bench: Bench, kiosk: Device, manager: Staff) -> None:
    uid = ask(bench, kiosk, manager)
    say(bench, kiosk, uid, "begun")
    say(bench, kiosk, uid, "failed", "paper_out")

    with pytest.raises(Refused, match="not_found"):
        say(bench, kiosk, uid, "done")
    ((known, label),) = bench.read(lambda r: rows.newest_of(r, kiosk.id, most=5))
    assert (known.state, known.detail, known.asked_by) == ("failed", "paper_out", manager.uid)
    assert known.answered_at is not None
    assert label in {"", "M"}


def test_a_restart_may_need_longer_than_a_wish_lives(
    bench: Bench, kiosk: Device, manager: Staff
) -> None:
    uid = ask(bench, kiosk, manager, "restart")
    say(bench, kiosk, uid, "begun")
    bench.clock.move(minutes=6)

    assert listed(bench, kiosk) == [("restart", "begun")]
    assert say(bench, kiosk, uid, "done") == "done"


def test_another_device_has_no_say(bench: Bench, kiosk: Device, manager: Staff) -> None:
    uid, other = ask(bench, kiosk, manager), bench.device()

    assert listed(bench, other) == []
    with pytest.raises(Refused, match="forbidden"):
        say(bench, other, uid, "begun")


def test_a_revoked_device_is_asked_nothing(bench: Bench, kiosk: Device, manager: Staff) -> None:
    bench.run(lambda w: devices.revoke(w, kiosk.uid))

    with pytest.raises(Refused, match="not_found"):
        ask(bench, kiosk, manager)


def test_a_screen_prints_no_test_page(bench: Bench, manager: Staff) -> None:
    screen = bench.device("display")

    for what in ("test_page", "new_roll", "dance", ""):
        with pytest.raises(Refused, match="malformed"):
            ask(bench, screen, manager, what)
    assert ask(bench, screen, manager, "show_test")


def test_only_who_may_configure_asks(bench: Bench, kiosk: Device) -> None:
    for login, role in (("c", Role.CLERK), ("g", Role.GUIDE), ("s", Role.SUPERVISOR)):
        staff = bench.staff(login, (role, ""))
        with pytest.raises(Refused, match="forbidden"):
            ask(bench, kiosk, staff)


def test_an_old_wish_stands_in_no_list_of_the_device_for_ever(
    bench: Bench, kiosk: Device, manager: Staff
) -> None:
    uid = ask(bench, kiosk, manager, "restart")
    say(bench, kiosk, uid, "begun")
    bench.clock.move(hours=2)

    assert listed(bench, kiosk) == []
