"""The long forms: how often a proof is repeated, and what it found.

`make torture` runs everything marked `torture` in full. `HALL_TORTURE_SCALE=0.02` shrinks every
count for a trial of the proofs themselves; the report then says so.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

SCALE = "HALL_TORTURE_SCALE"
REPORT = "HALL_TORTURE_REPORT"


def scaled(count: float, *, least: float = 1) -> int:
    """Return *count* times `HALL_TORTURE_SCALE` (1 when it is not set), at least *least*."""
    return round(max(least, count * float(os.environ.get(SCALE) or 1)))


def report(name: str, figures: dict[str, object]) -> None:
    """Write a line for docs/reliability.md when `make torture` asks for it."""
    path = os.environ.get(REPORT)
    if path:
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        line = {"proof": name, "test": test, **figures}
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
