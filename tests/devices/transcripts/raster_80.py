"""An Epson-like mechanism without a Chinese font."""

from __future__ import annotations

from tests.devices.transcripts.tables import (
    EPSON_FAULTS,
    EPSON_NEAR_END,
    EPSON_WELL,
    Script,
)

SCRIPT = Script(
    source="Epson TM-T88III specification, DLE EOT and GS r",
    well=EPSON_WELL,
    faults=EPSON_FAULTS,
    near_end=EPSON_NEAR_END,
    proof="gs_r",
    cut="1D564200",
)
