"""A drawn slip is the printer's own paper: the same dots, the same length, the same bytes."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.printing.escpos import encode
from kiosk.printing.layout import hall_layout, layout
from kiosk.printing.model.drawing import slip_svg
from kiosk.printing.model.testing import running_model
from kiosk.printing.preview import PROFILES, SlipPreview, printed
from kiosk.printing.printer import Printer
from server.kit.contract.paper import SLIP_ALWAYS, SlipBlock, SlipLayout
from server.kit.contract.views import Material
from server.kit.serial.profiles import PortConfig, load_printer
from tests.kiosk.hall import catalogue
from tests.kiosk.printing.slips import SAMPLE, slip

ALWAYS = tuple(SlipBlock(what=what) for what in SLIP_ALWAYS)
LAYOUT = (
    SlipBlock(what="hall_name", size=2, bold=True),
    SlipBlock(what="rule"),
    SlipBlock(what="number", size=6),
    SlipBlock(what="reprint"),
    SlipBlock(what="materials"),
    SlipBlock(what="qr", text="扫码看进度"),
    SlipBlock(what="text", text="请在休息区等候，注意听叫号，王䶮", left=True, gap=True),
    SlipBlock(what="complaint"),
    SlipBlock(what="issued"),
)


@pytest.fixture(scope="module")
def preview() -> SlipPreview:
    return SlipPreview()


@pytest.mark.parametrize("mm", [80, 58])
def test_what_is_drawn_is_what_a_kiosk_prints_for_the_same_ticket(preview, mm, tmp_path):
    hall = msgspec.structs.replace(
        catalogue(), slip=SlipLayout(blocks=LAYOUT), complaint_phone="12345"
    )
    ticket = slip(item="MZ-01", reprint=1)
    profile = load_printer(PROFILES[mm])
    materials = hall.items[0].disclosure.materials
    with running_model(tmp_path, paper=mm, dialect="generic") as model:
        printer = Printer(
            PortConfig(address=model.port, baud=115200),
            profile,
            compose=lambda s, columns: hall_layout(s, columns, hall),
        )
        printer.start()
        outcome = printer.print(ticket)
        printer.stop()
        [paper] = model.wait_for_slips(1)

    drawn = preview.draw(ticket, LAYOUT, paper_mm=mm, materials=materials, complaint_phone="12345")

    assert outcome.state == "printed"
    assert drawn.lines == paper.text
    assert drawn.svg == slip_svg(msgspec.structs.replace(paper, n=1), embed=True)
    assert drawn.mm == round(paper.length / 8)
    assert drawn.drawn == ("䶮",)


def test_bytes_and_seconds_are_counted(preview):
    profile = load_printer(PROFILES[80])
    job = encode(layout(SAMPLE, 48), profile, pid="A001")

    drawn = preview.draw(SAMPLE, (), paper_mm=80)
    assert drawn.size == len(job.data)
    assert drawn.seconds == pytest.approx(len(job.data) / 960)
    assert drawn.code_size == 94
    assert drawn.lines == printed(job.data, profile).text


def test_what_no_printer_has_is_named(preview):
    blocks = (SlipBlock(what="text", text="好👍 的\u200d"), *ALWAYS)

    drawn = preview.draw(SAMPLE, blocks, paper_mm=80)
    assert drawn.dropped == ("👍", "\u200d")
    assert drawn.lines[0] == "好 的"


def test_a_drawing_holds_no_address_and_no_text_as_markup(preview):
    blocks = (SlipBlock(what="text", text='<script>"&'), *ALWAYS, SlipBlock(what="qr"))

    for mm in PROFILES:
        svg = preview.draw(SAMPLE, blocks, paper_mm=mm).svg
        assert "<script" not in svg
        assert "&lt;script&gt;" in svg
        assert "/model/" not in svg
        assert ("data:image/png;base64," in svg) == (mm == 58)


def test_the_work_is_bounded_whatever_is_asked(preview):
    text = SlipBlock(what="text", text="字" * 1000, size=99)
    garbage = [SlipBlock(what="qr"), SlipBlock(what="materials"), text] * 400
    materials = [Material(name="材" * 5000, form="原" * 5000)] * 500

    drawn = preview.draw(SAMPLE, garbage, paper_mm=58, materials=materials)
    assert drawn.svg.count("<image") == 1
    assert drawn.size < 16_000
    assert "A012" in drawn.lines
