"""Events leave through one door, and only actions decide that something happened."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

MAY_EMIT = {
    "server/realtime/fanout.py": "hall events",
    "server/realtime/namespaces.py": "welcome, beat and bye",
    "server/kit/agent.py": "an agent's own page",
    "server/kit/link.py": "a device speaking to the server",
}


def calls(method: str, *packages: str) -> Iterator[tuple[str, ast.Call]]:
    """Yield file and node of every call of a method of that name."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == method
                ):
                    yield path.relative_to(ROOT).as_posix(), node


def test_events_are_emitted_in_one_place():
    emitting = {path for path, _ in calls("emit", "server", "kiosk", "display")}

    assert emitting - MAY_EMIT.keys() == set()
    assert "server/realtime/fanout.py" in emitting, "then who emits? Mend this test"


def test_only_actions_publish():
    publishing = {path for path, _ in calls("publish", "server", "kiosk", "display")}

    assert {p for p in publishing if not p.startswith("server/actions/")} == set()
    assert publishing, "then who publishes? Mend this test"


def test_no_state_is_changed_by_get():
    changing = [
        f"{path}:{node.lineno}"
        for path, node in calls("get", "server/web")
        if node.args
        and isinstance(node.args[0], ast.Constant)
        and str(node.args[0].value).startswith("/")
        and str(node.args[0].value)
        .rstrip("/")
        .endswith(
            ("start", "finish", "no-show", "call", "call-next", "recall", "reprint", "sign-out")
        )
    ]

    assert changing == []


def test_the_clock_is_read_only_where_the_settings_allow_it():
    ignores = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"][
        "per-file-ignores"
    ]
    allowed = [pattern for pattern, codes in ignores.items() if "TID251" in codes]
    reading = {
        path
        for name in ("now", "utcnow", "today")
        for path, node in calls(name, "server", "kiosk", "display")
        if ast.unparse(node.func).split(".")[-2] in {"datetime", "date"}
    }

    outside = {p for p in reading if not any(Path(p).match(pattern) for pattern in allowed)}

    assert outside == set()


def test_only_the_store_speaks_sql():
    speaking = subprocess.run(
        ["git", "grep", "-lE", r"^\s*(import|from) sqlalchemy|^\s*import sqlite3", "--", "*.py"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    ).stdout.split()  # fmt: skip

    # The entry point reads a database's address, to show it without its password.
    may = (
        "server/store/",
        "server/__main__.py",
        "server/console.py",
        "tools/",
        "tests/",
        "benchmarks/",
    )

    outside = {p for p in speaking if not p.startswith(may)}

    assert outside == set()
