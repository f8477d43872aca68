"""The bytes that leave for the printer: exactly the manuals' commands, and no others."""

from __future__ import annotations

import json
from importlib import resources

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing.escpos import confirmation, encode, encode_char, native_qr
from kiosk.printing.layout import Cut, Line, QrCode, layout
from server.kit.contract.views import TicketSlip
from server.kit.serial.profiles import load_printer, printer_profiles
from tests.kiosk.printing.slips import SAMPLE, slip

GBK_80 = load_printer("generic_80_gbk")
EPSON = load_printer("epson_tm_cn")
VECTORS = json.loads(
    (resources.files("firmware_configs") / "vectors" / "slips.json").read_text("utf-8")
)["vectors"]


def with_text(profile, **changes):
    text = msgspec.structs.replace(profile.text, **changes)
    return msgspec.structs.replace(profile, text=text)


def job_for(ticket, profile, pid="A001"):
    return encode(layout(ticket, profile.paper.columns), profile, pid=pid)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_the_golden_slips_are_the_same_to_the_byte(vector):
    profile = load_printer(vector["profile"])
    ticket = msgspec.convert(vector["slip"], TicketSlip)

    job = job_for(ticket, profile, vector["pid"])

    assert job.data.hex() == "".join(part["hex"] for part in vector["parts"])
    assert job.replaced == ()


@pytest.mark.parametrize("name", ["generic_80_gbk", "epson_tm_cn"])
def test_the_80_mm_sample_slip_is_at_most_300_bytes(name):
    assert len(job_for(SAMPLE, load_printer(name)).data) <= 300


def test_the_58_mm_sample_slip_with_its_drawn_code_fits_a_4_kb_buffer():
    assert len(job_for(SAMPLE, load_printer("generic_58_gbk")).data) < 4096


def test_a_job_begins_with_reset_and_chinese_mode_and_ends_with_cut_and_question():
    data = job_for(SAMPLE, GBK_80).data

    assert data.startswith(bytes.fromhex("1B40 1C26"))
    assert data.endswith(bytes.fromhex("1D564200 1D7201"))


@pytest.mark.parametrize("name", printer_profiles())
def test_no_job_ever_chooses_a_code_page_or_sizes_by_esc(name):
    profile = load_printer(name)
    text_only = tuple(op for op in layout(SAMPLE, profile.paper.columns) if isinstance(op, Line))
    data = encode(text_only, profile, pid="A001").data

    assert b"\x1bt" not in data
    assert b"\x1b!" not in data


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("process_id", "1D2848 0600 3030 41303132"),
        ("gs_r", "1D7201"),
        ("dle_eot", ""),
    ],
)
def test_each_way_of_confirming_has_its_question(kind, question):
    rules = msgspec.structs.replace(GBK_80.confirm, kind=kind)
    profile = msgspec.structs.replace(GBK_80, confirm=rules)

    assert confirmation(profile, "A012") == bytes.fromhex(question)


@pytest.mark.parametrize("pid", ["", "A", "A0123", "A01\n", "A01号"])
def test_a_process_id_that_cannot_be_sent_is_refused(pid):
    with pytest.raises(ValueError, match="process id"):
        confirmation(EPSON, pid)


def test_the_number_is_sent_by_gs_exclamation_four_by_four():
    data = encode((Line(text="A012", width=4, height=4),), GBK_80, pid="A001").data

    assert bytes.fromhex("1D2133") + b"A012\n" in data


def test_a_size_is_sent_only_when_it_changes():
    ops = (Line(text="一", width=2, height=2), Line(text="二", width=2, height=2))

    assert encode(ops, GBK_80, pid="A001").data.count(b"\x1d\x21") == 1


def test_the_native_code_is_the_manuals_example():
    """The bytes of hardware facts for a 29-byte address, module 6, level M."""
    url = "https://hall.example/t/AbCdEf"
    expected = (
        "1d286b0400314132 00 1d286b03003143 06 1d286b03003145 31 1d286b2000315030"
        + url.encode().hex()
        + "1d286b0300315130"
    )

    assert native_qr(url, GBK_80.qr) == bytes.fromhex(expected)


def test_no_command_hides_in_a_code():
    data = encode((QrCode(data="https://h/\x10\x04\x01\x1d\x56\x00"),), GBK_80, pid="A001").data

    assert b"\x10\x04" not in data
    assert b"\x1d\x56\x00" not in data


def test_a_cut_that_cuts_at_the_head_is_fed_to_the_cutter_first():
    cut = msgspec.structs.replace(GBK_80.cut, bytes="1D5601", feed="1B6404")
    profile = msgspec.structs.replace(GBK_80, cut=cut)

    assert bytes.fromhex("1B6404 1D5601") in encode((Cut(),), profile, pid="A001").data


def test_a_rare_hanzi_is_replaced_and_reported_where_the_font_ends():
    ticket = slip(item_name="王䶮𬱖办理登记")

    generic = job_for(ticket, GBK_80)
    four_byte = job_for(ticket, with_text(EPSON, four_byte=True))

    assert generic.replaced == ("䶮", "𬱖")
    assert "王〓〓办理登记".encode("gbk") in generic.data
    assert four_byte.replaced == ()
    assert "王䶮𬱖办理登记".encode("gb18030") in four_byte.data


def test_four_byte_codes_are_sent_only_where_the_profile_allows_them():
    assert encode_char("𬱖", EPSON) is None
    assert encode_char("𬱖", with_text(EPSON, four_byte=True)) == bytes.fromhex("9933C336")
    assert encode_char("䶮", EPSON) == bytes.fromhex("FE9F")


@pytest.mark.parametrize("rare", "镕堃喆")
def test_a_gb2312_font_lacks_the_names_of_gbk(rare):
    gb2312 = with_text(GBK_80, charset="gb2312")

    assert encode_char(rare, GBK_80) == rare.encode("gbk")
    assert encode_char(rare, gb2312) is None
    assert encode_char("永", gb2312) == "永".encode("gb2312")


def test_a_yen_sign_never_becomes_a_four_byte_code():
    data = job_for(slip(promise="工本费¥9"), GBK_80).data

    assert "工本费￥9\n".encode("gbk") in data
    assert bytes.fromhex("81308436") not in data


def test_all_20902_hanzi_of_gbk_are_two_bytes():
    codes = [encode_char(chr(point), GBK_80) for point in range(0x4E00, 0x9FA6)]

    assert {len(code) for code in codes if code} == {2}
    assert None not in codes


@given(text=st.text(max_size=60), charset=st.sampled_from(["gb2312", "gbk", "gb18030"]))
def test_whatever_a_text_holds_only_its_characters_reach_the_printer(text, charset):
    profile = with_text(EPSON, charset=charset)
    job = encode((Line(text=text),), profile, pid="A001")
    plain = encode((), profile, pid="A001").data
    head, tail = plain[:10], plain[10:]

    assert job.data.startswith(head)
    assert job.data.endswith(tail)
    body = job.data[len(head) : len(job.data) - len(tail)].decode("gb18030")
    assert all(ch >= " " or ch == "\n" for ch in body)
    assert body.count("〓") >= len(job.replaced)
