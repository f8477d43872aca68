"""Every link of the documents leads somewhere, and every decision is whole."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]

DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "firmware_configs").rglob("*.md")]
)

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")


def anchor_of(heading: str) -> str:
    """Return the anchor that forges give a heading."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    """Return every anchor in a document."""
    text = re.sub(
        r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    return {anchor_of(h) for h in re.findall(r"^#+\s+(.+)$", text, flags=re.MULTILINE)}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(path):
    text = re.sub(
        r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    broken: list[str] = []
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = unquote(link).partition("#")
        target = (path.parent / file).resolve() if file else path
        exists = target.exists() and target.is_relative_to(ROOT)
        if not exists or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))


@pytest.mark.parametrize("path", ADRS, ids=lambda p: p.stem)
def test_a_decision_is_one_whole_page(path):
    text = path.read_text(encoding="utf-8")

    number = re.fullmatch(r"(\d{4})-[a-z0-9-]+\.md", path.name)
    assert number
    assert text.startswith(f"# {number[1]} ")
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
        "We would reconsider if",
    ]
    assert len(text.splitlines()) <= 80


def test_decisions_are_numbered_without_gaps():
    assert [int(p.name[:4]) for p in ADRS] == list(range(1, len(ADRS) + 1))


def test_the_changelog_knows_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert re.search(rf"^## \[(Unreleased|{re.escape(version)})\]", text, flags=re.MULTILINE)


def test_the_glossary_holds_each_term_once():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^\| ([^|]+?) \| [^|]*[\u4e00-\u9fff]", text, flags=re.MULTILINE)

    assert len(terms) > 40
    assert len(terms) == len(set(terms))


def routes() -> set[str]:
    """Return `METHOD /path/{parameter}` of every route below `server/web/api`."""
    found: set[str] = set()
    for path in sorted((ROOT / "server" / "web" / "api").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                match mark:
                    case ast.Call(
                        func=ast.Attribute(value=ast.Name(id="bp"), attr=("get" | "post") as verb),
                        args=[ast.Constant(value=str(rule)), *_],
                    ) if "path:" not in rule:
                        found.add(f"{verb.upper()} " + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule))
    return found


def test_every_address_of_the_interface_is_described_and_no_other():
    text = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
    described = {
        row.partition("?")[0]
        for row in re.findall(r"^\| `((?:GET|POST) [^`]+)`", text, re.MULTILINE)
    }

    assert described == routes()
    assert len(described) > 20
