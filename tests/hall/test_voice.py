"""A hall that speaks: real server, real displays, a sound card that writes down what it played when.

The card is a program `aplay` of the test's own: it takes as long as the sound lasts, and knows which
call it was by the bytes, which the same voice makes here.
"""

from __future__ import annotations

import contextlib
import signal
import time
import uuid
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from display.voice.phrases import Call, sentences
from server.kit.contract.messages import (
    DeviceAssigned,
    HallDay,
    HallEmergency,
    TicketCalled,
    TicketServing,
)
from server.kit.contract.screens import QuietHours
from server.store import devices
from tests.support.hall import RunningHall
from tests.support.ports import wait_until
from tests.support.speaking import (
    BRIEF,
    Box,
    Ear,
    box,
    call,
    publish,
    speaker,
    speaking_hall,
)

TAKE_OVER_S = 5.0


_test = ""
"""A call's identity is new in each test: a display remembers what it has spoken."""


def called(ticket: str, *, zone: str = "1F", times: int = 1, counter: str = "3") -> TicketCalled:
    return TicketCalled(
        call=f"{_test}{ticket}", ticket=ticket, queue="A", counter=counter,
        counter_name=f"{counter}号窗口", zone=zone, times=times, speak=True, waiting=0,
    )  # fmt: skip


def tickets(count: int, start: int = 1) -> list[str]:
    return [f"A{n:03d}" for n in range(start, start + count)]


def leader(boxes: Sequence[Box]) -> Box:
    """Wait until one of *boxes* speaks for the first floor."""
    return wait_until(lambda: next((b for b in boxes if "1F" in b.leads()), None), "somebody leads")  # type: ignore[return-value]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningHall, Ear, list[Box]]]:
    """A hall with two displays of the first floor, each with a card."""
    folder = tmp_path_factory.mktemp("voice")
    with (
        speaking_hall(folder) as (hall, ear),
        speaker(hall, ear, "one", "1F") as one,
        speaker(hall, ear, "two", "1F") as two,
    ):
        yield hall, ear, [one, two]


@pytest.fixture
def two(pair: tuple[RunningHall, Ear, list[Box]]) -> Iterator[tuple[RunningHall, Ear, list[Box]]]:
    """The same, quiet, and whole again afterwards."""
    global _test
    hall, ear, boxes = pair
    _test = uuid.uuid4().hex[:8]
    ear.clear(*boxes)
    leader(boxes)
    yield hall, ear, boxes
    for one in boxes:
        assert one.process is not None
        if one.process.poll() is not None:
            one.start()
        else:
            one.signal(signal.SIGCONT)
    today = hall.work(lambda w: w.hall.date)
    publish(hall, HallEmergency(on=False, text=""), HallDay(date=today, state="open"))
    ear.clear(*boxes)
    for one in boxes:
        wait_until(lambda one=one: one.health()["sound"] == "ok", "heard again", deadline_s=30)


# ---- order --------------------------------------------------------------------------------------


def test_twenty_calls_in_one_second_are_spoken_in_order_none_lost_none_twice(two):
    hall, ear, boxes = two
    wanted = tickets(20)
    for ticket in wanted:
        ear.expects(ticket)
    publish(hall, *[called(t) for t in wanted])
    wait_until(lambda: len(ear.heard(*boxes)) >= 20, "all are spoken", deadline_s=60)

    assert ear.heard(*boxes) == wanted
    assert len({name for _, _, name in ear.times(*boxes)}) == 1, "two displays spoke one zone"
    begins, ends = (ear.times(*boxes, event=e) for e in ("begin", "end"))
    for (begun, *_), (ended, *_) in zip(begins[1:], ends, strict=False):
        assert begun >= ended, "one spoke into the other"


def test_a_recall_while_waiting_is_spoken_once_under_its_new_times(two):
    hall, ear, boxes = two
    for ticket in tickets(3):
        ear.expects(ticket)
    publish(hall, *[called(t) for t in tickets(3)])
    wait_until(lambda: ear.heard(*boxes, event="begin"), "the first is spoken")
    publish(hall, called("A003", times=2))
    wait_until(lambda: len(ear.heard(*boxes)) >= 3, "all are spoken")
    time.sleep(1.5)  # in which a fourth would have begun

    assert ear.heard(*boxes) == tickets(3)


def test_a_recall_of_a_call_that_was_spoken_is_spoken_again(two):
    """The ticket that was recalled, not whatever this display played last."""
    hall, ear, boxes = two
    for ticket in tickets(2):
        ear.expects(ticket)
    publish(hall, *[called(t) for t in tickets(2)])
    wait_until(lambda: len(ear.heard(*boxes)) >= 2, "both are spoken")
    publish(hall, called("A001", times=2))
    wait_until(lambda: len(ear.heard(*boxes)) >= 3, "the recall is spoken")

    assert ear.heard(*boxes) == ["A001", "A002", "A001"]


def test_who_comes_while_waiting_is_not_called_any_more(two):
    hall, ear, boxes = two
    for ticket in tickets(4):
        ear.expects(ticket)
    publish(hall, *[called(t) for t in tickets(4)])
    wait_until(lambda: ear.heard(*boxes, event="begin"), "the first is spoken")
    publish(hall, TicketServing(ticket="A003", counter="3"))
    wait_until(lambda: "A004" in ear.heard(*boxes), "the last is spoken")

    assert ear.heard(*boxes) == ["A001", "A002", "A004"]


def test_a_call_that_cannot_sound_does_not_block_the_next(two):
    """A counter's name with no sign that can be read: the others are spoken all the same."""
    hall, ear, boxes = two
    ear.expects("A002")
    silent = msgspec.structs.replace(called("A001"), ticket="…", counter_name="——")
    publish(hall, silent, called("A002"))

    wait_until(lambda: ear.heard(*boxes) == ["A002"], "the next one is spoken")


# ---- leaders ------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_leader_lost_in_mid_sentence_is_replaced_and_the_queue_finished(two, how):
    """Power cut, and a process that hangs; the unfinished announcement begins anew."""
    hall, ear, boxes = two
    for ticket in tickets(4):
        ear.expects(ticket)
    publish(hall, *[called(t) for t in tickets(4)])
    wait_until(lambda: "A002" in ear.heard(*boxes, event="begin"), "the second is being spoken")
    first = leader(boxes)
    other = next(b for b in boxes if b is not first)
    lost_at = time.time()
    first.signal(how)
    wait_until(lambda: "A004" in ear.heard(other), "the other finishes the queue", deadline_s=20)

    assert ear.heard(other) == ["A002", "A003", "A004"]
    assert ear.times(other, event="begin")[0][0] - lost_at < TAKE_OVER_S


def test_a_stopped_leader_that_goes_on_says_nothing_old(two):
    hall, ear, boxes = two
    for ticket in tickets(3):
        ear.expects(ticket)
    publish(hall, *[called(t) for t in tickets(3)])
    wait_until(lambda: "A001" in ear.heard(*boxes, event="begin"), "the first is being spoken")
    first = leader(boxes)
    other = next(b for b in boxes if b is not first)
    first.signal(signal.SIGSTOP)
    wait_until(lambda: "A003" in ear.heard(other), "the other finishes the queue", deadline_s=20)
    ear.clear(first)
    first.signal(signal.SIGCONT)
    wait_until(lambda: first.health()["sound"] == "ok", "it is back", deadline_s=20)
    time.sleep(2)  # in which it would have spoken

    assert ear.heard(first, event="begin") == []
    assert "1F" in other.leads()


def test_a_leader_whose_card_fails_gives_the_zone_away(two):
    hall, ear, boxes = two
    for ticket in tickets(6):
        ear.expects(ticket)
    first = leader(boxes)
    other = next(b for b in boxes if b is not first)
    Path(first.extra["HALL_TEST_CARD"] + ".broken").touch()
    publish(hall, *[called(t) for t in tickets(6)])
    wait_until(lambda: "A006" in ear.heard(other), "the other speaks", deadline_s=20)

    assert ear.heard(other) == tickets(4, start=3), "two failed and were passed over"
    assert first.health()["sound"] == "failed"


# ---- what is not spoken -------------------------------------------------------------------------


def test_after_a_restart_of_the_server_nothing_old_is_spoken(tmp_path):
    with (
        speaking_hall(tmp_path) as (hall, ear),
        speaker(hall, ear, "one", "1F") as one,
    ):
        leader([one])
        for ticket in tickets(5):
            ear.expects(ticket)
        publish(hall, *[called(t) for t in tickets(4)])
        wait_until(lambda: "A002" in ear.heard(one, event="begin"), "the second is being spoken")
        hall.kill()
        ear.clear(one)
        hall.start()
        leader([one])
        wait_until(lambda: one.health()["link"] == "live", "live again")
        publish(hall, called("A005"))
        wait_until(lambda: "A005" in ear.heard(one), "a new call is spoken", deadline_s=20)

        assert [t for t in ear.heard(one, event="begin") if t != "A002"] == ["A005"]


def test_in_quiet_hours_of_volume_zero_calls_are_shown_only_and_an_emergency_is_spoken(tmp_path):
    always = QuietHours(from_at="00:00", to_at="23:59", volume=0)
    late = QuietHours(from_at="23:59", to_at="00:00", volume=0)
    rules = msgspec.structs.replace(BRIEF, quiet=(always, late))
    with (
        speaking_hall(tmp_path, rules) as (hall, ear),
        speaker(hall, ear, "one", "1F") as one,
    ):
        leader([one])
        ear.expects("A001")
        ear.expects_text("请到一号窗口")
        publish(hall, called("A001"))
        wait_until(lambda: one.health()["seq"] == hall.work(lambda w: w.hall.event_seq), "known")
        time.sleep(1.5)  # in which it would have spoken
        assert ear.heard(one, event="begin") == []

        publish(hall, HallEmergency(on=True, text="请到一号窗口"))
        wait_until(lambda: ear.heard(one) == ["请到一号窗口"], "the evacuation text is spoken")


def test_a_new_day_and_an_emergency_end_what_waits(two):
    hall, ear, boxes = two
    today = hall.work(lambda w: w.hall.date)
    for ticket in tickets(6):
        ear.expects(ticket)
    ear.expects_text("请到二号窗口")
    publish(hall, *[called(t) for t in tickets(3)])
    wait_until(lambda: ear.heard(*boxes, event="begin"), "the first is spoken")
    publish(hall, HallDay(date=today, state="open"), called("A004"))
    wait_until(lambda: "A004" in ear.heard(*boxes, event="begin"), "the new day is spoken")
    publish(hall, called("A005"), HallEmergency(on=True, text="请到二号窗口"))
    wait_until(lambda: "请到二号窗口" in ear.heard(*boxes), "the evacuation text is spoken")

    begun = ear.heard(*boxes, event="begin")
    assert "A003" not in begun
    assert "A005" not in begun


# ---- for staff ----------------------------------------------------------------------------------


def test_the_clerk_learns_that_the_call_was_spoken(two):
    hall = two[0]
    kiosk = hall.enrol("kiosk")
    clerk = hall.clerk("c01", counter="1")
    call(clerk, kiosk, "MZ-01")

    wait_until(lambda: (clerk.desk()["heard"] or {}).get("spoken"), "it was spoken")


def test_a_screen_set_to_be_silent_does_not_lead(tmp_path):
    with (
        speaking_hall(tmp_path) as (hall, ear),
        speaker(hall, ear, "one", "1F") as one,
    ):
        leader([one])
        hall.work(lambda w: _assign_silent(w, one))

        wait_until(lambda: one.leads() == [], "it leads no more")
        wait_until(lambda: one.health()["sound"] == "none", "it knows that it shall not speak")


def _assign_silent(w: Any, one: Box) -> None:
    device = next(d for d in devices.every(w) if d.name == one.name)
    layout = msgspec.structs.replace(device.layout, voice=False)
    assert devices.set_up(
        w, device, name=device.name, zone_id=None, layout=layout, was=device.version
    )
    w.publish(DeviceAssigned(device=device.uid, version=device.version + 1))


def test_real_bytes_reach_a_card_of_alsa(tmp_path):
    """The system's own aplay, onto ALSA's file plugin."""
    with speaking_hall(tmp_path) as (hall, ear):
        played = tmp_path / "played.wav"
        (tmp_path / "asound.conf").write_text(
            f'pcm.hall {{ type file slave.pcm {{ type null }} file "{played}" format "wav" }}\n'
        )
        extra = {
            "ALSA_CONFIG_PATH": str(tmp_path / "asound.conf"),
            "HALL_DISPLAY_VOICE_DEVICE": "hall",
            "HALL_DISPLAY_VOICE_OUTPUT": "alsa",
            "HALL_DISPLAY_VOICE_PACKS": str(tmp_path / "packs"),
        }
        with box(hall, tmp_path, "one", zone="1F", extra=extra) as one:
            leader([one])
            publish(hall, called("A012"))
            (sentence,) = sentences(Call(number="A012", counter="3号窗口"), BRIEF)
            wanted = ear.voice.say(sentence.text, pack="test", gain=0.8).seconds

            def frames() -> int:
                with (
                    contextlib.suppress(OSError, EOFError, wave.Error),
                    wave.open(str(played)) as f,
                ):
                    return f.getnframes()
                return 0

            wait_until(lambda: frames() >= wanted * 22050 * 0.99, "the card has it whole")
