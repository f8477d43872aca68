"""实名取号 over HTTP and in the store: the key of a day, one open number a person, nothing left."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from server.actions import calling, days, identity, tickets
from server.domain.people import Role, Staff
from server.kit.contract.paper import RealName
from server.kit.contract.reasons import Refused
from server.kit.contract.views import TicketSlip
from server.reads import log
from server.store import settings, tables
from server.store.devices import Device
from server.store.work import Work
from tests.api.manage import Form
from tests.api.world import ITEM, Call, World, refused
from tests.support.bench import Bench

QUEUE, ITEM_A = "A", "MZ-01"
LI, WANG = "530923199003070012", "530923198811230029"
"""Marked numbers: nothing that is kept may hold them."""


def hashed(key: str, number: str) -> str:
    return hmac.new(bytes.fromhex(key), number.encode(), hashlib.sha256).hexdigest()


def rule(bench: Bench, *, expected: int = 0, **changes: Any) -> None:
    value = msgspec.structs.replace(RealName(queues=(QUEUE,)), **changes)
    chief = bench.staff("m01", (Role.MANAGER, ""))
    bench.run(lambda w: identity.set_real_name(w, value, staff=chief, expected=expected))


def key_of(bench: Bench) -> identity.IdentityKey:
    return bench.run(identity.key_of_day)


@pytest.fixture
def kiosk(bench: Bench) -> Device:
    return bench.device()


def take(bench: Bench, kiosk: Device, number: str = "", item: str = ITEM_A) -> TicketSlip:
    key = key_of(bench) if number else None
    return bench.run(
        lambda w: tickets.issue(
            w,
            item=item,
            source="kiosk",
            device=kiosk,
            holder=hashed(key.key, number) if key else "",
            holder_date=key.date if key else "",
        )
    )


def test_the_key_of_a_day_is_made_once(bench: Bench) -> None:
    first, second = key_of(bench), key_of(bench)

    assert first == second
    assert first.date == "2026-11-23"
    assert len(bytes.fromhex(first.key)) == 32
    assert first.key not in repr(first)


def test_one_person_has_one_open_number_in_a_queue(bench: Bench, kiosk: Device) -> None:
    rule(bench)
    mine = take(bench, kiosk, LI)
    other = take(bench, kiosk, WANG)

    with pytest.raises(Refused) as again:
        take(bench, kiosk, LI)

    assert again.value.code == "number_open"
    assert again.value.context["number"] == mine.number
    assert other.number != mine.number


def test_who_was_served_may_come_again_as_often_as_the_day_allows(
    bench: Bench, kiosk: Device
) -> None:
    rule(bench, a_day=2)
    staff = bench.open()
    for _ in range(2):
        take(bench, kiosk, LI)
        serve(bench, staff)

    with pytest.raises(Refused, match="day_limit"):
        take(bench, kiosk, LI)


def serve(bench: Bench, staff: Staff) -> None:
    called = bench.run(lambda w: calling.call_next(w, "1", staff=staff, expected=None))
    begun = bench.run(
        lambda w: calling.start(w, called.ticket, version=called.version, staff=staff)
    )
    bench.run(lambda w: calling.finish(w, begun.ticket, version=begun.version, staff=staff))


def test_without_a_card_a_number_is_given_unless_the_hall_requires_one(
    bench: Bench, kiosk: Device
) -> None:
    rule(bench)
    assert take(bench, kiosk).number
    rule(bench, expected=1, required=True)

    with pytest.raises(Refused, match="identity_needed"):
        take(bench, kiosk)
    assert take(bench, kiosk, item="GS-01").number, "a queue that asks for none"


def test_staff_give_a_number_without_a_card_and_the_log_says_so(bench: Bench) -> None:
    rule(bench, required=True)

    bench.issue(ITEM_A)

    with bench.db.engine().connect() as connection:
        notes = connection.execute(sa.select(tables.hall_event.c.note)).scalars().all()
    assert identity.WITHOUT_CARD in notes


def test_a_hash_is_kept_only_where_a_card_is_asked_for(bench: Bench, kiosk: Device) -> None:
    rule(bench, queues=())

    take(bench, kiosk, LI)

    assert count(bench, tables.ticket_holder) == 0


@pytest.mark.parametrize("another_has_asked", [False, True])
def test_a_key_of_another_day_is_stale(
    bench: Bench, kiosk: Device, another_has_asked: bool
) -> None:
    rule(bench)
    old = key_of(bench)
    bench.clock.move(days=1)
    bench.run(days.tick)
    if another_has_asked:
        assert key_of(bench).key != old.key

    with pytest.raises(Refused, match="identity_stale"):
        bench.run(
            lambda w: tickets.issue(
                w,
                item=ITEM_A,
                source="kiosk",
                device=kiosk,
                holder=hashed(old.key, LI),
                holder_date=old.date,
            )
        )


def count(bench: Bench, table: sa.Table) -> int:
    with bench.db.engine().connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def close(bench: Bench) -> None:
    bench.run(lambda w: days.close_day(w, reason="下班"))


def leave_open(bench: Bench) -> None:
    bench.clock.move(days=1)
    bench.run(days.tick)


@pytest.mark.parametrize("end", [close, leave_open])
def test_with_the_day_key_and_hashes_end(bench: Bench, kiosk: Device, end: Any) -> None:
    rule(bench)
    take(bench, kiosk, LI)
    key = key_of(bench)
    holder = hashed(key.key, LI)
    assert found_in(bench, holder), "the test can fail: by day the hash is there"

    end(bench)

    assert count(bench, tables.identity_day) == count(bench, tables.ticket_holder) == 0
    assert not found_in(bench, holder)
    assert not found_in(bench, key.key), "whoever has a list of numbers can hash none of them"
    assert bench.read(log.faults) == []


def found_in(bench: Bench, text: str) -> bool:
    """Whether any column of any table, or any byte of a SQLite file, holds *text*."""
    with bench.db.engine().connect() as connection:
        for table in tables.METADATA.tables.values():
            rows = connection.execute(sa.select(table)).all()
            if any(text in str(value) for row in rows for value in row):
                return True
    if not bench.db.is_sqlite:
        return False
    writer = bench.db.writer()
    writer.command("PRAGMA wal_checkpoint(TRUNCATE)")
    file = Path(str(bench.db.url.database))
    return text.encode() in file.read_bytes()


def test_after_the_end_of_a_day_no_key_is_made(bench: Bench) -> None:
    close(bench)

    with pytest.raises(Refused, match="day_closed"):
        key_of(bench)
    assert count(bench, tables.identity_day) == 0


WRONG: tuple[dict[str, Any], ...] = (
    {"queues": ("没有",)},
    {"queues": (QUEUE, QUEUE)},
    {"a_day": -1},
    {"a_day": 100},
    {"notice": " "},
    {"notice": "字" * 81},
    {"notice": "两\n行"},
)


def test_what_no_kiosk_could_show_is_refused(bench: Bench) -> None:
    for wrong in WRONG:
        with pytest.raises(Refused, match="malformed"):
            rule(bench, **wrong)


def test_a_clerk_changes_nothing(bench: Bench) -> None:
    clerk = bench.staff()

    with pytest.raises(Refused, match="forbidden"):
        bench.run(lambda w: identity.set_real_name(w, RealName(), staff=clerk, expected=0))


@pytest.fixture
def carded(world: World) -> Iterator[World]:
    """The running hall while queue A asks for a card."""
    set_rule(world, RealName(queues=(QUEUE,), required=True))
    yield world
    set_rule(world, RealName())


def set_rule(world: World, value: RealName) -> None:
    chief = Staff(id=0, uid="m", login="m", label="M", roles=((Role.MANAGER, ""),))

    def store(w: Work) -> None:
        known = settings.stored(w, settings.REAL_NAME)
        version = known[1] if known else 0
        identity.set_real_name(w, value, staff=chief, expected=version)

    world.hall.work(store)


def issue(key: dict[str, str], number: str) -> Call:
    body = {"item": ITEM, "holder": hashed(key["key"], number), "holder_date": key["date"]}
    return Call(path="/api/v1/tickets", body=body)


def test_a_repeated_touch_is_one_ticket(carded: World) -> None:
    key = carded.kiosk.get("/api/v1/devices/me/identity-key").json
    call, touch = issue(key, LI), str(uuid.uuid4())

    first = carded.send("kiosk", call, key=touch)
    second = carded.send("kiosk", call, key=touch)
    third = carded.send("other_kiosk", call)

    assert first.status == second.status == 200, first.text
    assert first.json == second.json
    refused(third, 409, "number_open")
    assert third.json["context"]["number"] == first.json["number"]
    refused(carded.send("kiosk", Call(path="/api/v1/tickets", body={"item": ITEM})), 409)


def test_only_a_hash_is_taken_and_only_from_a_kiosk(carded: World) -> None:
    key = carded.kiosk.get("/api/v1/devices/me/identity-key").json
    with carded.unchanged():
        refused(carded.send("guide", issue(key, LI)), 403, "forbidden")
        for wrong in (LI, "A" * 64, "0" * 63, "0" * 64 + "\n"):
            refused(carded.send("kiosk", issue(key, LI).but(holder=wrong)), 400, "malformed")
        for extra in ("number", "name", "id_card"):
            refused(carded.send("kiosk", issue(key, LI).but(**{extra: LI})), 400, "malformed")
        refused(carded.send("kiosk", issue(key, LI).but(holder_date="2020-01-01")), 409)


def test_the_key_is_for_kiosks_and_is_kept_by_no_cache(carded: World) -> None:
    answer = carded.kiosk.get("/api/v1/devices/me/identity-key")

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json == carded.other_kiosk.get("/api/v1/devices/me/identity-key").json
    assert carded.display.get("/api/v1/devices/me/identity-key").status == 403
    assert carded.manager.get("/api/v1/devices/me/identity-key").status in {401, 403}


def test_a_manager_sets_the_rule_and_puts_an_earlier_one_back(world: World) -> None:
    form = Form.of(world.manager, "/manage/real-name").fill(
        queues=QUEUE, a_day="2", reason="婚姻登记要求实名"
    )

    assert form.send().status == 303
    set_now = world.display.get("/api/v1/catalogue").json["real_name"]
    assert (set_now["queues"], set_now["required"], set_now["a_day"]) == ([QUEUE], False, 2)
    history = world.supervisor.get("/manage/history?key=real_name").text
    assert "婚姻登记要求实名" in history
    assert "要刷身份证的队列" in history
    again = Form.of(world.manager, "/manage/real-name").fill(required="on")
    assert again.send().status == 303
    assert form.fill(a_day="3").send().status == 409, "somebody else was faster"
    set_rule(world, RealName())


def test_the_page_says_which_kiosks_can_read_cards(world: World) -> None:
    page = world.manager.get("/manage/real-name").text

    assert "东门取号机" in page
    assert "没有读卡器" in page or "不在线" in page
