"""One port, one thread, one inbox: on ptys, unplugged and plugged in, patched and not."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from itertools import pairwise

import gevent
import pytest

from server.kit.serial.frames import DeviceFault
from server.kit.serial.port import VirtualPort, open_port
from server.kit.serial.profiles import Link
from server.kit.serial.worker import PortWorker, Stopped
from tests.devices.ptys import wait_for


class Echo:
    """A driver that sends back what it hears, and notes everything."""

    def __init__(self):
        self.heard = bytearray()
        self.events = []
        self.threads = set()
        self.waiting = []
        self.bug = False
        self.opens = 0

    def opened(self, now):
        self.opens += 1
        self.events.append("opened")

    def received(self, data, now):
        self.heard += data
        self._out.write(data)

    def turn(self, out, now):
        self._out = out
        self.threads.add(threading.get_ident())
        if self.bug:
            self.bug = False
            raise ZeroDivisionError
        return 5.0

    def lost(self, fault, now):
        self.events.append(fault.code)
        for reply in self.waiting:
            reply("lost")


@pytest.fixture
def echo():
    return Echo()


@pytest.fixture
def worker(pty, echo):
    running = PortWorker(pty.path, echo, lambda: open_port(pty.path, Link()))
    running.start()
    yield running
    assert running.stop()


def now(worker):
    return worker.ask(lambda reply, moment: reply(moment))


def test_a_driver_hears_and_speaks_on_a_thread_that_is_not_the_hubs(pty, worker, echo):
    now(worker)  # it is open
    pty.say(b"hello")

    assert pty.hear(5) == b"hello"
    assert echo.threads.isdisjoint({threading.get_ident()})
    assert len(echo.threads) == 1


def test_a_question_is_answered_at_once_even_while_the_driver_rests(worker):
    now(worker)
    began = time.monotonic()
    for _ in range(20):
        now(worker)

    assert time.monotonic() - began < 2.0


def test_the_hub_runs_while_a_greenlet_waits_for_an_answer(worker):
    """The answer comes when another greenlet has run: a blocked hub would never bring it."""
    replies = []
    asking = gevent.spawn(worker.ask, lambda reply, moment: replies.append(reply))
    wait_for(lambda: bool(replies))
    other = gevent.spawn(lambda: replies[0]("late"))
    other.join()

    assert asking.get(timeout=5) == "late"


def test_many_greenlets_are_each_given_their_own_answer(worker):
    def ask(n):
        return worker.ask(lambda reply, moment: reply(n))

    greenlets = [gevent.spawn(ask, n) for n in range(50)]
    gevent.joinall(greenlets, timeout=10)

    assert [g.value for g in greenlets] == list(range(50))


def test_an_unplugged_port_is_told_and_opened_again_when_it_is_back(pty, worker, echo):
    now(worker)
    pty.unplug()
    wait_for(lambda: "no_port" in echo.events)
    pty.plug_in()
    wait_for(lambda: echo.opens == 2)

    pty.say(b"again")
    assert pty.hear(5) == b"again"


def test_a_question_opens_a_port_that_is_back_without_waiting_for_the_next_attempt(pty, echo):
    pty.unplug()
    worker = PortWorker(pty.path, echo, lambda: open_port(pty.path, Link()))
    worker.start()
    wait_for(lambda: echo.events.count("no_port") >= 3)  # the pauses have grown to a second
    pty.plug_in()

    now(worker)

    assert "opened" in echo.events
    assert worker.stop()


def test_a_question_to_a_closed_port_is_answered_by_the_driver(pty, echo):
    pty.unplug()
    worker = PortWorker(pty.path, echo, lambda: open_port(pty.path, Link()))
    worker.start()

    assert now(worker) > 0
    assert "opened" not in echo.events
    assert worker.stop()


def test_a_bug_in_a_driver_is_counted_and_the_port_begins_anew(pty, worker, echo):
    now(worker)
    echo.bug = True
    worker.wake()
    wait_for(lambda: echo.opens == 2)

    assert worker.crashes == 1
    pty.say(b"fine")
    assert pty.hear(4) == b"fine"


def test_a_stopped_worker_closes_its_port_and_lets_everybody_go(pty, echo):
    worker = PortWorker(pty.path, echo, lambda: open_port(pty.path, Link()))
    worker.start()
    asking = gevent.spawn(worker.ask, lambda reply, moment: None)
    gevent.sleep(0)
    wait_for(lambda: echo.opens == 1)

    assert worker.stop()
    with pytest.raises(Stopped):
        asking.get(timeout=5)
    with pytest.raises(Stopped):
        now(worker)
    assert worker.stop()
    open_port(pty.path, Link()).close()  # it is free again


def test_a_worker_that_never_began_answers_nobody():
    left, _ = VirtualPort.pair()
    worker = PortWorker("virtual", Echo(), lambda: left)

    with pytest.raises(Stopped):
        now(worker)
    assert worker.stop()


def test_a_worker_begins_once(worker):
    with pytest.raises(RuntimeError, match="once"):
        worker.start()


def test_attempts_to_open_a_missing_port_grow_rarer():
    moments = []

    def missing():
        moments.append(time.monotonic())
        raise DeviceFault("no_port")

    worker = PortWorker("missing", Echo(), missing)
    worker.start()
    wait_for(lambda: len(moments) >= 4)
    assert worker.stop()

    pauses = [after - before for before, after in pairwise(moments)]
    assert pauses[0] < pauses[1] < pauses[2]


PATCHED = """
from gevent import monkey
monkey.patch_all()
import gevent, os, sys, threading, time, tty
from server.kit.serial.port import open_port
from server.kit.serial.profiles import Link
from server.kit.serial.worker import PortWorker

master, slave = os.openpty()
tty.setraw(slave)
heard, idents = bytearray(), set()

class Driver:
    def opened(self, now): pass
    def received(self, data, now): heard.extend(data)
    def turn(self, out, now):
        idents.add(monkey.get_original("_thread", "get_ident")())
        return 5.0
    def lost(self, fault, now): pass

worker = PortWorker("pty", Driver(), lambda: open_port(os.ttyname(slave), Link()))
worker.start()
beats = [0]
def beat():
    while True:
        beats[0] += 1
        gevent.sleep(0.005)
gevent.spawn(beat)
for n in range(10):
    assert worker.ask(lambda reply, now, n=n: reply(n)) == n
os.write(master, b"patched")
deadline = time.monotonic() + 10
while bytes(heard) != b"patched":
    assert time.monotonic() < deadline
    time.sleep(0.01)
assert beats[0] > 0
assert idents.isdisjoint({monkey.get_original("_thread", "get_ident")()})
assert worker.stop()
print("fine")
"""

FORGOTTEN = """
import os, tty
from server.kit.serial.port import open_port
from server.kit.serial.profiles import Link
from server.kit.serial.worker import PortWorker
from tests.devices.test_worker import Echo

master, slave = os.openpty()
worker = PortWorker("pty", Echo(), lambda: open_port(os.ttyname(slave), Link()))
worker.start()
print(worker.ask(lambda reply, now: reply("fine")))
"""


@pytest.mark.parametrize("program", [PATCHED, FORGOTTEN], ids=["monkey-patched", "not stopped"])
def test_a_whole_process_works_and_ends(program):
    """Patched as agents are; and one that forgets to stop its worker must not hang at exit."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stdout.split() == ["fine"], done.stderr
    assert done.returncode == 0
