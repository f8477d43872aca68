"""The preview is the very page: its HTML, its view, without a running display."""

from __future__ import annotations

import pytest

from display.preview import Preview
from server.kit.contract.screens import ROLES, Layout, Media
from tests.display.halls import NOW, board, catalogue


def preview() -> Preview:
    return Preview(lambda name: f"/kit/static/{name}?v=1")


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_a_page_that_asks_for_its_view(role: str) -> None:
    """Without a loudspeaker, with its own files at the address that was given."""
    html = preview().html(
        Layout(role=role, counter="3"), catalogue(), board(), NOW,
        static_url="/manage/static/", view_url="/manage/view/7",
    )  # fmt: skip

    assert 'data-preview="/manage/view/7"' in html
    assert f'data-role="{role}"' in html
    assert 'src="/manage/static/board.js"' in html
    assert "sound.js" not in html
    assert "永德县政务服务中心" in html
    assert "<style" not in html
    assert "style=" not in html


def test_the_view_is_that_of_the_layout() -> None:
    view = preview().view(
        Layout(theme="light", regions=("queues",), rows=5), catalogue(), board(), NOW
    )

    assert (view["theme"], list(view["regions"]), view["rows"]) == ("light", ["queues"], 5)
    assert view["slide"] is None


def test_its_pictures_need_no_route() -> None:
    """QR codes are in the page; media are at the server's own address."""
    media = Media(uid="m", kind="picture", title="图", digest="a" * 64, mime="image/png", size=3)
    made = preview()
    view = made.view(
        Layout(regions=("promotion", "disclosures")), catalogue(media=(media,)), board(), NOW
    )
    wall = made.view(Layout(role="disclosures"), catalogue(), board(), NOW)["wall"]

    assert view["slide"]["qr"].startswith("data:image/svg+xml;base64,")
    assert view["promotion"][0]["src"] == "/media/" + "a" * 64
    assert len(wall["items"]) == len(catalogue().items)
    assert wall["items"][0]["qr"].startswith("data:")


def test_before_the_first_board_it_says_so() -> None:
    assert preview().view(Layout(), catalogue(), None, NOW)["state"] == "connecting"


def test_the_devices_zone_counts_where_the_layout_names_none() -> None:
    assert preview().view(Layout(), catalogue(), board(), NOW, zone="2F")["zone"] == "二楼大厅"
