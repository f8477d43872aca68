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


@pytest.mark.parametrize("name", printer_profiles())
def test_every_source_names_a_document_or_admits_that_it_has_none(name):
    """A path or a bare "manual" would help nobody who wants to look it up."""
    for key, source in load_printer(name).sources.items():
        assert len(source) >= 10, key
        assert "/" not in source[:1], key
        assert not source.lower().startswith(("manual", "see ")), key


@pytest.mark.parametrize("name", printer_profiles())
def test_nothing_is_called_proved_that_was_only_assumed(name):
    """No profile was tried on metal; one whose cut or text is assumed is called unverified."""
    profile = load_printer(name)

    assert profile.verified in ("vendor_source", "published_document", "unverified")
    if profile.sources["cut"].startswith("assumed") or profile.sources["text"].startswith(
        "assumed"
    ):
        assert profile.verified == "unverified"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('rare = "mark"', 'rare = "raster"', "不发图片"),
        ('charset = "gb2312"', 'charset = "none"', "不发图片"),
        ('mode = "star"', 'mode = "native"', "须一起使用"),
    ],
)
def test_a_star_profile_that_asks_for_what_the_mode_lacks_refuses(old, new, words):
    text = (FOLDER / "printers" / "star_line.toml").read_text("utf-8")
    assert old in text

    assert words in refusal(text.replace(old, new, 1), name="star_line")


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


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("baud = 9600", "baud = 9601", "不能是 9601；允许：1200、2400、4800、9600"),
        ('flow = "none"', 'flow = "dsrdtr"', "允许：none、rtscts、xonxoff"),
        (
            "[link]\n",
            "[link]\nspeed = 9600\n",
            "不认识这个键；允许：baud、bits、parity、stop、flow",
        ),
        ('bytes = "1D564200"', 'bytes = "1d564200"', "允许：大写十六进制字节，如 1D56 4200"),
        ('means = "jam"', 'means = "jamm"', "paper_out；或 near_end"),
    ],
)
def test_a_wrong_value_is_refused_with_file_line_and_what_is_allowed(old, new, words):
    text = changed(old, new)
    lines = zip(text.splitlines(), TEXT.splitlines(), strict=False)
    line = next(i for i, (now, was) in enumerate(lines, 1) if now != was)

    assert f"generic_80_gbk.toml 第 {line} 行" in refusal(text)
    assert words in refusal(text)


def test_a_missing_value_names_what_may_stand_there():
    assert "paper.columns：缺少这一项；允许：整数，不小于 1" in refusal(
        changed("columns = 48\n", "")
    )


def test_a_value_without_a_source_refuses():
    assert "cut.bytes" in refusal(changed('\ncut = "', '\ncutter = "'))


def test_a_bit_of_a_query_that_is_never_asked_refuses():
    assert "没有查询的状态" in refusal(changed("queries = [1, 2, 3, 4]", "queries = [1, 2, 4]"))


def test_a_profile_that_cannot_see_the_end_of_paper_refuses():
    text = TEXT.replace('means = "paper_out"', 'means = "offline"')

    assert "缺纸" in refusal(text)


def test_a_profile_must_be_called_like_its_file():
    assert "应与文件名相同" in refusal(TEXT, name="other")


def test_broken_toml_refuses_with_its_name():
    assert "generic_80_gbk" in refusal("[link")


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 5000, "a = " + "9" * 5000, "#" * 1_000_000],
    ids=["nested", "long number", "a megabyte"],
)
def test_what_no_profile_looks_like_refuses_with_its_name(text):
    assert "generic_80_gbk" in refusal(text)


def test_a_site_may_keep_its_own_profile_anywhere(tmp_path):
    own = tmp_path / "hall_printer.toml"
    own.write_text(changed('"generic_80_gbk"', '"hall_printer"'), "utf-8")

    assert load_printer(str(own)).id == "hall_printer"


@pytest.mark.parametrize("name", ["no_such", "../printers/epson_tm_cn", "/nowhere/x.toml"])
def test_a_profile_that_is_not_there_refuses(name):
    with pytest.raises(ValueError, match="没有"):
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
