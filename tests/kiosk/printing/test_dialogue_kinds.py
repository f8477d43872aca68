"""The kinds of confirmation beyond GS r and GS ( H, presenters, and printers that say nothing."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest

from kiosk.printing.proof import ZERO_AND_ETB
from tests.devices.printer_bench import PROFILES, PrinterBench


def changed(name, part, **values):
    profile = PROFILES[name]
    new = msgspec.structs.replace(getattr(profile, part), **values)
    return msgspec.structs.replace(profile, **{part: new})


def star_asb(counter):
    """Nine bytes by the specification: the counter stands in byte 8 as b6 b5 b3 b2 b1."""
    byte = (counter & 0x07) << 1 | (counter & 0x18) << 2
    return bytes.fromhex("23060000000000") + bytes([byte]) + b"\x00"


def test_stars_counter_is_set_before_the_first_slip_and_moves_on_by_one_with_each():
    bench = PrinterBench("star_line")
    bench.printer.counter = 17

    assert [bench.print().state for _ in range(3)] == ["printed"] * 3
    assert bench.printer.counter == 4
    assert bytes(bench.printer.written).count(ZERO_AND_ETB) == 1


def test_stars_counter_is_set_again_before_it_would_pass_zero():
    """A printer just switched on says 0: that must never be one more than before."""
    bench = PrinterBench("star_line")
    bench.print()
    bench.printer.counter = 31

    bench.check()
    assert bench.print().state == "printed"
    assert bench.printer.counter == 2


@pytest.mark.parametrize("said", [0, 1, 3, 31])
def test_only_the_next_count_proves_a_slip(said):
    bench = PrinterBench("star_line")
    bench.check()
    bench.printer.forgets = False
    bench.send()
    bench.run(lambda: bench.dialogue._job.phase == "send")
    bench.printer.forgets = True
    bench.until_sent()
    bench.printer.say(star_asb(said))
    bench.for_s(1)

    assert bench.outcomes == []
    bench.printer.say(star_asb(2))
    assert bench.outcome(within_s=1).state == "printed"


def test_a_late_count_of_an_unknown_slip_does_not_prove_the_next_one():
    bench = PrinterBench("star_line")
    bench.print()
    bench.send()
    bench.run(lambda: bench.printer.job.endswith(bench.data[:-1]) or bench.has_the_slip())
    bench.printer.fault = "paper_out"  # with all but the ETB worked off
    bench.outcomes.clear()
    if bench.dialogue._job is not None:
        assert bench.outcome().state == "unknown"
    bench.printer.strike("")  # now its late ETB moves the counter
    bench.for_s(1)
    bench.check()
    bench.send()
    bench.run(lambda: bench.dialogue._job.phase == "send")
    bench.printer.forgets = True

    assert bench.outcome().state == "unknown"


def test_without_automatic_status_gs_r_alone_proves_nothing_where_both_are_asked_for():
    bench = PrinterBench("epson_tm_t88iii")
    assert bench.print().state == "printed"
    bench.printer.say = lambda data, say=bench.printer.say: None if len(data) == 4 else say(data)

    assert bench.print().state == "unknown"


def test_automatic_status_that_is_not_clean_spoils_the_proof():
    bench = PrinterBench("epson_tm_t88iii")
    assert bench.print().state == "printed"
    told = bench.printer.script.asb
    bench.printer.script.asb[""] = "1808000F"  # the cutter, only in the automatic status
    try:
        bench.send()
        outcome = bench.outcome()
    finally:
        told[""] = "1000000F"

    assert outcome.state == "unknown"


def test_the_presenters_status_is_not_asked_while_gs_r_is_awaited():
    """Its answer has no fixed bits: either could be taken for the other."""
    profile = changed("masung_ep", "confirm", kind="gs_r")
    bench = PrinterBench("masung_ep", profile=profile)
    bench.printer.script = dataclasses.replace(bench.printer.script, proof="gs_r")
    bench.check()
    bench.printer.written.clear()
    bench.send()
    bench.for_s(6)

    sent = bytes(bench.printer.written)
    after = sent[sent.index(b"A012") :]
    assert b"\x10\x04\x01" in after
    assert b"\x10\x04\x05" not in after


def test_a_jam_that_only_the_presenter_knows_outlasts_a_round_without_it():
    profile = changed("masung_ep", "confirm", kind="gs_r")
    bench = PrinterBench("masung_ep", profile=profile)
    bench.printer.script.well["100405"] = "08"
    try:
        assert bench.check().faults == ("jam",)
    finally:
        bench.printer.script.well["100405"] = "00"


def test_the_weak_proof_does_not_stand_a_question_without_an_answer():
    bench = PrinterBench("cashino_kp")
    bench.check()
    bench.send()
    bench.until_sent()
    bench.printer.silent = True
    bench.run(lambda: bench.dialogue.enquiry.misses > 0)
    bench.printer.silent = False

    assert bench.outcome().state == "unknown"


NONE = changed("generic_80_gbk", "confirm", kind="none")


def test_a_printer_without_any_proof_is_never_called_printed_and_needs_no_answer():
    bench = PrinterBench("generic_80_gbk", profile=NONE)
    bench.printer.silent = True
    began = bench.clock.now

    outcome = bench.print()

    assert (outcome.state, outcome.fault) == ("unknown", "")
    assert bench.dialogue.status.faults == ()
    wire_s = NONE.link.wire_s(len(bench.data))
    assert bench.clock.now - began < wire_s + NONE.confirm.print_ms / 1000 + 1.5


def test_a_printer_without_any_proof_leaves_no_stub_behind_and_is_asked_only_briefly():
    bench = PrinterBench("generic_80_gbk", profile=NONE)
    bench.printer.silent = True
    bench.print()
    bench.printer.written.clear()
    began = bench.clock.now
    bench.check()

    assert bench.clock.now - began < 0.6
    bench.send()
    bench.outcome()
    assert bytes.fromhex(NONE.recover.stub) not in bytes(bench.printer.written)


def test_a_printer_without_any_proof_is_believed_when_it_does_report_a_fault():
    bench = PrinterBench("generic_80_gbk", profile=NONE)
    bench.printer.strike("paper_out")

    assert bench.print().fault == "paper_out"


RETRACT = bytes.fromhex(PROFILES["custom_kpm_vkp"].cut.retract)


def test_a_slip_that_nobody_takes_is_taken_back_once():
    bench = PrinterBench("custom_kpm_vkp")
    bench.print()
    bench.printer.in_mouth = True
    bench.for_s(bench.profile.cut.retract_s - 10)
    assert RETRACT not in bytes(bench.printer.written)

    bench.for_s(60)

    assert bytes(bench.printer.written).count(RETRACT) == 1


def test_a_slip_that_was_taken_is_left_alone():
    bench = PrinterBench("custom_kpm_vkp")
    bench.print()
    bench.for_s(bench.profile.cut.retract_s + 10)

    assert RETRACT not in bytes(bench.printer.written)


def test_the_next_slip_is_not_taken_back_in_the_time_of_the_one_before():
    bench = PrinterBench("custom_kpm_vkp")
    bench.print()
    bench.printer.in_mouth = True
    bench.for_s(bench.profile.cut.retract_s - 5)
    bench.print()
    bench.for_s(20)

    assert RETRACT not in bytes(bench.printer.written)


def test_after_an_unknown_slip_the_next_waits_out_what_still_stands_in_the_printer():
    """Its GS r, the stub's cut, ours: the pause between them must not end the waiting."""
    bench = PrinterBench("generic_80_gbk")
    bench.print()
    bench.dialogue._stub = bench.dialogue._unsettled = True
    bench.check()
    began = bench.clock.now
    bench.send()
    bench.run(lambda: bench.dialogue._job.phase == "send")

    assert bench.clock.now - began >= bench.profile.confirm.print_ms / 1000


def test_an_answer_that_came_while_the_computer_was_busy_is_still_heard():
    bench = PrinterBench("cashino_kp")
    bench.check()
    bench.send()
    bench.until_sent()
    bench.run(lambda: bench.dialogue.enquiry.asked is not None)
    bench.clock.move(1.0)  # nothing was read meanwhile

    assert bench.outcome().state == "printed"


def test_a_slip_that_was_expected_begins_without_a_further_round_of_questions():
    bench = PrinterBench("generic_80_gbk")
    bench.check()
    bench.dialogue._unsettled = False
    bench.dialogue.expect(bench.clock.now)
    bench.for_s(0.2)
    bench.printer.written.clear()
    answers = []
    bench.dialogue.check(answers.append, bench.clock.now)
    assert [answer.faults for answer in answers] == [()]
    bench.send()
    bench.run(lambda: b"A012" in bench.printer.written)

    assert not bytes(bench.printer.written).startswith(b"\x10\x04")


def test_a_round_that_is_under_way_for_a_slip_is_waited_for():
    bench = PrinterBench("generic_80_gbk")
    bench.check()
    bench.for_s(1)
    bench.dialogue.expect(bench.clock.now)
    bench.printer.strike("paper_out")
    answers = []
    bench.dialogue.check(answers.append, bench.clock.now)
    assert answers == []
    bench.run(lambda: bool(answers))

    assert answers[0].faults == ("paper_out",)


def test_what_was_asked_for_an_expected_slip_stands_for_one_check_and_a_second_only():
    bench = PrinterBench("generic_80_gbk")
    bench.check()
    bench.dialogue.expect(bench.clock.now)
    bench.for_s(1.5)
    bench.printer.strike("cover_open")
    assert bench.check().faults == ("cover_open",)
    bench.printer.strike("")
    bench.dialogue.expect(bench.clock.now)
    bench.for_s(0.2)
    bench.check()
    bench.printer.strike("jam" if "jam" in bench.printer.script.faults else "cutter")

    assert bench.check().faults == ("cutter",)
