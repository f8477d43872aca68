"""Every driver on every port that misbehaves; and the tools for it, which ship, do what they say.

What must hold on any line: nothing raises, a slip is called printed only if the printer has it,
failed only if the printer has nothing of it, every job and every check comes to an end.
"""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.printing.dialogue import PrinterDialogue
from kiosk.printing.escpos import encode
from kiosk.printing.layout import layout
from server.kit.serial.profiles import load_printer, printer_profiles
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
from tests.kiosk.printing.device import ScriptedPrinter
from tests.kiosk.printing.slips import SAMPLE

PROFILES = {name: load_printer(name) for name in printer_profiles()}
PROFILES["weak_80"] = msgspec.structs.replace(
    PROFILES["generic_80_gbk"],
    confirm=msgspec.structs.replace(PROFILES["generic_80_gbk"].confirm, kind="dle_eot"),
)
HOSTILE = {
    "one byte at a time": lambda port, seed, clock: OneByteAtATime(port),
    "loss": lambda port, seed, clock: RandomLoss(port, seed=seed, loss=0.2),
    "loss both ways": lambda port, seed, clock: RandomLoss(
        port, seed=seed, loss=0.02, both_ways=True
    ),
    "delays": lambda port, seed, clock: Delays(port, seed=seed, clock=clock, most_s=0.3),
    "long delays": lambda port, seed, clock: Delays(port, seed=seed, clock=clock, most_s=3.0),
    "garbage": lambda port, seed, clock: Garbage(port, seed=seed, share=0.3),
    "all of it": lambda port, seed, clock: OneByteAtATime(
        Garbage(
            Delays(
                RandomLoss(port, seed=seed, loss=0.1, both_ways=True),
                seed=seed, clock=clock, most_s=0.2,
            ),
            seed=seed, share=0.1,
        )
    ),
}  # fmt: skip


def print_once(profile, hostile, seed, *, forgets=False):
    """Return the outcome of one slip on a hostile line, and what the printer has of it."""
    clock, printer = Clock(), ScriptedPrinter()
    printer.forgets_answers = forgets
    port = HOSTILE[hostile](printer, seed, clock)
    dialogue = PrinterDialogue(profile, profile.link)
    checks, outcomes = [], []
    dialogue.opened(clock.now)
    dialogue.check(checks.append, clock.now)
    run(dialogue, port, clock, until=lambda: bool(checks))
    job = encode(layout(SAMPLE, profile.paper.columns), profile, pid="J001")
    printer.job.clear()
    dialogue.send(job.data, "J001", outcomes.append, clock.now)
    run(dialogue, port, clock, until=lambda: bool(outcomes), within_s=400)
    return outcomes[0], printer, job.data


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", PROFILES)
def test_a_slip_comes_to_an_honest_end_on_any_line(name, hostile):
    states = []
    for seed in range(15):
        outcome, printer, data = print_once(PROFILES[name], hostile, seed)
        if outcome.state == "failed":
            assert b"A012" not in printer.job
        else:
            # All of it has left, whatever the line then did to it.
            assert len(printer.job) >= len(data) * 0.7
        states.append(outcome.state)

    if hostile in ("one byte at a time", "delays"):
        assert states == ["printed"] * 15


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", printer_profiles())
def test_without_a_true_answer_nothing_is_called_printed(name, hostile):
    """The printer never confirms. Noise can look like GS r (4 bytes of 256), never like an id."""
    for seed in range(15):
        outcome, _, _ = print_once(PROFILES[name], hostile, seed, forgets=True)
        if PROFILES[name].confirm.kind == "process_id" or hostile not in ("garbage", "all of it"):
            assert outcome.state != "printed"


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
