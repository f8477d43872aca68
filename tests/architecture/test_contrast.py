"""People of seventy read these pages: contrast is measured on the tokens, in both themes.

Bounds are those of WCAG 2.1, 1.4.3 and 1.4.11: text 4.5 : 1, large text and parts of controls 3 : 1.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

TOKENS = ROOT / "server" / "kit" / "web" / "static" / "tokens.css"

TEXT, LARGE = 4.5, 3.0

HALL = [
    *[("ink", ground, TEXT) for ground in ("ground", "ground-deep", "panel", "panel-soft", "raised", "soft")],
    *[("muted", ground, TEXT) for ground in ("ground", "ground-deep", "panel", "panel-soft")],
    *[("number", ground, TEXT) for ground in ("ground", "ground-deep", "panel", "panel-soft", "raised")],
    *[(state, ground, TEXT) for state in ("serving", "paused", "late") for ground in ("ground", "panel", "panel-soft")],
    ("accent", "ground", TEXT),
    ("accent", "panel", LARGE),
    ("focus", "ground", LARGE),
    ("focus", "panel", LARGE),
]  # fmt: skip

DESK = [
    *[("ink", ground, TEXT) for ground in ("ground", "panel", "soft")],
    *[("muted", ground, TEXT) for ground in ("ground", "panel", "soft")],
    *[(word, ground, TEXT) for word in ("danger", "ok", "warn", "action") for ground in ("ground", "panel")],
    ("action", "soft", TEXT),
    ("action-ink", "ok", TEXT),
    *[("control", ground, LARGE) for ground in ("ground", "panel")],
    *[("focus", ground, LARGE) for ground in ("ground", "panel")],
]  # fmt: skip

BOTH = [
    *[(f"{word}-ink", word, TEXT) for word in ("action", "danger", "late", "alarm")],
    *[(word, "paper", TEXT) for word in ("field-ink", "field-muted")],
    ("page-ink", "page", TEXT),
]

PAIRS = [
    *[("hall", *p) for p in HALL + BOTH + [("number-ink", "number", TEXT)]],
    *[("light", *p) for p in HALL + BOTH + [("number-ink", "number", TEXT)]],
    *[("desk", *p) for p in DESK + BOTH],
]


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def tokens(theme: str) -> dict[str, str]:
    """Return the tokens of a theme: those of `:root` and its own."""
    css = without_comments(TOKENS.read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        if selector.strip() in {":root", f".{theme}"}:
            found |= dict(re.findall(r"--([\w-]+)\s*:\s*([^;]+);", body))
    return found


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` as WCAG defines it."""
    assert re.fullmatch(r"#[0-9a-fA-F]{6}", colour), f"{colour} is not #rrggbb"
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_right():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("theme", "ink", "ground", "least"), PAIRS, ids=[f"{t}-{i}-on-{g}" for t, i, g, _ in PAIRS]
)
def test_words_stand_out_from_their_ground(theme, ink, ground, least):
    values = tokens(theme)

    assert contrast(values[ink], values[ground]) >= least


SHEETS = sorted(
    p
    for package in ("server", "kiosk", "display")
    for p in (ROOT / package).rglob("*.css")
    if "vendor" not in p.parts
)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_token_that_a_sheet_uses_exists(sheet):
    css = without_comments(sheet.read_text(encoding="utf-8"))
    known = set(tokens("hall")) | set(tokens("desk"))
    # A page's sheets and modules may set tokens of their own, and a use may bring its own fallback.
    for other in sheet.parent.glob("*.css"):
        known |= set(re.findall(r"--([\w-]+)\s*:", without_comments(other.read_text("utf-8"))))
    for module in sheet.parent.glob("*.js"):
        known |= set(re.findall(r"setProperty\(\s*[\"']--([\w-]+)", module.read_text("utf-8")))

    used = set(re.findall(r"var\(\s*--([\w-]+)\s*\)", css))

    assert used - known == set()
