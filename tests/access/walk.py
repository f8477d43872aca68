"""A state of a page, walked: anybody can see, read, touch and hear it, at every size.

The states are those of the gallery, so that what is pictured is what is measured. `guarded_page`
fails a walk that asks any host but loopback for anything, or writes an error to the console.
"""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.access.judge import faults_of
from tests.support.axe import violations
from tests.support.chromium import KIOSK, OFFICE, WALL, guarded_page
from tools.gallery_stage import Stage
from tools.gallery_state import Size, State
from tools.gallery_states import STATES

INCHES = {KIOSK: (32.0, 21.5), WALL: (21.5,), OFFICE: (19.0,)}
"""Screens that stand in halls, by their pixels: diagonals in inches."""

SHOW_INCH = """(inch) => {
  const kiosk = document.getElementById('kiosk');
  if (kiosk) { kiosk.dataset.inch = String(inch); window.dispatchEvent(new Event('resize')); }
}"""

DRAW_ANEW = """() => {
  const kiosk = document.getElementById('kiosk');
  if (!kiosk) return;
  kiosk.dataset.serial = '-1';
  document.dispatchEvent(new Event('visibilitychange'));
}"""
"""A kiosk's window never changes while it runs; the same screen is drawn anew in the new one."""


def at_rest(page: Page) -> None:
    """Let fonts load and what slides in come to rest."""
    page.evaluate(
        "() => document.fonts.ready.then(() => Promise.race([new Promise((r) => setTimeout(r, 900)),"
        " Promise.all(document.getAnimations().filter((a) => a.effect.getTiming().iterations < 9)"
        ".map((a) => a.finished.catch(() => null)))])).then(() => true)"
    )


def drawn_anew(page: Page) -> None:
    """Let a kiosk draw its screen for the window as it is."""
    page.evaluate(DRAW_ANEW)
    expect(page.locator("#kiosk[data-serial='-1'], .kiosk--settling")).to_have_count(0)


def measured(page: Page, state: State, size: Size) -> list[str]:
    """Return the faults of a page at a size, on each screen of that size."""
    inches = (0.0,)
    if state.touch:
        inches = (state.inch,) if state.inch else INCHES[size]
    found = []
    for inch in inches:
        page.evaluate(SHOW_INCH, inch)
        at_rest(page)
        where = f"{size[0]}×{size[1]}" + (f" {inch:g}″" if inch else "")
        found += [f"{where}: {fault}" for fault in faults_of(page, inch=inch)]
    return found


def of(*pages: str) -> list[State]:
    """Return the states to be walked whose names begin with one of *pages*."""
    return [s for s in STATES if s.walk and s.name.partition("-")[0] in pages]


def walk(stage: Stage, chromium: Browser, state: State) -> None:
    """Prove no violation of WCAG 2.2 A and AA; no word cut, covered or outside; no small target."""
    try:
        with guarded_page(
            chromium, state.sizes[0], touch=state.touch, expected=state.expected
        ) as page:
            state.show(stage, page)
            at_rest(page)
            found = violations(page)
            for size in state.sizes:
                if size != state.sizes[0]:
                    page.set_viewport_size({"width": size[0], "height": size[1]})
                    if state.anew:
                        state.show(stage, page)
                    else:
                        drawn_anew(page)
                found += measured(page, state, size)
    finally:
        if state.leave is not None:
            state.leave(stage)

    assert not found, "\n".join(found)
