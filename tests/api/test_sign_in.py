"""Signing in and out: passwords, lock-out, sessions, CSRF, and what a stranger learns."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import argon2
import pytest
import urllib3

from server.actions import people
from tests.api.world import from_address, refused
from tests.support.hall import CSRF, PASSWORD, Answer, Client, RunningHall, running_hall
from tests.support.ports import wait_until

NEW = "Another-Horse-8"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHall]:
    with running_hall(tmp_path_factory.mktemp("sign-in") / "hall", clock=True) as found:
        yield found


@pytest.fixture
def person(hall: RunningHall, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Make a clerk of this test's own and return the login."""
    count = iter(range(100))

    def make(*, keep: bool = True) -> str:
        login = f"p{abs(hash(request.node.name)) % 10**8}x{next(count)}"
        hall.person(login, "clerk", keep=keep)
        return login

    return make


_addresses = iter(f"127.0.{a}.{b}" for a in range(1, 200) for b in range(1, 250))


def browser(hall: RunningHall) -> Client:
    """A browser on a machine of its own, so that no limit of addresses meets another test."""
    return from_address(hall.client(), next(_addresses))


def form(client: Client, path: str, page: str = "", /, **fields: str) -> Answer:
    """Post a form with the CSRF token of its page."""
    if "csrf_token" not in fields:
        found = CSRF.search(client.get(page or path).text)
        assert found
        fields["csrf_token"] = found[1]
    return client.request("POST", path, fields=fields, encode_multipart=False)


def signed_in(client: Client) -> bool:
    return client.get("/api/v1/board").status == 200


def enter(hall: RunningHall, login: str, password: str = PASSWORD) -> Client:
    client = browser(hall)
    answer = client.sign_in(login, password)
    assert answer.status == 302, answer.text
    return client


def test_a_right_password_opens_a_session(hall: RunningHall, person: Callable[..., str]) -> None:
    client = browser(hall)
    assert not signed_in(client)
    answer = client.sign_in(person())

    assert (answer.status, answer.headers["Location"]) == (302, "/")
    assert signed_in(client)


def test_cookies_are_closed_to_scripts_and_other_sites(
    hall: RunningHall, person: Callable[..., str]
) -> None:
    answer = browser(hall).sign_in(person())
    cookie = answer.headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Secure" not in cookie  # plain http inside the hall; behind a proxy it is set


def test_wrong_password_and_unknown_login_sound_alike(
    hall: RunningHall, person: Callable[..., str]
) -> None:
    login = person()
    wrong = browser(hall).sign_in(login, "Wrong-Horse-7")
    unknown = browser(hall).sign_in("nobody-" + login, "Wrong-Horse-7")

    def strip(text: str, name: str) -> str:
        return CSRF.sub("", text).replace(name, "")

    assert wrong.status == unknown.status == 401
    assert "登录名或密码不对" in wrong.text
    assert strip(wrong.text, login).replace("nobody-", "") == strip(unknown.text, login).replace(
        "nobody-", ""
    )


def test_an_unknown_login_costs_as_much_as_a_known_one(hall: RunningHall) -> None:
    hashed = argon2.PasswordHasher().hash(PASSWORD)
    hall.work(
        lambda w: people.add_person(
            w,
            login="slow01",
            label="S1",
            password_hash=hashed,
            roles=[("clerk", "")],
            must_change=False,
        )
    )
    client = browser(hall)
    token = CSRF.search(client.get("/sign-in").text)
    assert token

    def best(login: str) -> float:
        took = []
        for _ in range(4):
            began = time.perf_counter()
            form(client, "/sign-in", csrf_token=token[1], login=login, password="Wrong-Horse-7")
            took.append(time.perf_counter() - began)
        return min(took)

    known, unknown = best("slow01"), best("unknown")
    assert 0.4 < unknown / known < 2.5, (known, unknown)


def test_five_wrong_passwords_lock_and_the_clock_opens_again(
    hall: RunningHall, person: Callable[..., str]
) -> None:
    login = person()
    client = browser(hall)
    answers = [client.sign_in(login, f"Wrong-Horse-{n}") for n in range(5)]
    locked = client.sign_in(login)
    hall.set_clock(15 * 60 + 5)
    try:
        wait_until(lambda: client.sign_in(login).status == 302, "the lock to end", deadline_s=10)
    finally:
        hall.set_clock(0)

    assert [a.status for a in answers] == [401] * 5
    assert locked.status == 429
    assert re.search(r"锁定至 \d\d:\d\d", locked.text)


def test_four_wrong_passwords_do_not_lock_and_a_right_one_begins_anew(
    hall: RunningHall, person: Callable[..., str]
) -> None:
    login = person()
    for _ in range(2):
        client = browser(hall)
        for n in range(4):
            assert client.sign_in(login, f"Wrong-Horse-{n}").status == 401
        assert client.sign_in(login).status == 302


def test_ten_guesses_at_once_are_worth_five(hall: RunningHall, person: Callable[..., str]) -> None:
    login = person()
    clients = [browser(hall) for _ in range(10)]
    tokens = []
    for client in clients:
        found = CSRF.search(client.get("/sign-in").text)
        assert found
        tokens.append(found[1])
    answers: list[Answer] = []

    def guess(client: Client, token: str, n: int) -> None:
        answers.append(
            form(client, "/sign-in", csrf_token=token, login=login, password=f"Wrong-Horse-{n}")
        )

    threads = [
        threading.Thread(target=guess, args=(c, t, n))
        for n, (c, t) in enumerate(zip(clients, tokens, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(a.status for a in answers) == [401] * 5 + [429] * 5
    assert browser(hall).sign_in(login).status == 429


def outcomes(hall: RunningHall, login: str) -> list[str]:
    db = hall.database()
    try:
        with db.engine().connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT s.outcome FROM sign_in s JOIN person p ON p.id = s.person_id"
                " WHERE p.login = ? ORDER BY s.id",
                (login,),
            ).all()
    finally:
        db.close()
    return [r[0] for r in rows]


def test_every_attempt_is_written_down(hall: RunningHall, person: Callable[..., str]) -> None:
    login = person()
    client = browser(hall)
    assert client.sign_in(login).status == 302
    form(client, "/sign-out", "/password")
    for n in range(5):
        client.sign_in(login, f"Wrong-Horse-{n}")
    client.sign_in(login)

    assert outcomes(hall, login) == ["ok", "out", *["wrong"] * 5, "locked"]


def test_a_first_sign_in_leads_to_a_password_of_ones_own(
    hall: RunningHall, person: Callable[..., str]
) -> None:
    login = person(keep=False)
    client = browser(hall)
    answer = client.sign_in(login)
    before = client.get("/api/v1/board")
    desk = client.get("/desk?counter=1")
    changed = form(client, "/password", old=PASSWORD, new=NEW, again=NEW)

    assert answer.headers["Location"] == "/password"
    refused(before, 403, "password_change_required")
    assert desk.status == 403
    assert (changed.status, changed.headers["Location"]) == (302, "/")
    assert signed_in(client)
    assert enter(hall, login, NEW).get("/api/v1/board").status == 200


WEAK = ["", "Short-7", "onlylowercase", "12345678", "ALLUPPER-CASE", "x" * 201, PASSWORD]


@pytest.mark.parametrize("new", WEAK)
def test_a_weak_password_is_refused(
    hall: RunningHall, person: Callable[..., str], new: str
) -> None:
    login = person()
    client = enter(hall, login)
    answer = form(client, "/password", old=PASSWORD, new=new, again=new)

    assert answer.status == 422
    assert "密码至少 8 位" in answer.text
    assert enter(hall, login).csrf


def test_a_password_with_the_login_in_it_is_weak(
    hall: RunningHall, person: Callable[..., str]
) -> None:
    login = person()
    client = enter(hall, login)
    new = f"A-{login.upper()}-9"
    assert form(client, "/password", old=PASSWORD, new=new, again=new).status == 422


def test_changing_needs_the_old_password_and_the_new_one_twice(
    hall: RunningHall, person: Callable[..., str]
) -> None:
    client = enter(hall, person())
    wrong = form(client, "/password", old="Wrong-Horse-7", new=NEW, again=NEW)
    differs = form(client, "/password", old=PASSWORD, new=NEW, again=NEW + "x")

    assert (wrong.status, differs.status) == (401, 400)
    assert "原密码不对" in wrong.text
    assert "不一样" in differs.text


def test_a_new_password_ends_every_other_session(
    hall: RunningHall, person: Callable[..., str]
) -> None:
    login = person()
    here, there = enter(hall, login), enter(hall, login)
    assert form(here, "/password", old=PASSWORD, new=NEW, again=NEW).status == 302

    assert signed_in(here)
    refused(there.get("/api/v1/board"), 401, "sign_in_required")


def test_signing_out_makes_the_cookie_worthless_everywhere(
    hall: RunningHall, person: Callable[..., str]
) -> None:
    client = enter(hall, person())
    copy = browser(hall)
    copy.cookie = client.cookie
    assert signed_in(copy)
    out = form(client, "/sign-out", "/password")

    assert (out.status, out.headers["Location"]) == (302, "/sign-in")
    refused(copy.get("/api/v1/board"), 401, "sign_in_required")


def test_a_session_without_use_ends(hall: RunningHall, person: Callable[..., str]) -> None:
    client = enter(hall, person())
    hall.set_clock(12 * 3600 + 60)
    try:
        wait_until(lambda: not signed_in(client), "the session to end", deadline_s=10)
    finally:
        hall.set_clock(0)


def test_a_planted_session_is_not_taken_over(hall: RunningHall, person: Callable[..., str]) -> None:
    """Neither the cookie nor the CSRF token of before the sign-in is worth anything after it."""
    client = browser(hall)
    page = client.get("/sign-in").text
    planted_token, planted_cookie = CSRF.search(page), client.cookie
    assert planted_token
    client.sign_in(person())
    attacker = browser(hall)
    attacker.cookie = planted_cookie
    client.csrf = planted_token[1]

    assert client.cookie != planted_cookie
    assert not signed_in(attacker)
    refused(client.post("/counters/1/open"), 403, "csrf")


@pytest.mark.parametrize("token", ["", "x", "IjEyMyI.aaaa.bbbb"])
def test_a_form_without_its_token_is_refused(
    hall: RunningHall, person: Callable[..., str], token: str
) -> None:
    login = person()
    client = browser(hall)
    client.get("/sign-in")
    entered = form(client, "/sign-in", csrf_token=token, login=login, password=PASSWORD)
    inside = enter(hall, login)
    inside.csrf = ""
    out = form(inside, "/sign-out", csrf_token=token)
    changed = form(inside, "/password", csrf_token=token, old=PASSWORD, new=NEW, again=NEW)

    assert (entered.status, out.status, changed.status) == (403, 403, 403)
    assert "刷新" in entered.text
    assert signed_in(inside)
    assert enter(hall, login).csrf


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
    ],
)
def test_a_sign_in_leads_to_no_other_site(
    hall: RunningHall, person: Callable[..., str], wanted: str
) -> None:
    client = browser(hall)
    page = "/sign-in?" + urlencode({"next": wanted})
    answer = form(client, page, login=person(), password=PASSWORD)

    assert answer.status == 302
    where = answer.headers["Location"]
    assert where == "/" or re.fullmatch(r"/[A-Za-z0-9%][^\s\\]*", where), where
    assert not where.startswith(("//", "/%09", "/%0A")), where


def test_a_sign_in_leads_back_to_the_page_that_was_wanted(
    hall: RunningHall, person: Callable[..., str]
) -> None:
    client = browser(hall)
    first = client.get("/desk?counter=3")
    where = first.headers["Location"]
    answer = form(client, where, login=person(), password=PASSWORD)

    assert first.status == 302
    assert answer.headers["Location"] == "/desk?counter=3"


def test_an_address_that_tries_too_often_is_told_to_wait(hall: RunningHall) -> None:
    client = browser(hall)
    found = CSRF.search(client.get("/sign-in").text)
    assert found
    answers = [
        form(client, "/sign-in", csrf_token=found[1], login="", password="") for _ in range(125)
    ]
    elsewhere = browser(hall).sign_in("", "")

    assert {a.status for a in answers} == {401, 429}
    assert answers[-1].status == 429
    assert "请稍等" in answers[-1].text
    assert elsewhere.status == 401


@pytest.mark.parametrize("login", ["", "x" * 41, "a\0b", "' OR 1=1 --", "\u202e", "%00"])
def test_an_odd_login_is_simply_wrong(hall: RunningHall, login: str) -> None:
    answer = browser(hall).sign_in(login, "Wrong-Horse-7")
    assert answer.status == 401
    assert "登录名或密码不对" in answer.text


def test_an_inactive_person_is_unknown(hall: RunningHall, person: Callable[..., str]) -> None:
    login = person()
    client = enter(hall, login)
    db = hall.database()
    with db.engine().begin() as connection:
        connection.exec_driver_sql("UPDATE person SET active = 0 WHERE login = ?", (login,))
    db.close()

    assert browser(hall).sign_in(login).status == 401
    refused(client.get("/api/v1/board"), 401, "sign_in_required")


def test_a_stranger_is_led_to_the_sign_in_and_a_forged_cookie_is_a_strangers(
    hall: RunningHall,
) -> None:
    for cookie in ("", "hall_session=eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb", "hall_session=%00"):
        client = browser(hall)
        client.cookie = cookie
        home, password = client.get("/"), client.get("/password")
        assert (home.status, home.headers["Location"]) == (302, "/sign-in")
        assert password.status == 302
        refused(client.get("/api/v1/desk?counter=1"), 401, "sign_in_required")
        assert client.request("POST", "/password", fields={}).status == 401


def test_behind_a_proxy_cookies_are_secure_and_the_clients_address_counts(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("proxied") / "hall"
    with running_hall(folder, options=("--behind-proxy",)) as found:
        http = urllib3.PoolManager(retries=False)

        def ask(address: str) -> urllib3.BaseHTTPResponse:
            return http.request(
                "GET",
                found.url + "/t/wrong",
                headers={"X-Forwarded-For": address, "X-Forwarded-Proto": "https"},
            )

        codes = {ask("10.0.0.1").status for _ in range(61)}
        other = ask("10.0.0.2")
        page = http.request("GET", found.url + "/sign-in", headers={"X-Forwarded-Proto": "https"})

    assert codes == {404, 429}
    assert other.status == 404
    assert "Secure" in page.headers["Set-Cookie"]
