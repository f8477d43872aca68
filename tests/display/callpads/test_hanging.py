"""Pads and raters of a box before a server that answers, refuses, or is away; real ports, fake server."""

from __future__ import annotations

import contextlib
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import gevent
import pytest

from display.callpads.hanging import EVALUATE_S, CallPads
from display.callpads.member import KeyDevice, Press
from display.callpads.model import Ff68Line
from display.callpads.presses import OLD_S, Presses
from display.callpads.shown import Face
from display.hung import hung_lines
from server.kit.http import Unreachable
from server.kit.link import LinkStatus, Refused
from server.kit.serial.bus import Bus
from server.kit.serial.keys import DOWN, UP, key_event
from server.kit.serial.profiles import load_frames
from server.kit.serial.worker import PortWorker, open_port
from tests.devices.ptys import Pty, wait_for
from tests.display.callpads.test_shown import board, catalogue


class Server:
    """Answers presses as it is told and remembers them."""

    def __init__(self):
        self.status = LinkStatus.LIVE
        self.asked = []
        self.answer = {"state": "called", "number": "A012"}

    def call(self, path, body, *, key, timeout_s=2.0, tries=2):
        self.asked.append((path, dict(body), key))
        gevent.sleep(0.01)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def now():
    return datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


class Rig:
    def __init__(self):
        self.server, self.answered, self.clock = Server(), [], [100.0]
        self.presses = Presses(
            link=self.server, now=now, clock=lambda: self.clock[0],
            answered=lambda counter, face: self.answered.append((counter, face)),
        )  # fmt: skip
        self.presses.start()

    def put(self, key="next", counter="3", at=100.0):
        # As a port does: from a thread that knows no hub.
        thread = threading.Thread(target=self.presses.put, args=(Press(counter, key, at),))
        thread.start()
        thread.join()
        gevent.sleep(0.03)


@pytest.fixture
def rig():
    found = Rig()
    yield found
    found.presses.stop()


def test_a_press_is_sent_once_with_its_moment_and_the_number_is_shown(rig):
    rig.put(at=99.5)
    [(path, body, key)] = rig.server.asked
    assert path == "/api/v1/pads/presses"
    assert body == {"counter": "3", "key": "next", "pressed_at": "2026-11-25T00:59:59.500Z"}
    assert len(key) == 36
    assert [(c, f.state, f.words["number"]) for c, f in rig.answered] == [("3", "call", "A012")]


def test_a_refusal_is_shown_by_its_short_words(rig):
    rig.server.answer = Refused("nobody_waiting")
    rig.put()
    [(_, face)] = rig.answered
    assert (face.state, face.words) == ("refused", {"code": "01", "text": "无人等候"})


def test_without_the_server_nothing_is_sent_and_nothing_kept(rig):
    rig.server.status = LinkStatus.LOST
    rig.put()
    rig.server.status = LinkStatus.LIVE
    gevent.sleep(0.05)
    assert rig.server.asked == []
    assert [f.words["text"] for _, f in rig.answered] == ["断线"]


def test_a_server_that_does_not_answer_is_told_as_a_broken_line(rig):
    rig.server.answer = Unreachable("no answer")
    rig.put()
    rig.server.answer = {"state": "called", "number": "A013"}
    gevent.sleep(0.05)
    assert len(rig.server.asked) == 1
    assert [f.state for _, f in rig.answered] == ["away"]


def test_a_press_that_waited_too_long_is_dropped(rig):
    rig.put(at=100.0 - OLD_S - 0.1)
    assert rig.server.asked == []


def test_fast_keys_of_one_counter_are_sent_one_after_the_other(rig):
    for key in ("finish", "next", "recall", "pause"):
        rig.presses.put(Press("3", key, 100.0))
    gevent.sleep(0.2)
    assert [body["key"] for _, body, _ in rig.server.asked] == ["finish", "next", "recall"]


SITE = """
[[port]]
name = "小键盘"
address = "input:{folder}/event0"
[[port.device]]
role = "pad"
profile = "hid_keypad"
counter = "3"

[[port]]
name = "评价器"
address = "{folder}/rater"
[[port.device]]
role = "rater"
profile = "template_serial"
counter = "3"
"""


def hang(folder: Path, server: Server, clock) -> tuple[CallPads, list]:
    (folder / "site.toml").write_text(SITE.format(folder=folder), "utf-8")
    pads, members = CallPads(link=server, now=now, clock=clock), []
    for line in hung_lines(str(folder / "site.toml")):
        if line.is_input:
            pads.keyboard(line)
        else:
            members += [pads.member(hung, lambda: None) for hung in line.devices]
    return pads, members


def test_a_usb_keypad_calls_and_is_told_of_when_it_is_pulled_out(tmp_path):
    import time

    server = Server()
    pads, _ = hang(tmp_path, server, time.monotonic)
    os.mkfifo(tmp_path / "event0")
    end = os.open(tmp_path / "event0", os.O_RDWR)
    pads.refresh(board(), catalogue(), live=True)
    pads.start()
    try:
        wait_for(lambda: pads.parts()[0].faults == ())
        os.write(end, key_event(96, DOWN) + key_event(96, 2) + key_event(96, UP))
        wait_for(lambda: len(server.asked) == 1)
        (tmp_path / "event0").unlink()
        os.close(end)
        wait_for(lambda: pads.parts()[0].faults != ())
    finally:
        pads.stop()

    assert server.asked[0][1]["key"] == "next"
    [part] = pads.parts()
    assert (part.key, part.role, part.counter, part.faults[0].code) == (
        *("pad:3", "pad", "3"),
        "no_port",
    )


def test_a_rater_asks_for_a_while_after_the_service_has_ended(tmp_path):
    at = [0.0]
    pads, [rater] = hang(tmp_path, Server(), lambda: at[0])

    def state():
        return rater._face.state

    seen = []
    for board_ in (board(), board(ticket="A012"), board(ticket="A012", serving=True), board()):
        pads.refresh(board_, catalogue(), live=True)
        seen.append(state())
    at[0] += EVALUATE_S - 1
    pads.refresh(board(), catalogue(), live=True)
    seen.append(state())
    at[0] += 2
    pads.refresh(board(), catalogue(), live=True)
    seen.append(state())
    assert seen == ["idle", "call", "serving", "evaluate", "evaluate", "idle"]


def test_the_next_call_ends_the_asking(tmp_path):
    pads, [rater] = hang(tmp_path, Server(), lambda: 0.0)
    for board_ in (board(ticket="A012", serving=True), board(), board(ticket="A013")):
        pads.refresh(board_, catalogue(), live=True)
    assert rater._face.state == "call"


def test_a_pad_is_pulled_out_and_put_back_and_nothing_is_done_late(tmp_path):
    """A real port and its thread; the line and its pad are the model's."""
    pty, line, pressed = Pty(tmp_path), Ff68Line([3]), []
    profile = load_frames("pad", "ff68_21key")
    device = KeyDevice(
        profile, counter="3", params={"addr": 3}, pressed=lambda p: pressed.append(p.name)
    )
    device.show(Face(state="idle", words={"waiting": "4"}))
    worker = PortWorker(
        "pty", Bus([device], profile.link), lambda: open_port(pty.path, profile.link)
    )

    def heard(condition):
        def step():
            with contextlib.suppress(OSError):
                data = os.read(pty.master, 256)
                os.write(pty.master, line.hear(data))
            return condition()

        wait_for(step)

    worker.start()
    try:
        heard(lambda: line.pads[3].shown == "等候 4 人")
        pty.unplug()
        wait_for(lambda: device.standing.fault == "no_port")
        line.pads[3].power_cut()
        line.pads[3].press("next")
        pty.plug_in()
        heard(lambda: line.pads[3].shown == "等候 4 人")
        polls = line.pads[3].polls
        heard(lambda: line.pads[3].polls > polls + 2)
        late = list(pressed)
        line.pads[3].press("recall")
        heard(lambda: bool(pressed))
    finally:
        worker.stop()
        pty.close()

    assert (late, pressed, worker.crashes) == ([], ["recall"], 0)
