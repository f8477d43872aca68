"""SPRT panel printer with a tear bar: DLE EOT only."""

from __future__ import annotations

from tests.devices.transcripts.tables import (
    EPSON_FAULTS,
    EPSON_NEAR_END,
    EPSON_WELL,
    Script,
)

SCRIPT = Script(
    source="SPRT SP-RMD11A manual, DLE EOT 1-4",
    well=EPSON_WELL,
    faults=EPSON_FAULTS,
    near_end=EPSON_NEAR_END,
    proof="dle_eot",
    cut="1B6404",
)
