"""Devices over HTTP: enrolment, catalogue, board, help; revocation."""

from __future__ import annotations

from server.actions import devices
from tests.api.checks import Refusals
from tests.api.world import Call, World, from_address, refused
from tests.support.ports import wait_until


class TestRefusals(Refusals):
    group = "devices"


ENROL = "/api/v1/devices/enrol"


def test_a_one_time_token_is_good_once(world: World) -> None:
    call = Call(path=ENROL, body={"token": world.hall.enrolment("kiosk", "1F")})
    first = world.send("nobody", call)
    with world.unchanged():
        again = world.send("nobody", call)
        empty = world.send("nobody", call.but(token=""))
    assert (first.json["kind"], first.json["zone"]) == ("kiosk", "1F")
    refused(again, 403, "enrolment_invalid")
    refused(empty, 403, "enrolment_invalid")


def test_a_refused_enrolment_does_not_use_its_token_up(world: World) -> None:
    call = Call(path=ENROL, body={"token": world.hall.enrolment("display")})
    refused(world.send("nobody", call.but(contract=[2])), 409, "contract_too_old")
    refused(world.send("nobody", call.but(name="长" * 41)), 400, "malformed")
    assert world.send("nobody", call).status == 200


def test_guessing_enrolment_tokens_is_slowed_down(world: World) -> None:
    guesser = from_address(world.hall.client(), "127.0.0.77")
    codes = [
        world.send(guesser, Call(path=ENROL, body={"token": f"guess {n}"})).code for n in range(61)
    ]
    last = world.send(guesser, Call(path=ENROL, body={"token": "guess"}))

    assert set(codes[:60]) == {"enrolment_invalid"}
    refused(last, 429, "too_many_requests")


def test_the_catalogue_is_sent_once_and_then_answered_with_304(world: World) -> None:
    first = world.display.get("/api/v1/catalogue")
    tag = first.headers["ETag"]
    again = world.display.get("/api/v1/catalogue", If_None_Match=tag)
    other = world.display.get("/api/v1/catalogue", If_None_Match='"another"')

    assert tag == f'"{first.json["digest"]}"'
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", tag)
    assert other.json == first.json


def test_people_see_board_and_catalogue_too(world: World) -> None:
    assert world.supervisor.get("/api/v1/board").json == world.board()
    assert world.supervisor.get("/api/v1/catalogue").status == 200


def test_a_revoked_device_is_unknown_within_two_seconds(world: World) -> None:
    gone = world.hall.enrol("kiosk")
    assert gone.get("/api/v1/devices/me/slips").status == 200
    world.hall.work(lambda w: devices.revoke(w, gone.device))  # type: ignore[attr-defined]
    wait_until(
        lambda: gone.get("/api/v1/devices/me/slips").status == 401, "the token to be worthless"
    )
    refused(gone.get("/api/v1/board"), 401, "device_unknown")
    refused(gone.post("/tickets", {"item": "MZ-01"}), 401, "device_unknown")


def test_a_call_for_help_stays_until_somebody_goes(world: World) -> None:
    uid = world.other_kiosk.device  # type: ignore[attr-defined]
    assert world.other_kiosk.post("/help").status == 200
    open_ = [h["device"] for h in world.clerk.desk()["help"]]
    assert world.guide.post(f"/help/{uid}/answer").status == 200
    after = [h["device"] for h in world.clerk.desk()["help"]]

    assert uid in open_
    assert uid not in after


def test_an_address_that_is_none_is_not_found(world: World) -> None:
    for path in ("/api/v1/", "/api/v1/nothing", "/api/v1/tickets/x/explode", "/api/v2/tickets"):
        for method in ("GET", "POST", "DELETE"):
            refused(world.send("kiosk", Call(path=path), method=method), 404, "not_found")
