"""The rules of this repository that no ready-made checker knows; each fault is one line.

* Nothing tracked names a folder of somebody's machine or a package registry.
* Page code keeps to the browser floor, Chromium 90: what came later is listed in `TOO_NEW_CSS` and
  `TOO_NEW_JS` with the version that brought it.
* Pages are safe to serve under `default-src 'self'`: no inline script, style or handler, text only
  through textContent, nothing from a foreign host.
* Colours stand in tokens.css, where their contrast is tested, and nowhere else.
* A page module has at most 300 lines.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

MAX_PAGE_LINES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """A pattern that must not occur, and why."""

    pattern: re.Pattern[str]
    why: str


def ban(pattern: str, why: str, flags: int = 0) -> Ban:
    """Return a ban of *pattern*."""
    return Ban(pattern=re.compile(pattern, flags), why=why)


# The words are broken in two so that this file does not break its own rule.
EVERYWHERE = (
    ban(r"(?<![\w.\-/<>}])/wo" r"rk(?=/|\b(?![\w-]))(?!/\{)", "a folder of one machine"),
    ban(r"(?<![\w.\-])/(?:roo" r"t|tmp/hq)/", "a folder of one machine"),
    ban(r"(?<![\w.\-])/ho" r"me/(?!hall)\w+/", "a folder of one machine"),
    ban(r"\bpyp" r"i\.(?:org|tuna|\w+\.edu)|pythonho" r"sted\.org", "a package registry"),
    ban(r"registry\.np" r"m|np" r"mjs\.(?:org|com)|np" r"mmirror\.com", "a package registry"),
)

TOO_NEW_CSS = (
    ban(r":has\(", ":has() needs Chromium 105"),
    ban(r"@container\b|\bcontainer-(?:type|name)\s*:", "container queries need Chromium 105"),
    ban(r"\d(?:cq[whib]|cqmin|cqmax)\b", "container units need Chromium 105"),
    ban(r"\d[dsl]v(?:h|w|i|b|min|max)\b", "dvh, svh and lvh need Chromium 108"),
    ban(r"\d+r?lh\b", "the lh unit needs Chromium 109"),
    ban(r"@layer\b", "cascade layers need Chromium 99"),
    ban(r"@scope\b", "@scope needs Chromium 118"),
    ban(r"@starting-style\b", "@starting-style needs Chromium 117"),
    ban(r"view-transition", "view transitions need Chromium 111"),
    ban(r"\bcolor-mix\(|\boklch\(|\boklab\(|\blab\(|\blch\(", "this colour needs Chromium 111"),
    ban(r"\bsubgrid\b", "subgrid needs Chromium 117"),
    ban(r"\((?:width|height)\s*[<>]", "range syntax in media queries needs Chromium 104"),
    ban(
        r"(?:^|[{;])\s*(?:translate|rotate|scale)\s*:",
        "single transforms need Chromium 104",
        re.MULTILINE,
    ),
    ban(r"\bscrollbar-gutter\s*:", "scrollbar-gutter needs Chromium 94"),
    ban(r"@import\b", "link the sheet in the page, so that it loads at once"),
)

TOO_NEW_JS = (
    ban(r":has\(", ":has() needs Chromium 105"),
    ban(r"\bstructuredClone\b", "structuredClone needs Chromium 98"),
    ban(r"\brandomUUID\b", "randomUUID needs Chromium 92 and https; use getRandomValues"),
    ban(r"\bstartViewTransition\b", "view transitions need Chromium 111"),
    ban(r"\bAbortSignal\.(?:timeout|any)\b", "AbortSignal.timeout needs Chromium 103"),
    ban(r"\bshowPopover\b|\bpopover\b\s*=", "popover needs Chromium 114"),
    ban(r"\.inert\b", "inert needs Chromium 102"),
    ban(r"\bnavigation\.navigate\b", "the navigation API needs Chromium 102"),
    ban(r"^(?![\s*/])[^\n(){}]*\bawait\b", "no await at the top level of a module", re.MULTILINE),
    ban(r"\bstatic\s*\{", "static blocks need Chromium 94"),
    ban(r"\bassert\s*\{\s*type\b|\bwith\s*\{\s*type\b", "import attributes need Chromium 91"),
)

UNSAFE_JS = (
    ban(r"\.(?:inner|outer)HTML\b", "text goes through textContent"),
    ban(r"\binsertAdjacentHTML\b|\bdocument\.write\b", "text goes through textContent"),
    ban(r"\beval\s*\(|\bnew Function\b", "no code from text"),
    ban(r"https?://(?!127\.0\.0\.1|localhost|www\.w3\.org/)[\w.-]+", "nothing from a foreign host"),
)

UNSAFE_TEMPLATE = (
    ban(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", "no inline script (CSP)", re.IGNORECASE
    ),
    ban(r"<style\b", "no inline style (CSP)", re.IGNORECASE),
    ban(r"<[a-z][^>]*\sstyle\s*=", "no style attribute (CSP)", re.IGNORECASE),
    ban(r"<[a-z][^>]*\son[a-z]+\s*=", "no handler in HTML (CSP)", re.IGNORECASE),
    ban(r"\bimportmap\b", "import maps need Chromium 89 and later"),
    ban(r"\|\s*safe\b", "nothing is written unescaped"),
    ban(
        r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//(?!127\.0\.0\.1|localhost)",
        "nothing from a foreign host",
        re.IGNORECASE,
    ),
)

HARD_COLOUR = ban(
    r"#[0-9a-f]{3,8}\b(?![^{};]*\{)|\b(?:rgba?|hsla?)\(",
    "colours stand in tokens.css",
    re.IGNORECASE,
)

COLOURS_STAND_IN = "tokens.css"
"""The one sheet of a folder that names colours; others use its tokens."""


def without_comments(text: str) -> str:
    """Return CSS or JavaScript with its comments blanked; line numbers stay."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0]) if match[0].startswith("/") else match[0]

    token = r"/\*.*?\*/|(?<![:\w\"'`])//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    return re.sub(token, blank, text, flags=re.DOTALL)


def nested_rules(css: str) -> Iterator[int]:
    """Yield the line of every rule that stands inside a style rule: CSS nesting, Chromium 112."""
    open_blocks: list[bool] = []
    prelude_from = 0
    for at, c in enumerate(css):
        if c == "{":
            prelude = css[prelude_from:at].strip()
            if open_blocks and open_blocks[-1]:
                yield css.count("\n", 0, at) + 1
            open_blocks.append(not prelude.startswith("@"))
        elif c == "}" and open_blocks:
            open_blocks.pop()
        if c in "{};":
            prelude_from = at + 1


def faults_of(name: str, text: str) -> Iterator[str]:
    """Yield what is wrong with the file *name* (a path below the root) whose content is *text*."""
    yield from _banned(name, text, EVERYWHERE)
    suffix = Path(name).suffix
    page = name.startswith(("server/", "kiosk/", "display/")) and "/vendor/" not in name
    if not page:
        return
    code = without_comments(text) if suffix in {".css", ".js", ".mjs"} else text
    if suffix == ".css":
        yield from _banned(name, code, TOO_NEW_CSS)
        for line in nested_rules(code):
            yield f"{name}:{line}: CSS nesting needs Chromium 112"
        if Path(name).name != COLOURS_STAND_IN:
            yield from _banned(name, code, (HARD_COLOUR,))
    elif suffix in {".js", ".mjs"}:
        yield from _banned(name, code, (*TOO_NEW_JS, *UNSAFE_JS))
        lines = text.count("\n")
        if lines > MAX_PAGE_LINES:
            yield f"{name}:{lines}: a page module has at most {MAX_PAGE_LINES} lines"
    elif suffix == ".html":
        yield from _banned(name, re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL), UNSAFE_TEMPLATE)


def _banned(name: str, text: str, bans: Iterable[Ban]) -> Iterator[str]:
    for rule in bans:
        for match in rule.pattern.finditer(text):
            start = match.end() - len(match[0].lstrip())
            yield f"{name}:{text.count(chr(10), 0, start) + 1}: {rule.why}: {match[0].strip()!r}"


def tracked() -> list[str]:
    """Return the repository's files, those not yet committed too."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    return sorted(n for n in listed.decode().split("\0") if n and (ROOT / n).is_file())


def main() -> int:
    """Print every fault; return 1 when there is one."""
    faults: list[str] = []
    for name in tracked():
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and fonts
        faults.extend(faults_of(name, text))
    print("\n".join(faults) if faults else "no faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
