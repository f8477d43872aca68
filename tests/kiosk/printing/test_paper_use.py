"""The estimate of the paper used, and the test page."""

from __future__ import annotations

import pytest

from kiosk.printing.layout import Cut, Gap, Line, QrCode, cells, layout
from kiosk.printing.paper_use import fed_mm
from kiosk.printing.test_page import page_layout
from server.kit.serial.profiles import load_printer, printer_profiles
from tests.kiosk.printing.slips import SAMPLE

GBK_80 = load_printer("generic_80_gbk")


def test_a_line_is_a_sixth_of_an_inch_and_large_letters_their_own_height():
    assert fed_mm([Line(text="a"), Gap(lines=1)], GBK_80) == pytest.approx(8.5, abs=0.1)
    assert fed_mm([Line(text="a", height=4)], GBK_80) == pytest.approx(12.0)


def test_a_cut_takes_the_way_from_the_head_to_the_knife():
    assert fed_mm([Cut()], GBK_80) == 12.0


def test_a_qr_code_is_as_high_as_its_modules():
    """21 bytes at level M are version 2: 25 modules of 6 dots."""
    assert fed_mm([QrCode(data="a" * 21)], GBK_80) == pytest.approx((25 * 6 + 34) / 8, abs=0.1)


def test_a_ticket_is_about_as_long_as_a_hand():
    assert 90 < fed_mm(layout(SAMPLE, 48), GBK_80) < 160


@pytest.mark.parametrize("name", printer_profiles())
def test_the_test_page_fits_the_paper_and_says_what_it_is(name):
    profile = load_printer(name)
    page = page_layout(profile, "一楼东侧取号机", "2026-11-23 09:41")
    lines = [op for op in page if isinstance(op, Line)]
    said = "".join(line.text for line in lines)

    assert max(cells(line.text) * line.width for line in lines) == profile.paper.columns // 2 * 2
    for part in ("一楼东侧取号机", "2026-11-23 09:41", name, "这不是号票"):
        assert part in said
