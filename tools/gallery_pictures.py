"""Pictures that a county would upload for its 宣传 region, drawn here."""

from __future__ import annotations

import io
import subprocess

from PIL import Image, ImageDraw, ImageFont

SIZE = (1280, 720)
TOP, BELOW, INK = (20, 92, 170), (8, 42, 88), (255, 255, 255)


def poster(title: str, line: str) -> bytes:
    """Return a poster as PNG: two lines on a blue ground."""
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    for y in range(SIZE[1]):
        part = y / SIZE[1]
        shade = tuple(round(a + (b - a) * part) for a, b in zip(TOP, BELOW, strict=True))
        draw.line([(0, y), (SIZE[0], y)], fill=shade)
    draw.text((SIZE[0] / 2, 300), title, font=_font(120), fill=INK, anchor="mm")
    draw.text((SIZE[0] / 2, 440), line, font=_font(46), fill=INK, anchor="mm")
    held = io.BytesIO()
    image.save(held, "PNG", optimize=True)
    return held.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont:
    found = subprocess.run(
        ["fc-match", "--format", "%{file}", "Noto Sans CJK SC:bold"],
        capture_output=True,
        text=True,
        check=True,
    )
    return ImageFont.truetype(found.stdout, size)
