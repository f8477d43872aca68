"""Frames as data equal what was published, what makers' programs make, and what others make."""

from __future__ import annotations

import json
from importlib import resources

import msgspec
import pytest
from alphasign.command import Command
from alphasign.packet import Packet
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.register_message import WriteMultipleRegistersRequest

from server.kit.serial.profiles import frame_profiles, load_frames, parse_frames
from server.kit.serial.templates import Answers, Event, Nak, Ok, encode, filled

FOLDER = resources.files("firmware_configs")
VECTORS = json.loads((FOLDER / "vectors" / "led.json").read_text("utf-8"))
LED = {name: load_frames("led", name) for name in frame_profiles("led")}
BX5K = LED["onbon_bx5k"]
ESCAPED = {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}
"""From the Onbon document, written down here apart from the profile."""
HANZI = [chr(n) for n in range(0x4E00, 0x9FA6)]
WORDS = {
    "number": "A012", "digits": "012", "counter": "3", "name": "3号窗口",
    "reason": "开会", "slogan": "欢迎光临", "text": "请有序撤离",
}  # fmt: skip
PAD = b"""
id = "pad"
name = "pad"
verified = "unverified"
kind = "pad"
body = [{ group = "pdu", fields = [{ u8 = "addr" }, { u8 = "cmd" }, { bytes = "text" }] }]
[link]
baud = 9600
[timing]
poll_ms = 40
[text]
encoding = "ascii"
[params]
addr = { default = 1, low = 1, high = 255 }
cmd = { default = 1, low = 0, high = 255 }
[check]
alg = "sum8"
over = "pdu"
[frame]
pre = "FF 68"
head = [{ len = "pdu" }, { len = "pdu" }, { hex = "68" }]
post = "16"
[poll]
params = { cmd = 1 }
[event]
start = "FF 68"
length = 10
length_at = 2
length_plus = 2
address_at = 5
key_at = 7
check = "sum8"
check_from = 5
tail = 1
keys = { 01 = "next", 02 = "recall" }
idle = ["00"]
[sources]
link = "t"
timing = "t"
text = "t"
params = "t"
body = "t"
check = "t"
frame = "t"
poll = "t"
event = "t"
"""
FF68 = parse_frames(PAD, name="pad")


def pressed(address: int, key: int) -> bytes:
    pdu = bytes([address, 0x81, key])
    return b"\xff\x68\x03\x03\x68" + pdu + bytes([sum(pdu) & 0xFF]) + b"\x16"


@pytest.mark.parametrize("vector", VECTORS["frames"], ids=lambda v: v["profile"])
def test_every_published_frame_comes_out_byte_for_byte(vector):
    made = encode(LED[vector["profile"]], vector["params"], vector["text"])

    assert made.data == bytes.fromhex(vector["bytes"])
    assert (made.replaced, made.cut) == ((), False)


@pytest.mark.parametrize("vector", VECTORS["answers"], ids=lambda v: v["profile"])
def test_every_published_answer_is_understood(vector):
    said = Answers(LED[vector["profile"]]).feed(bytes.fromhex(vector["bytes"]))

    wanted = Nak if vector["means"] == "nak" else Ok
    assert [type(a) for a in said] == [wanted]
    if wanted is Nak:
        assert said[0].code == vector["code"]


@pytest.mark.parametrize("address", [1, 17, 247])
@pytest.mark.parametrize("text", ["请A012到3号", "A001", "暂停服务"])
def test_a_modbus_frame_is_the_one_pymodbus_makes(address, text):
    padded = text.encode("gb2312").ljust(16)
    registers = [int.from_bytes(padded[i : i + 2], "big") for i in range(0, 16, 2)]
    request = WriteMultipleRegistersRequest(address=40, registers=registers, dev_id=address)
    theirs = FramerRTU(DecodePDU(is_server=False)).buildFrame(request)

    assert encode(LED["modbus_rtu_text"], {"addr": address, "reg": 40}, text).data == theirs


def test_what_pymodbus_answers_is_understood():
    server = FramerRTU(DecodePDU(is_server=True))
    request = WriteMultipleRegistersRequest(address=0, registers=[1] * 8, dev_id=5)
    taken = bytes([5]) + b"\x10\x00\x00\x00\x08"
    taken += FramerRTU.compute_CRC(taken).to_bytes(2, "big")
    assert server.buildFrame(request)[:2] == b"\x05\x10"

    assert Answers(LED["modbus_rtu_text"]).feed(taken) == [Ok(5)]


@pytest.mark.parametrize("text", ["A001  3", "B017  12", "PAUSED"])
def test_an_alpha_frame_is_framed_as_pyalphasign_does(text):
    """It puts FF where the sender shall rest; those bytes are not on the wire."""
    packet = Packet(type="Z", address="05")
    command = Command.write_text(text, position="0", mode="b", label="A")
    command.checksum = True
    packet.add_command(command)
    theirs = packet.to_bytes().replace(b"\xff", b"")

    assert encode(LED["alpha"], {"addr": "05"}, text).data == theirs


def test_the_440_hanzi_that_need_escaping_arrive_whole():
    """Of the 20,902 hanzi those whose GB code holds A5, A6, 5A or 5B, sent as the card reads them."""
    gb = msgspec.structs.replace(
        BX5K, text=msgspec.structs.replace(BX5K.text, encoding="gbk", max_bytes=0)
    )
    special = [h for h in HANZI if set(h.encode("gbk")) & {0xA5, 0xA6, 0x5A, 0x5B}]
    for hanzi in special:
        frame = encode(gb, {}, hanzi).data
        assert plain(frame).endswith(hanzi.encode("gbk"))
        assert not set(frame[8:-1]) & {0xA5, 0x5A}
    known = [h for h in special if _in_gb2312(h)]
    for hanzi in known:
        made = encode(BX5K, {}, hanzi)
        assert plain(made.data).endswith(hanzi.encode("gb2312"))
        assert made.replaced == ()

    assert (len(special), len(known)) == (440, 144)


def _in_gb2312(hanzi):
    try:
        hanzi.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def plain(frame: bytes) -> bytes:
    """Return header and data of an Onbon frame as its card reads it, without the check sum."""
    inner, out, at = frame[8:-1], bytearray(), 0
    back = {v: k for k, v in ESCAPED.items()}
    while at < len(inner):
        pair = inner[at : at + 2]
        out.append(back.get(pair, inner[at]))
        at += 2 if pair in back else 1
    return bytes(out[:-2])


def test_no_text_can_bring_a_colour_command_to_an_onbon_bar():
    made = encode(BX5K, {}, "a\\C1b＼")

    assert b"\\" not in made.data[8 + 14 + 31 :]
    assert "a＼C1b＼".encode("gb2312") in made.data


def test_a_profile_may_choose_a_colour_before_the_text():
    show = msgspec.structs.replace(BX5K.shows["call"], before="5C4331")
    params, text, before = filled(BX5K, show, WORDS)

    assert b"\\C1" + "请A012".encode("gb2312") in encode(BX5K, params, text, before=before).data


@pytest.mark.parametrize("profile", LED.values(), ids=LED)
@given(text=st.text(max_size=60))
def test_no_text_can_end_a_frame_or_begin_another(profile, text):
    """Control characters become blanks, so that framing bytes come from the profile alone."""
    nothing = encode(profile, {}, "").data
    made = encode(profile, {}, text).data

    for framing in (b"\x02", b"\x03", b"\x04", b"\x1b"):
        if profile.text.encoding == "ascii":
            assert made.count(framing) == nothing.count(framing)
    assert len(made) <= len(nothing) + 2 * 250


def test_characters_that_the_bar_does_not_know_are_reported_once_in_their_order():
    made = encode(BX5K, {}, "镕䶮A镕")

    assert made.replaced == ("镕", "䶮")
    assert "〓〓A〓".encode("gb2312") in made.data
    assert encode(LED["alpha"], {}, "３号").replaced == ("号",)


def test_a_text_is_cut_at_a_whole_character_and_that_is_told():
    made = encode(LED["modbus_rtu_text"], {}, "一二三四五六七八九")

    assert made.cut
    assert "一二三四五六七八".encode("gb2312") in made.data
    assert not encode(LED["modbus_rtu_text"], {}, "一二三四五六七八").cut


def test_a_number_too_long_for_the_display_keeps_its_last_digits():
    params, text, _ = filled(LED["kanban4"], LED["kanban4"].shows["call"], {"digits": "1234"})
    made = encode(LED["kanban4"], params, text)

    assert made.cut
    assert made.data[1:3] == (234).to_bytes(2, "big")


def test_a_text_wider_than_the_bar_takes_the_wide_values():
    narrow = filled(BX5K, BX5K.shows["call"], WORDS)
    wide = filled(BX5K, BX5K.shows["call"], WORDS, {"w8": 32})
    six = LED["onbon_bx6k"]

    assert narrow[0]["mode"] == 3
    assert wide[0]["mode"] == 2
    assert filled(six, six.shows["call"], WORDS, {"w": 64})[0]["mode"] == 3
    assert filled(six, six.shows["call"], WORDS, {"w": 256})[0]["mode"] == 2


def test_an_answer_may_hold_escaped_bytes_and_come_after_noise():
    nak = bytes.fromhex("00800500000000000000FE020500A00103A55A")
    body = nak + _crc(nak)
    wire = b"\xa5" * 8 + b"".join(ESCAPED.get(b, bytes([b])) for b in body) + b"\x5a"
    answers = Answers(BX5K)

    assert answers.feed(b"\x00\xa5\xa5\x13" + wire[:9]) == []
    assert answers.feed(wire[9:]) == [Nak(3)]
    assert answers.skipped == 4


def _crc(data: bytes) -> bytes:
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")


def test_a_pad_says_which_key_of_which_address():
    assert Answers(FF68).feed(pressed(3, 1) + pressed(4, 0) + pressed(5, 9)) == [
        Event(3, "01", "next"), Event(4, "00", "idle"), Event(5, "09", ""),
    ]  # fmt: skip


def test_noise_that_looks_like_a_long_frame_does_not_hide_a_true_one():
    answers = Answers(FF68)

    assert answers.feed(b"\xff\x68\xf0" + pressed(3, 2)) == [Event(3, "02", "recall")]
    assert answers.skipped == 3


@given(noise=st.lists(st.binary(max_size=40), max_size=20))
@pytest.mark.parametrize("profile", [*LED.values(), FF68], ids=[*LED, "ff68"])
def test_noise_never_raises_and_is_never_kept_without_end(profile, noise):
    answers = Answers(profile)
    for piece in noise:
        answers.feed(piece)
    answers.feed(bytes(4000))

    assert len(answers._kept) <= 512


@given(cuts=st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_answers_come_out_alike_in_whatever_pieces_they_arrive(cuts):
    stream, answers, said = pressed(3, 1) + b"\x00\xff" + pressed(4, 2), Answers(FF68), []
    for size in cuts:
        said += answers.feed(stream[:size])
        stream = stream[size:]
    said += answers.feed(stream)

    assert said == [Event(3, "01", "next"), Event(4, "02", "recall")]


LED_TEXT = (FOLDER / "led" / "onbon_bx5k.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('alg = "crc16"', 'alg = "crc32"', "check.alg"),
        ('{ u8 = "mode" }', '{ u8 = "mood" }', "缺少参数 mood"),
        (
            '{ len = "area_data", as = "u16le" }',
            '{ len = "areas", as = "u16le" }',
            "没有名为 areas",
        ),
        ('ok = "A0 00"', 'ok = "A0 0"', "reply.ok"),
        ('"请{number}到{counter}号窗口"', '"请{ticket}到{counter}"', "不认识 ticket；允许：number"),
        ("escape = { A5", "escape = { A55", "frame.escape"),
        ('5B = "5B01"', '5B = "5B02"', "frame.escape"),
        ("wide = { mode = 3, speed = 2 }", "wide = { mode = 99, speed = 2 }", "允许：整数 1 到 47"),
        ("baud = 57600", "baud = 57601", "允许：1200"),
        ('encoding = "gb2312"', 'encoding = "utf8"', "text.encoding"),
    ],
)
def test_a_wrong_value_is_refused_with_its_key_and_what_is_allowed(old, new, says):
    assert LED_TEXT.count(old) == 1
    with pytest.raises(ValueError) as caught:
        parse_frames(LED_TEXT.replace(old, new).encode(), name="onbon_bx5k")

    assert says in str(caught.value)
    assert "onbon_bx5k.toml" in str(caught.value)
