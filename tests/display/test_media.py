"""Media come whole or not at all, after any loss, and nothing else is kept."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from display.media import CHUNK, MediaShelf
from server.kit.contract.screens import Media

FILE = bytes(range(256)) * 4096
DIGEST = hashlib.sha256(FILE).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    """Gives files, and may break off, lie, or be away."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = {DIGEST: FILE}
        self.break_after: int | None = None
        self.status = 200
        self.asked: list[tuple[str, str | None, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        s = self.server
        asked = self.headers.get("Range")
        s.asked.append((self.path, asked, self.headers.get("Authorization")))
        body = s.files.get(self.path.removeprefix("/media/"), b"")
        if s.status != 200 or not body:
            self.send_error(s.status if s.status != 200 else 404)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        rest = body[start:]
        self.wfile.write(rest if s.break_after is None else rest[: s.break_after])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's name
        """Write nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def shelf(server: Server, folder: Path, **kwargs: object) -> MediaShelf:
    return MediaShelf(
        folder=folder,
        server_url=server.url,
        headers=lambda: {"Authorization": "Bearer t"},
        **kwargs,  # type: ignore[arg-type]
    )


def media(**changes: object) -> Media:
    base: dict[str, object] = {
        "uid": "m", "kind": "picture", "title": "图", "digest": DIGEST, "mime": "image/png", "size": len(FILE),
    }  # fmt: skip
    return Media(**{**base, **changes})  # type: ignore[arg-type]


def test_a_file_is_fetched_once_with_the_devices_token(server: Server, tmp_path: Path) -> None:
    came = []
    made = shelf(server, tmp_path, came=lambda: came.append(1))
    made.want([media()])
    assert not made.has(DIGEST)
    assert made.fetch_all()
    assert made.fetch_all()

    assert made.has(DIGEST)
    assert made.path(DIGEST) == (tmp_path / DIGEST, "image/png")
    assert (tmp_path / DIGEST).read_bytes() == FILE
    assert server.asked == [(f"/media/{DIGEST}", None, "Bearer t")]
    assert came == [1]


def test_a_broken_connection_is_taken_up_where_it_broke(server: Server, tmp_path: Path) -> None:
    """Half a film came: the rest is asked for, and the whole is checked."""
    made = shelf(server, tmp_path)
    made.want([media()])
    server.break_after = 500_000
    assert not made.fetch_all()
    assert not made.has(DIGEST)
    server.break_after = None
    assert made.fetch_all()

    assert server.asked[1][1] == f"bytes={CHUNK}-"
    assert (tmp_path / DIGEST).read_bytes() == FILE
    assert [p.name for p in tmp_path.iterdir()] == [DIGEST]


@pytest.mark.parametrize("status", [401, 404, 500, 503])
def test_a_server_that_says_no_is_asked_again(server: Server, tmp_path: Path, status: int) -> None:
    made = shelf(server, tmp_path)
    made.want([media()])
    server.status = status
    assert not made.fetch_all()
    server.status = 200

    assert made.fetch_all()
    assert made.has(DIGEST)


def test_a_file_that_is_another_one_is_left_out(server: Server, tmp_path: Path) -> None:
    """Nothing of it stays, and it is not fetched again and again."""
    server.files[DIGEST] = b"x" * len(FILE)
    made = shelf(server, tmp_path)
    made.want([media()])
    made.fetch_all()
    made.fetch_all()

    assert not made.has(DIGEST)
    assert list(tmp_path.iterdir()) == []
    assert len(server.asked) == 1


def test_a_file_longer_than_the_catalogue_says_is_no_file(server: Server, tmp_path: Path) -> None:
    made = shelf(server, tmp_path)
    made.want([media(size=1000)])
    made.fetch_all()

    assert not made.has(DIGEST)
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) <= 1000


def test_what_is_here_after_a_restart_is_checked_not_fetched(
    server: Server, tmp_path: Path
) -> None:
    (tmp_path / DIGEST).write_bytes(FILE)
    made = shelf(server, tmp_path)
    made.want([media()])

    assert made.fetch_all()
    assert made.has(DIGEST)
    assert server.asked == []


def test_a_file_that_the_card_spoiled_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    (tmp_path / DIGEST).write_bytes(FILE[:-5] + b"spoil")
    made = shelf(server, tmp_path)
    made.want([media()])

    assert made.fetch_all()
    assert (tmp_path / DIGEST).read_bytes() == FILE


def test_what_the_catalogue_no_longer_names_is_thrown_away(server: Server, tmp_path: Path) -> None:
    """And what is not ours is left alone."""
    (tmp_path / "readme.txt").write_text("of somebody")
    made = shelf(server, tmp_path)
    made.want([media()])
    made.fetch_all()
    made.want([])
    assert not made.has(DIGEST)
    assert made.path(DIGEST) is None
    made.fetch_all()

    assert [p.name for p in tmp_path.iterdir()] == ["readme.txt"]


def test_all_files_together_have_a_bound(server: Server, tmp_path: Path) -> None:
    """Those that come later in the catalogue are left out."""
    other = hashlib.sha256(b"other").hexdigest()
    server.files[other] = b"other"
    made = shelf(server, tmp_path, max_bytes=len(FILE) + 4)
    made.want([media(), media(uid="n", digest=other, size=5)])
    made.fetch_all()

    assert made.has(DIGEST)
    assert not made.has(other)


@pytest.mark.parametrize(
    "changes",
    [{"digest": "../../etc/passwd"}, {"digest": ""}, {"mime": "text/html"}, {"size": 0}],
)
def test_what_is_no_picture_or_film_is_never_asked_for(
    server: Server, tmp_path: Path, changes: dict[str, object]
) -> None:
    made = shelf(server, tmp_path)
    made.want([media(**changes)])
    made.fetch_all()

    assert server.asked == []
