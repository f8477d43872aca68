"""The device pages over HTTP: what hangs on a device, what is asked of it, who knows of an alarm."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.api.manage import Form
from tests.api.test_manage_deeds import post
from tests.api.world import World, refused
from tests.support.devices import Standing, part
from tests.support.hall import Client, running_hall

WITHIN_S = 15.0


@pytest.fixture
def screen(world: World) -> Iterator[Standing]:
    """A display of this test's own."""
    found = Standing(world.hall, "display", "九号屏", "1F")
    yield found
    found.go()


def seen(client: Client, path: str, what: Callable[[str], bool]) -> str:
    """Return a page, without markup, as soon as *what* is true of it."""
    deadline = time.monotonic() + WITHIN_S
    while True:
        main = client.get(path).text.partition("<main")[2]
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))
        if what(text):
            return text
        assert time.monotonic() < deadline, text
        time.sleep(0.1)


def page_of(device: Standing) -> str:
    return f"/manage/devices/{device.uid}"


def asked(world: World, device: Standing, what: str, who: str = "manager", part: str = "") -> int:
    return post(world.asker(who), f"{page_of(device)}/ask", what=what, part=part).status


def test_what_hangs_on_a_device_is_on_its_page_until_it_changes(
    world: World, screen: Standing
) -> None:
    bar = part(
        "led:3", ("silent", "2026-11-20T01:41:00.000Z"), name="3号窗口条屏", verified="unverified"
    )
    screen.come().say(parts=[bar])
    shown = seen(world.supervisor, page_of(screen), lambda t: "3号窗口条屏：没有应答" in t)
    screen.say(parts=[part("led:3", name="3号窗口条屏", verified="measured")])
    after = seen(world.supervisor, page_of(screen), lambda t: "没有应答" not in t)

    assert "11月20日（周五）09:41 起" in shown
    assert "未验证" in shown
    assert "实机验证" in after


def test_malformed_parts_are_dropped_and_the_device_stays(world: World, screen: Standing) -> None:
    """A box of a future version, or a broken one, must not take the page down."""
    screen.come().say("muted")
    seen(world.manager, page_of(screen), lambda t: "静音" in t)
    assert screen._connection is not None
    screen._connection.say("ack", {"status": {"parts": [{"key": 7}]}})
    screen._connection.say("ack", {"status": {"faults": ["x" * 999]}})
    time.sleep(0.3)

    assert "静音" in seen(world.manager, page_of(screen), lambda t: True)


def test_staff_who_may_configure_ask_and_others_may_not(world: World, screen: Standing) -> None:
    with world.unchanged():
        for who in ("supervisor", "guide"):
            assert asked(world, screen, "show_test", who) == 403
        assert asked(world, screen, "test_page") == 400
        assert post(world.manager, "/manage/devices/nothing/ask", what="restart").status == 404
    before = world.seq()
    assert asked(world, screen, "show_test") == 303
    assert world.seq() == before + 1
    with world.unchanged():  # pressed again before the screen came for it
        assert asked(world, screen, "show_test") == 303

    listed = screen.client.get("/api/v1/devices/me/asks").json["asks"]
    assert [(a["what"], a["state"]) for a in listed] == [("show_test", "asked")]


def test_the_page_says_what_came_of_it(world: World, screen: Standing) -> None:
    asked(world, screen, "identify")
    (ask,) = screen.client.get("/api/v1/devices/me/asks").json["asks"]
    path = f"/devices/me/asks/{ask['ask']}"
    assert screen.client.post(path, {"state": "begun"}).status == 200
    refused(screen.client.post(path, {"state": "begun"}), 404, "not_found")
    assert screen.client.post(path, {"state": "failed", "detail": "emergency"}).status == 200
    shown = seen(world.supervisor, page_of(screen), lambda t: "显示名称" in t)

    assert "没有做成：正在显示紧急疏散" in shown
    assert screen.client.get("/api/v1/devices/me/asks").json["asks"] == []


def test_a_revoked_device_is_asked_nothing_and_fetches_nothing(
    world: World, screen: Standing
) -> None:
    asked(world, screen, "restart")
    assert post(world.admin, f"{page_of(screen)}/revoke").status == 303
    time.sleep(2.1)  # KNOWN_S: a token is believed so long

    assert screen.client.get("/api/v1/devices/me/asks").status == 401
    assert asked(world, screen, "restart") == 404


def test_an_alarm_is_known_by_whoever_watches_and_then_stands_last(
    world: World, screen: Standing
) -> None:
    screen.come().say("no_sound")
    seen(world.guide, "/manage", lambda t: "没有声音 九号屏" in t)
    (mine,) = [
        a for a in world.guide.get("/api/v1/alarms").json["alarms"] if a["device"] == screen.uid
    ]
    sent = post(
        world.guide,
        "/manage/alarms/known",
        key=mine["key"],
        since=mine["since"],
        back="manage.overview",
    )
    text = seen(world.manager, "/manage/devices", lambda t: "已知晓" in t)

    assert (sent.status, sent.headers["Location"]) == (303, "/manage")
    assert re.search(r"没有声音 九号屏.*?工号 \S+ \d\d:\d\d 已知晓", text)
    alarms = world.manager.get("/api/v1/alarms").json["alarms"]
    assert [a["known_by"] != "" for a in alarms if a["device"] == screen.uid] == [True]


def test_alarms_stand_at_the_top_of_other_pages(world: World, screen: Standing) -> None:
    screen.come().say("no_sound")
    deadline = time.monotonic() + WITHIN_S
    while "件事要人处理" not in world.manager.get("/manage/history").text:
        assert time.monotonic() < deadline
        time.sleep(0.1)

    assert "件事要人处理" not in world.manager.get("/manage").text  # it has them in full


def test_since_when_a_device_is_away_survives_the_servers_restart(tmp_path: Path) -> None:
    with running_hall(tmp_path / "hall") as hall:
        hall.person("boss", "manager")
        boss, screen = hall.client("boss"), Standing(hall, "display", "二楼屏")
        screen.come(software="1.4.0").say()
        here = seen(boss, "/manage/devices", lambda t: "在线" in t)
        hall.stop()
        hall.start()
        away = seen(boss, "/manage/devices", lambda t: "离线" in t)

    assert "二楼屏" in here
    assert re.search(r"综合屏离线 二楼屏 整个大厅 \d\d:\d\d 起 刚刚", away)
    assert "软件 1.4.0" in away


def test_forms_of_alarms_lead_nowhere_else(world: World) -> None:
    sent = post(world.manager, "/manage/alarms/known", key="x", since="", back="https://evil")

    assert sent.headers["Location"] == "/manage/devices"
    with world.unchanged():
        form = Form(world.manager, "/manage/alarms/known", [("key", "x")])
        assert form.send().status == 403
