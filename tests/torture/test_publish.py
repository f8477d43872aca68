"""Remove any one `publish` of an action, and a proof turns red.

The proofs are those of tests/contract/test_every_action.py. Each round changes one copy of the
tree: the statement becomes `pass`, the proofs must fail, the statement is put back. A copy that
was not what pytest imported would pass, so it would be found here too.
"""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.torture import report, scaled

ROOT = Path(__file__).resolve().parents[2]
PROOFS = "tests/contract/test_every_action.py"
FAILED = 1
"""pytest's exit status when tests ran and some failed; 2 to 5 mean that they did not run."""


@dataclass(frozen=True)
class Site:
    """One statement that publishes."""

    file: str
    first: int
    """Line, counted from 1."""
    last: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.first}"


def sites() -> list[Site]:
    """Every `….publish(…)` of the actions, in the order of files and lines."""
    found = []
    for path in sorted((ROOT / "server" / "actions").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        file = str(path.relative_to(ROOT))
        statements = {n.value: n for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr != "publish":
                continue
            statement = statements[node]  # a publish whose value is used could not be taken out
            assert statement.end_lineno is not None
            found.append(Site(file, statement.lineno, statement.end_lineno, statement.col_offset))
    return sorted(found, key=lambda s: (s.file, s.first))


class Copy:
    """A copy of what the proofs need."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        leave = shutil.ignore_patterns("__pycache__", "vendor", "node_modules")
        for part in ("server", "tests"):
            shutil.copytree(ROOT / part, folder / part, ignore=leave)
        shutil.copy(ROOT / "pyproject.toml", folder)

    def proofs(self) -> subprocess.CompletedProcess[str]:
        """Run the proofs on SQLite until the first fails."""
        environ = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [sys.executable, "-m", "pytest", PROOFS, "-k", "sqlite", "-x", "-q", "--no-header"],
            cwd=self.folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )

    def without(self, site: Site) -> subprocess.CompletedProcess[str]:
        """Run the proofs while *site* does nothing."""
        path = self.folder / site.file
        whole = path.read_text(encoding="utf-8")
        lines = whole.splitlines()
        lines[site.first - 1 : site.last] = [" " * site.column + "pass"]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        try:
            return self.proofs()
        finally:
            path.write_text(whole, encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A copy whose proofs are green as it stands."""
    found = Copy(tmp_path_factory.mktemp("copy"))
    done = found.proofs()
    assert done.returncode == 0, done.stdout[-3000:]
    yield found
    shutil.rmtree(found.folder)


def survivors(copy: Copy, chosen: list[Site]) -> list[str]:
    """The sites that may go without a proof turning red."""
    lived = []
    for site in chosen:
        done = copy.without(site)
        assert done.returncode in {0, FAILED}, f"{site}\n{done.stdout[-3000:]}"
        if done.returncode == 0:
            lived.append(str(site))
    return lived


def test_two_publishes_taken_out_turn_red(copy: Copy) -> None:
    assert survivors(copy, random.Random(26).sample(sites(), 2)) == []


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_every_publish_taken_out_turns_red(copy: Copy) -> None:
    there = sites()
    chosen = random.Random(5).sample(there, scaled(len(there), least=2))

    lived = survivors(copy, chosen)

    assert lived == []
    report("one publish taken out", {"sites": len(chosen), "red": len(chosen) - len(lived)})
