"""`hall-kiosk printer learn`: a new printer's answers in each of its states, kept as raw bytes.

Three files come out of it, named after the new profile:

    NAME.jsonl   every byte: {"t": seconds, "step": state, "way": "out" | "in", "hex": bytes}
    NAME.json    the answers of each state, as a vector for the tests
    NAME.toml    a draft profile; every source is the capture, or says that it was not seen
"""

from __future__ import annotations

import json
import os
import re
import select
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec

from kiosk.printing.check import QUERIES, ask_status, check_page, unasked
from kiosk.printing.drafting import STATES, State, draft, toml_text, vector
from kiosk.printing.escpos import encode
from kiosk.printing.fitting import Evidence, is_status
from kiosk.printing.probe import Heard, Probe
from server.kit.serial.profiles import Link, PrinterProfile, parse_printer

LOOK_S = 0.05
"""How often the line is listened to while a person works on the printer."""
GOOD, WRONG = 0, 1

STEPS = (
    ("normal", "装好一卷满的纸，合上盖，没有报警灯"),
    ("near_end", "换上一卷快用完的纸（或拨动将尽传感器），合上盖"),
    ("paper_out", "把纸全部取出，合上盖"),
    ("cover_open", "装回满卷的纸，打开上盖"),
    ("cutter", "合上盖，让切刀卡住（多数机器：走纸时在出纸口塞硬纸条）；不方便就跳过"),
    ("jam", "排除切刀，让纸卡住；不方便就跳过"),
    ("not_taken", "排除故障。现在打印一张测试页，印完不要取走"),
    ("taken", "把那张小票取走"),
    ("recovered", "一切恢复正常"),
)
"""What the person does, step by step."""


def learn(
    probe: Probe,
    *,
    like: PrinterProfile,
    link: Link,
    seen: Evidence,
    name: str,
    out: Path,
    now: datetime,
    clock: Callable[[], float],
) -> int:
    """Lead through `STEPS` on standard input and write the three files; return the exit status.

    Raises:
        ProbeError: the port was lost on the way; the log holds everything up to then.
        ValueError: *name* cannot be a profile's id.
        OSError: a file cannot be written.
    """
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise ValueError(f"名字“{name}”只能用小写字母、数字和下划线")
    out.mkdir(parents=True, exist_ok=True)
    day = now.strftime("%Y-%m-%d")
    like = msgspec.structs.replace(like, link=link)
    print(f"做一个新配置“{name}”，没有试到的值照抄“{like.id}”。")
    print("每一步做好后按回车；跳过按 s 回车；到此为止按 q 回车。")
    with (out / f"{name}.jsonl").open("w", encoding="utf-8") as file:
        log = _Log(file, began=clock(), clock=clock)
        probe.note = log.note
        states = _walk(probe, like, log)
    if not states or states[0].step != "normal":
        print("没有记下“正常”时的应答，做不了配置；原始字节在 " + str(out / f"{name}.jsonl"))
        return WRONG
    profile, missing = draft(states, seen, like=like, id_=name, day=day)
    text = toml_text(profile, day=day)
    (out / f"{name}.toml").write_text(text, encoding="utf-8")
    found = vector(states, seen, profile, day=day)
    (out / f"{name}.json").write_text(
        json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    return _said(profile, missing, text, name=name, out=out)


def _walk(probe: Probe, like: PrinterProfile, log: _Log) -> list[State]:
    states: list[State] = []
    queries: tuple[int, ...] = QUERIES
    keys = _Keys(probe)
    for number, (step, words) in enumerate(STEPS, 1):
        log.step = step
        print(f"\n{number}/{len(STEPS)} {STATES[step]}：{words}", flush=True)
        said = keys.line()
        if said in ("q", None):
            break
        if said == "s":
            print("  跳过")
            continue
        if step == "not_taken":
            ops = check_page(like, "")
            probe.say(encode(ops, unasked(like), pid="LRN1").data)
            keys.listen(like.confirm.print_ms / 1000)
        answers = {n: ask_status(probe, n) for n in queries}
        heard = {n: data for n, data in answers.items() if is_status(n, data)}
        print("  " + ("  ".join(f"{n}:{data.hex()}" for n, data in heard.items()) or "没有应答"))
        if heard:
            states.append(State(step=step, answers=heard))
        if heard and step == "normal":
            queries = tuple(heard)  # what it does not know when it is well it never knows
    return states


def _said(profile: PrinterProfile, missing: list[str], text: str, *, name: str, out: Path) -> int:
    print()
    for words in missing:
        print(f"没有学到：{words}")
    for bit in profile.status.bits:
        where = f"第 {bit.byte} 字节 " if bit.byte else ""
        print(f"  DLE EOT {bit.query} {where}{bit.mask:#04x}  {STATES.get(bit.means, '脱机')}")
    print(f"写好：{out / name}.jsonl（原始字节）、.json（样例）、.toml（配置草稿）")
    try:
        parse_printer(text.encode(), name=name)
    except ValueError as error:
        print(f"草稿还不能用：\n{error}")
        return WRONG
    print(f"试用：hall-kiosk printer check --profile {out / name}.toml")
    return GOOD


class _Log:
    """Writes every byte of the line with its moment and state, at once: a broken-off run is kept."""

    def __init__(self, file: IO[str], *, began: float, clock: Callable[[], float]) -> None:
        self.step = "normal"
        self._file = file
        self._began = began
        self._clock = clock

    def note(self, heard: Heard) -> None:
        """Write one piece."""
        at = round(self._clock() - self._began, 4)
        line = {"t": at, "step": self.step, "way": heard.way, "hex": heard.data.hex()}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()


class _Keys:
    """Reads lines of standard input while it listens to the line."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._typed = b""
        self._fileno = sys.stdin.fileno()

    def line(self) -> str | None:
        """Return the next line without blanks, None at the end of the input."""
        while b"\n" not in self._typed:
            if os.name != "nt":
                self._probe.drain()
                if not select.select([self._fileno], [], [], LOOK_S)[0]:
                    continue
            piece = os.read(self._fileno, 1024)
            if not piece:
                return None
            self._typed += piece
        line, _, self._typed = self._typed.partition(b"\n")
        return line.decode(errors="replace").strip().lower()

    def listen(self, seconds: float) -> None:
        """Listen to the line for *seconds*."""
        for _ in range(max(1, int(seconds / LOOK_S))):
            self._probe.drain()
            select.select([], [], [], LOOK_S)
