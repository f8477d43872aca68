"""The display process without network: link in, pages out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from display import qr, view
from display.app import PULSE_S, Display, keep_pulsing
from display.asked import deeds
from display.config import ConfigError, load
from display.screen import Called, Screen
from server.kit.contract.board import Board, evolve
from server.kit.contract.codec import Event
from server.kit.contract.screens import DeviceSetup, Layout
from server.kit.contract.views import Catalogue
from server.kit.link import Change, LinkStatus, Output
from tests.display.halls import NOW, Story, board, called, catalogue, serving


@dataclass
class Line:
    """A link that says what the test wants."""

    board: Board | None = None
    board_at: datetime | None = None
    clock_ahead_s: float = 0.0
    catalogue: Catalogue | None = None
    setup: DeviceSetup | None = None
    status: LinkStatus = LinkStatus.CONNECTING
    acks: list[Output] = field(default_factory=list)
    told: list[dict[str, object]] = field(default_factory=list)

    def ack(self, outputs: Sequence[Output], status: dict[str, object] | None = None) -> None:
        self.acks += outputs
        if status is not None:
            self.told.append(status)


class Box:
    """A display whose clock stands until it is moved."""

    def __init__(self, **known: Any) -> None:
        self.now = NOW
        self.sent: list[dict[str, Any]] = []
        self.announced: list[Called] = []
        self.link = Line(**known)
        self.display = Display(
            link=self.link,
            screen=Screen(),
            now=lambda: self.now,
            broadcast=self.sent.append,
            announce=self.announced.extend,
        )

    def live(self, known: Board) -> None:
        self.link.status, self.link.board, self.link.board_at = LinkStatus.LIVE, known, self.now
        self.link.catalogue = catalogue()
        self.change(fresh=True, catalogue_changed=True)

    def events(self, *events: Event, fresh: bool = False) -> None:
        for event in events:
            assert self.link.board is not None
            self.link.board = evolve(self.link.board, event)
        self.change(events=events, fresh=fresh)

    def change(
        self,
        *,
        events: tuple[Event, ...] = (),
        fresh: bool = False,
        catalogue_changed: bool = False,
    ) -> None:
        self.display.changed(
            Change(
                board=self.link.board,
                events=events,
                fresh=fresh,
                catalogue_changed=catalogue_changed,
                status=self.link.status,
            )
        )


def test_a_call_goes_to_pages_and_voice_at_once() -> None:
    box, story = Box(), Story()
    box.live(board())
    box.events(story(called("A012")))

    assert box.sent[-1]["calls"][0]["ticket"] == "A012"
    assert [c["id"] for c in box.sent[-1]["cues"]] == ["c-A012/1"]
    assert [c.ticket for c in box.announced] == ["A012"]


def test_what_came_with_a_reconnect_is_shown_and_not_announced() -> None:
    box, story = Box(), Story()
    box.live(board())
    box.events(story(called("A012")), fresh=True)

    assert box.sent[-1]["calls"][0]["ticket"] == "A012"
    assert not box.sent[-1]["cues"]
    assert box.announced == []


def test_events_that_do_not_follow_are_replaced_by_the_links_board() -> None:
    """The screen can never stay behind its own link."""
    box = Box()
    box.live(board())
    ahead = board(seq=500)
    box.link.board = ahead
    box.change(events=(Story(seq=499)(called("A012")),))

    assert box.sent[-1]["seq"] == 500
    assert box.announced == []


def test_a_painted_call_is_acknowledged_once() -> None:
    """The clerk sees 大屏已显示; two pages of one box are one output."""
    box, story = Box(), Story()
    box.live(board())
    box.events(story(called("A012")))
    assert box.link.acks == []
    box.display.painted([("c-A012", 1)])
    box.display.painted([("c-A012", 1)])

    assert [(a.call, a.times, a.output, a.at) for a in box.link.acks] == [
        ("c-A012", 1, "page", "2026-11-23T01:41:07.000Z")
    ]


def test_each_recall_is_acknowledged_anew() -> None:
    box, story = Box(), Story()
    box.live(board())
    box.events(story(called("A012")))
    box.display.painted([("c-A012", 1)])
    box.events(story(called("A012", times=2)))
    box.display.painted([("c-A012", 2)])

    assert [(a.call, a.times) for a in box.link.acks] == [("c-A012", 1), ("c-A012", 2)]


def test_a_call_that_is_not_on_the_screen_is_not_acknowledged() -> None:
    """A late or false report of a page claims nothing."""
    box, story = Box(), Story()
    box.live(board())
    box.events(story(called("A012")), story(serving("A012")))
    box.display.painted([("c-A012", 1), ("other", 1)])

    assert box.link.acks == []


def test_a_call_painted_while_the_server_was_away_is_acknowledged_later() -> None:
    """The acknowledgement waits for the link, as long as the ticket is still called."""
    box, story = Box(), Story()
    box.live(board())
    box.events(story(called("A012")))
    box.link.status = LinkStatus.LOST
    box.display.painted([("c-A012", 1)])
    assert box.link.acks == []
    box.link.status = LinkStatus.LIVE
    box.change(fresh=True)

    assert [a.call for a in box.link.acks] == ["c-A012"]


def setup(version: int, **layout: Any) -> DeviceSetup:
    return DeviceSetup(
        device="d", version=version, kind="display", name="一楼大屏", zone="2F",
        layout=Layout(**layout),
    )  # fmt: skip


def test_a_managers_setup_is_taken_on_without_a_restart() -> None:
    """The page learns it from the next view, and loads its role's page."""
    box = Box()
    box.live(board())
    box.link.setup = setup(2, role="guide", theme="light")
    box.display.changed(
        Change(
            board=box.link.board, events=(), fresh=False, catalogue_changed=False,
            setup_changed=True, status=box.link.status,
        )
    )  # fmt: skip

    assert (box.sent[-1]["role"], box.sent[-1]["theme"]) == ("guide", "light")
    assert box.sent[-1]["zone"] == "二楼大厅"


def test_local_settings_count_until_a_manager_has_chosen() -> None:
    """Version 1 is what every device gets by being enrolled."""
    local = Layout(role="counter", counter="3")
    link = Line(setup=setup(1))
    display = Display(
        link=link, screen=Screen(local), now=lambda: NOW, broadcast=lambda v: None, layout=local
    )

    assert display.screen.layout == local


def test_a_restart_is_what_it_was_told_before() -> None:
    """The setup is kept on the disk: a screen without its server keeps its role."""
    link = Line(setup=setup(5, role="leaders"))
    display = Display(link=link, screen=Screen(), now=lambda: NOW, broadcast=lambda v: None)

    assert display.screen.layout.role == "leaders"


def test_faults_of_a_screen_are_told_beside_each_other() -> None:
    """Too small to read and silent: neither hides the other, and nothing is told twice."""
    box = Box()
    box.display.complain("text_too_small", on=True)
    box.display.complain("text_too_small", on=True)
    box.display.tell(sound="muted")
    box.display.complain("other", on=True)
    box.display.complain("text_too_small", on=False)

    assert box.link.told == [
        {"faults": ["text_too_small"]},
        {"faults": ["text_too_small"], "sound": "muted"},
        {"faults": ["other", "text_too_small"], "sound": "muted"},
        {"faults": ["other"], "sound": "muted"},
    ]


def test_a_still_hall_is_heard_every_two_seconds_only() -> None:
    """A page can tell a still hall from a dead agent, and nothing is sent for the seconds' sake."""
    box = Box()
    box.live(board())
    box.sent.clear()
    box.now += timedelta(seconds=1)
    box.display.pulse()
    assert box.sent == []
    box.now += timedelta(seconds=PULSE_S - 1)
    box.display.pulse()

    assert len(box.sent) == 1


def test_a_minute_of_serving_is_sent_when_it_is_over() -> None:
    box, story = Box(), Story()
    box.live(board())
    box.events(story(called("A012")), story(serving("A012"), "2026-11-23T01:40:07.500Z"))
    box.sent.clear()
    box.now += timedelta(seconds=1)
    box.display.pulse()

    assert box.sent[-1]["calls"][0]["words"] == "办理中 1 分"


def test_a_box_with_a_wrong_clock_shows_the_servers_time() -> None:
    """Its battery is empty: it believes it is two years ago."""
    box, story = Box(), Story()
    box.now = NOW - timedelta(days=730)
    box.link.clock_ahead_s = timedelta(days=730).total_seconds()
    box.live(board())
    box.events(story(called("A012")), story(serving("A012"), "2026-11-23T01:38:00.000Z"))

    assert (box.sent[-1]["date"], box.sent[-1]["time"]) == ("11月23日", "09:41")
    assert box.sent[-1]["truth_time"] == "09:41:07"
    assert box.sent[-1]["calls"][0]["words"] == "办理中 3 分"


def test_a_restart_without_server_shows_the_last_truth_with_its_time() -> None:
    """The board from disk, marked with the time when it was true."""
    box = Box(board=board(), board_at=NOW - timedelta(minutes=4), catalogue=catalogue())
    box.change(fresh=True)

    assert box.sent[-1]["state"] == "board"
    assert box.sent[-1]["truth_time"] == "09:37:07"


def test_the_types_of_the_page_are_those_of_the_view() -> None:
    """`view.d.ts` and the Structs name the same fields in the same order."""
    text = (Path(view.__file__).parent / "static" / "view.d.ts").read_text(encoding="utf-8")
    declared = {
        name: re.findall(r"^  (\w+):", body, re.MULTILINE)
        for name, body in re.findall(
            r"export interface (\w+) \{(.*?)^\}", text, re.DOTALL | re.MULTILINE
        )
    }
    structs = {
        name: list(kind.__struct_fields__)
        for name, kind in vars(view).items()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    }

    assert declared == structs


def test_a_qr_code_is_one_small_picture() -> None:
    """Its dark modules are those of the library, run by run; tested by drawing them again."""
    import qrcode
    from qrcode.constants import ERROR_CORRECT_M

    text = "http://hall.example.cn/g/SP-02"
    svg = qr.svg(text)
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=qr.QUIET)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    drawn = [[False] * len(matrix) for _ in matrix]
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        for i in range(int(run)):
            drawn[int(y)][int(x) + i] = True

    assert drawn == matrix
    assert len(svg) < 8000


def test_settings_come_from_file_environment_and_flags(tmp_path: Path) -> None:
    """The last one wins; zones may be written with commas."""
    file = tmp_path / "display.toml"
    file.write_text('port = 9000\nrows = 8\nzones = ["1F"]\n', encoding="utf-8")
    config = load(file, {"HALL_DISPLAY_PORT": "9001", "OTHER": "x"}, {"zones": "1F, 2F"})

    assert (config.port, config.rows, config.zones) == (9001, 8, ("1F", "2F"))


@pytest.mark.parametrize(
    "flags",
    [
        {"colour": "red"},
        {"port": 70000},
        {"server_url": "hall"},
        {"rows": 1},
        {"orientation": "up"},
    ],
)
def test_a_mistyped_setting_stops_the_start(flags: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        load(None, {}, flags)


def test_one_failed_round_does_not_end_the_pulse() -> None:
    rounds = []

    def pulse() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise ValueError

    def sleep() -> None:
        if len(rounds) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep_pulsing(pulse, sleep)

    assert rounds == [0, 1, 2]


def test_a_screen_that_is_looked_for_shows_its_name_for_a_while() -> None:
    box = Box()
    box.live(board())
    assert box.display.try_out("identify", 20)
    shown = box.sent[-1]["test"]
    box.now += timedelta(seconds=20)
    box.display.pulse(force=True)

    assert (shown, box.sent[-1]["test"]) == ("identify", "")


def test_a_call_ends_the_test_picture_at_once() -> None:
    box, story = Box(), Story()
    box.live(board())
    box.display.try_out("show_test", 20)
    box.events(story(called("A012")))

    assert box.sent[-1]["test"] == ""


def test_in_an_emergency_no_test_picture_is_shown() -> None:
    box = Box()
    box.live(board(emergency="请从东门离开"))

    assert not box.display.try_out("show_test", 20)
    assert box.sent[-1]["test"] == ""


def test_a_box_does_what_is_asked_from_afar_and_says_what_it_cannot() -> None:
    box = Box()
    box.live(board())
    tried: list[str] = []

    def part(key: str, _seconds: float) -> bool:
        tried.append(key)
        return key == "led:3"

    does = deeds(box.display, part)
    answers = [does[what](key) for what, key in (("show_test", ""), ("show_test", "led:3"))]

    assert answers == [(True, ""), (True, "")]
    assert does["identify"]("led:9") == (False, "unsupported")
    assert tried == ["led:3", "led:9"]
    assert does["restart"]("") == (True, "")
