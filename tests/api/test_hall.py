"""The hall over HTTP: business day, emergency, disclosures, health."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.api.checks import Refusals
from tests.api.table import publishing, revision
from tests.api.world import Call, World, refused


class TestRefusals(Refusals):
    group = "hall"


def test_a_day_with_people_waiting_closes_with_a_reason_only(world: World) -> None:
    world.settle()
    world.waiting()
    with world.unchanged():
        refused(world.send("manager", Call(path="/api/v1/day/close")), 409, "people_waiting")
        blank = Call(path="/api/v1/day/close", body={"reason": "  "})
        refused(world.send("manager", blank), 409, "people_waiting")


def test_a_closed_day_gives_no_numbers_and_opens_again(world: World) -> None:
    world.settle()
    issue = Call(path="/api/v1/tickets", body={"item": "MZ-01"})
    try:
        assert world.manager.post("/day/close", {"reason": "停电"}).status == 200
        refused(world.send("kiosk", issue), 409, "day_closed")
        refused(world.manager.post("/day/stop"), 409, "day_wrong_state")
    finally:
        assert world.manager.post("/day/open").status == 200
    assert world.send("kiosk", issue).status == 200


def test_an_emergency_stops_numbers_and_gives_back(world: World) -> None:
    world.settle()
    issue = Call(path="/api/v1/tickets", body={"item": "MZ-01"})
    try:
        assert world.manager.post("/emergency", {"text": " 请有序撤离 "}).status == 200
        assert world.board()["emergency"] == "请有序撤离"
        refused(world.send("kiosk", issue), 409, "emergency")
        with world.unchanged():
            for text in ("", "   ", "长" * 121):
                refused(world.manager.post("/emergency", {"text": text}), 400, "malformed")
    finally:
        assert world.manager.post("/emergency", {"text": None}).status == 200
    assert world.send("kiosk", issue).status == 200


GAPS: list[tuple[str, Any]] = [
    ("content", ""),
    ("content", "   "),
    ("steps", []),
    ("steps", [""]),
    ("materials", [{"name": " "}]),
    ("promised", {"n": 0, "unit": "workday"}),
    ("promised", {"n": 5, "unit": "fortnight"}),
    ("fee", {"charged": True, "text": ""}),
]


@pytest.mark.parametrize(("field", "value"), GAPS, ids=str)
def test_five_disclosures_with_a_gap_are_not_published(
    world: World, field: str, value: object
) -> None:
    call = publishing(world).but(**{field: value})
    with world.unchanged():
        answer = world.send("manager", call)
    refused(answer, 422, "incomplete")
    assert answer.json["context"]["missing_zh"]


@pytest.mark.parametrize("path", ["steps.0", "materials.0.name", "fee.text", "promised.n"])
def test_a_deep_field_that_no_database_holds_is_malformed(world: World, path: str) -> None:
    call = publishing(world)
    body: Any = copy.deepcopy(call.body)
    *way, last = path.split(".")
    at = body
    for step in way:
        at = at[int(step)] if step.isdigit() else at[step]
    at[int(last) if last.isdigit() else last] = 10**30 if last == "n" else "a\0"
    with world.unchanged():
        refused(world.send("manager", Call(path=call.path, body=body)), 400, "malformed")


def test_a_published_revision_is_what_everybody_reads(world: World) -> None:
    before = revision(world)
    answer = world.send("manager", publishing(world).but(content="新的服务内容"))

    assert answer.json["version"] == before + 1 == revision(world)
    assert "新的服务内容" in world.nobody.get("/g/MZ-01").text


def test_health_is_answered_to_everybody(world: World) -> None:
    alive, ready = world.nobody.get("/healthz"), world.nobody.get("/readyz")

    assert (alive.status, alive.json) == (200, {"ok": True})
    assert (ready.status, ready.json["ok"], ready.json["database"]) == (200, True, "ok")
    for path in ("/healthz", "/readyz"):
        answer = world.send("nobody", Call(path=path))
        refused(answer, 405, "method_not_allowed")
        assert "GET" in answer.headers["Allow"]
