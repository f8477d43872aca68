"""Every printer profile against its transcript, on good lines and on every bad one.

What must hold of each: healthy → printed by its strongest proof; each fault that it can tell →
failed with that fault and nothing sent; never *printed* without a proof, never *failed* with the
slip inside, and every question comes to an end.
"""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from kiosk.printing.dialogue import PrinterDialogue
from kiosk.printing.printer import Printer
from server.kit.serial.frames import DeviceFault
from server.kit.serial.profiles import PortConfig
from server.kit.serial.testing import Clock, run, transcript
from tests.devices.printer_bench import HOSTILE, PROFILES, PrinterBench, script
from tests.devices.ptys import wait_for
from tests.kiosk.printing.slips import SAMPLE
from tests.support.torture import report, scaled

NAMES = sorted(PROFILES)
FAULTS = [(name, fault) for name in NAMES for fault in script(name).faults]
SCREAMING = {"gs_r", "asb", "dle_eot"}
"""Kinds whose proof is made of single bytes: noise may look like it."""


def test_every_profile_has_a_transcript_with_its_source():
    for name in NAMES:
        assert len(script(name).source) > 20
        assert PROFILES[name].confirm.kind == script(name).proof
        assert PROFILES[name].cut.bytes.replace(" ", "") == script(name).cut


@pytest.mark.parametrize(("name", "fault"), [(name, "") for name in NAMES] + FAULTS)
def test_the_questions_and_answers_are_those_of_the_transcript(name, fault):
    """To the byte: what the host asks, in which order, and what it makes of the answers."""
    told, profile = script(name), PROFILES[name]
    answers = told.well | told.faults.get(fault, {})
    lines = [(bytes.fromhex("1D610E"), bytes.fromhex(told.asb[fault]))] if told.asb else []
    lines += [(bytes.fromhex(q), bytes.fromhex(a)) for q, a in answers.items()]
    heard = []
    with transcript(*lines) as port:
        dialogue, clock = PrinterDialogue(profile, profile.link), Clock()
        dialogue.opened(clock.now)
        dialogue.check(heard.append, clock.now)
        run(dialogue, port, clock, until=lambda: bool(heard))

    assert heard[0].faults == ((fault,) if fault else ())


@pytest.mark.parametrize("name", NAMES)
def test_a_healthy_printer_prints_by_its_strongest_proof(name):
    bench = PrinterBench(name)

    outcome = bench.print()

    assert (outcome.state, outcome.fault) == ("printed", "")
    assert bench.has_the_slip()
    assert outcome.took_ms < bench.profile.confirm.timeout_ms + 3000


@pytest.mark.parametrize(("name", "fault"), FAULTS)
def test_each_fault_fails_the_slip_at_once_and_nothing_is_sent(name, fault):
    bench = PrinterBench(name)
    assert bench.check().faults == ()
    bench.printer.strike(fault)
    began = bench.clock.now

    outcome = bench.print()

    assert (outcome.state, outcome.fault) == ("failed", fault)
    assert bench.clock.now - began <= 2.0
    assert b"A012" not in bench.printer.job


@pytest.mark.parametrize("name", NAMES)
def test_silence_fails_the_slip(name):
    bench = PrinterBench(name)
    assert bench.check().faults == ()
    bench.printer.silent = True

    outcome = bench.print()

    assert (outcome.state, outcome.fault) == ("failed", "silent")


@pytest.mark.parametrize(("name", "fault"), FAULTS)
def test_a_fault_inside_a_slip_is_told_waited_for_and_never_called_failed(name, fault):
    bench = PrinterBench(name)
    bench.check()
    bench.send()
    bench.until_sent()
    bench.printer.strike(fault)
    bench.for_s(5)
    inside = not bench.outcomes
    if inside:
        assert bench.dialogue.status.fault == fault
    bench.printer.strike("")
    outcome = bench.outcome()

    assert outcome.state != "failed"
    if script(name).proof in {"process_id", "star_etb"}:
        assert outcome.state == "printed"


@pytest.mark.parametrize(("name", "fault"), FAULTS)
def test_a_printer_that_was_mended_prints_the_next_slip_by_itself(name, fault):
    bench = PrinterBench(name)
    bench.check()
    bench.printer.dies_after = 60
    bench.send()
    assert bench.outcome().state == "unknown"
    bench.printer.power_cycle()
    bench.printer.strike(fault)
    assert bench.print().fault == fault
    bench.printer.strike("")

    assert bench.print().state == "printed"
    stub = bytes.fromhex(bench.profile.recover.stub)
    assert stub + b"" in bytes(bench.printer.job)


@pytest.mark.parametrize("name", NAMES)
def test_near_end_prints_and_warns(name):
    bench = PrinterBench(name)
    bench.printer.near_end = True

    outcome = bench.print()

    assert (outcome.state, outcome.near_end) == ("printed", True)


@pytest.mark.parametrize("name", [n for n in NAMES if script(n).in_mouth])
def test_a_slip_that_was_not_taken_is_seen_and_is_no_fault(name):
    bench = PrinterBench(name)
    bench.printer.in_mouth = True

    assert bench.print().state == "printed"
    assert (bench.check().at_exit, bench.check().faults) == (True, ())
    bench.printer.in_mouth = False
    assert not bench.check().at_exit


@pytest.mark.parametrize("name", NAMES)
def test_without_its_proof_nothing_is_called_printed(name):
    """Power lost at the last byte, back at once: the printer lives and has printed nothing."""
    bench = PrinterBench(name)
    assert bench.print().state == "printed"
    bench.printer.forgets = True
    bench.printer.dies_after = len(bench.printer.job) + len(bench.data) - 1
    bench.send()
    bench.run(lambda: bench.printer.silent)
    bench.for_s(3)
    bench.printer.power_cycle()

    assert bench.outcome().state == "unknown"


def hostile_round(name, hostile, seed, fault=""):
    """Return the outcome of one slip on a bad line, and whether it was honest."""
    bench = PrinterBench(name, hostile=HOSTILE[hostile], seed=seed)
    bench.printer.strike(fault)
    outcome = bench.print()
    if outcome.state == "failed":
        assert b"A012" not in bench.printer.job
    else:
        assert len(bench.printer.job) >= len(bench.data) * 0.7
    return outcome


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", NAMES)
def test_a_slip_comes_to_an_honest_end_on_any_line(name, hostile):
    states = {hostile_round(name, hostile, seed).state for seed in range(2)}

    if hostile in {"one byte at a time", "delays"}:
        assert states == {"printed"}


@pytest.mark.parametrize("name", NAMES)
def test_a_port_that_takes_nothing_lets_the_slip_fail(name):
    bench = PrinterBench(name)
    bench.check()
    bench.printer.takes = 0
    began = bench.clock.now

    outcome = bench.print()

    assert (outcome.state, b"A012" in bench.printer.job) == ("failed", False)
    assert bench.clock.now - began <= 10.0


@pytest.mark.parametrize("name", NAMES)
def test_a_port_unplugged_inside_a_slip_leaves_it_unknown_and_prints_the_next(name):
    bench = PrinterBench(name)
    assert bench.print().state == "printed"
    bench.printer.forgets = True
    bench.printer.job.clear()
    bench.printer.done.clear()
    bench.send()
    bench.until_sent()
    bench.printer.gone = True
    assert bench.outcome().fault == "no_port"
    assert bench.print().state == "failed"

    bench.printer.gone = bench.printer.forgets = False
    bench.printer.power_cycle()
    bench.dialogue.opened(bench.clock.now)

    assert bench.print().state == "printed"


@pytest.mark.parametrize("name", NAMES)
def test_a_port_lost_before_the_first_byte_lets_the_slip_fail(name):
    bench = PrinterBench(name)
    bench.check()
    bench.send()
    bench.dialogue.lost(DeviceFault("no_port"), bench.clock.now)

    assert (bench.outcomes[0].state, bench.outcomes[0].fault) == ("failed", "no_port")


HOLD = """
import fcntl, os, sys, time
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
fcntl.flock(port, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_process_on_the_port_is_told_as_no_port_and_outlived(pty):
    """Two programs on one line would print half of each: who holds the port is left alone."""
    holder = subprocess.Popen([sys.executable, "-c", HOLD, pty.path], stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    printer = Printer(PortConfig(address=pty.path), PROFILES["generic_80_gbk"])
    printer.start()
    began = time.monotonic()
    outcome = printer.print(SAMPLE)
    holder.kill()
    holder.wait()
    holder.stdout.close()

    assert (outcome.state, outcome.fault) == ("failed", "no_port")
    assert time.monotonic() - began < 3
    wait_for(lambda: printer.status().fault == "silent", 10)
    printer.stop()


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_every_profile_on_every_bad_line_with_many_seeds():
    rounds = printed = failed = unknown = 0
    for name in NAMES:
        for hostile in HOSTILE:
            for fault in ("", *script(name).faults):
                for seed in range(scaled(12)):
                    outcome = hostile_round(name, hostile, seed, fault)
                    rounds += 1
                    printed += outcome.state == "printed"
                    failed += outcome.state == "failed"
                    unknown += outcome.state == "unknown"
                    noisy = hostile in {"garbage", "all of it", "loss both ways", "20 % loss"}
                    if fault and not noisy:
                        assert (outcome.state, outcome.fault) == ("failed", fault)
    report(
        "printers on bad lines",
        {
            "profiles": len(NAMES),
            "lines": len(HOSTILE),
            "slips": rounds,
            "printed": printed,
            "failed": failed,
            "unknown": unknown,
        },
    )
