"""Printers on ports that misbehave, many times over; and the tools for it, which ship, do what
they say.

What must hold on any line: nothing raises, a slip is called printed only if the printer has it,
failed only if the printer has nothing of it, every job and every check comes to an end. All
profiles with fewer seeds: test_all_printers.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.printing.dialogue import PrinterDialogue
from server.kit.serial.testing import (
    Clock,
    Delays,
    DevicePort,
    Garbage,
    OneByteAtATime,
    RandomLoss,
    run,
    transcript,
)
from tests.devices.printer_bench import HOSTILE, PROFILES, PrinterBench

KINDS = ("epson_tm_cn", "star_line", "epson_tm_t88iii", "generic_80_gbk", "masung_ep")
"""One of each kind of confirmation, strongest first."""
STRONG = {"process_id", "star_etb"}


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", [n for n in KINDS if PROFILES[n].confirm.kind != "dle_eot"])
def test_without_a_true_answer_nothing_is_called_printed(name, hostile):
    """The printer never confirms. Noise can look like GS r (4 bytes of 256), never like an id; a
    counter of Star needs a whole status."""
    kind = PROFILES[name].confirm.kind
    for seed in range(10):
        bench = PrinterBench(name, hostile=HOSTILE[hostile], seed=seed)
        bench.check()
        bench.printer.forgets = True
        bench.send()
        outcome = bench.outcome()
        if kind in STRONG or hostile not in ("garbage", "all of it"):
            assert outcome.state != "printed"


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", KINDS)
def test_a_slip_comes_to_an_honest_end_with_many_seeds(name, hostile):
    states = []
    for seed in range(10):
        bench = PrinterBench(name, hostile=HOSTILE[hostile], seed=seed)
        outcome = bench.print()
        if outcome.state == "failed":
            assert b"A012" not in bench.printer.job
        else:
            assert len(bench.printer.job) >= len(bench.data) * 0.7
        if outcome.state == "printed" and "loss both" not in hostile and "all" not in hostile:
            assert bench.has_the_slip()
        states.append(outcome.state)

    if hostile in ("one byte at a time", "delays"):
        assert states == ["printed"] * 10


def test_long_delays_are_waited_for_or_called_unknown():
    for seed in range(10):
        bench = PrinterBench(
            "epson_tm_cn",
            hostile=lambda port, seed, clock: Delays(port, seed=seed, clock=clock, most_s=3.0),
            seed=seed,
        )
        outcome = bench.print()
        if outcome.state == "failed":
            assert b"A012" not in bench.printer.job


@settings(max_examples=60, deadline=None)
@given(noise=st.lists(st.binary(min_size=1, max_size=40), max_size=30))
def test_a_dialogue_survives_whatever_a_line_says(noise):
    profile = PROFILES["epson_tm_cn"]
    clock, port = Clock(), DevicePort()
    dialogue = PrinterDialogue(profile, profile.link)
    dialogue.opened(clock.now)
    for piece in noise:
        port.say(piece)
        end = clock.now + 0.3
        run(dialogue, port, clock, until=lambda end=end: clock.now >= end)


def test_a_transcript_holds_the_host_to_its_lines():
    with transcript((b"ab", b"1"), (b"c", b"2")) as port:
        assert port.write(b"a") == 1
        assert port.read() == b""
        port.write(b"bc")
        assert port.read() == b"12"

    with pytest.raises(AssertionError, match="expected 6162"), transcript((b"ab", b"")) as port:
        port.write(b"x")
    with pytest.raises(AssertionError, match="never said"), transcript((b"ab", b"")):
        pass
    with pytest.raises(AssertionError, match="has ended"), transcript((b"a", b"")) as port:
        port.write(b"ab")


def test_a_transcript_may_let_the_device_speak_first():
    with transcript((b"", b"hello"), (b"x", b"")) as port:
        assert port.read() == b"hello"
        port.write(b"x")


def test_one_byte_at_a_time_is_just_that():
    port = OneByteAtATime(DevicePort(lambda data: data * 3))

    assert port.write(b"ab") == 1
    assert [port.read() for _ in range(4)] == [b"a", b"a", b"a", b""]


def test_loss_is_the_same_for_the_same_seed_and_as_large_as_said():
    def lost(seed):
        port = RandomLoss(DevicePort(lambda data: data), seed=seed, loss=0.25)
        port.write(bytes(1000))
        return len(port.read())

    assert lost(1) == lost(1)
    assert 680 < lost(1) < 820


def test_delayed_bytes_come_late_and_in_order():
    clock = Clock()
    port = Delays(DevicePort(lambda data: data), seed=3, clock=clock, most_s=1.0)
    port.write(b"a")
    assert port.read() == b""
    port.write(b"b")
    port.read()
    clock.move(1.0)

    assert port.read() + port.read() == b"ab"


def test_garbage_is_added_and_nothing_is_taken_away():
    port = Garbage(DevicePort(lambda data: data), seed=4, share=1.0)
    port.write(b"true")

    assert port.read().endswith(b"true")
    assert len(port.read()) > 0
