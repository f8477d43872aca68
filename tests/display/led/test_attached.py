"""What hangs on a box follows the board, proves its calls to the server, and staff see its faults."""

from __future__ import annotations

from datetime import timedelta

import pytest

from display.attached import AttachedDevices
from display.hung import hung_lines
from display.led.model.bars import Control, bar_of
from display.screen import Screen
from server.kit.contract.codec import Event
from server.kit.contract.messages import HallEmergency
from server.kit.link import LinkStatus
from server.kit.serial.frames import DeviceFault
from server.kit.serial.testing import Clock, DevicePort
from tests.display.halls import NOW, Story, board, called, catalogue, serving

SITE = """
[[port]]
name = "北侧"
address = "/dev/line1"
[[port.device]]
role = "led"
profile = "modbus_rtu_text"
counter = "3"
params = { addr = 3 }
[[port.device]]
role = "led"
profile = "modbus_rtu_text"
counter = "4"
params = { addr = 4 }
[[port]]
name = "门头"
address = "/dev/line2"
[[port.device]]
role = "led"
profile = "alpha"
zone = "1F"
"""


class Told:
    """A link that keeps what it was told."""

    def __init__(self):
        self.status = LinkStatus.LIVE
        self.acks = []

    def ack(self, outputs, status=None):
        self.acks += [(o.call, o.times, o.output) for o in outputs]


class Worker:
    """What a `PortWorker` does with a bus, when the test says so."""

    def __init__(self, line, bus):
        self.line, self.bus = line, bus
        self.wakes = 0
        self.running = False

    def wake(self):
        self.wakes += 1

    def start(self):
        self.running = True

    def stop(self):
        self.running = False


class Box:
    def __init__(self, path):
        path.write_text(SITE, "utf-8")
        self.clock = Clock()
        self.screen = Screen()
        self.screen.furnish(catalogue())
        self.screen.reset(board())
        self.link = Told()
        self.told = []
        self.workers = []
        self.story = Story()
        lines = hung_lines(str(path))
        self.models = {d.key: bar_of(d) for line in lines for d in line.devices}
        self.attached = AttachedDevices(
            lines, display=self, link=self.link, worker=self._worker, clock=self.clock
        )
        self.ports = [
            DevicePort(lambda data, w=w: b"".join(m.hear(data) for m in self._of(w)))
            for w in self.workers
        ]
        for worker in self.workers:
            worker.bus.opened(self.clock.now)
        self.attached.refresh()

    def _worker(self, line, bus):
        self.workers.append(Worker(line, bus))
        return self.workers[-1]

    def _of(self, worker):
        return [self.models[d.key] for d in worker.line.devices]

    # the display's face
    def now(self):
        return NOW + timedelta(seconds=self.clock.now - 1000)

    def tell(self, **status):
        self.told.append(status)

    # the hall
    def happens(self, *messages):
        events = [self.story(m) for m in messages]
        assert all(isinstance(e, Event) for e in events)
        self.screen.fold(events, self.now())
        self.attached.refresh()

    def passes(self, seconds=1.0):
        end = self.clock.now + seconds
        while self.clock.now < end:
            waits = [
                worker.bus.turn(port, self.clock.now)
                for worker, port in zip(self.workers, self.ports, strict=True)
            ]
            for worker, port in zip(self.workers, self.ports, strict=True):
                data = port.read()
                if data:
                    worker.bus.received(data, self.clock.now)
            self.clock.move(min(max(min(waits), 0.001), 0.2))
            self.attached.tick()

    def part(self, key):
        return next(p for p in self.attached.parts() if p.key == key)


@pytest.fixture
def box(tmp_path):
    return Box(tmp_path / "devices.toml")


def test_a_call_is_on_its_bar_and_the_server_hears_it_once(box):
    box.happens(called("A012", "3"))
    box.passes()

    assert box.models["led:3"].text == "请A012到3号"
    assert box.models["led:4"].text == "欢迎光临"
    assert box.models["led:zone-1F"].text == "A012  3"
    assert box.link.acks == [("c-A012", 1, "panel")]
    box.passes(130)
    assert box.link.acks == [("c-A012", 1, "panel")]


def test_a_line_is_woken_by_news_alone(box):
    before = box.workers[0].wakes
    box.attached.refresh()
    box.attached.refresh()
    assert box.workers[0].wakes == before
    box.happens(called("A012", "3"))

    assert box.workers[0].wakes == before + 1


def test_a_call_that_no_bar_confirmed_is_not_told(box):
    box.models["led:3"].control(Control(bar="", silent=True))
    box.happens(called("A012", "3"))
    box.passes(5)

    assert box.link.acks == []
    assert [f.code for f in box.part("led:3").faults] == ["silent"]
    assert box.part("led:4").faults == ()


def test_what_could_not_be_told_while_the_server_was_away_is_told_later_if_it_still_stands(box):
    box.happens(called("A012", "3"))
    box.link.status = LinkStatus.LOST
    box.passes()
    assert box.link.acks == []
    box.link.status = LinkStatus.LIVE
    box.passes()
    assert box.link.acks == [("c-A012", 1, "panel")]

    box.link.status = LinkStatus.LOST
    box.happens(called("A013", "4"))
    box.passes()
    box.happens(serving("A013", "4"))
    box.link.status = LinkStatus.LIVE
    box.passes()
    assert box.link.acks == [("c-A012", 1, "panel")]


def test_after_a_reconnect_the_bars_show_the_new_truth_and_nothing_old(box):
    box.happens(called("A012", "3"))
    box.passes()
    box.screen.reset(board(seq=500, open_counters=True))
    box.attached.refresh()
    box.passes()

    assert box.models["led:3"].text == "欢迎光临"


def test_midnight_without_a_server_voids_the_numbers(box):
    box.happens(called("A012", "3"))
    box.passes()
    box.link.status = LinkStatus.LOST
    box.clock.move(86400)
    box.passes(5)

    assert box.models["led:3"].text == "未开放"


def test_an_emergency_is_on_every_bar(box):
    box.happens(HallEmergency(on=True, text="请从东门撤离"))
    box.passes()

    assert box.models["led:3"].text == "请有序撤离"
    assert box.models["led:zone-1F"].text == "EXIT NOW"


def test_staff_are_told_of_a_fault_at_once_with_the_moment_it_began_and_of_its_end(box):
    box.happens(called("A012", "3"))
    box.passes(10)
    box.told.clear()
    box.workers[0].bus.lost(DeviceFault("no_port"), box.clock.now)
    began = box.now()
    box.attached.tick()

    parts = {p["key"]: p for p in box.told[-1]["parts"]}
    assert [f["code"] for f in parts["led:3"]["faults"]] == ["no_port"]
    since = parts["led:3"]["faults"][0]["since"]
    box.workers[0].bus.lost(DeviceFault("no_port"), box.clock.now + 5)
    box.clock.move(5)
    box.attached.tick()
    assert box.part("led:3").faults[0].since == since
    assert since == began.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    box.workers[0].bus.opened(box.clock.now)
    box.passes()
    assert box.part("led:3").faults == ()
    assert [p["faults"] for p in box.told[-1]["parts"]] == [(), (), ()]


def test_confirmations_alone_do_not_chatter(box):
    box.passes(10)
    box.told.clear()
    box.passes(600)

    assert len(box.told) <= 600 / 5


def test_a_part_says_who_it_is_when_it_last_proved_itself_and_what_it_could_not_show(box):
    box.happens(called("A012", "3"))
    box.passes()
    part = box.part("led:3")

    assert (part.role, part.name, part.counter, part.port) == (
        "led",
        "3号窗口条屏",
        "3",
        "/dev/line1",
    )
    assert (part.profile, part.verified) == ("modbus_rtu_text", "published_document")
    assert part.confirmed_at.startswith("2026-11-23T01:41:0")
    assert box.part("led:zone-1F").confirmed_at == ""  # it never answers: nobody knows


def test_a_test_from_afar_is_shown_and_the_truth_comes_back(box):
    box.happens(called("A012", "3"))
    box.passes()
    assert box.attached.try_out("led:3", 5.0, "测试文字")
    assert not box.attached.try_out("led:99", 5.0)
    box.passes(2)
    assert box.models["led:3"].text == "测试文字"
    box.passes(5)

    assert box.models["led:3"].text == "请A012到3号"


def test_a_restarted_display_shows_the_truth_again_and_calls_nobody_twice(tmp_path, box):
    box.happens(called("A012", "3"), serving("A012", "3"))
    box.passes()
    other = Box(tmp_path / "again.toml")
    other.screen.reset(box.screen.board)
    other.attached.refresh()
    other.passes()

    assert other.models["led:3"].text == "办理 A012"
    assert other.link.acks == []


def test_workers_are_started_and_stopped_together(box, monkeypatch):
    monkeypatch.setattr("display.attached.gevent.spawn", lambda *a: None)
    box.attached.start()
    assert all(w.running for w in box.workers)
    box.attached.stop()
    assert not any(w.running for w in box.workers)
