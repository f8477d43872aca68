"""A new printer's profile from what it said in each of its states: never more than was seen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import msgspec
import pytest

from kiosk.printing.drafting import State, draft, in_mouth, toml_text, vector
from kiosk.printing.fitting import Evidence
from kiosk.printing.learn import learn
from kiosk.printing.model.testing import running_model
from kiosk.printing.probe import Probe, ProbeError
from kiosk.printing.status import meaning
from server.kit.serial.profiles import Link, load_printer, parse_printer, printer_profiles
from server.kit.serial.testing import Clock, DevicePort

GENERIC = load_printer("generic_80_gbk")
DAY = "2026-11-25"
LEARN = (sys.executable, "-m", "kiosk", "printer", "learn")


def state(step, **answers):
    """`state("paper_out", q1="1A", q2="32")`; what is not named is 12."""
    said = dict.fromkeys((1, 2, 3, 4), b"\x12")
    return State(
        step=step, answers=said | {int(k[1:]): bytes.fromhex(v) for k, v in answers.items()}
    )


NORMAL = state("normal")
NEAR_END = state("near_end", q4="1E")
PAPER_OUT = state("paper_out", q1="1A", q2="32", q4="7E")
COVER = state("cover_open", q1="1A", q2="16")
CUTTER = state("cutter", q1="1A", q2="52", q3="1A")
WELL = Evidence(baud=19200, paper=b"\x00", names={66: b"ACME", 67: b"KP-1"})


def drafted(*states, seen=WELL, like=GENERIC):
    return draft(states, seen, like=like, id_="acme", day=DAY)


def bits(profile):
    return {(b.query, b.byte, b.mask, b.means) for b in profile.status.bits}


def test_each_state_is_known_by_the_bits_that_are_its_own():
    profile, missing = drafted(NORMAL, NEAR_END, PAPER_OUT, COVER, CUTTER)

    assert bits(profile) >= {
        (1, 0, 0x08, "offline"),
        (2, 0, 0x20, "paper_out"),
        (2, 0, 0x04, "cover_open"),
        (3, 0, 0x08, "cutter"),
        (4, 0, 0x0C, "near_end"),
        (4, 0, 0x60, "paper_out"),
    }
    assert (2, 0, 0x40, "offline") in bits(profile)
    assert missing == ["“卡纸”没有试"]


@pytest.mark.parametrize("seen", [NEAR_END, PAPER_OUT, COVER, CUTTER], ids=lambda s: s.step)
def test_a_draft_reads_its_own_capture_rightly(seen):
    profile, _ = drafted(NORMAL, NEAR_END, PAPER_OUT, COVER, CUTTER)
    answers = {n: data[0] for n, data in seen.answers.items()}

    assert seen.step in meaning(answers, profile.status)
    assert meaning(dict.fromkeys((1, 2, 3, 4), 0x12), profile.status) == set()


def test_paper_that_is_nearly_at_its_end_is_no_fault_even_where_that_was_not_tried():
    """Both sensors report an empty printer; taken together a low roll would stop the kiosk."""
    profile, _ = drafted(NORMAL, PAPER_OUT)

    assert meaning({4: 0x1E}, profile.status) == {"near_end"}
    assert "paper_out" in meaning({4: 0x7E}, profile.status)


def test_a_state_that_changed_nothing_is_told():
    _, missing = drafted(NORMAL, state("near_end"), PAPER_OUT)

    assert any("纸将尽" in words and "没有任何位变化" in words for words in missing)


def test_a_slip_in_the_mouth_is_known_by_the_bit_that_went_away():
    profile, _ = drafted(NORMAL, PAPER_OUT, state("not_taken", q1="92"), state("taken"))

    assert (profile.status.taken.query, profile.status.taken.mask) == (1, 0x80)
    assert in_mouth({1: b"\x92"}, profile.status)
    assert not in_mouth({1: b"\x12"}, profile.status)


def test_a_mouth_that_says_clear_while_the_slip_is_there_is_learnt_as_well():
    profile, _ = drafted(NORMAL, PAPER_OUT, state("not_taken"), state("taken", q1="92"))

    assert profile.status.taken.there_when == "clear"


def test_a_full_status_is_learnt_byte_by_byte():
    like = load_printer("custom_kpm_vkp")

    def full(step, said):
        return State(step=step, answers={20: bytes.fromhex(said)})

    profile, _ = drafted(
        full("normal", "100F00000000"),
        full("paper_out", "100F01000000"),
        full("cover_open", "100F00020000"),
        full("not_taken", "100F20000000"),
        full("taken", "100F00000000"),
        seen=Evidence(),
        like=like,
    )

    assert {(20, 2, 0x01, "paper_out"), (20, 3, 0x02, "cover_open")} <= bits(profile)
    assert (profile.status.taken.byte, profile.status.taken.mask) == (2, 0x20)


def test_every_source_is_the_capture_or_says_that_it_was_not_seen():
    profile, _ = drafted(NORMAL, PAPER_OUT)

    assert all(source.startswith(f"capture {DAY}") for source in profile.sources.values())
    assert "not seen; taken from generic_80_gbk" in profile.sources["cut"]
    assert "not seen" not in profile.sources["link.baud"]
    assert profile.verified == "unverified"


LEARNT = [n for n in printer_profiles() if load_printer(n).status.kind != "star"]
"""A Star printer needs no bits learnt: its specification names them."""


@pytest.mark.parametrize("name", LEARNT)
def test_a_draft_like_any_profile_can_be_read_again(name):
    """Its text is TOML with every value and a source for each."""
    like = load_printer(name)
    profile, _ = drafted(NORMAL, NEAR_END, PAPER_OUT, COVER, like=like)

    read = parse_printer(toml_text(profile, day=DAY).encode(), name="acme")

    assert msgspec.structs.replace(read, sources={}) == msgspec.structs.replace(profile, sources={})
    assert read.link.baud == 19200
    assert read.identify.models == ("KP-1",)


def test_without_an_answer_to_gs_r_the_draft_claims_only_a_living_printer():
    profile, _ = drafted(NORMAL, PAPER_OUT, seen=Evidence())

    assert profile.confirm.kind == "dle_eot"


def test_the_vector_holds_every_answer_with_its_state_and_meaning():
    profile, _ = drafted(NORMAL, NEAR_END, PAPER_OUT)

    found = vector([NORMAL, NEAR_END, PAPER_OUT], WELL, profile, day=DAY)

    assert {"n": 4, "bytes": "1E", "state": "near_end", "means": ["near_end"]} in found["dle_eot"]
    assert found["answers"]["GS I 67"] == b"KP-1".hex().upper()
    assert DAY in found["source"]


WALK = (
    {},
    {"paper": "near_end"},
    {"paper": "out"},
    {"paper": "ok", "cover": "open"},
    {"cover": "closed", "cutter": True},
    None,
    {"cutter": False},
    {"taken": True},
    {},
)
"""What is done to the model at each step; None skips it."""


def test_the_learning_leads_through_the_states_of_a_real_line(tmp_path):
    with running_model(tmp_path, baud=9600, dialect="generic") as model:
        process = subprocess.Popen(
            [*LEARN, "--port", model.port, "--name", "acme", "--out", str(tmp_path / "new")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, done in enumerate(WALK, 1):
            while not (line := process.stdout.readline()).startswith(f"{number}/"):
                assert line, "it ended early"
            if done:
                model.control(**done)
            process.stdin.write("s\n" if done is None else "\n")
            process.stdin.flush()
        rest = process.communicate(timeout=30)[0]
        [_page] = model.wait_for_slips(1)

    assert process.returncode == 0, rest
    assert "没有学到：“卡纸”没有试" in rest
    profile = load_printer(str(tmp_path / "new" / "acme.toml"))
    assert bits(profile) >= {(2, 0, 0x20, "paper_out"), (2, 0, 0x04, "cover_open")}
    assert (profile.status.taken.query, profile.status.taken.mask) == (5, 0x04)
    raw = [json.loads(line) for line in (tmp_path / "new" / "acme.jsonl").read_text().splitlines()]
    assert {"out", "in"} == {piece["way"] for piece in raw}
    assert [p["t"] for p in raw] == sorted(p["t"] for p in raw)
    assert any(p["step"] == "paper_out" and p["hex"] == "7e" for p in raw)
    saved = json.loads((tmp_path / "new" / "acme.json").read_text("utf-8"))
    assert {answer["state"] for answer in saved["dle_eot"]} >= {"normal", "paper_out", "taken"}


@pytest.fixture
def typed(monkeypatch):
    """Return a function that types on standard input."""
    read, write = os.pipe()
    monkeypatch.setattr(sys, "stdin", os.fdopen(read))
    yield lambda text: os.write(write, text.encode())
    os.close(write)


class Well(DevicePort):
    """A printer that is well and knows DLE EOT 1 to 4."""

    def answer(self, data):
        return b"\x12" if data[:2] == b"\x10\x04" and data[2] <= 4 else b""


def learn_on(port, out, **changes):
    clock = Clock()
    arguments = {"like": GENERIC, "link": Link(), "seen": WELL, "name": "acme"} | changes
    return learn(
        Probe(port, clock=clock, pause=clock.move),
        out=out,
        now=datetime(2026, 11, 25, tzinfo=UTC),
        clock=clock,
        **arguments,
    )


def test_breaking_off_before_the_first_state_makes_no_profile(typed, tmp_path, capsys):
    typed("q\n")

    assert learn_on(Well(), tmp_path) == 1
    assert "做不了配置" in capsys.readouterr().out
    assert not (tmp_path / "acme.toml").exists()


def test_what_was_seen_before_breaking_off_is_kept(typed, tmp_path, capsys):
    typed("\nq\n")

    assert learn_on(Well(), tmp_path) == 0
    said = capsys.readouterr().out
    assert "“缺纸”没有试" in said
    profile = load_printer(str(tmp_path / "acme.toml"))
    assert bits(profile) == bits(GENERIC)
    assert "taken from generic_80_gbk" in profile.sources["status.bits"]


def test_a_name_that_cannot_be_an_id_is_refused(tmp_path):
    with pytest.raises(ValueError, match="小写字母"):
        learn_on(Well(), tmp_path, name="My Printer")


def test_every_byte_is_on_disk_even_when_the_line_is_pulled_out(typed, tmp_path):
    class Pulled(Well):
        def answer(self, data):
            self.gone = data == b"\x10\x04\x03"
            return super().answer(data)

    typed("\n")
    with pytest.raises(ProbeError, match="端口没有了"):
        learn_on(Pulled(), tmp_path)

    lines = (tmp_path / "acme.jsonl").read_text().splitlines()
    assert json.loads(lines[0])["hex"] == "100401"
    assert json.loads(lines[-1])["hex"] == "100403"
