"""Encoders and `printer check` against the printer model in every make that a profile is for.

The model is written from the makers' manuals and shares no code with the encoders.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kiosk.printing import check as asking
from kiosk.printing.escpos import encode, encode_char
from kiosk.printing.fitting import fit_of, fits_of
from kiosk.printing.layout import Cut, Line, layout, normalise
from kiosk.printing.model.faults import Faults
from kiosk.printing.model.machine import Machine
from kiosk.printing.model.makes import MAKES
from kiosk.printing.model.paper import Image, TextLine
from kiosk.printing.probe import Probe
from server.kit.serial.profiles import load_printer, printer_profiles
from server.kit.serial.testing import Clock, DevicePort
from tests.kiosk.printing.slips import SAMPLE, slip

NAMES = printer_profiles()
SLIPS = {
    "usual": SAMPLE,
    "long": slip(
        item_name="不动产转移登记（二手房买卖、继承、赠与及离婚析产）综合受理一件事",
        hall_name="双江拉祜族佤族布朗族傣族自治县政务服务中心",
        counters=("12号窗口", "二楼不动产登记综合受理专区"),
        priority="老年人、残疾人、军人优先",
        reprint=2,
    ),
    "rare names": slip(item_name="王镕䶮𬱖办理登记", no_show_rule="工本费 ¥9 • 乗僜嘯圽媆"),
}


class Tray:
    def __init__(self):
        self.slips = []

    def next_number(self):
        return len(self.slips) + 1

    def keep(self, paper):
        self.slips.append(paper)


class ModelPort(DevicePort):
    """A port with the model behind it, taking no time."""

    def __init__(self, name):
        super().__init__()
        self.tray = Tray()
        self.machine = Machine(
            paper_mm=load_printer(name).paper.width_mm,
            keeper=self.tray,
            now=lambda: datetime(2026, 11, 25, tzinfo=UTC),
            make=MAKES[name],
        )

    def answer(self, data):
        self.machine.receive(data)
        self.machine.run()
        return self.machine.take_answers()

    def complaints(self):
        return [c for c in self.machine.complaints if c.code != "unknown_real_time"]


@pytest.mark.parametrize("ticket", SLIPS.values(), ids=SLIPS)
@pytest.mark.parametrize("name", NAMES)
def test_each_make_understands_every_byte_of_every_slip(name, ticket):
    profile, port = load_printer(name), ModelPort(name)
    ops = layout(ticket, profile.paper.columns)

    job = encode(ops, profile, pid="A001")
    for at in range(0, len(job.data), 512):
        port.write(job.data[at : at + 512])

    [paper] = port.tray.slips
    assert [(c.code, c.bytes) for c in port.complaints()] == []
    wanted = [normalise(op.text) for op in ops if isinstance(op, Line)]
    if profile.text.charset == "none":
        assert all(isinstance(item, Image) for item in paper.items)
        return
    for mark in job.replaced:
        wanted = [line.replace(mark, "〓") for line in wanted]
    said = [item.text for item in paper.items if isinstance(item, TextLine)]
    pictures = [item for item in paper.items if isinstance(item, Image)]
    missing = [line for line in wanted if line not in said]
    # What is not there as text is there as a picture or as a taught glyph, line by line.
    taught = [i for i in paper.items if isinstance(i, TextLine) and any(s.glyph for s in i.spans)]
    drawn_codes = int(profile.qr.mode == "raster")
    assert len(missing) <= len(pictures) - drawn_codes + len(taught)
    if ticket is SAMPLE:
        assert missing == []
    if profile.qr.mode != "raster":
        assert paper.qr == (ticket.url,)


@pytest.mark.parametrize("name", NAMES)
def test_the_test_page_is_understood_by_its_make(name):
    profile, port = load_printer(name), ModelPort(name)
    job = encode(asking.check_page(profile, "2026-11-25 09:41"), profile, pid="CHK1")

    for at in range(0, len(job.data), 512):
        port.write(job.data[at : at + 512])

    assert [(c.code, c.bytes) for c in port.complaints()] == []
    assert len(port.tray.slips) == 1


@pytest.mark.parametrize("name", ["sprt_rme", "generic_80_gbk", "snbc_bt_t080"])
def test_every_hanzi_of_a_charset_stands_on_the_paper(name):
    """6,763 of GB 2312, 20,902 of GBK: among them 7,308 whose second byte looks like ASCII."""
    profile, port = load_printer(name), ModelPort(name)
    known = [ch for ch in map(chr, range(0x4E00, 0x9FA6)) if encode_char(ch, profile)]
    across = profile.paper.columns // 2
    lines = ["".join(known[at : at + across]) for at in range(0, len(known), across)]

    data = encode([*(Line(text=line) for line in lines), Cut()], profile, pid="A001").data
    for at in range(0, len(data), 2048):
        port.write(data[at : at + 2048])

    [paper] = port.tray.slips
    assert list(paper.text) == lines
    assert port.complaints() == []


ALONE = ("custom_kpm_vkp", "epson_tm_cn", "epson_tm_t88iii", "masung_ep", "star_line")
"""Printers that tell themselves apart from all others by what they answer."""


@pytest.mark.parametrize("name", NAMES)
def test_the_check_finds_that_the_right_profile_fits_its_make(name):
    port, clock = ModelPort(name), Clock()
    seen, _ = asking.examine(Probe(port, clock=clock, pause=clock.move), baud=9600)
    profiles = [load_printer(each) for each in NAMES]

    fits = fits_of(profiles, seen, paper_mm=load_printer(name).paper.width_mm)

    assert fit_of(load_printer(name), seen).fits
    assert port.tray.slips == []
    if name in ALONE:
        assert fits[0].profile.id == name
    assert {fit.profile.id for fit in fits if fit.fits} & {name}


def test_a_slip_left_in_the_mouth_of_a_cashino_gives_it_away():
    port, clock = ModelPort("cashino_kp"), Clock()
    port.write(encode(layout(SAMPLE, 48), load_printer("cashino_kp"), pid="A001").data)

    seen, _ = asking.examine(Probe(port, clock=clock, pause=clock.move), baud=9600)

    assert fits_of([load_printer(each) for each in NAMES], seen)[0].profile.id == "cashino_kp"
    assert asking.faults_said(load_printer("cashino_kp"), seen) == ([], True)


@pytest.mark.parametrize("name", NAMES)
def test_the_check_says_that_there_is_no_paper(name):
    port, clock = ModelPort(name), Clock()
    port.machine.control(Faults(paper="out"))

    seen, _ = asking.examine(Probe(port, clock=clock, pause=clock.move), baud=9600)

    assert "缺纸" in asking.faults_said(load_printer(name), seen)[0]
    assert fit_of(load_printer(name), seen).fits
