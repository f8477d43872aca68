"""What every Flask app here has: shared templates and files, content-hashed addresses, headers.

Shared files stand in `server/kit/web`; they are served under `/kit/static/` (and `/kit/`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, abort, request, send_from_directory
from jinja2 import ChoiceLoader, FileSystemLoader

KIT = Path(__file__).parent / "web"
"""Shared templates and browser files."""

POLICY = (
    "default-src 'self'; "
    "connect-src 'self' ws: wss:; "  # Chromium before 95 does not count ws: as 'self'
    "img-src 'self' data:; "  # QR codes are drawn into the page
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
"""Content-Security-Policy of every page: no script or style but our own files."""

FOREVER = "public, max-age=31536000, immutable"
"""For addresses that carry the hash of the content."""


class Assets:
    """Addresses of files with `?v=` and the first 12 digits of their SHA-256."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self._folder = folder
        self._prefix = prefix
        self._hashes: dict[str, tuple[tuple[int, int], str]] = {}

    def url(self, name: str) -> str:
        """Return the address of *name*; raises `FileNotFoundError` when there is no such file."""
        return f"{self._prefix}{name}?v={self.digest(name)}"

    def digest(self, name: str) -> str:
        """Return the hash of *name*, read anew only when the file changed."""
        path = self._folder / name
        stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        known = self._hashes.get(name)
        if known is None or known[0] != stamp:
            known = (stamp, hashlib.sha256(path.read_bytes()).hexdigest()[:12])
            self._hashes[name] = known
        return known[1]

    def is_current(self, name: str, digest: str) -> bool:
        """Return whether *digest* is the hash of *name* now."""
        try:
            return bool(digest) and digest == self.digest(name)
        except (OSError, ValueError):
            return False


def prepare(app: Flask) -> None:
    """Give *app* the shared templates after its own, both static folders, and the headers.

    Templates get `kit_url(name)` and `asset_url(name)`; see `templates/base.html`.
    """
    own = app.jinja_loader
    shared = FileSystemLoader(KIT / "templates")
    app.jinja_loader = ChoiceLoader([*([own] if own is not None else []), shared])
    kit = Assets(KIT / "static", "/kit/static/")
    assets = Assets(Path(app.static_folder or app.root_path), f"{app.static_url_path or ''}/")
    app.jinja_env.globals.update(kit_url=kit.url, asset_url=assets.url, asset=assets.url)
    app.add_url_rule("/kit/static/<path:name>", "kit_static", _kit_file)
    app.add_url_rule("/kit/<path:name>", "kit", _kit_file)
    app.after_request(_headers(kit, assets))


def _kit_file(name: str) -> Response:
    if request.method not in {"GET", "HEAD"}:
        abort(405)
    return send_from_directory(KIT / "static", name)


def _headers(kit: Assets, assets: Assets) -> Callable[[Response], Response]:
    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        files = {"kit_static": kit, "kit": kit, "static": assets}.get(request.endpoint or "")
        if files is None:
            headers.setdefault("Cache-Control", "no-store")
        elif response.status_code in {200, 304}:
            name = str((request.view_args or {}).get("name") or _filename())
            current = files.is_current(name, request.args.get("v", ""))
            # Modules import each other without a hash: those are asked for again, by their ETag.
            headers["Cache-Control"] = FOREVER if current else "no-cache"
        return response

    return add


def _filename() -> str:
    return str((request.view_args or {}).get("filename", ""))
