"""What a kiosk or display loads: the kit without the server behind it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SERVER_ONLY = ("server.app", "server.web", "server.store", "server.actions", "server.reads",
               "server.domain", "server.realtime", "server.jobs", "sqlalchemy", "alembic")  # fmt: skip

FRAMEWORKS = ("flask", "flask_socketio", "socketio", "engineio", "gevent", "serial", "urllib3")


def loaded_by(module: str) -> set[str]:
    """Return the names of all modules that importing *module* in a new process loads."""
    out = subprocess.run(
        [sys.executable, "-c", f"import {module}, sys; print(*sys.modules, sep='\\n')"],
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return set(out.split())


def having(loaded: set[str], roots: tuple[str, ...]) -> set[str]:
    """Return those of *loaded* that are one of *roots* or below one."""
    return {m for m in loaded if any(m == r or m.startswith(f"{r}.") for r in roots)}


def modules_under(folder: str) -> list[str]:
    """Return the dotted names of the modules in *folder*, entry points left out."""
    return [
        ".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for p in sorted((ROOT / folder).rglob("*.py"))
        if p.name != "__main__.py"
    ]


@pytest.mark.parametrize("module", modules_under("server/kit/contract"))
def test_the_contract_loads_no_framework_and_no_server(module):
    assert having(loaded_by(module), SERVER_ONLY + FRAMEWORKS) == set()


def test_the_whole_kit_loads_no_server():
    everything = ", ".join(modules_under("server/kit"))

    assert having(loaded_by(everything), SERVER_ONLY) == set()


def test_the_domain_loads_nothing_but_itself():
    everything = ", ".join(modules_under("server/domain"))

    loaded = loaded_by(everything)

    assert having(loaded, (*FRAMEWORKS, "sqlalchemy", "alembic")) == set()


@pytest.mark.parametrize("agent", ["kiosk", "display"])
def test_an_agent_loads_no_server(agent):
    # Models and demos start servers as processes; they do not import them either.
    everything = ", ".join(modules_under(agent))

    assert having(loaded_by(everything), SERVER_ONLY) == set()


def test_only_the_entry_points_patch_the_standard_library():
    patching = [
        str(path.relative_to(ROOT))
        for package in ("server", "kiosk", "display")
        for path in sorted((ROOT / package).rglob("*.py"))
        if any(
            isinstance(n, ast.Call) and ast.unparse(n.func).endswith(("patch_all", "patch_socket"))
            for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    ]

    assert [p for p in patching if not p.endswith("__main__.py")] == []
