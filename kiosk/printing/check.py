"""`hall-kiosk printer check`: what a printer answers, which profile fits it, and a test page.

Questions, all from the Epson ESC/POS reference and its relatives:

    DLE EOT n   10 04 n             1-4 status, 5 presenter (MASUNG), 20 full status (Custom)
    ESC ACK SOH 1B 06 01            status of a Star printer, asked only when nothing else answers
    GS I n      1D 49 n             1-3 one byte, 65-69 5F text 00
    GS r 1      1D 72 01            paper, from the buffer
    GS a n      1D 61 0E / 00       automatic status on and off again
    GS ( H      1D 28 48 06 00 30 30 d1-d4   answered after printing; asked only after a test page
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import msgspec

from kiosk.printing.enquiry import ASK_STAR
from kiosk.printing.escpos import ASB_ON, ASK_PAPER, confirmation, encode
from kiosk.printing.fitting import Evidence, is_star, is_status
from kiosk.printing.layout import Cut, Gap, Line, Op
from kiosk.printing.probe import Probe
from kiosk.printing.replies import XOFF, XON
from kiosk.printing.status import is_at_exit, meaning, star_answers
from kiosk.printing.test_page import page_layout
from server.kit.serial.profiles import PrinterProfile

QUERIES = (1, 2, 3, 4, 5, 20)
NAMES = (1, 2, 3, 65, 66, 67, 68, 69)
SPEEDS = (9600, 19200, 38400, 115200, 57600, 4800)
"""Tried in this order when neither a profile nor a speed is given: the makers' usual settings."""
ASB_OFF = bytes.fromhex("1D6100")
TIMES = 5
"""How often `DLE EOT 1` is asked to measure the time of an answer."""
PID = "CHK1"
RARE = "镕堃喆䶮𬱖"
"""Names' hanzi beyond GB 2312; the last two beyond the usual fonts of printers."""
ASCII_TRAILS = "乗僜嘯圽媆珺昞瑋榮鎔"
"""Hanzi whose second byte in GBK looks like an ASCII character: these break in bad firmware."""
WELL_ABOVE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What became of the test page."""

    bytes: int
    sent_s: float
    """Until the last byte had left the wire."""
    proof: str
    """`process_id`, `gs_r`, `star_etb`, or empty when nothing answered."""
    proof_ms: float
    """From the last byte to that answer."""


def knock(probe: Probe) -> Evidence:
    """Return what a printer says first: enough to know that the speed is right, or not."""
    answers: dict[int, bytes] = {}
    for n in (1, 20):
        answers[n] = ask_status(probe, n)
        if is_status(n, answers[n]):
            return Evidence(real_time=answers)
    star = probe.ask(ASK_STAR).data
    answers[0] = star  # kept as evidence of garbage
    return Evidence(real_time=answers, star=star if is_star(star) else b"")


def examine(probe: Probe, *, baud: int) -> tuple[Evidence, list[float]]:
    """Ask everything that prints nothing; return the answers and times of `DLE EOT 1` in ms."""
    answers = {n: ask_status(probe, n) for n in QUERIES}
    timed = next((n for n in QUERIES if is_status(n, answers[n])), 0)
    times = [probe.ask(_real_time(timed)).ms for _ in range(TIMES if timed else 0)]
    seen = Evidence(baud=baud, real_time=answers)
    if seen.is_silent:
        star = probe.ask(ASK_STAR).data
        return replace(seen, star=star if is_star(star) else b""), times
    first, full = answers[1], answers[20]
    offline = is_status(1, first) and bool(first[0] & 0x08)
    if not is_status(1, first) and is_status(20, full):
        offline = bool(full[2] & 0x01 or full[3] & 0x03)
    if offline:
        return replace(seen, is_offline=True), times
    names = {n: _name(probe.ask(bytes([0x1D, 0x49, n])).data) for n in NAMES}
    paper = probe.ask(ASK_PAPER).data
    automatic = b""
    if not is_status(20, full):  # the full status looks like it: never both (Custom manuals)
        automatic = probe.ask(ASB_ON).data
        probe.ask(ASB_OFF, within_s=0.1)
    return (
        replace(
            seen,
            names={n: name for n, name in names.items() if name},
            paper=paper if len(paper) == 1 and paper[0] & 0x90 == 0 else b"",
            automatic=automatic if len(automatic) == 4 and automatic[0] & 0x93 == 0x10 else b"",
        ),
        times,
    )


def ask_status(probe: Probe, n: int) -> bytes:
    """Return the answer to `DLE EOT n`, without the flow control that may stand around it."""
    said = probe.ask(_real_time(n)).data
    return said.translate(None, bytes([XON, XOFF])) if n <= 4 else said


def faults_said(profile: PrinterProfile, seen: Evidence) -> tuple[list[str], bool]:
    """Return what the answers mean by *profile*, in words, and whether a slip is in the mouth."""
    rules = profile.status
    answers: dict[int, int | bytes] = {}
    if rules.kind == "star":
        answers = star_answers(seen.star)
    else:
        for n in rules.queries:
            said = seen.real_time.get(n, b"")
            if is_status(n, said):
                answers[n] = said if n == 20 else said[0]
    found = meaning(answers, rules)
    return [WORDS[code] for code in WORDS if code in found], is_at_exit(answers, rules.taken)


WORDS = {
    "cover_open": "上盖开着",
    "paper_out": "缺纸",
    "jam": "卡纸",
    "cutter": "切刀卡住",
    "near_end": "纸将尽",
    "offline": "脱机",
}
"""Status codes in words, the one to tell first before the others."""


def check_page(profile: PrinterProfile, printed_local: str) -> tuple[Op, ...]:
    """Return the test page of *profile* with what a site engineer looks for besides."""
    columns = profile.paper.columns
    ruler = "".join(str(n % 10) for n in range(1, columns + 1))
    sizes = (Line(text=f"{n} 倍", width=n, height=n) for n in (1, 2, 3, 4))
    *page, cut = page_layout(profile, "hall-kiosk printer check", printed_local)
    if not isinstance(cut, Cut):
        raise TypeError("a test page ends with its cut")
    return (
        *page,
        Gap(lines=1),
        Line(text=ruler, left=True),
        Line(text=f"尺子 {columns} 格，应正好一行"),
        *sizes,
        Line(text=ASCII_TRAILS),
        Line(text="上一行十个字，不应有字母符号"),
        Line(text=RARE),
        Line(text="上一行五个姓名用字，不应空白"),
        cut,
    )


def print_page(
    probe: Probe,
    profile: PrinterProfile,
    ops: Sequence[Op],
    *,
    clock: Callable[[], float],
    pause: Callable[[float], None],
) -> tuple[Printed, bool | None]:
    """Print *ops*, ask for every proof, and return both; the second is that of `GS ( H`.

    None when `GS ( H` was not asked because the profile does not use it.
    """
    job = encode(ops, unasked(profile), pid=PID)
    began = clock()
    probe.say(job.data)
    # The wire may still be busy with what the driver took at once.
    pause(max(0.0, profile.link.wire_s(len(job.data)) - (clock() - began)))
    sent_s = clock() - began
    within_s = profile.confirm.timeout_ms / 1000 + WELL_ABOVE_S
    proof, ms, done = "", 0.0, None
    kinds = ["star_etb"] if profile.commands == "star" else ["gs_r"]
    if profile.confirm.kind == "process_id":
        kinds.append("process_id")
    for kind in kinds:
        rules = msgspec.structs.replace(profile.confirm, kind=kind)
        question = confirmation(msgspec.structs.replace(profile, confirm=rules), PID)
        answer = probe.ask(question, within_s=within_s)
        proved = _proves(kind, answer.data)
        if kind == "process_id":
            done = proved
        if proved:
            proof, ms = kind, answer.ms
    return Printed(bytes=len(job.data), sent_s=round(sent_s, 2), proof=proof, proof_ms=ms), done


def unasked(profile: PrinterProfile) -> PrinterProfile:
    """Return *profile* with neither automatic status nor a question at the end of a job.

    What it says then is an answer to the question that is asked next, and to no other.
    """
    confirm = msgspec.structs.replace(profile.confirm, kind="none")
    status = msgspec.structs.replace(profile.status, asb=False)
    return msgspec.structs.replace(profile, confirm=confirm, status=status)


def typical_ms(times: Sequence[float]) -> float:
    """Return the middle of the times of answers, 0 when there were none."""
    heard = [ms for ms in times if ms]
    return round(statistics.median(heard), 1) if heard else 0.0


def _proves(kind: str, said: bytes) -> bool:
    match kind:
        case "process_id":
            return b"\x37\x22" + PID.encode() + b"\x00" in said
        case "star_etb":
            return is_star(said[-9:]) or is_star(said)
        case _:
            return any(byte & 0x90 == 0 for byte in said)


def _real_time(n: int) -> bytes:
    return bytes([0x10, 0x04, n])


def _name(said: bytes) -> bytes:
    """Return the text of `5F text 00`; some makes send the text alone, or a single byte."""
    if said[:1] == b"\x5f":
        return said[1:].split(b"\x00")[0]
    text = said.rstrip(b"\x00\r\n")
    printable = all(0x20 <= byte < 0x7F for byte in text)
    return said if len(said) == 1 else text if printable else b""
