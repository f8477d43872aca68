"""What a page does to people, measured in Chromium: targets, gaps, words that are cut or covered.

Lengths on glass come from the declared screen: diagonal in inches over diagonal in pixels.
"""

from __future__ import annotations

import math
from typing import Any

from playwright.sync_api import Page

TARGET_MM, GAP_MM = 20.0, 5.0
"""Least side of what a finger touches and least distance to the next (WCAG 2.2, 2.5.8 asks less;
county halls' guidance for the old asks for 20 mm, *assumed*)."""
TOLERANCE_PX = 1.0

MEASURE = r"""([target, gap, px, scrolls]) => {
  const faults = [];
  const shown = (e) => e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})
    && !e.closest('.visually-hidden');
  const name = (e) => `${e.tagName.toLowerCase()}.${(e.getAttribute('class') || '').split(' ').join('.')} "${
    (e.innerText || e.value || '').trim().replace(/\s+/g, ' ').slice(0, 18)}"`;
  const onGlass = (r) => r.width > 1 && r.height > 1 && r.bottom > 0 && r.right > 0
    && r.top < innerHeight && r.left < innerWidth;
  const over = (e) => e.closest('[role=alertdialog], [role=dialog], dialog, .dialog-veil, .sheet-veil, .sheet, .cover, .stalled, .late, .sound-bar');

  // A large number's box is higher than its ink: only what has a ground of its own covers words.
  const paints = (cover, e) => {
    for (let a = cover; a && !a.contains(e); a = a.parentElement) {
      const style = getComputedStyle(a);
      if (style.backgroundImage !== 'none' || !/^(transparent|rgba\(.*, 0\))$/.test(style.backgroundColor)) return true;
    }
    return false;
  };
  const sticks = (e) => { for (let a = e; a; a = a.parentElement) if (['sticky', 'fixed'].includes(getComputedStyle(a).position)) return true; return false; };

  // 1. Fingers.
  if (target > 0) {
    const veil = document.querySelector('.dialog-veil');
    const boxes = [...document.querySelectorAll('button, a[href], input, select, summary, [role=button], .find')]
      .filter((e) => shown(e) && e.type !== 'hidden' && !(e.closest('.find') && !e.matches('.find') && e.matches('input')))
      .filter((e) => !veil || veil.contains(e))
      .map((e) => [e, e.getBoundingClientRect()]).filter(([, r]) => r.width > 1);
    for (const [e, r] of boxes) {
      if (Math.min(r.width, r.height) < target - px)
        faults.push(`small ${name(e)} ${r.width.toFixed(0)}x${r.height.toFixed(0)} of ${target.toFixed(0)}`);
      if (scrolls) continue;
      if (r.left < -px || r.top < -px || r.right > innerWidth + px || r.bottom > innerHeight + px)
        faults.push(`outside ${name(e)}`);
      const hit = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
      if (hit && !(e === hit || e.contains(hit) || hit.contains(e) || over(hit)))
        faults.push(`covered ${name(e)} by ${name(hit)}`);
    }
    for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
      const [a, p] = boxes[i], [b, q] = boxes[j];
      if (a.contains(b) || b.contains(a) || (a.matches('[role=tab]') && b.matches('[role=tab]'))) continue;
      const dx = Math.max(p.left, q.left) - Math.min(p.right, q.right);
      const dy = Math.max(p.top, q.top) - Math.min(p.bottom, q.bottom);
      if (Math.max(dx, dy) < gap - px)
        faults.push(`near ${name(a)} | ${name(b)} ${Math.max(dx, dy).toFixed(0)} of ${gap.toFixed(0)}`);
    }
  }

  // 2. Words: cut, outside, one on another.
  const words = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (!node.nodeValue.trim() || !shown(e) || e.closest('svg, script, style, template, noscript, option, select')) continue;
    const range = document.createRange();
    for (const word of node.nodeValue.matchAll(/\S+/g)) { // a space at the end of a line may hang out
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      for (const r of range.getClientRects()) if (onGlass(r)) {
      // A hanzi font's line box is half as high again as what is drawn: judge the ink.
      const size = parseFloat(getComputedStyle(e).fontSize), middle = (r.top + r.bottom) / 2;
      words.push([e, {left: r.left + 1, right: r.right - 1, top: middle - 0.42 * size, bottom: middle + 0.42 * size}]);
      }
    }
  }
  const seen = new Set();
  const say = (text) => { if (!seen.has(text)) { seen.add(text); faults.push(text); } };
  for (const [e, r] of words) {
    if (r.right > innerWidth + 2 || r.left < -2) say(`words outside ${name(e)}`);
    // Clipped by an ancestor that hides what is outside of it.
    for (let a = e; a && a !== document.body; a = a.parentElement) {
      const style = getComputedStyle(a);
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
      const f = a.getBoundingClientRect();
      const whole = style.overflowY === 'auto' || style.overflowY === 'scroll' ? a.scrollHeight <= a.clientHeight + 1 : true;
      if (r.right > f.right + 2 || r.left < f.left - 2) say(`cut ${name(e)} by ${name(a)}`);
      else if (whole && r.bottom > f.top + 2 && r.top < f.bottom - 2 && (r.bottom > f.bottom + 3 || r.top < f.top - 3))
        say(`cut ${name(e)} by ${name(a)}`);
      break;
    }
    if (getComputedStyle(e).textOverflow === 'ellipsis' && e.scrollWidth > e.clientWidth + 1) say(`cut ${name(e)}`);
    const x = (r.left + r.right) / 2, y = (r.top + r.bottom) / 2;
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) continue;
    const hit = document.elementFromPoint(x, y);
    if (hit && !(hit === e || e.contains(hit) || hit.contains(e) || over(hit)) && paints(hit, e)
        && getComputedStyle(e).pointerEvents !== 'none' && !sticks(hit))
      say(`covered words ${name(e)} by ${name(hit)}`);
  }
  for (let i = 0; i < words.length; i++) for (let j = i + 1; j < words.length; j++) {
    const [a, p] = words[i], [b, q] = words[j];
    // What sticks to the window lies over what scrolls below it.
    if (a === b || over(a) !== over(b) || sticks(a) !== sticks(b)) continue;
    const w = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const h = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (w > 3 && h > 3) say(`overlap ${name(a)} | ${name(b)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth + 1)
    faults.push(`the page is ${document.documentElement.scrollWidth} wide in ${innerWidth}`);
  if (target > 0 && !scrolls && document.documentElement.scrollHeight > innerHeight + 1) faults.push('the page scrolls');
  return faults;
}"""


def px_of_mm(size: tuple[int, int], inch: float) -> float:
    """Pixels of a millimetre on a screen of *inch*."""
    return math.hypot(*size) / (inch * 25.4)


def faults_of(page: Page, *, inch: float = 0.0, scrolls: bool = False) -> list[str]:
    """Return what is wrong with the page as it stands.

    Args:
        page: any page.
        inch: diagonal of a touch screen, whose targets are measured; 0 = a mouse is there.
        scrolls: the page may be longer than its window.
    """
    size: Any = page.viewport_size
    mm = px_of_mm((size["width"], size["height"]), inch) if inch else 0.0
    found: list[str] = page.evaluate(
        MEASURE, [TARGET_MM * mm, GAP_MM * mm, TOLERANCE_PX, scrolls or not inch]
    )
    return found
