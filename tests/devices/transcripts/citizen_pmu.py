"""Citizen PMU2300III: presenter by timer, automatic status."""

from __future__ import annotations

from tests.devices.transcripts.tables import (
    EPSON_ASB,
    EPSON_FAULTS,
    EPSON_NEAR_END,
    EPSON_WELL,
    Script,
)

SCRIPT = Script(
    source="Citizen PMU2300III manual, DLE EOT, GS a (section 5.3) and GS R",
    well=EPSON_WELL,
    faults=EPSON_FAULTS,
    near_end=EPSON_NEAR_END,
    proof="asb",
    cut="1D564100",
    asb=EPSON_ASB,
)
