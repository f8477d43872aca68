"""Codes as dots: they can be read, they fit, and no printer finds a command in them."""

from __future__ import annotations

import pytest
import qrcode

from kiosk.printing import raster
from kiosk.printing.raster import has_real_time_command, qr_raster

URL = "https://hall.yongde.example/t/8Qm2vXkT4nRw9cJzLbGf1A"


def dots_of(command):
    """Return the rows of dots of a `GS v 0` command, after checking its head."""
    assert command[:4] == bytes.fromhex("1D763000")
    row_bytes = int.from_bytes(command[4:6], "little")
    rows = int.from_bytes(command[6:8], "little")
    data = command[8:]
    assert len(data) == row_bytes * rows
    return [
        [bool(data[y * row_bytes + x // 8] & 0x80 >> x % 8) for x in range(row_bytes * 8)]
        for y in range(rows)
    ]


def expected_modules(data):
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(data.encode())
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def test_every_module_is_a_square_of_dots():
    rows = dots_of(qr_raster(URL, module_dots=4, level="M", dots=384))

    modules = expected_modules(URL)
    assert [[row[4 * x] for x in range(len(modules))] for row in rows[::4]] == modules
    assert [[row[4 * x + 3] for x in range(len(modules))] for row in rows[3::4]] == modules
    assert len(rows) == 4 * len(modules)


def test_modules_shrink_until_the_code_fits_the_paper():
    rows = dots_of(qr_raster(URL, module_dots=16, level="M", dots=384))

    assert len(rows) == 11 * len(expected_modules(URL))


def test_a_code_that_cannot_fit_is_refused():
    with pytest.raises(ValueError, match="do not fit"):
        qr_raster("x" * 2000, module_dots=4, level="M", dots=200)


def test_a_picture_with_a_command_in_it_is_moved_by_dots(monkeypatch):
    """A printer would carry out 10 04 in the middle of a picture; one dot to the right hides it."""
    plain = qr_raster(URL, module_dots=4, level="M", dots=384)
    bait = plain[20:22]
    monkeypatch.setattr(raster, "REAL_TIME", (bait,))

    moved = qr_raster(URL, module_dots=4, level="M", dots=384)

    assert bait in plain
    assert bait not in moved
    shift = next(x for x in range(8) if dots_of(moved)[0][x])
    modules = expected_modules(URL)
    assert [row[shift] for row in dots_of(moved)[::4]] == [row[0] for row in modules]


def test_a_hundred_codes_hold_no_command():
    for n in range(100):
        assert not has_real_time_command(qr_raster(f"{URL}{n}", module_dots=4, level="M", dots=384))
