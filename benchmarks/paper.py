"""How many bytes the sample ticket is on each printer that ships with the product."""

from __future__ import annotations

from kiosk.printing.escpos import encode
from kiosk.printing.layout import layout
from server.kit.contract.views import TicketSlip
from server.kit.serial.profiles import Link, load_printer, printer_profiles

SAMPLE_PROFILE = "generic_80_gbk"
"""The 80 mm printer of the goal."""
SAMPLE = TicketSlip(
    uid="0" * 22,
    number="A012",
    queue="A",
    queue_name="婚姻登记",
    department="民政",
    item="CIV-01",
    item_name="结婚登记",
    hall_name="永德县政务服务中心",
    ahead=4,
    low_min=20,
    high_min=40,
    counters=("1号窗口",),
    issued_at="2026-11-23T01:41:07.412Z",
    issued_local="2026-11-23 09:41",
    no_show_rule="过号 30 分钟内可凭此票到导办台恢复。",
    url="http://192.168.10.2:8100/t/" + "x" * 16,
    promise="当场办结·不收费",
)
"""A ticket of the sample hall with everything that an ordinary one carries."""


WIRE = Link(baud=9600)


def wire_s_by_profile() -> dict[str, float]:
    """Return the seconds that the same jobs take on a line of 9600 8N1, by profile."""
    return {name: WIRE.wire_s(size) for name, size in bytes_by_profile().items()}


def bytes_by_profile() -> dict[str, int]:
    """Return the length of the whole job, reset and request to confirm included, by profile."""
    sizes = {}
    for name in printer_profiles():
        profile = load_printer(name)
        job = encode(layout(SAMPLE, profile.paper.columns), profile, pid="0001")
        sizes[name] = len(job.data)
    return sizes
