"""Tickets over HTTP: numbers, paper, and every verb of a ticket's life."""

from __future__ import annotations

from tests.api.checks import Refusals
from tests.api.table import on_ticket, printed
from tests.api.world import ITEM, Call, World, refused


class TestRefusals(Refusals):
    group = "tickets"


def test_staff_who_guide_give_numbers_with_priority(world: World) -> None:
    call = Call(path="/api/v1/tickets", body={"item": ITEM})
    ordinary = world.send("guide", call)
    classes = world.send("guide", call.but(priority="没有"))
    nothing = world.send("guide", Call(path="/api/v1/tickets"))

    assert ordinary.status == 200
    assert ordinary.json["priority"] == ""
    refused(classes, 404, "not_found")
    refused(nothing, 400, "malformed")


def test_a_kiosk_gives_no_priority(world: World) -> None:
    with world.unchanged():
        answer = world.send(
            "kiosk", Call(path="/api/v1/tickets", body={"item": ITEM, "priority": "elder"})
        )
    refused(answer, 403, "forbidden")


def test_a_print_result_outside_the_lists_is_malformed(world: World) -> None:
    call = printed(world)
    with world.unchanged():
        refused(world.send("kiosk", call.but(state="burnt")), 400, "malformed")
        refused(world.send("kiosk", call.but(fault="on fire")), 400, "malformed")
        refused(world.send("kiosk", call.but(job=987_654)), 404, "not_found")


def test_a_state_that_does_not_allow_the_verb_says_so(world: World) -> None:
    waiting = world.waiting()
    with world.unchanged():
        for verb in ("recall", "start", "finish", "no-show", "hold", "transfer", "send-back"):
            call = on_ticket(verb, lambda w: waiting, reason="x")(world)
            refused(world.send("clerk", call), 409, "wrong_state")
        refused(
            world.send("clerk", on_ticket("reinstate", lambda w: waiting)(world)),
            409,
            "wrong_state",
        )


def test_reasons_are_asked_for(world: World) -> None:
    ticket = world.called()
    waiting = world.waiting()
    with world.unchanged():
        for verb in ("hold", "send-back"):
            for reason in ("", "   "):
                call = on_ticket(verb, lambda w: ticket, reason=reason)(world)
                refused(world.send("clerk", call), 422, "reason_needed")
        cancel = on_ticket("cancel", lambda w: waiting, reason=" ")(world)
        refused(world.send("clerk", cancel), 422, "reason_needed")
        long = on_ticket("hold", lambda w: ticket, reason="长" * 201)(world)
        refused(world.send("clerk", long), 400, "malformed")


def test_a_transfer_needs_a_queue_that_somebody_serves(world: World) -> None:
    ticket = world.called()
    with world.unchanged():
        unknown = on_ticket("transfer", lambda w: ticket, queue="ZZ")(world)
        same = on_ticket("transfer", lambda w: ticket, queue="A")(world)
        refused(world.send("clerk", unknown), 422, "target_unknown")
        refused(world.send("clerk", same), 422, "same_queue")


def test_a_reprint_goes_to_a_kiosk_that_is_enrolled(world: World) -> None:
    uid = world.waiting()["uid"]
    call = Call(path=f"/api/v1/tickets/{uid}/reprint", body={"device": "", "reason": "糊了"})
    display = world.display.device  # type: ignore[attr-defined]
    kiosk = world.kiosk.device  # type: ignore[attr-defined]
    with world.unchanged():
        refused(world.send("guide", call), 404, "not_found")
        refused(world.send("guide", call.but(device=display)), 404, "not_found")
        refused(world.send("guide", call.but(device=kiosk, reason="")), 422, "reason_needed")


def test_a_reprint_is_fetched_printed_and_gone(world: World) -> None:
    uid = world.waiting()["uid"]
    kiosk = world.other_kiosk
    device = kiosk.device  # type: ignore[attr-defined]
    call = Call(path=f"/api/v1/tickets/{uid}/reprint", body={"device": device, "reason": "糊了"})
    assert world.send("guide", call).status == 200
    jobs = kiosk.get("/api/v1/devices/me/slips").json["jobs"]
    result = Call(
        path=f"/api/v1/tickets/{uid}/print-results",
        body={"state": "printed", "job": jobs[0]["job"]},
    )
    elsewhere = world.send("kiosk", result)
    done = world.send(kiosk, result)

    assert [(j["slip"]["uid"], j["slip"]["reprint"]) for j in jobs] == [(uid, 1)]
    refused(elsewhere, 404, "not_found")
    assert done.status == 200
    assert kiosk.get("/api/v1/devices/me/slips").json["jobs"] == []
