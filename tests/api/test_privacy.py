"""What staff write about a person stays with staff: no screen, event, phone page or log has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.world import Call, World, running_world
from tests.support.hall_server import Socket

NAME, IDENTITY, PHONE = "欧阳秋月", "530923196901015678", "13887654321"
PLANTED = f"{NAME} {IDENTITY} {PHONE}"


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running_world(tmp_path_factory.mktemp("privacy") / "hall") as world:
        yield world


def test_no_public_place_holds_what_staff_wrote(private: World) -> None:
    world = private
    screen = Socket.device(world.hall.port, world.display.token, since=None)
    screen.event("welcome")
    pages = plant(world)
    last = world.seq()
    events: list[dict[str, Any]] = []
    while not events or events[-1]["seq"] < last:
        events += screen.event("event")
    screen.close()
    public = {
        "events": json.dumps(events, ensure_ascii=False),
        "board": json.dumps(world.board(), ensure_ascii=False),
        "catalogue": world.display.get("/api/v1/catalogue").text,
        "server.log": (world.hall.folder / "server.log").read_text(errors="replace"),
        "sign-in page": world.nobody.get("/sign-in").text,
        "health": world.nobody.get("/readyz").text,
        **{url: world.nobody.get(url.removeprefix(world.hall.url)).text for url in pages},
    }

    seqs = [e["seq"] for e in events]
    assert seqs == list(range(seqs[0], last + 1))
    assert {e["type"] for e in events} > {"event.withheld", "ticket.requeued", "counter.changed"}
    found = [
        (w, where) for where, text in public.items() for w in (NAME, IDENTITY, PHONE) if w in text
    ]
    assert found == []
    # The test can fail: the same words are where staff look for them.
    assert NAME in notes(world)
    assert NAME in json.dumps(world.guide.get("/api/v1/desk?counter=1").json, ensure_ascii=False)


def plant(world: World) -> list[str]:
    """Write PLANTED wherever staff or a technician may write; return addresses of phone pages."""
    pages = []
    clerk = world.clerk

    def ok(answer: Any) -> dict[str, Any]:
        assert answer.status == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    world.hall.enrol("kiosk", name=f"{NAME}的取号机")
    urgent = ok(
        world.send(
            "guide",
            Call(
                path="/api/v1/tickets",
                body={"item": "MZ-01", "priority": priority(world), "priority_reason": PLANTED},
            ),
        )
    )
    pages.append(urgent["url"])
    for verb in ("hold", "send-back", "transfer"):
        taken = world.waiting()
        pages.append(taken["url"])
        done = ok(clerk.at("call", ticket=taken["uid"], reason=PLANTED))
        more = {"queue": "B"} if verb == "transfer" else {}
        done = ok(clerk.on(done, verb, reason=PLANTED, **more))
        if verb == "send-back":
            ok(clerk.on(done, "cancel", reason=PLANTED))
    kiosk = world.kiosk.device  # type: ignore[attr-defined]
    again = {"device": kiosk, "reason": PLANTED}
    ok(world.guide.post(f"/tickets/{urgent['uid']}/reprint", again))
    ok(world.kiosk.post("/help"))
    ok(clerk.at("pause", reason=PLANTED))
    board = world.board()
    paused = next(c for c in board["counters"] if c["code"] == "1")
    assert (paused["state"], paused["reason"]) == ("paused", "其他原因")
    ok(clerk.at("resume"))
    ok(clerk.at("close", reason=PLANTED))
    ok(clerk.at("open"))
    world.hall.client().sign_in(NAME, PHONE)
    world.nobody.get(f"/t/{IDENTITY}")
    world.send("kiosk", Call(path="/api/v1/tickets", body={"item": PLANTED}))
    world.send("kiosk", Call(path=f"/api/v1/tickets/{IDENTITY}/print-results", body={"state": "x"}))
    return pages


def priority(world: World) -> str:
    """Code of a priority class of the hall."""
    db = world.hall.database()
    try:
        with db.engine().connect() as connection:
            found = connection.exec_driver_sql("SELECT code FROM priority_class").scalars().all()
    finally:
        db.close()
    return str(found[0])


def notes(world: World) -> str:
    db = world.hall.database()
    try:
        with db.engine().connect() as connection:
            rows = connection.exec_driver_sql("SELECT note FROM hall_event").scalars()
            return " ".join(rows)
    finally:
        db.close()


def test_a_reason_of_the_halls_list_is_shown(private: World) -> None:
    private.settle()
    assert private.clerk.at("pause", reason="午餐").status == 200
    paused = next(c for c in private.board()["counters"] if c["code"] == "1")
    assert paused["reason"] == "午餐"


def test_the_servers_folder_is_closed_to_others(private: World) -> None:
    folder = private.hall.folder / "server"
    modes = {p.name: oct(p.stat().st_mode & 0o077) for p in folder.iterdir() if p.suffix == ".key"}
    assert modes == {"secret.key": "0o0"}
    assert Path(folder / "secret.key").stat().st_size > 40
