"""The repository's own rules catch what they are for and leave the rest alone."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(name: str) -> ModuleType:
    """Return a module of tools/, which is no package."""
    spec = importlib.util.spec_from_file_location(f"tools_{name}", ROOT / "tools" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


lint = load("lint")

REGISTRY = "pypi" + ".org"
MACHINE = "/wor" + "k"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", f"see {MACHINE}/main/README.md"),
        ("README.md", f"cd {MACHINE}"),
        ("docs/a.md", "in /roo" + "t/.cache"),
        ("docs/a.md", f"https://{REGISTRY}/simple"),
        ("display/static/a.css", ".a:has(.b) { color: var(--ink); }"),
        ("display/static/a.css", ".a { color: var(--ink); .b { margin: 0; } }"),
        ("display/static/a.css", "@media print { .a { &:hover { margin: 0; } } }"),
        ("display/static/a.css", ".a { height: 100dvh; }"),
        ("display/static/a.css", "@container (min-width: 3em) { .a { margin: 0; } }"),
        ("display/static/a.css", "@media (width >= 40em) { .a { margin: 0; } }"),
        ("display/static/a.css", ".a { view-transition-name: x; }"),
        ("display/static/a.css", ".a { color: #fff; }"),
        ("display/static/a.css", ".a { color: rgb(0 0 0); }"),
        ("display/static/a.css", ".a { margin: 0; scale: 2; }"),
        ("kiosk/static/a.js", "const copy = structuredClone(view);"),
        ("kiosk/static/a.js", "const key = crypto.randomUUID();"),
        ("kiosk/static/a.js", 'const catalogue = await fetch("/catalogue");'),
        ("kiosk/static/a.js", "row.innerHTML = name;"),
        ("kiosk/static/a.js", 'import x from "https://cdn.example/x.js";'),
        ("kiosk/static/a.js", 'document.querySelector("li:has(b)");'),
        ("kiosk/static/a.js", "\n" * 301),
        ("kiosk/templates/a.html", "<script>start()</script>"),
        ("kiosk/templates/a.html", '<script type="importmap" src="x"></script>'),
        ("kiosk/templates/a.html", '<p style="color: red">'),
        ("kiosk/templates/a.html", '<button onclick="go()">'),
        ("kiosk/templates/a.html", '<img src="//cdn.example/x.png">'),
        ("kiosk/templates/a.html", "{{ name | safe }}"),
    ],
)
def test_a_fault_is_found(name, text):
    assert list(lint.faults_of(name, text))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("docs/a.md", "network/work, home/work, a /workday/ and the .hall folder"),
        ("display/static/a.css", "/* no :has() here, 100dvh neither */ .a { margin: 0; }"),
        ("display/static/a.css", "@media print { .a { margin: 0; } .b { margin: 0; } }"),
        ("display/static/a.css", "@keyframes x { from { opacity: 0; } to { opacity: 1; } }"),
        ("display/static/a.css", ".a { transform: scale(2); color: var(--ink); height: 100vh; }"),
        ("display/static/a.css", "#fade { margin: 0; }"),
        ("kiosk/static/a.js", "async function f() {\n  const r = await fetch(u);\n  return r;\n}"),
        ("kiosk/static/a.js", "// innerHTML is never used\nrow.textContent = name;"),
        ("kiosk/static/a.js", "\n" * 300),
        (
            "kiosk/templates/a.html",
            '<script type="module" src="{{ asset_url(\'a.js\') }}"></script>',
        ),
        ("kiosk/templates/a.html", '<script type="application/json" id="view">{}</script>'),
        ("kiosk/templates/a.html", "{# style= and onclick= are not allowed #}<p hidden>"),
        ("tests/pages/a.html", "<script>start()</script>"),
        ("server/kit/web/static/vendor/x.js", "a.innerHTML=b"),
    ],
)
def test_what_is_well_is_left_alone(name, text):
    assert list(lint.faults_of(name, text)) == []


def test_a_fault_names_its_line():
    (fault,) = lint.faults_of("kiosk/static/a.js", "\n\nrow.innerHTML = name;\n")

    assert fault.startswith("kiosk/static/a.js:3: ")


def test_the_vendor_files_are_copied_once_and_repaired(tmp_path):
    vendor = load("vendor")
    source = tmp_path / "node_modules" / vendor.FILES["socket.io.esm.min.js"]
    source.parent.mkdir(parents=True)
    source.write_text("export const io = 1;")
    target = tmp_path / "vendor"

    first = vendor.vendor(tmp_path / "node_modules", target)
    second = vendor.vendor(tmp_path / "node_modules", target)
    (target / "socket.io.esm.min.js").write_text("torn")
    third = vendor.vendor(tmp_path / "node_modules", target)

    assert first == ["socket.io.esm.min.d.ts", "socket.io.esm.min.js"]
    assert second == []
    assert third == ["socket.io.esm.min.js"]
    assert (target / "socket.io.esm.min.js").read_text() == "export const io = 1;"


def test_a_missing_browser_file_is_named(tmp_path):
    vendor = load("vendor")

    with pytest.raises(FileNotFoundError, match=r"socket\.io\.esm\.min\.js"):
        vendor.vendor(tmp_path, tmp_path / "vendor")
    assert not (tmp_path / "vendor").exists()
