"""The page 设备 and the alarms: the worst first, with ages in words, and fast with many devices."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from server.actions import alarms as alarm_acts
from server.actions import asks, devices
from server.domain.moments import moment
from server.domain.people import Role
from server.kit.contract.devices import Part, PartFault
from server.reads import devices as read
from server.reads.alarms import Alarm, alarms, urgent, views
from server.reads.devices import AskLine, Card, ask_lines, cards, grouped, natural
from server.reads.equipment import age_words, since_words
from server.reads.screens import Seen
from server.store import devices as rows
from server.store.devices import Device
from server.store.work import Read
from tests.support.bench import MORNING, Bench
from tests.support.devices import part

FRIDAY = MORNING - timedelta(days=3, hours=1)
EARLY = MORNING - timedelta(minutes=90)


class Here:
    """Who is connected, as the test wants it."""

    def __init__(self) -> None:
        self.known: dict[str, Seen] = {}

    def seen(self, device: str) -> Seen | None:
        return self.known.get(device)

    def leader(self, zone: str) -> str:
        return ""

    def put(
        self, device: Device, *faults: str, online: bool = True, parts: tuple[Part, ...] = ()
    ) -> None:
        self.known[device.uid] = Seen(
            online=online,
            since=EARLY,
            content="",
            faults=faults,
            software="1.4.0",
            parts=parts,
            fault_since=dict.fromkeys(faults, EARLY),
        )


def named(bench: Bench, kind: str, name: str) -> Device:
    """An enrolled device with a name."""
    token = bench.run(lambda w: devices.create_enrolment(w, kind=kind, zone=""))
    done = bench.run(lambda w: devices.enrol(w, token=token, name=name, software="t", contract=[1]))
    found = bench.read(lambda r: rows.by_uid(r, done.device))
    assert found is not None
    return found


def listed(bench: Bench, here: Here) -> dict[str, Card]:
    return {c.line.name: c for c in bench.read(lambda r: cards(r, here))}


def rung(bench: Bench, here: Here) -> list[Alarm]:
    return list(bench.read(lambda r: alarms(r, here)))


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (MORNING - timedelta(minutes=5), "09:25"),
        (MORNING - timedelta(days=1), "昨天（11月22日）09:30"),
        (FRIDAY, "11月20日（周五）08:30"),
        (MORNING - timedelta(days=365), "2025年11月23日（周日）09:30"),
    ],
)
def test_since_is_said_with_its_date(bench: Bench, at: object, words: str) -> None:
    assert bench.read(lambda r: since_words(r, moment(at))) == words  # type: ignore[arg-type]


def test_ages_are_said_as_people_say_them() -> None:
    ages = [timedelta(seconds=40), timedelta(minutes=12), timedelta(hours=2, minutes=5)]
    ages += [timedelta(hours=3), timedelta(days=3, hours=4), timedelta(seconds=-5)]

    said = [age_words(a) for a in ages]
    assert said == ["刚刚", "12 分钟", "2 小时 5 分", "3 小时", "3 天", "刚刚"]


def test_the_worst_stands_first_and_counters_in_their_order(bench: Bench) -> None:
    here = Here()
    for name in ("10号窗口屏", "2号窗口屏"):
        here.put(named(bench, "display", name))
    here.put(named(bench, "kiosk", "缺纸的取号机"), parts=(part("printer", ("paper_out", "")),))
    here.put(named(bench, "kiosk", "纸少的取号机"), parts=(part("printer", ("near_end", "")),))
    here.put(named(bench, "display", "离线的屏"), online=False)
    named(bench, "display", "刚登记的屏")

    found = [(c.line.name, c.state) for c in bench.read(lambda r: cards(r, here))]
    assert found == [
        ("离线的屏", "away"),
        ("缺纸的取号机", "bad"),
        ("纸少的取号机", "mild"),
        ("刚登记的屏", "new"),
        ("2号窗口屏", "ok"),
        ("10号窗口屏", "ok"),
    ]


def test_names_are_sorted_as_people_count() -> None:
    assert sorted(["屏10", "屏9", "屏9左", "A"], key=natural) == ["A", "屏9", "屏9左", "屏10"]


def test_a_device_away_since_before_the_servers_start_is_away_since_then(bench: Bench) -> None:
    screen = named(bench, "display", "二楼屏")
    bench.run(lambda w: devices.changed(w, screen.uid, online=False, faults=(), seen_at=FRIDAY))

    card = listed(bench, Here())["二楼屏"]
    assert (card.state, card.since, card.age) == ("away", "11月20日（周五）08:30", "3 天")


def test_a_fault_of_a_part_is_not_said_twice_and_has_its_own_age(bench: Bench) -> None:
    here = Here()
    kiosk = named(bench, "kiosk", "取号机")
    here.put(kiosk, "paper_out", parts=(part("printer", ("paper_out", moment(FRIDAY))),))

    ((name, fault),) = listed(bench, here)["取号机"].wrong
    assert (name, fault.what, fault.since, fault.mild) == (
        "打印机",
        "缺纸",
        "11月20日（周五）08:30",
        False,
    )


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "2026-11-25", "yesterday"]
)
def test_a_moment_that_no_box_can_mean_hides_neither_its_device_nor_the_others(
    bench: Bench, at: str
) -> None:
    here = Here()
    box, other = named(bench, "display", "大屏"), named(bench, "display", "二楼大屏")
    fault = PartFault(code="silent", since=at)
    odd = msgspec.structs.replace(part("led:1", role="led"), faults=(fault,), confirmed_at=at)
    here.put(box, parts=(odd,))
    here.put(other)

    found = listed(bench, here)

    assert [f.age for f in found["大屏"].parts[0].faults] == [""]
    assert found["大屏"].parts[0].confirmed == ""
    assert [a.since for a in rung(bench, here)] == [""]
    assert found["二楼大屏"].state == "ok"


def test_what_a_bar_lacks_is_said_in_words_of_a_bar(bench: Bench) -> None:
    here = Here()
    here.put(named(bench, "display", "屏"), parts=(part("led:3", ("silent", "?")),))

    ((_, fault),) = listed(bench, here)["屏"].wrong
    assert (fault.what, fault.since) == ("没有应答", "")


def test_a_card_reader_is_not_said_to_have_an_address_switch(bench: Bench) -> None:
    here = Here()
    here.put(named(bench, "kiosk", "取号机"), parts=(part("reader", ("silent", "")),))

    ((name, fault),) = listed(bench, here)["取号机"].wrong
    assert (name, fault.what) == ("reader", "没有应答")
    assert fault.to_do == "请重启厂家的读卡程序，检查读卡器的数据线"


def test_the_paper_is_shown_by_sensor_and_by_estimate(bench: Bench) -> None:
    here = Here()
    figures = {"paper_left_mm": 12_300, "paper_roll_mm": 50_000}
    printer = part("printer", ("near_end", ""), **figures)
    here.put(named(bench, "kiosk", "取号机"), parts=(printer,))

    paper = listed(bench, here)["取号机"].paper
    assert paper is not None
    assert (paper.sensor_zh, paper.words, paper.share) == ("快用完", "约剩 12 米", 25)


def test_nobody_knows_the_paper_before_a_new_roll(bench: Bench) -> None:
    here = Here()
    here.put(named(bench, "kiosk", "取号机"), parts=(part("printer"),))

    paper = listed(bench, here)["取号机"].paper
    assert paper is not None
    assert (paper.sensor, paper.words, paper.share) == ("ok", "换一次新纸后开始估算", 0)


def test_what_is_away_is_not_said_to_have_old_faults(bench: Bench) -> None:
    here = Here()
    here.put(named(bench, "kiosk", "取号机"), "jam", online=False, parts=(part("printer"),))

    card = listed(bench, here)["取号机"]
    assert (card.wrong, card.parts, card.state) == ((), (), "away")


def test_groups_are_by_place_or_by_kind(bench: Bench) -> None:
    here = Here()
    named(bench, "kiosk", "取号机")
    named(bench, "display", "屏")
    found = bench.read(lambda r: cards(r, here))
    by_kind = bench.read(lambda r: grouped(r, found, by="kind"))
    by_place = bench.read(lambda r: grouped(r, found, by="place"))

    assert [(g.title, len(g.cards), g.wrong) for g in by_kind] == [("取号机", 1, 1), ("屏幕", 1, 1)]
    assert [(g.title, len(g.cards)) for g in by_place] == [("整个大厅", 2)]


def test_alarms_are_ordered_by_the_harm_to_citizens(bench: Bench) -> None:
    here = Here()
    here.put(named(bench, "kiosk", "甲"), parts=(part("printer", ("near_end", "")),))
    here.put(named(bench, "display", "乙"), "muted", parts=(part("led:3", ("silent", "")),))
    here.put(named(bench, "display", "丙"), "no_sound")
    here.put(named(bench, "display", "丁"), online=False)
    here.put(named(bench, "kiosk", "戊"), parts=(part("printer", ("jam", "")),))
    here.put(named(bench, "kiosk", "己"), online=False)
    named(bench, "display", "还没连接过的屏")

    assert [(a.what, a.mild) for a in rung(bench, here)] == [
        ("取号机离线", False),
        ("卡纸", False),
        ("综合屏离线", False),
        ("没有声音", False),
        ("条屏没有应答", False),
        ("静音", True),
        ("纸快用完", True),
    ]
    assert [a.what for a in bench.read(lambda r: urgent(r, here))][:2] == ["取号机离线", "卡纸"]


def test_a_kiosk_without_any_printer_is_no_mere_trifle(bench: Bench) -> None:
    here = Here()
    here.put(named(bench, "display", "屏"), online=False)
    here.put(named(bench, "kiosk", "没有打印机的"), "no_port")

    assert [(a.what, a.name) for a in rung(bench, here)] == [
        ("没有接打印机", "没有打印机的"),
        ("综合屏离线", "屏"),
    ]


def test_what_somebody_knows_stands_last_until_it_changes(bench: Bench) -> None:
    guide = bench.staff("g", (Role.GUIDE, ""))
    here = Here()
    kiosk = named(bench, "kiosk", "取号机")
    out = part("printer", ("paper_out", moment(EARLY)))
    here.put(kiosk, parts=(out,))
    here.put(named(bench, "display", "屏"), online=False)
    first = rung(bench, here)[0]

    def know(alarm: Alarm) -> None:
        present = {a.key for a in rung(bench, here)}
        bench.verified(
            lambda w: alarm_acts.acknowledge(
                w, alarm.key, since=alarm.since, present=present, staff=guide
            )
        )

    know(first)
    seen = rung(bench, here)
    assert [a.what for a in seen] == ["综合屏离线", "缺纸"]
    assert seen[1].known is not None
    assert (seen[1].known.who, "已知晓" in seen[1].known_zh) == ("G", True)
    assert [v.known_by for v in bench.read(lambda r: views(r, here))] == ["", "G"]

    here.put(kiosk, parts=(part("printer", ("paper_out", moment(MORNING))),))
    assert next((a.what, a.known) for a in rung(bench, here)) == ("缺纸", None)


def test_knowing_twice_or_what_has_gone_changes_nothing(bench: Bench) -> None:
    guide = bench.staff("g", (Role.GUIDE, ""))
    here = Here()
    here.put(named(bench, "display", "屏"), online=False)
    (alarm,) = rung(bench, here)

    def know(key: str, present: set[str]) -> int:
        bench.run(
            lambda w: alarm_acts.acknowledge(
                w, key, since=alarm.since, present=present, staff=guide
            )
        )
        return len(bench.events())

    told = know(alarm.key, {alarm.key})
    assert know(alarm.key, {alarm.key}) == told
    assert know("gone:printer:jam", {alarm.key}) == told


def test_what_was_asked_is_said_with_who_and_what_came_of_it(bench: Bench) -> None:
    manager = bench.staff("m", (Role.MANAGER, ""))
    kiosk = bench.device()

    def ask(what: str) -> str:
        return bench.run(lambda w: asks.ask(w, kiosk.uid, what=what, staff=manager)).ask

    def answer(uid: str, *steps: tuple[str, str]) -> None:
        for step, code in steps:
            bench.run(
                lambda w, s=step, c=code: asks.answer(w, kiosk, uid, state=s, detail=c)  # type: ignore[misc]
            )

    def lines() -> tuple[AskLine, ...]:
        return bench.read(lambda r: ask_lines(r, kiosk))

    answer(ask("test_page"), ("begun", ""), ("done", ""))
    answer(ask("restart"), ("begun", ""), ("failed", "busy"))
    answer(ask("test_page"), ("begun", ""), ("failed", "paper_out"))
    ask("new_roll")
    bench.clock.move(minutes=6)
    ask("test_page")

    found = [(x.what, x.state, x.result) for x in lines()]
    assert found[0] == ("打印测试页", "asked", "已发出，等设备应答")
    assert found[1] == ("已换新纸", "over", "设备没有来取，已作废")
    assert found[2] == ("打印测试页", "failed", "没有做成：缺纸")
    assert found[3][2].startswith("没有做成：有群众正在使用")
    assert found[4] == ("打印测试页", "done", "完成，用了 1 秒")


def test_the_page_asks_the_database_as_often_for_200_devices_as_for_two(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One stuck device, or two hundred, slow the page down for nobody."""
    here = Here()
    asked: list[object] = []
    plain = Read.all

    def counted(self: Read, sql: object, **params: object) -> object:
        asked.append(sql)
        return plain(self, sql, **params)  # type: ignore[arg-type]

    monkeypatch.setattr(Read, "all", counted)

    def look() -> int:
        asked.clear()

        def page(r: Read) -> None:
            found = read.cards(r, here)
            grouped(r, found, by="place")
            alarms(r, here, found)

        bench.read(page)
        return len(asked)

    for n in range(2):
        here.put(named(bench, "display", f"屏{n}"), online=bool(n % 2))
    two = look()
    for n in range(198):
        named(bench, "display", f"多{n}")

    assert look() == two
