"""The bytes that leave for the printer: exactly the manuals' commands, and no others."""

from __future__ import annotations

import json
from importlib import resources

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing.escpos import confirmation, encode, encode_char, masung_qr, native_qr
from kiosk.printing.layout import Cut, Gap, Line, QrCode, Rule, cells, layout, normalise
from server.kit.contract.views import TicketSlip
from server.kit.serial.profiles import Link, load_printer, printer_profiles
from tests.kiosk.printing.slips import SAMPLE, slip

GBK_80 = load_printer("generic_80_gbk")
EPSON = load_printer("epson_tm_cn")
DRAWS_CODES = [
    name
    for name in printer_profiles()
    if (profile := load_printer(name)).qr.mode != "raster" and profile.paper.width_mm == 80
]
TEXT_PROFILES = [n for n in printer_profiles() if load_printer(n).text.charset != "none"]
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

    rest = job.data
    for part in vector["parts"]:
        wanted = bytes.fromhex(part["hex"]) if "hex" in part else bands_of(rest, part["bands"])
        assert rest[: len(wanted)].hex() == wanted.hex(), part["what"]
        rest = rest[len(wanted) :]
    assert rest == b""
    assert job.replaced == ()


def bands_of(data, head):
    """Return the pictures at the front of *data*, after checking what each says of itself."""
    at = 0
    while data[at : at + 4] == bytes.fromhex(head):
        row_bytes, rows = data[at + 4] + 256 * data[at + 5], data[at + 6] + 256 * data[at + 7]
        assert 1 <= row_bytes <= 72
        assert 1 <= rows <= 255
        at += 8 + row_bytes * rows
    return data[:at]


def test_every_profile_has_a_golden_slip():
    assert {vector["profile"] for vector in VECTORS} == set(printer_profiles())


@pytest.mark.parametrize("name", DRAWS_CODES)
def test_the_80_mm_sample_slip_is_at_most_300_bytes_and_320_ms_at_9600(name):
    data = job_for(SAMPLE, load_printer(name)).data

    assert len(data) <= 300
    assert Link(baud=9600).wire_s(len(data)) <= 0.32


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
        ("asb", "1D7201"),
        ("star_etb", "17"),
        ("dle_eot", ""),
        ("none", ""),
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

    generic = job_for(ticket, with_text(GBK_80, rare="mark"))
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
    profile = with_text(EPSON, charset=charset, rare="mark")
    job = encode((Line(text=text),), profile, pid="A001")
    plain = encode((), profile, pid="A001").data
    head, tail = plain[:10], plain[10:]

    assert job.data.startswith(head)
    assert job.data.endswith(tail)
    body = job.data[len(head) : len(job.data) - len(tail)].decode("gb18030")
    assert all(ch >= " " or ch == "\n" for ch in body)
    assert body.count("〓") >= len(job.replaced)


SLIPS = {
    "usual": SAMPLE,
    "long": slip(
        item_name="不动产转移登记（二手房买卖、继承、赠与及离婚析产）综合受理一件事",
        hall_name="双江拉祜族佤族布朗族傣族自治县政务服务中心",
        counters=("12号窗口", "13号窗口", "二楼不动产登记综合受理专区"),
        promise="5 个工作日内办结·登记费 80 元/件",
        priority="老年人、残疾人、军人优先",
        consult_only=True,
        reprint=2,
    ),
    "rare names": slip(item_name="王䶮𬱖办理镕堃喆登记", no_show_rule="𠮷 ¥9 • ² 🎫"),
    "bare": slip(url="", promise="", counters=(), no_show_rule="", ahead=0),
}


@pytest.mark.parametrize("ticket", SLIPS.values(), ids=SLIPS)
@pytest.mark.parametrize("name", printer_profiles())
def test_every_profile_prints_every_slip_without_a_hidden_command(name, ticket):
    profile = load_printer(name)
    job = job_for(ticket, profile)

    assert job.data.startswith(bytes.fromhex(profile.text.start))
    end = bytes.fromhex(profile.cut.bytes) + bytes.fromhex(profile.cut.present or "")
    assert job.data.endswith(end + confirmation(profile, "A001"))
    assert not any(command in job.data for command in (b"\x10\x04", b"\x10\x05", b"\x10\x14"))


@pytest.mark.parametrize("ticket", SLIPS.values(), ids=SLIPS)
@pytest.mark.parametrize("name", printer_profiles())
def test_no_line_is_wider_than_the_paper(name, ticket):
    columns = load_printer(name).paper.columns
    lines = [op for op in layout(ticket, columns) if isinstance(op, Line)]

    assert all(cells(line.text) * line.width <= columns for line in lines)
    printed = "".join(line.text for line in lines).replace(" ", "")
    for whole in (ticket.hall_name, ticket.item_name, ticket.no_show_rule, *ticket.counters):
        assert normalise(whole).replace(" ", "") in printed  # wrapped, never cut


@pytest.mark.parametrize("name", TEXT_PROFILES)
def test_all_hanzi_of_a_charset_come_back_from_the_bytes(name):
    """20,902 hanzi, of which 7,308 have an ASCII second byte: the codes stand there unbroken."""
    profile = with_text(load_printer(name), rare="mark")
    known = [ch for ch in map(chr, range(0x4E00, 0x9FA6)) if encode_char(ch, profile)]
    ops = [Line(text="".join(known[at : at + 16])) for at in range(0, len(known), 16)]
    plain = encode((), profile, pid="A001").data
    head = len(plain) - len(confirmation(profile, "A001"))
    job = encode(ops, profile, pid="A001")

    body = job.data[head : len(job.data) - (len(plain) - head)]
    assert body.decode("gb18030").replace("\n", "") == "".join(known)
    assert job.replaced == ()
    wanted = {"gb2312": 6763, "gbk": 20902, "gb18030": 20902}[profile.text.charset]
    assert len(known) == wanted


def test_7308_hanzi_have_a_second_byte_that_looks_like_ascii():
    trails = [encode_char(chr(point), GBK_80)[1] for point in range(0x4E00, 0x9FA6)]

    assert sum(trail < 0x7F for trail in trails) == 7308


def test_bold_is_switched_on_and_off_around_its_lines():
    ops = (Line(text="一", bold=True), Line(text="二", bold=True), Line(text="三"))

    data = encode(ops, GBK_80, pid="A001").data

    assert bytes.fromhex("1B4501") + "一\n二\n".encode("gbk") + bytes.fromhex("1B4500") in data
    assert data.count(b"\x1bE") == 2


def test_a_rule_is_a_row_of_strokes_across_the_paper():
    data = encode((Rule(),), GBK_80, pid="A001").data

    assert "─".encode("gbk") * 24 + b"\n" in data


def test_masung_boards_draw_a_code_by_their_own_commands():
    """13 50 48 01 01, 02 01, 03 n, 04 text 00, 05: MASUNG PrintCmd.java."""
    expected = "1350480101 1350480201 13504803 06 13504804" + b"https://h/1".hex() + "00 13504805"

    assert masung_qr("https://h/1", GBK_80.qr) == bytes.fromhex(expected)


def test_a_slip_is_pushed_out_after_the_cut():
    profile = load_printer("custom_kpm_vkp")

    data = encode((Cut(),), profile, pid="A001").data

    assert data.endswith(bytes.fromhex("1D564100 1D650340"))


def test_a_printer_without_a_font_gets_one_picture_and_no_text():
    profile = load_printer("raster_80")
    ops = (Line(text="市民服务中心"), Gap(lines=1), QrCode(data="https://h/1"), Rule(), Cut())

    data = encode(ops, profile, pid="A001").data

    assert data.startswith(bytes.fromhex("1B40 1D763000"))
    assert bands_of(data[2:], "1D763000") == data[2:-7]
    assert data.endswith(bytes.fromhex("1D564200 1D7201"))


def test_what_follows_the_last_cut_is_still_printed_as_a_picture():
    data = encode((Line(text="一"),), load_printer("raster_80"), pid="A001").data

    assert bytes.fromhex("1D763000") in data
