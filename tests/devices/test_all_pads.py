"""Every pad and rater profile, on good lines and on every line that misbehaves.

What must hold on any line: nothing raises; one finger on a key is at most one press and never another
key; when the line is well again keys work and the newest state is shown.
"""

from __future__ import annotations

import random
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from display.callpads.member import KeyDevice, Press
from display.callpads.model import KEYS, Ff68Line, LinePort, ff68
from display.callpads.shown import AWAY, Face
from display.hung import hung_lines
from server.kit.serial.answers import Answers
from server.kit.serial.bus import Bus
from server.kit.serial.frames import DeviceFault, xor8
from server.kit.serial.keys import DOWN, EVENT, UP, InputPort, key_event, keys_in
from server.kit.serial.port import open_port
from server.kit.serial.profiles import frame_profiles, load_frames
from server.kit.serial.testing import (
    Clock,
    DevicePort,
    run,
    transcript,
)
from tests.devices.test_hostile_ports import HOSTILE

PROFILES = {
    (kind, name): load_frames(kind, name)
    for kind in ("pad", "rater")
    for name in frame_profiles(kind)
}
CALL = Face(state="call", words={"number": "A012", "digits": "012", "waiting": "3"})
SERVING = Face(state="serving", words={"number": "A012", "digits": "012", "waiting": "2"})
IDLE = Face(state="idle", words={"waiting": "2"})


def ff68_member(address=3, counter="3"):
    presses: list[Press] = []
    device = KeyDevice(
        PROFILES["pad", "ff68_21key"], counter=counter, params={"addr": address},
        pressed=presses.append,
    )  # fmt: skip
    return device, presses


def pass_time(bus, port, clock, seconds):
    end = clock.now + seconds
    run(bus, port, clock, until=lambda: clock.now >= end)


class TestTranscripts:
    """Bytes on the wire, built by hand from the layout that each profile names."""

    def test_an_ff68_pad_is_asked_and_its_key_is_told(self):
        device, presses = ff68_member()
        device.show(CALL)
        bus, clock = Bus([device], device.profile.link), Clock()
        show = bytes.fromhex("FF68 0C 0C 68 03 02") + "呼A012 等3".encode("gbk")
        show += bytes([sum(show[5:]) & 0xFF, 0x16])
        poll = bytes.fromhex("FF68 02 02 68 03 01 04 16")
        with transcript(
            (poll, bytes.fromhex("FF68 03 03 68 03 81 00 84 16")),
            (show, b""),
            (poll, bytes.fromhex("FF68 03 03 68 03 81 01 85 16")),
        ) as port:
            bus.opened(clock.now)
            run(bus, port, clock, until=lambda: bool(presses), within_s=2)

        assert [p.name for p in presses] == ["next"]
        assert device.standing.fault == ""

    def test_the_template_of_a_pad_speaks_as_it_says(self):
        profile = PROFILES["pad", "template"]
        presses = []
        device = KeyDevice(profile, counter="3", params={"addr": 3}, pressed=presses.append)
        device.show(CALL)

        def frame(*inner):
            return b"\x02" + bytes(inner) + bytes([xor8(bytes(inner)), 0x03])

        with transcript(
            (frame(3, 81, 0), frame(3, 0x30)),
            (frame(3, 83, 4, *b"A012"), b""),
            (frame(3, 81, 0), frame(3, 0x32)),
        ) as port:
            bus, clock = Bus([device], profile.link), Clock()
            bus.opened(clock.now)
            run(bus, port, clock, until=lambda: bool(presses), within_s=2)

        assert [p.name for p in presses] == ["recall"]

    def test_a_serial_rater_is_told_the_state_of_its_counter_and_tells_its_keys(self):
        profile = PROFILES["rater", "template_serial"]
        presses = []
        rater = KeyDevice(profile, counter="3", params={"addr": 2}, pressed=presses.append)
        heard = []
        port = DevicePort(lambda data: heard.append(data) or b"")
        bus, clock = Bus([rater], profile.link, listens=Answers(profile)), Clock()
        bus.opened(clock.now)
        for state in ("idle", "call", "serving", "evaluate", "paused"):
            rater.show(Face(state=state))
            pass_time(bus, port, clock, 0.5)
        port.say(b"\x02\x02\x33" + bytes([xor8(b"\x02\x33"), 0x03]))
        pass_time(bus, port, clock, 0.5)

        assert [h[2] for h in heard] == [80, 81, 82, 83, 84]
        assert [(p.counter, p.name) for p in presses] == [("3", "3")]
        assert rater.standing.confirmed is not None

    @pytest.mark.parametrize(
        ("kind", "name", "code", "meant"),
        [("pad", "hid_keypad", 96, "next"), ("pad", "hid_keypad", 78, "recall"),
         ("pad", "hid_keypad", 55, "no_show"), ("rater", "hid", 79, "1"), ("rater", "hid", 6, "5")],
    )  # fmt: skip
    def test_a_keypads_events_are_keys(self, kind, name, code, meant):
        profile = PROFILES[kind, name]
        presses = []
        device = KeyDevice(profile, counter="3", pressed=presses.append)
        port, clock = DevicePort(), Clock()
        bus = Bus([device], profile.link, listens=Answers(profile))
        bus.opened(clock.now)
        events = key_event(code, DOWN) + key_event(code, 2) * 9 + key_event(code, UP)
        noise = key_event(4, 1, type_=4) + key_event(0, 0, type_=0) + key_event(272, DOWN)
        for key in keys_in(noise + events):
            port.say(key)
        pass_time(bus, port, clock, 1.0)

        assert [p.name for p in presses] == [meant]
        assert port.written == b""


def test_what_a_pad_shows_follows_its_counter_and_comes_back_after_a_power_cut():
    device, _ = ff68_member()
    line, clock = Ff68Line([3]), Clock()
    port, bus, pad = LinePort(line), Bus([device], device.profile.link), line.pads[3]
    bus.opened(clock.now)
    shown = []
    for face in (AWAY, IDLE, CALL, SERVING):
        device.show(face)
        pass_time(bus, port, clock, 0.3)
        shown.append(pad.shown)
    pad.power_cut()
    pass_time(bus, port, clock, device.profile.timing.repeat_s + 1)

    assert shown == ["断线", "等候 2 人", "呼A012 等3", "办A012 等2"]
    assert pad.shown == "办A012 等2"


def test_the_answer_to_a_key_stands_for_a_moment_then_the_counter_is_shown_again():
    device, _ = ff68_member()
    line, clock = Ff68Line([3]), Clock()
    port, bus, pad = LinePort(line), Bus([device], device.profile.link), line.pads[3]
    bus.opened(clock.now)
    device.show(IDLE)
    pass_time(bus, port, clock, 0.5)
    device.answer(Face(state="refused", words={"text": "无人等候", "code": "01"}))
    pass_time(bus, port, clock, 0.5)
    meanwhile = pad.shown
    pass_time(bus, port, clock, 4.0)

    assert (meanwhile, pad.shown) == ("无人等候", "等候 2 人")


def test_a_line_that_says_everything_twice_presses_once():
    device, presses = ff68_member()
    line, clock = Ff68Line([3]), Clock()
    line.repeats = True
    port, bus = LinePort(line), Bus([device], device.profile.link)
    bus.opened(clock.now)
    pass_time(bus, port, clock, 1.0)
    line.pads[3].press("next")
    pass_time(bus, port, clock, 3.0)
    assert [p.name for p in presses] == ["next"]


def test_a_key_kept_down_presses_once():
    device, presses = ff68_member()
    line, clock = Ff68Line([3]), Clock()
    port, bus = LinePort(line), Bus([device], device.profile.link)
    bus.opened(clock.now)
    pass_time(bus, port, clock, 1.0)
    line.pads[3].hold("next")
    pass_time(bus, port, clock, 20.0)
    line.pads[3].hold(None)
    pass_time(bus, port, clock, 1.0)
    line.pads[3].press("next")
    pass_time(bus, port, clock, 1.0)
    assert [p.name for p in presses] == ["next", "next"]


def test_what_was_pressed_while_the_line_was_out_is_not_done_later():
    device, presses = ff68_member()
    line, clock = Ff68Line([3]), Clock()
    port, bus = LinePort(line), Bus([device], device.profile.link)
    bus.opened(clock.now)
    pass_time(bus, port, clock, 1.0)
    line.deaf = True
    line.pads[3].press("next")
    pass_time(bus, port, clock, 60.0)
    fault = device.standing.fault
    line.deaf = False
    pass_time(bus, port, clock, 60.0)
    late = list(presses)
    line.pads[3].press("recall")
    pass_time(bus, port, clock, 1.0)

    assert (fault, late, device.standing.fault) == ("silent", [], "")
    assert [p.name for p in presses] == ["recall"]


def test_a_pad_behind_a_slow_usb_adapter_is_heard():
    """It thinks for 20 ms, its answer takes 10 ms, and the adapter keeps bytes for 16 ms."""
    device, presses = ff68_member()
    line, clock, late = Ff68Line([3]), Clock(), []
    bus = Bus([device], device.profile.link)

    class Slow(LinePort):
        def answer(self, data):
            said = line.hear(data)
            if said:
                late.append((clock.now + 0.009 + 0.020 + 0.010 + 0.016, said))
            return b""

        def read(self):
            return late.pop(0)[1] if late and late[0][0] <= clock.now else b""

    port = Slow(line)
    bus.opened(clock.now)

    def pass_ms(count):
        for _ in range(count):
            bus.turn(port, clock.now)
            bus.received(port.read(), clock.now)
            clock.move(0.001)

    pass_ms(1000)
    line.pads[3].press("next")
    pass_ms(1000)

    assert [p.name for p in presses] == ["next"]
    assert device.standing.fault == ""


def test_pads_of_one_line_do_not_press_for_each_other():
    members = [ff68_member(address=a, counter=str(a)) for a in range(1, 9)]
    line, clock = Ff68Line(range(1, 9)), Clock()
    port, bus = LinePort(line), Bus([m for m, _ in members], members[0][0].profile.link)
    bus.opened(clock.now)
    pass_time(bus, port, clock, 2.0)
    line.pads[5].press("next")
    line.pads[8].press("finish")
    pass_time(bus, port, clock, 2.0)

    pressed = {m.counter: [p.name for p in presses] for m, presses in members if presses}
    assert pressed == {"5": ["next"], "8": ["finish"]}


def test_a_silent_pad_keeps_no_other_from_being_heard():
    members = [ff68_member(address=a, counter=str(a)) for a in range(1, 9)]
    line, clock = Ff68Line([1]), Clock()
    port, bus = LinePort(line), Bus([m for m, _ in members], members[0][0].profile.link)
    bus.opened(clock.now)
    pass_time(bus, port, clock, 10.0)
    before = clock.now
    line.pads[1].press("next")
    run(bus, port, clock, until=lambda: bool(members[0][1]), within_s=3)

    assert clock.now - before < 1.0
    assert [m.standing.fault for m, _ in members] == [""] + ["silent"] * 7


@pytest.mark.parametrize("hostile", HOSTILE)
def test_on_any_line_a_finger_is_at_most_one_press_and_never_another_key(hostile):
    """Ten presses on each of five lines; then the line is well, and the next key counts."""
    counted = 0
    for seed in range(5):
        device, presses = ff68_member()
        line, clock, dice = Ff68Line([3]), Clock(), random.Random(seed)
        pad, good = line.pads[3], LinePort(line)
        bad, bus = HOSTILE[hostile](good, seed, clock), Bus([device], device.profile.link)
        bus.opened(clock.now)
        pass_time(bus, bad, clock, 1.0)
        for _ in range(10):
            key, before = dice.choice(sorted(KEYS)), len(presses)
            pad.press(key)
            pass_time(bus, bad, clock, 2.0)
            new = [p.name for p in presses[before:]]
            assert new in ([], [key]), (key, new)
            if not new:
                pad.power_cut()
        counted += len(presses)
        bus.lost(DeviceFault("no_port"), clock.now)
        bus.opened(clock.now)
        device.show(SERVING)
        pass_time(bus, good, clock, 1.5)
        before = len(presses)
        pad.press("finish")
        pass_time(bus, good, clock, 1.5)
        assert [p.name for p in presses[before:]] == ["finish"]
        assert pad.shown == "办A012 等2"

    if hostile == "one byte at a time":
        assert counted == 50


@pytest.mark.parametrize(("kind", "name"), PROFILES)
@settings(max_examples=25, deadline=None)
@given(noise=st.lists(st.binary(min_size=1, max_size=40), max_size=20))
def test_no_noise_breaks_a_device(kind, name, noise):
    profile = PROFILES[kind, name]
    device = KeyDevice(profile, counter="3", pressed=lambda press: None)
    clock, port = Clock(), DevicePort()
    bus = Bus([device], profile.link, listens=Answers(profile))
    bus.opened(clock.now)
    for piece in noise:
        port.say(piece)
        pass_time(bus, port, clock, 0.2)


@pytest.mark.parametrize(("kind", "name"), PROFILES)
def test_a_port_that_takes_nothing_and_one_that_goes_and_comes_harm_nobody(kind, name):
    profile = PROFILES[kind, name]
    device = KeyDevice(profile, counter="3", pressed=lambda press: None)

    class Stuck(DevicePort):
        def write(self, data):
            return 0

    clock, bus = Clock(), Bus([device], profile.link, listens=Answers(profile))
    bus.opened(clock.now)
    pass_time(bus, Stuck(), clock, 20.0)
    stuck = device.standing.fault
    bus.lost(DeviceFault("no_port"), clock.now)
    gone = device.standing.fault
    port = DevicePort()
    bus.opened(clock.now)
    pass_time(bus, port, clock, 3.0)

    writes = profile.poll is not None or bool(profile.shows)
    assert stuck == ("silent" if writes else "")
    assert gone == "no_port"
    assert bool(port.written) == writes


class TestInputPort:
    """`input:` addresses, over a FIFO that carries the kernel's own bytes."""

    def test_it_reads_whole_events_in_whatever_pieces(self, tmp_path):
        path = tmp_path / "event0"
        import os

        os.mkfifo(path)
        end = os.open(path, os.O_RDWR)
        port = open_port(f"input:{path}", PROFILES["pad", "hid_keypad"].link)
        data = key_event(96, DOWN) + key_event(96, UP)
        heard = b""
        for byte in data:
            os.write(end, bytes([byte]))
            heard += port.read()
        quiet = port.read()
        port.close()
        os.close(end)

        assert isinstance(port, InputPort)
        assert (heard, quiet) == (b"\x4b\x60\x4b\x00", b"")

    def test_a_keypad_that_is_pulled_out_is_gone(self, tmp_path):
        import os

        path = tmp_path / "event0"
        os.mkfifo(path)
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        end = os.open(path, os.O_WRONLY)
        port = InputPort(f"input:{path}")
        os.close(end)
        os.close(reader)
        with pytest.raises(DeviceFault) as gone:
            port.read()
        port.close()
        assert (gone.value.code, gone.value.permanent) == ("no_port", False)

    def test_a_keypad_that_is_not_there_may_still_come(self, tmp_path):
        with pytest.raises(DeviceFault) as gone:
            open_port(f"input:{tmp_path}/nothing", PROFILES["pad", "hid_keypad"].link)
        assert gone.value.permanent is False

    def test_an_event_has_the_kernels_size(self):
        assert EVENT.size == 24


def test_the_example_of_a_site_is_all_right():
    site = resources.files("firmware_configs") / "sites" / "call_pads.toml"
    lines = hung_lines(str(site))
    assert [(d.key, d.profile.id) for line in lines for d in line.devices] == [
        ("pad:1", "ff68_21key"),
        ("pad:2", "ff68_21key"),
        ("pad:3", "hid_keypad"),
        ("rater:1", "template_serial"),
    ]


def test_a_second_process_on_the_line_is_refused(pty):
    link = PROFILES["pad", "ff68_21key"].link
    first = open_port(pty.path, link)
    with pytest.raises(DeviceFault):
        open_port(pty.path, link)
    first.close()


def test_the_model_answers_only_whole_frames_to_its_pads():
    line = Ff68Line([1])
    poll = ff68(1, 1)
    assert [line.hear(poll[:4]), line.hear(poll[4:])] == [b"", ff68(1, 0x81, b"\0")]
    assert line.hear(ff68(2, 1)) == b""
    assert line.hear(poll[:-2] + b"\x00\x16" + poll) == ff68(1, 0x81, b"\0")
