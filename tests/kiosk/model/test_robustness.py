"""Whatever arrives, the printer goes on; and it understands well-formed text completely."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.printing.model.drawing import slip_svg, strip_svg

PIECES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"\x1b@",
            b"\x1c&",
            b"\x1d!\x33",
            b"\n",
            b"\x1dVB\x00",
            b"\x1dV\x00",
            b"\x10\x04\x01",
            b"\x10\x05\x02",
            b"\x1d(H\x06\x0000abcd",
            b"\x1da\xff",
            b"\x1dr\x01",
            b"\x1d(k\x04\x001P0x\x1d(k\x03\x001Q0",
            b"\x1dv0\x00\x02\x00\x03\x00abcdef",
            bytes.fromhex("10140801031401060208"),
            "排队号 A012".encode("gb18030"),
        ]
    ),
)
FAULTS = st.fixed_dictionaries(
    {},
    optional={
        "paper": st.sampled_from(["ok", "near_end", "out"]),
        "cover": st.sampled_from(["open", "closed"]),
        "jam": st.booleans(),
        "cutter": st.sampled_from([True, False, "next"]),
        "silent": st.booleans(),
        "slow": st.booleans(),
        "power": st.sampled_from(["on", "off"]),
        "taken": st.just(True),
        "paper_out_after": st.integers(-1, 5),
        "power_off_after_bytes": st.integers(-1, 60),
        "recover": st.just(True),
    },
)
GB_TEXT = st.text(
    alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
    | st.characters(min_codepoint=0x20, max_codepoint=0x7E),
    min_size=1,
    max_size=120,
)


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(st.one_of(PIECES, FAULTS), max_size=25), generic=st.booleans())
def test_no_bytes_and_no_faults_in_any_order_stop_the_printer(make_bench_free, steps, generic):
    bench = make_bench_free(dialect="generic" if generic else "epson")
    for step in steps:
        if isinstance(step, bytes):
            bench.play(step)
        else:
            bench.control(**step)
    for slip in bench.slips:
        assert slip_svg(slip).startswith("<svg")
    strip = bench.machine.head.strip
    assert strip_svg(tuple(strip.items), paper_mm=80, width=576, length=strip.head)

    bench.control(recover=True)
    bench.control(power="off")
    bench.control(power="on")
    before = len(bench.slips)
    bench.play(b"\x1b@ok\n\x1dVB\x00")

    assert bench.slips[before].text == ("ok",)


@settings(max_examples=60, deadline=None)
@given(text=GB_TEXT, size=st.integers(0, 7))
def test_wrapping_neither_loses_nor_invents_a_character(make_bench_free, text, size):
    bench = make_bench_free(paper=58)
    bench.play(b"\x1b@\x1c&\x1d!" + bytes((size << 4,)) + text.encode("gb18030") + b"\n\x1dVB\x00")

    [slip] = bench.slips
    assert "".join(slip.text) == text
    assert bench.grumbles == []
    for line in slip.items:
        assert sum(span.width for span in line.spans) <= 384


def test_100_kb_of_noise_never_kill_it(bench):
    bench.play(Random(4).randbytes(100_000))
    bench.control(power="off")
    bench.control(power="on")
    bench.play(b"\x1b@ok\n\x1dVB\x00")

    assert bench.slips[-1].text == ("ok",)
    assert len(bench.machine.complaints) <= 100
