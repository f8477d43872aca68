"""The staff code of a kiosk 工作人员口令: set at install, kept as a hash, guarded against trying.

There is no default code: a kiosk without one cannot be left by its page.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import os
import secrets
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

SHORTEST = 6
LONGEST = 12
WRONG_BEFORE_LOCK = 5
LOCK_S = 300.0
"""After five wrong codes nothing is tried for five minutes, whoever stands there."""
_N, _R, _P = 2**14, 8, 1


class CodeError(Exception):
    """A code cannot be used; the words say why."""


def require_code(code: str) -> None:
    """Raise `CodeError` for a code that is too short, too long, or could be guessed at once."""
    if not code.isascii() or not code.isdigit() or not SHORTEST <= len(code) <= LONGEST:
        raise CodeError(f"口令是 {SHORTEST} 到 {LONGEST} 位数字")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(code)}
    if len(steps) == 1 and steps & {0, 1, 9}:
        raise CodeError("口令太容易猜：不要用同一个数字或连着的数字")


def write_code(path: Path, code: str) -> None:
    """Keep *code* at *path* as `scrypt$salt$hash`, readable by its owner alone.

    Raises:
        CodeError: the code cannot be used.
        OSError: the file cannot be written.
    """
    require_code(code)
    salt = secrets.token_bytes(16)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"scrypt${salt.hex()}${_hash(code, salt).hex()}\n")
    beside.replace(path)


def code_set(path: Path) -> bool:
    """Return whether a code is kept at *path*."""
    return _kept(path) is not None


def is_code(path: Path, code: str) -> bool:
    """Return whether *code* is the one kept at *path*; never without one. Takes about 50 ms."""
    kept = _kept(path)
    if kept is None or not code:
        return False
    salt, wanted = kept
    return hmac.compare_digest(_hash(code, salt), wanted)


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often a wrong code was typed at this kiosk; a restart of the page does not help."""

    wrong: int = 0
    until: float = 0.0

    def locked_s(self, now: float) -> int:
        """Return the seconds for which nothing is tried; 0 = it may be tried."""
        return max(0, math.ceil(self.until - now))

    def after(self, *, right: bool, now: float) -> Attempts:
        """Return the count after a try."""
        if right:
            return Attempts()
        wrong = self.wrong + 1
        if wrong < WRONG_BEFORE_LOCK:
            return replace(self, wrong=wrong)
        return Attempts(wrong=0, until=now + LOCK_S)


def _hash(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, n=_N, r=_R, p=_P, dklen=32)


def _kept(path: Path) -> tuple[bytes, bytes] | None:
    try:
        kind, salt, wanted = path.read_text(encoding="ascii").strip().split("$")
        return (bytes.fromhex(salt), bytes.fromhex(wanted)) if kind == "scrypt" else None
    except (OSError, ValueError):
        return None
