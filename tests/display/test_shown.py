"""What is in force on a screen: notices, 宣传, leaders, by date and zone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from display.screen import Screen
from display.shown import leaders, notices, promotion
from server.kit.contract.moments import moment
from server.kit.contract.screens import DutyLeader, Layout, Media, Post
from tests.display.halls import NOW, board, catalogue

AT = moment(NOW)
LATER = moment(NOW + timedelta(hours=1))
DIGEST = "a" * 64


@pytest.mark.parametrize(
    ("post", "zones", "shown"),
    [
        (Post(text="常在"), (), True),
        (Post(text="一楼", zone="1F"), ("1F",), True),
        (Post(text="一楼", zone="1F"), ("2F",), False),
        (Post(text="一楼", zone="1F"), (), True),
        (Post(text="未到", from_at=LATER), (), False),
        (Post(text="正好", from_at=AT), (), True),
        (Post(text="已过", to_at=AT), (), False),
        (Post(text="还在", to_at=LATER), (), True),
    ],
)
def test_a_notice_stands_from_to_and_in_its_zone(
    post: Post, zones: tuple[str, ...], shown: bool
) -> None:
    """From its first moment, up to its last and not in it."""
    assert bool(notices(catalogue(posts=(post,)), NOW, zones)) == shown


def test_a_server_without_posts_still_has_its_notices() -> None:
    assert notices(catalogue(notices=("老公告。",)), NOW, ()) == ("老公告。",)


def picture(**changes: object) -> Media:
    base: dict[str, object] = {
        "uid": "m", "kind": "picture", "title": "图", "digest": DIGEST, "mime": "image/png", "size": 3,
    }  # fmt: skip
    return Media(**{**base, **changes})  # type: ignore[arg-type]


def test_only_files_that_are_here_whole_are_shown() -> None:
    """A picture that has not come is no broken picture; a card without one stands at once."""
    media = (
        picture(),
        Media(uid="h", kind="honour", title="先进窗口"),
        picture(uid="l", kind="logo"),
    )
    here = catalogue(media=media)

    assert [p.kind for p in promotion(here, NOW, (), lambda d: False)] == ["honour"]
    assert [p.kind for p in promotion(here, NOW, (), lambda d: True)] == ["picture", "honour"]
    assert promotion(here, NOW, (), lambda d: True)[0].src == f"/media/{DIGEST}"


@pytest.mark.parametrize(("seconds", "stands"), [(0, 5), (12, 12), (9999, 120)])
def test_a_picture_stands_long_enough_and_not_for_ever(seconds: int, stands: int) -> None:
    here = catalogue(media=(picture(seconds=seconds),))

    assert promotion(here, NOW, (), lambda d: True)[0].seconds == stands


def test_leaders_are_those_of_today_with_their_departments() -> None:
    roster = (
        DutyLeader(date="2026-11-23", department="Q", post="副局长", place="15号窗口旁"),
        DutyLeader(date="2026-11-24", department="A", post="局长"),
    )

    found = [
        (r.department, r.post, r.place) for r in leaders(catalogue(leaders=roster), "2026-11-23")
    ]
    assert found == [("人社局", "副局长", "15号窗口旁")]


def test_a_region_with_nothing_to_show_leaves_its_place() -> None:
    """Chosen by the manager, empty today: the calls get the room."""
    every = ("queues", "disclosures", "promotion", "leaders", "notices")
    screen = Screen(Layout(regions=every))
    screen.furnish(catalogue())
    screen.reset(board())

    assert screen.view(NOW).regions == ("queues", "disclosures", "notices")


def test_words_that_point_below_go_with_what_they_point_at() -> None:
    """看下方五公开: not where no disclosures are."""
    screen = Screen(Layout(regions=("queues",)))
    screen.furnish(catalogue())
    screen.reset(board(day_state="closed", date="2026-11-22"))

    assert "下方" not in "".join(screen.view(NOW).welcome)
