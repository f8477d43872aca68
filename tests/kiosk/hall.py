"""A small hall for the kiosk's tests: a catalogue, a board, slips."""

from __future__ import annotations

from kiosk.content import Content, Hall
from server.kit.contract.board import Board, CounterLine, QueueLine
from server.kit.contract.views import (
    Catalogue,
    CatalogueCounter,
    CatalogueDepartment,
    CatalogueItem,
    CatalogueQueue,
    DisclosureView,
    Fee,
    Limit,
    Material,
    TicketSlip,
)

DISCLOSURE = DisclosureView(
    item="MZ-01",
    revision=1,
    content="为双方自愿结婚的内地居民办理结婚登记。",
    steps=("申请", "审查", "发证"),
    materials=(Material(name="双方居民身份证", form="原件"), Material(name="合影", example=True)),
    promised=Limit(n=0, unit="spot"),
    statutory=Limit(n=10, unit="workday"),
    fee=Fee(charged=False, text="不收费"),
)


def item(code: str, name: str, short: str, department: str, queue: str, **more: object) -> object:
    """Return an item with everything published."""
    fields: dict[str, object] = {
        "mode": "instant",
        "keywords": (),
        "common": False,
        "consult_only": False,
        "disclosure": DISCLOSURE,
        **more,
    }
    return CatalogueItem(
        code=code, name=name, short_name=short, department=department, queue=queue, **fields
    )  # type: ignore[arg-type]  # a test's shorthand


def catalogue(digest: str = "d1", hall_name: str = "永德县政务服务中心") -> Catalogue:
    """Return a hall of three departments: marriages A, identity cards B, advice only C."""
    return Catalogue(
        hall="main",
        hall_name=hall_name,
        tz="Asia/Shanghai",
        digest=digest,
        zones=(),
        departments=(
            CatalogueDepartment(code="civil", name="民政局", short_name="民政"),
            CatalogueDepartment(code="police", name="公安局", short_name="公安"),
            CatalogueDepartment(code="water", name="水务局", short_name="水务"),
        ),
        queues=(
            CatalogueQueue(
                code="A",
                name="婚姻登记",
                prefix="A",
                department="civil",
                zone="1F",
                counters=("1", "2"),
            ),
            CatalogueQueue(
                code="B", name="户政", prefix="B", department="police", zone="1F", counters=("3",)
            ),
            CatalogueQueue(
                code="C",
                name="水务",
                prefix="C",
                department="water",
                zone="2F",
                counters=("4",),
                consult_only=True,
            ),
        ),
        counters=tuple(
            CatalogueCounter(code=c, name=f"{c}号窗口", department=d, zone=z)
            for c, d, z in [
                ("1", "civil", "1F"),
                ("2", "civil", "1F"),
                ("3", "police", "1F"),
                ("4", "water", "2F"),
            ]
        ),
        items=(
            item(
                "MZ-01",
                "内地居民结婚登记",
                "结婚登记",
                "civil",
                "A",
                keywords=("结婚", "领证"),
                common=True,
            ),
            item("MZ-02", "内地居民离婚登记", "离婚登记", "civil", "A", keywords=("离婚",)),
            item(
                "GA-01",
                "居民身份证换领、补领",
                "身份证换领补领",
                "police",
                "B",
                keywords=("身份证",),
                common=True,
            ),
        ),
        notices=(),
        no_show_rule="过号 30 分钟内可凭此票到导办台恢复。",
        public_url="http://hall.example",
    )  # type: ignore[arg-type]  # items come from a shorthand


def line(code: str, waiting: int = 6, **more: object) -> QueueLine:
    """Return a queue that gives numbers."""
    fields: dict[str, object] = {
        "issuing": True,
        "reason": "",
        "resumes_at": None,
        "service_s": 300,
        **more,
    }
    return QueueLine(code=code, waiting=waiting, **fields)  # type: ignore[arg-type]  # shorthand


def board(
    *queues: QueueLine,
    closed: tuple[str, ...] = (),
    day: str = "open",
    emergency: str | None = None,
) -> Board:
    """Return a board; counters are open but those named."""
    given = {q.code: q for q in queues}
    return Board(
        hall="main",
        seq=10,
        date="2026-11-23",
        day_state=day,
        digest="d1",
        emergency=emergency,
        queues=tuple(given.get(c, line(c)) for c in "ABC"),
        counters=tuple(
            CounterLine(
                code=c,
                name=f"{c}号窗口",
                zone="1F",
                state="closed" if c in closed else "open",
                reason="",
                until=None,
                clerk_label="",
                ticket=None,
            )
            for c in "1234"
        ),
        calls=(),
    )


def hall(*queues: QueueLine, fresh: bool = True, **more: object) -> Hall:
    """Return the hall as a page sees it."""
    return Hall(content=Content(catalogue()), board=board(*queues, **more), fresh=fresh)  # type: ignore[arg-type]


def slip(number: str = "A012", uid: str = "u012", **more: object) -> TicketSlip:
    """Return a slip."""
    fields: dict[str, object] = {
        "queue": "A",
        "queue_name": "婚姻登记",
        "department": "民政",
        "item": "MZ-01",
        "item_name": "内地居民结婚登记",
        "hall_name": "永德县政务服务中心",
        "ahead": 6,
        "low_min": 20,
        "high_min": 35,
        "counters": ("1号窗口", "2号窗口"),
        "issued_at": "2026-11-23T01:41:00.000Z",
        "issued_local": "2026-11-23 09:41",
        "no_show_rule": "过号 30 分钟内可凭此票到导办台恢复。",
        "url": "http://hall.example/t/abcdefghijklmnopqrstuv",
        **more,
    }
    return TicketSlip(uid=uid, number=number, **fields)  # type: ignore[arg-type]  # shorthand
