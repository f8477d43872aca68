"""What an old citizen could not touch or read on a kiosk's page as it is, measured in Chromium."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.chromium import KIOSK, OFFICE, WALL

MIN_TARGET_PX = {KIOSK: 81, WALL: 81, OFFICE: 68}
"""20 mm on 21.5 inch at 1920×1080 and on 19 inch at 1280×1024 (domain report 5.1)."""
MIN_GAP_PX = {KIOSK: 20, WALL: 20, OFFICE: 17}
"""5 mm on the same."""
MIN_TEXT_PX = 28
"""Domain report 5.1."""

JUDGE = """([minTarget, minGap, minText]) => {
  const visible = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 1;
  const buttons = [...document.querySelectorAll('#kiosk button, #kiosk .find')]
    .filter((b) => visible(b) && !b.classList.contains('visually-hidden'));
  const faults = [];
  const name = (b) => (b.value || b.className) + ' "' + b.textContent.trim().slice(0, 12) + '"';
  const veil = document.querySelector('.dialog-veil');
  const boxes = buttons.filter((b) => !veil || veil.contains(b)).map((b) => [b, b.getBoundingClientRect()]);
  const tabs = (b) => b.classList.contains('tab');
  const low = document.querySelector('.kiosk--low');
  for (const [b, r] of boxes) {
    if (Math.min(r.width, r.height) < minTarget - 1) faults.push(`small ${name(b)} ${r.width}x${r.height}`);
    if (r.left < -1 || r.top < -1 || r.right > innerWidth + 1 || r.bottom > innerHeight + 1)
      faults.push(`outside ${name(b)}`);
    if (low && !b.matches('.attract') && r.top < innerHeight / 2 - 1) faults.push(`high ${name(b)} ${r.top}`);
    const middle = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
    if (!middle || !(b === middle || b.contains(middle) || middle.closest('.find') === b))
      faults.push(`covered ${name(b)} by ${middle && middle.className}`);
    if (b.scrollWidth > b.clientWidth + 2 || b.scrollHeight > b.clientHeight + 2) faults.push(`full ${name(b)}`);
  }
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const [a, p] = boxes[i], [b, q] = boxes[j];
    if (a.contains(b) || b.contains(a) || (tabs(a) && tabs(b))) continue;
    const dx = Math.max(p.left, q.left) - Math.min(p.right, q.right);
    const dy = Math.max(p.top, q.top) - Math.min(p.bottom, q.bottom);
    if (Math.max(dx, dy) < minGap - 1) faults.push(`near ${name(a)} | ${name(b)} ${Math.max(dx, dy)}`);
  }
  for (const e of document.querySelectorAll('#kiosk *')) {
    if (!visible(e) || e.closest('svg')) continue;
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.nodeValue.trim());
    if (!own || e.closest('.visually-hidden')) continue;
    const said = e.textContent.trim().slice(0, 20);
    if (e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).display !== 'inline') faults.push(`cut off "${said}"`);
    if (parseFloat(getComputedStyle(e).fontSize) < minText - 0.5)
      faults.push(`tiny "${said}" ${getComputedStyle(e).fontSize}`);
    const r = e.getBoundingClientRect();
    if (r.bottom > innerHeight + 1 || r.right > innerWidth + 1) faults.push(`text outside "${said}"`);
    const box = e.closest('.main, .bottom, .top, .notices, .ask-box, .upper');
    const room = box && box.getBoundingClientRect();
    if (room && r.height && (r.bottom > room.bottom + 2 || r.top < room.top - 2)) faults.push(`over the edge "${said}"`);
  }
  if (document.documentElement.scrollHeight > innerHeight + 1) faults.push('the page scrolls');
  for (const rows of document.querySelectorAll('.pager__rows'))
    if (visible(rows) && rows.scrollHeight > rows.clientHeight + 1) faults.push('a list scrolls');
  return faults;
}"""


def judged(page: Page, size: tuple[int, int]) -> list[str]:
    """Return what an old citizen could not touch or read on the screen as it is.

    Every target at least 20 mm, 5 mm apart, on the screen, uncovered, its words within it; in 低位
    all of them in the lower half; every text at least 28 px and whole; nothing that scrolls.
    """
    expect(page.locator(".kiosk--settling, .kiosk--busy")).to_have_count(0)
    found: list[str] = page.evaluate(JUDGE, [MIN_TARGET_PX[size], MIN_GAP_PX[size], MIN_TEXT_PX])
    return found
