"""What a pad shows, from the board."""

from __future__ import annotations

import pytest

from display.callpads.shown import CODES, OTHER, face_of, refusal, waiting_at
from server.kit.contract.board import Board, CallLine, CounterLine, QueueLine
from server.kit.contract.reasons import REASONS
from server.kit.contract.views import Catalogue, CatalogueQueue
from server.kit.serial.profiles import frame_profiles, load_frames
from server.kit.serial.templates import cells, encode, filled


def board(*, state="open", ticket=None, serving=False, emergency=None, reason="") -> Board:
    call = CallLine(
        call="k", ticket="A012", queue="A", counter="3", counter_name="3号窗口", zone="1F", times=1,
        state="serving" if serving else "called", called_at="2026-11-25T01:00:00.000Z",
        serving_at=None,
    )  # fmt: skip
    line = CounterLine(
        code="3", name="3号窗口", zone="1F", state=state, reason=reason, until=None,
        clerk_label="023", ticket=ticket,
    )  # fmt: skip
    queues = tuple(
        QueueLine(code=c, waiting=n, issuing=True, reason="", resumes_at=None, service_s=300)
        for c, n in (("A", 4), ("B", 2), ("C", 9))
    )
    return Board(
        hall="h", seq=1, date="2026-11-25", day_state="open", digest="d", emergency=emergency,
        queues=queues, counters=(line,), calls=(call,) if ticket else (),
    )  # fmt: skip


def catalogue() -> Catalogue:
    queues = tuple(
        CatalogueQueue(code=c, name=c, prefix=c, department="D", zone="1F", counters=counters)
        for c, counters in (("A", ("3", "4")), ("B", ("3",)), ("C", ("5",)))
    )
    return Catalogue(
        hall="h", hall_name="大厅", tz="Asia/Shanghai", digest="d", zones=(), departments=(),
        queues=queues, counters=(), items=(), notices=(), no_show_rule="", public_url="",
    )  # fmt: skip


def shown(board_, *, live=True):
    return face_of(board_, catalogue(), "3", live=live)


def test_who_waits_is_counted_over_the_counters_own_queues():
    assert waiting_at(board(), catalogue(), "3") == 6


def test_the_states_of_a_counter():
    assert shown(board()).state == "idle"
    assert shown(board(state="closed")).state == "closed"
    assert shown(board(state="paused", reason="午餐")).state == "paused"
    assert shown(board(ticket="A012")).state == "call"
    assert shown(board(ticket="A012", serving=True)).words["number"] == "A012"
    assert shown(board(ticket="A012", emergency="请撤离")).state == "emergency"


def test_a_ticket_at_the_counter_goes_before_its_pause():
    """A pause means nobody next: who is served stays on the pad."""
    assert shown(board(state="paused", ticket="A012", serving=True)).state == "serving"


def test_without_the_server_it_says_so_and_nothing_else():
    assert shown(board(ticket="A012"), live=False).state == "away"
    assert shown(None).state == "away"


def test_an_unknown_counter_looks_closed():
    assert face_of(board(), catalogue(), "99", live=True).state == "closed"


def test_every_refusal_has_a_code_of_two_digits_and_few_words():
    for code, (short, words) in {**CODES, "other": OTHER}.items():
        assert code in REASONS or code == "other"
        assert short.isdigit()
        assert len(short) == 2
        assert cells(words) <= 10
    assert refusal("unreachable").state == "away"
    assert refusal("queue_closed").words["code"] == "99"


@pytest.mark.parametrize("name", [n for n in frame_profiles("pad") if n != "hid_keypad"])
@pytest.mark.parametrize("code", sorted(CODES))
def test_whatever_a_pad_shows_fits_and_nothing_is_replaced(name, code):
    profile = load_frames("pad", name)
    faces = [
        refusal(code),
        shown(board(ticket="A012")),
        shown(board()),
        shown(board(state="paused")),
    ]
    for face in faces:
        show = (
            profile.shows.get(face.state)
            or profile.shows["call" if face.state == "serving" else "idle"]
        )
        params, text, before = filled(profile, show, face.words)
        made = encode(profile, params, text, before=before)
        assert (made.replaced, made.cut) == ((), False)
