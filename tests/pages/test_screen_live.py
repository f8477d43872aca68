"""A running screen: a manager changes what it is, media come and go, the truth comes back by itself."""

from __future__ import annotations

import hashlib
import struct
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from server.kit.contract.messages import CounterChanged, HallEmergency
from tests.display.boards import BoardProcess, board_process, until
from tests.display.halls import called
from tests.pages.test_board_page import OpenPage, live
from tests.support.chromium import WALL

ALL = ["queues", "disclosures", "promotion", "leaders", "notices"]


def png(width: int = 8, height: int = 5) -> bytes:
    """Return a small red picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    rows = b"".join(b"\0" + b"\xc0\x20\x20" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def process(folder: Path) -> Iterator[BoardProcess]:
    with board_process("auto", str(folder)) as made:
        yield made


@pytest.fixture
def wall(process: BoardProcess) -> BoardProcess:
    process.truth(0)
    process.layout(role="board")
    process.fresh(waiting=3)
    return process


def kept(folder: Path, body: bytes) -> str:
    digest = hashlib.sha256(body).hexdigest()
    (folder / digest).write_bytes(body)
    return digest


def picture(digest: str, uid: str = "m1") -> dict[str, object]:
    return {
        "uid": uid,
        "kind": "picture",
        "title": "大厅",
        "digest": digest,
        "mime": "image/png",
        "size": 9,
    }


def test_the_role_changes_without_a_hand(wall: BoardProcess, open_page: OpenPage) -> None:
    """Board → guide → counter → board: the page loads its role by itself, once for each."""
    page = live(open_page(WALL), wall.url)
    wall.layout(role="guide")
    expect(page.locator("body[data-role=guide] #guide")).to_be_visible(timeout=15_000)
    wall.layout(role="counter", counter="3")
    expect(page.locator("body[data-role=counter] .own__digits")).to_have_text("3", timeout=15_000)
    wall.layout(role="board", theme="light")
    page.wait_for_selector("body[data-role=board].light[data-fresh=live]", timeout=15_000)

    assert page.locator("#calls").is_visible()


def test_regions_and_theme_change_without_loading_again(
    wall: BoardProcess, open_page: OpenPage
) -> None:
    page = live(open_page(WALL), wall.url)
    page.evaluate("window.same = true")
    wall.layout(regions=["queues"], theme="light")
    page.wait_for_selector("body.light[data-regions=queues]")

    assert page.evaluate("window.same") is True
    assert not page.locator("#five").is_visible()
    assert page.locator("#queues").is_visible()


def test_a_counter_display_flashes_for_its_own_call_and_acknowledges_it(
    wall: BoardProcess, open_page: OpenPage
) -> None:
    """请 A012 到本窗口; a call of another counter leaves it still."""
    wall.layout(role="counter", counter="3")
    page = live(open_page(WALL), wall.url)
    wall.events(called("B002", "2", call="x1"))
    wall.events(called("C012", "3", queue="C", call="x2"))
    page.wait_for_selector("#own[data-state=called]")
    until(lambda: ("x2", 1, "page") in wall.acks(), "the call was not acknowledged")
    wall.events(
        CounterChanged(counter="3", state="paused", reason="午餐", until=None, clerk_label="")
    )

    assert page.locator(".own__ticket").inner_text() == "C012"
    assert page.evaluate("window.flashes.filter((f) => f.startsWith('start')).length") == 1
    assert ("x1", 1, "page") not in wall.acks()


def test_an_emergency_covers_every_role_and_gives_it_back(
    wall: BoardProcess, open_page: OpenPage
) -> None:
    wall.layout(role="leaders")
    page = live(open_page(WALL), wall.url)
    wall.events(HallEmergency(on=True, text="请从最近的出口有序撤离。"))
    expect(page.locator(".cover__emergency")).to_be_visible()
    expect(page.locator(".cover__emergency p")).to_have_text("请从最近的出口有序撤离。")
    wall.events(HallEmergency(on=False, text=""))

    expect(page.locator(".cover__emergency")).not_to_be_visible()
    assert page.locator("#roster").is_visible()


def test_a_picture_stands_in_its_region_and_dims_while_a_call_is_spoken(
    wall: BoardProcess, open_page: OpenPage, folder: Path
) -> None:
    """From the display's own disk, never over the calls."""
    digest = kept(folder, png())
    wall.fresh(catalogue={"media": [picture(digest)]})
    wall.layout(regions=ALL)
    page = live(open_page(WALL), wall.url)
    until(
        lambda: page.evaluate("document.querySelector('.promo__picture')?.naturalWidth > 0"),
        "the picture did not come",
    )
    apart = page.evaluate(
        """() => { const a = document.querySelector("#promo").getBoundingClientRect();
          const b = document.querySelector("#calls-area").getBoundingClientRect();
          return a.left >= b.right || a.top >= b.bottom; }"""
    )
    until(
        # Said anew each time: the loudspeaker takes the mark away with its next view.
        lambda: (
            page.evaluate(
                "(document.documentElement.dataset.speaking = 'c1', "
                "Number(getComputedStyle(document.querySelector('#promo')).opacity))"
            )
            < 0.5
        ),
        "it was not dimmed",
    )

    assert apart


def test_a_file_that_is_no_picture_is_passed_over(
    wall: BoardProcess, open_page: OpenPage, folder: Path
) -> None:
    """Its digest was right, its content is not a picture: never a broken sign on the wall."""
    broken, good = kept(folder, b"no picture"), kept(folder, png(9))
    wall.fresh(catalogue={"media": [picture(broken, "m1"), picture(good, "m2")]})
    wall.layout(regions=ALL)
    page = live(open_page(WALL, expected=["media"]), wall.url)
    until(
        lambda: good in (page.evaluate("document.querySelector('.promo__picture')?.src") or ""),
        "the good one did not come",
    )

    assert page.evaluate("document.querySelector('.promo__picture').naturalWidth") == 9


def test_a_film_is_given_in_ranges(wall: BoardProcess, folder: Path) -> None:
    """A browser asks for the part it plays; what the catalogue does not name is not given."""
    digest = kept(folder, bytes(1000))
    media = {
        "uid": "v",
        "kind": "video",
        "title": "片",
        "digest": digest,
        "mime": "video/mp4",
        "size": 1000,
    }
    wall.fresh(catalogue={"media": [media]})
    ask = urllib.request.Request(f"{wall.url}media/{digest}", headers={"Range": "bytes=100-199"})
    with urllib.request.urlopen(ask, timeout=10) as answer:
        status, length, kind = answer.status, len(answer.read()), answer.headers["Content-Type"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{wall.url}media/{'b' * 64}", timeout=10)

    assert (status, length, kind) == (206, 100, "video/mp4")
    assert refused.value.code == 404


def test_staff_are_told_of_a_screen_that_cannot_be_read(
    wall: BoardProcess, open_page: OpenPage
) -> None:
    """And that it is well again, when it was moved nearer."""
    live(open_page(WALL), wall.url)
    wall.layout(screen_inch=24.0, distance_m=15.0)
    until(lambda: wall.told().get("faults") == ["text_too_small"], "staff were not told")
    wall.layout(screen_inch=55.0, distance_m=8.0)
    until(lambda: wall.told().get("faults") == [], "staff were not told that it is well")


def test_bcgov_sockets_rejoin_but_do_not_refetch(open_page: OpenPage) -> None:
    """There a page that came back kept its old rows; here the first view after a reconnect is whole."""
    with board_process() as own:
        own.fresh(waiting=3)
        page = live(open_page(WALL, expected=["WebSocket", "ERR_CONNECTION"]), own.url)
        own.events(called("A012", call="old"))
        page.wait_for_selector('[data-key="old"]')
        own.stop()
        own.start()
        own.fresh(waiting=9)
        until(
            lambda: page.locator('#queues [data-key="A"] .main').inner_text() == "9 人",
            "the page kept its old rows",
            20,
        )

        assert page.locator("#calls .call").count() == 0


def test_the_wall_fetches_its_items_and_takes_a_new_catalogue(
    wall: BoardProcess, open_page: OpenPage
) -> None:
    wall.layout(role="disclosures")
    page = live(open_page(WALL), wall.url)
    expect(page.locator("#wall-sum")).to_have_text("共 6 项")
    wall.fresh(catalogue={"items": [], "digest": "d2"})

    expect(page.locator("#wall-empty")).to_be_visible(timeout=10_000)
