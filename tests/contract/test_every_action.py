"""Snapshot + events = fresh snapshot, for every action; and no event is missing.

Remove any one `publish` and a test here turns red.
"""

from __future__ import annotations

import pytest

from server.actions import (
    alarms,
    asks,
    calling,
    catalogue,
    counters,
    days,
    devices,
    pads,
    screens,
    searches,
    settings,
    tickets,
    waits,
)
from server.domain.people import Role, Staff
from server.kit.contract.messages import DeviceAsked, DeviceChanged
from server.kit.contract.screens import Layout, ZoneVoice
from server.kit.contract.views import Done
from server.store import devices as device_rows
from tests.support.bench import Bench
from tests.support.waits import look


def serving(bench: Bench, staff: Staff, item: str = "MZ-01", counter: str = "1") -> Done:
    """A ticket that is being served at an open counter."""
    bench.issue(item)
    called = bench.run(lambda w: calling.call_next(w, counter, staff=staff, expected=None))
    return bench.run(lambda w: calling.start(w, called.ticket, version=called.version, staff=staff))


def called(bench: Bench, staff: Staff, item: str = "MZ-01") -> Done:
    """A ticket that was called and has not come yet."""
    bench.issue(item)
    return bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))


def test_issuing_is_told(bench: Bench) -> None:
    before = bench.board()

    bench.verified(lambda w: tickets.issue(w, item="MZ-01", source="staff"))

    waiting = {q.code: q.waiting for q in bench.board().queues}
    assert waiting["A"] == 1
    assert {q.code: q.waiting for q in before.queues}["A"] == 0


def test_opening_pausing_resuming_and_closing_a_counter_are_told(bench: Bench) -> None:
    staff = bench.staff()

    bench.verified(lambda w: counters.open_counter(w, "1", staff=staff))
    assert state(bench, "1") == "open"
    bench.verified(
        lambda w: counters.pause(
            w, "1", staff=staff, expected=None, reason="午餐", until="2026-11-23T06:30:00.000Z"
        )
    )
    assert state(bench, "1") == "paused"
    bench.verified(lambda w: counters.resume_counter(w, "1", staff=staff, expected=None))
    assert state(bench, "1") == "open"
    bench.verified(lambda w: counters.close(w, "1", staff=staff, expected=None, reason=""))
    assert state(bench, "1") == "closed"


def state(bench: Bench, counter: str) -> str:
    return next(c.state for c in bench.board().counters if c.code == counter)


def test_calling_recalling_and_starting_are_told(bench: Bench) -> None:
    staff = bench.open()
    bench.issue()

    done = bench.verified(lambda w: calling.call_next(w, "1", staff=staff, expected=None))
    assert bench.board().calls[0].state == "called"
    done = bench.verified(
        lambda w: calling.recall(w, done.ticket, version=done.version, staff=staff)
    )
    assert bench.board().calls[0].times == 2
    bench.verified(lambda w: calling.start(w, done.ticket, version=done.version, staff=staff))
    assert bench.board().calls[0].state == "serving"


def test_calling_out_of_turn_is_told(bench: Bench) -> None:
    staff = bench.open()
    bench.issue()
    second = bench.issue()

    bench.verified(
        lambda w: calling.call(w, "1", second.uid, staff=staff, expected=None, reason="行动不便")
    )

    assert bench.board().calls[0].ticket == second.number


def test_finishing_is_told_with_what_the_queue_has_learnt(bench: Bench) -> None:
    staff = bench.open()
    for _ in range(6):
        done = serving(bench, staff)
        bench.clock.move(minutes=4)
        bench.verified(
            lambda w, d=done: calling.finish(w, d.ticket, version=d.version, staff=staff)
        )

    assert bench.board().calls == ()
    assert next(q.service_s for q in bench.board().queues if q.code == "A") == 240


def test_passing_over_and_reinstating_are_told(bench: Bench) -> None:
    staff = bench.open()
    done = called(bench, staff)

    done = bench.verified(
        lambda w: calling.no_show(w, done.ticket, version=done.version, staff=staff)
    )
    assert bench.board().calls == ()
    bench.verified(lambda w: tickets.reinstate(w, done.ticket, version=done.version))
    assert next(q.waiting for q in bench.board().queues if q.code == "A") == 1


def test_holding_and_resuming_are_told(bench: Bench) -> None:
    staff = bench.open()
    done = serving(bench, staff)

    done = bench.verified(
        lambda w: calling.hold(w, done.ticket, version=done.version, staff=staff, reason="复印")
    )
    assert bench.board().calls == ()
    bench.verified(
        lambda w: calling.resume(
            w, done.ticket, version=done.version, staff=staff, counter_code="1"
        )
    )
    assert bench.board().calls[0].ticket == done.number


@pytest.mark.parametrize("come_back", [False, True])
def test_transferring_and_coming_back_are_told(bench: Bench, come_back: bool) -> None:
    staff, other = bench.open(), bench.open("2", "c02")
    done = serving(bench, staff)

    done = bench.verified(
        lambda w: calling.transfer(
            w,
            done.ticket,
            version=done.version,
            staff=staff,
            queue="B",
            come_back=come_back,
            reason="",
        )
    )
    assert next(q.waiting for q in bench.board().queues if q.code == "B") == 1
    there = bench.run(lambda w: calling.call_next(w, "2", staff=other, expected=None))
    there = bench.run(lambda w: calling.start(w, there.ticket, version=there.version, staff=other))
    bench.clock.move(minutes=5)
    bench.verified(lambda w: calling.finish(w, there.ticket, version=there.version, staff=other))
    assert next(q.waiting for q in bench.board().queues if q.code == "A") == int(come_back)


def test_a_return_tells_what_the_other_queue_has_learnt(bench: Bench) -> None:
    staff, other = bench.open(), bench.open("2", "c02")
    for _ in range(6):
        done = serving(bench, staff)
        done = bench.run(
            lambda w, d=done: calling.transfer(
                w, d.ticket, version=d.version, staff=staff, queue="B", come_back=True, reason=""
            )
        )
        there = bench.run(lambda w: calling.call_next(w, "2", staff=other, expected=None))
        there = bench.run(
            lambda w, d=there: calling.start(w, d.ticket, version=d.version, staff=other)
        )
        bench.clock.move(minutes=7)
        bench.verified(
            lambda w, d=there: calling.finish(w, d.ticket, version=d.version, staff=other)
        )
        again = bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))
        again = bench.run(
            lambda w, d=again: calling.no_show(w, d.ticket, version=d.version, staff=staff)
        )

    assert next(q.service_s for q in bench.board().queues if q.code == "B") == 420


def test_sending_back_is_told(bench: Bench) -> None:
    staff = bench.open()
    done = called(bench, staff)

    bench.verified(
        lambda w: calling.send_back(
            w, done.ticket, version=done.version, staff=staff, reason="走错了"
        )
    )

    assert bench.board().calls == ()


def test_cancelling_is_told_from_the_line_from_hold_and_after_a_no_show(bench: Bench) -> None:
    staff = bench.open()
    slip = bench.issue()
    bench.verified(lambda w: tickets.cancel(w, slip.uid, version=1, reason="不办了"))
    done = called(bench, staff)
    done = bench.run(
        lambda w: calling.hold(w, done.ticket, version=done.version, staff=staff, reason="x")
    )
    bench.verified(lambda w: tickets.cancel(w, done.ticket, version=done.version, reason="走了"))
    done = called(bench, staff)
    done = bench.run(lambda w: calling.no_show(w, done.ticket, version=done.version, staff=staff))
    bench.verified(lambda w: tickets.cancel(w, done.ticket, version=done.version, reason="走了"))

    assert all(q.waiting == 0 for q in bench.board().queues)


def test_the_paper_is_told_to_staff_and_changes_no_board(bench: Bench) -> None:
    kiosk = bench.device()
    slip = bench.run(lambda w: tickets.issue(w, item="MZ-01", source="kiosk", device=kiosk))

    bench.verified(
        lambda w: tickets.print_result(
            w, slip.uid, device=kiosk, state="failed", fault="paper_out", job=None
        )
    )

    assert bench.events()[-1].message.TYPE == "ticket.printed"


def test_a_reprint_is_asked_for_in_public_by_number_only(bench: Bench) -> None:
    kiosk = bench.device()
    guide = bench.staff("guide", (Role.GUIDE, ""))
    slip = bench.issue()

    bench.verified(
        lambda w: tickets.request_reprint(w, slip.uid, staff=guide, device=kiosk.uid, reason="缺纸")
    )

    bench.run(
        lambda w: tickets.request_reprint(
            w, slip.uid, staff=guide, device=kiosk.uid, reason="又丢了"
        )
    )

    pending = bench.read(lambda r: device_rows.pending_jobs(r, kiosk.id))
    assert [nth for _, _, nth in pending] == [1, 2]


def test_stopping_closing_and_reopening_the_day_are_told(bench: Bench) -> None:
    staff = bench.open()
    serving(bench, staff)
    bench.issue()
    bench.issue("SP-02")

    bench.verified(days.stop_issuing)
    assert {q.issuing for q in bench.board().queues} == {False}
    bench.verified(lambda w: days.close_day(w, reason="停电"))
    closed = bench.board()
    bench.verified(days.open_day)

    assert (closed.day_state, closed.calls) == ("closed", ())
    assert {q.waiting for q in closed.queues} == {0}
    assert {q.issuing for q in bench.board().queues} == {True}


def test_midnight_with_people_waiting_is_told(bench: Bench) -> None:
    staff = bench.open()
    serving(bench, staff)
    for item in ("MZ-01", "SP-02", "SP-02"):
        bench.issue(item)
    bench.clock.move(hours=16)

    bench.verified(days.tick)

    present = bench.board()
    assert present.date == "2026-11-24"
    assert {q.waiting for q in present.queues} == {0}
    assert {c.state for c in present.counters} == {"closed"}


def test_hours_are_told_by_the_tick(bench: Bench) -> None:
    bench.run(lambda w: catalogue.set_rules(w, always_open=False))
    bench.clock.move(hours=3)

    bench.verified(days.tick)

    assert {q.reason for q in bench.board().queues} == {"lunch_break"}


def test_a_disclosure_in_force_is_told_by_its_digest(bench: Bench) -> None:
    manager = bench.staff("m", (Role.MANAGER, ""))
    view = bench.read(lambda r: r.config.item("MZ-01").disclosure)
    assert view is not None
    before = bench.board().digest

    bench.verified(
        lambda w: catalogue.publish_disclosure(w, "MZ-01", view, staff=manager, expected=1)
    )

    assert bench.board().digest != before


def test_a_rule_that_the_catalogue_shows_is_told_by_its_digest(bench: Bench) -> None:
    before = bench.board().digest

    bench.verified(lambda w: catalogue.set_rules(w, no_show_window_min=45))

    assert bench.board().digest != before


def test_an_emergency_is_told_and_given_back(bench: Bench) -> None:
    manager = bench.staff("m", (Role.MANAGER, ""))

    bench.verified(lambda w: catalogue.set_emergency(w, staff=manager, text="请从东门离开"))
    assert bench.board().emergency == "请从东门离开"
    assert {q.reason for q in bench.board().queues} == {"emergency"}
    bench.verified(lambda w: catalogue.set_emergency(w, staff=manager, text=None))
    assert bench.board().emergency is None


def test_a_new_device_is_told(bench: Bench) -> None:
    token = bench.run(lambda w: devices.create_enrolment(w, kind="display", zone=""))

    bench.verified(lambda w: devices.enrol(w, token=token, name="大屏", software="t", contract=[1]))

    told = bench.events()[-1].message
    assert isinstance(told, DeviceChanged)
    assert (told.name, told.online) == ("大屏", False)


def test_a_new_pad_is_told_with_its_counter(bench: Bench) -> None:
    admin = bench.staff("m", (Role.ADMIN, ""))
    token = bench.run(lambda w: pads.create_enrolment(w, counter="1", role="rater", staff=admin))

    done = bench.verified(
        lambda w: pads.enrol(w, token=token, name="评价器", software="t", contract=[1])
    )

    types = [e.message.TYPE for e in bench.events()][-2:]
    pad = bench.read(lambda r: device_rows.by_uid(r, done.device))
    assert types == ["device.changed", "device.assigned"]
    assert pad is not None
    assert (pad.layout.role, pad.layout.counter, pad.version) == ("rater", "1", 2)
    assert pad.zone == done.zone == "1F"


def test_what_keys_of_a_pad_do_is_told(bench: Bench) -> None:
    bench.open()
    bench.issue()
    box = bench.device("display")
    bench.run(
        lambda w: screens.set_up(
            w, box, name="大屏", zone="", layout=Layout(pads=("1",)), expected=1
        )
    )

    for key in ("next", "recall", "start", "finish", "pause", "resume"):
        bench.verified(lambda w, k=key: pads.press(w, box, counter="1", key=k, expected=None))

    types = [e.message.TYPE for e in bench.events()][-6:]
    assert types == [
        *("ticket.called", "ticket.called", "ticket.serving", "ticket.left"),
        *("counter.changed", "counter.changed"),
    ]


def test_devices_and_calls_for_help_are_told(bench: Bench) -> None:
    kiosk, staff = bench.device(), bench.staff()

    bench.verified(lambda w: devices.request_help(w, kiosk))
    bench.verified(lambda w: devices.answer_help(w, kiosk.uid, staff=staff))
    bench.verified(lambda w: devices.changed(w, kiosk.uid, online=True, faults=("jam",)))
    bench.verified(lambda w: devices.revoke(w, kiosk.uid))

    types = [e.message.TYPE for e in bench.events()][-4:]
    assert types == ["help.requested", "help.answered", "device.changed", "device.changed"]


def test_what_staff_ask_of_a_device_is_told_by_its_identity_only(bench: Bench) -> None:
    manager, kiosk = bench.staff("m", (Role.MANAGER, "")), bench.device()

    done = bench.verified(lambda w: asks.ask(w, kiosk.uid, what="test_page", staff=manager))

    assert bench.events()[-1].message == DeviceAsked(
        device=kiosk.uid, ask=done.ask, what="test_page", part=""
    )
    bench.verified(lambda w: asks.answer(w, kiosk, done.ask, state="failed", detail="paper_out"))
    assert bench.events()[-1].message.TYPE == "device.answered"


def test_an_alarm_that_somebody_knows_is_told_to_staff(bench: Bench) -> None:
    guide = bench.staff("guide", (Role.GUIDE, ""))

    bench.verified(
        lambda w: alarms.acknowledge(w, "d::away", since="", present={"d::away"}, staff=guide)
    )

    assert bench.events()[-1].message.TYPE == "setting.changed"


def test_a_pause_past_its_time_is_told(bench: Bench) -> None:
    staff = bench.open()
    bench.run(
        lambda w: counters.pause(
            w, "1", staff=staff, expected=None, reason="会议", until="2026-11-23T02:00:00.000Z"
        )
    )
    bench.clock.move(hours=1)

    bench.verified(days.tick)

    assert next(c.until for c in bench.board().counters if c.code == "1") is None


def test_what_managers_change_is_told_to_staff_and_to_the_device(bench: Bench) -> None:
    manager = bench.staff("m", (Role.MANAGER, ""))
    display, kiosk = bench.device("display"), bench.device()

    bench.verified(lambda w: settings.set_voice(w, (ZoneVoice(),), staff=manager, expected=0))
    voice = bench.events()[-1].message.TYPE
    bench.verified(
        lambda w: screens.assign(
            w,
            display.uid,
            name="大屏",
            zone="",
            layout=Layout(rows=6),
            expected=1,
            staff=manager,
        )
    )
    assigned = [e.message.TYPE for e in bench.events()][-2:]
    bench.verified(lambda w: searches.record(w, kiosk, text="开网吧", language="zh"))

    assert voice == "setting.changed"
    assert assigned == ["setting.changed", "device.assigned"]
    assert bench.events()[-1].message.TYPE == "search.missed"


def test_a_forecast_is_told_for_each_queue_it_changes(bench: Bench) -> None:
    bench.open()
    bench.issue()

    forecast = look(bench)
    bench.verified(lambda w: waits.tell(w, forecast))

    assert next(q.high_min for q in bench.board().queues if q.code == "A") is not None


def test_a_number_given_back_by_its_holder_is_told(bench: Bench) -> None:
    token = bench.issue().url.rpartition("/")[2]

    bench.verified(lambda w: tickets.give_back(w, token))

    assert next(q.waiting for q in bench.board().queues if q.code == "A") == 0
