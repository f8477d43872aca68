"""Addresses of static files with their content hash, and the headers of every answer."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, request, send_from_directory

import server.kit.web

KIT_STATIC = Path(server.kit.web.__path__[0]) / "static"
OWN_STATIC = Path(__file__).parent / "static"

CSP = (
    "default-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

PREVIEW_CSP = CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
"""Of the preview of a screen, which a page of ours shows in a frame."""


class _Hashes:
    """Content hashes of the files of a folder, computed once for each state of a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[int, str]] = {}

    def of(self, name: str) -> str:
        """Return 10 hexadecimal digits of the file's content; empty when there is no such file."""
        path = self._folder / name
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            return ""
        known = self._known.get(name)
        if known is None or known[0] != changed:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
            known = self._known[name] = (changed, digest)
        return known[1]


def register(app: Flask) -> None:
    """Serve both static folders and send the security headers with every answer."""
    kit, own = _Hashes(KIT_STATIC), _Hashes(OWN_STATIC)

    @app.get("/kit/<path:name>", endpoint="kit")  # as page modules import them, here and on agents
    @app.get("/kit/static/<path:name>", endpoint="kit_static")
    def kit_static(name: str) -> Response:
        return send_from_directory(KIT_STATIC, name)

    def kit_url(name: str) -> str:
        return f"/kit/static/{name}?v={kit.of(name)}"

    def asset_url(name: str) -> str:
        return f"/static/{name}?v={own.of(name)}"

    app.jinja_env.globals.update(kit_url=kit_url, asset_url=asset_url)

    @app.after_request
    def headers(response: Response) -> Response:
        h = response.headers
        h.setdefault("Content-Security-Policy", CSP)
        h["X-Content-Type-Options"] = "nosniff"
        h["Referrer-Policy"] = "no-referrer"
        h["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if request.endpoint in {"static", "kit_static"} and request.args.get("v"):
            h["Cache-Control"] = "public, max-age=31536000, immutable"
        elif "Cache-Control" not in h:
            h["Cache-Control"] = "no-store"
        return response
