"""A media file is there whole under the name of its content, or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from server.store.media_files import DiskFullError, MediaFiles


@pytest.fixture
def files(tmp_path: Path) -> MediaFiles:
    return MediaFiles(tmp_path)


def names(files: MediaFiles) -> list[str]:
    return sorted(p.name for p in files.folder.iterdir())


def test_what_is_kept_has_the_name_of_its_content(files):
    with files.arriving(100) as arriving:
        arriving.write(b"one ")
        arriving.write(b"two")
        arriving.settle()
        digest = arriving.keep()

    assert digest == hashlib.sha256(b"one two").hexdigest()
    assert names(files) == [digest]
    path = files.path(digest)
    assert path is not None
    assert path.read_bytes() == b"one two"


def test_what_is_not_kept_leaves_nothing(files):
    with files.arriving(100) as arriving:
        arriving.write(b"half")
        assert len(names(files)) == 1

    assert names(files) == []


def test_more_than_the_limit_is_not_written(files):
    with files.arriving(10) as arriving:
        arriving.write(b"12345")
        arriving.write(b"678901")
        assert arriving.too_large
        assert next(files.folder.iterdir()).stat().st_size <= 10

    assert names(files) == []


def test_a_full_disk_is_told_and_leaves_nothing(files):
    with pytest.raises(DiskFullError), files.arriving(100) as arriving:
        arriving.file.close()
        arriving.file = open("/dev/full", "r+b", buffering=0)  # noqa: SIM115, PTH123  the device
        arriving.write(b"no room")

    assert names(files) == []


def test_a_file_that_would_take_the_halls_own_room_is_refused_before_it_comes(files):
    with pytest.raises(DiskFullError):
        files.arriving(100, expected=2**60)


def test_the_start_sweeps_what_a_power_cut_left(files):
    with files.arriving(100) as arriving:
        arriving.write(b"shown")
        digest = arriving.keep()
    (files.folder / "0123.part").write_bytes(b"half")
    (files.folder / ("a" * 64)).write_bytes(b"nobody shows it")
    (files.folder / "note.txt").write_bytes(b"not ours")

    assert files.sweep({digest}) == 2
    assert names(files) == sorted([digest, "note.txt"])


@pytest.mark.parametrize("name", ["", "../hall.db", "a" * 63, "A" * 64, "a" * 64, "0123.part"])
def test_only_a_files_own_name_finds_it(files, name):
    files.folder.mkdir()
    (files.folder / "0123.part").write_bytes(b"half")

    assert files.path(name) is None
    files.remove(name)
    assert names(files) == ["0123.part"]
