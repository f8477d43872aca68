"""One stuck port stalls nothing else; and how soon a slip's first byte is on the wire.

A process of its own holds printers on pseudo terminals: one whose line accepts nothing, one whose
line floods with garbage, one that is well and is asked for its status without end, all by the
product's own worker and dialogue; it serves a page and beats. The devices at the other ends live in
this process. Each side is measured without and with the bad lines, interleaved.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import threading
import time
import tty
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from processes import Failed, free_port, python, running
from report import Result, tidy

QUERY_WIRE_S = 4 * 10 / 9600
"""Three bytes of a question and one of its answer, 8N1 at 9600."""
PAGE_HZ = 50
FLOOD_BYTES_S = 11520
"""What a line of 115200 can carry at most."""
SLIPS = 150


@dataclass
class Line:
    """A pseudo terminal whose other end this process holds."""

    path: Path
    master: int = -1
    slave: int = -1
    first_byte: float = 0.0
    """Moment of the newest slip's first byte."""
    answers: bool = False
    heard: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        os.set_blocking(self.slave, False)
        self.path.symlink_to(os.ttyname(self.slave))

    def fill(self) -> None:
        """Let it accept nothing: nobody reads, and its buffers are full."""
        with contextlib.suppress(BlockingIOError):
            while os.write(self.slave, b"\0" * 4096):
                pass

    def close(self) -> None:
        os.close(self.master)
        os.close(self.slave)


def flood(line: Line, stop: threading.Event) -> None:
    """Say garbage as fast as a line of 115200 carries it."""
    noise = random.Random(5)
    while not stop.wait(0.01):
        with contextlib.suppress(BlockingIOError):
            os.write(line.master, noise.randbytes(FLOOD_BYTES_S // 100))


def answer(line: Line, stop: threading.Event) -> None:
    """Be a printer that is well, at the pace of 9600; note when a slip's first byte comes."""
    while not stop.is_set():
        if not select.select([line.master], [], [], 0.1)[0]:
            continue
        try:
            data = os.read(line.master, 4096)
        except OSError:
            continue
        came = time.monotonic()
        line.heard += data
        while line.heard:
            if line.heard[:1] == b"\x10" and len(line.heard) < 3:
                break
            if line.heard[:2] == b"\x10\x04":
                del line.heard[:3]
                time.sleep(QUERY_WIRE_S)
                os.write(line.master, b"\x12")
                continue
            if line.heard[:2] == b"\x1b\x40":
                line.first_byte = came
            if b"\x1d\x72\x01" in line.heard:
                os.write(line.master, b"\x00")
            line.heard.clear()


@contextlib.contextmanager
def lines(folder: Path) -> Iterator[dict[str, Line]]:
    """Hold the three lines and play their devices."""
    found = {name: Line(folder / name) for name in ("stuck", "flooding", "well")}
    found["stuck"].fill()
    stop = threading.Event()
    players = [
        threading.Thread(target=flood, args=(found["flooding"], stop)),
        threading.Thread(target=answer, args=(found["well"], stop)),
    ]
    for player in players:
        player.start()
    try:
        yield found
    finally:
        stop.set()
        for player in players:
            player.join()
        for line in found.values():
            line.close()


def p99(values: list[float]) -> float:
    """Return the value that 99 of 100 do not exceed."""
    return sorted(values)[(len(values) - 1) * 99 // 100]


def _get(port: int, path: str, timeout_s: float = 30.0) -> bytes:
    url = f"http://127.0.0.1:{port}{path}"
    with urllib.request.urlopen(url, timeout=timeout_s) as got:
        return bytes(got.read())


def _pages(port: int, seconds: float) -> list[float]:
    """Fetch the page at an even pace; milliseconds of each."""
    took: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        _get(port, "/")
        took.append((time.monotonic() - began) * 1000)
        time.sleep(max(0.0, 1 / PAGE_HZ - (time.monotonic() - began)))
    return took


def stuck_port(rounds: int, seconds: float) -> Result:
    """The worst of page, beat and the other port beside two bad lines, p99 in milliseconds."""
    found: dict[str, dict[str, list[float]]] = {}
    with TemporaryDirectory(prefix="hall-ports-") as name, lines(Path(name)):
        for _ in range(rounds):
            for side, bad in (("alone", ""), ("beside", "stuck,flooding")):
                port = free_port()
                argv = python("ports_process.py", str(port), name, bad)
                with running(side, argv, port=port):
                    time.sleep(0.5)
                    _get(port, "/start")
                    pages = _pages(port, seconds)
                    told = json.loads(_get(port, "/told"))
                for what, values in (("page", pages), *told["ms"].items()):
                    if not values:
                        raise Failed(f"{what} was not measured {side}")
                    found.setdefault(side, {}).setdefault(what, []).append(p99(values))
                if bad and told["faults"]["stuck"] == []:
                    raise Failed("the stuck line was not seen as stuck")
    worst = {w: max(v) for w, v in found["beside"].items()}
    return Result(
        bench="port_stuck",
        value=max(worst.values()),
        unit="ms p99, the worst of page, beat and another port",
        goal="<= 50",
        more={
            "p99_ms": {w: tidy(v) for w, v in worst.items()},
            "p99_ms_without_bad_lines": {w: tidy(max(v)) for w, v in found["alone"].items()},
            "flood_bytes_per_s": FLOOD_BYTES_S,
        },
    )


def first_byte() -> Result:
    """From the server's answer in the kiosk to the slip's first byte on the line, p99.

    The first slip after the port was opened is told apart: before it late answers of an earlier
    process are let go by, for 0.3 s.
    """
    took: list[float] = []
    with TemporaryDirectory(prefix="hall-ports-") as name, lines(Path(name)) as held:
        port = free_port()
        argv = python("ports_process.py", str(port), name, "")
        with running("kiosk", argv, port=port):
            time.sleep(1.0)
            for _ in range(SLIPS):
                told = json.loads(_get(port, "/take"))
                if told["state"] != "printed":
                    raise Failed(f"a slip was not printed: {told}")
                took.append((held["well"].first_byte - told["answered"]) * 1000)
                time.sleep(0.05)
    first = took.pop(0)
    if min(took) <= 0:
        raise Failed("a first byte before its answer")
    return Result(
        bench="port_first_byte",
        value=p99(took),
        unit="ms p99 from the server's answer to the first byte on the line",
        goal="<= 30",
        more={
            "p50_ms": tidy(sorted(took)[len(took) // 2]),
            "worst_ms": tidy(max(took)),
            "first_slip_ms": tidy(first),
            "slips": len(took),
            "status_round_on_the_wire_ms": tidy(4 * QUERY_WIRE_S * 1000),
        },
    )
