"""A bar on a line: its sign, again after a reconnect, a silence and `repeat_s`; what it proves."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from display.led.bars import Bar, frame_of
from display.led.panels import Sign
from server.kit.serial.answers import Nak, Ok
from server.kit.serial.bus import Bus, Silence, Written
from server.kit.serial.frames import DeviceFault
from server.kit.serial.profiles import frame_profiles, load_frames
from server.kit.serial.testing import Clock
from tests.devices.lines import Line
from tests.devices.test_bus import go, takes

PROFILES = {name: load_frames("led", name) for name in frame_profiles("led")}
MODBUS, ALPHA = PROFILES["modbus_rtu_text"], PROFILES["alpha"]
WORDS = {"number": "A012", "digits": "012", "counter": "3", "name": "3号窗口"}
CALL = Sign(state="call", words=WORDS, call=("k1", 1))
RECALL = Sign(state="call", words=WORDS, call=("k1", 2))
SERVING = Sign(state="serving", words=WORDS)
IDLE = Sign(state="idle", words={"slogan": "欢迎光临"})


def hung(profile=MODBUS, *, answers=True):
    lit = []
    bar = Bar(profile, params={"addr": 3} if profile is MODBUS else {}, lit=lit.append)
    clock = Clock()
    port = Line(clock)
    if answers:
        port.devices.append(takes(3))
    bus = Bus([bar], profile.link)
    bus.opened(clock.now)
    return bar, bus, port, clock, lit


def frames(port):
    return [data for _, data in port.frames]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_profile_has_a_frame_for_every_state(profile):
    for state in ("call", "serving", "paused", "closed", "idle", "emergency"):
        assert frame_of(profile, Sign(state=state, words=WORDS), {}).data


def test_a_call_is_shown_and_told_once_confirmed():
    bar, bus, port, clock, lit = hung()
    bar.show(CALL)
    go(bus, port, clock, 0.5)

    assert frames(port) == [frame_of(MODBUS, CALL, {"addr": 3}).data]
    assert lit == [("k1", 1)]
    assert bar.settled
    assert bar.standing.took_s > 0


def test_a_silent_bar_tells_of_nothing_and_shows_the_newest_truth_when_it_is_back():
    bar, bus, port, clock, lit = hung(answers=False)
    bar.show(CALL)
    go(bus, port, clock, 3)
    bar.show(SERVING)
    assert lit == []
    assert bar.standing.fault == "silent"
    port.devices.append(takes(3))
    go(bus, port, clock, 6)

    assert frames(port)[-1] == frame_of(MODBUS, SERVING, {"addr": 3}).data
    assert lit == []  # A012 is at the counter; nobody is told now that it was called
    assert bar.standing.fault == ""


def test_a_bar_that_lost_its_power_is_right_again_within_the_time_of_repetition():
    bar, bus, port, clock, _ = hung()
    bar.show(CALL)
    go(bus, port, clock, 1)
    sent = len(port.frames)
    go(bus, port, clock, MODBUS.timing.repeat_s + 1)

    assert frames(port)[sent:] == [frame_of(MODBUS, CALL, {"addr": 3}).data]


def test_after_a_reconnect_the_state_is_sent_at_once():
    bar, bus, port, clock, _ = hung()
    bar.show(CALL)
    go(bus, port, clock, 1)
    bus.lost(DeviceFault("no_port"), clock.now)
    assert bar.standing.fault == "no_port"
    bus.opened(clock.now)
    go(bus, port, clock, 0.5)

    assert len(frames(port)) == 2
    assert bar.standing.fault == ""


def test_a_refusal_is_a_fault_with_its_code_and_is_not_repeated_at_full_speed():
    bar, bus, port, clock, lit = hung(answers=False)
    refuse = bytes.fromhex("039002") + bytes.fromhex("2C01")
    from server.kit.serial.frames import crc16

    refuse = refuse[:3] + crc16(refuse[:3], initial=0xFFFF).to_bytes(2, "little")
    port.devices.append(takes(3, refuse))
    bar.show(CALL)
    go(bus, port, clock, 12)

    assert (bar.standing.fault, bar.standing.code) == ("refused", 2)
    assert 2 <= len(port.frames) <= 4
    assert lit == []


def test_what_is_merely_written_proves_nothing_unless_the_profile_says_so():
    bar, bus, port, clock, lit = hung(ALPHA)
    bar.show(CALL)
    go(bus, port, clock, 1)
    assert lit == []
    assert bar.standing.confirmed is None

    seen = replace(ALPHA, timing=replace(ALPHA.timing, written_counts=True))
    bar, bus, port, clock, lit = hung(seen)
    bar.show(CALL)
    go(bus, port, clock, 1)
    assert lit == [("k1", 1)]


def test_a_recall_is_sent_and_told_again():
    bar, bus, port, clock, lit = hung()
    bar.show(CALL)
    go(bus, port, clock, 0.5)
    bar.show(RECALL)
    go(bus, port, clock, 0.5)

    assert lit == [("k1", 1), ("k1", 2)]
    assert len(port.frames) == 2


def test_a_call_that_came_while_another_was_on_the_wire_is_not_taken_for_shown():
    bar, bus, port, clock, lit = hung()
    bar.show(SERVING)
    bus.turn(port, clock.now)
    bar.show(CALL)
    go(bus, port, clock, 1)

    assert len(port.frames) == 2
    assert lit == [("k1", 1)]


def test_a_test_is_shown_for_its_time_and_then_the_truth():
    bar, bus, port, clock, _lit = hung()
    bar.show(CALL)
    go(bus, port, clock, 0.5)
    bar.try_out(IDLE, 3.0)
    go(bus, port, clock, 1)
    assert frames(port)[-1] == frame_of(MODBUS, IDLE, {"addr": 3}).data
    go(bus, port, clock, 3)

    assert frames(port)[-1] == frame_of(MODBUS, CALL, {"addr": 3}).data


def test_an_emergency_goes_before_a_test():
    bar, bus, port, clock, _ = hung()
    bar.show(IDLE)
    bar.try_out(CALL, 30.0)
    go(bus, port, clock, 1)
    alarm = Sign(state="emergency", words={"text": "x"})
    bar.show(alarm)
    go(bus, port, clock, 1)

    assert frames(port)[-1] == frame_of(MODBUS, alarm, {"addr": 3}).data


def test_a_broadcast_awaits_no_answer():
    bar = Bar(MODBUS, params={"addr": 0})
    bar.show(CALL)
    bar.opened(0.0)
    due = bar.due(0.0)

    assert due is not None
    assert due.answers is None


def test_characters_that_the_bar_cannot_show_are_known():
    bar, bus, port, clock, _ = hung()
    bar.show(Sign(state="idle", words={"slogan": "镕"}))
    go(bus, port, clock, 0.5)

    assert bar.replaced == ("镕",)


@pytest.mark.parametrize("outcome", [Ok(3), Nak(1), Silence(), Written()])
def test_no_outcome_is_mistaken_for_a_newer_sign(outcome):
    bar = Bar(MODBUS, params={"addr": 3})
    bar.opened(0.0)
    bar.show(SERVING)
    due = bar.due(0.0)
    bar.show(CALL)
    bar.done(due, outcome, 0.1)

    assert not bar.settled
