"""The screen folds events, gives cues once, and makes the whole view."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from display.screen import CUE_S, SLIDE_S, Screen
from server.kit.contract.board import CounterLine
from server.kit.contract.messages import (
    CounterChanged,
    HallDay,
    HallEmergency,
    QueueChanged,
    QueueForecast,
    TicketIssued,
    TicketLeft,
)
from server.kit.contract.screens import Layout
from tests.display.halls import DEPARTMENTS, NOW, Story, board, called, catalogue, serving


def screen(**layout: object) -> Screen:
    made = Screen(Layout(**layout))  # type: ignore[arg-type]
    made.furnish(catalogue())
    made.reset(board())
    return made


def test_a_call_gives_one_cue_and_stands_first() -> None:
    """The newest call is the first row; its cue names the call, its repetition and the counter."""
    made, story = screen(), Story()
    made.fold([story(called("B003", "2"))], NOW)
    cues = made.fold([story(called("A012", "3"))], NOW)

    assert [(c.ticket, c.times, c.counter_name) for c in cues] == [("A012", 1, "3号窗口")]
    assert [r.ticket for r in made.view(NOW).calls] == ["A012", "B003"]


def test_a_recall_is_another_cue_of_the_same_row() -> None:
    """重呼: same call, higher `times`, first row again."""
    made, story = screen(), Story()
    made.fold([story(called("A012")), story(called("B003", "2"))], NOW)
    cues = made.fold([story(called("A012", times=2))], NOW)
    view = made.view(NOW)

    assert [c.id for c in cues] == ["c-A012/2"]
    assert [(r.ticket, r.words) for r in view.calls] == [
        ("A012", "已呼叫 2 次"),
        ("B003", "请到窗口办理"),
    ]


def test_nothing_is_news_after_a_reconnect() -> None:
    """A snapshot shows its calls and gives no cue, not even of one that was fresh before."""
    made, story = screen(), Story()
    made.fold([story(called("A012"))], NOW)
    assert made.board is not None
    made.reset(made.board)
    view = made.view(NOW)

    assert view.cues == ()
    assert [r.ticket for r in view.calls] == ["A012"]


def test_a_cue_stays_in_the_view_for_some_seconds_only() -> None:
    """A lost message to the page does not lose the flash; a page that comes later does not see it."""
    made, story = screen(), Story()
    made.fold([story(called("A012"))], NOW)

    assert [c.id for c in made.view(NOW + timedelta(seconds=CUE_S - 1)).cues] == ["c-A012/1"]
    assert made.view(NOW + timedelta(seconds=CUE_S)).cues == ()


def test_events_known_already_change_nothing_and_give_no_cue() -> None:
    """The link may hand an event twice after a replay."""
    made, story = screen(), Story()
    event = story(called("A012"))
    made.fold([event], NOW)

    assert made.fold([event], NOW) == ()
    assert made.view(NOW).seq == 101


def test_a_missing_event_is_refused() -> None:
    """The caller takes the link's board instead."""
    made = screen()
    with pytest.raises(ValueError, match="does not follow"):
        made.fold([Story(seq=105)(called("A012"))], NOW)


def test_a_ticket_that_left_in_the_same_breath_gives_no_cue() -> None:
    """Called and passed over before the screen heard of it: nobody is sent to that counter."""
    made, story = screen(), Story()
    cues = made.fold(
        [
            story(called("A012")),
            story(TicketLeft(ticket="A012", queue="A", counter="3", reason="no_show", waiting=0)),
        ],
        NOW,
    )

    assert cues == ()
    assert made.view(NOW).calls == ()


def test_of_a_call_and_its_recall_only_the_last_gives_a_cue() -> None:
    """One row flashes once, however late the events come."""
    made, story = screen(), Story()
    cues = made.fold([story(called("A012")), story(called("A012", times=2))], NOW)

    assert [c.id for c in cues] == ["c-A012/2"]


def test_a_screen_of_a_zone_shows_and_announces_only_its_zone() -> None:
    """二楼: 人社局 is upstairs, 民政局 is not."""
    made, story = screen(zones=("2F",)), Story()
    cues = made.fold([story(called("A012", "3")), story(called("Q104", "15"))], NOW)
    view = made.view(NOW)

    assert [c.ticket for c in cues] == ["Q104"]
    assert [r.ticket for r in view.calls] == ["Q104"]
    assert view.zone == "二楼大厅"
    assert {q.letter for q in view.queues} == {"N", "P", "Q", "R", "S"}
    assert not made.shown("c-A012", 1)


def test_a_zone_that_does_not_exist_shows_the_whole_hall() -> None:
    """An empty screen would help nobody."""
    made, story = screen(zones=("9F",)), Story()
    made.fold([story(called("A012"))], NOW)

    assert len(made.view(NOW).calls) == 1
    assert len(made.view(NOW).queues) == 17


def test_no_row_is_ever_dropped() -> None:
    """All seventeen counters call: the view has them all, the page turns."""
    made, story = screen(), Story()
    made.fold([story(called(f"A{n:03d}", str(n))) for n in range(1, 18)], NOW)

    assert len(made.view(NOW).calls) == 17


def test_serving_is_said_with_its_minutes() -> None:
    """办理中 3 分: counted from the start, not from the call."""
    made, story = screen(), Story()
    made.fold([story(called("A012")), story(serving("A012"), "2026-11-23T01:38:00.000Z")], NOW)
    row = made.view(NOW).calls[0]

    assert (row.state, row.words) == ("serving", "办理中 3 分")
    assert not made.shown("c-A012", 1)


def test_a_queue_says_who_where_how_many_and_how_long() -> None:
    """M has two counters; the range is the server's forecast."""
    made, story = screen(), Story()
    made.fold(
        [
            story(TicketIssued(ticket="M012", queue="M", waiting=12)),
            story(QueueForecast(queue="M", low_min=35, high_min=75, rough=False)),
        ],
        NOW,
    )
    row = next(q for q in made.view(NOW).queues if q.letter == "M")

    assert (row.name, row.detail, row.counters) == ("市场监管局", "登记 许可", "11、12号窗口")
    assert (row.state, row.main, row.sub) == ("open", "12 人", "约 35–75 分")


def test_a_paused_counter_says_until_when() -> None:
    """暂停至 10:30, in hall time, with the people who wait."""
    made, story = screen(), Story()
    made.fold(
        [
            story(TicketIssued(ticket="F001", queue="F", waiting=1)),
            story(
                CounterChanged(
                    counter="6",
                    state="paused",
                    reason="学习",
                    until="2026-11-23T02:30:00.000Z",
                    clerk_label="",
                )
            ),
        ],
        NOW,
    )
    row = next(q for q in made.view(NOW).queues if q.letter == "F")

    assert (row.state, row.main, row.sub) == ("paused", "暂停至 10:30", "1 人等候")


def test_queues_without_anybody_stand_last() -> None:
    """A closed counter without people must not push a serving one to the next page."""
    made, story = screen(), Story()
    made.fold(
        [story(CounterChanged(counter="1", state="closed", reason="", until=None, clerk_label=""))],
        NOW,
    )
    letters = [q.letter for q in made.view(NOW).queues]

    assert letters[0] == "B"
    assert letters[-1] == "A"


def test_an_emergency_covers_everything_and_gives_back() -> None:
    """On: the text alone. Off: the same rows as before."""
    made, story = screen(), Story()
    made.fold([story(called("A012")), story(HallEmergency(on=True, text="请有序撤离"))], NOW)
    during = made.view(NOW)
    made.fold([story(HallEmergency(on=False, text=""))], NOW)
    after = made.view(NOW)

    assert (during.state, during.emergency) == ("emergency", "请有序撤离")
    assert (after.state, after.emergency) == ("board", "")
    assert [r.ticket for r in after.calls] == ["A012"]


def test_an_emergency_without_words_still_says_what_to_do() -> None:
    """Staff may press the button before they write."""
    made, story = screen(), Story()
    made.fold([story(HallEmergency(on=True, text=""))], NOW)

    assert "撤离" in made.view(NOW).emergency


def test_the_head_is_in_hall_time() -> None:
    """01:41:07 UTC is 09:41:07 in Yongde, a Monday."""
    view = screen().view(NOW, truth=NOW)

    assert (view.date, view.weekday, view.time, view.seconds) == (
        "11月23日",
        "星期一",
        "09:41",
        "07",
    )
    assert (view.utc_offset_s, view.truth_ms, view.truth_time) == (28800, view.now_ms, "09:41:07")


def test_an_old_truth_is_told_with_its_date() -> None:
    """The screen was cut off yesterday evening."""
    view = screen().view(NOW, status="lost", truth=NOW - timedelta(hours=16))

    assert view.truth_time == "11月22日 17:41"


@pytest.mark.parametrize(
    ("state", "hour_utc", "day", "headline"),
    [
        ("open", 1, "open", "欢迎光临"),
        ("closing", 9, "closing", "今天已停止取号"),
        ("closed", 0, "before", "今天的服务还没有开始"),
        ("closed", 10, "over", "今天的服务已结束"),
    ],
)
def test_an_empty_board_tells_people_what_to_do(
    state: str, hour_utc: int, day: str, headline: str
) -> None:
    """Nobody is called: a headline and steps for each state of the day, never a void."""
    made = screen()
    made.reset(board(day_state=state))
    view = made.view(NOW.replace(hour=hour_utc))

    assert (view.day, view.welcome[0]) == (day, headline)
    assert len(view.welcome) >= 3


@pytest.mark.parametrize(
    ("reason", "back", "day", "headline"),
    [
        (
            "hall_closed",
            "2026-11-23T00:30:00.000Z",
            "before",
            "今天的服务还没有开始，08:30 开始取号",
        ),
        ("lunch_break", "2026-11-23T06:30:00.000Z", "lunch", "现在午休，14:30 恢复取号叫号"),
        ("hall_closed", None, "over", "今天的服务已结束"),
        ("hall_closed", "2026-11-27T00:30:00.000Z", "over", "今天不对外服务"),
        ("stopped", None, "open", "欢迎光临"),
    ],
)
def test_an_open_day_outside_the_hours_says_when_it_goes_on(
    reason: str, back: str | None, day: str, headline: str
) -> None:
    """The business day may be open while the whole hall is at lunch."""
    made, story = screen(), Story()
    for letter, *_ in DEPARTMENTS:
        made.fold(
            [
                story(
                    QueueChanged(
                        queue=letter, issuing=False, reason=reason, resumes_at=back, waiting=0
                    )
                )
            ],
            NOW,
        )
    view = made.view(NOW)

    assert (view.day, view.welcome[0]) == (day, headline)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-23T10:30:00.000Z", ("今天的服务已结束", "明天 08:30 恢复取号")),
        ("2026-11-22T01:30:00.000Z", ("今天不对外服务", "11月24日 周二 08:30 开始取号")),
    ],
    ids=["in the evening", "on a Sunday"],
)
def test_a_hall_that_is_closed_says_when_it_opens_again(now: str, said: tuple[str, str]) -> None:
    made, story = screen(), Story()
    back = "2026-11-24T00:30:00.000Z"
    for letter, *_ in DEPARTMENTS:
        made.fold(
            [
                story(
                    QueueChanged(
                        queue=letter,
                        issuing=False,
                        reason="hall_closed",
                        resumes_at=back,
                        waiting=0,
                    )
                )
            ],
            NOW,
        )

    assert made.view(datetime.fromisoformat(now)).welcome[:2] == said


def test_closing_is_said_in_the_head_while_people_are_called() -> None:
    """Those who still come in must know."""
    made, story = screen(), Story()
    made.fold([story(called("A012")), story(HallDay(date="2026-11-23", state="closing"))], NOW)

    assert made.view(NOW).day_words == "今天已停止取号，正在为等候的群众办理。"


def test_a_board_of_yesterday_calls_nobody() -> None:
    """Cut off over midnight: yesterday's numbers are void, whatever the last truth was."""
    made, story = screen(), Story()
    made.fold(
        [story(called("A012")), story(TicketIssued(ticket="A013", queue="A", waiting=5))], NOW
    )
    view = made.view(NOW + timedelta(days=1), status="lost")

    assert view.calls == ()
    assert view.waiting == 0
    assert view.day == "before"


def test_a_living_server_counts_more_than_the_date_of_this_machine() -> None:
    """A box whose clock is a day ahead must not hide the calls."""
    made, story = screen(), Story()
    made.fold([story(called("A012"))], NOW)

    assert [r.ticket for r in made.view(NOW + timedelta(days=1)).calls] == ["A012"]


def test_before_any_truth_the_screen_is_connecting() -> None:
    """No board, or no catalogue yet: a quiet screen that says so."""
    bare = Screen()

    assert bare.view(NOW, status="connecting").state == "connecting"
    bare.reset(board())
    assert bare.view(NOW).state == "connecting"


def test_an_unknown_device_says_what_to_do() -> None:
    """With a board it is a bar over the last truth, without one the whole screen."""
    bare, full = Screen(), screen()

    assert bare.view(NOW, status="unknown_device").state == "unusable"
    assert full.view(NOW, status="unknown_device").state == "board"
    assert "重新登记" in full.view(NOW, status="unknown_device").problem


def test_the_disclosure_region_turns_and_shows_every_face() -> None:
    """Each face has its time; after the last comes the first."""
    made = screen()
    faces = [made.view(NOW + timedelta(seconds=SLIDE_S * n)).slide for n in range(40)]
    keys = [f.key for f in faces if f]

    assert made.view(NOW).slide == made.view(NOW + timedelta(seconds=1)).slide
    assert {f.item for f in faces if f} == {"SP-02", "MZ-01", "WS-05", "SP-01", "JY-01", "GT-01"}
    assert keys[0] in keys[1:]


def test_a_new_catalogue_changes_the_region_between_two_faces() -> None:
    """Nobody has a text changed under his eyes."""
    made = screen()
    at = NOW.replace(second=0)
    before = made.view(at).slide
    made.furnish(catalogue(items=(), digest="d2"))

    assert made.view(at + timedelta(seconds=1)).slide == before
    assert made.view(at + timedelta(seconds=SLIDE_S)).slide is None


def test_notices_turn_page_by_page() -> None:
    """Still pages, each with its place."""
    made = screen()
    seen = {made.view(NOW + timedelta(seconds=s)).notice_place for s in range(40)}

    assert seen == {"1/3", "2/3", "3/3"}


def test_the_view_holds_no_more_after_ten_thousand_events() -> None:
    """Whatever happens all day, the view and the screen's memory have the size of the hall."""
    made, story = screen(), Story()
    for n in range(2500):
        ticket = f"A{n % 1000:03d}"
        made.fold(
            [
                story(TicketIssued(ticket=ticket, queue="A", waiting=1)),
                story(called(ticket, "3", call=f"c{n}", waiting=0)),
                story(serving(ticket)),
                story(TicketLeft(ticket=ticket, queue="A", counter="3", reason="done", waiting=0)),
            ],
            NOW + timedelta(seconds=n),
        )
        made.view(NOW + timedelta(seconds=n))
    view = made.view(NOW + timedelta(seconds=2600))

    assert (view.calls, view.cues, made._cues) == ((), (), ())
    assert len(msgspec.json.encode(view)) < 8000


def test_a_county_hall_fits_into_a_few_kilobytes() -> None:
    """17 calls, 17 queues and a slide: what goes to each page on every change."""
    made, story = screen(), Story()
    made.fold([story(called(f"A{n:03d}", str(n))) for n in range(1, 18)], NOW)

    assert len(msgspec.json.encode(made.view(NOW))) < 9000


def test_counters_unknown_to_the_board_do_no_harm() -> None:
    """The catalogue may be one event ahead of the board."""
    made = screen()
    made.reset(board(counters=(_counter("1"),)))
    rows = {q.letter: q for q in made.view(NOW).queues}

    assert rows["A"].state == "open"
    assert rows["B"].state == "closed"


def _counter(code: str) -> CounterLine:
    return CounterLine(
        code=code,
        name=f"{code}号窗口",
        zone="1F",
        state="open",
        reason="",
        until=None,
        clerk_label="",
        ticket=None,
    )
