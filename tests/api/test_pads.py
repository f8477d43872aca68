"""Call pads over HTTP: what a key press does, for which counter, and what the log says of it."""

from __future__ import annotations

import re
import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest

from server.domain.moments import moment
from server.reads import log
from tests.api.checks import Refusals
from tests.api.manage import Form
from tests.api.world import Call, World, refused
from tests.support.hall import Answer


class TestRefusals(Refusals):
    group = "pads"


def press(world: World, key: str, counter: str = "1", **more: Any) -> Answer:
    body = {"counter": counter, "key": key, **more}
    return world.send("display", Call(path="/api/v1/pads/presses", body=body))


@pytest.fixture
def pads(world: World) -> World:
    world.settle()
    world.hang_pads("1", "2")
    world.waiting()
    return world


def test_the_keys_lead_a_ticket_from_the_line_to_its_end(pads: World) -> None:
    called = press(pads, "next")
    again = press(pads, "recall")
    assert (called.json["state"], again.json["number"]) == ("called", called.json["number"])
    assert press(pads, "start").json["state"] == "serving"
    assert press(pads, "finish").json["state"] == "done"
    assert pads.clerk.desk()["current"] is None


def test_a_person_who_does_not_come_is_passed_over(pads: World) -> None:
    assert press(pads, "next").status == 200
    assert press(pads, "no_show").json["state"] == "no_show"


def test_next_beside_a_ticket_at_the_counter_is_refused_as_on_the_clerks_page(
    pads: World,
) -> None:
    pads.waiting()
    assert press(pads, "next").status == 200
    with pads.unchanged():
        refused(press(pads, "next"), 409, "counter_busy")


def test_a_pause_by_key_ends_by_key_and_shows_only_a_reason_of_the_halls_list(
    pads: World,
) -> None:
    assert press(pads, "pause").status == 200
    counter = next(c for c in pads.board()["counters"] if c["code"] == "1")
    refused(press(pads, "next"), 409, "counter_paused")
    assert press(pads, "resume").status == 200
    assert (counter["state"], counter["reason"]) == ("paused", "其他原因")


def test_keys_about_a_ticket_need_one(pads: World) -> None:
    with pads.unchanged():
        for key in ("recall", "start", "finish", "no_show"):
            refused(press(pads, key), 409, "no_ticket")


def test_a_closed_counter_obeys_no_key(pads: World) -> None:
    pads.hang_pads("9")
    with pads.unchanged():
        refused(press(pads, "next", "9"), 409, "counter_closed")


def test_a_key_of_a_counter_that_no_manager_gave_to_this_box_is_refused(pads: World) -> None:
    pads.hang_pads("2")
    with pads.unchanged():
        for counter in ("1", "3", "不存在", ""):
            refused(press(pads, "next", counter), 403, "forbidden")


def test_a_counter_taken_from_the_box_is_refused_at_once(pads: World) -> None:
    """Not within two seconds, as a token is: the press reads what is set this moment."""
    assert press(pads, "next").status == 200
    pads.hang_pads()
    with pads.unchanged():
        refused(press(pads, "recall"), 403, "forbidden")


def test_a_press_sent_twice_by_the_line_calls_one_person(pads: World) -> None:
    """Two copies at the same time, with one key: one call, both answered alike."""
    pads.waiting()
    key, answers = str(uuid.uuid4()), []
    call = Call(path="/api/v1/pads/presses", body={"counter": "1", "key": "next"})
    threads = [
        threading.Thread(target=lambda: answers.append(pads.send("display", call, key=key)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {a.status for a in answers} == {200}
    assert len({a.json["ticket"] for a in answers}) == 1
    assert len([c for c in pads.board()["calls"] if c["counter"] == "1"]) == 1


def test_a_press_that_lay_on_the_way_calls_nobody_later(pads: World) -> None:
    """A server that stood still finds such requests in its socket when it goes on."""
    now = pads.hall.database().clock()
    with pads.unchanged():
        late = press(pads, "next", pressed_at=moment(now - timedelta(seconds=11)))
        early = press(pads, "next", pressed_at=moment(now + timedelta(days=365)))
        odd = press(pads, "next", pressed_at="gestern")
    refused(late, 409, "stale")
    refused(early, 409, "stale")
    refused(odd, 400, "malformed")
    assert press(pads, "next", pressed_at=moment(now)).status == 200


def test_the_log_says_that_a_press_came_from_a_pad_and_for_whom(pads: World) -> None:
    seq = pads.seq()
    assert press(pads, "next").status == 200

    sql = f"SELECT type, actor_kind, actor_id, note FROM hall_event WHERE seq > {seq}"
    with pads.hall.database().engine().connect() as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(sql)]

    uid = pads.display.device  # type: ignore[attr-defined]
    assert [r for r in found if r[0] == "ticket.called"] == [
        ("ticket.called", "device", uid, "呼叫器按键，工号 c01")
    ]
    assert pads.hall.work(log.faults) == []


def test_an_enrolled_pad_is_obeyed_for_its_own_counter_alone(pads: World) -> None:
    token = pads.hall.pad_token("1", "pad")
    body = {"token": token, "name": "1号窗口呼叫器", "contract": [1]}
    enrolled = pads.send("nobody", Call(path="/api/v1/devices/enrol", body=body)).json
    pad = pads.hall.client()
    pad.token = enrolled["token"]
    own = Call(path="/api/v1/pads/presses", body={"counter": "1", "key": "next"})

    assert enrolled["kind"] == "pad"
    assert pads.send(pad, own).status == 200
    with pads.unchanged():
        refused(pads.send(pad, own.but(counter="2")), 403, "forbidden")


def test_a_rater_presses_no_keys_of_the_clerk(pads: World) -> None:
    body = {"token": pads.hall.pad_token("1", "rater"), "contract": [1]}
    enrolled = pads.send("nobody", Call(path="/api/v1/devices/enrol", body=body)).json
    rater = pads.hall.client()
    rater.token = enrolled["token"]
    own = Call(path="/api/v1/pads/presses", body={"counter": "1", "key": "next"})
    with pads.unchanged():
        refused(pads.send(rater, own), 403, "forbidden")


def test_a_token_altered_to_name_another_counter_is_unknown(pads: World) -> None:
    token = pads.hall.pad_token("1", "pad")
    call = Call(path="/api/v1/devices/enrol", body={"contract": [1]})
    with pads.unchanged():
        for other in (token[:-1] + "2", token.replace(".pad.", ".rater."), token[:32]):
            refused(pads.send("nobody", call.but(token=other)), 403, "enrolment_invalid")


class TestManaging:
    """Who hangs pads on a box and enrols raters."""

    def test_a_manager_gives_the_pads_of_counters_to_a_screen(self, pads: World) -> None:
        pads.hang_pads()
        uid = pads.display.device  # type: ignore[attr-defined]
        form = Form.of(pads.manager, f"/manage/screens/{uid}")
        assert form.fill(pads=["2", "1"]).send().status == 303
        page = pads.manager.get(f"/manage/screens/{uid}")

        assert press(pads, "next").status == 200
        assert re.findall(r'name="pads" value="(\d+)" checked', page.text) == ["1", "2"]

    def test_one_counters_pad_hangs_on_one_box_and_its_counter_exists(self, pads: World) -> None:
        other = pads.other_display.device  # type: ignore[attr-defined]
        form = Form.of(pads.manager, f"/manage/screens/{other}")
        with pads.unchanged():
            taken = form.fill(pads=["1"]).send()
            unknown = form.fill(pads=["不存在"]).send()
        assert (taken.status, "已接在" in taken.text) == (422, True)
        assert (unknown.status, "请重新选择呼叫器的窗口" in unknown.text) == (422, True)

    def test_a_rater_is_enrolled_by_an_address_shown_once(self, pads: World) -> None:
        form = Form.of(pads.admin, "/manage/pads/enrol").fill(role="rater", counter="2")
        page = form.send()
        address = re.search(r"(http\S+/rater/enrol\?token=[\w.]+)", page.text)
        assert address
        assert (page.status, '<svg class="qr"' in page.text) == (200, True)
        assert address[1].endswith(".rater.2")
        assert pads.hall.client().get(address[1].removeprefix(pads.hall.url)).status == 200
        assert address[1] not in pads.admin.get("/manage/pads/enrol").text

    def test_only_an_administrator_enrols_and_a_counter_is_chosen(self, pads: World) -> None:
        with pads.unchanged():
            for who in ("manager", "supervisor", "guide"):
                form = Form.of(pads.asker(who), "/manage/pads/enrol")
                assert form.fill(role="rater", counter="1").send().status == 403
            none = Form.of(pads.admin, "/manage/pads/enrol").fill(counter="").send()
        assert (none.status, "请选择窗口" in none.text) == (422, True)

    def test_a_rater_is_named_and_moved_like_any_device(self, pads: World) -> None:
        body = {"token": pads.hall.pad_token("1", "rater"), "contract": [1]}
        uid = pads.send("nobody", Call(path="/api/v1/devices/enrol", body=body)).json["device"]
        form = Form.of(pads.manager, f"/manage/devices/{uid}")
        assert form.get("name") == "1号窗口评价器"
        page = pads.manager.get("/manage/devices").text
        assert "评价器 · 1号窗口" in page
        assert form.fill(name="左边的评价器").send().status == 303
