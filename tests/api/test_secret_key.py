"""The key that signs cookies: made once, whole, and for its owner only."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from server.place import secret_key


def test_the_key_is_made_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    key = secret_key(tmp_path)

    assert len(key) == 64
    assert secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("torn", [b"", b"\n", b"\0" * 64, b"abc"])
def test_a_key_that_a_power_cut_left_torn_is_made_anew(tmp_path: Path, torn: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(torn)
    (tmp_path / "secret.part").write_bytes(b"half")

    key = secret_key(tmp_path)

    assert len(key) == 64
    assert secret_key(tmp_path) == key
