"""The tools of the tests must be able to fail, or every test built on them proves nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import pytest

from tests.support.chromium import SIZES, guarded_page
from tests.support.ports import free_port, wait_port, wait_until
from tests.support.postgres import Cluster


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><meta charset=utf-8><link rel=icon href=data:,><p>\xe5\x8f\xb7"
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve one good page at `/`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_good_page_is_left_alone_at_every_size(chromium, address):
    for size in SIZES:
        with guarded_page(chromium, size) as page:
            page.goto(address)

            assert page.evaluate("[innerWidth, innerHeight]") == list(size)


@pytest.mark.parametrize(
    "fault",
    [
        "console.error('wrong')",
        "setTimeout(() => { throw new Error('wrong') })",
        "fetch('/missing')",
        "fetch('http://192.0.2.1/', {mode: 'no-cors'}).catch(() => 0)",
        "new WebSocket('ws://example.org/')",
    ],
)
def test_a_page_that_misbehaves_fails_its_test(chromium, address, fault):
    with (
        pytest.raises(AssertionError, match="the page misbehaved"),
        guarded_page(chromium) as page,
    ):
        page.goto(address)
        page.evaluate(f"() => {{ {fault}; return null }}")
        page.wait_for_timeout(300)


def test_an_error_that_a_test_provokes_may_be_expected(chromium, address):
    with guarded_page(chromium, expected=["404"]) as page:
        page.goto(address)
        page.evaluate("() => fetch('/missing').then(() => null)")


def test_a_foreign_request_cannot_be_expected_away(chromium, address):
    with (
        pytest.raises(AssertionError, match="foreign request"),
        guarded_page(chromium, expected=[".*"]) as page,
    ):
        page.goto(address)
        page.evaluate("() => fetch('http://example.org/').catch(() => null)")


def test_databases_are_copies_of_a_template_and_strangers_to_each_other(postgres: Cluster):
    made: list[str] = []

    def prepare(url: str) -> None:
        made.append(url)
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as c:
            c.execute("create table thing (n integer)")

    one = postgres.fresh_database(template="self", prepare=prepare)
    two = postgres.fresh_database(template="self", prepare=prepare)
    with psycopg.connect(one.replace("+psycopg", ""), autocommit=True) as c:
        c.execute("insert into thing values (1)")
    with psycopg.connect(two.replace("+psycopg", "")) as c:
        rows = c.execute("select count(*), current_setting('fsync') from thing").fetchall()
    postgres.drop(one)
    postgres.drop(two)

    assert rows == [(0, "on")]
    assert len(made) == 1
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(one.replace("+psycopg", ""))


def test_waiting_ends_at_the_deadline_and_says_what_for():
    with pytest.raises(AssertionError, match="pigs to fly"):
        wait_until(lambda: False, "pigs to fly", deadline_s=0.05)


def test_a_free_port_is_free_and_a_listener_is_found():
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        wait_port(port, deadline_s=5)
