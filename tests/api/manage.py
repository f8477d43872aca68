"""管理 as the tests use it: every address, a form as a browser without script sends it."""

from __future__ import annotations

import html
import re
import struct
import uuid
import zlib
from dataclasses import dataclass, field
from typing import Any

from tests.api.world import World
from tests.support.hall import Answer, Client

GETS = {
    "/manage",
    "/manage/screens",
    "/manage/voice",
    "/manage/shown",
    "/manage/searches",
    "/manage/waits",
    "/manage/devices",
    "/manage/history",
    "/manage/screens/<uid>/preview",
    "/manage/screens/<uid>/preview/view",
    "/manage/preview/static/<path:name>",
}
BOTH = {
    "/manage/screens/<uid>",
    "/manage/emergency",
    "/manage/voice/<zone>",
    "/manage/sound",
    "/manage/notices/new",
    "/manage/notices/<int:key>",
    "/manage/notices/<int:key>/delete",
    "/manage/media/new/<kind>",
    "/manage/media/<uid>",
    "/manage/media/<uid>/delete",
    "/manage/kiosk",
    "/manage/slip",
    "/manage/real-name",
    "/manage/kiosk/items/<code>",
    "/manage/leaders",
    "/manage/devices/enrol",
    "/manage/pads/enrol",
    "/manage/devices/<uid>",
    "/manage/devices/<uid>/revoke",
}
POSTS = {
    "/manage/screens/<uid>/preview",
    "/manage/slip/look",
    "/manage/notices/<int:key>/move",
    "/manage/media/<uid>/move",
    "/manage/searches/<int:miss>/settle",
    "/manage/leaders/copy",
    "/manage/history/restore",
    "/manage/alarms/known",
    "/manage/devices/<uid>/ask",
}
MANAGE = (
    {("GET", rule) for rule in GETS | BOTH}
    | {("POST", rule) for rule in BOTH | POSTS}
    | {("GET", "/media/<digest>")}
)
"""Addresses of 管理; test_manage and its neighbours ask each."""

INPUT = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
SELECT = re.compile(r'<select\b[^>]*name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
OPTION = re.compile(r'<option value="([^"]*)"( selected)?>')
AREA = re.compile(r'<textarea\b[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', re.DOTALL)


def fields_of(page: str, at: int = 0) -> list[tuple[str, str]]:
    """Return what the *at*-th form of 管理's content would send, as the page stands."""
    content = page.partition('<main class="main"')[2]
    forms = re.findall(r"<form\b.*?</form>", content, re.DOTALL)
    # What is asked of a device from afar stands above its settings, a form for each button.
    text = [form for form in forms if '/ask"' not in form.partition(">")[0]][at]
    found: list[tuple[str, str]] = []
    for tag in INPUT.findall(text):
        given = {k: html.unescape(v) for k, v in ATTRIBUTE.findall(tag)}
        kind = given.get("type", "text")
        if "name" not in given or kind == "file":
            continue
        if kind in {"checkbox", "radio"} and "checked" not in given:
            continue
        found.append((given["name"], given.get("value", "")))
    for name, inner in SELECT.findall(text):
        options = OPTION.findall(inner)
        chosen = [v for v, selected in options if selected] or [options[0][0]]
        found.append((name, html.unescape(chosen[0])))
    found += [(name, html.unescape(inner)) for name, inner in AREA.findall(text)]
    return found


@dataclass
class Form:
    """A form of a page, filled in."""

    client: Client
    path: str
    values: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, client: Client, path: str, at: int = 0) -> Form:
        """The form as the page at *path* offers it."""
        page = client.get(path)
        assert page.status == 200, page.text
        return cls(client, path, fields_of(page.text, at))

    def get(self, name: str) -> str:
        return next(v for k, v in self.values if k == name)

    def fill(self, **changes: str | list[str] | None) -> Form:
        """Change fields; None leaves one out, a list chooses several."""
        values = [(k, v) for k, v in self.values if k not in changes]
        for name, value in changes.items():
            if value is None:
                continue
            values += [(name, v) for v in ([value] if isinstance(value, str) else value)]
        return Form(self.client, self.path, values)

    def send(self, path: str = "", file: tuple[str, bytes, str] | None = None) -> Answer:
        """Send it as the browser would; the token stands in the form, not in a header."""
        fields: list[tuple[str, Any]] = list(self.values)
        if file is not None:
            fields.append(("file", file))
        return self.client.request(
            "POST",
            path or self.path,
            fields=fields,
            encode_multipart=file is not None,
            headers={"X-CSRFToken": ""},
        )


def display(world: World) -> str:
    """uid of a display of this test's own."""
    enrolled = world.hall.enrol("display", "1F", f"屏幕{uuid.uuid4().hex[:6]}")
    uid: str = enrolled.device  # type: ignore[attr-defined]
    return uid


def catalogue(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.display.get("/api/v1/catalogue").json
    return found


def png(width: int = 8, height: int = 8, seed: int = 0) -> bytes:
    """A whole PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes([seed & 255, (seed >> 8) & 255, 90]) * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
