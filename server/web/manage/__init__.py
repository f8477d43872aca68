"""管理: what the centre's managers set, page by page."""

from __future__ import annotations

from server.web.manage import (
    devices,
    frame,
    history,
    kiosk,
    leaders,
    media,
    pads,
    real_name,
    screens,
    shown,
    slip,
    voice,
    waits,
)

__all__ = ["bp"]

bp = frame.bp
"""All pages; importing them above puts each into it."""
PAGES = (
    devices,
    history,
    kiosk,
    leaders,
    media,
    pads,
    real_name,
    screens,
    shown,
    slip,
    voice,
    waits,
)
