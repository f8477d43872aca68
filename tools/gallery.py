"""`make gallery`: every page in every state as a picture, in docs/gallery.

    make gallery                       all
    make gallery ARGS="kiosk board"    those whose names begin so; the others' pictures stay

It runs a hall of its own on free ports, with the clock on a Monday morning, and writes the index
README.md from the states it has pictures of.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tests.support.chromium import guarded_page, launched
from tools.gallery_stage import Stage
from tools.gallery_states import STATES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tools.gallery_state import Size, State

OUT = Path(__file__).resolve().parents[1] / "docs" / "gallery"
COLOURS = 96
"""Flat areas and text need no more; a picture then takes a fifth."""
LONGEST_PX = 1120
"""Pictures are made smaller to this length: enough to judge a page by."""
SETTLE_MS = 350
LARGEST_MB = 12.0


def main(arguments: Sequence[str]) -> int:
    """Take the pictures; 0 when all states were reached."""
    begins = tuple(arguments)
    wanted = [s for s in STATES if not begins or s.name.startswith(begins)]
    OUT.mkdir(parents=True, exist_ok=True)
    if not begins:
        for old in OUT.glob("*.png"):
            old.unlink()
    failed = []
    with tempfile.TemporaryDirectory(prefix="hall-") as folder, launched() as browser:
        stage = Stage(Path(folder))
        try:
            for state in wanted:
                began = time.monotonic()
                problem = picture(browser, stage, state)
                words = f"FAILED: {problem}" if problem else "ok"
                print(f"{state.name:28} {time.monotonic() - began:5.1f} s  {words}", flush=True)
                if problem:
                    failed.append(state.name)
        finally:
            stage.close()
    index()
    size = sum(p.stat().st_size for p in OUT.glob("*.png")) / 1e6
    print(
        f"{len(list(OUT.glob('*.png')))} pictures, {size:.1f} MB in {OUT.relative_to(OUT.parents[1])}"
    )
    if size > LARGEST_MB:
        print(f"too large: at most {LARGEST_MB:g} MB")
    if failed:
        print("not reached:", " ".join(failed))
    return 1 if failed or size > LARGEST_MB else 0


def picture(browser: Browser, stage: Stage, state: State) -> str:
    """Bring a page into *state* and picture it at each size; return what went wrong, or nothing."""
    try:
        with guarded_page(
            browser, state.sizes[0], touch=state.touch, expected=state.expected
        ) as page:
            state.show(stage, page)
            for size in state.sizes:
                if size != state.sizes[0]:
                    page.set_viewport_size({"width": size[0], "height": size[1]})
                    if state.anew:
                        state.show(stage, page)
                if state.pictured and size not in state.pictured:
                    continue
                still(page)
                save(page.screenshot(animations="disabled"), OUT / file_of(state, size))
    except Exception as problem:  # a state that fails must not cost the others their pictures
        return " ".join(str(problem).split())[:400]
    finally:
        if state.leave is not None:
            state.leave(stage)
    return ""


def still(page: Page) -> None:
    """Let fonts load and what slides in come to rest."""
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.wait_for_timeout(SETTLE_MS)


def file_of(state: State, size: Size) -> str:
    """Name of a picture."""
    return f"{state.name}-{size[0]}x{size[1]}.png"


def save(shot: bytes, path: Path) -> None:
    """Write a picture small."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    image.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.LANCZOS)
    few = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def index() -> None:
    """Write README.md of the pictures that are there."""
    lines = [
        "# 页面图集",
        "",
        "每个页面、每种状态一张图，由 `make gallery` 在一个真实运行的示例大厅里拍下；同一份清单由",
        "`tests/access` 逐页检查对比度、点按大小、键盘操作和文字是否被截断。",
        "",
    ]
    page = ""
    for state in STATES:
        shots = [(s, file_of(state, s)) for s in state.sizes if (OUT / file_of(state, s)).exists()]
        if not shots:
            continue
        if state.page != page:
            page = state.page
            lines += ["", f"## {page}", "", "| 状态 | 图 |", "|---|---|"]
        links = " · ".join(f"[{w}×{h}]({name})" for (w, h), name in shots)
        lines.append(f"| {state.says} | {links} |")
    (OUT / "README.md").write_text(
        "\n".join(lines).replace("\n\n\n", "\n\n") + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
