"""Every state of every screen, as a picture can be made of it: name → layout and what the hall is like.

`python tools/gallery_screens.py OUT [NAME...]` photographs them with Chromium, each at the sizes a
screen has; `make gallery` uses `STATES` and `SIZES`. The pages are those of `display.preview`.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from display.preview import Preview
from server.kit.contract.board import Board, CallLine, CounterLine, QueueLine
from server.kit.contract.moments import moment
from server.kit.contract.screens import DutyLeader, Layout, Media, Post
from server.kit.contract.views import (
    Catalogue,
    CatalogueCounter,
    CatalogueDepartment,
    CatalogueItem,
    CatalogueQueue,
    CatalogueZone,
    DisclosureView,
)
from server.kit.pages import KIT
from server.store.seed import sample

NOW = datetime(2026, 11, 23, 1, 41, 7, tzinfo=UTC)
"""09:41:07 on a Monday in the hall."""

SIZES = {"wide": (1920, 1080), "tall": (1080, 1920), "square": (1280, 1024)}


def catalogue_of(name: str = "2026") -> Catalogue:
    """Return the catalogue of a sample hall."""
    seed = sample(name)
    served = {
        q.code: tuple(c.code for c in seed.counters if any(s.queue == q.code for s in c.queues))
        for q in seed.queues
    }
    published = "2026-11-20T02:00:00.000Z"
    return Catalogue(
        hall=seed.hall.code,
        hall_name=seed.hall.name,
        tz=seed.hall.tz,
        digest="gallery",
        zones=tuple(CatalogueZone(code=z.code, name=z.name, floor=z.floor) for z in seed.zones),
        departments=tuple(
            CatalogueDepartment(code=d.code, name=d.name, short_name=d.short_name)
            for d in seed.departments
        ),
        queues=tuple(
            CatalogueQueue(
                code=q.code, name=q.name, prefix=q.prefix, department=q.department, zone=q.zone,
                counters=served[q.code], consult_only=q.consult_only,
            )
            for q in seed.queues
        ),
        counters=tuple(
            CatalogueCounter(code=c.code, name=c.name, department=c.department, zone=c.zone)
            for c in seed.counters
        ),
        items=tuple(
            CatalogueItem(
                code=i.code, name=i.name, short_name=i.short_name, department=i.department,
                queue=i.queue, mode=i.mode, keywords=i.keywords, common=i.common,
                consult_only=i.consult_only,
                disclosure=None if i.disclosure is None else DisclosureView(
                    item=i.code, revision=1, published_at=published,
                    **msgspec.structs.asdict(i.disclosure),
                ),
            )
            for i in seed.items
        ),
        notices=tuple(n.text for n in seed.notices),
        no_show_rule="过号 30 分钟内可凭此票到导办台恢复。",
        public_url="http://hall.example.cn",
        posts=tuple(Post(text=n.text) for n in seed.notices),
        media=(HONOUR,),
        leaders=LEADERS,
    )  # fmt: skip


HONOUR = Media(
    uid="honour",
    kind="honour",
    title="3号窗口 婚姻登记",
    text="三季度先进窗口：办件 1,206 件，群众满意 99.8 %，无一件超时。",
)
LEADERS = (
    DutyLeader(date="2026-11-23", department="civil", post="副局长", place="3号窗口旁"),
    DutyLeader(date="2026-11-23", department="market", post="局长", place="二楼会商室"),
    DutyLeader(date="2026-11-23", department="labour", post="副局长", place="15号窗口旁"),
)


@dataclass(frozen=True)
class Scene:
    """What the hall is like: how many wait, who is called, what stands still."""

    waiting: int = 6
    calls: int = 7
    open_counters: bool = True
    emergency: str | None = None
    paused: str = ""
    """Code of a counter that is paused until half past ten."""
    changes: dict[str, Any] = field(default_factory=dict)
    """Of the catalogue."""
    truth_age_s: float = 0.0
    status: str = "live"


def board_of(catalogue: Catalogue, scene: Scene, now: datetime = NOW) -> Board:
    """Return the board of *scene*: counters, queues and calls of the catalogue's own codes."""
    served = [q for q in catalogue.queues if q.counters]
    counters = {c.code: c for c in catalogue.counters}
    calls = []
    for n in range(scene.calls):
        queue = served[n % len(served)]
        counter = counters[queue.counters[0]]
        ago = timedelta(seconds=20 + 95 * n)
        calls.append(
            CallLine(
                call=f"call-{n}",
                ticket=f"{queue.prefix}{12 + 7 * n:03d}",
                queue=queue.code,
                counter=counter.code,
                counter_name=counter.name,
                zone=counter.zone,
                times=2 if n == 1 else 1,
                state="called" if n < 2 else "serving",
                called_at=moment(now - ago),
                serving_at=None if n < 2 else moment(now - ago + timedelta(seconds=15)),
            )
        )
    at = {c.counter: c.ticket for c in calls}
    until = moment(now + timedelta(minutes=49))
    return Board(
        hall=catalogue.hall,
        seq=100,
        date=f"{now + timedelta(hours=8):%Y-%m-%d}",
        day_state="open",
        digest=catalogue.digest,
        emergency=scene.emergency,
        queues=tuple(
            QueueLine(
                code=q.code, waiting=(scene.waiting + n) % 14 if scene.waiting < 100 else 200,
                issuing=True, reason="", resumes_at=None, service_s=480,
                low_min=None if not scene.waiting else 5 * (1 + n % 6),
                high_min=None if not scene.waiting else 5 * (3 + n % 6), rough=n % 5 == 4,
            )
            if scene.waiting
            else QueueLine(
                code=q.code, waiting=0, issuing=True, reason="", resumes_at=None, service_s=480
            )
            for n, q in enumerate(catalogue.queues)
        ),
        counters=tuple(
            CounterLine(
                code=c.code, name=c.name, zone=c.zone,
                state="paused" if c.code == scene.paused else "open" if scene.open_counters else "closed",
                reason="材料核对" if c.code == scene.paused else "",
                until=until if c.code == scene.paused else None,
                clerk_label="0312", ticket=at.get(c.code),
            )
            for c in catalogue.counters
        ),
        calls=tuple(calls),
    )  # fmt: skip


ALL = ("queues", "disclosures", "promotion", "leaders", "notices")
BUSY, CALM, FULL = Scene(), Scene(waiting=0, calls=0), Scene(waiting=200, calls=17)
ALARM = Scene(emergency="请不要惊慌，听从工作人员指挥，从最近的安全出口有序撤离，不要乘坐电梯。")

STATES: dict[str, tuple[Layout, Scene]] = {
    "board": (Layout(), BUSY),
    "board-full": (Layout(), FULL),
    "board-calm": (Layout(), CALM),
    "board-everything": (Layout(regions=ALL), BUSY),
    "board-calls": (Layout(regions=()), BUSY),
    "board-queues": (Layout(regions=("queues",)), BUSY),
    "board-promotion": (Layout(regions=("promotion", "notices")), BUSY),
    "board-leaders": (Layout(regions=("leaders", "disclosures")), BUSY),
    "board-light": (Layout(theme="light", regions=ALL), BUSY),
    "board-far": (Layout(distance_m=15.0), BUSY),
    "board-lost": (Layout(), Scene(truth_age_s=190, status="lost")),
    "board-emergency": (Layout(), ALARM),
    "disclosures": (Layout(role="disclosures"), BUSY),
    "disclosures-touch": (Layout(role="disclosures", touch=True, screen_inch=43), BUSY),
    "disclosures-light": (Layout(role="disclosures", theme="light"), BUSY),
    "counter-called": (Layout(role="counter", counter="1", screen_inch=21.5), BUSY),
    "counter-serving": (Layout(role="counter", counter="3", screen_inch=21.5), BUSY),
    "counter-free": (Layout(role="counter", counter="2", screen_inch=21.5), Scene(calls=1)),
    "counter-paused": (Layout(role="counter", counter="9"), Scene(calls=2, paused="9")),
    "counter-closed": (Layout(role="counter", counter="9"), Scene(open_counters=False, calls=0)),
    "counter-unset": (Layout(role="counter"), BUSY),
    "guide": (Layout(role="guide", distance_m=4), Scene(paused="6")),
    "guide-light": (Layout(role="guide", theme="light", distance_m=4), FULL),
    "leaders": (Layout(role="leaders"), BUSY),
    "leaders-none": (Layout(role="leaders"), Scene(changes={"leaders": ()})),
    "leaders-emergency": (Layout(role="leaders"), ALARM),
}
"""Name → what the screen is and what it shows. Each of them is a page, an iframe and a picture."""


class Hall:
    """Serves the pages of `STATES` on a port of its own: `/{state}`."""

    def __init__(self, catalogue: Catalogue | None = None, now: datetime = NOW) -> None:
        self._catalogue = catalogue or catalogue_of()
        self.now = now
        """A test may move it; pages follow with their next look."""
        self.preview = Preview(lambda name: f"/kit/{name}")

    def page(self, name: str) -> str:
        """Return the page of a state."""
        layout, catalogue, board = self._asked(name)
        return self.preview.html(
            layout, catalogue, board, self.now, static_url="/static/", view_url=f"/{name}/view"
        )

    def view(self, name: str) -> dict[str, Any]:
        """Return the view of a state."""
        layout, catalogue, board = self._asked(name)
        view = self.preview.view(layout, catalogue, board, self.now)
        _, scene = STATES[name]
        if scene.truth_age_s:
            ago = self.now - timedelta(seconds=scene.truth_age_s)
            view["truth_ms"] = round(ago.timestamp() * 1000)
            view["truth_time"] = f"{ago + timedelta(hours=8):%H:%M:%S}"
        return view

    def _asked(self, name: str) -> tuple[Layout, Catalogue, Board]:
        layout, scene = STATES[name]
        catalogue = replace(self._catalogue, **scene.changes)
        return layout, catalogue, board_of(catalogue, scene, self.now)


@contextmanager
def served(hall: Hall) -> Iterator[str]:
    """Serve *hall* on loopback and give its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, hall))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    def __init__(self, hall: Hall, *args: Any) -> None:
        self._hall = hall
        super().__init__(*args)

    def do_GET(self) -> None:
        name, _, rest = self.path.partition("?")[0].lstrip("/").partition("/")
        folders: dict[str, Path] = {"static": Preview.STATIC, "kit": KIT / "static"}
        if name in folders:
            path = folders[name] / rest
            if not path.is_file() or folders[name] not in path.resolve().parents:
                self.send_error(404)
                return
            kinds = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
            self._answer(path.read_bytes(), kinds.get(path.suffix, "application/octet-stream"))
        elif name in STATES and rest == "view":
            self._answer(msgspec.json.encode(self._hall.view(name)), "application/json")
        elif name in STATES:
            self._answer(self._hall.page(name).encode(), "text/html; charset=utf-8")
        else:
            self.send_error(404)

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        """Serve one connection; a browser that goes on to the next page says no goodbye."""
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
        """Write nothing."""


def photograph(out: Path, names: list[str], sizes: dict[str, tuple[int, int]] = SIZES) -> None:
    """Write `{state}-{size}.png` of each state into *out*."""
    from playwright.sync_api import sync_playwright

    out.mkdir(parents=True, exist_ok=True)
    with served(Hall()) as url, sync_playwright() as p:
        browser = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for size, (width, height) in sizes.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            for name in names:
                page.goto(f"{url}/{name}")
                page.wait_for_selector("body:not([data-fresh=opening])")
                page.evaluate("document.fonts.ready")
                page.wait_for_timeout(700)  # what enters has entered
                page.screenshot(path=str(out / f"{name}-{size}.png"))
            page.close()
        browser.close()


def main(arguments: list[str], photo: Callable[..., None] = photograph) -> None:
    """Photograph all states, or those named after the folder."""
    out, *names = arguments or ["build/gallery"]
    photo(Path(out), names or list(STATES))


if __name__ == "__main__":
    main(sys.argv[1:])
