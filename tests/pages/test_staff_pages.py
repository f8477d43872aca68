"""Sign-in, password, home, choice of a counter and refusals: plain pages that need no script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium import OFFICE
from tests.support.hall import CSRF, PASSWORD, Client, RunningHall, running_hall

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    with running_hall(tmp_path_factory.mktemp("staff")) as hall:
        yield hall


def send(client: Client, path: str, **fields: str):
    """Fill in the form at *path* and send it, as a browser without script does."""
    found = CSRF.search(client.get(path).text)
    assert found
    return client.request(
        "POST", path, fields={"csrf_token": found[1], **fields}, encode_multipart=False
    )


def words_of(page: str) -> str:
    """Return the words of the alert on a page."""
    found = re.search(r'role="alert"[^>]*>(.*?)</p>', page, re.DOTALL)
    return found[1].strip() if found else ""


def test_five_wrong_passwords_lock_the_account_and_the_page_says_until_when(hall):
    hall.person("careless", "clerk")
    client = hall.client()
    answers = [
        send(client, "/sign-in", login="careless", password="wrong") for _ in range(6)
    ]  # fmt: skip

    assert [a.status for a in answers] == [401] * 5 + [429]
    assert "不对" in words_of(answers[0].text)
    assert re.search(r"账号已锁定至 \d\d:\d\d", words_of(answers[5].text))
    assert 'value="careless"' in answers[0].text, "the login need not be typed again"
    assert "wrong" not in answers[0].text.replace("wrong_", "")


def test_the_sign_in_leads_back_but_never_to_another_house(hall):
    hall.person("careful", "clerk")

    for wanted, led in (
        ("/desk?counter=3", "/desk?counter=3"),
        ("//elsewhere.example/desk", "/"),
        ("https://elsewhere.example/", "/"),
    ):
        answer = send(hall.client(), "/sign-in", login="careful", password=PASSWORD, next=wanted)
        assert (answer.status, answer.headers["Location"]) == (302, led)


def test_the_first_sign_in_asks_for_a_password_of_ones_own(hall):
    hall.person("newcomer", "clerk", keep=False)
    client = hall.client()
    answer = client.sign_in("newcomer")

    assert answer.headers["Location"] == "/password"
    assert "第一次登录" in client.get("/password").text
    assert "第一次登录请先修改密码" in client.get("/desk").text
    weak = send(client, "/password", old=PASSWORD, new="short", again="short")
    assert (weak.status, "至少 8 位" in words_of(weak.text)) == (422, True)
    unlike = send(client, "/password", old=PASSWORD, new="Another-Horse-8", again="Other-Horse-8")
    assert words_of(unlike.text) == "两次输入的新密码不一样，请重新输入。"
    wrong = send(client, "/password", old="x", new="Another-Horse-8", again="Another-Horse-8")
    assert words_of(wrong.text) == "原密码不对，请重新输入。"
    done = send(client, "/password", old=PASSWORD, new="Another-Horse-8", again="Another-Horse-8")
    assert done.status == 302
    assert "选择窗口" in client.get("/desk").text


def test_home_shows_the_hall_and_leads_a_clerk_to_her_counter(hall, open_page):
    kiosk = hall.enrol("kiosk", "1F")
    for _ in range(2):
        kiosk.take("JS-01")
    clerk = hall.clerk("homely", counter="3")
    clerk.at("call-next")
    home = clerk.get("/").text

    assert "回到3号窗口" in home
    assert "正在办 C001" in home
    assert re.search(r"1 / 17", home)
    assert "生育登记" in home
    assert "退出登录" in home


def test_her_own_department_stands_first_and_digits_choose(hall, open_page):
    hall.person("civil", "clerk:civil")
    page = open_page(OFFICE)
    page.goto(f"{hall.url}/desk")
    page.fill("#login", "civil")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")

    expect(page.locator(".choice").first).to_contain_text("本部门的窗口")
    expect(page.locator("a.counter")).to_have_count(1)
    expect(page.locator("div.counter")).to_have_count(16)
    page.keyboard.press("1")
    page.keyboard.press("2")
    expect(page.locator("#typed")).to_contain_text("没有可以进入的窗口")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk?counter=1")


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_its_window(hall, open_page, width):
    login = f"narrow{width}"
    hall.person(login, "manager")
    page = open_page((width, 800), expected=(r"status of 4\d\d",))
    for path in ("/sign-in", "/nothing-here"):
        page.goto(hall.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{hall.url}/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(hall.url + "/")
    for path in ("/", "/desk", "/password"):
        page.goto(hall.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_refusal_is_a_page_that_says_what_to_do(hall):
    hall.clerk("owner", counter="2")
    hall.person("other", "clerk")
    other = hall.client("other")
    refused = other.get("/desk?counter=2")
    missing = other.get("/desk?counter=99")
    public = Client(hall.url).get("/g/no-such-item")

    assert refused.status == 403
    assert "这不是您正在服务的窗口" in refused.text
    assert "选择窗口" in refused.text
    assert missing.status == 404
    assert (public.status, "导办台" in public.text) == (404, True)
    assert "sign-in" not in public.text


def test_signing_out_ends_the_session(hall):
    hall.person("leaving", "clerk")
    client = hall.client("leaving")
    answer = client.request(
        "POST", "/sign-out", fields={"csrf_token": client.csrf}, encode_multipart=False
    )

    assert answer.status == 302
    assert client.get("/desk").headers["Location"].startswith("/sign-in")


def test_the_duty_manager_stops_issuing_by_two_presses(tmp_path, open_page):
    with running_hall(tmp_path) as hall:
        hall.person("duty", "manager")
        hall.person("plain", "clerk")
        page = open_page(OFFICE)
        page.goto(f"{hall.url}/sign-in")
        page.fill("#login", "duty")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        stop = page.locator("[data-do=stop]")
        stop.dblclick()
        expect(page.locator("#say")).to_contain_text("再按一次，今天就不再取号")
        board = hall.enrol("display").get
        assert board("/api/v1/board").json["day_state"] == "open"
        page.wait_for_timeout(520)
        stop.click()
        expect(page.locator(".figures")).to_contain_text("已停止取号")
        assert board("/api/v1/board").json["day_state"] == "closing"

        page.locator("[data-do=emergency]").click()
        page.wait_for_timeout(520)
        page.locator("[data-do=emergency]").click()
        page.keyboard.press("1")
        expect(page.locator(".refusal")).to_contain_text("有序离开大厅")
        assert "有序离开大厅" in board("/api/v1/board").json["emergency"]
        assert "值班" not in hall.client("plain").get("/").text
