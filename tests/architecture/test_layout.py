"""Four import packages, small modules, and a wheel that holds what a hall needs and no more."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("kiosk", "display", "server", "firmware_configs")

MAX_LINES = 400

LONG_FOR_A_REASON = {
    "server/actions/calling.py": "every verb of a ticket at a counter; split, they would drift apart",
    "server/store/tables.py": "every table at one glance: a list, not logic",
}
"""Module -> why it is longer than `MAX_LINES`. This list shrinks."""


def modules() -> list[Path]:
    """Return every Python file of the product, migrations left out."""
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_an_import_package_belongs_to_this_distribution_alone(package):
    assert packages_distributions().get(package) in (["hallqueue"], None)
    assert (ROOT / package / "__init__.py").is_file()


def test_the_distribution_is_installed_here_from_this_tree():
    found = subprocess.run(
        [sys.executable, "-c", "import server; print(server.__file__)"],
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()

    assert Path(found) == ROOT / "server" / "__init__.py"


def test_no_module_is_long_without_a_reason():
    sizes = {str(p.relative_to(ROOT)): len(p.read_bytes().splitlines()) for p in modules()}

    too_long = {n: s for n, s in sizes.items() if s > MAX_LINES and n not in LONG_FOR_A_REASON}
    needless = sorted(n for n in LONG_FOR_A_REASON if sizes.get(n, 0) <= MAX_LINES)

    assert too_long == {}
    assert needless == [], "these are short again: take them off the list"


def test_every_module_says_what_it_is_for():
    silent = [str(p.relative_to(ROOT)) for p in modules() if not p.read_text().startswith('"""')]

    assert silent == []


def test_every_pure_edge_module_that_exists_is_guarded():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    listed = {
        module
        for contract in contracts
        if contract["name"].startswith("domain, contract and pure edge modules")
        for module in contract["source_modules"]
    }

    for module in (
        "kiosk.journey",
        "kiosk.printing.layout",
        "display.screen",
        "display.voice.phrases",
    ):
        exists = (ROOT / (module.replace(".", "/") + ".py")).is_file()
        assert exists == (module in listed), f"list {module} in pyproject.toml when it exists"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Build the wheel from this tree and return the names in it."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps",
         "--no-build-isolation", "--no-index", "--wheel-dir", folder, ROOT],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("hallqueue-*.whl")
    with zipfile.ZipFile(path) as z:
        return z.namelist()


def test_the_wheel_holds_every_file_of_the_four_packages(wheel):
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    wanted = {n for n in listed if (ROOT / n).is_file()}

    assert wanted - set(wheel) == set()


@pytest.mark.parametrize(
    "kind",
    [
        "server/kit/web/static/vendor/socket.io.esm.min.js",
        "server/kit/web/static/tokens.css",
        "server/kit/web/templates/base.html",
        "server/kit/contract/messages.py",
        "server/store/migrations/",
        "firmware_configs/printers/",
        "kiosk/templates/",
        "kiosk/static/",
        "display/templates/",
        "display/static/",
    ],
)
def test_the_wheel_holds_what_runs_without_the_clone(wheel, kind):
    assert any(name.startswith(kind) for name in wheel)


def test_the_wheel_holds_the_sample_halls(wheel):
    seeds = [n for n in wheel if n.startswith("server/") and n.endswith(".toml")]

    assert [n for n in seeds if "2026" in n]
    assert [n for n in seeds if "2007" in n]


def test_the_wheel_holds_nothing_else(wheel):
    tops = {name.partition("/")[0] for name in wheel}

    assert {t for t in tops if not t.startswith("hallqueue-")} == set(PACKAGES)
    assert not [n for n in wheel if n.endswith((".pyc", ".log", ".sqlite3")) or "/tests/" in n]


def test_the_wheel_names_its_four_commands(wheel):
    commands = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]

    assert set(commands) == {"hall-server", "hall-kiosk", "hall-display", "hall-demo"}
    for target in commands.values():
        assert target.partition(":")[0].replace(".", "/") + ".py" in wheel
