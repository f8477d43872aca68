"""The tray on disk: the witness of the kill tests."""

import os

from kiosk.printing.model import read_tray
from kiosk.printing.model.paper import Slip, TextLine
from kiosk.printing.model.tray import Tray


def slip(n: int) -> Slip:
    return Slip(
        n=n,
        at="2026-11-23T01:15:07.412Z",
        paper_mm=80,
        width=576,
        length=700,
        cut="full",
        bytes=276,
        text=("A012",),
        qr=(),
        items=(TextLine(y=96, height=24, align="left", spans=()),),
    )


def test_a_slip_is_read_back_as_it_was_written(tmp_path):
    Tray(tmp_path).keep(slip(1))

    assert read_tray(tmp_path) == [slip(1)]


def test_numbers_go_on_after_a_restart(tmp_path):
    Tray(tmp_path).keep(slip(1))
    Tray(tmp_path).keep(slip(2))

    assert Tray(tmp_path).next_number() == 3
    assert [s.n for s in Tray(tmp_path).newest(1)] == [2]


def test_a_file_half_written_by_a_kill_is_not_a_slip(tmp_path):
    tray = Tray(tmp_path)
    tray.keep(slip(1))
    (tmp_path / "slip-000002.part").write_bytes(b'{"n": 2, "at"')

    assert [s.n for s in read_tray(tmp_path)] == [1]
    assert Tray(tmp_path).next_number() == 2


def test_the_slip_is_synced_before_it_gets_its_name(tmp_path, monkeypatch):
    seen = []
    real = os.fsync

    def fsync(fd):
        seen.append(sorted(path.suffix for path in tmp_path.iterdir()))
        real(fd)

    monkeypatch.setattr(os, "fsync", fsync)
    Tray(tmp_path).keep(slip(1))

    assert seen == [[".part"], [".json"]]


def test_slips_beyond_a_million_stay_in_order(tmp_path):
    tray = Tray(tmp_path)
    tray.keep(slip(999_999))
    tray.keep(slip(1_000_000))

    assert [s.n for s in read_tray(tmp_path)] == [999_999, 1_000_000]
