"""Every link of the documents leads somewhere, and every decision is whole."""

from __future__ import annotations

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
