"""Custom KPM and VKP with an ejector: the full status of six bytes."""

from __future__ import annotations

from tests.devices.transcripts.tables import EOT, Script

SCRIPT = Script(
    source="Custom KPM150 and VKP80 manuals, DLE EOT 20: 10 0F p u r x; p b0 no paper, b2 near end, "
    "b5 ticket in the output; u b1 cover; r b0 head temperature, b6 jam (assumed); x b0 cutter",
    well={EOT[20]: "100F00000000"},
    faults={
        "paper_out": {EOT[20]: "100F05000000"},
        "cover_open": {EOT[20]: "100F00020000"},
        "jam": {EOT[20]: "100F00004000"},
        "cutter": {EOT[20]: "100F00000001"},
        "offline": {EOT[20]: "100F00000100"},
    },
    near_end={EOT[20]: "100F04000000"},
    proof="dle_eot",
    cut="1D564100",
    in_mouth={EOT[20]: "100F20000000"},
)
