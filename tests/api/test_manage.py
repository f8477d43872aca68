"""管理: who may enter, and that nothing is changed by whoever may not, cannot, or comes too late."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle

import pytest

from tests.api.manage import Form, catalogue, display
from tests.api.world import CHINESE, World

Paths = Callable[[World], str]


def notice(world: World) -> str:
    """Path of a notice of this test's own."""
    sent = Form.of(world.manager, "/manage/notices/new").fill(text="临时公告").send()
    assert sent.status == 303, sent.text
    keys = re.findall(r"/manage/notices/(\d+)\"", world.manager.get("/manage/shown").text)
    return f"/manage/notices/{max(map(int, keys))}"


def honour(world: World) -> str:
    """Path of an honour card of this test's own."""
    form = Form.of(world.manager, "/manage/media/new/honour").fill(title="三号窗口")
    assert form.send().status == 303
    uids = re.findall(r"/manage/media/([\w-]{16,})\"", world.manager.get("/manage/shown").text)
    return f"/manage/media/{uids[-1]}"


def missed(world: World) -> str:
    """Path that settles a search in vain of this test's own."""
    assert world.kiosk.post("/searches", {"text": "办酒席"}).status == 200
    found = re.search(r"/manage/searches/(\d+)/settle", world.manager.get("/manage/searches").text)
    assert found
    return found[0]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page with a form, and what one sees of it."""

    name: str
    path: Paths
    who: str = "manager"
    change: tuple[tuple[str, Iterator[str]], ...] = ()
    wrong: tuple[tuple[str, str], ...] = ()
    """Fields that make it malformed; empty = it has none that can be."""
    versioned: bool = True
    says: str = ""
    """Part of the words that name what is wrong."""


PLACES = [
    Place(
        name="screen",
        path=lambda w: f"/manage/screens/{display(w)}",
        change=(("rows", cycle("5678")),),
        wrong=(("screen_inch", "很大"),),
        says="屏幕尺寸要填数字",
    ),
    Place(
        name="voice",
        path=lambda w: "/manage/voice/all",
        change=(("volume", cycle(("61", "62", "63"))),),
        wrong=(("volume", "200"),),
        says="音量是 0 到 100",
    ),
    Place(
        name="kiosk",
        path=lambda w: "/manage/kiosk",
        change=(("idle_s", cycle(("75", "76", "77"))),),
        wrong=(("idle_s", "1"),),
        says="30 到 600",
    ),
    Place(
        name="slip",
        path=lambda w: "/manage/slip",
        change=(("text_9", cycle(("扫一扫看进度", "扫码评价", "扫码看进度"))),),
        wrong=(("phone", "没有号码"),),
        says="投诉电话里没有号码",
    ),
    Place(
        name="real name",
        path=lambda w: "/manage/real-name",
        change=(("notice", cycle(("只用来防止重复取号", "防止重复取号", "一人一号"))),),
        wrong=(("notice", ""),),
        says="请填写告知内容",
    ),
    Place(
        name="keywords",
        path=lambda w: "/manage/kiosk/items/MZ-01",
        change=(("words", cycle(("结婚\n扯证\n领证", "结婚\n红本本", "领证"))),),
        wrong=(("words", "很" * 30),),
        says="一个词最多 24 个字",
    ),
    Place(
        name="notice",
        path=notice,
        change=(("text", cycle(("今天下午停电", "明天停电", "后天停电"))),),
        wrong=(("text", "长" * 200),),
        says="最多 120 个字",
    ),
    Place(
        name="honour",
        path=honour,
        change=(("text", cycle(("满意率 100%", "满意率 99%", "零投诉"))),),
        wrong=(("title", ""),),
        says="请填写标题",
    ),
    Place(
        name="device",
        path=lambda w: f"/manage/devices/{w.kiosk.device}",  # type: ignore[attr-defined]
        change=(("zone", cycle(("2F", "1F", ""))),),
        wrong=(("name", ""),),
        says="请填写名称",
    ),
    Place(
        name="leaders",
        path=lambda w: "/manage/leaders",
        change=(),
        wrong=(),
    ),
]
IDS = [p.name for p in PLACES]


def changed(place: Place, form: Form) -> Form:
    """The form with its change; the roster's fields are named by day."""
    if place.name == "leaders":
        day = form.get("first")
        posts = len([k for k, _ in form.values if k.startswith(f"post_{day}")])
        last = posts - 1
        return form.fill(
            **{f"department_{day}_{last}": "civil", f"post_{day}_{last}": f"副局长{posts}"}
        )
    return form.fill(**{name: next(values) for name, values in place.change})


@pytest.mark.parametrize("place", PLACES, ids=IDS)
class TestForms:
    """What every form of 管理 promises."""

    def test_it_saves_leads_on_and_says_so(self, world: World, place: Place) -> None:
        form = changed(place, Form.of(world.manager, place.path(world)))
        before = world.seq()
        sent = form.send()

        assert sent.status == 303, sent.text
        assert world.seq() > before
        assert 'class="done" role="status"' in world.manager.get(sent.headers["Location"]).text

    def test_the_same_form_twice_changes_nothing_more(self, world: World, place: Place) -> None:
        form = changed(place, Form.of(world.manager, place.path(world)))
        assert form.send().status == 303
        with world.unchanged():
            again = form.send()

        assert again.status == 409
        assert "没有保存" in again.text

    def test_stale_eyes_see_what_the_other_changed_and_keep_their_own(
        self, world: World, place: Place
    ) -> None:
        path = place.path(world)
        mine, hers = Form.of(world.manager, path), Form.of(world.manager, path)
        assert changed(place, hers).send().status == 303
        with world.unchanged():
            refused = changed(place, mine).send()

        assert refused.status == 409
        assert "再按一次保存，就以您的为准" in refused.text
        if place.name != "keywords":
            assert "工号 manager" in refused.text
            assert 'class="diff__field"' in refused.text
        versions = re.findall(r'name="expected" value="(\d+)"', refused.text)
        assert versions[0] != mine.get("expected")
        assert changed(place, mine).fill(expected=versions[0]).send().status == 303

    def test_what_is_malformed_is_said_at_its_field_and_nothing_is_saved(
        self, world: World, place: Place
    ) -> None:
        if not place.wrong:
            return
        form = Form.of(world.manager, place.path(world)).fill(**dict(place.wrong))
        with world.unchanged():
            refused = form.send()

        assert refused.status == 422
        assert place.says in refused.text
        name, value = place.wrong[0]
        assert f'id="{name}-wrong"' in refused.text
        assert f'aria-describedby="{name}-wrong' in refused.text
        assert 'aria-invalid="true"' in refused.text
        assert value[:20] in refused.text, "what was typed stays"

    def test_garbage_in_every_field_is_answered_in_words(self, world: World, place: Place) -> None:
        form = Form.of(world.manager, place.path(world))
        names = {k for k, _ in form.values} - {"csrf_token"}
        with world.unchanged():
            for value in ("\x07", "9" * 60, "🏛" * 1000, "<script>alert(1)</script>" * 20):
                answer = form.fill(**dict.fromkeys(names, value)).send()
                assert answer.status in {403, 409, 413, 422}, (
                    answer.status,
                    value[:20],
                    answer.text,
                )
                assert CHINESE.search(answer.text)
                assert "<script>alert" not in answer.text
            nul = form.fill(**dict.fromkeys(names, "a\0b")).send()
            assert nul.status == 400

    def test_without_the_pages_token_nothing_is_changed(self, world: World, place: Place) -> None:
        form = changed(place, Form.of(world.manager, place.path(world)))
        with world.unchanged():
            for token in (None, "", "x", form.get("csrf_token")[:-1] + "~"):
                assert form.fill(csrf_token=token).send().status == 403

    def test_whoever_may_not_is_refused(self, world: World, place: Place) -> None:
        path = place.path(world)
        form = changed(place, Form.of(world.manager, path))
        with world.unchanged():
            for name in ("clerk", "supervisor", "guide"):
                client = world.asker(name)
                token = re.search(r'csrf-token" content="([^"]+)', client.get("/").text)
                assert token
                theirs = Form(client, path, form.fill(csrf_token=token[1]).values)
                assert theirs.send().status == 403
            assert Form(world.nobody, path, form.values).send().status == 401
            fresh = Form(world.newcomer, path, form.values).send()
            assert fresh.status == 403

    def test_who_may_only_look_sees_it_and_cannot_change(self, world: World, place: Place) -> None:
        path = place.path(world)
        page = world.supervisor.get(path)
        clerk = world.clerk.get(path)
        stranger = world.nobody.get(path)

        assert page.status == 200
        assert "只能查看" in page.text
        assert '<fieldset class="quiet" disabled>' in page.text
        assert not re.search(r'<button class="button" type="submit">', page.text)
        assert clerk.status == 403
        assert stranger.status == 302
        assert stranger.headers["Location"].startswith("/sign-in?next=")


def test_every_page_opens_for_whoever_may_look_and_for_nobody_else(world: World) -> None:
    paths = (
        "", "/screens", "/voice", "/shown", "/kiosk", "/real-name", "/searches", "/leaders", "/waits",
        "/devices", "/history", "/devices/enrol", "/notices/new", "/media/new/picture", "/emergency",
    )  # fmt: skip
    for path in paths:
        for who in ("manager", "admin", "supervisor", "guide"):
            answer = world.asker(who).get(f"/manage{path}")
            assert answer.status == 200, (who, path, answer.text)
        assert world.clerk.get(f"/manage{path}").status == 403
        assert world.nobody.get(f"/manage{path}").status == 302
        assert world.kiosk.get(f"/manage{path}").status == 302
        assert world.newcomer.get(f"/manage{path}").status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/screens/nothing", "/devices/nothing", "/voice/9F", "/notices/999999", "/media/nothing",
        "/media/new/poem", "/kiosk/items/nothing", "/nothing", "/notices/999999/delete",
        "/media/nothing/delete", "/devices/nothing/revoke", "/screens/nothing/preview",
        "/screens/nothing/preview/view", "/preview/static/nothing.js",
        "/preview/static/../preview.py",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_said_in_words(world: World, path: str) -> None:
    answer = world.admin.get(f"/manage{path}")

    assert answer.status == 404
    assert CHINESE.search(answer.text)


def test_the_navigation_has_no_dead_link_and_says_where_one_is(world: World) -> None:
    home = world.manager.get("/").text
    page = world.manager.get("/manage").text
    places = re.findall(r'<a href="(/manage[^"]*)"', page.partition('class="side"')[2])

    assert 'href="/manage"' in home
    assert 'href="/manage"' not in world.clerk.get("/").text
    assert len(set(places)) >= 10
    for path in set(places):
        there = world.manager.get(path)
        assert there.status == 200
        assert 'aria-current="page"' in there.text


def test_a_change_reaches_the_catalogue_and_the_history(world: World) -> None:
    digest = catalogue(world)["digest"]
    form = Form.of(world.manager, "/manage/kiosk").fill(long_wait_min="44", reason="夏天人多")
    assert form.send().status == 303
    now = catalogue(world)
    history = world.supervisor.get("/manage/history?key=kiosk").text

    assert now["digest"] != digest
    assert now["kiosk"]["long_wait_min"] == 44
    assert "夏天人多" in history
    assert re.search(r"久等提醒（分钟）.*?<ins>44 分钟</ins>", history, re.DOTALL)
    assert "工号 manager" in history


def test_an_earlier_value_is_put_back_by_one_press(world: World) -> None:
    for seconds in ("31", "32"):
        form = Form.of(world.manager, "/manage/kiosk").fill(ask_s=None, idle_s=seconds, reason="")
        assert form.fill(ask_s="20").send().status == 303
    page = world.manager.get("/manage/history?key=kiosk")
    restore = Form(world.manager, "/manage/history/restore", [])
    forms = re.findall(
        r'<form method="post" action="/manage/history/restore">.*?</form>',
        page.text,
        re.DOTALL,
    )
    restore.values = list(re.findall(r'name="([^"]+)" value="([^"]*)"', forms[0]))
    assert restore.send().status == 303
    with world.unchanged():
        assert restore.send().status == 409
        assert restore.fill(csrf_token="x").send().status == 403
        assert restore.fill(version="99999").send().status == 404
        assert restore.fill(key="device:x").send().status == 404
        lookers = Form(world.supervisor, restore.path, restore.values)
        assert lookers.send().status == 403

    assert catalogue(world)["kiosk"]["idle_s"] == 31
    assert "恢复到第" in world.manager.get("/manage/history?key=kiosk").text
