"""What a printer's answers, silences and faults make of a slip; on a clock that stands still."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.printing.dialogue import PrinterDialogue
from kiosk.printing.escpos import encode
from kiosk.printing.layout import layout
from kiosk.printing.status import PrinterStatus
from server.kit.serial.frames import DeviceFault
from server.kit.serial.profiles import load_printer, printer_profiles
from server.kit.serial.testing import Clock, Transcript, run, transcript
from tests.kiosk.printing.device import ScriptedPrinter
from tests.kiosk.printing.slips import SAMPLE

PROFILES = {name: load_printer(name) for name in printer_profiles()}
GBK_80 = PROFILES["generic_80_gbk"]
EPSON = PROFILES["epson_tm_cn"]
WEAK = msgspec.structs.replace(
    GBK_80, confirm=msgspec.structs.replace(GBK_80.confirm, kind="dle_eot")
)
KINDS = {"gs_r": GBK_80, "process_id": EPSON, "dle_eot": WEAK}


class Bench:
    """A dialogue, its printer and a clock."""

    def __init__(self, profile=GBK_80, *, suspect=False):
        self.profile = profile
        self.clock = Clock()
        self.printer = ScriptedPrinter()
        self.dialogue = PrinterDialogue(profile, profile.link, suspect=suspect)
        self.dialogue.opened(self.clock.now)
        self.outcomes = []
        self.checks = []
        self.jobs = 0

    def run(self, until, within_s=600.0):
        run(self.dialogue, self.printer, self.clock, until=until, within_s=within_s)

    def for_s(self, seconds):
        end = self.clock.now + seconds
        self.run(lambda: self.clock.now >= end, seconds + 10)

    def check(self):
        before = len(self.checks)
        self.dialogue.check(self.checks.append, self.clock.now)
        self.run(lambda: len(self.checks) > before)
        return self.checks[-1]

    def send(self, pid=None):
        self.jobs += 1
        pid = pid or f"J{self.jobs:03d}"
        ops = layout(SAMPLE, self.profile.paper.columns)
        job = encode(ops, self.profile, pid=pid)
        self.dialogue.send(job.data, pid, self.outcomes.append, self.clock.now)

    def outcome(self, within_s=600.0):
        self.run(lambda: bool(self.outcomes), within_s)
        return self.outcomes.pop()

    def print(self):
        self.check()
        self.send()
        return self.outcome()

    def print_and_stop_inside(self):
        """Print one slip, then take a second one in without answering for it."""
        assert self.print().state == "printed"
        self.check()
        self.printer.job.clear()
        self.printer.status[1] = 0x1A
        self.send()
        self.until_sent()

    def until_sent(self):
        self.run(lambda: self.profile.cut.bytes.lower() in bytes(self.printer.job).hex())


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def test_a_healthy_printer_prints_whatever_its_way_of_confirming(kind):
    bench = Bench(KINDS[kind])

    outcome = bench.print()

    assert (outcome.state, outcome.fault, outcome.pid) == ("printed", "", "J001")
    assert b"A012" in bench.printer.job


@pytest.mark.parametrize(
    ("trouble", "fault"),
    [("paper_out", "paper_out"), ("cover_open", "cover_open"), ("cutter_stuck", "cutter")],
)
def test_a_printer_in_trouble_is_given_nothing_and_the_job_has_failed(kind, trouble, fault):
    bench = Bench(KINDS[kind])
    getattr(bench.printer, trouble)()

    status = bench.check()
    bench.send()
    outcome = bench.outcome()

    assert status.faults[0] == fault
    assert (outcome.state, outcome.fault) == ("failed", fault)
    assert b"A012" not in bench.printer.job


def test_near_end_prints_and_warns(kind):
    bench = Bench(KINDS[kind])
    bench.printer.status[4] = 0x1E

    outcome = bench.print()

    assert (outcome.state, outcome.near_end) == ("printed", True)
    assert bench.dialogue.status == PrinterStatus(
        faults=(), near_end=True, since=bench.dialogue.status.since
    )


def test_a_printer_that_does_not_answer_is_silent_within_two_seconds():
    bench = Bench()
    bench.printer.silent = True
    began = bench.clock.now

    status = bench.check()

    assert status.faults == ("silent",)
    assert bench.clock.now - began <= 2.0


def test_a_printer_that_fell_silent_just_now_is_noticed_before_the_job():
    bench = Bench()
    bench.check()
    bench.printer.silent = True

    assert bench.check().faults == ("silent",)


def test_paper_that_ends_inside_a_slip_is_waited_for_and_the_slip_is_printed():
    for profile in (GBK_80, EPSON):
        bench = Bench(profile)
        bench.print_and_stop_inside()
        bench.printer.paper_out()
        bench.for_s(60)
        assert bench.outcomes == []
        assert bench.dialogue.status.fault == "paper_out"

        bench.printer.well()

        assert bench.outcome(within_s=5).state == "printed"


def test_paper_that_never_comes_leaves_the_slip_unknown_after_the_profiles_limit(kind):
    bench = Bench(KINDS[kind])
    bench.print_and_stop_inside()
    bench.printer.paper_out()
    began = bench.clock.now

    outcome = bench.outcome()

    assert (outcome.state, outcome.fault) == ("unknown", "paper_out")
    limit_s = bench.profile.confirm.offline_ms / 1000
    assert limit_s <= bench.clock.now - began <= limit_s + 20


def test_a_fault_during_a_slip_spoils_the_weak_proof():
    """DLE EOT only says that the printer lives: after a fault nobody knows what is on the paper."""
    bench = Bench(WEAK)
    bench.check()
    bench.send()
    bench.until_sent()
    bench.printer.paper_out()
    bench.for_s(10)
    bench.printer.well()

    assert bench.outcome().state == "unknown"


def test_power_lost_inside_a_slip_leaves_it_unknown(kind):
    bench = Bench(KINDS[kind])
    bench.check()
    bench.printer.deaf_after = 100
    bench.send()

    outcome = bench.outcome()

    assert (outcome.state, outcome.fault) == ("unknown", "silent")


@pytest.mark.parametrize("name", ["gs_r", "process_id"])
def test_a_printer_back_from_power_loss_without_an_answer_leaves_the_slip_unknown(name):
    bench = Bench(KINDS[name])
    bench.check()
    bench.printer.deaf_after = 100
    bench.send()
    bench.for_s(3)
    bench.printer.silent, bench.printer.deaf_after = False, None

    outcome = bench.outcome()

    assert (outcome.state, outcome.fault) == ("unknown", "")


def test_an_answer_to_another_job_proves_nothing():
    bench = Bench(EPSON)
    bench.printer.forgets_answers = True
    bench.check()
    bench.send("AAAA")
    bench.until_sent()
    bench.printer.say(b"\x37\x22AAAB\x00")

    assert bench.outcome().state == "unknown"


def test_a_late_answer_to_an_unknown_job_does_not_prove_the_next_one():
    """GS r has no id: the next job first lets late answers go by."""
    bench = Bench(GBK_80)
    bench.print_and_stop_inside()
    bench.printer.paper_out()
    assert bench.outcome().state == "unknown"
    waiting = list(bench.printer.questions)
    bench.printer.questions.clear()
    bench.printer.well()
    bench.check()
    for answer in waiting:
        bench.printer.say(answer)
    bench.send()
    bench.run(lambda: bench.dialogue._job is None or bench.dialogue._job.phase == "send")
    bench.printer.forgets_answers = True

    assert waiting
    assert bench.outcome().state == "unknown"


def test_after_an_unknown_job_the_stub_is_parted_before_the_next_slip(kind):
    bench = Bench(KINDS[kind])
    bench.check()
    bench.printer.deaf_after = 100
    bench.send()
    assert bench.outcome().state == "unknown"
    bench.printer.silent, bench.printer.deaf_after = False, None
    bench.printer.job.clear()

    assert bench.print().state == "printed"
    stub = bytes.fromhex(bench.profile.recover.stub)
    assert bytes(bench.printer.job).lstrip(b"\0").startswith(stub)


def test_after_a_printed_job_nothing_stands_before_the_next_slip():
    bench = Bench(EPSON)
    bench.print()
    bench.printer.job.clear()

    bench.print()

    assert bytes(bench.printer.job).startswith(bytes.fromhex(EPSON.text.start))


def test_a_suspect_printer_is_repaired_before_its_first_slip():
    bench = Bench(EPSON, suspect=True)
    bench.check()
    bench.printer.job.clear()
    bench.send()

    assert bench.outcome().state == "printed"
    repaired = bytes(bench.printer.job).lstrip(b"\0")
    assert repaired.startswith(bytes.fromhex(EPSON.recover.stub))


def test_a_port_that_takes_nothing_lets_the_job_fail():
    bench = Bench()
    bench.check()
    bench.dialogue._unsettled = False
    bench.printer.takes = 0
    bench.send()

    outcome = bench.outcome(within_s=30)

    assert (outcome.state, outcome.fault) == ("failed", "offline")
    assert b"A012" not in bench.printer.job


def test_a_port_that_stalls_in_the_middle_leaves_the_job_unknown_and_clears_it_next_time():
    bench = Bench(EPSON)
    bench.check()
    bench.printer.takes = 100
    bench.send()

    assert bench.outcome(within_s=30).state == "unknown"

    bench.printer.takes = None
    bench.printer.job.clear()
    bench.for_s(5)
    assert bench.print().state == "printed"
    clear, stub = bytes.fromhex(EPSON.recover.clear), bytes.fromhex(EPSON.recover.stub)
    begun, _, repaired = bytes(bench.printer.job).partition(clear)
    assert begun == b""
    assert repaired.lstrip(b"\0").startswith(stub)
    # A picture that broke off is ended in white before.
    assert len(repaired) - len(repaired.lstrip(b"\0")) >= 100


def test_a_port_unplugged_before_the_first_byte_lets_the_job_fail():
    bench = Bench()
    bench.check()
    bench.printer.gone = True
    bench.send()

    outcome = bench.outcome()

    assert (outcome.state, outcome.fault) == ("failed", "no_port")
    assert bench.dialogue.status.faults == ("no_port",)


def test_a_port_unplugged_with_a_slip_inside_leaves_it_unknown(kind):
    bench = Bench(KINDS[kind])
    bench.print_and_stop_inside()
    bench.printer.gone = True

    outcome = bench.outcome()

    assert (outcome.state, outcome.fault) == ("unknown", "no_port")


def test_a_lost_port_answers_checks_and_jobs_at_once():
    bench = Bench()
    bench.dialogue.lost(DeviceFault("no_port"), bench.clock.now)
    bench.dialogue.check(bench.checks.append, bench.clock.now)
    bench.send()

    assert bench.checks[-1].faults == ("no_port",)
    assert bench.outcomes[-1].state == "failed"


def test_after_a_reconnect_nothing_is_known_until_the_printer_has_answered():
    bench = Bench()
    bench.check()
    bench.dialogue.lost(DeviceFault("no_port"), bench.clock.now)
    bench.dialogue.opened(bench.clock.now)
    assert bench.dialogue.status.faults == ("silent",)

    assert bench.check().faults == ()


def test_an_idle_printer_is_asked_as_often_as_its_profile_says():
    bench = Bench()
    bench.check()
    bench.printer.written.clear()
    bench.for_s(30)

    cycles = bytes(bench.printer.written).count(b"\x10\x04\x01")
    assert 9 <= cycles <= 11


def test_a_fault_and_its_end_are_seen_without_a_job():
    bench = Bench()
    bench.check()
    bench.printer.cover_open()
    bench.run(lambda: bench.dialogue.status.faults == ("cover_open",), 5)
    since = bench.dialogue.status.since
    bench.printer.well()
    bench.run(lambda: bench.dialogue.status.faults == (), 2)

    assert bench.dialogue.status.since > since


def test_automatic_status_is_believed_at_once():
    bench = Bench(EPSON)
    bench.check()
    bench.dialogue.received(bytes.fromhex("3800000F"), bench.clock.now)

    assert bench.dialogue.status.faults == ("cover_open",)


def test_an_older_answer_does_not_undo_newer_automatic_status():
    """The cover opens after its query was answered: that cycle must not say that all is well."""
    bench = Bench(EPSON)
    bench.check()
    bench.dialogue.check(bench.checks.append, bench.clock.now)
    bench.run(lambda: bench.dialogue.enquiry.asked == 3)
    bench.printer.cover_open()
    bench.dialogue.received(bytes.fromhex("3800000F"), bench.clock.now)
    seen = []

    def watched():
        seen.append(bench.dialogue.status.faults)
        return len(bench.checks) > 1

    bench.run(watched)
    assert set(seen) == {("cover_open",)}
    assert bench.checks[1].faults == ("cover_open",)


def test_no_query_is_sent_inside_a_job():
    bench = Bench(EPSON)
    bench.check()
    bench.printer.written.clear()
    bench.send()
    bench.outcome()
    data = bytes(bench.printer.written)
    begin, end = data.index(bytes.fromhex(EPSON.text.start)), data.index(b"J001")

    assert b"\x10\x04" not in data[begin:end]


def test_one_job_at_a_time():
    bench = Bench()
    bench.check()
    bench.send()

    with pytest.raises(RuntimeError, match="one job"):
        bench.send()


def test_bytes_that_a_line_holds_back_do_not_pile_up_and_show_as_offline():
    bench = Bench()
    bench.check()
    bench.printer.pending = lambda: 3
    bench.printer.written.clear()
    bench.for_s(120)

    assert bytes(bench.printer.written) == b""
    assert bench.dialogue.status.faults == ("offline",)


ASK = [bytes([0x10, 0x04, n]) for n in range(6)]


def test_the_manuals_transcript_of_an_epson_printer_without_and_with_paper():
    """TM-T88III specification: ASB at once when switched on, then the four answers."""
    with transcript(
        (bytes.fromhex("1D610E"), bytes.fromhex("18000C0F")),
        (ASK[1], b"\x1a"), (ASK[2], b"\x32"), (ASK[3], b"\x12"), (ASK[4], b"\x7e"),
        (ASK[1], b"\x12"), (ASK[2], b"\x12"), (ASK[3], b"\x12"), (ASK[4], b"\x1e"),
    ) as port:  # fmt: skip
        dialogue = PrinterDialogue(EPSON, EPSON.link)
        clock = Clock()
        dialogue.opened(clock.now)
        run(dialogue, port, clock, until=lambda: dialogue.status.faults == ("paper_out",))
        run(dialogue, port, clock, until=lambda: dialogue.status.faults == ())

    assert dialogue.status.near_end


def test_the_manuals_transcript_of_a_confirmed_job():
    """GS ( H function 48: 37 22 d1-d4 00 once the printing before it is completed."""
    data, pid = _job(EPSON)
    lines = [(bytes.fromhex("1D610E"), bytes.fromhex("1000000F"))]
    lines += [(ASK[n], b"\x12") for n in range(1, 5)]
    lines += [(data, bytes.fromhex("1000000F") + b"\x37\x22" + pid.encode() + b"\x00")]
    port = Transcript(lines)
    dialogue, clock, outcomes = PrinterDialogue(EPSON, EPSON.link), Clock(), []
    dialogue.opened(clock.now)
    run(dialogue, port, clock, until=lambda: dialogue.status.faults == ())
    dialogue.send(data, pid, outcomes.append, clock.now)
    run(dialogue, port, clock, until=lambda: bool(outcomes))

    assert outcomes[0].state == "printed"
    assert port.done


def _job(profile):
    pid = "A001"
    return encode(layout(SAMPLE, profile.paper.columns), profile, pid=pid).data, pid
