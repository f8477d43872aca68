from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from server.kit.contract.views import Catalogue
from server.kit.keeping import Keeping, known_fields
from tests.support.boards import empty_board

AT = datetime(2026, 11, 23, 1, 15, 7, 412_000, tzinfo=UTC)
ANSWER = {"device": "u", "token": "secret", "kind": "display", "zone": "1F", "hall": "main"}


def test_the_token_is_readable_by_its_owner_only(tmp_path: Path):
    Keeping(tmp_path).keep_device(ANSWER)

    assert stat.S_IMODE((tmp_path / "device.json").stat().st_mode) == 0o600
    device = Keeping(tmp_path).device()
    assert device is not None
    assert device.token == "secret"


def test_a_new_enrolment_replaces_the_file_of_an_old_one(tmp_path: Path):
    (tmp_path / "device.json").write_text("{}")
    (tmp_path / "device.json").chmod(0o644)

    Keeping(tmp_path).keep_device(ANSWER)

    assert stat.S_IMODE((tmp_path / "device.json").stat().st_mode) == 0o600


def test_the_board_comes_back_with_its_time(tmp_path: Path):
    Keeping(tmp_path).keep_board(empty_board(), AT)

    assert Keeping(tmp_path).board() == (empty_board(), AT)


RUBBISH = (
    b"",
    b"{",
    b"[]",
    b'{"board": 1}',
    b"\xff\xfe",
    b"\0" * 512,  # what a power cut leaves on some file systems
    b'{"at": "\xff\xfe", "hall": "\xff", "device": "\xff"}',
    b'{"board":' * 50_000,
    b"[" * 5_000 + b"]" * 5_000,
)


@pytest.mark.parametrize("rubbish", RUBBISH, ids=range(len(RUBBISH)))
def test_a_broken_file_counts_as_none(tmp_path: Path, rubbish: bytes):
    for name in ("device", "board", "catalogue"):
        (tmp_path / f"{name}.json").write_bytes(rubbish)
    keeping = Keeping(tmp_path)

    assert keeping.device() is None
    assert keeping.board() is None
    assert keeping.catalogue() is None


@pytest.mark.parametrize("at", ["", "yesterday", "2026-99-24T00:00:00.000Z", "2026-11-24"])
def test_a_board_of_no_known_time_counts_as_none(tmp_path: Path, at: str):
    Keeping(tmp_path).keep_board(empty_board(), AT)
    kept = tmp_path / "board.json"
    kept.write_text(kept.read_text().replace("2026-11-23T01:15:07.412Z", at, 1))

    assert Keeping(tmp_path).board() is None


def test_a_folder_is_tried_out_without_a_trace(tmp_path: Path):
    Keeping(tmp_path).try_out()

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_found_before_a_token_is_spent(tmp_path: Path):
    keeping = Keeping(tmp_path / "state")
    (tmp_path / "state").rmdir()

    with pytest.raises(OSError, match="No such file"):
        keeping.try_out()


def test_a_half_written_file_of_a_power_cut_is_replaced(tmp_path: Path):
    (tmp_path / "device.part").write_text('{"dev')

    Keeping(tmp_path).keep_device(ANSWER)

    assert Keeping(tmp_path).device() is not None


def test_fields_of_a_newer_server_are_skipped_at_any_depth():
    zone = {"code": "1F", "name": "一楼", "floor": "", "smell": "coffee"}
    newer = {
        "hall": "main", "hall_name": "厅", "tz": "Asia/Shanghai", "digest": "d", "zones": [zone],
        "departments": [], "queues": [], "counters": [], "items": [], "notices": ["a"],
        "no_show_rule": "", "public_url": "", "weather": {"sun": True},
    }  # fmt: skip

    catalogue = msgspec.convert(known_fields(newer, Catalogue), Catalogue)

    assert catalogue.zones[0].code == "1F"
    assert catalogue.notices == ("a",)
