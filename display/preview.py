"""The very page of a screen without a running display: what a manager sees while changing its layout.

Pure but for reading the templates: layout, catalogue, board and time come in, HTML and the view go
out. Only the server's composition root imports it, and mounts it beside the page 屏幕.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, select_autoescape
from msgspec.structs import replace

from display import qr
from display.find import find_text
from display.roles import wall_items
from display.screen import Screen
from display.slides import LABELS, WORDS
from display.view import BoardView, Slide, WallItem
from server.kit.contract.board import Board
from server.kit.contract.screens import Layout
from server.kit.contract.views import Catalogue
from server.kit.pages import KIT

HERE = Path(__file__).parent

T = TypeVar("T", Slide, WallItem)


class Preview:
    """Renders screens for managers.

    Args:
        kit_url: address of a shared file, with its content hash.
    """

    STATIC = HERE / "static"
    """The page's own files, to be served under `static_url`."""

    def __init__(self, kit_url: Callable[[str], str]) -> None:
        self._kit_url = kit_url
        self._jinja = Environment(
            loader=ChoiceLoader(
                [FileSystemLoader(HERE / "templates"), FileSystemLoader(KIT / "templates")]
            ),
            autoescape=select_autoescape(["html"]),
        )

    def html(
        self,
        layout: Layout,
        catalogue: Catalogue,
        board: Board | None,
        now: datetime,
        *,
        zone: str = "",
        static_url: str,
        view_url: str,
    ) -> str:
        """Return the page of a screen with *layout*; it asks *view_url* for what follows.

        Args:
            now: aware.
            zone: code of the zone the device hangs in.
            static_url: where `STATIC` is served, with a slash at its end.
            view_url: answers `view(...)` as JSON, on the same origin.
        """
        view = self._view(layout, catalogue, board, now, zone)
        template = self._jinja.get_template(f"{view.role}.html")
        return template.render(
            view=view,
            kinds=tuple(WORDS.items()),
            labels=LABELS,
            preview=view_url,
            kit_url=self._kit_url,
            asset_url=lambda name: f"{static_url}{name}",
        )

    def view(
        self,
        layout: Layout,
        catalogue: Catalogue,
        board: Board | None,
        now: datetime,
        *,
        zone: str = "",
    ) -> dict[str, Any]:
        """Return what the page shows at *now*, for `view_url`."""
        view = self._view(layout, catalogue, board, now, zone)
        return dict(msgspec.to_builtins(view))

    def _view(
        self,
        layout: Layout,
        catalogue: Catalogue,
        board: Board | None,
        now: datetime,
        zone: str,
    ) -> BoardView:
        screen = Screen(layout, zone=zone, has=lambda _digest: True)
        screen.furnish(catalogue)
        if board is not None:
            screen.reset(board)
        view = screen.view(now, truth=now)
        if view.slide is not None:
            view = replace(view, slide=self._drawn(view.slide, catalogue))
        if view.wall is not None:
            items = wall_items(catalogue, screen.here, find_text)
            drawn = tuple(self._drawn(i, catalogue) for i in items)
            view = replace(view, wall=replace(view.wall, items=drawn))
        if view.guide is not None and view.guide.qr:
            picture = _picture(f"{catalogue.public_url}/")
            view = replace(view, guide=replace(view.guide, qr=picture))
        return view

    def _drawn(self, thing: T, catalogue: Catalogue) -> T:
        """Return *thing* with its QR code in it: the agent's own routes are not here."""
        if not thing.qr:
            return thing
        code = thing.item if isinstance(thing, Slide) else thing.code
        return replace(thing, qr=_picture(f"{catalogue.public_url}/g/{code}"))


def _picture(text: str) -> str:
    return "data:image/svg+xml;base64," + b64encode(qr.svg(text).encode()).decode()
