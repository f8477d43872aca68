"""Counters over HTTP: open, pause, resume, close, call."""

from __future__ import annotations

from tests.api.checks import Refusals
from tests.api.world import Call, World, refused


class TestRefusals(Refusals):
    group = "counters"


def test_a_counter_that_is_taken_is_not_opened(world: World) -> None:
    world.settle()
    with world.unchanged():
        taken = world.send("manager", Call(path="/api/v1/counters/1/open"))
        elsewhere = world.send("clerk", Call(path="/api/v1/counters/3/open"))
    refused(taken, 409, "counter_taken")
    refused(elsewhere, 409, "clerk_elsewhere")


def test_opening_again_changes_nothing(world: World) -> None:
    world.settle()
    with world.unchanged():
        answer = world.send("clerk", Call(path="/api/v1/counters/1/open"))
    assert answer.status == 200


def test_a_clerk_of_one_department_opens_no_other_departments_counter(world: World) -> None:
    world.hall.person("civil01", "clerk:civil")
    clerk = world.hall.client("civil01")
    with world.unchanged():
        answer = world.send(clerk, Call(path="/api/v1/counters/8/open"))
    refused(answer, 403, "forbidden")


def test_a_pause_wants_a_reason_and_a_time_to_come(world: World) -> None:
    world.settle()
    pause = Call(path="/api/v1/counters/1/pause", body={"reason": "午餐"})
    with world.unchanged():
        refused(world.send("clerk", pause.but(reason="")), 422, "reason_needed")
        for until in ("soon", "2020-01-01T00:00:00.000Z", "9999-99-99T00:00:00.000Z"):
            refused(world.send("clerk", pause.but(until=until)), 400, "malformed")


def test_a_busy_counter_calls_nobody_and_does_not_close(world: World) -> None:
    world.called()
    with world.unchanged():
        refused(world.clerk.at("call-next"), 409, "counter_busy")
        refused(world.clerk.at("close", reason="下班"), 409, "counter_busy")


def test_a_paused_counter_calls_nobody(world: World) -> None:
    world.settle()
    world.waiting()
    assert world.clerk.at("pause", reason="午餐").status == 200
    with world.unchanged():
        refused(world.clerk.at("call-next"), 409, "counter_paused")


def test_nobody_waiting_is_said(world: World) -> None:
    world.settle()
    with world.unchanged():
        refused(world.colleague.at("call-next"), 409, "nobody_waiting")


def test_a_closed_counter_takes_no_command(world: World) -> None:
    with world.unchanged():
        for verb in ("pause", "resume", "close", "call-next", "call"):
            call = Call(path=f"/api/v1/counters/9/{verb}", body={"reason": "x"})
            refused(world.send("clerk", call), 409, "counter_closed")


def test_calling_out_of_turn_needs_a_reason_and_a_ticket_of_this_counter(world: World) -> None:
    world.settle()
    uid = world.waiting()["uid"]
    call = Call(path="/api/v1/counters/2/call", body={"ticket": uid, "reason": "老人"})
    with world.unchanged():
        refused(world.send("colleague", call), 409, "not_served_here")
        refused(world.send("colleague", call.but(reason=" ")), 422, "reason_needed")
        refused(world.send("colleague", call.but(ticket="")), 404, "not_found")


def test_people_left_waiting_need_a_reason(world: World) -> None:
    world.settle()
    world.waiting()
    with world.unchanged():
        refused(world.clerk.at("close"), 409, "people_waiting")


def test_a_manager_frees_a_counter_whose_clerk_has_gone_home(world: World) -> None:
    world.settle()
    answer = world.send("manager", Call(path="/api/v1/counters/1/close", body={"reason": "下班"}))
    mine = next(c for c in world.board()["counters"] if c["code"] == "1")

    assert answer.status == 200
    assert (mine["state"], mine["clerk_label"]) == ("closed", "")
