"""The kiosk as a process, before a real server and a printer model: killed, cut off, out of paper."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import stat
import threading
import time
from collections import Counter
from pathlib import Path

import urllib3

from kiosk.printing.model.testing import RunningModel, running_model
from tests.api.manage import Form
from tests.kiosk.box import Finger, RunningKiosk, running_kiosk
from tests.support.hall import RunningHall


def tickets(hall: RunningHall) -> list[tuple[str, str, str]]:
    """Number, what is known of its paper and why, as the server has them."""
    db = sqlite3.connect(f"file:{hall.folder}/server/hall.db?mode=ro", uri=True)
    with contextlib.closing(db):
        return db.execute(
            "select number, print_state, print_fault from ticket order by id"
        ).fetchall()


def on_paper(model: RunningModel) -> Counter[str]:
    """How often each number lies in the tray, whole or not."""
    found: Counter[str] = Counter()
    for paper in model.slips():
        found.update({t for t in paper.text if len(t) == 4 and t[1:].isdigit()})
    return found


def device_of(kiosk: RunningKiosk) -> str:
    """uid of a kiosk."""
    uid: str = json.loads((kiosk.folder / "state" / "device.json").read_text())["device"]
    return uid


def choose(finger: Finger, item: str) -> Finger:
    """Go to an item of the civil department."""
    return finger.press("department civil").press(f"choose item:{item}")


def take(finger: Finger, item: str = "MZ-01") -> Finger:
    finger.press(f"choose item:{item}").press("take")
    return finger.press("take") if finger.screen == "confirm" else finger


def test_a_touch_becomes_a_number_a_paper_and_a_report(
    kiosk: RunningKiosk, hall: RunningHall, model: RunningModel
) -> None:
    before = len(model.slips())
    finger = take(kiosk.finger())
    number = finger.number
    finger.until(lambda f: f.paper == "printed")
    model.wait_for_slips(before + 1)
    kiosk.wait(lambda h: h["undelivered"] == 0)

    assert number in model.slips()[-1].text
    assert (number, "printed", "") in tickets(hall)


def test_the_device_token_and_the_journal_are_for_nobody_else(kiosk: RunningKiosk) -> None:
    state = kiosk.folder / "state"

    for name in ("device.json", "journal"):
        assert stat.S_IMODE((state / name).stat().st_mode) == 0o600


def test_two_taps_at_once_are_one_ticket(kiosk: RunningKiosk, hall: RunningHall) -> None:
    before = len(tickets(hall))
    finger = choose(kiosk.finger(), "MZ-02")
    both = [threading.Thread(target=finger.post, args=("take",)) for _ in range(2)]
    for tap in both:
        tap.start()
    for tap in both:
        tap.join()

    assert len(tickets(hall)) == before + 1


def test_a_touch_from_another_origin_or_page_does_nothing(
    kiosk: RunningKiosk, hall: RunningHall
) -> None:
    before = len(tickets(hall))
    finger = choose(kiosk.finger(), "MZ-02")
    fields = {"page": finger.token, "serial": finger.serial, "act": "take"}
    http = urllib3.PoolManager(retries=False)

    def status(fields: dict[str, str], **headers: str) -> int:
        return http.request(
            "POST",
            kiosk.url + "/act",
            fields=fields,
            headers=headers,
            encode_multipart=False,
            redirect=False,
        ).status

    assert status(fields, Origin="http://evil.example") == 403
    assert status(fields, Origin="null") == 403
    assert status(fields) == 403
    assert status(fields, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert status({**fields, "page": "guessed"}, Origin=kiosk.url) == 303
    assert http.request("GET", kiosk.url + "/", headers={"Host": "evil.example"}).status == 403
    assert len(tickets(hall)) == before


def test_malformed_touches_are_answered_with_the_page_as_it_is(kiosk: RunningKiosk) -> None:
    finger = choose(kiosk.finger(), "MZ-02")

    for act in (
        "",
        "take",
        "choose",
        "tick x",
        "tick 99999999999",
        "tab nothing",
        "\x00",
        "好" * 500,
    ):
        answer = finger.http.request(
            "POST",
            kiosk.url + "/act",
            fields={"page": finger.token, "serial": "²", "act": act},
            headers={"Origin": kiosk.url},
            encode_multipart=False,
        )
        assert answer.status == 200

    assert finger.look().screen == "item"


def test_out_of_paper_the_number_is_shown_and_staff_know(
    kiosk: RunningKiosk, hall: RunningHall, model: RunningModel
) -> None:
    model.control(paper="out")
    try:
        kiosk.wait(lambda h: h["faults"] == ["paper_out"])
        finger = kiosk.finger()
        told_before = "打印机缺纸" in finger.html
        number = take(finger).number
        finger.until(lambda f: f.paper == "failed")
        kiosk.wait(lambda h: h["undelivered"] == 0)
    finally:
        model.control(paper="ok")
        kiosk.wait(lambda h: h["faults"] == [])

    assert told_before
    assert f"打印机缺纸，您的号码是 {number}" in finger.html
    assert (number, "failed", "paper_out") in tickets(hall)


def test_paper_near_its_end_is_told_to_staff_and_not_to_citizens(
    kiosk: RunningKiosk, hall: RunningHall, model: RunningModel
) -> None:
    clerk = hall.clerk("near", counter="5")
    model.control(paper="near_end")
    try:
        kiosk.wait(lambda _: ["near_end"] in [k["faults"] for k in clerk.desk()["kiosks"]])
        home = kiosk.finger().html
    finally:
        model.control(paper="ok")
        kiosk.wait(lambda h: not h["near_end"])

    assert "您要办什么事" in home
    assert "打印机" not in home


def test_staff_reprint_comes_out_here_once(
    kiosk: RunningKiosk, hall: RunningHall, model: RunningModel
) -> None:
    finger = take(kiosk.finger(), "GA-01")
    finger.until(lambda f: f.paper == "printed")
    kiosk.wait(lambda h: h["undelivered"] == 0)
    before = len(model.slips())
    clerk = hall.clerk("c09", counter="9")
    ticket = next(t for t in clerk.desk()["waiting"] if t["number"] == finger.number)
    hall.person("guide2", "guide")

    answer = hall.client("guide2").post(
        f"/tickets/{ticket['uid']}/reprint", {"device": device_of(kiosk), "reason": "丢失"}
    )
    assert answer.status == 200, answer.text
    slips = model.wait_for_slips(before + 1)
    kiosk.wait(lambda h: h["undelivered"] == 0)
    time.sleep(0.3)

    assert any("补打 1" in line for line in slips[-1].text)
    assert len(model.slips()) == before + 1


def test_a_layout_that_a_manager_changes_is_on_the_next_slip(
    kiosk: RunningKiosk, hall: RunningHall, model: RunningModel
) -> None:
    hall.person("boss", "manager")
    before = len(model.slips())
    form = Form.of(hall.client("boss"), "/manage/slip")

    assert form.fill(text_9="扫码评价本次服务", what_11="complaint", what_12="issued",
                     size_12="1", phone="12345").send().status == 303  # fmt: skip
    digest = hall.client("boss").get("/api/v1/catalogue").json["digest"]
    kiosk.wait(lambda h: h["content"] == digest)
    take(kiosk.finger()).until(lambda f: f.paper == "printed")

    text = model.wait_for_slips(before + 1)[-1].text
    assert "扫码评价本次服务" in text
    assert "投诉电话 12345" in text


def test_help_is_called_and_answered(kiosk: RunningKiosk, hall: RunningHall) -> None:
    hall.person("guide", "guide")
    guide = hall.client("guide")
    finger = kiosk.finger().press("help")
    called = "正在呼叫工作人员" in finger.html or "已通知工作人员" in finger.html
    finger.until(lambda f: "已通知工作人员" in f.html)
    device = device_of(kiosk)

    answer = guide.post(f"/help/{device}/answer")
    finger.until(lambda f: "马上到您身边" in f.html)

    assert called
    assert answer.status == 200, answer.text


def test_without_the_server_the_page_says_so_and_the_same_touch_works_later(
    kiosk: RunningKiosk, hall: RunningHall
) -> None:
    before = len(tickets(hall))
    finger = choose(kiosk.finger(), "MZ-03")
    hall.kill()
    try:
        finger.press("take")
        lost = (finger.screen, "连不上服务器" in finger.html)
        kiosk.finger().until(
            lambda f: "等候人数暂时看不到" in f.html and "tile__wait" not in f.html
        )
    finally:
        hall.start()
    finger.press("retry")

    assert lost == ("refused", True)
    assert finger.number
    assert len(tickets(hall)) == before + 1
    kiosk.wait(lambda h: h["link"] == "live" and h["undelivered"] == 0)


def test_a_kiosk_started_without_the_server_offers_what_it_knew(
    kiosk: RunningKiosk, hall: RunningHall
) -> None:
    hall.kill()
    try:
        kiosk.kill()
        kiosk.start(linked=False)
        finger = kiosk.finger().until(lambda f: "结婚登记" in f.html)
        words = finger.html
        help_words = finger.press("help").until(lambda f: "呼叫不到" in f.html).html
    finally:
        hall.start()
    kiosk.wait(lambda h: h["link"] == "live")

    assert "结婚登记" in words
    assert "等候人数暂时看不到" in words
    assert "请直接到导办台" in help_words


def test_an_address_that_is_not_there_says_so_in_words(kiosk: RunningKiosk) -> None:
    answer = urllib3.PoolManager(retries=False).request("GET", kiosk.url + "/nowhere")

    assert answer.status == 404
    assert "这个页面不存在" in answer.data.decode()


def kill_rounds(
    kiosk: RunningKiosk, hall: RunningHall, model: RunningModel, *, rounds: int, seed: int
) -> Counter[str]:
    """Kill the kiosk somewhere between touch and paper, again and again; judge after each."""
    chance = random.Random(seed)
    seen: Counter[str] = Counter()
    for _ in range(rounds):
        before = {n for n, _, _ in tickets(hall)}
        finger = choose(kiosk.finger(), "MZ-02")
        told: list[str] = []

        def tap(finger: Finger = finger, told: list[str] = told) -> None:
            with contextlib.suppress(urllib3.exceptions.HTTPError, AssertionError):
                told.append(finger.press("take").number)

        thread = threading.Thread(target=tap)
        thread.start()
        # Half of the kills before and about the number, half while the paper is under way.
        time.sleep(chance.uniform(0.0, chance.choice((0.12, 1.0))))
        kiosk.kill()
        thread.join()
        kiosk.start()
        kiosk.wait(lambda h: h["undelivered"] == 0)
        shown = kiosk.finger()
        if shown.screen == "number":
            shown.until(lambda f: f.paper != "printing")
        given = [t for t in tickets(hall) if t[0] not in before]
        papers = on_paper(model)

        assert len(given) <= 1
        assert not told or not told[0] or [told[0]] == [n for n, _, _ in given]
        for number, state, _ in given:
            assert papers[number] <= 1
            assert state != "printed" or papers[number] == 1
            assert shown.number == number or state == "printed"
        seen[given[0][1] if given else "no number"] += 1
        seen["shown again"] += shown.number != ""
    return seen


def test_killed_between_touch_and_paper_a_touch_has_one_number_and_one_paper_at_most(
    hall: RunningHall, tmp_path: Path
) -> None:
    with (
        running_model(tmp_path / "model", baud=38400, fast=False) as model,
        running_kiosk(hall, tmp_path / "kiosk", printer=model.port) as kiosk,
    ):
        kill_rounds(kiosk, hall, model, rounds=6, seed=7)

        assert model.complaints() == []


def test_status_says_in_words_and_by_its_exit_status(kiosk: RunningKiosk) -> None:
    good = kiosk.command("status", "--port", str(kiosk.port))
    gone = kiosk.command("status", "--port", "1")

    assert good.returncode == 0
    assert json.loads(good.stdout)["link"] == "live"
    assert gone.returncode == 1
    assert "没有运行" in gone.stderr


def test_a_second_kiosk_on_the_same_folder_does_not_start(kiosk: RunningKiosk) -> None:
    second = kiosk.command("run", "--port", "0")

    assert second.returncode == 1
    assert "another kiosk process" in second.stderr


def test_a_folder_that_cannot_be_used_is_said_in_words(kiosk: RunningKiosk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="ascii")
    done = kiosk.command("run", "--port", "0", "--state-dir", str(tmp_path / "file"))

    assert done.returncode == 1
    assert done.stderr.startswith("hall-kiosk: ")
    assert "Traceback" not in done.stderr


def test_an_unknown_setting_stops_the_start(kiosk: RunningKiosk, tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text("sever_url = 'http://x'\n")

    answer = kiosk.command("run", "--config", str(file))

    assert answer.returncode == 2
    assert "sever_url" in answer.stderr
