"""What 管理 does besides forms of settings: devices, emergency, searches, copies, previews, sound."""

from __future__ import annotations

import io
import re
import time
import wave

from display.pages import TOO_SMALL
from display.voice import speaking
from kiosk.printing import status
from server.reads.screens import fault
from tests.api.manage import Form, catalogue, display
from tests.api.world import CHINESE, World
from tests.support.hall import Client


def token_of(client: Client) -> str:
    found = re.search(r'csrf-token" content="([^"]+)', client.get("/manage").text)
    assert found
    return found[1]


def post(client: Client, path: str, **values: str):
    return Form(client, path, [("csrf_token", token_of(client)), *values.items()]).send()


class TestDevices:
    def test_a_token_is_shown_once_and_enrols_a_device(self, world: World) -> None:
        page = post(world.admin, "/manage/devices/enrol", kind="display", zone="2F")
        command = re.search(r"hall-display enrol --server (\S+) --token (\w{32}) --name", page.text)
        assert "--config /etc/hallqueue/display.toml" in page.text  # where the service looks
        assert command
        enrolled = world.nobody.post(
            "/devices/enrol", {"token": command[2], "name": "新屏"}, key=None
        )

        assert page.status == 200
        assert command[1] == world.hall.url
        assert "30 分钟" in page.text
        assert '<svg class="qr"' in page.text
        assert enrolled.json["zone"] == "2F"
        assert command[2] not in world.admin.get("/manage/devices/enrol").text

    def test_only_an_administrator_enrols_and_revokes(self, world: World) -> None:
        uid = display(world)
        with world.unchanged():
            for who in ("manager", "supervisor", "guide"):
                client = world.asker(who)
                assert post(client, "/manage/devices/enrol", kind="kiosk", zone="").status == 403
                assert post(client, f"/manage/devices/{uid}/revoke").status == 403
            bad = post(world.admin, "/manage/devices/enrol", kind="toaster", zone="9F")
            assert (bad.status, "请选择种类" in bad.text) == (422, True)
            forged = Form(world.admin, "/manage/devices/enrol", [("kind", "kiosk")]).send()
            assert forged.status == 403

    def test_a_revoked_device_is_out_and_revoking_twice_is_harmless(self, world: World) -> None:
        device = world.hall.enrol("display", "1F", "要停用的屏")
        path = f"/manage/devices/{device.device}/revoke"  # type: ignore[attr-defined]
        with world.unchanged():
            form = Form.of(world.admin, path)
        assert form.send().status == 303
        with world.unchanged():
            assert form.send().status == 303
        until = time.monotonic() + 5
        while device.get("/api/v1/devices/me").status == 200 and time.monotonic() < until:
            time.sleep(0.2)

        assert device.get("/api/v1/devices/me").status == 401
        assert "要停用的屏" not in world.manager.get("/manage/devices").text


class TestEmergency:
    def test_it_is_asked_twice_and_turns_every_screen(self, world: World) -> None:
        world.settle()
        with world.unchanged():
            unsure = post(
                world.manager, "/manage/emergency", do="on", text="请听从工作人员指引，有序离开大厅"
            )
            empty = post(world.manager, "/manage/emergency", do="on", text="own", own="", sure="on")
            for who in ("admin", "supervisor", "guide"):
                refused = post(world.asker(who), "/manage/emergency", do="on", own="走", sure="on")
                assert refused.status == 403
            forged = Form(world.manager, "/manage/emergency", [("do", "on"), ("sure", "on")]).send()
        assert (unsure.status, empty.status, forged.status) == (422, 422, 403)
        assert "请先勾选确认" in unsure.text
        on = post(
            world.manager, "/manage/emergency", do="on", text="own", own="请从东门离开", sure="on"
        )
        assert on.status == 303
        assert world.board()["emergency"] == "请从东门离开"
        assert "请从东门离开" in world.supervisor.get("/manage").text
        with world.unchanged():
            post(
                world.manager,
                "/manage/emergency",
                do="on",
                text="own",
                own="请从东门离开",
                sure="on",
            )
        off = post(world.manager, "/manage/emergency", do="off", sure="on")

        assert off.status == 303
        assert world.board()["emergency"] is None


class TestSearches:
    def missed(self, world: World, word: str) -> str:
        assert world.kiosk.post("/searches", {"text": word}).status == 200
        page = world.manager.get("/manage/searches").text
        rows = re.findall(r'<li class="row">.*?</li>', page, re.DOTALL)
        row = next(r for r in rows if f"<b>{word}</b>" in r)
        found = re.search(r"/manage/searches/\d+/settle", row)
        assert found
        return found[0]

    def test_a_word_becomes_a_synonym_and_leaves_the_list(self, world: World) -> None:
        path = self.missed(world, "扯本本")
        done = post(world.manager, path, do="adopt", item="MZ-01")
        item = next(i for i in catalogue(world)["items"] if i["code"] == "MZ-01")

        assert done.status == 303
        assert "扯本本" in item["keywords"]
        assert "<b>扯本本</b>" not in world.manager.get("/manage/searches").text
        with world.unchanged():
            again = post(world.manager, path, do="adopt", item="MZ-01")
        assert again.status == 303
        assert "同义词" in world.manager.get("/manage/history?key=keywords").text

    def test_a_word_that_means_nothing_leaves_the_list_until_it_comes_again(
        self, world: World
    ) -> None:
        path = self.missed(world, "哈哈哈")
        with world.unchanged():
            assert post(world.manager, path, do="adopt", item="").status == 400
            assert post(world.supervisor, path, do="settle").status == 403
            assert Form(world.manager, path, [("do", "settle")]).send().status == 403
            assert post(world.manager, "/manage/searches/999999/settle", do="settle").status == 404
        assert post(world.manager, path, do="settle").status == 303
        assert "<b>哈哈哈</b>" not in world.manager.get("/manage/searches").text

        self.missed(world, "哈哈哈")


def test_a_week_is_copied_and_a_full_one_only_when_said(world: World) -> None:
    form = Form.of(world.manager, "/manage/leaders")
    first = form.get("first")
    names = {k: "" for k, _ in form.values if k.split("_")[0] in {"department", "post", "place"}}
    filled = names | {f"department_{first}_0": "civil", f"post_{first}_0": "抄写局长"}
    filled[f"place_{first}_0"] = "2号窗口"
    assert form.fill(**filled).send().status == 303

    def copy(**values: str):
        page = world.manager.get("/manage/leaders").text
        version = re.findall(r'name="expected" value="(\d+)"', page)[-1]
        values = {"expected": version, **values}
        return post(world.manager, "/manage/leaders/copy", **values)

    assert copy().status == 303
    with world.unchanged():
        refused = copy()
        assert copy(expected="0", replace="on").status == 409
        assert post(world.supervisor, "/manage/leaders/copy", expected="0").status == 403
        assert Form(world.manager, "/manage/leaders/copy", []).send().status == 403
    assert refused.status == 422
    assert "请先勾选" in refused.text
    assert copy(replace="on").status == 303
    dates = [x["date"] for x in catalogue(world)["leaders"] if x["post"] == "抄写局长"]
    assert len(dates) == 2


def test_notices_are_deleted_after_asking_and_moved(world: World) -> None:
    for text in ("公告甲", "公告乙"):
        assert Form.of(world.manager, "/manage/notices/new").fill(text=text).send().status == 303
    page = world.manager.get("/manage/shown").text
    keys = {t: re.search(rf'/manage/notices/(\d+)">{t}', page)[1] for t in ("公告甲", "公告乙")}  # type: ignore[index]
    path = f"/manage/notices/{keys['公告乙']}"
    moved = post(world.manager, f"{path}/move", to="up")
    with world.unchanged():
        assert Form(world.manager, f"{path}/move", [("to", "up")]).send().status == 403
        assert post(world.supervisor, f"{path}/move", to="up").status == 403
        assert post(world.manager, "/manage/notices/999999/move", to="up").status == 404
        ask = Form.of(world.manager, f"{path}/delete")
        assert ask.fill(csrf_token="").send().status == 403
        assert ask.fill(expected="99").send().status == 409
        assert Form(world.supervisor, ask.path, ask.values).send().status == 403
    texts = [p["text"] for p in catalogue(world)["posts"]]

    assert moved.status == 303
    assert texts.index("公告乙") < texts.index("公告甲")
    assert ask.send().status == 303
    with world.unchanged():
        assert ask.send().status == 303
    assert "公告乙" not in [p["text"] for p in catalogue(world)["posts"]]
    assert "公告乙" in world.manager.get("/manage/history?key=notice").text


def test_times_of_a_notice_are_the_halls_own(world: World) -> None:
    form = Form.of(world.manager, "/manage/notices/new").fill(
        text="元旦放假", from_at="2026-12-31T08:00", to_at="2027-01-04T08:00"
    )
    assert form.send().status == 303
    post_ = next(p for p in catalogue(world)["posts"] if p["text"] == "元旦放假")

    assert post_["from_at"] == "2026-12-31T00:00:00.000Z"
    assert post_["to_at"] == "2027-01-04T00:00:00.000Z"
    assert "还没开始" in world.manager.get("/manage/shown").text
    backwards = Form.of(world.manager, "/manage/notices/new").fill(
        text="反了", from_at="2027-01-04T08:00", to_at="2026-12-31T08:00"
    )
    assert backwards.send().status == 422


def test_every_fault_that_a_device_reports_has_words_of_its_own() -> None:
    codes = {*speaking.FAULTS.values(), TOO_SMALL, *status.FAULTS, "near_end"}
    words = {code: fault(code).what for code in codes}

    assert "设备报告了故障" not in words.values()
    assert fault("never heard of").what == "设备报告了故障"
    assert all(CHINESE.search(fault(code).to_do) for code in codes)


class TestPreview:
    def test_it_shows_what_is_typed_and_saves_nothing(self, world: World) -> None:
        uid = display(world)
        form = Form.of(world.manager, f"/manage/screens/{uid}").fill(role="guide", theme="light")
        with world.unchanged():
            led = form.send(f"/manage/screens/{uid}/preview")
            page = world.manager.get(led.headers["Location"])
            view = world.manager.get(led.headers["Location"].replace("/preview?", "/preview/view?"))
            forged = form.fill(csrf_token="").send(f"/manage/screens/{uid}/preview")

        assert led.status == 303
        assert "csrf" not in led.headers["Location"]
        assert page.status == 200
        assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert view.json["role"] == "guide"
        assert forged.status == 403
        static = re.search(r'(/manage/preview/static/[^"?]+)', page.text)
        assert static
        assert world.manager.get(static[1]).status == 200

    def test_garbage_shows_some_screen(self, world: World) -> None:
        uid = display(world)
        for query in ("", "role=x&rows=&zones=9F&logo=zz", "screen_inch=" + "9" * 300, "rows=%FF"):
            assert world.supervisor.get(f"/manage/screens/{uid}/preview?{query}").status == 200
            assert world.supervisor.get(f"/manage/screens/{uid}/preview/view?{query}").status == 200
        assert world.clerk.get(f"/manage/screens/{uid}/preview").status == 403
        kiosk = f"/manage/screens/{world.kiosk.device}"  # type: ignore[attr-defined]
        assert world.manager.get(f"{kiosk}/preview").status == 404

    def test_other_pages_are_in_no_frame(self, world: World) -> None:
        page = world.manager.get("/manage/screens")

        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


class TestSound:
    rules = "lang_0=zh&repeat=2&gap_ms=500&chime=on&volume=50&digits=yao&max_age_s=60"

    def test_a_call_is_heard_as_the_form_says(self, world: World) -> None:
        address = f"/manage/sound?{self.rules}&number=A023&counter=3%E5%8F%B7%E7%AA%97%E5%8F%A3"
        client = world.supervisor
        with world.unchanged():
            got = client.http.request("GET", client.url + address, headers=client.headers())
            once = client.http.request(
                "GET",
                client.url + address.replace("repeat=2", "repeat=1"),
                headers=client.headers(),
            )

        assert got.headers["Content-Type"] == "audio/wav"
        with wave.open(io.BytesIO(got.data)) as twice, wave.open(io.BytesIO(once.data)) as single:
            assert twice.getframerate() == 22050
            assert twice.getnframes() > 1.5 * single.getnframes() > 22050

    def test_a_browser_without_script_gets_it_by_the_form(self, world: World) -> None:
        form = Form.of(world.manager, "/manage/voice/all")
        with world.unchanged():
            got = form.send("/manage/sound")
            assert form.fill(csrf_token="").send("/manage/sound").status == 403

        assert got.status == 200
        assert got.headers["Content-Type"] == "audio/wav"

    def test_what_cannot_be_spoken_is_said(self, world: World) -> None:
        for query in ("", self.rules, self.rules.replace("zh", "qq") + "&number=A1&counter=1"):
            answer = world.manager.get(f"/manage/sound?{query}")
            assert answer.status == 400
        assert world.clerk.get(f"/manage/sound?{self.rules}&number=A1&counter=1").status == 403


def test_a_zone_goes_back_to_what_holds_everywhere(world: World) -> None:
    form = Form.of(world.manager, "/manage/voice/2F").fill(volume="33")
    assert form.send().status == 303
    assert {v["zone"]: v["volume"] for v in catalogue(world)["voice"]}["2F"] == 33
    page = world.manager.get("/manage/voice/2F").text
    assert "取消单独设置" in page
    back = Form.of(world.manager, "/manage/voice/2F", at=1)
    assert back.send().status == 303

    assert "2F" not in {v["zone"] for v in catalogue(world)["voice"]}
    assert "取消单独设置" not in world.manager.get("/manage/voice/2F").text
