"""The benchmarks of the hall. Each returns one `Result`; run.py prints it."""

from __future__ import annotations

import contextlib
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import day
import paper
from hall import hall, memory_hall
from processes import BUILD, Failed, free_port, load, python, running
from report import Result, ratio_of_rounds, rounds, tidy

CLIENTS = "16"
DISPLAYS = "200"
SCREENS = 1000
OFFERED_PER_S = "190"
"""Tickets offered while a bystander is timed: far more than a hall's rush hour of one a second, and
what one disk of 20 ms could never commit one by one."""
ECHO_HZ = "200"
SLOW_MS = "20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How long and how often; the defaults are what docs/performance.md was made with."""

    rounds: int = 5
    seconds: float = 3.0


def issue(s: Settings) -> Result:
    """Durable tickets by HTTP against an empty POST on the same server set-up."""
    ours: list[float] = []
    empty: list[float] = []
    port = free_port()
    with hall() as h, running("empty", python("empty.py", str(port)), port=port) as reference:
        for _ in range(s.rounds):
            got = load(h.side, *h.issuing(), "--posters", CLIENTS, seconds=s.seconds)
            _all_accepted(got)
            ours.append(got["ok"] / got["seconds"])
            got = load(reference, *h.issuing(), "--posters", CLIENTS, seconds=s.seconds)
            empty.append(got["ok"] / got["seconds"])
    return Result(
        bench="issue",
        value=ratio_of_rounds(ours, empty),
        unit="of an empty POST's rate",
        goal=">= 0.35",
        aim=">= 0.5",
        more=rounds(ours, empty, ("tickets_per_s", "empty_posts_per_s")),
    )


def bystander(s: Settings) -> Result:
    """Another client's round trip while tickets are issued on a slow disk."""
    options = ("--posters", CLIENTS, "--rate", OFFERED_PER_S, "--echo", ECHO_HZ)
    ours: list[float] = []
    memory: list[float] = []
    issued: list[float] = []
    with tempfile.TemporaryDirectory(prefix="hall-bench-") as folder:
        witness = Path(folder) / "syncs"
        slow = {
            "LD_PRELOAD": str(BUILD / "slowsync.so"),
            "SLOWSYNC_MS": SLOW_MS,
            "SLOWSYNC_COUNT": str(witness),
        }
        with hall(env=slow) as h, memory_hall() as m:
            for _ in range(s.rounds):
                got = load(h.side, *h.issuing(), *h.echo(), *options, seconds=s.seconds)
                _all_accepted(got)
                ours.append(got["echoes"]["p99_ms"])
                issued.append(got["posts"]["p50_ms"])
                got = load(m, *h.issuing(), *h.echo(), *options, seconds=s.seconds)
                _all_accepted(got)
                memory.append(got["echoes"]["p99_ms"])
        syncs = witness.stat().st_size if witness.exists() else 0
    if not syncs or statistics.median(issued) < float(SLOW_MS):
        raise Failed(f"the slow disk was not in the way: {syncs} syncs, issue {issued} ms")
    return Result(
        bench="bystander",
        value=ratio_of_rounds(ours, memory),
        unit="of the p99 with the database switched off",
        goal="<= 2",
        aim="<= 1.2",
        more={
            **rounds(ours, memory, ("p99_ms", "memory_p99_ms")),
            "offered_per_s": float(OFFERED_PER_S),
            "issue_p50_ms": _median(issued),
            "delayed_syncs": syncs,
        },
    )


def call(s: Settings) -> Result:
    """From a clerk's call by HTTP to the event at 200 displays."""
    ours: list[float] = []
    memory: list[float] = []
    with hall() as h, memory_hall() as m:
        for _ in range(s.rounds):
            for side, values in ((h.side, ours), (m, memory)):
                h.fill(side)
                got = load(side, *h.calling(), "--listeners", DISPLAYS, seconds=s.seconds)
                _all_heard(got)
                values.append(got["deliveries"]["p99_ms"])
    return Result(
        bench="call",
        value=ratio_of_rounds(ours, memory),
        unit="of the p99 without the database",
        goal="<= 2.5",
        aim="<= 1.5",
        more={
            **rounds(ours, memory, ("p99_ms", "memory_p99_ms")),
            "displays": int(DISPLAYS),
        },
    )


def broadcast(s: Settings) -> Result:
    """Deliveries to 1,000 clients: our sending against stock, and a bare C program above both.

    One broadcast is under way at a time, as in a hall, where the next event comes long after the
    last one has arrived everywhere. `piled_up` is the same with four at once: stock then wakes each
    client's greenlet once for several of them, so the distance shrinks.
    """
    rates: dict[str, list[float]] = {"wire": [], "stock": [], "bare_c": []}
    piled: dict[str, list[float]] = {name: [] for name in rates}
    costs: dict[str, list[float]] = {name: [] for name in rates}
    late: dict[str, list[float]] = {name: [] for name in rates}
    clients = ("--listeners", str(SCREENS))
    with contextlib.ExitStack() as stack:
        sides = {}
        for name, argv in (
            ("wire", lambda p: python("stock.py", p, "--wire")),
            ("stock", lambda p: python("stock.py", p)),
            ("bare_c", lambda p: [str(BUILD / "broadcast"), p]),
        ):
            port = free_port()
            sides[name] = stack.enter_context(running(name, argv(str(port)), port=port))
        for _ in range(s.rounds):
            for name, side in sides.items():
                got = load(side, *clients, "--window", "1", seconds=s.seconds)["deliveries"]
                rates[name].append(got["rate"])
                late[name].append(got["p99_ms"])
            for name, side in sides.items():
                got = load(side, *clients, "--window", "4", seconds=s.seconds)
                piled[name].append(got["deliveries"]["rate"])
                costs[name].append(got["server_cpu_s"] * 1e6 / got["deliveries"]["count"])
    return Result(
        bench="broadcast",
        value=ratio_of_rounds(rates["wire"], rates["stock"]),
        unit="of stock Flask-SocketIO's deliveries/s",
        goal=">= 2.5",
        aim=">= 3.3",
        more={
            **rounds(rates["wire"], rates["stock"], ("deliveries_per_s", "stock_per_s")),
            "bare_c_per_s": _median(rates["bare_c"]),
            "of_bare_c": tidy(ratio_of_rounds(rates["wire"], rates["bare_c"])),
            "p99_ms": {k: _median(v) for k, v in late.items()},
            "piled_up": {
                "ratio": tidy(ratio_of_rounds(piled["wire"], piled["stock"])),
                "per_s": {k: _median(v) for k, v in piled.items()},
                "server_us_each": {k: _median(v) for k, v in costs.items()},
            },
            "clients": SCREENS,
        },
    )


def next_ticket(s: Settings) -> Result:
    """Calling the next ticket late on a very busy day against early on a quiet one.

    The value is the worse of two: ordinary calls, and the first call of a queue.
    """
    ordinary, first = day.next_ticket_ms(rounds=s.rounds)
    return Result(
        bench="next_ticket",
        value=max(ratio_of_rounds(*ordinary), ratio_of_rounds(*first)),
        unit="of the time with 200 tickets of the day",
        goal="<= 1.5",
        more={
            "ordinary": {
                "ratio": tidy(ratio_of_rounds(*ordinary)),
                **rounds(*ordinary, ("ms_at_20000", "ms_at_200")),
            },
            "first_of_a_queue": {
                "ratio": tidy(ratio_of_rounds(*first)),
                **rounds(*first, ("ms_at_20000", "ms_at_200")),
            },
        },
    )


def slip(s: Settings) -> Result:
    """Bytes of the sample ticket on 80 mm paper."""
    sizes = paper.bytes_by_profile()
    return Result(
        bench="slip",
        value=float(sizes[paper.SAMPLE_PROFILE]),
        unit="bytes",
        goal="<= 300",
        more={"by_profile": sizes},
    )


def slip_wire(s: Settings) -> Result:
    """Seconds of the sample ticket on a line of 9600."""
    seconds = paper.wire_s_by_profile()
    return Result(
        bench="slip_wire",
        value=seconds[paper.SAMPLE_PROFILE],
        unit="s at 9600 8N1",
        goal="<= 0.32",
        more={"by_profile": {name: tidy(value) for name, value in seconds.items()}},
    )


def port_stuck(s: Settings) -> Result:
    """Page, beat and another port beside a line that accepts nothing and one that floods."""
    import ports

    return ports.stuck_port(s.rounds, s.seconds)


def port_first_byte(s: Settings) -> Result:
    """From the server's answer to the slip's first byte on the line."""
    import ports

    return ports.first_byte()


def wait(s: Settings) -> Result:
    """Estimates of the waiting time on a simulated hall; see benchmarks/wait."""
    from wait import lines  # needs scikit-learn, which nothing else does

    return lines.against_boosting()


def wait_usual(s: Settings) -> Result:
    """The same against what is usually printed."""
    from wait import lines

    return lines.against_usual()


def wait_range(s: Settings) -> Result:
    """How the printed ranges held."""
    from wait import lines

    return lines.range_holds()


def voice_shown(s: Settings) -> Result:
    """From a clerk's key to the page, in a hall with displays, browsers and a voice."""
    import voice  # needs Chromium, which nothing else does

    return voice.shown(s.rounds)


def voice_begins(s: Settings) -> Result:
    """From a clerk's key to the voice of a silent zone."""
    import voice

    return voice.begins(s.rounds)


def voice_follows(s: Settings) -> Result:
    """From one announcement to the next that waits."""
    import voice

    return voice.follows(s.rounds)


def screen_day(s: Settings) -> Result:
    """A day of 864,000 events on one page, as fast as a Chromium takes it."""
    import screen_day as screen

    got = screen.played()
    return Result(
        bench="screen_day",
        value=abs(got["drift"]),
        unit="of the heap at a tenth of the day, at its end",
        goal="<= 0.05",
        more=got,
    )


ALL: dict[str, Callable[[Settings], Result]] = {
    "issue": issue,
    "bystander": bystander,
    "call": call,
    "broadcast": broadcast,
    "next_ticket": next_ticket,
    "slip": slip,
    "slip_wire": slip_wire,
    "port_stuck": port_stuck,
    "port_first_byte": port_first_byte,
    "wait": wait,
    "wait_usual": wait_usual,
    "wait_range": wait_range,
    "voice_shown": voice_shown,
    "voice_begins": voice_begins,
    "voice_follows": voice_follows,
    "screen_day": screen_day,
}


def _all_accepted(got: dict[str, Any]) -> None:
    if got["refused"] or got["failed"] or not got["ok"]:
        raise Failed(f"not every ticket was issued: {got}")


def _all_heard(got: dict[str, Any]) -> None:
    if got["lost_calls"] or got["refused_steps"] or not got["calls"]:
        raise Failed(f"not every call was heard everywhere: {got}")


def _median(values: list[float]) -> float:
    return tidy(statistics.median(values))
