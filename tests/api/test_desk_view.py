"""The clerk's view over HTTP."""

from __future__ import annotations

from tests.api.checks import Refusals
from tests.api.world import Call, World, refused


class TestRefusals(Refusals):
    group = "desk"


def test_it_shows_what_the_clerk_has_before_her(world: World) -> None:
    called = world.called()
    behind = world.waiting()
    held = [t["uid"] for t in world.clerk.desk()["held"]]
    view = world.clerk.desk()

    assert view["counter"]["code"] == "1"
    assert (view["current"]["uid"], view["current"]["state"]) == (called["ticket"], "called")
    assert behind["uid"] in {t["uid"] for t in view["waiting"]} or view["waiting_count"] > 30
    assert called["ticket"] not in held
    assert view["seq"] == world.seq()


def test_those_who_watch_see_every_counter(world: World) -> None:
    for name in ("guide", "manager", "supervisor", "admin"):
        assert world.asker(name).get("/api/v1/desk?counter=1").status == 200


def test_a_counter_must_be_named(world: World) -> None:
    refused(world.clerk.get("/api/v1/desk"), 400, "malformed")
    refused(world.clerk.get("/api/v1/desk?counter="), 400, "malformed")
    refused(world.clerk.get("/api/v1/desk?counter=%00"), 400, "malformed")


def test_a_question_changes_nothing(world: World) -> None:
    with world.unchanged():
        for path in ("/api/v1/desk?counter=1", "/api/v1/board", "/api/v1/catalogue"):
            world.send("clerk", Call(path=path), method="GET")
