"""Codes as dots: they can be read, they fit, and no printer finds a command in them."""

from __future__ import annotations

import pytest
import qrcode

from kiosk.printing import raster
from kiosk.printing.raster import Dots, has_real_time_command, qr_raster

URL = "https://hall.yongde.example/t/8Qm2vXkT4nRw9cJzLbGf1A"


def dots_of(commands):
    """Return the rows of dots of `GS v 0` commands one after the other, checking their heads."""
    found = []
    while commands:
        assert commands[:4] == bytes.fromhex("1D763000")
        row_bytes = int.from_bytes(commands[4:6], "little")
        rows = int.from_bytes(commands[6:8], "little")
        assert rows <= 255
        data, commands = commands[8 : 8 + row_bytes * rows], commands[8 + row_bytes * rows :]
        assert len(data) == row_bytes * rows
        found += [
            [bool(data[y * row_bytes + x // 8] & 0x80 >> x % 8) for x in range(row_bytes * 8)]
            for y in range(rows)
        ]
    return found


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


def picture_of(data, row_bytes):
    rows = [data[at : at + row_bytes] for at in range(0, len(data), row_bytes)]
    return Dots(width=row_bytes * 8, rows=tuple(int.from_bytes(row, "big") for row in rows))


def test_a_picture_comes_back_row_by_row():
    picture = Dots(width=13, rows=tuple(0x1FFF ^ n for n in range(700)))

    rows = dots_of(raster.raster(picture, dots=576))

    assert [int("".join("1" if dot else "0" for dot in row[:13]), 2) for row in rows] == [
        *picture.rows
    ]


@pytest.mark.parametrize("command", ["1004", "1005", "1014"])
def test_a_command_in_a_picture_is_hidden_by_moving_all_of_it(command):
    picture = picture_of(bytes(8) + bytes.fromhex(command) + bytes(600), 2)

    sent = raster.raster(picture, dots=576)

    assert bytes.fromhex(command) not in sent
    ink = [x for row in dots_of(sent) for x, dot in enumerate(row) if dot]
    original = [x for row in picture.rows for x in range(16) if row >> (15 - x) & 1]
    assert {new - old for new, old in zip(ink, original, strict=True)} == {1}


def test_strips_that_suit_no_common_place_are_moved_each_by_itself(monkeypatch):
    """One bait for each of the eight places: in the first line for half, below for the others."""
    first, second = Dots(width=16, rows=(0x8001,) * 24), Dots(width=16, rows=(0xC003,) * 10)
    picture = Dots(width=16, rows=first.rows + second.rows)
    baits = [first.packed(n, row_bytes=3)[1][:3] for n in range(4)]
    baits += [first.packed(0)[1][:4]]
    baits += [second.packed(n, row_bytes=3)[1][:3] for n in range(4, 8)]
    monkeypatch.setattr(raster, "REAL_TIME", tuple(baits))

    rows = dots_of(raster.raster(picture, dots=576))

    assert len(rows) == 34
    assert {len(row) for row in rows} == {24}
    assert rows[0].index(True) == 4
    assert rows[24].index(True) == 0


def test_a_picture_that_no_place_suits_is_refused(monkeypatch):
    monkeypatch.setattr(raster, "REAL_TIME", (b"\x1d\x76",))

    with pytest.raises(ValueError, match="real-time"):
        raster.raster(Dots(width=8, rows=(1,)), dots=576)


def test_a_picture_wider_than_the_paper_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        raster.raster(Dots(width=577, rows=(0,)), dots=576)


def test_a_picture_as_wide_as_the_paper_is_never_moved_off_it(monkeypatch):
    picture = picture_of(bytes.fromhex("1004 0001"), 2)

    with pytest.raises(ValueError, match="real-time"):
        raster.raster(picture, dots=16)


def test_white_columns_at_the_right_are_not_sent():
    assert Dots(width=16, rows=(0b1000_0000_0000_0000, 0b0010 << 8)).trimmed() == Dots(
        width=7, rows=(0b1000000, 0b0000001)
    )
    assert Dots(width=16, rows=(0, 0)).trimmed() == Dots(width=0, rows=(0, 0))


def test_a_line_across_the_paper_does_not_hold_the_text_above_it():
    """Only the strip in question is moved: not the rule that leaves it no room."""
    text, line = (0x1004 << 8,) * 24, (0xFFFFFF,) * 2
    picture = Dots(width=24, rows=text + line)

    rows = dots_of(raster.raster(picture, dots=24))

    assert [x for x, dot in enumerate(rows[0]) if dot] == [4, 14]
    assert rows[24] == [True] * 24
