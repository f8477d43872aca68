"""Copy the browser's third-party files from node_modules to where pages load them.

Their versions are pinned in package-lock.json; the copies are git-ignored and shipped in the wheel.
A file that is there already and the same is not touched.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

VENDOR = ROOT / "server" / "kit" / "web" / "static" / "vendor"

FILES = {
    "socket.io.esm.min.js": "socket.io-client/dist/socket.io.esm.min.js",
}
"""Name in the vendor folder -> path below node_modules."""

TYPES = {
    "socket.io.esm.min.d.ts": 'export * from "socket.io-client";\n',
}
"""Beside each file, where `tsc` finds its types; no browser loads them."""


def vendor(node_modules: Path, target: Path) -> list[str]:
    """Bring *target* up to date and return the names that were written.

    Raises:
        FileNotFoundError: a package is not installed; its argument is the path that lacks.
    """
    wanted: dict[str, bytes] = {name: text.encode() for name, text in TYPES.items()}
    for name, source in FILES.items():
        path = node_modules / source
        if not path.is_file():
            raise FileNotFoundError(str(path))
        wanted[name] = path.read_bytes()
    target.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    for name, content in wanted.items():
        copy = target / name
        if not copy.is_file() or copy.read_bytes() != content:
            copy.write_bytes(content)
            written.append(name)
    return written


def main() -> int:
    """Copy, or say exactly what to do."""
    try:
        for name in vendor(ROOT / "node_modules", VENDOR):
            print(f"-- {VENDOR.relative_to(ROOT) / name}")
    except FileNotFoundError as e:
        print(
            f"The browser file {e} is missing.\n"
            "Pages cannot work without it. Install npm (Debian: apt-get install npm), then type\n\n"
            "    npm ci --omit=dev && python3 tools/vendor.py\n\n"
            "in this folder; `make run` does both.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
