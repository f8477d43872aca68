"""Pages without script: a ticket's live state and an item's guide on phones, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.api.table import ITEM, held, passed
from tests.api.world import CHINESE, NOT_FOR_PEOPLE, World, from_address
from tests.architecture.test_contrast import luminance

PAGES = {
    ("GET", "/"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/sign-out"),
    ("GET", "/password"),
    ("POST", "/password"),
    ("GET", "/desk"),
    ("GET", "/g/<code>"),
}
"""Addresses of pages; test_sign_in and tests/pages ask the others."""
LARGEST = 100_000
"""Bytes of a phone page with all that it loads."""
STATIC = Path(__file__).resolve().parents[2] / "server" / "web" / "static"


def own(world: World, ticket: dict[str, str]) -> str:
    """Text of a ticket's page."""
    answer = world.nobody.get(ticket["url"].removeprefix(world.hall.url))
    assert answer.status == 200, answer.text
    return answer.text


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_waiting_ticket_tells_how_many_are_ahead_and_refreshes_itself(world: World) -> None:
    world.settle()
    first, second = world.waiting(), world.waiting()
    one, two = own(world, first), own(world, second)

    ahead = [
        int(re.search(r"还有 (\d+) 人", words(x))[1]) if "还有" in x else 0 for x in (one, two)
    ]  # type: ignore[index]
    assert ahead[1] == ahead[0] + 1
    assert second["number"] in words(two)
    assert '<meta http-equiv="refresh" content="10">' in two
    assert "1号窗口" in two
    assert "过号" in two
    assert f'href="/g/{ITEM}"' in two


def test_the_range_is_left_out_when_nobody_serves(world: World) -> None:
    world.settle()
    ticket = world.waiting()
    assert world.clerk.at("close", reason="下班").status == 200
    html = own(world, ticket)

    assert "窗口现在没有开" in html
    assert "还要等" not in html


def test_a_called_ticket_shows_its_counter(world: World) -> None:
    ticket = world.called()
    html = own(world, ticket)
    again = world.verb(ticket, "recall")
    repeated = own(world, {**again, "url": ticket["url"]})

    assert 'data-state="called"' in html
    assert "叫到您了，请到 1号窗口" in words(html)
    assert "<title>" + ticket["number"] + " 请到 1号窗口</title>" in html
    assert "已呼叫 2 次" in repeated


STATES: list[tuple[str, Callable[[World], dict[str, str]], str, bool]] = [
    ("serving", lambda w: w.serving(), "正在办理 1号窗口", False),
    ("held", held, "再回到窗口", False),
    ("no_show", passed, "过号 30 分钟内", False),
    ("done", lambda w: w.verb(w.serving(), "finish"), "已办结", True),
    ("cancelled", lambda w: w.verb(passed(w), "cancel", reason="走了"), "请重新取号", True),
]


@pytest.mark.parametrize(("state", "prepare", "said", "over"), STATES, ids=[s[0] for s in STATES])
def test_every_state_says_what_to_do(
    world: World, state: str, prepare: Callable[[World], dict[str, str]], said: str, over: bool
) -> None:
    ticket = prepare(world)
    html = world.nobody.get(address(world, ticket["ticket"])).text

    assert f'data-state="{state}"' in html
    assert said in words(html)
    assert ("refresh" in html) is not over


def address(world: World, uid: str) -> str:
    """Address of a ticket whose slip is not at hand."""
    db = world.hall.database()
    with db.engine().connect() as connection:
        row = connection.exec_driver_sql("SELECT token FROM ticket WHERE uid = ?", (uid,)).one()
    db.close()
    return f"/t/{row[0]}"


def test_an_emergency_stands_above_everything(world: World) -> None:
    world.settle()
    ticket = world.waiting()
    assert world.manager.post("/emergency", {"text": "请有序撤离"}).status == 200
    try:
        html = own(world, ticket)
    finally:
        assert world.manager.post("/emergency", {"text": None}).status == 200
    assert html.index("请有序撤离") < html.index('data-state="waiting"')
    assert "请在大厅留意叫号" not in html


def test_an_expired_ticket_is_over(world: World) -> None:
    world.settle()
    ticket = world.waiting()
    assert world.manager.post("/day/close", {"reason": "停电"}).status == 200
    try:
        html = own(world, ticket)
    finally:
        assert world.manager.post("/day/open").status == 200
    assert "已失效" in html
    assert "refresh" not in html


def test_a_wrong_address_says_what_to_do_and_guessing_is_slowed_down(world: World) -> None:
    guesser = from_address(world.hall.client(), "127.0.0.78")
    ticket = world.waiting()
    for _ in range(60):
        answer = guesser.get("/t/AAAAAAAAAAAAAAAA")
        assert (answer.status, "导办台" in answer.text) == (404, True)
    slowed = guesser.get(ticket["url"].removeprefix(world.hall.url))

    assert slowed.status == 429
    assert "请稍等" in slowed.text
    assert world.nobody.get(ticket["url"].removeprefix(world.hall.url)).status == 200


def test_a_hall_full_of_phones_on_one_address_is_served(world: World) -> None:
    """One address may ask as often as there are phones behind it, as long as its tickets exist."""
    ticket = world.waiting()
    path = ticket["url"].removeprefix(world.hall.url)
    assert {world.nobody.get(path).status for _ in range(150)} == {200}


@pytest.mark.parametrize(
    "path", ["/t/", "/t/%00", "/t/" + "x" * 5000, "/t/../../etc/passwd", "/t/%F0%9F"]
)
def test_an_odd_address_is_refused_in_words(world: World, path: str) -> None:
    answer = from_address(world.hall.client(), "127.0.0.79").get(path)
    assert answer.status in {400, 404}
    assert CHINESE.search(words(answer.text))
    assert not NOT_FOR_PEOPLE.search(answer.text)


def test_a_guide_holds_the_five_disclosures_and_marks_what_is_a_sample(world: World) -> None:
    html = world.nobody.get("/g/MZ-02").text
    text = words(html)

    for title in ("服务内容", "办事程序", "申报材料", "承诺时限", "收费标准"):
        assert title in text
    for fact in (
        "离婚登记",
        "冷静期30日",
        "书面离婚协议 原件",
        "当场办结 示例",
        "不收费",
        "民法典",
    ):
        assert fact in text, fact
    assert "标有“示例”的内容不是本地公布的" in text
    assert "script" not in html


def test_a_guide_that_is_none_is_refused_in_words(world: World) -> None:
    for code in ("ZZ-99", "%00", "x" * 300):
        answer = world.nobody.get(f"/g/{code}")
        assert answer.status in {400, 404}
        assert CHINESE.search(words(answer.text))


def test_every_item_of_the_sample_has_a_guide(world: World) -> None:
    items = world.display.get("/api/v1/catalogue").json["items"]
    wrong = [i["code"] for i in items if world.nobody.get(f"/g/{i['code']}").status != 200]

    assert len(items) == 37
    assert wrong == []


def test_pages_refuse_another_method_in_words(world: World) -> None:
    for path, allowed in (
        ("/t/x", "GET"),
        (f"/g/{ITEM}", "GET"),
        ("/sign-out", "POST"),
        ("/", "GET"),
    ):
        answer = world.nobody.request("DELETE", path)
        assert answer.status == 405
        assert allowed in answer.headers["Allow"]
        assert CHINESE.search(words(answer.text))
        assert answer.headers["Content-Type"].startswith("text/html")


def test_every_answer_has_the_headers_that_keep_it_safe(world: World) -> None:
    for path in ("/sign-in", f"/g/{ITEM}", "/t/x", "/nothing", "/healthz", "/api/v1/board"):
        headers = world.nobody.get(path).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"


def test_files_come_from_their_folder_only(world: World) -> None:
    fonts = world.nobody.get("/static/phone.css?v=1")
    assert (fonts.status, "immutable" in fonts.headers["Cache-Control"]) == (200, True)
    for path in ("/static/../auth.py", "/static/%2e%2e/auth.py", "/kit/..%2f..%2fhttp.py", "/kit/"):
        assert world.nobody.get(path).status in {400, 404}


def tokens(css: str, selector: str) -> dict[str, str]:
    found = re.search(re.escape(selector) + r"\s*\{([^}]*)\}", css)
    assert found
    return dict(re.findall(r"--([\w-]+)\s*:\s*(#[0-9a-f]{6});", found[1]))


def test_the_phones_colours_can_be_read_by_day_and_by_night() -> None:
    kit = (STATIC.parents[1] / "kit" / "web" / "static" / "tokens.css").read_text(encoding="utf-8")
    day_css, night_css = (STATIC / "tokens.css").read_text(encoding="utf-8").split("@media")
    day = {**tokens(kit, ".desk"), **tokens(day_css, ".phone")}
    night = {**day, **tokens(night_css, ".phone")}
    pairs = [("ink", "ground"), ("ink", "panel"), ("muted", "ground"), ("muted", "panel"),
             ("action", "ground"), ("action", "panel"), ("call-ink", "call"),
             ("passed-ink", "passed"), ("alarm-ink", "alarm")]  # fmt: skip
    for theme in (day, night):
        for text, ground in pairs:
            light, dark = sorted((luminance(theme[text]), luminance(theme[ground])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


@pytest.fixture(params=["light", "dark"])
def phone(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740},
        color_scheme=request.param,
        java_script_enabled=False,
        locale="zh-CN",
    )
    yield context.new_page()
    context.close()


def test_phone_pages_fit_a_small_phone_without_script(world: World, phone: Page) -> None:
    loaded: list[int] = []
    phone.on("response", lambda r: loaded.append(len(r.body())))
    ticket = world.called()
    phone.goto(ticket["url"])
    number = phone.locator(".number")
    size = float(number.evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))
    rest = phone.locator(".now .big").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    body = phone.locator(".facts dd").first.evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize)"
    )
    wide = phone.evaluate("document.documentElement.scrollWidth")

    assert sum(loaded) < LARGEST
    assert number.inner_text().endswith(ticket["number"])
    assert size > 1.9 * rest > 2 * body
    assert body >= 18
    assert wide == 360
    phone.goto(f"{world.hall.url}/g/{ITEM}")
    assert phone.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("phone", ["light"], indirect=True)
def test_a_phone_learns_of_its_call_by_itself(world: World, phone: Page) -> None:
    world.settle()
    taken = world.waiting()
    phone.goto(taken["url"])
    assert "等候中" in phone.locator(".now").inner_text()
    assert world.clerk.at("call", ticket=taken["uid"], reason="测试").status == 200
    phone.wait_for_selector('.now[data-state="called"]', timeout=20_000)


def test_the_guide_is_one_clean_sheet_of_paper(world: World, phone: Page) -> None:
    phone.goto(f"{world.hall.url}/g/MZ-02")
    phone.emulate_media(media="print")

    assert phone.locator(".only-paper").is_visible()
    paper = phone.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45][.\d]* 84[12]", paper)
