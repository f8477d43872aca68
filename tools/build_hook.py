"""A wheel without its browser files would install and then show blank pages: refuse to build it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NEEDED = Path("server/kit/web/static/vendor/socket.io.esm.min.js")


class BrowserFilesHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own default
    """Checks that tools/vendor.py has run; an editable install may come before it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raise when a real wheel would lack the files."""
        if version == "standard" and not (Path(self.root) / NEEDED).is_file():
            msg = f"{NEEDED} is missing: run `npm ci --omit=dev && python3 tools/vendor.py` first"
            raise RuntimeError(msg)
