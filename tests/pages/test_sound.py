"""The sound of a board page in real Chromium: what it plays, and what it says when it may not."""

from __future__ import annotations

import contextlib
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page

from server.kit.contract.messages import DeviceChanged, HallDay, TicketCalled
from server.store import log
from tests.support.hall import RunningHall
from tests.support.ports import wait_until
from tests.support.speaking import (
    FREE_TO_PLAY,
    NOT_FREE,
    Box,
    Ear,
    box,
    browser,
    call,
    heard,
    listening,
    publish,
    speaking_hall,
)

TAKE_OVER_S = 5.0


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningHall, Ear]]:
    with speaking_hall(tmp_path_factory.mktemp("sound")) as found:
        yield found


@pytest.fixture(scope="module")
def boxes(hall: tuple[RunningHall, Ear]) -> Iterator[list[Box]]:
    """Two displays of the first floor."""
    running, ear = hall
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(page_box(running, ear, name)) for name in ("one", "two")]


def page_box(hall: RunningHall, ear: Ear, name: str) -> contextlib.AbstractContextManager[Box]:
    extra = {
        "HALL_DISPLAY_VOICE_PACKS": str(ear.folder / "packs"),
        "HALL_DISPLAY_VOICE_OUTPUT": "page",
    }
    return box(hall, ear.folder, name, zone="1F", extra=extra)


@pytest.fixture
def quiet(hall: tuple[RunningHall, Ear], boxes: list[Box]) -> RunningHall:
    """The hall with nothing to be spoken, and no page open."""
    running = hall[0]
    for one in boxes:
        wait_until(lambda one=one: one.health()["pages"] == 0, "no page is open")
    publish(running, HallDay(date=running.work(lambda w: w.hall.date), state="open"))
    return running


def calls(hall: RunningHall, *tickets: str) -> None:
    name = uuid.uuid4().hex[:8]
    publish(
        hall,
        *[
            TicketCalled(
                call=f"{name}{t}", ticket=t, queue="A", counter="3", counter_name="3号窗口",
                zone="1F", times=1, speak=True, waiting=0,
            )
            for t in tickets
        ],
    )  # fmt: skip


def sounds(page: Page, event: str = "ended") -> int:
    return len(heard(page, event))


def test_a_call_is_played_by_the_page_marked_meanwhile_and_told_to_the_clerk(quiet, boxes):
    with browser(FREE_TO_PLAY) as chromium:
        page = listening(chromium, boxes[0].url)
        wait_until(lambda: boxes[0].leads() == ["1F"], "its display leads")
        clerk = quiet.clerk("c01", counter="1")
        call(clerk, quiet.enrol("kiosk"), "MZ-01")
        wait_until(lambda: sounds(page, "playing"), "it plays")
        wait_until(lambda: page.evaluate("document.documentElement.dataset.speaking"), "marked")
        wait_until(lambda: sounds(page), "it has ended")
        wait_until(lambda: clerk.desk()["heard"]["spoken"], "the clerk learns 已播报")

        assert page.evaluate("document.documentElement.dataset.speaking ?? ''") == ""
        assert page.locator(".sound-bar").count() == 0


def test_a_browser_that_allows_no_sound_says_so_flashes_all_the_same_and_speaks_after_a_touch(
    quiet, boxes, tmp_path
):
    """静音 is on the screen and with staff; what is new does not depend on the sound, as it does in
    ZMS, where the class that plays also finds out who was called."""
    with browser(NOT_FREE) as chromium:
        page = listening(chromium, boxes[0].url)
        bar = page.get_by_role("button", name="静音：点击启用声音")
        bar.wait_for()
        wait_until(lambda: boxes[0].health()["sound"] == "muted", "the agent knows")
        wait_until(lambda: ("muted",) in faults(quiet), "staff know")
        assert boxes[0].leads() == []
        calls(quiet, "A001")
        page.wait_for_selector("[data-flash] .ticket:has-text('A001')")
        page.screenshot(path=tmp_path / "muted.png")
        bar.click()
        wait_until(lambda: boxes[0].health()["sound"] == "ok", "the agent knows")
        wait_until(lambda: sounds(page), "the call that waited is spoken")

        assert bar.count() == 0 or not bar.is_visible()
        wait_until(lambda: faults(quiet)[-1] == (), "staff know that it is over")


@pytest.mark.parametrize("how", ["closed", "crashed"])
def test_a_page_gone_in_mid_sentence_is_replaced_and_the_queue_finished(quiet, boxes, how):
    with browser(FREE_TO_PLAY) as chromium:
        first = listening(chromium, boxes[0].url)
        wait_until(lambda: boxes[0].leads() == ["1F"], "the first leads")
        other = listening(chromium, boxes[1].url)
        wait_until(lambda: boxes[1].health()["sound"] == "ok", "the other can be heard")
        calls(quiet, "A001", "A002", "A003")
        wait_until(lambda: sounds(first, "playing") >= 2, "the second is being spoken")
        ended = sounds(first)
        if how == "closed":
            first.context.close()
        else:
            with contextlib.suppress(Error):  # there is no answer from there
                first.goto("chrome://crash", timeout=3000)
        wait_until(lambda: sounds(other, "playing"), "the other speaks", deadline_s=TAKE_OVER_S)
        wait_until(lambda: sounds(other) >= 3 - ended, "it finishes the queue")

        assert boxes[1].leads() == ["1F"]


def test_a_page_whose_display_was_killed_is_silent_at_once(quiet, boxes):
    """Another display says it anew, and two voices must not be heard together."""
    with browser(FREE_TO_PLAY) as chromium:
        page = listening(chromium, boxes[0].url)
        wait_until(lambda: boxes[0].leads() == ["1F"], "its display leads")
        calls(quiet, "A001")
        wait_until(lambda: page.evaluate("document.documentElement.dataset.speaking"), "marked")
        boxes[0].signal(signal.SIGKILL)
        try:
            speaking = "document.documentElement.dataset.speaking ?? ''"
            wait_until(lambda: not page.evaluate(speaking), "it is silent", deadline_s=1.5)
            assert sounds(page) == 0
        finally:
            wait_until(lambda: boxes[0].process.poll() is not None, "it has ended")
            boxes[0].start()


def test_a_sound_that_fails_in_the_browser_does_not_stop_the_next(quiet, boxes):
    with browser(FREE_TO_PLAY) as chromium:
        page = listening(chromium, boxes[0].url)
        wait_until(lambda: boxes[0].leads() == ["1F"], "its display leads")
        broken: list[str] = []

        def once(route):
            if not broken and "nothing" not in route.request.url:
                broken.append(route.request.url)
                route.fulfill(status=200, content_type="audio/wav", body="no sound at all")
            else:
                route.continue_()

        page.route("**/voice/*.wav", once)
        calls(quiet, "A001", "A002", "A003")
        wait_until(lambda: sounds(page) >= 2, "the others are spoken")

        assert len(broken) == 1
        assert sounds(page, "error") == 1


def test_of_two_pages_of_one_display_one_sounds(quiet, boxes):
    with browser(FREE_TO_PLAY) as chromium:
        pages = [listening(chromium, boxes[0].url) for _ in range(2)]
        wait_until(lambda: boxes[0].health()["pages"] == 2, "both are open")
        wait_until(lambda: boxes[0].leads() == ["1F"], "their display leads")
        calls(quiet, "A001", "A002")
        wait_until(lambda: sum(sounds(p) for p in pages) >= 2, "both calls are spoken")

        assert sorted(sounds(p) for p in pages) == [0, 2]


def test_a_page_opened_while_calls_are_on_the_board_speaks_none_of_them_again(quiet, boxes):
    with browser(FREE_TO_PLAY) as chromium:
        page = listening(chromium, boxes[0].url)
        wait_until(lambda: boxes[0].leads() == ["1F"], "its display leads")
        calls(quiet, "A001")
        wait_until(lambda: sounds(page), "it is spoken")
        page.reload()
        page.wait_for_selector("body[data-fresh=live]")
        wait_until(lambda: boxes[0].leads() == ["1F"], "its display leads again")
        calls(quiet, "A002")
        wait_until(lambda: sounds(page), "the new one is spoken")

        assert sounds(page, "playing") == 1


def faults(hall: RunningHall) -> list[tuple[str, ...]]:
    """Return what staff were told of devices, in order."""
    events = hall.work(lambda w: log.events_after(w, 0, 10_000))
    return [e.message.faults for e in events if isinstance(e.message, DeviceChanged)]


def test_the_bar_is_seen_and_covers_no_call(quiet, boxes, tmp_path: Path):
    with browser(NOT_FREE) as chromium:
        page = listening(chromium, boxes[0].url)
        page.get_by_role("button", name="静音：点击启用声音").wait_for()
        calls(quiet, *[f"A{n:03d}" for n in range(1, 9)])
        page.wait_for_selector("#calls .ticket:has-text('A008')")
        for width, height in ((1920, 1080), (1080, 1920), (1280, 1024)):
            page.set_viewport_size({"width": width, "height": height})
            covered = page.evaluate(
                """() => {
                  const bar = document.querySelector(".sound-bar").getBoundingClientRect();
                  return [...document.querySelectorAll("#calls .call")]
                    .filter((c) => c.getClientRects().length && c.getBoundingClientRect().bottom > bar.top + 1)
                    .length;
                }"""
            )
            page.screenshot(path=tmp_path / f"muted-{width}.png")

            assert covered == 0
