"""Epson TM, Chinese models: process ids by GS ( H."""

from __future__ import annotations

from tests.devices.transcripts.tables import (
    EPSON_ASB,
    EPSON_FAULTS,
    EPSON_NEAR_END,
    EPSON_WELL,
    Script,
)

SCRIPT = Script(
    source="Epson ESC/POS reference, GS ( H function 48; TM-T88III specification, DLE EOT and GS a",
    well=EPSON_WELL,
    faults=EPSON_FAULTS,
    near_end=EPSON_NEAR_END,
    proof="process_id",
    cut="1D564200",
    asb=EPSON_ASB,
)
