"""MASUNG T500II board: DLE EOT 1-4, ESC i with a parameter byte."""

from __future__ import annotations

from tests.devices.transcripts.tables import (
    EPSON_FAULTS,
    EPSON_NEAR_END,
    EPSON_WELL,
    Script,
)

SCRIPT = Script(
    source="MASUNG PrintCmd.java as republished in kim-company/masung_flutter",
    well=EPSON_WELL,
    faults=EPSON_FAULTS,
    near_end=EPSON_NEAR_END,
    proof="dle_eot",
    cut="1B6900",
)
