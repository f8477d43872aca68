"""Runs inside a mount namespace whose /etc/chromium is a box's: says what a Chromium there may open.

Usage: watched_browser.py OWN_URL OTHER_URL; prints one JSON object.
"""

from __future__ import annotations

import json
import sys

from playwright.sync_api import Error, sync_playwright

from tests.support.chromium import find_chromium

ROWS = r"""() => {
  const found = {};
  const walk = (root) => root.querySelectorAll('*').forEach((e) => {
    if (e.tagName === 'POLICY-ROW' && e.shadowRoot) {
      const text = (s) => (e.shadowRoot.querySelector(s)?.textContent ?? '').trim();
      const name = text('.policy.row .name') || text('.name');
      if (name) found[name] = text('.messages') || text('.status');
    }
    if (e.shadowRoot) walk(e.shadowRoot);
  });
  walk(document);
  return found;
}"""


def main(own: str, other: str) -> None:
    """Open both pages, a file and the list of policies."""
    said: dict[str, object] = {}
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        for name, url in (("own", own), ("other", other), ("file", "file:///etc/passwd")):
            try:
                answer = page.goto(url)
                said[name] = answer.status if answer else 0
            except Error as error:
                said[name] = error.message.split(" at ", 1)[0].rpartition("net::")[2]
        browser.close()
        # A page of its own: one that was blocked may still be on its way to the words that say so.
        browser = p.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto("chrome://policy")
        page.wait_for_timeout(500)
        said["policies"] = page.evaluate(ROWS)
        browser.close()
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
