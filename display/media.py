"""Pictures and films of this screen: fetched once, kept in a folder, shown only when whole.

A file's name is the SHA-256 of its content, so that what is there and has that digest is right for
ever. It is written under another name, checked, and renamed: a power cut or a lost connection
leaves an unfinished part, whose rest is fetched when the server is back.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import urllib3

from server.kit.contract.reasons import Refused
from server.kit.contract.screens import Media
from server.kit.http import Unreachable

MAX_BYTES = 2 * 1024**3
"""All files together; those that come later in the catalogue are left out."""
MAX_FILE_BYTES = 512 * 1024**2
CHUNK = 256 * 1024
PAUSE_S = 5.0
"""Between two tries of a file that could not be fetched."""
TIMEOUT_S = 10.0
"""A server that says nothing for so long is not there."""
DIGEST = re.compile(r"[0-9a-f]{64}")
MIMES = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "video/mp4",
        "video/webm",
    }
)
"""What a page may be given; anything else stays on the server."""

_log = logging.getLogger("hall.display")


class MediaShelf:
    """The media files of one screen. `has` and `path` may be asked from any thread.

    Args:
        folder: `state_dir/media`; made when it is lacking.
        server_url: without trailing slash; a file is at `/media/{digest}` there.
        headers: the device's credentials now; raises `Refused` while it is not enrolled.
        came: called from the fetching thread whenever a file can be shown that could not before.
        max_bytes: of all files together.
    """

    def __init__(
        self,
        *,
        folder: Path,
        server_url: str,
        headers: Callable[[], Mapping[str, str]],
        came: Callable[[], None] = lambda: None,
        max_bytes: int = MAX_BYTES,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._folder = folder
        self._url = server_url.rstrip("/")
        self._headers = headers
        self._came = came
        self._max_bytes = max_bytes
        self._pause_s = pause_s
        self._pool = urllib3.PoolManager(maxsize=1, retries=False)
        self._lock = threading.Lock()
        self._wanted: dict[str, Media] = {}
        self._whole: set[str] = set()
        self._broken: set[str] = set()
        """Digests whose file came whole and was another one: not asked for again by this catalogue."""
        self._news = threading.Event()
        self._end = threading.Event()

    def has(self, digest: str) -> bool:
        """Return whether the file of *digest* is here, whole and named in the catalogue."""
        return digest in self._whole

    def path(self, digest: str) -> tuple[Path, str] | None:
        """Return the file of *digest* and its media type, None when it cannot be shown."""
        known = self._wanted.get(digest)
        if known is None or digest not in self._whole:
            return None
        return self._folder / digest, known.mime

    def want(self, media: Iterable[Media]) -> None:
        """Keep the files of *media*, as the catalogue names them, and no others."""
        wanted: dict[str, Media] = {}
        total = 0
        for m in media:
            if not DIGEST.fullmatch(m.digest) or m.mime not in MIMES or m.digest in wanted:
                continue
            total += m.size
            if not 0 < m.size <= MAX_FILE_BYTES or total > self._max_bytes:
                total -= m.size
                _log.warning("media %s is too large for this screen", m.uid)
                continue
            wanted[m.digest] = m
        with self._lock:
            if wanted.keys() != self._wanted.keys():
                self._broken.clear()
            self._wanted = wanted
            self._whole &= wanted.keys()
        self._news.set()

    def start(self) -> None:
        """Begin to fetch, in a thread (under gevent a greenlet)."""
        threading.Thread(target=self._run, name="hall-media", daemon=True).start()

    def stop(self) -> None:
        """End after the piece under way."""
        self._end.set()
        self._news.set()

    def _run(self) -> None:
        while not self._end.is_set():
            self._news.wait()
            self._news.clear()
            if self._end.is_set():
                return
            try:
                done = self.fetch_all()
            except OSError as problem:  # a full or failing disk: what is here stays
                _log.warning("media cannot be kept: %s", problem)
                done = False
            if not done:
                self._news.wait(self._pause_s)
                self._news.set()

    def fetch_all(self) -> bool:
        """Fetch what is lacking and throw away what is not wanted; False = try again later."""
        self._folder.mkdir(parents=True, exist_ok=True)
        wanted = self._wanted
        self._tidy(wanted)
        done = True
        for digest, m in wanted.items():
            if digest in self._whole or digest in self._broken:
                continue
            if self._end.is_set() or self._wanted is not wanted:
                return False
            try:
                found = self._is_whole(digest) or self._fetched(m)
            except (Refused, Unreachable, urllib3.exceptions.HTTPError) as problem:
                _log.info("media %s is not here yet: %s", m.uid, problem)
                found = False
                done = False
            if found:
                with self._lock:
                    if digest in self._wanted:
                        self._whole.add(digest)
                self._came()
        return done

    def _tidy(self, wanted: Mapping[str, Media]) -> None:
        for path in self._folder.iterdir():
            digest = path.name.removesuffix(".part")
            if DIGEST.fullmatch(digest) and digest not in wanted:
                path.unlink(missing_ok=True)

    def _is_whole(self, digest: str) -> bool:
        """Return whether the file is here already, by its content: a card may have lost some of it."""
        path = self._folder / digest
        if not path.is_file():
            return False
        if _digest_of(path) == digest:
            return True
        path.unlink()
        return False

    def _fetched(self, m: Media) -> bool:
        """Fetch the file of *m*, or the rest of it; False = what the server gave is another file."""
        part = self._folder / f"{m.digest}.part"
        have = part.stat().st_size if part.is_file() else 0
        if have > m.size:
            part.unlink()
            have = 0
        headers = dict(self._headers())
        if have:
            headers["Range"] = f"bytes={have}-"
        if have < m.size:
            self._receive(m, part, headers)
        if _digest_of(part) != m.digest:
            _log.warning("media %s is not what its digest says and is left out", m.uid)
            part.unlink()
            self._broken.add(m.digest)
            return False
        part.replace(self._folder / m.digest)
        return True

    def _receive(self, m: Media, part: Path, headers: Mapping[str, str]) -> None:
        timeout = urllib3.Timeout(connect=TIMEOUT_S, read=TIMEOUT_S)
        answer = self._pool.request(
            "GET",
            f"{self._url}/media/{m.digest}",
            headers=dict(headers),
            timeout=timeout,
            preload_content=False,
            redirect=False,
        )
        try:
            fault = self._write(m, part, answer)
        finally:
            answer.close()
        if fault:
            raise Unreachable(fault)

    def _write(self, m: Media, part: Path, answer: urllib3.BaseHTTPResponse) -> str:
        """Write the body to *part*; return why it is not the whole file, empty when it is."""
        if answer.status not in {200, 206}:
            return f"status {answer.status}"
        with part.open("ab" if answer.status == 206 else "wb") as file:
            for piece in answer.stream(CHUNK):
                if file.tell() + len(piece) > m.size:
                    file.truncate(0)  # not a beginning of the right file
                    return "more bytes than the catalogue says"
                file.write(piece)
                if self._end.is_set():
                    return "stopping"
            whole = file.tell() == m.size
        return "" if whole else "the connection ended early"


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
