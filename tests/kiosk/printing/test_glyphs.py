"""Rare hanzi come out readable: taught to the printer, or their line as a picture."""

from __future__ import annotations

import subprocess
import sys

import msgspec

from kiosk.printing import glyphs, picture
from kiosk.printing.escpos import encode
from kiosk.printing.glyphs import user_glyph
from kiosk.printing.layout import Line
from kiosk.printing.picture import character, line_picture
from server.kit.serial.profiles import load_printer

SNBC = load_printer("snbc_bt_t080")
GBK_80 = load_printer("generic_80_gbk")
TEACH = bytes.fromhex("1C32")
PICTURE = bytes.fromhex("1D763000")


def with_text(profile, **changes):
    return msgspec.structs.replace(profile, text=msgspec.structs.replace(profile.text, **changes))


def test_a_rare_hanzi_is_taught_once_and_then_printed_by_its_place():
    job = encode((Line(text="王𬱖"), Line(text="𬱖", width=2)), SNBC, pid="A001")

    assert job.replaced == ()
    assert job.data.count(TEACH) == 1
    at = job.data.index(TEACH)
    assert job.data[at + 2 : at + 4] == bytes.fromhex("FEA1")
    assert job.data[at + 76 :].startswith("王".encode("gb18030") + bytes.fromhex("FEA10A"))
    assert job.data.count(bytes.fromhex("FEA10A")) == 2


def test_two_rare_hanzi_have_two_places():
    job = encode((Line(text="𬱖𠮷"),), SNBC, pid="A001")

    assert bytes.fromhex("FEA1FEA20A") in job.data


def test_each_job_teaches_anew_because_a_reset_forgets():
    first, second = (encode((Line(text="𬱖"),), SNBC, pid="A001").data for _ in range(2))

    assert first == second


def test_a_taught_glyph_is_the_drawn_one_column_by_column():
    data = user_glyph("王")
    drawn = character("王")

    assert len(data) == 72
    for column in range(24):
        bits = int.from_bytes(data[3 * column : 3 * column + 3], "big")
        for row in range(24):
            assert bits >> (23 - row) & 1 == drawn.rows[row] >> (23 - column) & 1


def test_more_rare_hanzi_than_places_come_as_a_picture():
    profile = with_text(SNBC, glyphs=1)
    job = encode((Line(text="𬱖"), Line(text="𠮷𬱖")), profile, pid="A001")

    assert job.replaced == ()
    assert job.data.count(TEACH) == 1
    assert job.data.count(PICTURE) == 1


def test_a_line_with_a_rare_hanzi_comes_as_one_picture_of_the_same_size():
    line = Line(text="王𬱖A", width=2, height=2)
    job = encode((line,), GBK_80, pid="A001")

    at = job.data.index(PICTURE)
    assert job.data[at + 4 : at + 8] == bytes([2 * 60 // 8, 0, 48, 0])
    assert job.replaced == ()
    drawn = line_picture(line)
    assert (drawn.width, len(drawn.rows)) == (2 * 60, 48)


def test_a_picture_of_a_small_line_keeps_the_space_below_it():
    data = encode((Line(text="𬱖"),), GBK_80, pid="A001").data

    at = data.index(PICTURE)
    assert int.from_bytes(data[at + 6 : at + 8], "little") == 34
    assert data[at + 8 + 3 * 24 : at + 8 + 3 * 34] == bytes(3 * 10)


def test_a_picture_of_a_line_stands_where_the_line_would():
    data = encode((Line(text="𬱖", left=True),), GBK_80, pid="A001").data

    assert bytes.fromhex("1B6100") + PICTURE in data


def test_a_text_size_before_a_picture_is_taken_back():
    """Some firmware scales pictures by it."""
    data = encode((Line(text="一", width=2), Line(text="𬱖", width=2)), GBK_80, pid="A001").data

    assert bytes.fromhex("1D2100") + PICTURE in data


def test_what_nobody_can_draw_is_marked_and_reported():
    odd = "\U000323ae"  # a hanzi of Unicode's newest block, in no font here
    assert not picture.can_draw(odd)

    for profile in (GBK_80, SNBC, load_printer("raster_80")):
        assert encode((Line(text=f"王{odd}"),), profile, pid="A001").replaced == (odd,)
    assert "王〓\n".encode("gbk") in encode((Line(text=f"王{odd}"),), GBK_80, pid="A001").data


def test_beside_what_can_be_drawn_the_rest_is_marked():
    job = encode((Line(text="𬱖\U000323ae"),), SNBC, pid="A001")

    assert bytes.fromhex("FEA1") + "〓\n".encode("gbk") in job.data
    assert job.replaced == ("\U000323ae",)


def test_a_profile_may_mark_them_all():
    job = encode((Line(text="王𬱖"),), with_text(GBK_80, rare="mark"), pid="A001")

    assert job.replaced == ("𬱖",)
    assert PICTURE not in job.data


def test_without_a_chinese_font_rare_hanzi_are_marked(monkeypatch):
    monkeypatch.setattr(picture, "can_draw", lambda ch: False)
    monkeypatch.setattr("kiosk.printing.pen.can_draw", lambda ch: False)
    monkeypatch.setattr(glyphs, "can_draw", lambda ch: False)

    for profile in (GBK_80, SNBC):
        assert encode((Line(text="王𬱖"),), profile, pid="A001").replaced == ("𬱖",)


def test_a_glyph_with_a_command_in_it_is_moved_by_a_row(monkeypatch):
    plain = user_glyph("王")
    bait = next(plain[at : at + 2] for at in range(70) if plain[at : at + 2].strip(b"\0"))
    monkeypatch.setattr("kiosk.printing.raster.REAL_TIME", (bait,))

    moved = user_glyph("王")

    assert bait in plain
    assert bait not in moved


def test_every_hanzi_of_a_name_that_gb2312_lacks_is_readable():
    rmd = load_printer("sprt_rmd")

    for name in ("镕", "堃", "喆", "䶮"):
        job = encode((Line(text=f"王{name}"),), rmd, pid="A001")
        assert job.replaced == ()
        assert PICTURE in job.data


def test_no_font_is_loaded_for_a_slip_without_rare_hanzi():
    code = (
        "from kiosk.printing import picture; from kiosk.printing.escpos import encode;"
        "from kiosk.printing.layout import Line, QrCode;"
        "from server.kit.serial.profiles import load_printer;"
        "encode((Line(text='王'), QrCode(data='x')), load_printer('generic_58_gbk'), pid='A001');"
        "print(picture._font.cache_info().currsize)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "0"
