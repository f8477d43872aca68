"""The clerk's page in Chromium against a real server: a ticket's whole life by keys, and bad days."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import socketio
from playwright.sync_api import Page, expect

from server.domain.moments import instant, moment
from server.kit.contract.views import DeskView
from server.store import people
from server.web.desk import words
from tests.support.chromium import until
from tests.support.hall import PASSWORD, Clerk, RunningHall, running_hall
from tests.support.relay import Relay

ROOT = Path(__file__).resolve().parents[2]
BAR, WIDE_BAR = (360, 800), (400, 860)
OFFICE, WALL = (1280, 1024), (1920, 1080)

REFUSED = r"status of 4\d\d"
"""What Chromium writes of a refusal, which is an answer."""
CUT_OFF = r"ERR_|WebSocket connection"

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    with running_hall(tmp_path_factory.mktemp("desk"), rules={"min_calls": 3}) as hall:
        yield hall


@pytest.fixture(scope="module")
def kiosk(hall: RunningHall) -> Any:
    return hall.enrol("kiosk", "1F", "一楼取号机")


@pytest.fixture
def sit(hall: RunningHall, open_page: OpenPage) -> Callable[..., Page]:
    """Return a function that signs a new clerk in through the form and opens a counter's page."""

    def down(
        counter: str,
        *,
        role: str = "clerk",
        size: tuple[int, int] = OFFICE,
        url: str = "",
        begin: bool = True,
        expected: tuple[str, ...] = (REFUSED,),
        login: str = "",
    ) -> Page:
        page = open_page(size, expected=expected)
        name = login or f"c{counter}-{role}-{size[0]}"
        if not login:
            hall.person(name, role)
        page.goto(f"{url or hall.url}/desk?counter={counter}")
        page.fill("#login", name)
        page.fill("#password", PASSWORD)
        page.click("text=登录 >> nth=-1")
        page.wait_for_selector("body[data-live]")
        if begin and page.get_attribute("body", "data-mood") == "closed":
            page.keyboard.press("F9")
            mood(page, "free")
        return page

    return down


def mood(page: Page, wanted: str) -> None:
    expect(page.locator("body"), page.inner_text("#say")).to_have_attribute("data-mood", wanted)
    expect(page.locator("body:not([data-busy])")).to_have_count(1)


def number(page: Page) -> str:
    return page.inner_text(".digits")


def said(page: Page, pattern: str) -> None:
    expect(page.locator("#say")).to_contain_text(pattern)


def rest(page: Page) -> None:
    """Let the half second pass in which a press counts as a double tap."""
    page.wait_for_timeout(520)


def calls(hall: RunningHall, counter: str) -> int:
    """How often `ticket.called` stands in the log for a counter."""
    sql = (
        "SELECT count(*) FROM hall_event WHERE type = 'ticket.called' "
        f"AND json_extract(data, '$.counter') = '{counter}'"
    )
    db = hall.database()
    try:
        with db.engine().connect() as connection:
            found: int = connection.exec_driver_sql(sql).scalar_one()
            return found
    finally:
        db.close()


def test_a_ticket_lives_its_whole_life_by_keys(hall, kiosk, sit):
    slips = [kiosk.take("MZ-01") for _ in range(3)]
    page = sit("1", begin=False)

    assert page.url.endswith("/desk?counter=1"), "the sign-in leads back to the counter"
    mood(page, "closed")
    page.keyboard.press("F9")
    mood(page, "free")
    expect(page.locator("#waiting .row")).to_have_count(3)
    page.keyboard.press("F1")
    mood(page, "called")
    assert number(page) == slips[0]["number"]
    rest(page)
    page.keyboard.press("F2")
    expect(page.locator(".now .state")).to_contain_text("第 2 次")
    page.keyboard.press("F3")
    mood(page, "serving")
    page.locator("#papers input").first.check()
    page.keyboard.press("F4")
    mood(page, "free")
    expect(page.locator(".done")).to_have_text("已办 1")

    page.keyboard.press("F1")
    mood(page, "called")
    assert number(page) == slips[1]["number"]
    expect(page.locator("#papers input:checked")).to_have_count(0)
    page.keyboard.press("F7")
    page.keyboard.press("1")
    mood(page, "free")
    expect(page.locator("#held .row")).to_contain_text([slips[1]["number"]])
    rest(page)
    page.keyboard.press("F7")
    mood(page, "called")
    assert number(page) == slips[1]["number"]
    page.keyboard.press("F8")
    page.keyboard.type("c")
    page.keyboard.press("Enter")
    mood(page, "free")
    said(page, "已转到生育登记")

    page.keyboard.press("F1")
    mood(page, "called")
    for _ in range(2):
        rest(page)
        page.keyboard.press("F2")
    expect(page.locator(".now .state")).to_contain_text("第 3 次")
    rest(page)
    page.keyboard.press("F6")
    said(page, f"再按一次 F6，{slips[2]['number']} 就过号了")
    mood(page, "called")
    rest(page)
    page.keyboard.press("F6")
    mood(page, "free")
    page.click("#no-shows [data-do=reinstate]")
    expect(page.locator("#waiting .row")).to_contain_text([slips[2]["number"]])

    page.keyboard.press("F9")
    page.keyboard.press("1")
    mood(page, "paused")
    rest(page)
    page.keyboard.press("F9")
    mood(page, "free")
    board = kiosk.get("/api/v1/board").json
    assert {c["code"]: c["ticket"] for c in board["counters"]}["1"] is None
    assert {q["code"]: q["waiting"] for q in board["queues"]}["C"] == 1


def test_seldom_verbs_have_their_buttons(hall, kiosk, sit):
    slips = [kiosk.take("WT-01") for _ in range(3)]
    page = sit("4", role="manager")

    page.click("#waiting summary >> nth=1")
    page.click("#waiting .row:nth-child(2) [data-do=call]")
    page.keyboard.press("1")
    mood(page, "called")
    assert number(page) == slips[1]["number"]
    page.click("[data-do=send_back]")
    page.click(".option >> nth=0")
    mood(page, "free")
    expect(page.locator("#waiting .row")).to_have_count(3)

    page.click("#waiting summary >> nth=2")
    cancel = page.locator("#waiting .row:nth-child(3) [data-do=cancel]")
    cancel.click()
    expect(page.locator("#waiting .row:nth-child(3) .says")).to_contain_text("再按一次")
    rest(page)
    cancel.click()
    page.keyboard.type("不来了")  # goes to the field only once it has the focus
    page.fill(".sheet__own input", "电话说不来了")
    page.keyboard.press("Enter")
    expect(page.locator("#waiting .row")).to_have_count(2)

    close = page.locator("[data-do=close]")
    close.click()
    said(page, "再按一次就关窗")
    rest(page)
    close.click()
    expect(page.locator(".sheet")).to_contain_text("还有人在等候")
    page.keyboard.press("1")
    mood(page, "closed")


def test_a_manager_has_a_ticket_printed_again(hall, kiosk, sit):
    slip = kiosk.take("JT-01")
    online = socketio.Client(reconnection=False)
    online.connect(
        hall.url,
        auth={"token": kiosk.token, "contract": [1], "since": None},
        namespaces=["/edge"],
        transports=["websocket"],
    )
    try:
        page = sit("7", role="manager")
        page.click("#waiting summary")
        page.click("#waiting [data-do=reprint]")
        page.keyboard.press("1")
        page.keyboard.press("2")
        said(page, f"{slip['number']} 正在一楼取号机补打")
        jobs = kiosk.get("/api/v1/devices/me/slips").json["jobs"]
        assert [j["slip"]["number"] for j in jobs] == [slip["number"]]
    finally:
        online.disconnect()


def test_a_held_key_and_a_double_click_call_once(hall, kiosk, sit):
    for _ in range(4):
        kiosk.take("JJ-01")
    page = sit("5")

    page.keyboard.down("F1")
    for _ in range(5):
        page.keyboard.down("F1")
    page.keyboard.up("F1")
    mood(page, "called")
    assert calls(hall, "5") == 1
    page.keyboard.press("F3")
    mood(page, "serving")
    page.keyboard.press("F4")
    mood(page, "free")

    page.dblclick(".main", delay=0)
    page.wait_for_timeout(300)
    mood(page, "called")
    assert calls(hall, "5") == 2


def test_an_old_view_is_refused_in_words_and_mended(hall, kiosk, sit):
    kiosk.take("SW-01")
    page = sit("6", size=WIDE_BAR)
    other = sit("6", login="c6-clerk-400", expected=(REFUSED, CUT_OFF))
    page.keyboard.press("F1")
    mood(page, "called")
    mood(other, "called")

    other.route("**/api/v1/desk?*", lambda route: route.abort())
    page.keyboard.press("F3")
    mood(page, "serving")
    other.keyboard.press("F2")
    said(other, "刚刚变了")
    expect(other.locator(".keys [data-do=recall]")).to_have_attribute("data-refused", "")
    other.unroute("**/api/v1/desk?*")
    mood(other, "serving")


def test_refusals_stand_beside_what_was_pressed(hall, kiosk, sit):
    page = sit("8")

    page.keyboard.press("F1")
    said(page, "现在没有人等候")
    page.keyboard.press("F3")
    said(page, "先呼叫下一位")
    kiosk.take("GT-01")
    expect(page.locator("#waiting .row")).to_have_count(1)
    page.click(".main")
    mood(page, "called")
    rest(page)
    page.keyboard.press("F6")
    said(page, "呼叫满 3 次（已呼叫 1 次）")
    page.keyboard.press("F1")
    said(page, "没有办完")
    mood(page, "called")


def test_a_call_for_help_appears_and_is_answered(kiosk, sit):
    page = sit("9")
    kiosk.post("/help")

    alert = page.locator(".alert[data-tone=help]")
    expect(alert).to_contain_text("一楼取号机有群众找工作人员")
    alert.locator("button").click()
    expect(alert).to_have_count(0)


def test_the_page_tells_whether_the_call_arrived(hall, kiosk, sit):
    kiosk.take("YZ-01")
    kiosk.take("YZ-01")
    page = sit("11")
    page.keyboard.press("F1")
    mood(page, "called")
    expect(page.locator(".heard")).to_contain_text("没有大屏在线")
    page.keyboard.press("F3")
    mood(page, "serving")
    page.keyboard.press("F4")
    mood(page, "free")

    display = hall.enrol("display", "2F", "二楼大屏")
    screen = socketio.Client(reconnection=False)

    @screen.on("event", namespace="/edge")
    def show(events: list[dict[str, Any]]) -> None:
        for e in events:
            if e["type"] == "ticket.called":
                call, times = e["data"]["call"], e["data"]["times"]
                output = {"call": call, "times": times, "output": "page", "at": e["at"]}
                ack = {"seq": e["seq"], "content": "", "outputs": [output], "status": {}}
                screen.emit("ack", ack, namespace="/edge")

    auth = {"token": display.token, "contract": [1], "since": None}
    screen.connect(hall.url, auth=auth, namespaces=["/edge"], transports=["websocket"])
    try:
        page.keyboard.press("F1")
        mood(page, "called")
        expect(page.locator(".heard")).to_have_text("✓ 大屏已显示 1/1", timeout=10_000)
    finally:
        screen.disconnect()


def test_a_cut_line_is_told_quietly_and_heals_alone(hall, kiosk, sit):
    kiosk.take("SP-01")
    relay = Relay(("127.0.0.1", hall.port))
    try:
        page = sit("12", size=BAR, url=relay.url, expected=(REFUSED, CUT_OFF))
        expect(page.locator("#waiting .row")).to_have_count(1)
        relay.cut()
        late = page.locator("#late")
        expect(late).to_be_visible(timeout=10_000)
        expect(late).to_contain_text("正在重连")
        expect(page.locator("#waiting .row")).to_have_count(1)
        kiosk.take("SP-02")
        relay.heal()
        expect(late).to_be_hidden(timeout=10_000)
        expect(page.locator("#waiting .row")).to_have_count(2)
    finally:
        relay.close()


def test_a_press_into_a_dead_line_is_done_once_when_it_is_pressed_again(hall, kiosk, sit):
    for _ in range(2):
        kiosk.take("JJD-01")
    page = sit("13", expected=(REFUSED, CUT_OFF))
    sent: list[str] = []

    def swallow(route: Any) -> None:
        sent.append(route.request.headers["idempotency-key"])
        route.fetch()  # it reaches the server; the answer is lost
        route.abort()

    page.route("**/call-next", swallow)
    page.route("**/api/v1/desk?*", lambda route: route.abort())
    page.keyboard.press("F1")
    said(page, "不会重复")
    page.unroute("**/call-next")
    with page.expect_request("**/call-next") as again:
        page.keyboard.press("F1")
    page.unroute("**/api/v1/desk?*")
    mood(page, "called")

    assert len(sent) == 3
    assert {*sent, again.value.headers["idempotency-key"]} == {sent[0]}
    assert calls(hall, "13") == 1


def test_an_ended_session_says_so_and_leads_back(hall, kiosk, sit):
    kiosk.take("XM-01")
    page = sit("14")
    page.keyboard.press("F1")
    mood(page, "called")
    account = hall.work(lambda w: people.by_login(w, "c14-clerk-1280"))
    hall.work(lambda w: people.revoke_other_sessions(w, account.id, ""))

    page.keyboard.press("F3")
    expect(page.locator("#late")).to_contain_text("登录已到期，窗口和号码都还在")
    page.click("#late-link")
    page.fill("#login", "c14-clerk-1280")
    page.fill("#password", PASSWORD)
    page.click("text=登录 >> nth=-1")
    page.wait_for_selector("body[data-live]")
    mood(page, "called")


LONG = """(most) => {
  const wide = [...document.querySelectorAll("body *")].filter((e) => {
    const r = e.getBoundingClientRect();
    return r.width > 0 && !e.closest(".visually-hidden") && (r.right > innerWidth + 1 || r.left < -1);
  });
  return wide.map((e) => `${e.className}: ${e.textContent.trim().slice(0, 40)}`);
}"""
OUTSIDE = """() => {
  const edge = document.querySelector(".deck").getBoundingClientRect().right;
  const wide = [...document.querySelectorAll(".now, .now *, .main, .say, .key")];
  return wide.filter((e) => e.getBoundingClientRect().right > edge + 1).map((e) => e.className);
}"""
WHERE = "document.querySelector('.main').getBoundingClientRect().top"
KEYS_AT = "document.querySelector('.keys').getBoundingClientRect().top"


@pytest.mark.parametrize("size", [BAR, WIDE_BAR, (800, 900), OFFICE, WALL], ids=str)
def test_the_longest_names_fit_and_nothing_that_is_pressed_moves(hall, kiosk, sit, size):
    for _ in range(3):
        kiosk.take("JY-01")
    page = sit("17", role="manager", size=size)
    seen = set()

    def look() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert page.evaluate(LONG, size[0]) == []
        seen.add((round(page.evaluate(WHERE)), round(page.evaluate(KEYS_AT))))

    look()
    page.keyboard.press("F6")
    look()
    page.keyboard.press("F1")
    mood(page, "called")
    look()
    for key in ("F7", "F8", "F9"):
        page.keyboard.press(key)
        expect(page.locator(".sheet")).to_be_visible()
        look()
        page.keyboard.press("Escape")
    page.keyboard.press("F3")
    mood(page, "serving")
    look()
    page.keyboard.press("F4")
    mood(page, "free")
    rest(page)
    page.keyboard.press("F9")
    page.keyboard.press("1")
    mood(page, "paused")
    look()
    rest(page)
    page.keyboard.press("F9")
    mood(page, "free")
    page.click("[data-do=close]")
    rest(page)
    page.click("[data-do=close]")
    page.locator(".option").first.click()
    mood(page, "closed")
    look()

    assert len(seen) == 1, f"the large button and the keys stood at {seen}"


def test_with_nobody_waiting_every_column_keeps_to_itself(sit):
    page = sit("2")
    found = {}
    for width in (360, 400, 800, 1180, 1280, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        found[width] = page.evaluate(OUTSIDE)

    assert number(page) == "0"
    assert {width: [] for width in found} == found


def test_the_small_window_remembers_its_size(sit):
    page = sit("10")

    with page.expect_popup() as opened:
        page.click("[data-do=window]")
    small = opened.value
    small.wait_for_selector("body[data-bar][data-live]")
    small.set_viewport_size({"width": 372, "height": 640})
    until(small, "JSON.parse(localStorage.getItem('hall-desk-window') || '{}').w === 372")

    assert small.evaluate("JSON.parse(localStorage.getItem('hall-desk-window')).h") == 640


def test_a_screen_reader_hears_each_step_once(kiosk, sit):
    kiosk.take("LY-01")
    page = sit("16")
    page.keyboard.press("F1")
    mood(page, "called")

    expect(page.locator("#spoken")).to_have_text("R001 已呼叫，林木采伐许可（县级）")
    expect(page).to_have_title("R001 已呼叫 · 16号窗口")
    assert page.evaluate(
        "[...document.querySelectorAll('button, input, a[href]')]"
        ".filter((e) => e.getClientRects().length)"
        ".filter((e) => !(e.textContent.trim() || e.labels?.length || e.getAttribute('aria-label')))"
        ".map((e) => e.outerHTML)"
    ) == []  # fmt: skip


SAME = """
import { alertsOf, face, heardOf, materialOf, rowOf } from "./server/web/static/desk/words.js";
import { mainOf, moodOf } from "./server/web/static/desk/state.js";
let text = "";
for await (const part of process.stdin) text += part;
console.log(JSON.stringify(JSON.parse(text).map((v) => {
  const now = Date.parse(v.now);
  return {
    mood: moodOf(v), main: Object.values(mainOf(v)), face: face(v, now), heard: heardOf(v).words,
    waiting: v.waiting.map((t) => rowOf(t, now, "waiting")),
    held: v.held.map((t) => rowOf(t, now, "held")),
    no_show: v.no_shows.map((t) => rowOf(t, now, "no_show")),
    alerts: alertsOf(v, now).map((a) => [a.key, a.tone, a.words, a.device]),
    papers: (v.current?.materials ?? []).map(materialOf),
  };
})));
"""


def worded(view: DeskView) -> dict[str, Any]:
    """Return the words of the first HTML in the shape of `SAME`."""
    mood_ = words.mood(view)
    return {
        "mood": mood_,
        "main": list(words.MAIN[mood_]),
        "face": dict(words.face(view)),
        "heard": words.heard(view)[0],
        "waiting": [dict(words.row(t, view, "waiting")) for t in view.waiting],
        "held": [dict(words.row(t, view, "held")) for t in view.held],
        "no_show": [dict(words.row(t, view, "no_show")) for t in view.no_shows],
        "alerts": [[a.key, a.tone, a.words, a.device] for a in words.alerts(view)],
        "papers": [words.material(m) for m in (view.current.materials if view.current else ())],
    }


def later(view: dict[str, Any], seconds: float) -> dict[str, Any]:
    return view | {"now": moment(instant(view["now"]) + timedelta(seconds=seconds))}


def test_the_first_html_and_the_script_say_the_same(hall, kiosk):
    for _ in range(4):
        kiosk.take("LD-01")
    hall.person("c15", "clerk")
    clerk = Clerk(hall.url, "15")
    clerk.sign_in("c15")
    seen = [clerk.desk()]
    for verb, body in (("open", {}), ("call-next", {}), ("pause", {"reason": "午餐"})):
        assert clerk.at(verb, **body).status == 200
        seen.append(clerk.desk())
    clerk.on(seen[-1]["current"], "start")
    seen.append(clerk.desk())
    clerk.on(seen[-1]["current"], "hold", reason="复印")
    kiosk.post("/help")
    seen.append(clerk.desk())
    heard = {"call": "c", "times": 1, "screens": 2, "shown": 1, "spoken": True, "late": False}
    first = seen[2]
    more = [
        first | {"heard": heard | change}
        for change in ({}, {"shown": 0}, {"shown": 0, "late": True})
    ]
    paper = [t | {"print_state": "failed", "print_fault": "jam", "priority": "军人", "priority_reason": "证"}
             for t in first["waiting"]]  # fmt: skip
    more += [first | {"waiting": paper, "day_state": "closing", "emergency": "请有序离开"}]
    unsure = [t | {"print_state": "unknown"} for t in first["waiting"]]
    more += [first | {"waiting": unsure}, first | {"waiting": [], "waiting_count": 0}]
    views = [later(v, s) for v in [*seen, *more] for s in (0, 59.9, 61, 4000)]

    said_by_page = json.loads(
        subprocess.run(
            ["node", "--input-type=module", "-e", SAME],
            input=json.dumps(views),
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
        ).stdout
    )
    said_by_server = [worded(msgspec.convert(v, DeskView)) for v in views]

    assert said_by_page == said_by_server
    assert {s["mood"] for s in said_by_server} == {"closed", "free", "called", "serving", "paused"}


def test_the_first_html_shows_the_state_without_script(hall, kiosk):
    slip = kiosk.take("SW-02")
    hall.person("reader", "supervisor")
    page = hall.client("reader").get("/desk?counter=10").text

    assert slip["number"] in page
    assert "代开增值税发票" in page
    assert "10号窗口" in page
