"""Cashino KP: DLE EOT 1 bit 7 says that the slip was not taken."""

from __future__ import annotations

from tests.devices.transcripts.tables import (
    EOT,
    EPSON_FAULTS,
    EPSON_NEAR_END,
    EPSON_WELL,
    Script,
)

SCRIPT = Script(
    source="Cashino KP manual: DLE EOT 1 b7, 0 = taken or torn away, 1 = not taken; else as Epson",
    well=EPSON_WELL,
    faults=EPSON_FAULTS,
    near_end=EPSON_NEAR_END,
    proof="dle_eot",
    cut="1D564200",
    in_mouth={EOT[1]: "92"},
)
