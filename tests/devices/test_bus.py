"""One line, several devices, one owner: turns, silences, retries, and nobody slows another."""

from __future__ import annotations

import itertools
from functools import partial

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.kit.serial.bus import Bus, Silence, Written, exchange
from server.kit.serial.frames import DeviceFault
from server.kit.serial.port import open_port
from server.kit.serial.profiles import Link, load_frames
from server.kit.serial.templates import Answers, Event, Nak, Ok, encode
from server.kit.serial.testing import Clock, Garbage, OneByteAtATime, run
from tests.devices.lines import Line, One, Poller, pressed
from tests.devices.test_templates import FF68

MODBUS = load_frames("led", "modbus_rtu_text")
KANBAN = load_frames("led", "kanban4")
LINK = Link(baud=9600)


def frame(address: int, text: str = "A001") -> bytes:
    return encode(MODBUS, {"addr": address}, text).data


def modbus(address: int) -> One:
    answers = Answers(MODBUS)
    return One(lambda data: exchange(MODBUS, data, answers, address=address))


def kanban() -> One:
    return One(lambda data: exchange(KANBAN, data, Answers(KANBAN)))


def pad(address: int, every_s: float = 0.04) -> Poller:
    answers = Answers(FF68)
    make = partial(_poll, answers=answers, address=address)
    return Poller(address, answers, make, every_s)


def _poll(data, *, answers, address):
    return exchange(FF68, data, answers, address=address, poll=True)


def takes(address: int, reply: bytes | None = None):
    """A Modbus display at *address* that takes whatever it is sent."""

    def device(data: bytes) -> bytes:
        if data[:2] != bytes([address, 0x10]):
            return b""
        return reply if reply is not None else _summed(data[:6])

    return device


def _summed(data: bytes) -> bytes:
    from server.kit.serial.frames import crc16

    return data + crc16(data, initial=0xFFFF).to_bytes(2, "little")


def key_pad(address: int, keys: list[int] | None = None):
    """A pad that answers each poll, with the next of *keys* or none."""
    left = keys if keys is not None else []

    def device(data: bytes) -> bytes:
        if data[:2] != b"\xff\x68" or data[5] != address:
            return b""
        return pressed(address, left.pop(0) if left else 0)

    return device


def line(*members, echo=False):
    clock = Clock()
    port = Line(clock)
    port.echo = echo
    bus = Bus(members, LINK)
    bus.opened(clock.now)
    return bus, port, clock


def go(bus, port, clock, seconds):
    """Let *seconds* pass; what arrives wakes the bus within 2 ms, as the system's wait does."""
    end = clock.now + seconds
    while clock.now < end:
        wait_s = bus.turn(port, clock.now)
        data = port.read()
        if data:
            bus.received(data, clock.now)
        else:
            clock.move(min(max(wait_s, 0.0005), 0.002))


def test_a_frame_is_sent_once_and_its_answer_ends_it():
    bar = modbus(3)
    bus, port, clock = line(bar)
    port.devices.append(takes(3))
    bar.wanted = frame(3)
    go(bus, port, clock, 1)

    assert bar.outcomes == [Ok(3)]
    assert [f for _, f in port.frames] == [frame(3)]
    assert bar.standing.confirmed is not None
    assert bar.standing.fault == ""


def test_a_refusal_is_told_with_its_code_and_not_tried_again_by_the_bus():
    bar = modbus(3)
    bus, port, clock = line(bar)
    port.devices.append(takes(3, _summed(b"\x03\x90\x02")))
    bar.wanted = frame(3)
    go(bus, port, clock, 0.2)

    assert bar.outcomes[0] == Nak(2, 3)
    assert (bar.standing.fault, bar.standing.code) == ("refused", 2)
    assert len(port.frames) == 1


def test_silence_is_told_after_all_retries_and_the_newest_truth_is_what_is_retried():
    bar = modbus(3)
    bus, port, clock = line(bar)
    bar.wanted = frame(3, "A001")
    go(bus, port, clock, 0.3)
    bar.wanted = frame(3, "A002")
    go(bus, port, clock, 1.9)

    assert [f for _, f in port.frames] == [frame(3, "A001"), frame(3, "A002"), frame(3, "A002")]
    assert bar.outcomes == [Silence()]
    assert bar.standing.fault == "silent"


def test_a_frame_whose_device_never_answers_by_nature_is_written_and_proves_nothing():
    bar = kanban()
    bus, port, clock = line(bar)
    bar.wanted = b"\x05\x03\xe7\xef"
    go(bus, port, clock, 1)

    assert bar.outcomes == [Written()]
    assert bar.standing.confirmed is None
    assert bar.standing.fault == ""


def test_there_is_silence_between_frames_and_never_two_at_a_time():
    bars = [modbus(n) for n in range(1, 6)]
    bus, port, clock = line(*bars)
    port.devices += [takes(n) for n in range(1, 6)]
    for n, bar in enumerate(bars, 1):
        bar.wanted = frame(n)
    go(bus, port, clock, 3)

    assert port.collisions == 0
    begun = [at for at, _ in port.frames]
    wire = len(frame(1)) * 10 / 9600
    assert len(begun) == 5
    assert all(b - a >= wire + 0.02 for a, b in itertools.pairwise(begun))


def test_pads_keep_their_time_while_bars_are_written():
    """No pad waits longer than its poll time and one exchange of another."""
    pads = [pad(n, 0.2) for n in (1, 2, 3)]
    bars = [modbus(n) for n in range(10, 16)]
    bus, port, clock = line(*pads, *bars)
    port.devices += [key_pad(n) for n in (1, 2, 3)] + [takes(n) for n in range(10, 16)]
    for _ in range(100):
        for n, bar in enumerate(bars, 10):
            bar.wanted = bar.wanted or frame(n)
        go(bus, port, clock, 0.1)

    one_frame = (25 + 8) * 10 / 9600 + 0.005 + 0.02
    two_polls = 2 * (20 * 10 / 9600 + 0.005 + 0.02)  # of the others that are due as well
    for one in pads:
        waits = [b - a for a, b in itertools.pairwise(one.asked_at)]
        assert max(waits) <= 0.2 + one_frame + two_polls
        assert len(one.asked_at) >= 40
    done = [len(b.outcomes) for b in bars]
    assert min(done) >= 8  # what is left of the line, shared fairly
    assert max(done) - min(done) <= 1


def test_bars_are_not_starved_on_a_line_that_polls_fill():
    pads, bar = [pad(n, 0.02) for n in (1, 2, 3)], modbus(9)
    bus, port, clock = line(*pads, bar)
    port.devices += [key_pad(1), key_pad(2), key_pad(3), takes(9)]
    bar.wanted = frame(9)
    go(bus, port, clock, 0.5)

    assert bar.outcomes == [Ok(9)]
    assert min(len(p.asked_at) for p in pads) >= 3


def test_a_key_reaches_its_pad_and_an_idle_answer_ends_the_poll():
    one = pad(3)
    bus, port, clock = line(one)
    port.devices.append(key_pad(3, [0, 1, 0]))
    go(bus, port, clock, 0.5)

    assert one.outcomes[:3] == [
        Event(3, "00", "idle"), Event(3, "01", "next"), Event(3, "00", "idle"),
    ]  # fmt: skip


def test_an_answer_of_another_address_ends_nothing():
    one = pad(3)
    bus, port, clock = line(one)
    port.devices.append(lambda data: pressed(4, 1))
    go(bus, port, clock, 0.1)

    assert one.outcomes == [Silence()]
    assert one.keys == [Event(4, "01", "next")]  # told to all: its own member knows its address


def test_a_silent_member_slows_nobody_and_is_found_again():
    dead, alive, key = modbus(3), modbus(4), pad(5, 0.1)
    bus, port, clock = line(dead, alive, key)
    port.devices += [takes(4), key_pad(5)]
    dead.wanted = frame(3)
    for _ in range(60):
        alive.wanted = frame(4)
        go(bus, port, clock, 1)

    asked_dead = [f for _, f in port.frames if f == frame(3)]
    assert len(asked_dead) < 12
    assert len(alive.outcomes) == 60
    assert len(key.asked_at) > 450

    port.devices.append(takes(3))
    go(bus, port, clock, 31)
    assert dead.outcomes[-1] == Ok(3)
    assert dead.standing.fault == ""


def test_our_own_bytes_heard_back_are_taken_out():
    echoing = msgspec.structs.replace(
        MODBUS, timing=msgspec.structs.replace(MODBUS.timing, echo=True)
    )
    answers = Answers(echoing)
    bar = One(lambda data: exchange(echoing, data, answers, address=3))
    bus, port, clock = line(bar, echo=True)
    port.devices.append(takes(3))
    bar.wanted = frame(3)
    go(bus, port, clock, 1)

    assert bar.outcomes == [Ok(3)]
    assert bus.skipped == 0


def test_an_adapter_that_echoes_without_being_told_so_does_no_harm():
    bar = modbus(3)
    bus, port, clock = line(bar, echo=True)
    port.devices.append(takes(3))
    bar.wanted = frame(3)
    go(bus, port, clock, 1)

    assert bar.outcomes == [Ok(3)]


def test_a_port_that_takes_nothing_is_given_up_and_asked_ever_more_rarely():
    bar = modbus(3)
    bus, port, clock = line(bar)
    port.write = lambda data: 0
    bar.wanted = frame(3)
    go(bus, port, clock, 20)

    assert bar.outcomes
    assert set(bar.outcomes) == {Silence()}
    assert len(bar.outcomes) <= 5


def test_one_byte_at_a_time_is_enough():
    bar = modbus(3)
    clock = Clock()
    inner = Line(clock)
    whole = bytearray()

    def device(data):
        whole.extend(data)
        return _summed(bytes(whole[:6])) if bytes(whole) == frame(3) else b""

    inner.devices.append(device)
    bus = Bus([bar], LINK)
    bus.opened(clock.now)
    bar.wanted = frame(3)
    run(bus, OneByteAtATime(inner), clock, until=lambda: bool(bar.outcomes))

    assert bar.outcomes == [Ok(3)]


def test_noise_on_the_line_is_counted_and_answers_come_through():
    bar = modbus(3)
    clock = Clock()
    inner = Line(clock)
    inner.devices.append(takes(3))
    bus = Bus([bar], LINK)
    bus.opened(clock.now)
    port = Garbage(inner, seed=5, share=0.4)
    for _ in range(20):
        bar.wanted = frame(3)
        run(bus, port, clock, until=lambda: bar.wanted is None)

    assert bar.outcomes.count(Ok(3)) == 20
    assert bus.skipped > 0


def test_everybody_begins_anew_when_the_port_is_back():
    bar = modbus(3)
    bus, port, clock = line(bar)
    bar.wanted = frame(3)
    bus.turn(port, clock.now)
    bus.lost(DeviceFault("no_port"), clock.now)
    clock.move(3)
    port.devices.append(takes(3))
    bus.opened(clock.now)
    go(bus, port, clock, 1)

    assert (bar.openings, bar.losses) == (2, 1)
    assert bar.outcomes == [Ok(3)]


def test_a_line_that_never_falls_silent_is_spoken_on_all_the_same():
    """An RS-485 pair without its resistors makes bytes of nothing, all the time."""
    bars = [modbus(3), modbus(4)]
    bus, port, clock = line(*bars)
    port.devices += [takes(3), takes(4)]
    quiet = port.read
    port.read = lambda: quiet() + b"\xf7"
    for n in (3, 4):
        bars[n - 3].wanted = frame(n)
    for _ in range(4000):
        bus.turn(port, clock.now)
        bus.received(port.read(), clock.now)
        clock.move(0.001)

    assert [bar.outcomes for bar in bars] == [[Ok(3)], [Ok(4)]]


@settings(max_examples=40, deadline=None)
@given(
    late_s=st.floats(0.0, 0.45),
    baud=st.sampled_from([1200, 9600, 57600]),
    wishes=st.lists(st.tuples(st.floats(0.0, 0.3), st.integers(0, 3)), max_size=25),
)
def test_two_never_speak_at_once_whatever_is_wanted_when(late_s, baud, wishes):
    """Every answer within its window; frames begin on a silent line alone."""
    bars = [modbus(n) for n in range(1, 4)] + [modbus(9)]  # 9 hangs nowhere
    clock = Clock()
    port = Line(clock, baud=baud, late_s=late_s)
    port.devices += [takes(n) for n in range(1, 4)]
    bus = Bus([*bars, pad(20, 0.5)], Link(baud=baud))
    port.devices.append(lambda data: b"")
    bus.opened(clock.now)
    for wait_s, which in wishes:
        go(bus, port, clock, wait_s)
        bars[which].wanted = frame(9 if which == 3 else which + 1)
    go(bus, port, clock, 3)

    assert port.collisions == 0


def test_a_thread_that_wakes_late_reads_before_it_judges():
    """The answer has been at the port for long when a busy machine comes to look at it."""
    bar = modbus(3)
    bus, port, clock = line(bar)
    port.devices.append(takes(3))
    bar.wanted = frame(3)
    bus.turn(port, clock.now)
    clock.move(5.0)
    assert bus.turn(port, clock.now) == 0.0
    bus.received(port.read(), clock.now)
    bus.turn(port, clock.now)

    assert bar.outcomes == [Ok(3)]


def test_keys_told_unasked_reach_the_members():
    one = modbus(3)
    clock = Clock()
    port = Line(clock)
    bus = Bus([one], LINK, listens=Answers(FF68))
    bus.opened(clock.now)
    port.say(pressed(9, 2))
    go(bus, port, clock, 0.1)

    assert one.keys == [Event(9, "02", "recall")]


def test_a_member_that_is_due_and_has_nothing_to_send_spins_nobody():
    one = modbus(3)
    one.next_s = lambda now: 0.0
    bus, port, clock = line(one)

    assert bus.turn(port, clock.now) > 0


def test_a_line_whose_driver_cannot_switch_direction_is_refused_with_words(pty):
    with pytest.raises(DeviceFault) as caught:
        open_port(pty.path, LINK, rs485=True)

    assert caught.value.permanent
    assert b"RS-485" in caught.value.evidence or b"RS485" in caught.value.evidence
    open_port(pty.path, LINK).close()
