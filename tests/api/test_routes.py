"""No address of the server goes untested: each has a row, or a test of pages that names it."""

from __future__ import annotations

from flask import Flask

from server import app as composition
from tests.api.manage import MANAGE
from tests.api.table import ENDPOINTS
from tests.api.test_pages import PAGES
from tests.api.test_phone import PHONE_PAGES

HEALTH = {("GET", "/healthz"), ("GET", "/readyz")}
RATER = {("GET", f"/rater{path}") for path in ("", "/enrol", "/view")}
"""Asked by tests/pages/test_rater_page.py."""
FILES = {
    ("GET", "/static/<path:filename>"),
    ("GET", "/kit/<path:name>"),
    ("GET", "/kit/static/<path:name>"),
}


def test_every_address_has_a_test() -> None:
    app = Flask("server.web", static_folder="static", static_url_path="/static")
    composition._register(app)
    served = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert {
        (e.method, e.rule) for e in ENDPOINTS
    } | HEALTH | FILES | PAGES | PHONE_PAGES | RATER | MANAGE == served
