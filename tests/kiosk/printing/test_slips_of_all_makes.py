"""The slip that each profile's bytes become on the make of printer that the profile is for.

The model is written from the manuals and shares no code with the encoder: each convicts the other.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from kiosk.printing.escpos import encode
from kiosk.printing.layout import layout
from kiosk.printing.model.faults import Faults
from kiosk.printing.model.machine import Machine
from kiosk.printing.model.makes import MAKES
from kiosk.printing.model.paper import Image, TextLine
from kiosk.printing.paper_use import fed_mm
from kiosk.printing.test_page import page_layout
from server.kit.serial.profiles import load_printer, printer_profiles
from tests.kiosk.printing.slips import SAMPLE, slip

NAMES = printer_profiles()


class Bench:
    """A machine of a make, and its paper in a list."""

    def __init__(self, name):
        self.slips = []
        make = MAKES[name]
        self.machine = Machine(
            make=make,
            paper_mm=make.paper_mm,
            keeper=self,
            now=lambda: datetime(2026, 11, 23, 1, 15, 7, tzinfo=UTC),
        )

    def next_number(self):
        return len(self.slips) + 1

    def keep(self, paper):
        self.slips.append(paper)

    def print(self, data):
        for at in range(0, len(data), 1000):
            self.machine.receive(data[at : at + 1000])
            self.machine.run()
        return self.machine.take_answers()

    @property
    def grumbles(self):
        return [complaint.code for complaint in self.machine.complaints]


def printed(name, ticket):
    profile, bench = load_printer(name), Bench(name)
    job = encode(layout(ticket, profile.paper.columns), profile, pid="J001")
    answers = bench.print(job.data)
    assert bench.grumbles == []
    assert len(bench.slips) == 1
    assert bench.machine.head.strip.items == []
    return bench.slips[0], answers, job


def test_the_model_knows_every_profile_and_its_geometry():
    for name in NAMES:
        profile, make = load_printer(name), MAKES[name]
        machine = Bench(name).machine
        assert (machine.paper_mm, machine.head.dots) == (
            profile.paper.width_mm,
            profile.paper.dots,
        )
        assert make.id == name


@pytest.mark.parametrize("name", NAMES)
def test_the_slip_is_whole_on_its_own_printer_without_a_complaint(name):
    paper, answers, _ = printed(name, SAMPLE)
    profile = load_printer(name)

    if profile.text.charset == "none":
        assert all(isinstance(item, Image) for item in paper.items)
        assert paper.length > 600
    else:
        text = "".join(paper.text)
        for part in (SAMPLE.hall_name, SAMPLE.item_name, SAMPLE.no_show_rule, SAMPLE.issued_local):
            assert part in text
        assert "A012" in paper.text
    if profile.qr.mode == "raster":
        assert any(isinstance(item, Image) for item in paper.items)
    else:
        assert paper.qr == (SAMPLE.url,)
    match profile.confirm.kind:
        case "process_id":
            assert answers.endswith(b"\x37\x22J001\x00")
        case "star_etb":
            assert answers[-2] & 0x6E == 0x02
        case "asb" | "gs_r":
            assert answers.endswith(b"\x00")


@pytest.mark.parametrize("name", [n for n in NAMES if load_printer(n).text.charset != "none"])
def test_the_number_is_the_largest_thing_and_the_lines_fit(name):
    paper, _, _ = printed(name, SAMPLE)
    sizes = {
        span.text.strip(): span.w * span.h
        for item in paper.items
        if isinstance(item, TextLine)
        for span in item.spans
    }

    assert sizes["A012"] == max(sizes.values())
    right = max(span.x + span.width for i in paper.items for span in getattr(i, "spans", ()))
    assert right <= load_printer(name).paper.dots


@pytest.mark.parametrize("name", NAMES)
def test_a_rare_name_is_readable_or_reported(name):
    """As a user glyph, as a picture, or as 〓 that the outcome names."""
    paper, _, job = printed(name, slip(item_name="王堃䶮氏登记"))
    glyphs = [s.glyph for i in paper.items for s in getattr(i, "spans", ()) if s.glyph]
    pictures = [i for i in paper.items if isinstance(i, Image)]

    text = "".join(paper.text)
    assert job.replaced or glyphs or pictures or "䶮" in text
    assert ("〓" in text.replace("〓" * bool(glyphs), "")) <= bool(job.replaced or glyphs)
    for glyph in glyphs:
        assert len(base64.b64decode(glyph)) == 72


@pytest.mark.parametrize("name", NAMES)
def test_the_test_page_prints_without_a_complaint_and_its_length_is_known(name):
    profile, bench = load_printer(name), Bench(name)
    ops = page_layout(profile, "一楼东侧取号机", "2026-11-23 09:41")
    bench.print(encode(ops, profile, pid="J001").data)
    [paper] = bench.slips

    assert bench.grumbles == []
    assert paper.length / 8 == pytest.approx(fed_mm(ops, profile), rel=0.25)
    if profile.text.charset != "none":
        assert name in "".join(paper.text)


@pytest.mark.parametrize("name", NAMES)
def test_what_repairs_a_printer_leaves_no_paper_when_nothing_stands_in_it(name):
    profile, bench = load_printer(name), Bench(name)
    bench.print(bytes.fromhex((profile.recover.clear or "") + profile.recover.stub))

    assert bench.grumbles == []
    assert all(paper.text == () for paper in bench.slips)


@pytest.mark.parametrize("name", NAMES)
def test_what_repairs_a_printer_parts_a_stub(name):
    profile, bench = load_printer(name), Bench(name)
    job = encode(layout(SAMPLE, profile.paper.columns), profile, pid="J001").data
    bench.print(job[: len(job) // 2])
    bench.machine.control(Faults(power="off"))
    bench.machine.control(Faults(power="on"))
    bench.print(bytes.fromhex(profile.recover.stub) + job)

    assert bench.slips[-1].after_stub == 0
    assert bench.slips[-1].qr or any(isinstance(i, Image) for i in bench.slips[-1].items)
