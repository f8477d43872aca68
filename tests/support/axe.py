"""axe-core on a page: what people who see, hear or move otherwise could not use.

The rules are those of WCAG 2.0 A and AA, and 2.2 AA. axe-core comes with the npm packages of the
tests (package-lock.json) and runs inside the page; nothing of it is shipped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


def violations(page: Page, *, but: tuple[str, ...] = ()) -> list[str]:
    """Return what is wrong with *page* as it stands, one line for each element.

    Args:
        page: any page; its Content-Security-Policy stays in force.
        but: rules left out; say why where you call it.

    Raises:
        FileNotFoundError: axe-core is not installed: `make test` does it.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(
        "([tags, but]) => axe.run(document, {runOnly: {type: 'tag', values: tags}, "
        "rules: Object.fromEntries(but.map(b => [b, {enabled: false}]))})",
        [list(TAGS), list(but)],
    )
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]} ({rule['help']})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
