"""SNBC BT-T080: automatic status, and a paper jam of its own in DLE EOT 3 b2."""

from __future__ import annotations

from tests.devices.transcripts.tables import (
    EOT,
    EPSON_ASB,
    EPSON_FAULTS,
    EPSON_NEAR_END,
    EPSON_WELL,
    Script,
)

SCRIPT = Script(
    source="SNBC BT-T080 manual: DLE EOT 3 b2 paper jam of the anti-jam module, b6 head; GS a, GS r",
    well=EPSON_WELL,
    faults=EPSON_FAULTS | {"jam": {EOT[1]: "1A", EOT[2]: "52", EOT[3]: "16"}},
    near_end=EPSON_NEAR_END,
    proof="asb",
    cut="1D564200",
    asb=EPSON_ASB,
)
