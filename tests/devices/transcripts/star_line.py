"""Star line mode: nine bytes of automatic status, and a counter that ETB moves on."""

from __future__ import annotations

from tests.devices.transcripts.tables import Script

ASK = "1B0601"

SCRIPT = Script(
    source="Star line mode specification: ASB byte 1 0xx0xxx1 with its length in b5 b3 b2 b1; 3 b3 "
    "offline, b5 cover; 4 b2 mechanical, b3 cutter, b5 unrecoverable; 6 b2 near end, b3 end; "
    "8 ETB counter b6 b5 b3 b2 b1",
    well={ASK: "230600000000000000"},
    faults={
        "paper_out": {ASK: "2306080000" + "0C000000"},
        "cover_open": {ASK: "230628000000000000"},
        "jam": {ASK: "230608040000000000"},
        "cutter": {ASK: "230608080000000000"},
        "offline": {ASK: "230608200000000000"},
    },
    near_end={ASK: "2306000000" + "04000000"},
    proof="star_etb",
    cut="1B6403",
)
