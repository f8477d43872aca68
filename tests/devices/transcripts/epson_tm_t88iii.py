"""Epson TM-T88III: automatic status and GS r, no GS ( H."""

from __future__ import annotations

from tests.devices.transcripts.tables import (
    EPSON_ASB,
    EPSON_FAULTS,
    EPSON_NEAR_END,
    EPSON_WELL,
    Script,
)

SCRIPT = Script(
    source="Epson TM-T88III specification, DLE EOT, GS a and GS r",
    well=EPSON_WELL,
    faults=EPSON_FAULTS,
    near_end=EPSON_NEAR_END,
    proof="asb",
    cut="1D564200",
    asb=EPSON_ASB,
)
