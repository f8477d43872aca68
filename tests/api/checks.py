"""What every endpoint promises, asked of each row of the table."""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Iterator
from typing import Any

from tests.api.table import Endpoint
from tests.api.world import Call, World, refused

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BAD_KEYS = (None, "", "1", "not-a-uuid", "00000000-0000-0000-0000-00000000000g")
DEEP = b"[" * 10_000 + b"]" * 10_000


def malformed_bodies(body: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield bodies that no endpoint takes: (what is wrong, bytes)."""
    good = json.dumps(body).encode()
    yield ("not JSON", b"number=A001")
    yield ("cut off", b'{"item": "MZ')
    yield ("an array", b"[]")
    yield ("a number", b"7")
    yield ("null", b"null")
    yield ("unknown field", json.dumps({**body, "admin": True}).encode())
    yield ("deep nesting", DEEP)
    yield ("deep nesting in a field", b'{"x": ' + DEEP + b"}")
    yield ("gzip", gzip.compress(good))
    yield ("not UTF-8", good[:-1] + (b', "' if body else b'"') + b'\xff": 1}')
    yield ("UTF-16", good.decode().encode("utf-16"))
    for name, value in body.items():
        yield (f"{name} of another type", json.dumps({**body, name: {"a": 1}}).encode())
        if isinstance(value, str):
            yield (f"NUL in {name}", json.dumps({**body, name: "a\0b"}).encode())
            lone = json.dumps({**body, name: "@"}).replace('"@"', '"\\ud800"')
            yield (f"lone surrogate in {name}", lone.encode())
        if isinstance(value, int) and not isinstance(value, bool):
            yield (f"endless {name}", json.dumps({**body, name: 10**40}).encode())
            yield (f"fraction as {name}", json.dumps({**body, name: 1.5}).encode())


class Refusals:
    """Collected once in each group's file; `group` names its rows."""

    group = ""

    def test_it_works_and_the_same_key_gives_the_same_answer(
        self, world: World, endpoint: Endpoint
    ) -> None:
        call = endpoint.scene(world)
        before, key = world.seq(), str(uuid.uuid4())
        first = world.send(endpoint.who, call, method=endpoint.method, key=key)

        assert first.status == 200, first.text
        assert first.headers["Content-Type"] == "application/json"
        assert endpoint.answers.items() <= first.json.items()
        if endpoint.method == "POST":
            assert world.seq() > before
        if not endpoint.keyed:
            return
        assert "Idempotent-Replay" not in first.headers
        with world.unchanged():
            again = world.send(endpoint.who, call, key=key.upper())
            other = world.send(
                endpoint.who, call, key=key, raw=json.dumps(call.body).encode() + b" "
            )
        assert (again.status, again.text) == (200, first.text)
        assert again.headers["Idempotent-Replay"] == "true"
        refused(other, 422, "key_reused")

    def test_another_method_is_refused_and_told_which_is_allowed(
        self, world: World, endpoint: Endpoint
    ) -> None:
        call = endpoint.scene(world)
        with world.unchanged():
            for method in METHODS:
                if method != endpoint.method:
                    answer = world.send(endpoint.who, call, method=method)
                    refused(answer, 405, "method_not_allowed")
                    assert endpoint.method in answer.headers["Allow"]

    def test_nobody_unknown_is_answered(self, world: World, endpoint: Endpoint) -> None:
        if endpoint.who == "nobody":
            return
        call, method = endpoint.scene(world), endpoint.method
        expected = "device_unknown" if endpoint.by_device else "sign_in_required"
        with world.unchanged():
            stranger = world.send("nobody", call, method=method)
            forged = world.send("nobody", call, method=method, Authorization="Bearer " + "x" * 43)
            cookie = world.send("nobody", call, method=method, Cookie="hall_session=eyJfdXNlcl9pZ")
        refused(stranger, 401, expected, "sign_in_required")
        refused(forged, 401, "device_unknown", "sign_in_required")
        refused(cookie, 401, expected, "sign_in_required")

    def test_whoever_may_not_is_refused(self, world: World, endpoint: Endpoint) -> None:
        call = endpoint.scene(world)
        with world.unchanged():
            for name in endpoint.wrong:
                answer = world.send(name, call, method=endpoint.method)
                refused(answer, 403, "forbidden", "not_your_counter")

    def test_a_device_is_no_person_and_a_person_no_device(
        self, world: World, endpoint: Endpoint
    ) -> None:
        if endpoint.who == "nobody" or endpoint.rule in EITHER:
            return
        call = endpoint.scene(world)
        other = "manager" if endpoint.by_device else "kiosk"
        with world.unchanged():
            answer = world.send(other, call, method=endpoint.method)
        refused(answer, 401, "device_unknown" if endpoint.by_device else "sign_in_required")

    def test_a_person_needs_the_pages_token_and_a_password_of_her_own(
        self, world: World, endpoint: Endpoint
    ) -> None:
        if endpoint.by_device or endpoint.who == "nobody":
            return
        call, method = endpoint.scene(world), endpoint.method
        with world.unchanged():
            fresh = world.send("newcomer", call, method=method)
            refused(fresh, 403, "password_change_required")
            if method == "POST":
                for token in (None, "", "x", world.manager.csrf[:-1] + "~"):
                    answer = world.send(endpoint.who, call, X_CSRFToken=token)
                    refused(answer, 403, "csrf")

    def test_what_is_somebody_elses_is_refused(self, world: World, endpoint: Endpoint) -> None:
        if endpoint.foreign is None:
            return
        who, call, code = endpoint.foreign(world)
        with world.unchanged():
            answer = world.send(who, call, method=endpoint.method)
        refused(answer, 403, code)

    def test_stale_eyes_are_told_to_look_again(self, world: World, endpoint: Endpoint) -> None:
        if not endpoint.versioned:
            return
        call = endpoint.scene(world)
        shown = call.body[endpoint.versioned]
        with world.unchanged():
            for other in (shown - 1, shown + 1, -1, 2**31 - 1):
                answer = world.send(endpoint.who, call.but(**{endpoint.versioned: other}))
                refused(answer, 409, "stale")

    def test_a_command_needs_a_key(self, world: World, endpoint: Endpoint) -> None:
        if not endpoint.keyed:
            return
        call = endpoint.scene(world)
        with world.unchanged():
            for key in BAD_KEYS:
                refused(world.send(endpoint.who, call, key=key), 400, "key_required")

    def test_a_malformed_body_changes_nothing(self, world: World, endpoint: Endpoint) -> None:
        if endpoint.method != "POST":
            return
        call = endpoint.scene(world)
        client = world.asker(endpoint.who)
        with world.unchanged():
            for what, raw in malformed_bodies(call.body):
                answer = world.send(client, call, raw=raw)
                assert answer.status == 400, (what, answer.status, answer.text)
                refused(answer, 400, "malformed")
            huge = world.send(client, call, raw=b'{"item": "' + b"a" * 400_000 + b'"}')
            refused(huge, 413, "too_large")

    def test_what_does_not_exist_is_not_found(self, world: World, endpoint: Endpoint) -> None:
        if endpoint.unknown is None:
            return
        call = endpoint.unknown(world, endpoint.scene(world))
        with world.unchanged():
            answer = world.send(endpoint.who, call, method=endpoint.method)
            odd = Call(path=call.path.replace("不存在", "%00"), body=call.body)
            nul = world.send(endpoint.who, odd, method=endpoint.method)
        refused(answer, 404, "not_found")
        refused(nul, 400 if odd != call else 404)


EITHER = frozenset({"/api/v1/tickets", "/api/v1/board", "/api/v1/catalogue"})
"""Devices and people may both ask."""
