"""Profiles are read in full or not at all, and every value in them names its source."""

from __future__ import annotations

from importlib import resources

import msgspec
import pytest

from server.kit.serial.profiles import (
    Link,
    PortConfig,
    load_printer,
    parse_printer,
    printer_profiles,
    schema_text,
)

FOLDER = resources.files("firmware_configs")
TEXT = (FOLDER / "printers" / "generic_80_gbk.toml").read_text("utf-8")


def refusal(text, name="generic_80_gbk"):
    with pytest.raises(ValueError) as caught:
        parse_printer(text.encode(), name=name)
    return str(caught.value)


def changed(old, new):
    assert TEXT.count(old) >= 1, old
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize("name", printer_profiles())
def test_every_shipped_profile_loads(name):
    assert load_printer(name).id == name


def test_the_three_profiles_of_this_release_are_there():
    assert printer_profiles() == ("epson_tm_cn", "generic_58_gbk", "generic_80_gbk")


def test_the_schema_file_is_the_one_that_the_types_give():
    """Write it again by `python -m server.kit.serial.profiles > firmware_configs/schema.json`."""
    assert (FOLDER / "schema.json").read_text("utf-8") == schema_text()


def test_an_unknown_key_refuses():
    assert "speed" in refusal(changed("[link]\n", "[link]\nspeed = 9600\n"))


def test_a_missing_key_refuses():
    assert "columns" in refusal(changed("columns = 48\n", ""))


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("baud = 9600", "baud = 9601", "link.baud"),
        ('flow = "none"', 'flow = "dsrdtr"', "link.flow"),
        ('kind = "gs_r"', 'kind = "hope"', "confirm.kind"),
        ('bytes = "1D564200"', 'bytes = "1D5"', "cut.bytes"),
        ('bytes = "1D564200"', 'bytes = "1d564200"', "cut.bytes"),
        ("mask = 0x08", "mask = 0", "mask"),
        ("width_mm = 80", "width_mm = 60", "width_mm"),
    ],
)
def test_an_impossible_value_refuses_and_says_where(old, new, names):
    assert names in refusal(changed(old, new))


def test_a_value_without_a_source_refuses():
    assert "cut.bytes" in refusal(changed('\ncut = "', '\ncutter = "'))


def test_a_bit_of_a_query_that_is_never_asked_refuses():
    assert "never asked" in refusal(changed("queries = [1, 2, 3, 4]", "queries = [1, 2, 4]"))


def test_a_profile_that_cannot_see_the_end_of_paper_refuses():
    text = TEXT.replace('means = "paper_out"', 'means = "offline"')

    assert "paper is out" in refusal(text)


def test_a_profile_must_be_called_like_its_file():
    assert "its id is" in refusal(TEXT, name="other")


def test_broken_toml_refuses_with_its_name():
    assert "generic_80_gbk" in refusal("[link")


def test_a_site_may_keep_its_own_profile_anywhere(tmp_path):
    own = tmp_path / "hall_printer.toml"
    own.write_text(changed('"generic_80_gbk"', '"hall_printer"'), "utf-8")

    assert load_printer(str(own)).id == "hall_printer"


@pytest.mark.parametrize("name", ["no_such", "../printers/epson_tm_cn", "/nowhere/x.toml"])
def test_a_profile_that_is_not_there_refuses(name):
    with pytest.raises(ValueError, match="there is no profile"):
        load_printer(name)


def test_the_site_goes_before_the_profile():
    config = PortConfig(address="/dev/ttyS0", baud=115200)

    assert config.link(Link(baud=9600, flow="xonxoff")) == Link(baud=115200, flow="xonxoff")


def test_a_profile_cannot_be_changed():
    with pytest.raises(AttributeError):
        load_printer("epson_tm_cn").paper.columns = 50


@pytest.mark.parametrize(
    ("link", "seconds"),
    [(Link(baud=9600), 10 / 9600), (Link(baud=9600, bits=7, parity="E"), 10 / 9600),
     (Link(baud=9600, stop=2), 11 / 9600)],
)  # fmt: skip
def test_a_byte_needs_its_start_parity_and_stop_bits_on_the_wire(link, seconds):
    assert link.wire_s(1) == pytest.approx(seconds)


def test_port_settings_refuse_what_they_do_not_know():
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"address": "COM3", "speed": 9600}, PortConfig)
