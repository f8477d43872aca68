"""What a transcript of a printer holds, and a printer that follows it to the letter.

A transcript is written from the manual it names. It shares nothing with the profiles under
firmware_configs, so that each can convict the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from server.kit.serial.testing import DevicePort

Answers = dict[str, str]
"""Question → answer, both hexadecimal."""

EOT = {n: f"1004{n:02X}" for n in (1, 2, 3, 4, 5, 20)}
EPSON_WELL: Answers = {EOT[n]: "12" for n in (1, 2, 3, 4)}
EPSON_FAULTS: dict[str, Answers] = {
    "paper_out": {EOT[1]: "1A", EOT[2]: "32", EOT[4]: "7E"},
    "cover_open": {EOT[1]: "1A", EOT[2]: "16"},
    "cutter": {EOT[1]: "1A", EOT[2]: "52", EOT[3]: "1A"},
    "offline": {EOT[1]: "1A", EOT[2]: "52", EOT[3]: "32"},
}
"""TM-T88III specification, DLE EOT: 1 b3 offline; 2 b2 cover, b5 stopped by paper end, b6 error;
3 b3 cutter, b5 unrecoverable; 4 b5-6 paper end."""
EPSON_NEAR_END: Answers = {EOT[4]: "1E"}
EPSON_ASB: dict[str, str] = {
    "": "1000000F",
    "near_end": "1000030F",
    "paper_out": "18000F0F",
    "cover_open": "3800000F",
    "cutter": "1808000F",
    "offline": "1820000F",
    "jam": "1804000F",
}
"""TM-T88III specification, GS a: byte 1 b3 offline, b5 cover; 2 b2, b3, b5, b6; 3 b0-1, b2-3."""


@dataclass(frozen=True, kw_only=True)
class Script:
    """What one family of printers says."""

    source: str
    well: Answers
    faults: dict[str, Answers]
    """Fault → the answers that differ from `well`."""
    near_end: Answers
    proof: Literal["process_id", "star_etb", "asb", "gs_r", "dle_eot"]
    """The strongest thing that it says of a slip."""
    asb: dict[str, str] = field(default_factory=dict)
    """Automatic status by fault, "" when well; empty where there is none."""
    in_mouth: Answers = field(default_factory=dict)
    """The answers that differ while a slip was not taken."""
    cut: str
    """The bytes that part the paper."""


_ORDERED = re.compile(
    rb"\x1d\x72\x01|\x1d\x61\x0e|\x1d\x28\x48\x06\x00\x30\x30(?s:(....))|\x1b\x1e\x45\x00|\x17"
)


class TablePrinter(DevicePort):
    """A printer at the end of a port: real-time questions at once, all else in its turn."""

    def __init__(self, script: Script) -> None:
        super().__init__()
        self.script = script
        self.fault = ""
        self.silent = False
        self.in_mouth = False
        self.near_end = False
        self.forgets = False
        """True for firmware that never says what proves a slip."""
        self.takes: int | None = None
        """How many more bytes it takes; None for any number."""
        self.dies_after: int | None = None
        """Length of `job` at which the power goes, for as long as nobody sets `silent` back."""
        self.job = bytearray()
        """Print data as received, without the questions in real time."""
        self.done = bytearray()
        """Of that what has been worked off."""
        self.counter = 0
        self._questions = sorted(bytes.fromhex(q) for q in script.well)
        self._window = bytearray()
        self._watched = False

    def write(self, data: bytes) -> int:
        if self.takes is not None:
            data = data[: self.takes]
            self.takes -= len(data)
        self._check()
        self.written += data
        for byte in data:
            self._hear(byte)
        self._work()
        return len(data)

    def strike(self, fault: str) -> None:
        """Let *fault* happen, "" to mend it."""
        self.fault = fault
        self._watch()
        self._work()

    def power_cycle(self) -> None:
        """Lose everything in memory."""
        self.job = bytearray(self.done)
        self.silent, self.dies_after = False, None
        self.counter, self._watched = 0, False
        self._window.clear()

    def _hear(self, byte: int) -> None:
        if self.silent:
            return
        self._window.append(byte)
        if any(q.startswith(self._window) and q != self._window for q in self._questions):
            return
        heard, self._window = bytes(self._window), bytearray()
        if heard in self._questions:
            self.say(self._status(heard))
            return
        self.job += heard
        if self.dies_after is not None and len(self.job) >= self.dies_after:
            self.silent = True

    def _status(self, question: bytes) -> bytes:
        key = question.hex().upper()
        answers = dict(self.script.well)
        for change in (
            self.script.near_end if self.near_end else {},
            self.script.in_mouth if self.in_mouth else {},
            self.script.faults.get(self.fault, {}),
        ):
            answers |= change
        answer = bytearray.fromhex(answers[key])
        if self.script.proof == "star_etb":
            n = self.counter
            answer[7] |= (n & 0x07) << 1 | (n & 0x18) << 2
        return bytes(answer)

    def _work(self) -> None:
        """Work off the buffer as far as it goes."""
        while not self.silent and not self.fault:
            rest = bytes(self.job[len(self.done) :])
            found = _ORDERED.search(rest)
            if found is None:
                # What may become a command stays.
                keep = 11
                self.done += rest[: max(0, len(rest) - keep)]
                return
            self.done += rest[: found.end()]
            self._execute(found)

    def _execute(self, found: re.Match[bytes]) -> None:
        command = found.group()
        kind = self.script.proof
        if command == b"\x1d\x61\x0e":
            self._watched = bool(self.script.asb)
            self._watch()
        elif self.forgets:
            return
        elif command == b"\x1d\x72\x01" and kind in {"gs_r", "asb"}:
            self.say(b"\x03" if self.near_end else b"\x00")
        elif found.group(1) and kind == "process_id":
            self.say(b"\x37\x22" + found.group(1) + b"\x00")
        elif kind == "star_etb" and command in {b"\x17", b"\x1b\x1e\x45\x00"}:
            self.counter = (self.counter + 1) % 32 if command == b"\x17" else 0
            if command == b"\x17":
                self.say(self._status(self._questions[0]))

    def _watch(self) -> None:
        if self._watched and not self.silent:
            self.say(bytes.fromhex(self.script.asb[self.fault or ("near_end" * self.near_end)]))
        elif self.script.proof == "star_etb" and not self.silent:
            self.say(self._status(self._questions[0]))
