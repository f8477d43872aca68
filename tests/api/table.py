"""Every endpoint of the interface in one row: who may ask, and a request that works now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.api.world import ITEM, Call, World

OTHER_ROLES = ("guide", "supervisor", "admin")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One method of one address below `/api/v1`."""

    rule: str
    """As Flask writes it."""
    scene: Callable[[World], Call]
    """Prepares the hall and returns a request that works now."""
    group: str
    method: str = "POST"
    who: str = "clerk"
    """Somebody of `World` who may."""
    wrong: tuple[str, ...] = ()
    """People and devices of `World` that are known but may not."""
    versioned: str = ""
    """Field that holds what the page showed."""
    unknown: Callable[[World, Call], Call] | None = None
    """The same request about something that is not there."""
    foreign: Callable[[World], tuple[str, Call, str]] | None = None
    """(who, request, code) about something that is somebody else's."""
    keyed: bool = True
    """Takes an Idempotency-Key."""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """What the answer holds at least."""

    @property
    def by_device(self) -> bool:
        return self.who in {"kiosk", "display"}

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule.removeprefix('/api/v1')}"


def nowhere(part: str) -> Callable[[World, Call], Call]:
    """Put an id that does not exist in the place of the *part*-th piece of the path."""

    def change(world: World, call: Call) -> Call:
        pieces = call.path.split("/")
        pieces[pieces.index(part) + 1] = "不存在"
        return Call(path="/".join(pieces), body=call.body)

    return change


def on_ticket(
    verb: str, prepare: Callable[[World], Mapping[str, Any]], **body: Any
) -> Callable[[World], Call]:
    """A verb on a ticket that *prepare* brings into the right state."""

    def scene(world: World) -> Call:
        ticket = prepare(world)
        uid = ticket.get("uid") or ticket["ticket"]
        return Call(
            path=f"/api/v1/tickets/{uid}/{verb}", body={"version": ticket["version"], **body}
        )

    return scene


def colleagues_ticket(scene: Callable[[World], Call]) -> Callable[[World], tuple[str, Call, str]]:
    """The colleague at counter 2 tries it on the ticket of counter 1."""
    return lambda world: ("colleague", scene(world), "not_your_ticket")


def held(world: World) -> dict[str, Any]:
    return world.verb(world.called(), "hold", reason="补材料")


def passed(world: World) -> dict[str, Any]:
    return world.verb(world.called(), "no-show")


def verb_row(
    verb: str,
    prepare: Callable[[World], Mapping[str, Any]],
    state: str,
    *,
    foreign: bool = True,
    wrong: tuple[str, ...] = OTHER_ROLES,
    **body: Any,
) -> Endpoint:
    scene = on_ticket(verb, prepare, **body)
    return Endpoint(
        rule=f"/api/v1/tickets/<uid>/{verb}",
        group="tickets",
        scene=scene,
        wrong=wrong,
        versioned="version",
        unknown=nowhere("tickets"),
        foreign=colleagues_ticket(scene) if foreign else None,
        answers={"state": state},
    )


def printed(world: World) -> Call:
    uid = world.waiting()["uid"]
    return Call(path=f"/api/v1/tickets/{uid}/print-results", body={"state": "printed", "fault": ""})


def reprint(world: World) -> Call:
    uid, kiosk = world.waiting()["uid"], world.kiosk.device  # type: ignore[attr-defined]
    return Call(path=f"/api/v1/tickets/{uid}/reprint", body={"device": kiosk, "reason": "纸卡住了"})


TICKETS = [
    Endpoint(
        rule="/api/v1/tickets",
        group="tickets",
        who="kiosk",
        wrong=("display", "clerk", "supervisor", "admin"),
        scene=lambda w: Call(path="/api/v1/tickets", body={"item": ITEM}),
        unknown=lambda w, c: c.but(item="没有"),
        answers={"item": ITEM, "queue": "A"},
    ),
    Endpoint(
        rule="/api/v1/tickets/<uid>/print-results",
        group="tickets",
        who="kiosk",
        wrong=("display",),
        scene=printed,
        unknown=nowhere("tickets"),
        foreign=lambda w: ("other_kiosk", printed(w), "forbidden"),
    ),
    Endpoint(
        rule="/api/v1/tickets/<uid>/reprint",
        group="tickets",
        who="guide",
        wrong=("clerk", "supervisor", "admin"),
        scene=reprint,
        unknown=nowhere("tickets"),
        answers={"state": "waiting"},
    ),
    verb_row("recall", lambda w: w.called(), "called"),
    verb_row("start", lambda w: w.called(), "serving"),
    verb_row("finish", lambda w: w.serving(), "done"),
    verb_row("no-show", lambda w: w.called(), "no_show"),
    verb_row("hold", lambda w: w.serving(), "held", reason="补材料"),
    verb_row("transfer", lambda w: w.serving(), "waiting", queue="C", come_back=False, reason=""),
    verb_row("send-back", lambda w: w.called(), "waiting", reason="叫错了"),
    Endpoint(
        rule="/api/v1/tickets/<uid>/resume",
        group="tickets",
        scene=on_ticket("resume", held, counter="1"),
        wrong=("supervisor", "admin"),
        versioned="version",
        unknown=nowhere("tickets"),
        foreign=lambda w: (
            "colleague",
            on_ticket("resume", held, counter="1")(w),
            "not_your_counter",
        ),
        answers={"state": "called"},
    ),
    verb_row("reinstate", passed, "waiting", foreign=False, wrong=("supervisor", "admin")),
    verb_row(
        "cancel",
        lambda w: w.waiting(),
        "cancelled",
        foreign=False,
        wrong=("supervisor", "admin"),
        reason="不办了",
    ),
]


def at_counter(verb: str, *, versioned: bool = True, **body: Any) -> Callable[[World], Call]:
    """A command to counter 1, which is open and free."""

    def scene(world: World) -> Call:
        world.settle()
        shown = {"expected": world.clerk.desk()["counter"]["version"]} if versioned else {}
        return Call(path=f"/api/v1/counters/1/{verb}", body={**shown, **body})

    return scene


def colleagues_counter(
    scene: Callable[[World], Call], code: str = "not_your_counter"
) -> Callable[[World], tuple[str, Call, str]]:
    return lambda world: ("colleague", scene(world), code)


def opening(world: World) -> Call:
    world.settle()
    assert world.clerk.at("close", reason="测试").status == 200
    return Call(path="/api/v1/counters/1/open")


def after_pause(world: World) -> Call:
    world.settle()
    assert world.clerk.at("pause", reason="午餐").status == 200
    return at_counter_now("resume", world)


def at_counter_now(verb: str, world: World) -> Call:
    shown = world.clerk.desk()["counter"]["version"]
    return Call(path=f"/api/v1/counters/1/{verb}", body={"expected": shown})


def somebody_waits(verb: str, **body: Any) -> Callable[[World], Call]:
    scene = at_counter(verb, **body)

    def waits(world: World) -> Call:
        uid = world.waiting()["uid"]
        call = scene(world)
        return call.but(ticket=uid) if "ticket" in body else call

    return waits


def counter_row(verb: str, scene: Callable[[World], Call], state: str | None = None) -> Endpoint:
    return Endpoint(
        rule=f"/api/v1/counters/<code>/{verb}",
        group="counters",
        scene=scene,
        wrong=OTHER_ROLES,
        versioned="expected",
        unknown=nowhere("counters"),
        foreign=colleagues_counter(scene),
        answers={"counter": "1"} if state is None else {"counter": "1", "state": state},
    )


COUNTERS = [
    Endpoint(
        rule="/api/v1/counters/<code>/open",
        group="counters",
        scene=opening,
        wrong=OTHER_ROLES,
        unknown=nowhere("counters"),
        answers={"counter": "1"},
    ),
    counter_row("pause", at_counter("pause", reason="午餐", until=None)),
    counter_row("resume", after_pause),
    counter_row("close", at_counter("close", reason="下班")),
    counter_row("call-next", somebody_waits("call-next"), "called"),
    counter_row("call", somebody_waits("call", ticket="", reason="老人"), "called"),
]


def asked_for_help(world: World) -> Call:
    assert world.kiosk.post("/help").status == 200
    return Call(path=f"/api/v1/help/{world.kiosk.device}/answer")  # type: ignore[attr-defined]


def asked_for_paper(world: World) -> Call:
    """Staff ask the kiosk for a test page; it begins."""
    ask = world.hall.ask(world.kiosk.device, "test_page")  # type: ignore[attr-defined]
    return Call(path=f"/api/v1/devices/me/asks/{ask}", body={"state": "begun"})


DEVICES = [
    Endpoint(
        rule="/api/v1/devices/enrol",
        group="devices",
        who="nobody",
        keyed=False,
        scene=lambda w: Call(
            path="/api/v1/devices/enrol",
            body={"token": w.hall.enrolment("display"), "name": "二楼大屏", "contract": [1]},
        ),
        answers={"kind": "display", "hall": "yongde"},
    ),
    Endpoint(
        rule="/api/v1/devices/me/slips",
        group="devices",
        method="GET",
        who="kiosk",
        wrong=("display",),
        keyed=False,
        scene=lambda w: Call(path="/api/v1/devices/me/slips"),
    ),
    Endpoint(
        rule="/api/v1/devices/me/identity-key",
        group="devices",
        method="GET",
        who="kiosk",
        wrong=("display",),
        keyed=False,
        scene=lambda w: Call(path="/api/v1/devices/me/identity-key"),
    ),
    *(
        Endpoint(
            rule="/api/v1/devices/me",
            group="devices",
            method="GET",
            who=who,
            keyed=False,
            scene=lambda w: Call(path="/api/v1/devices/me"),
        )
        for who in ("kiosk", "display")
    ),
    Endpoint(
        rule="/api/v1/devices/me/asks",
        group="devices",
        method="GET",
        who="display",
        keyed=False,
        scene=lambda w: Call(path="/api/v1/devices/me/asks"),
    ),
    Endpoint(
        rule="/api/v1/devices/me/asks/<uid>",
        group="devices",
        who="kiosk",
        scene=asked_for_paper,
        unknown=nowhere("asks"),
        foreign=lambda w: ("other_kiosk", asked_for_paper(w), "forbidden"),
        answers={"state": "begun"},
    ),
    Endpoint(
        rule="/api/v1/searches",
        group="devices",
        who="kiosk",
        wrong=("display",),
        scene=lambda w: Call(path="/api/v1/searches", body={"text": "开网吧"}),
    ),
    *(
        Endpoint(
            rule=f"/api/v1/{name}",
            group="devices",
            method="GET",
            who=who,
            keyed=False,
            scene=lambda w, name=name: Call(path=f"/api/v1/{name}"),  # type: ignore[misc]
            answers={"hall": "yongde"},
        )
        for name, who in (("catalogue", "display"), ("board", "display"))
    ),
    *(
        Endpoint(
            rule="/api/v1/alarms",
            group="devices",
            method="GET",
            who=who,
            wrong=("clerk",) if who == "manager" else (),
            keyed=False,
            scene=lambda w: Call(path="/api/v1/alarms"),
        )
        for who in ("manager", "guide", "supervisor")
    ),
    Endpoint(
        rule="/api/v1/help",
        group="devices",
        who="kiosk",
        wrong=("display",),
        scene=lambda w: Call(path="/api/v1/help"),
    ),
    Endpoint(
        rule="/api/v1/help/<uid>/answer",
        group="devices",
        wrong=("supervisor", "admin"),
        scene=asked_for_help,
        unknown=nowhere("help"),
    ),
]

DISCLOSURE: dict[str, Any] = {
    "expected": 0,
    "content": "为双方自愿结婚的内地居民办理结婚登记。",
    "steps": ["申请", "审查", "发证"],
    "materials": [{"name": "双方居民身份证", "form": "原件"}],
    "promised": {"n": 0, "unit": "spot"},
    "statutory": {"n": 10, "unit": "workday"},
    "fee": {"charged": False, "text": "不收费"},
}


def revision(world: World) -> int:
    items = world.display.get("/api/v1/catalogue").json["items"]
    return next(int(i["disclosure"]["revision"]) for i in items if i["code"] == ITEM)


def publishing(world: World) -> Call:
    return Call(
        path=f"/api/v1/items/{ITEM}/disclosures", body={**DISCLOSURE, "expected": revision(world)}
    )


NO_DUTY = ("clerk", *OTHER_ROLES)


def stopped(world: World) -> Call:
    world.settle()
    assert world.manager.post("/day/stop").status == 200
    return Call(path="/api/v1/day/open")


def still_open(path: str, **body: Any) -> Callable[[World], Call]:
    def scene(world: World) -> Call:
        world.settle()
        return Call(path=path, body=body)

    return scene


HALL = [
    *(
        Endpoint(
            rule=f"/api/v1/day/{verb}",
            group="hall",
            who="manager",
            wrong=NO_DUTY,
            scene=scene,
            answers={"state": state},
        )
        for verb, state, scene in (
            ("open", "open", stopped),
            ("stop", "closing", still_open("/api/v1/day/stop")),
            ("close", "closed", still_open("/api/v1/day/close", reason="停电")),
        )
    ),
    Endpoint(
        rule="/api/v1/emergency",
        group="hall",
        who="manager",
        wrong=NO_DUTY,
        scene=still_open("/api/v1/emergency", text="请有序撤离"),
        answers={"state": "on"},
    ),
    Endpoint(
        rule="/api/v1/items/<code>/disclosures",
        group="hall",
        who="manager",
        wrong=NO_DUTY,
        scene=publishing,
        versioned="expected",
        unknown=nowhere("items"),
        foreign=lambda w: ("headofpolice", publishing(w), "forbidden"),
        answers={"state": "published"},
    ),
]

DESK = [
    Endpoint(
        rule="/api/v1/desk",
        group="desk",
        method="GET",
        keyed=False,
        scene=lambda w: Call(path="/api/v1/desk?counter=1"),
        unknown=lambda w, c: Call(path="/api/v1/desk?counter=99"),
        foreign=lambda w: (
            "colleague",
            (w.settle(), Call(path="/api/v1/desk?counter=1"))[1],
            "not_your_counter",
        ),
        answers={"hall": "yongde"},
    ),
]

REPORTS = [
    Endpoint(
        rule="/api/v1/reports/waits",
        group="reports",
        method="GET",
        who="manager",
        wrong=("clerk", "guide", "supervisor"),
        keyed=False,
        scene=lambda w: Call(path="/api/v1/reports/waits?weeks=2"),
    ),
]


def key_press(world: World) -> Call:
    """Somebody waits, counter 1 is open and free, and its pad hangs on the display."""
    world.hang_pads("1")
    call = somebody_waits("call-next")(world)
    return Call(
        path="/api/v1/pads/presses",
        body={"counter": "1", "key": "next", "expected": call.body["expected"]},
    )


PADS = [
    Endpoint(
        rule="/api/v1/pads/presses",
        group="pads",
        who="display",
        wrong=("kiosk",),
        scene=key_press,
        versioned="expected",
        foreign=lambda w: ("other_display", key_press(w), "forbidden"),
        answers={"counter": "1", "state": "called"},
    ),
]

ENDPOINTS = [*TICKETS, *COUNTERS, *DEVICES, *HALL, *DESK, *REPORTS, *PADS]
