"""A citizen's phone: it keeps itself true, rings when called, and can give the number back."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from jinja2 import ChoiceLoader, Environment, PackageLoader
from playwright.sync_api import Browser, Page, Response, expect

from server.actions import catalogue, days, tickets
from server.kit.contract.reasons import Refused
from server.kit.contract.words import limit_words
from server.reads.phone import PhoneTicket, phone_ticket
from tests.api.test_pages import LARGEST, STATES, address, own, words
from tests.api.world import CHINESE, World
from tests.support.axe import violations
from tests.support.bench import Bench

PHONE_PAGES = {
    ("GET", "/t/<token>"),
    ("GET", "/t/<token>/give-back"),
    ("POST", "/t/<token>/give-back"),
}
"""Addresses of a ticket on its holder's phone."""


def path_of(world: World, ticket: dict[str, Any]) -> str:
    return str(ticket["url"]).removeprefix(world.hall.url)


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A phone of 360 px with script, that counts how it vibrates and rings."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    context.add_init_script(
        "window.felt = []; navigator.vibrate = p => { window.felt.push(p); return true; };"
        "window.tones = 0; const start = OscillatorNode.prototype.start;"
        "OscillatorNode.prototype.start = function (at) { window.tones += 1; return start.call(this, at); };"
    )
    yield context.new_page()
    context.close()


def test_a_number_is_given_back_after_one_more_question(world: World) -> None:
    world.settle()
    ticket = world.waiting()
    path = path_of(world, ticket)
    asked = world.nobody.get(f"{path}/give-back")
    still = own(world, ticket)

    assert "确定不来了吗" in asked.text
    assert "等候中" in still

    before = world.seq()
    gone = world.nobody.request("POST", f"{path}/give-back")
    assert gone.status == 303
    assert "已取消" in own(world, ticket)
    assert world.seq() == before + 1


def test_giving_back_twice_changes_nothing_more(world: World) -> None:
    world.settle()
    ticket = world.waiting()
    path = path_of(world, ticket)
    assert world.nobody.request("POST", f"{path}/give-back").status == 303

    with world.unchanged():
        again = world.nobody.request("POST", f"{path}/give-back")

    assert again.status == 303
    assert "退回" not in own(world, ticket)


def test_a_called_number_is_not_given_back_behind_the_clerks_back(world: World) -> None:
    ticket = world.called()
    path = path_of(world, ticket)

    with world.unchanged():
        answer = world.nobody.request("POST", f"{path}/give-back")

    assert answer.status == 303
    assert "叫到您了" in own(world, ticket)
    assert world.nobody.get(f"{path}/give-back").status == 302
    world.verb(ticket, "start")


def test_looking_or_guessing_gives_no_number_back(world: World) -> None:
    world.settle()
    ticket = world.waiting()
    path = path_of(world, ticket)
    with world.unchanged():
        assert world.nobody.get(f"{path}/give-back").status == 200
        guessed = world.nobody.request("POST", f"/t/{uuid.uuid4().hex}/give-back")
        other = world.nobody.request("PUT", f"{path}/give-back")

    assert guessed.status == 404
    assert CHINESE.search(words(guessed.text))
    assert other.status == 405
    assert "等候中" in own(world, ticket)


def test_the_five_disclosures_are_those_shown_when_the_number_was_taken(world: World) -> None:
    html = words(own(world, world.waiting()))

    for heading in ("服务内容", "办事程序", "申报材料", "承诺时限", "收费标准"):
        assert heading in html


def test_a_ticket_of_yesterday_is_dead(bench: Bench) -> None:
    token = bench.issue().url.rpartition("/")[2]
    alive = bench.read(lambda r: phone_ticket(r, token))
    bench.clock.move(hours=20)
    bench.run(days.tick)

    assert alive is not None
    assert bench.read(lambda r: phone_ticket(r, token)) is None
    with pytest.raises(Refused) as refused:
        bench.run(lambda w: tickets.give_back(w, token))
    assert refused.value.code == "not_found"


@pytest.mark.parametrize(
    ("hours", "served", "said", "unsaid"),
    [
        (1, False, "等候中", "午休"),
        (
            3.5,
            False,
            "现在午休 14:30 恢复叫号 下一个就是您 号码留着，请在 14:30 前回到大厅。",
            "留意叫号",
        ),
        (3.5, True, "还在办的窗口仍可能叫到您，离开前请问一问导办台。", "留意叫号"),
        (9.5, False, "今天的服务时间已过 这个号还没有叫到。", "留意叫号"),
        (9.5, False, "问一问今天还办不办，或 明天 08:30 后再来取号。", "下一个就是您"),
        (9.5, True, "今天的服务时间已过 这个号还没有叫到。 还在办的窗口", "等候中"),
    ],
)
def test_at_lunch_and_after_hours_the_page_says_so(
    bench: Bench, hours: float, served: bool, said: str, unsaid: str
) -> None:
    token = bench.issue().url.rpartition("/")[2]
    if served:
        bench.open()
    bench.run(lambda w: catalogue.set_rules(w, always_open=False))
    bench.clock.move(hours=hours)
    found = bench.read(lambda r: phone_ticket(r, token))
    html = words(drawn(found))

    assert said in html
    assert unsaid not in html


def drawn(ticket: PhoneTicket | None) -> str:
    """Draw a ticket's page without script."""
    env = Environment(
        loader=ChoiceLoader([PackageLoader("server.web"), PackageLoader("server.kit.web")]),
        autoescape=True,
    )
    env.filters.update(limit=limit_words, fee=str)
    env.globals.update(asset_url=str, kit_url=str, url_for=lambda *_, **__: "#")
    return env.get_template("ticket.html").render(ticket=ticket, token="t")


def test_giving_back_tells_every_screen(bench: Bench) -> None:
    token = bench.issue().url.rpartition("/")[2]
    bench.issue()

    bench.verified(lambda w: tickets.give_back(w, token))

    assert next(q.waiting for q in bench.board().queues if q.code == "A") == 1


def test_the_phone_turns_colour_vibrates_and_rings_when_called(world: World, phone: Page) -> None:
    world.settle()
    ticket = world.waiting()
    phone.goto(ticket["url"])
    bell = phone.get_by_role("button", name="叫到我时响铃")
    bell.click()
    expect(phone.get_by_role("button", name="叫到时会响铃")).to_have_attribute(
        "aria-pressed", "true"
    )
    before = phone.evaluate("document.body.className")
    proof = phone.evaluate("window.tones")

    assert world.clerk.at("call", ticket=ticket["uid"], reason="测试").status == 200
    expect(phone.locator('.now[data-state="called"]')).to_be_visible()

    assert "called" not in before
    assert "called" in phone.evaluate("document.body.className")
    assert phone.evaluate("window.felt.length") == 1
    assert phone.evaluate("window.tones") > proof > 0
    assert phone.title().startswith(ticket["number"])
    called = world.clerk.desk()["current"]
    again = world.clerk.on(called, "recall")
    assert again.status == 200
    expect(phone.get_by_text("已呼叫 2 次")).to_be_visible()
    assert phone.evaluate("window.felt.length") == 2


def test_a_phone_that_lost_the_hall_says_of_when_its_news_are(world: World, phone: Page) -> None:
    world.settle()
    ticket = world.waiting()
    phone.clock.install()
    phone.goto(ticket["url"])
    at = re.search(r"(\d\d:\d\d):\d\d 的情况", phone.locator(".fine").last.inner_text())
    phone.context.set_offline(True)
    for _ in range(8):
        phone.clock.run_for(4000)
        phone.wait_for_timeout(100)

    assert at is not None
    expect(phone.locator("#lost")).to_be_visible()
    assert f"{at[1]} 的情况" in phone.locator("#lost").inner_text()
    phone.context.set_offline(False)
    for _ in range(8):
        phone.clock.run_for(4000)
        phone.wait_for_timeout(100)
    expect(phone.locator("#lost")).to_be_hidden()


def test_what_was_unfolded_stays_so_when_the_page_renews_itself(world: World, phone: Page) -> None:
    world.settle()
    first, ticket = world.waiting(), world.waiting()
    phone.goto(ticket["url"])
    phone.get_by_text("看看材料带齐了吗").click()
    expect(phone.get_by_role("heading", name="三、申报材料")).to_be_visible()
    before = phone.locator("#content").get_attribute("data-at")
    renewed = phone.locator(".fine").last.inner_text()

    assert world.nobody.request("POST", f"{path_of(world, first)}/give-back").status == 303
    expect(phone.locator(".fine").last).not_to_have_text(renewed)

    assert before
    expect(phone.get_by_role("heading", name="三、申报材料")).to_be_visible()


def test_it_weighs_less_than_100_kb_with_script(world: World, phone: Page) -> None:
    loaded: list[Response] = []
    phone.on("response", lambda r: loaded.append(r))
    phone.goto(world.waiting()["url"])
    phone.wait_for_load_state("load")

    assert {r.status for r in loaded} == {200}
    assert 0 < sum(len(r.body()) for r in loaded) < LARGEST


@pytest.mark.parametrize(("state", "prepare", "said", "over"), STATES, ids=[s[0] for s in STATES])
def test_every_state_can_be_used_by_everybody(
    world: World, phone: Page, state: str, prepare: Any, said: str, over: bool
) -> None:
    ticket = prepare(world)
    phone.goto(world.hall.url + address(world, ticket["ticket"]))
    small = phone.evaluate(
        "[...document.querySelectorAll('a, button, summary')]"
        ".map(e => e.getBoundingClientRect()).filter(r => r.width && (r.height < 44)).length"
    )

    assert violations(phone) == []
    assert small == 0
    assert phone.evaluate("document.documentElement.scrollWidth") == 360


def test_a_called_ticket_can_be_read_by_everybody(world: World, phone: Page) -> None:
    ticket = world.called()
    phone.goto(ticket["url"])
    expect(phone.locator("body")).to_have_class(re.compile("called"))
    found = violations(phone)
    world.verb(ticket, "start")

    assert found == []


def test_waiting_and_giving_back_can_be_used_by_everybody(world: World, phone: Page) -> None:
    world.settle()
    ticket = world.waiting()
    phone.goto(ticket["url"])
    waiting = violations(phone)
    phone.get_by_role("link", name="我来不了了").click()
    asking = violations(phone)
    phone.get_by_role("button", name=f"确定退回 {ticket['number']}").click()
    expect(phone.get_by_text("已取消")).to_be_visible()

    assert (waiting, asking, violations(phone)) == ([], [], [])
