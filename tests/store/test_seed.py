"""A seed becomes a whole hall in the database; a broken one is refused in words."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from server.domain.disclosures import FIVE
from server.domain.rules import HallRules
from server.kit.contract.reasons import Refused
from server.kit.contract.views import DisclosureView
from server.store import tables
from server.store.seed import SAMPLES, insert, parse, sample
from server.store.seed_parts import Settings

NOW = "2026-11-24T00:30:00.000Z"


@pytest.fixture(params=["sqlite", "postgresql"])
def conn(request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    """A connection to an empty database of each kind."""
    if request.param == "sqlite":
        url = "sqlite://"
    else:
        url = request.getfixturevalue("postgres_url")
    engine = sa.create_engine(url)
    tables.METADATA.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


UIDS = itertools.count()


def new_uid() -> str:
    """Honour cards are all that has an outside identity."""
    return f"uid{next(UIDS)}"


# --- into the database ---


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_inserted_whole(conn, name):
    """Every part becomes its rows, in the seed's order, pointing at each other as the seed says."""
    seed = sample(name)

    hall_id = insert(conn, seed, now=NOW, new_uid=new_uid)

    t = tables
    hall = conn.execute(sa.select(t.hall)).one()
    assert (hall.id, hall.code, hall.name) == (hall_id, seed.hall.code, seed.hall.name)
    assert (hall.event_seq, hall.catalogue_digest, hall.day_state) == (0, "", "closed")
    lines = conn.execute(
        sa.select(t.counter.c.code, t.queue.c.code, t.department.c.name, t.zone.c.code)
        .select_from(
            t.counter_queue.join(t.counter).join(
                t.queue, t.counter_queue.c.queue_id == t.queue.c.id
            )
        )
        .join(t.department, t.counter.c.department_id == t.department.c.id)
        .join(t.zone, t.counter.c.zone_id == t.zone.c.id)
        .order_by(t.counter.c.sort)
    ).all()
    names = {d.code: d.name for d in seed.departments}
    assert [tuple(r) for r in lines] == [
        (c.code, s.queue, names[c.department], c.zone) for c in seed.counters for s in c.queues
    ]
    queues = conn.execute(sa.select(t.queue).order_by(t.queue.c.sort)).all()
    assert [(q.prefix, q.service_s, q.service_setting_s, q.consult_only) for q in queues] == [
        (q.prefix, q.service_s, q.service_s, q.consult_only) for q in seed.queues
    ]
    items = conn.execute(
        sa.select(t.item, t.queue.c.code.label("line"))
        .join(t.queue, t.item.c.queue_id == t.queue.c.id)
        .order_by(t.item.c.sort)
    ).all()
    assert [(i.code, i.line, i.mode, i.common, i.consult_only) for i in items] == [
        (i.code, i.queue, i.mode, i.common, i.consult_only) for i in seed.items
    ]
    assert [tuple(msgspec.json.decode(i.keywords)) for i in items] == [
        i.keywords for i in seed.items
    ]
    hours = conn.execute(sa.select(t.opening)).all()
    assert {(h.weekday, h.from_, h.to_) for h in hours} == {
        (d, *span) for d in range(5) for span in (("08:30", "12:00"), ("14:30", "18:00"))
    }
    notices = conn.scalars(sa.select(t.notice.c.text).order_by(t.notice.c.sort)).all()
    assert notices == [n.text for n in seed.notices]
    ranks = dict(conn.execute(sa.select(t.priority_class.c.code, t.priority_class.c.rank)).all())
    assert ranks == {p.code: p.rank for p in seed.priority_classes}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_first_revision_is_published_as_the_contract_reads_it(conn, name):
    """`body` decodes strictly as a DisclosureView and passes the gate."""
    seed = sample(name)
    insert(conn, seed, now=NOW, new_uid=new_uid)

    r, i = tables.disclosure_revision, tables.item
    rows = conn.execute(sa.select(r, i.c.code, i.c.current_revision).join(i)).all()

    five = {i.code: i.disclosure for i in seed.items if i.disclosure is not None}
    assert {row.code for row in rows} == set(five)
    for row in rows:
        view = msgspec.json.decode(row.body, type=DisclosureView)
        assert (view.item, view.revision, view.published_at) == (row.code, 1, NOW)
        assert (row.revision, row.current_revision, row.published_at) == (1, 1, NOW)
        assert view.materials == five[row.code].materials
        assert (view.promised, view.fee) == (five[row.code].promised, five[row.code].fee)
        assert re.fullmatch("[0-9a-f]{64}", row.digest)


def test_a_roster_of_a_week_stands_for_four_weeks(conn):
    """A sample hall set up on any day has its leaders on duty today, by hall time."""
    hall_id = insert(conn, sample("2026"), now="2026-11-22T16:30:00.000Z", new_uid=new_uid)
    duty, body = tables.duty_leader, tables.department
    rows = conn.execute(
        sa.select(duty.c.date, body.c.code, duty.c.post)
        .join(body, body.c.id == duty.c.department_id)
        .where(duty.c.hall_id == hall_id)
        .order_by(duty.c.date, duty.c.sort)
    ).all()

    assert [tuple(r) for r in rows[:2]] == [
        ("2026-11-23", "civil", "副局长"),
        ("2026-11-23", "market", "副局长"),
    ]
    assert len(rows) == 4 * 10
    assert rows[-1].date == "2026-12-18"


def test_an_honour_card_stands_ninety_days(conn):
    """先进窗口: nobody is an example for ever."""
    insert(conn, sample("2026"), now=NOW, new_uid=new_uid)
    card = conn.execute(sa.select(tables.media)).one()

    assert (card.kind, card.digest, card.size) == ("honour", "", 0)
    assert (card.from_at, card.to_at) == (NOW, "2027-02-22T00:30:00.000Z")


def test_settings_become_the_hall_rules_they_name(conn):
    """A rule the seed leaves out has no row, so its default stays the product's."""
    insert(conn, sample("2026"), now=NOW, new_uid=new_uid)

    s = tables.setting
    rows = dict(conn.execute(sa.select(s.c.key, s.c.value)).all())
    values = {k: msgspec.json.decode(v) for k, v in rows.items()}
    reasons = values.pop("pause_reasons"), values.pop("hold_reasons")
    assert HallRules(**values) == HallRules()
    assert "always_open" not in values
    assert all(isinstance(r, str) and r for words in reasons for r in words)


def test_a_seed_may_set_every_rule_of_a_hall():
    """Its keys are the rules' own names, and the two lists that clerks choose from."""
    rules = {f.name for f in fields(HallRules)}

    assert set(Settings.__struct_fields__) == rules | {"pause_reasons", "hold_reasons"}


def test_a_hall_is_not_inserted_twice(conn):
    """The second time is refused in words and leaves everything as it was."""
    insert(conn, sample("2026"), now=NOW, new_uid=new_uid)
    before = conn.scalar(sa.select(sa.func.count()).select_from(tables.item))

    with pytest.raises(Refused) as e:
        insert(conn, sample("2026"), now=NOW, new_uid=new_uid)

    assert (e.value.code, e.value.zh) == ("already_exists", "大厅“yongde”已经存在。")
    assert conn.scalar(sa.select(sa.func.count()).select_from(tables.item)) == before


def test_two_halls_live_in_one_database(conn):
    """Codes and prefixes are a hall's own."""
    first = insert(conn, sample("2026"), now=NOW, new_uid=new_uid)
    second = insert(conn, sample("2007"), now=NOW, new_uid=new_uid)

    q = tables.queue
    per_hall = dict(
        conn.execute(sa.select(q.c.hall_id, sa.func.count()).group_by(q.c.hall_id)).all()
    )
    assert per_hall == {first: 17, second: 17}


# --- broken seeds ---

SMALL = """
format = 1
[hall]
code = "h"
name = "试验大厅"
[[zones]]
code = "1F"
name = "一楼"
[[departments]]
code = "civil"
name = "民政局"
short_name = "民政"
[[queues]]
code = "A"
name = "婚姻登记"
prefix = "A"
department = "civil"
zone = "1F"
service_s = 600
[[queues]]
code = "Z"
name = "咨询"
prefix = "Z"
department = "civil"
zone = "1F"
service_s = 300
consult_only = true
[[counters]]
code = "1"
name = "1号窗口"
zone = "1F"
department = "civil"
queues = [{ queue = "A", weight = 2 }, { queue = "Z" }]
[[items]]
code = "M1"
name = "结婚登记"
short_name = "结婚"
department = "civil"
queue = "A"
mode = "instant"
[items.disclosure]
content = "登记"
steps = ["申请", "登记"]
materials = [{ name = "身份证" }]
promised = { n = 0, unit = "spot", example = true }
statutory = { n = 30, unit = "day" }
fee = { charged = false, text = "不收费" }
[[items]]
code = "Z1"
name = "婚姻咨询"
short_name = "咨询"
department = "civil"
queue = "Z"
mode = "instant"
consult_only = true
[[openings]]
weekdays = [0]
from = "08:30"
to = "12:00"
"""


def changed(old: str, new: str) -> str:
    """Return the small seed with one change; the text to change must be there once."""
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new)


def problem(text: str) -> str:
    """Return in which words a seed is refused."""
    with pytest.raises(Refused) as e:
        parse(text)
    assert e.value.code == "malformed"
    return str(e.value.context["problem"])


def test_the_small_seed_itself_is_sound(conn):
    """Or the refusals below would prove nothing. An item may wait for its disclosures."""
    seed = parse(SMALL)
    insert(conn, seed, now=NOW, new_uid=new_uid)

    i = tables.item
    assert dict(conn.execute(sa.select(i.c.code, i.c.current_revision)).all()) == {"M1": 1, "Z1": 0}
    assert seed.counters[0].queues[0].weight == 2
    weights = conn.scalars(sa.select(tables.counter_queue.c.weight)).all()
    assert sorted(weights) == [1, 2]


# fmt: off
BROKEN = [
    ('name = "试验大厅"', "name = ", "不是有效的 TOML 文件"),
    ("format = 1", "format = 2", "format 2 不是允许的值"),
    ("format = 1", "", "缺少“format”"),
    ('name = "试验大厅"', "", "hall 缺少“name”"),
    ('name = "试验大厅"', 'name = " "', "hall.name 是空的或写法不对"),
    ('name = "试验大厅"', 'name = "试验大厅"\ntz = "Asia/Yongde"', "hall.tz 没有“Asia/Yongde”这个时区"),
    ('name = "试验大厅"', 'name = "试验大厅"\ntz = "../../etc"', "hall.tz 没有“../../etc”这个时区"),
    ('name = "试验大厅"', 'name = "试验大厅"\ncolour = "red"', "hall 有不认识的“colour”"),
    ('short_name = "民政"', 'short_name = "永德县人民政府民政局"', "departments[0]（civil）.short_name 最多 6 个字"),
    ("service_s = 600", "service_s = 0", "queues[0]（A）.service_s 应 >= 1"),
    ("service_s = 600", 'service_s = "600"', "queues[0]（A）.service_s 应是整数，写成了文字"),
    ('prefix = "Z"', 'prefix = "A"', "queues[1].prefix “A”重复"),
    ('prefix = "Z"', 'prefix = "O"', "queues[1]（Z）.prefix 是空的或写法不对"),
    ('prefix = "Z"', 'prefix = "AI"', "queues[1]（Z）.prefix 是空的或写法不对"),
    ('prefix = "Z"', 'prefix = "z"', "queues[1]（Z）.prefix 是空的或写法不对"),
    ("service_s = 300", "service_s = 300\nfirst_no = 500\nlast_no = 400", "queues[1]（Z）.first_no 大于 last_no"),
    ('queues = [{ queue = "A", weight = 2 }, { queue = "Z" }]', 'queues = [{ queue = "A" }]', "queues[1]（Z） 没有窗口办理"),
    ('queues = [{ queue = "A", weight = 2 }, { queue = "Z" }]', "queues = []", "counters[0]（1）.queues 是空的：窗口至少要办理一个队列；queues[0]（A） 没有窗口办理；queues[1]（Z） 没有窗口办理"),
    ('{ queue = "Z" }', '{ queue = "Z" }, { queue = "Z" }', "counters[0]（1）.queues[2].queue “Z”重复"),
    ('{ queue = "Z" }', '{ queue = "Z" }, { queue = "Q" }', "counters[0]（1）.queues[2] 指向不存在的队列“Q”"),
    ('code = "Z1"', 'code = "M1"', "items[1].code “M1”重复"),
    ('code = "Z1"', 'code = "婚"', "items[1]（婚）.code 是空的或写法不对"),
    ('code = "Z1"', 'code = "a/../b"', "items[1]（a/../b）.code 是空的或写法不对"),
    ('queue = "A"\nmode', 'queue = "B"\nmode', "items[0]（M1）.queue 指向不存在的队列“B”"),
    ('department = "civil"\nqueue = "A"', 'department = "x"\nqueue = "A"', "items[0]（M1）.department 指向不存在的部门“x”"),
    ('zone = "1F"\nservice_s = 600', 'zone = "9F"\nservice_s = 600', "queues[0]（A）.zone 指向不存在的分区“9F”"),
    ('mode = "instant"\n[', 'mode = "即办"\n[', "items[0]（M1）.mode '即办' 不是允许的值"),
    ('short_name = "结婚"', 'short_name = "内地居民结婚登记处"', "items[0]（M1）.short_name 最多 8 个字"),
    ('mode = "instant"\nconsult_only = true', 'mode = "instant"', "items[1]（Z1）.consult_only 应为 true：队列“Z”仅提供咨询"),
    ('content = "登记"', 'content = " "', "items[0]（M1）.disclosure 五公开不完整，还缺：服务内容"),
    ('steps = ["申请", "登记"]', "steps = []", "items[0]（M1）.disclosure 五公开不完整，还缺：办事程序"),
    ('steps = ["申请", "登记"]', 'steps = ["申请", ""]', "items[0]（M1）.disclosure.steps[1] 是空的"),
    ('materials = [{ name = "身份证" }]', "materials = []", "items[0]（M1）.disclosure 五公开不完整，还缺：申报材料"),
    ('materials = [{ name = "身份证" }]', 'materials = [{ name = "身份证", copies = 2 }]', "items[0]（M1）.disclosure.materials[0] 有不认识的“copies”"),
    ('promised = { n = 0, unit = "spot", example = true }', 'promised = { n = 0, unit = "workday" }', "items[0]（M1）.disclosure 五公开不完整，还缺：承诺时限"),
    ('promised = { n = 0, unit = "spot", example = true }', "promised = { n = 5 }", "items[0]（M1）.disclosure.promised 缺少“unit”"),
    ('promised = { n = 0, unit = "spot", example = true }', 'promised = { n = 3, unit = "spot" }', "items[0]（M1）.disclosure.promised.n 与单位“spot”不符"),
    ('statutory = { n = 30, unit = "day" }', 'statutory = { n = 30, unit = "日" }', "items[0]（M1）.disclosure.statutory.unit “日”不是允许的值"),
    ('statutory = { n = 30, unit = "day" }', 'statutory = { n = -1, unit = "day" }', "items[0]（M1）.disclosure.statutory.n 与单位“day”不符"),
    ('text = "不收费"', 'text = ""', "items[0]（M1）.disclosure 五公开不完整，还缺：收费标准"),
    ("charged = false", 'charged = "no"', "items[0]（M1）.disclosure.fee.charged 应是true 或 false，写成了文字"),
    ("weekdays = [0]", "weekdays = []", "openings[0].weekdays 至少要有 1 个"),
    ("weekdays = [0]", "weekdays = [7]", "openings[0].weekdays[0] 应 <= 6"),
    ('to = "12:00"', 'to = "24:00"', "openings[0].to 是空的或写法不对"),
    ('to = "12:00"', 'to = "08:30"', "openings[0] 的 from “08:30”不早于 to “08:30”"),
    ('to = "12:00"', 'to = "12:00"\nof = "A"', "openings[0].of 应为空：scope 是 hall"),
    ('to = "12:00"', 'to = "12:00"\nscope = "counter"\nof = "2"', "openings[0].of 指向不存在的窗口“2”"),
    ('to = "12:00"', 'to = "12:00"\n[[openings]]\nweekdays = [0, 1]\nfrom = "11:00"\nto = "13:00"', "openings 中 hall 星期 0 的时段重叠"),
    ('to = "12:00"', 'to = "12:00"\n[settings]\nmin_call = 2', "settings 有不认识的“min_call”"),
    ('to = "12:00"', 'to = "12:00"\n[settings]\nmin_calls = 0', "settings.min_calls 应 >= 1"),
    ('to = "12:00"', 'to = "12:00"\n[[notices]]\ntext = "n"\nfrom_at = "明天"', "notices[0].from_at 是空的或写法不对"),
    ('to = "12:00"', 'to = "12:00"\n[[priority_classes]]\ncode = "p"\nname = "n"\nrank = 9', "priority_classes[0]（p）.rank 应 <= 8"),
]
# fmt: on


@pytest.mark.parametrize(("old", "new", "words"), BROKEN)
def test_a_broken_seed_is_refused_and_the_words_name_the_place(old, new, words):
    """One fault, one sentence, and not a word of a library where we have our own."""
    assert problem(changed(old, new)).partition("（Invalid")[0] == words


def test_all_faults_between_values_are_told_at_once():
    """Whoever writes a seed mends it in one go."""
    text = changed('text = "不收费"', 'text = ""').replace('prefix = "Z"', 'prefix = "A"')

    assert problem(text).split("；") == [
        "queues[1].prefix “A”重复",
        "items[0]（M1）.disclosure 五公开不完整，还缺：收费标准",
    ]


@pytest.mark.parametrize("part", ["zones", "departments", "queues", "counters", "items"])
def test_a_hall_without_one_of_its_parts_is_refused(part):
    """An empty list is an omission, not a hall."""
    raw = tomllib.loads(SMALL) | {part: []}

    assert f"{part} 是空的" in problem(_toml(raw))


@given(data=st.data())
def test_a_published_item_that_lacks_any_of_the_five_is_refused(data):
    """Whichever of them are emptied, exactly these are named."""
    emptied = data.draw(st.sets(st.sampled_from(list(FIVE)), min_size=1))
    raw = tomllib.loads(SMALL)
    empty: dict[str, Any] = {
        "content": "",
        "steps": [],
        "materials": [],
        "promised": {"n": 0, "unit": data.draw(st.sampled_from(["", "day", "week"]))},
        "fee": {"charged": False, "text": data.draw(st.sampled_from(["", " ", "\t"]))},
    }
    raw["items"][0]["disclosure"].update({k: empty[k] for k in emptied})

    words = problem(_toml(raw))

    named = "、".join(FIVE[k] for k in FIVE if k in emptied)
    assert f"items[0]（M1）.disclosure 五公开不完整，还缺：{named}" in words.split("；")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from(
        ["hall", "zones", "queues", "counters", "items", "openings", "notices", "settings"]
    ),
)
def test_whatever_stands_in_a_seed_is_taken_or_refused_in_words(value, part):
    """No other exception leaves `parse`."""
    raw = tomllib.loads(SMALL) | {part: value}

    try:
        parse(_toml(raw))
    except Refused as e:
        assert e.code == "malformed"
        assert e.context["problem"]


def _toml(raw: dict[str, Any]) -> str:
    """Return *raw* as TOML; inline tables keep the writer small."""
    return "\n".join(f"{_key(k)} = {_value(v)}" for k, v in raw.items() if v is not None)


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            inner = (f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None)
            return "{" + ", ".join(inner) + "}"
        case list():
            return "[" + ", ".join(_value(v) for v in value if v is not None) + "]"
        case str():
            return _key(value)
        case _:
            return str(value)


def _key(text: str) -> str:
    escaped = "".join(c if c.isalnum() or c in " _-/.:" else f"\\U{ord(c):08X}" for c in text)
    return f'"{escaped}"'
