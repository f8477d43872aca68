"""MASUNG EP with a presenter: DLE EOT 5 has no fixed bits."""

from __future__ import annotations

from tests.devices.transcripts.tables import (
    EOT,
    EPSON_FAULTS,
    EPSON_NEAR_END,
    EPSON_WELL,
    Script,
)

SCRIPT = Script(
    source="MASUNG PrintCmd.java as republished in kim-company/masung_flutter: DLE EOT 5 b0 blocked, "
    "b1 pulled, b2 paper at the exit, b3 jam, b7 container; 1-4 as Epson",
    well=EPSON_WELL | {EOT[5]: "00"},
    faults=EPSON_FAULTS | {"jam": {EOT[1]: "1A", EOT[5]: "08"}},
    near_end=EPSON_NEAR_END,
    proof="dle_eot",
    cut="1B6900",
    in_mouth={EOT[5]: "04"},
)
