"""The cable: a pseudo terminal that a program opens as if it were the printer's serial port.

    kiosk -> PATH -> pty slave ~ pty master -> Machine.receive, at baud rate
    kiosk <- PATH <- pty slave ~ pty master <- Machine.take_answers

* The slave stays open here as well, so that the kiosk may close and reopen it without the master
  ever failing with EIO, and it is raw: no echo, no translation.
* Wire time: n bytes take n * 10 / baud seconds (8N1).
* When the 4 KB receive buffer is full nothing more is read. That is the only flow control a
  pseudo terminal has: **the modem lines (RTS/CTS, DTR/DSR) do not exist on it and cannot be tried
  with this model.** The kernel keeps about 8 KB more between the two ends, which a real UART does
  not.
* A host whose port is set to another baud rate than the printer's is complained of: on a real
  line nothing but rubbish would arrive.

Runs on gevent's loop: one greenlet reads, one prints; nothing here blocks but the tray's fsync.
"""

import contextlib
import os
import pty
import termios
import time
import tty
from pathlib import Path

import gevent
from gevent.event import Event
from gevent.socket import wait_read

from kiosk.printing.model.faults import Faults
from kiosk.printing.model.machine import Machine

READ_SLICE_S = 0.005
"""Bytes are read in slices of about this much wire time."""
SETTLE_S = 0.04
_SPEEDS = {
    getattr(termios, f"B{baud}"): baud
    for baud in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
}


class Cable:
    """Joins a machine to a pty and to the passing of time."""

    def __init__(self, machine: Machine, *, link: Path, baud: int, fast: bool = False) -> None:
        self.machine = machine
        self.link = link
        self.baud = baud
        self.fast = fast
        """No wire time and no mechanical time: for tests."""
        self._arrived = Event()
        self._room = Event()
        self._pulse = Event()
        self.changes = 0
        """Counts what happened: bytes received, steps made, faults."""
        self._wrong_baud = 0
        self._greenlets: list[gevent.Greenlet[[], None]] = []
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self._set_speed()
        os.set_blocking(self._master, False)
        self.port = os.ttyname(self._slave)

    def start(self) -> None:
        """Makes `link` point to the port (replacing an older link at once) and begins to live."""
        self.link.parent.mkdir(parents=True, exist_ok=True)
        aside = self.link.with_name(f".{self.link.name}.{os.getpid()}")
        aside.symlink_to(self.port)
        aside.replace(self.link)
        self._greenlets = [gevent.spawn(self._read), gevent.spawn(self._print)]

    def stop(self) -> None:
        """The power goes and the cable is pulled: the link disappears, unless it is another's."""
        gevent.killall(self._greenlets)
        self.machine.power_off()
        with contextlib.suppress(FileNotFoundError):
            if self.link.readlink() == Path(self.port):
                self.link.unlink()
        os.close(self._master)
        os.close(self._slave)

    def control(self, faults: Faults) -> None:
        """Does to the printer what the message says, at once."""
        self.machine.control(faults)
        self._changed()

    def wait_for_change(self, seen: int, timeout_s: float) -> None:
        """Returns soon after `changes` is not `seen` any more, at the latest in `timeout_s`.

        Changes closer together than `SETTLE_S` are one.
        """
        if self.changes == seen:
            self._pulse.wait(timeout_s)
        gevent.sleep(SETTLE_S)

    def _changed(self) -> None:
        self._arrived.set()
        self._tell()

    def _read(self) -> None:
        """Takes bytes off the wire for ever, as fast as the baud rate and the buffer allow."""
        slice_ = max(1, int(self.baud / 10 * READ_SLICE_S))
        free_at = time.monotonic()
        while True:
            room = self.machine.free
            if room <= 0:
                self._room.clear()
                self._room.wait()
                continue
            wait_read(self._master)
            data = os.read(self._master, min(1024 if self.fast else slice_, room))
            self._check_speed(data)
            if not self.fast:
                free_at = max(free_at, time.monotonic()) + len(data) * 10 / self.baud
                gevent.sleep(max(0.0, free_at - time.monotonic()))
            self.machine.receive(data[: max(0, self.machine.free)])
            self._changed()
            gevent.sleep(0)

    def _print(self) -> None:
        """Moves the mechanism for ever."""
        while True:
            duration = self.machine.start()
            if duration is None:
                self._arrived.clear()
                self._tell()
                self._arrived.wait()
                continue
            self._room.set()
            gevent.sleep(0 if self.fast else duration)
            self.machine.finish()
            self._changed()

    def _tell(self) -> None:
        """Sends answers, lets the reader go on, wakes the pages."""
        self._send()
        self._room.set()
        self.changes += 1
        pulse, self._pulse = self._pulse, Event()
        pulse.set()

    def _send(self) -> None:
        """Puts waiting answers on the wire; what the host's side does not take stays waiting."""
        with contextlib.suppress(BlockingIOError):
            while self.machine.answers:
                sent = os.write(self._master, bytes(self.machine.answers))
                self.machine.take_answers(sent)

    def _set_speed(self) -> None:
        settings = termios.tcgetattr(self._slave)
        settings[4] = settings[5] = getattr(termios, f"B{self.baud}")
        termios.tcsetattr(self._slave, termios.TCSANOW, settings)

    def _check_speed(self, data: bytes) -> None:
        speed = _SPEEDS.get(termios.tcgetattr(self._slave)[5], 0)
        if speed not in (self.baud, self._wrong_baud):
            self.machine.complain(
                "wrong_baud", f"端口是 {speed} 波特，打印机是 {self.baud}，真机上会是乱码", data[:8]
            )
        self._wrong_baud = 0 if speed == self.baud else speed
