"""The rating page on a tablet: enrolled by its QR, true to its counter, honest when it knows nothing."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from server.store import devices as rows
from tests.support.axe import violations
from tests.support.chromium import guarded_page, launched
from tests.support.hall import Clerk, RunningHall, running_hall
from tests.support.ports import wait_until

TABLETS = [(1024, 600), (1280, 800), (800, 1280)]
BROKEN = (r"WebSocket", r"ERR_", r"/socket\.io", r"status of 401")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    folder = tmp_path_factory.mktemp("rater")
    with running_hall(folder, rules={"min_calls": 1, "recall_min_s": 0}) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def clerk(hall: RunningHall) -> Clerk:
    return hall.clerk("c01", counter="1", open_=False)


def enrol(page: Page, hall: RunningHall) -> None:
    """Open the address of the QR, as the tablet's scanner does; the page leads on by itself."""
    page.goto(f"{hall.url}/rater/enrol?token={hall.pad_token('1', 'rater')}")
    page.wait_for_url(f"{hall.url}/rater")
    expect(page.locator("body[data-live]")).to_be_visible()


def shows(page: Page, state: str, large: str) -> None:
    expect(page.locator(f"body[data-state={state}]")).to_be_visible(timeout=20_000)
    expect(page.locator("#large")).to_have_text(large)


def fits(page: Page) -> None:
    """Nothing is cut off and nothing has to be scrolled."""
    faults = page.evaluate(
        """() => [...document.querySelectorAll('body, body *')].filter((e) => {
          const r = e.getBoundingClientRect();
          return r.width && (r.right > innerWidth + 1 || r.bottom > innerHeight + 1
            || (e.children.length === 0 && e.scrollWidth > e.clientWidth + 2));
        }).map((e) => e.id || e.tagName)"""
    )
    assert faults == []


def raters(hall: RunningHall) -> list[rows.Device]:
    found: list[rows.Device] = hall.work(lambda w: [d for d in rows.every(w) if d.kind == "pad"])
    return found


def test_a_qr_enrols_once_and_the_counters_day_is_followed(
    hall: RunningHall, browser: Browser, clerk: Clerk
) -> None:
    token = hall.pad_token("1", "rater")
    address = f"{hall.url}/rater/enrol?token={token}"
    with guarded_page(browser, TABLETS[1], expected=(r"status of 401", r"status of 403")) as page:
        assert page.request.head(address).status == 200  # a messenger's preview uses nothing up
        page.goto(address)
        page.wait_for_url(f"{hall.url}/rater")
        shows(page, "closed", "未开放")
        page.goto(address)  # scanned again: still the same device
        page.wait_for_url(f"{hall.url}/rater")
        assert len(raters(hall)) == 1
        assert raters(hall)[0].name == "1号窗口评价器"

        cookie = next(c for c in page.context.cookies() if c["name"] == "hall_rater")
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
        assert page.evaluate("document.cookie") == ""

        assert clerk.at("open").status == 200
        shows(page, "idle", "欢迎")
        expect(page.locator("#counter")).to_have_text("1号窗口")
        expect(page.locator("#clerk")).to_have_text("c01")
        number = hall.enrol("kiosk").take("MZ-01")["number"]
        called = clerk.at("call-next").json
        shows(page, "called", number)
        serving = clerk.on(called, "start").json
        shows(page, "serving", number)
        assert clerk.on(serving, "finish").status == 200
        shows(page, "thanks", "谢谢")
        hall.enrol("kiosk").take("MZ-01")
        held = clerk.at("call-next").json
        shows(page, "called", held["number"])
        held = clerk.on(clerk.on(held, "start").json, "hold", reason="补材料").json
        shows(page, "idle", "欢迎")  # set aside is not served to its end: no thanks
        assert violations(page) == []
        other = browser.new_page()
        other.goto(address)
        expect(other.get_by_text("登记码无效")).to_be_visible()
        other.close()


def test_it_is_online_in_the_list_of_devices_and_says_when_it_is_revoked(
    hall: RunningHall, browser: Browser
) -> None:
    hall.person("root", "admin")
    admin = hall.client("root")
    with guarded_page(browser, TABLETS[0], expected=BROKEN) as page:
        enrol(page, hall)
        uid = raters(hall)[-1].uid
        wait_until(
            lambda: "在线" in admin.get(f"/manage/devices/{uid}").text, "the rater to be online"
        )
        page_ = admin.get(f"/manage/devices/{uid}/revoke")
        assert page_.status == 200
        done = admin.request(
            "POST",
            f"/manage/devices/{uid}/revoke",
            fields={"csrf_token": admin.csrf},
            encode_multipart=False,
        )
        assert done.status == 303
        shows(page, "revoked", "已停用")
        fits(page)
        page.reload()
        expect(page.get_by_text("没有登记")).to_be_visible()


@pytest.mark.parametrize("size", TABLETS, ids=lambda s: f"{s[0]}x{s[1]}")
def test_every_state_fits_the_tablet(hall: RunningHall, browser: Browser, size) -> None:
    view = {
        "hall_name": "永德县政务服务中心", "seq": 1, "now": "2026-11-25T02:24:00.000Z",
        "utc_offset_s": 28800, "counter": "1", "counter_name": "12号窗口（不动产登记综合受理）",
        "clerk_label": "0231", "number": "A012", "reason": "取件送件", "until": "14:30",
        "text": "请听从工作人员指引，有序离开大厅，到大厅外空地集合，不要乘坐电梯。",
    }  # fmt: skip
    paint = """async ([view, how]) => {
      const { faceOf } = await import("/static/rater/state.js");
      const face = faceOf(view, how);
      document.body.dataset.state = face.state;
      for (const id of ["above", "large", "words"]) document.getElementById(id).textContent = face[id];
      const large = document.getElementById("large");
      large.toggleAttribute("data-number", face.number);
      large.dataset.size = face.large.length > 12 ? "s" : face.large.length > 6 ? "m" : "l";
      document.getElementById("counter").textContent = view.counter_name;
    }"""
    with guarded_page(browser, size, expected=BROKEN) as page:
        enrol(page, hall)
        for state in ("idle", "called", "serving", "paused", "closed", "emergency", "unset"):
            page.evaluate(paint, [{**view, "state": state}, {"lostAt": "", "thanks": False}])
            fits(page)
        for how in ({"lostAt": "10:24"}, {"lostAt": "", "thanks": True}, {"revoked": True}):
            page.evaluate(paint, [{**view, "state": "idle"}, how])
            fits(page)


def test_a_server_that_is_away_is_said_with_the_time_and_the_truth_comes_back(
    hall: RunningHall, browser: Browser, clerk: Clerk
) -> None:
    clerk.at("open")
    with guarded_page(browser, TABLETS[2], expected=BROKEN) as page:
        enrol(page, hall)
        shows(page, "idle", "欢迎")
        assert hall.process is not None
        hall.process.send_signal(signal.SIGSTOP)
        try:
            shows(page, "lost", "连接中断")
            words = page.locator("#words").inner_text()
            fits(page)
        finally:
            hall.process.send_signal(signal.SIGCONT)
        expect(page.locator("body[data-state=idle]")).to_be_visible(timeout=20_000)
        assert "起连不上服务器" in words


def test_nothing_of_other_counters_is_in_the_view(hall: RunningHall, browser: Browser) -> None:
    with guarded_page(browser, TABLETS[0]) as page:
        enrol(page, hall)
        view = page.evaluate("fetch('/rater/view').then((r) => r.json())")
        assert set(view) == {
            "state", "hall_name", "seq", "now", "utc_offset_s", "counter", "counter_name",
            "clerk_label", "number", "reason", "until", "text",
        }  # fmt: skip


def test_without_a_cookie_the_page_says_how_to_enrol(hall: RunningHall) -> None:
    nobody = hall.client()
    page, view = nobody.get("/rater"), nobody.get("/rater/view")
    assert (page.status, "登记新设备" in page.text) == (401, True)
    assert view.status == 401


def test_a_display_or_a_pad_is_no_rater(hall: RunningHall) -> None:
    display, client = hall.enrol("display"), hall.client()
    client.cookie = f"hall_rater={display.token}"
    assert client.get("/rater").status == 401
    assert hall.client().get(f"/rater/enrol?token={hall.enrolment('display')}").status == 403
    assert hall.client().get(f"/rater/enrol?token={hall.pad_token('1', 'pad')}").status == 403
