"""The device pages: a morning with something to mend, everything broken, a large hall."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from server.actions import devices as acts
from server.domain.moments import moment
from server.store import devices as rows
from server.store.work import Work
from tests.api.manage import Form
from tests.support.devices import Standing, part
from tools.gallery_manage import state
from tools.gallery_stage import MORNING
from tools.gallery_state import DESK, OFFICE, PHONE, WALL

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from server.kit.contract.devices import Part
    from tools.gallery_stage import Stage

MANY = 40
_standing: list[Standing] = []
"""Devices of the state that is shown; gone with it."""


def ago(**by: float) -> str:
    """Return a moment before the morning of the gallery."""
    return moment(MORNING - timedelta(**by))


def printer(*faults: tuple[str, str], left_m: float = -1, **more: object) -> Part:
    """Return a kiosk's printer."""
    return part(
        "printer",
        *faults,
        confirmed_at=ago(minutes=2),
        confirm_ms=386,
        confirm_kind="process_id",
        paper_left_mm=round(left_m * 1000),
        paper_roll_mm=50_000,
        **more,
    )


def bar(counter: int, *faults: tuple[str, str]) -> Part:
    """Return a bar over a counter."""
    return part(
        f"led:{counter}",
        *faults,
        name=f"{counter}号窗口条屏",
        counter=str(counter),
        profile="onbon_bx5k",
        profile_name="仰邦 BX-5K",
        verified="published_vector",
        port="/dev/serial/by-path/pci-0000:00:14.0-usb-0:3:1.0-port0",
        confirmed_at=ago(minutes=1),
        confirm_ms=41,
    )


def stand(stage: Stage, kind: str, name: str, zone: str, *faults: str, **parts: Part) -> Standing:
    """Enrol a device and let it say how it is."""
    device = Standing(stage.hall, kind, name, zone)
    digest = stage.hall.work(lambda w: w.hall.catalogue_digest)
    device.come().say(*faults, parts=tuple(parts.values()), content=digest)
    _standing.append(device)
    return device


def away(stage: Stage, name: str, zone: str, since: str) -> None:
    """Enrol a screen that has been away for long."""
    device = Standing(stage.hall, "display", name, zone)
    _standing.append(device)

    def note(w: Work) -> None:
        found = rows.by_uid(w, device.uid)
        assert found is not None
        rows.seen(w, found.id, at=since, software="1.3.2")

    stage.hall.work(note)


def morning(stage: Stage) -> None:
    """A few things to mend."""
    stand(stage, "kiosk", "一楼东门取号机", "1F", p=printer(left_m=38, verified="measured"))
    low = printer(("paper_low", ago(minutes=25)), left_m=2.4)
    stand(stage, "kiosk", "一楼西门取号机", "1F", p=low)
    out = printer(("paper_out", ago(minutes=83)))
    stand(stage, "kiosk", "二楼东门取号机", "2F", "paper_out", p=out)
    stand(stage, "display", "3号窗口屏", "1F", b=bar(3))
    stand(stage, "display", "4号窗口屏", "1F", b=bar(4, ("silent", ago(minutes=41))))
    stand(stage, "display", "5号窗口屏", "1F", "muted")
    away(stage, "二楼西侧大屏", "2F", ago(days=3, hours=1))


def broken(stage: Stage) -> None:
    """Everything that can be wrong."""
    for n, code in enumerate(("jam", "cutter", "cover_open", "silent", "no_port")):
        fault = (code, ago(minutes=7 * n + 3))
        stand(
            stage, "kiosk", f"{n + 1}号取号机", "1F", code, p=printer(fault, verified="unverified")
        )
    for n in range(3):
        away(stage, f"{n + 1}号大屏", "2F", ago(days=n, hours=2))
    stand(stage, "display", "东侧大屏", "1F", "no_sound", "text_too_small")
    for n in (6, 7):
        stand(stage, "display", f"{n}号窗口屏", "1F", b=bar(n, ("refused", ago(hours=2))))


def many(stage: Stage) -> None:
    """A large hall on a good day, with one thing to mend."""
    for n in range(MANY):
        kiosk = n % 10 == 0
        name = f"{n // 10 + 1}号取号机" if kiosk else f"{n}号窗口屏"
        more = {"p": printer(left_m=12 + n)} if kiosk else {"b": bar(n)}
        if n == 20:
            more = {"p": printer(("near_end", ago(minutes=12)), left_m=1.2)}
        stand(stage, "kiosk" if kiosk else "display", name, "12"[n % 2] + "F", **more)


def shown(stage: Stage, page: Page, *, scene: str, path: str = "/manage/devices") -> None:
    """Open a page with the devices of a scene."""
    {"morning": morning, "broken": broken, "many": many}[scene](stage)
    time.sleep(0.5)  # acknowledgements arrive
    stage.sign_in(page, "manager", path)
    expect(page.locator("main h1").first).to_be_visible()


def one(stage: Stage, page: Page) -> None:
    """A kiosk out of paper, with what was asked of it."""
    morning(stage)
    kiosk = next(d for d in _standing if "西门" in d.name)
    path = f"/manage/devices/{kiosk.uid}"
    for what, steps in (
        ("restart", (("begun", ""), ("failed", "busy"))),
        ("test_page", (("begun", ""), ("done", ""))),
        ("new_roll", ()),
    ):
        Form.of(stage.manager, path).fill(what=what, part="").send(f"{path}/ask")
        (uid,) = [a["ask"] for a in kiosk.client.get("/api/v1/devices/me/asks").json["asks"]]
        for step, detail in steps:
            kiosk.client.post(f"/devices/me/asks/{uid}", {"state": step, "detail": detail})
    stage.sign_in(page, "manager", path)
    expect(page.locator(".part").first).to_be_visible()


def leave(stage: Stage) -> None:
    """Take the devices away again."""
    for device in _standing:
        device.go()
    gone = [device.uid for device in _standing]
    stage.hall.work(lambda w: [acts.revoke(w, uid) for uid in gone])
    _standing.clear()


STATES = (
    state("devices-morning", "设备：几样要处理", partial(shown, scene="morning"), leave=leave, pictured=(DESK, PHONE)),
    state("devices-broken", "设备：什么都坏了", partial(shown, scene="broken"), leave=leave),
    state(
        "devices-many", "设备：四十台", partial(shown, scene="many"), leave=leave, walk=False,
        sizes=(OFFICE, WALL, DESK), pictured=(OFFICE, WALL),
    ),
    state(
        "overview-alarms", "总览：现在要人处理", partial(shown, scene="morning", path="/manage"), leave=leave
    ),
    state(
        "urgent", "每一页上面的提醒", partial(shown, scene="morning", path="/manage/leaders"), leave=leave
    ),
    state("device-kiosk", "一台取号机：打印机、纸、最近的操作", one, leave=leave, pictured=(DESK, PHONE)),
)  # fmt: skip
