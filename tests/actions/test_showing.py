"""Notices, media, the roster and synonyms: told to screens, kept in the history, checked first."""

from __future__ import annotations

import msgspec
import pytest

from server.actions import keywords, leaders, media, notices, searches
from server.actions.settings import set_voice
from server.domain.people import Role, Staff
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import DutyLeader, Media, Post, ZoneVoice
from server.reads.settings import change_lines
from server.store import searches as search_rows
from server.store import settings, showing
from tests.support.bench import Bench

PICTURE = Media(uid="", kind="picture", title="国庆", digest="a" * 64, mime="image/png", size=9)


@pytest.fixture
def manager(bench: Bench) -> Staff:
    return bench.staff("m", (Role.MANAGER, ""))


def told(bench: Bench, since: int) -> list[str]:
    return [e.message.TYPE for e in bench.events(since)]


def test_a_notice_is_told_at_each_of_its_changes(bench, manager):
    def shown() -> list[str]:
        return [p.text for p in bench.read(lambda r: r.config.shown.posts)]

    done = bench.verified(lambda w: notices.add(w, Post(text=" 停电 "), staff=manager))
    key = int(done.number)
    assert shown()[-1] == "停电"
    since = bench.board().seq
    bench.verified(lambda w: notices.change(w, key, Post(text="来电"), staff=manager, expected=1))
    assert shown()[-1] == "来电"
    bench.verified(lambda w: notices.move(w, key, up=True, staff=manager))
    assert shown()[-2] == "来电"
    bench.verified(lambda w: notices.remove(w, key, staff=manager, expected=2))

    assert "来电" not in shown()
    assert told(bench, since) == ["catalogue.changed", "setting.changed"] * 3
    versions = [c.version for c in bench.read(lambda r: settings.history(r, f"notice:{key}"))]
    assert versions == [3, 2, 1]


def test_media_are_told_at_each_of_their_changes(bench, manager):
    def shown() -> tuple[Media, ...]:
        return bench.read(lambda r: r.config.shown.media)

    done = bench.verified(lambda w: media.add(w, PICTURE, staff=manager))
    uid = done.number
    longer = msgspec.structs.replace(PICTURE, seconds=30)
    bench.verified(lambda w: media.change(w, uid, longer, staff=manager, expected=1))
    assert next(m for m in shown() if m.uid == uid).seconds == 30
    bench.verified(lambda w: media.remove(w, uid, staff=manager, expected=2))

    assert uid not in {m.uid for m in shown()}
    assert bench.read(showing.digests) == set()


def test_the_roster_of_a_span_is_replaced_and_the_rest_left(bench, manager):
    def day(date: str, post: str) -> DutyLeader:
        return DutyLeader(date=date, department="civil", post=post)

    bench.verified(
        lambda w: leaders.set_roster(
            w, "2027-05-03", "2027-05-09", [day("2027-05-03", "局长")], staff=manager, expected=0
        )
    )
    bench.verified(
        lambda w: leaders.copy_week(w, "2027-05-03", staff=manager, expected=1, replace=False)
    )
    bench.verified(
        lambda w: leaders.set_roster(
            w, "2027-05-03", "2027-05-09", [day("2027-05-04", "副局长")], staff=manager, expected=2
        )
    )

    shown = [
        (x.date, x.post) for x in bench.read(lambda r: r.config.shown.leaders) if x.date > "2027-05"
    ]
    assert shown == [("2027-05-04", "副局长"), ("2027-05-10", "局长")]


def test_a_synonym_is_found_from_then_on(bench, manager):
    kiosk = bench.device()
    bench.run(lambda w: searches.record(w, kiosk, text="扯本本", language="zh"))
    (miss,) = bench.read(search_rows.unsettled)
    bench.verified(lambda w: keywords.adopt(w, "MZ-01", "扯本本", miss=miss.id, staff=manager))

    assert "扯本本" in bench.read(lambda r: r.config.item("MZ-01").keywords)
    assert bench.read(search_rows.unsettled) == []


POST = Post(text="好")


@pytest.mark.parametrize(
    "change",
    [
        lambda w, s: notices.add(w, Post(text=""), staff=s),
        lambda w, s: notices.add(w, Post(text="长" * 121), staff=s),
        lambda w, s: notices.add(
            w,
            Post(text="反", from_at="2026-11-24T00:00:00.000Z", to_at="2026-11-23T00:00:00.000Z"),
            staff=s,
        ),
        lambda w, s: media.add(w, msgspec.structs.replace(PICTURE, kind="poem"), staff=s),
        lambda w, s: media.add(w, msgspec.structs.replace(PICTURE, digest=""), staff=s),
        lambda w, s: media.add(w, msgspec.structs.replace(PICTURE, digest="../x"), staff=s),
        lambda w, s: media.add(w, msgspec.structs.replace(PICTURE, mime="video/mp4"), staff=s),
        lambda w, s: media.add(w, msgspec.structs.replace(PICTURE, seconds=1), staff=s),
        lambda w, s: media.add(w, msgspec.structs.replace(PICTURE, title=""), staff=s),
        lambda w, s: keywords.set_keywords(w, "MZ-01", ["词" * 25], staff=s, expected=1),
        lambda w, s: keywords.set_keywords(
            w, "MZ-01", [f"词{n}" for n in range(61)], staff=s, expected=1
        ),
        lambda w, s: leaders.copy_week(w, "2027-05-03", staff=s, expected=0, replace=True),
        lambda w, s: leaders.set_roster(
            w,
            "2026-11-23",
            "2026-11-29",
            [DutyLeader(date="2026-12-23", department="civil", post="局长")],
            staff=s,
            expected=0,
        ),
        lambda w, s: leaders.set_roster(
            w,
            "2026-11-23",
            "2026-11-29",
            [DutyLeader(date="2026-11-23", department="nobody", post="局长")],
            staff=s,
            expected=0,
        ),
    ],
    ids=range(14),
)
def test_what_is_wrong_is_refused_in_words(bench, manager, change):
    before = bench.board()
    with pytest.raises(Refused) as refused:
        bench.run(lambda w: change(w, manager))

    assert refused.value.code == "malformed"
    assert bench.board() == before


def test_nobody_else_changes_what_screens_show(bench):
    clerk = bench.staff("c", (Role.CLERK, ""))
    watcher = bench.staff("s", (Role.SUPERVISOR, ""))
    for staff in (clerk, watcher):
        for change in (
            lambda w, s: notices.add(w, POST, staff=s),
            lambda w, s: media.add(w, PICTURE, staff=s),
            lambda w, s: leaders.set_roster(w, "2026-11-23", "2026-11-23", [], staff=s, expected=0),
            lambda w, s: keywords.set_keywords(w, "MZ-01", [], staff=s, expected=1),
        ):
            with pytest.raises(Refused) as refused:
                bench.run(lambda w, change=change, staff=staff: change(w, staff))
            assert refused.value.code == "forbidden"


def test_more_than_anybody_reads_is_refused(bench, manager):
    there = len(bench.read(showing.notices))
    for n in range(notices.MOST_NOTICES - there):
        bench.run(lambda w, n=n: notices.add(w, Post(text=f"第{n}条"), staff=manager))
    with pytest.raises(Refused) as refused:
        bench.run(lambda w: notices.add(w, POST, staff=manager))

    assert "最多" in str(refused.value.context["problem"])


def test_every_change_is_told_in_words_that_people_read(bench, manager):
    bench.run(lambda w: notices.add(w, POST, staff=manager))
    bench.run(lambda w: media.add(w, PICTURE, staff=manager))
    bench.run(lambda w: keywords.set_keywords(w, "MZ-01", ["结婚"], staff=manager, expected=1))
    lines = bench.read(change_lines)

    assert [line.what for line in lines] == ["“结婚登记”的同义词", "宣传“国庆”", "公告"]
    assert all(line.differences for line in lines)
    assert not [d for line in lines for d in line.differences if "None" in d.before + d.after]


def test_a_zone_of_its_own_is_compared_with_what_held_everywhere(bench, manager):
    everywhere = ZoneVoice()
    softer = msgspec.structs.replace(everywhere, zone="2F", volume=30)
    bench.run(
        lambda w: set_voice(w, (everywhere, softer), staff=manager, expected=0, reason="开会")
    )
    (line,) = bench.read(lambda r: change_lines(r, "voice"))

    assert [(d.field, d.before, d.after) for d in line.differences] == [
        ("二楼大厅·音量", "80%", "30%")
    ]
    assert (line.reason, line.who, line.current) == ("开会", "系统", True)
