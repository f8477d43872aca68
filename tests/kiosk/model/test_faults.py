"""What goes wrong in halls, and how much of the paper and of the answers survives it."""

import pytest

from kiosk.printing.model.faults import Faults

CLEAR = bytes.fromhex("10140801031401060208")


def test_the_process_id_comes_only_after_the_paper_is_cut(bench, ticket):
    bench.machine.receive(ticket("A001", b"pid1"))
    order = []
    while bench.machine.start() is not None:
        bench.machine.finish()
        order.append((len(bench.slips), bench.machine.take_answers()))

    assert [step for step in order if step[1]] == []
    assert order[-1][0] == 1
    assert bench.machine.take_answers() == b"\x37\x22pid1\x00"


def test_paper_runs_out_in_the_middle_and_the_same_job_ends_after_reloading(bench, ticket):
    bench.play(b"\x1da\xff")
    said = bench.control(paper_out_after=3)
    assert said == bytes.fromhex("1400030f")

    said = bench.play(ticket("A007", b"late")[2:])
    assert said == bytes.fromhex("1c000f0f")
    assert bench.slips == []
    assert bench.play(b"\x10\x04\x04") == b"\x7e"

    said = bench.control(paper="ok")
    assert said == bytes.fromhex("1400000f") + b"\x37\x22late\x00"
    assert [slip.text[2] for slip in bench.slips] == ["A007"]


def test_no_line_is_lost_or_doubled_wherever_the_paper_ends(make_bench, ticket):
    whole = make_bench()
    whole.play(ticket())
    for lines in range(10):
        bench = make_bench()
        bench.control(paper_out_after=lines)
        bench.play(ticket())
        bench.control(paper="ok")

        assert bench.slips[0].items == whole.slips[0].items


def test_power_lost_mid_ticket_leaves_a_stub_and_nothing_else(bench, ticket):
    bench.play(b"\x1da\xff")
    bench.control(power_off_after_bytes=100)

    assert bench.play(ticket("A012", b"gone")) == b""
    [stub] = bench.slips
    assert (stub.cut, stub.text[:3]) == ("none", ("市民服务中心", "个人业务（综合受理）", "A012"))
    assert stub.qr == ()
    assert bench.machine.power is False
    assert bench.play(b"\x10\x04\x01") == b""

    assert bench.control(power="on") == b""
    assert bench.play(b"\x10\x04\x01") == b"\x16"
    assert bench.machine.asb == 0
    assert bench.control(paper="near_end") == b""


def test_the_slip_after_a_stub_says_that_it_hangs_on_it(bench, ticket):
    bench.control(power_off_after_bytes=100)
    bench.play(ticket())
    bench.control(power="on")
    bench.play(ticket())
    bench.play(ticket())

    assert [(s.n, s.cut, s.after_stub) for s in bench.slips] == [
        (1, "none", 0),
        (2, "partial", 1),
        (3, "partial", 0),
    ]


def test_the_fuse_blows_at_exactly_the_byte_it_was_told(make_bench, ticket):
    """Wherever the power goes, paper shows a beginning of the ticket, never anything else."""
    whole = make_bench()
    whole.play(ticket())
    full = whole.slips[0].text
    for count in range(0, len(ticket()), 7):
        bench = make_bench()
        bench.control(power_off_after_bytes=count)
        bench.play(ticket())

        assert bench.machine.received == len(ticket())
        assert not bench.machine.power
        text = bench.slips[0].text if bench.slips else ()
        assert full[: len(text)] == text


def test_power_off_without_anything_printed_leaves_no_stub(bench):
    bench.control(power="off")
    bench.control(power="on")

    assert bench.slips == []


def test_answers_not_sent_yet_die_with_the_power(bench):
    bench.machine.receive(b"\x10\x04\x01")
    bench.machine.control(Faults(power="off"))
    bench.machine.control(Faults(power="on"))

    assert bench.machine.take_answers() == b""


def test_a_silent_printer_answers_nothing_and_prints_later(bench, ticket):
    bench.control(silent=True)
    assert bench.play(ticket("A001", b"slow") + b"\x10\x04\x01") == b""
    assert bench.slips == []

    assert bench.control(silent=False) == b"\x37\x22slow\x00"
    assert len(bench.slips) == 1


@pytest.mark.parametrize("fault", [{"jam": True}, {"cutter": True}, {"cover": "open"}])
def test_a_fault_holds_the_job_and_its_end_lets_it_go_on(bench, ticket, fault):
    bench.control(**fault)
    assert bench.play(ticket("A001", b"held")) == b""
    assert bench.slips == []

    assert bench.control(recover=True) == b"\x37\x22held\x00"
    assert len(bench.slips) == 1


def test_a_knife_that_sticks_at_the_next_cut_is_freed_by_dle_enq_1(bench, ticket):
    bench.control(cutter="next")
    assert bench.play(ticket("A001", b"knif")) == b""
    assert bench.play(b"\x10\x04\x03") == b"\x1a"

    assert bench.play(b"\x10\x05\x01") == b"\x37\x22knif\x00"
    assert len(bench.slips) == 1


def test_dle_enq_2_frees_the_knife_and_forgets_the_job(bench, ticket):
    bench.control(cutter="next")
    bench.play(ticket("A001", b"knif"))

    assert bench.play(b"\x10\x05\x02") == b""
    assert bench.slips == []
    assert bench.play(b"\x10\x04\x03") == b"\x12"


def test_a_knife_that_is_still_stuck_is_not_freed_by_dle_enq(bench):
    bench.control(cutter=True)

    assert bench.play(b"\x10\x05\x01\x10\x04\x03") == b"\x1a"


def test_dle_dc4_8_clears_everything_not_printed_yet(bench, ticket):
    bench.control(paper="out")
    bench.play(ticket("A001", b"never"[:4]))

    assert bench.play(CLEAR) == b"\x37\x25\x00"
    assert bench.control(paper="ok") == b""
    assert bench.slips == []
    assert bench.play(ticket("A002", b"next")) == b"\x37\x22next\x00"


def test_gs_h_49_tells_when_it_goes_offline(bench):
    bench.play(b"\x1d(H\x03\x0010\x01")
    assert bench.control(cover="open") == b"\x37\x23\x00"
    assert bench.control(cover="closed") == b""
    bench.play(b"\x1d(H\x03\x0010\x02")

    said = bench.control(paper="out")

    assert said[:2] == b"\x37\x23"
    assert said[-1:] == b"\x00"
    assert all(0x40 <= cause <= 0x7F for cause in said[2:-1])


def test_bytes_beyond_a_full_buffer_are_lost_and_complained_of(bench):
    bench.control(paper="out")
    bench.machine.receive(b"x" * 5000)

    assert len(bench.machine.head.inbox) == 4096
    assert bench.grumbles == ["overrun"]


def test_answers_nobody_reads_are_lost_in_the_end_and_complained_of(bench):
    for _ in range(5000):
        bench.machine.receive(b"\x10\x04\x01")
        bench.machine.run()

    assert len(bench.machine.answers) == 4096
    assert set(bench.grumbles) == {"answer_lost"}


def test_slow_takes_ten_times_as_long(bench):
    bench.machine.receive(b"a\n")
    normal = bench.machine.start()
    bench.machine.control(Faults(slow=True))

    assert bench.machine.start() == pytest.approx(10 * normal)


def test_a_line_takes_the_time_its_paper_needs(bench):
    bench.machine.receive(b"\x1bd\x1e")

    assert bench.machine.start() == pytest.approx(30 * 34 / 8 / 150)
