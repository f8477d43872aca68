"""Cheap 80 mm mechanisms: DLE EOT 1-4 as Epson, GS r in its turn."""

from __future__ import annotations

from tests.devices.transcripts.tables import (
    EPSON_FAULTS,
    EPSON_NEAR_END,
    EPSON_WELL,
    Script,
)

SCRIPT = Script(
    source="Epson TM-T88III specification, DLE EOT and GS r; Bixolon, Citizen and SNBC print the same tables",
    well=EPSON_WELL,
    faults=EPSON_FAULTS,
    near_end=EPSON_NEAR_END,
    proof="gs_r",
    cut="1D564200",
)
