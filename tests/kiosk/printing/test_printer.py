"""The kiosk's printer against the printer model, a process of its own behind a pty.

The model was written from the manuals without a look at the encoder: what it draws is what a
printer would print.
"""

from __future__ import annotations

import threading
import time

import gevent
import msgspec
import pytest

from kiosk.printing.model.testing import running_model
from kiosk.printing.printer import Printer, process_ids
from server.kit.serial.profiles import PortConfig, load_printer, printer_profiles
from tests.devices.ptys import wait_for
from tests.kiosk.printing.slips import SAMPLE, slip

PROFILES = {name: load_printer(name) for name in printer_profiles()}
GENERIC = PROFILES["generic_80_gbk"]
EPSON = PROFILES["epson_tm_cn"]
BAUD = 115200


def hurried(profile, **times):
    """Return *profile* with shorter limits: the tests do not wait for three minutes."""
    confirm = msgspec.structs.replace(profile.confirm, **times)
    return msgspec.structs.replace(profile, confirm=confirm)


@pytest.fixture
def model(tmp_path):
    with running_model(tmp_path) as running:
        yield running


@pytest.fixture
def printer_on(model):
    started = []

    def start(profile, **arguments):
        printer = Printer(PortConfig(address=model.port, baud=BAUD), profile, **arguments)
        printer.start()
        started.append(printer)
        return printer

    yield start
    for printer in started:
        printer.stop()


def in_background(printer, ticket=SAMPLE):
    return gevent.spawn(printer.print, ticket)


def wait_for_fault(printer, fault):
    wait_for(lambda: printer.status().fault == fault)


@pytest.mark.parametrize("name", ["generic_58_gbk", "generic_80_gbk", "epson_tm_cn", "star_line"])
def test_what_the_paper_says_is_what_the_slip_says(name, tmp_path):
    """The other profiles: test_slips_of_all_makes, without ports and processes."""
    profile = PROFILES[name]
    with running_model(tmp_path, profile=name) as model:
        printer = Printer(PortConfig(address=model.port, baud=BAUD), profile)
        printer.start()
        outcome = printer.print(SAMPLE)
        printer.stop()
        [paper] = model.wait_for_slips(1)

        assert (outcome.state, outcome.fault, outcome.replaced) == ("printed", "", ())
        assert model.complaints() == []
    text = "".join(paper.text)
    for part in (SAMPLE.hall_name, SAMPLE.item_name, SAMPLE.no_show_rule, SAMPLE.issued_local):
        assert part in text
    assert "A012" in paper.text
    assert paper.cut == "partial"
    if profile.qr.mode in {"native", "star"}:
        assert paper.qr == (SAMPLE.url,)


def test_the_number_is_the_largest_thing_on_the_paper(model, printer_on):
    printer_on(EPSON).print(SAMPLE)
    [paper] = model.wait_for_slips(1)

    sizes = {
        span.text.strip(): span.w * span.h
        for item in paper.items
        for span in getattr(item, "spans", ())
    }
    assert sizes["A012"] == 16
    assert max(size for text, size in sizes.items() if text != "A012") < 16


def test_the_caller_is_told_before_the_first_byte_leaves(model, printer_on):
    printer = printer_on(EPSON)
    told = []

    outcome = printer.print(SAMPLE, on_sending=lambda pid: told.append((pid, model.slips())))

    assert told == [(outcome.pid, [])]
    assert len(outcome.pid) == 4


def test_a_slip_that_cannot_be_journalled_is_not_printed(model, printer_on):
    printer = printer_on(EPSON)

    def full_disk(pid):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        printer.print(SAMPLE, on_sending=full_disk)

    assert printer.print(slip(number="A013")).state == "printed"
    [paper] = model.wait_for_slips(1)
    assert "A013" in paper.text


@pytest.mark.parametrize(
    ("trouble", "fault"),
    [
        ({"paper": "out"}, "paper_out"),
        ({"cover": "open"}, "cover_open"),
        ({"silent": True}, "silent"),
        ({"power": "off"}, "silent"),
        ({"cutter": True}, "cutter"),
    ],
)
def test_a_printer_in_trouble_fails_at_once_without_paper(model, printer_on, trouble, fault):
    printer = printer_on(GENERIC)
    wait_for(lambda: printer.status().faults == ())
    model.control(**trouble)
    began = time.monotonic()

    outcome = printer.print(SAMPLE)

    assert (outcome.state, outcome.fault) == ("failed", fault)
    assert time.monotonic() - began < 4
    assert model.slips() == []
    model.control(recover=True, power="on")
    assert printer.print(SAMPLE).state == "printed"


def test_near_end_prints_and_warns(model, printer_on):
    printer = printer_on(EPSON)
    model.control(paper="near_end")

    outcome = printer.print(SAMPLE)

    assert (outcome.state, outcome.near_end) == ("printed", True)
    wait_for(lambda: printer.status().near_end)
    assert printer.status().faults == ()


@pytest.mark.parametrize("profile", [GENERIC, EPSON], ids=lambda p: p.id)
def test_a_roll_that_ends_inside_a_slip_is_waited_for_and_gives_one_slip(
    model, printer_on, profile
):
    printer = printer_on(profile)
    assert printer.print(SAMPLE).state == "printed"
    model.control(paper_out_after=4)
    printing = in_background(printer, slip(number="A013"))
    wait_for_fault(printer, "paper_out")

    refused = printer.print(slip(number="A014"))
    model.control(paper="ok")

    assert printing.get(timeout=20).state == "printed"
    assert (refused.state, refused.fault) == ("failed", "paper_out")
    papers = model.wait_for_slips(2)
    assert ["A012" in papers[0].text, "A013" in papers[1].text] == [True, True]
    assert len(papers) == 2


def test_a_roll_that_nobody_brings_leaves_the_slip_unknown_and_it_is_not_printed_again(
    model, printer_on
):
    printer = printer_on(hurried(EPSON, offline_ms=1000, timeout_ms=1500))
    model.control(paper_out_after=4)

    outcome = printer.print(SAMPLE)
    model.control(paper="ok")
    papers = model.wait_for_slips(1)

    assert (outcome.state, outcome.fault) == ("unknown", "paper_out")
    assert "A012" in papers[0].text
    assert printer.print(slip(number="A013")).state == "printed"
    assert sum("A012" in paper.text for paper in model.slips()) == 1


@pytest.mark.parametrize("profile", [GENERIC, EPSON], ids=lambda p: p.id)
def test_power_lost_inside_a_slip_leaves_it_unknown_and_the_next_one_whole(
    model, printer_on, profile
):
    printer = printer_on(hurried(profile, timeout_ms=2500))
    assert printer.print(SAMPLE).state == "printed"
    model.control(power_off_after_bytes=150)
    outcome = printer.print(slip(number="A013"))
    model.control(power="on")

    assert (outcome.state, outcome.fault) == ("unknown", "silent")
    wait_for(lambda: printer.status().faults == ())
    assert printer.print(slip(number="A014")).state == "printed"
    last = model.slips()[-1]
    assert "A014" in last.text
    assert "A013" not in last.text
    assert last.after_stub == 0


def test_a_knife_that_sticks_at_the_cut_leaves_the_slip_unknown(model, printer_on):
    printer = printer_on(hurried(EPSON, offline_ms=1000, timeout_ms=1500))
    model.control(cutter="next")

    outcome = printer.print(SAMPLE)

    assert (outcome.state, outcome.fault) == ("unknown", "cutter")


def test_two_callers_at_once_get_two_slips_one_after_the_other(model, printer_on):
    printer = printer_on(EPSON)
    tickets = [slip(number=f"A{n:03d}") for n in range(1, 6)]
    jobs = [gevent.spawn(printer.print, ticket) for ticket in tickets]
    gevent.joinall(jobs, timeout=30)

    assert [job.value.state for job in jobs] == ["printed"] * 5
    assert len({job.value.pid for job in jobs}) == 5
    numbers = [text for paper in model.wait_for_slips(5) for text in paper.text if text[0] == "A"]
    assert sorted(numbers) == [ticket.number for ticket in tickets]
    assert model.complaints() == []


def test_the_hub_is_free_while_a_slip_is_printed(model, printer_on):
    printer = printer_on(EPSON)
    wait_for(lambda: printer.status().faults == ())
    model.control(slow=True)
    pauses = []

    def beat():
        while True:
            began = time.monotonic()
            gevent.sleep(0.0002)
            pauses.append(time.monotonic() - began)

    beating = gevent.spawn(beat)
    gevent.sleep(0)
    printer.print(SAMPLE)
    beating.kill()

    assert len(pauses) >= 1
    assert max(pauses) < 0.3


def test_status_may_be_read_by_any_thread_and_never_waits(model, printer_on):
    printer = printer_on(EPSON)
    wait_for(lambda: printer.status().faults == ())
    seen = []
    thread = threading.Thread(target=lambda: seen.append(printer.status()))
    thread.start()
    thread.join(timeout=5)

    assert seen[0].faults == ()


def test_a_printer_that_is_unplugged_and_back_prints_again(tmp_path):
    config = PortConfig(address=str(tmp_path / "printer"), baud=BAUD)
    printer = Printer(config, EPSON)
    printer.start()
    assert printer.print(SAMPLE).fault == "no_port"
    with running_model(tmp_path) as model:
        assert printer.print(SAMPLE).state == "printed"
        model.kill()
        wait_for_fault(printer, "no_port")
        outcome = printer.print(SAMPLE)
        assert (outcome.state, outcome.fault) == ("failed", "no_port")
    with running_model(tmp_path) as model:
        assert printer.print(slip(number="A013")).state == "printed"
        assert "A013" in model.slips()[-1].text
    printer.stop()


def test_a_printer_killed_with_a_slip_inside_leaves_it_unknown(tmp_path):
    with running_model(tmp_path) as model:
        printer = Printer(PortConfig(address=model.port, baud=BAUD), EPSON)
        printer.start()
        wait_for(lambda: printer.status().faults == ())
        model.control(paper_out_after=2)
        printing = in_background(printer)
        wait_for_fault(printer, "paper_out")
        model.kill()

        outcome = printing.get(timeout=10)
        printer.stop()
    assert (outcome.state, outcome.fault) == ("unknown", "no_port")


def test_a_kiosk_that_stops_with_a_slip_inside_calls_it_unknown(model):
    printer = Printer(PortConfig(address=model.port, baud=BAUD), EPSON)
    printer.start()
    wait_for(lambda: printer.status().faults == ())
    model.control(paper_out_after=2)
    printing = in_background(printer)
    wait_for_fault(printer, "paper_out")
    printer.stop()

    assert printing.get(timeout=5).state == "unknown"
    after = printer.print(SAMPLE)
    assert (after.state, after.fault) == ("failed", "no_port")


def test_a_rare_hanzi_is_reported_with_the_printed_slip(model, printer_on):
    marking = msgspec.structs.replace(EPSON.text, rare="mark")
    printer = printer_on(msgspec.structs.replace(EPSON, text=marking))

    outcome = printer.print(slip(item_name="𬱖氏宗谱登记"))

    assert (outcome.state, outcome.replaced) == ("printed", ("𬱖",))
    assert "〓氏宗谱登记" in model.wait_for_slips(1)[0].text


def test_a_rare_hanzi_is_taught_to_a_printer_that_learns(model, printer_on):
    outcome = printer_on(EPSON).print(slip(item_name="𬱖氏宗谱登记"))
    [paper] = model.wait_for_slips(1)

    assert (outcome.state, outcome.replaced) == ("printed", ())
    assert model.complaints() == []
    spans = [span for item in paper.items for span in getattr(item, "spans", ())]
    assert [len(span.glyph) for span in spans if span.glyph] == [96]  # 72 bytes in base64


def test_process_ids_count_in_base_36_and_come_round():
    ids = process_ids(36**4 - 2)

    assert [next(ids) for _ in range(4)] == ["ZZZY", "ZZZZ", "0000", "0001"]


def test_the_figures_of_a_printer_are_its_last_proof_and_the_paper_used(model, printer_on):
    printer = printer_on(EPSON)
    assert (printer.facts().confirmed_at, printer.facts().jobs) == (None, 0)
    began = time.monotonic()

    printer.print(SAMPLE)
    first = printer.facts()
    printer.print_test("一楼东侧取号机", "2026-11-23 09:41")
    second = printer.facts()

    assert began <= first.confirmed_at < second.confirmed_at <= time.monotonic()
    assert 0 <= first.confirm_ms < 5000
    [slip_, page] = model.wait_for_slips(2)
    true_mm = [slip_.length / 8, page.length / 8]
    assert [first.last_mm, second.last_mm] == pytest.approx(true_mm, rel=0.25)
    assert (second.fed_mm, second.jobs) == (first.last_mm + second.last_mm, 2)
    assert "一楼东侧取号机" in page.text
    assert model.complaints() == []


def test_a_slip_that_never_left_uses_no_paper_and_proves_nothing(model, printer_on):
    printer = printer_on(EPSON)
    model.control(paper="out")

    assert printer.print(SAMPLE).state == "failed"
    assert (printer.facts().jobs, printer.facts().fed_mm) == (0, 0.0)
