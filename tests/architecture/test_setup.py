"""The commands of the Makefile: they say what lacks, and do nothing when nothing is to do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SETUP = ROOT / "tools" / "setup"


def bare_path(folder: Path) -> str:
    """Return a PATH with a shell and its tools, but without Python, npm, browsers and apt-get."""
    for name in ("bash", "env", "sed", "dirname", "cat", "sha256sum", "cut"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return str(folder)


def test_what_a_machine_lacks_is_named_with_the_command_to_type(tmp_path):
    done = subprocess.run(
        [SETUP, "test"],
        env={"PATH": bare_path(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    lacks = re.search(r"^This machine lacks: (.+)$", done.stderr, re.MULTILINE)
    assert lacks
    assert {"python3", "npm", "chromium", "fonts-noto-cjk", "espeak-ng"} <= set(lacks[1].split())
    command = "apt-get update && sudo apt-get install -y --no-install-recommends"
    assert f"sudo {command} {lacks[1]}" in done.stderr


def test_running_a_hall_asks_for_nothing_that_only_tests_need(tmp_path):
    done = subprocess.run(
        [SETUP, "run"],
        env={"PATH": bare_path(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert not re.search(r"chromium|postgresql|fonts|gcc", done.stderr)


def test_an_unknown_part_shows_the_usage():
    done = subprocess.run([SETUP, "everything"], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "tools/setup run | check | test | bench" in done.stdout


@pytest.mark.parametrize("command", ["run", "check", "test", "bench", "torture"])
def test_make_sets_up_before_it_works(command):
    shown = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", command],
        cwd=ROOT, env=os.environ | {"MAKEFLAGS": ""}, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip

    assert shown[0].startswith("tools/setup ")
    assert len(shown) == 2


def test_continuous_integration_is_check_and_test_and_nothing_else():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert re.findall(r"^make (\w+)$", script, re.MULTILINE) == ["check", "test"]
    assert "export" not in script
