"""A scripted printer at the end of a port: it keeps paper, cover and cutter, and answers.

Written for the dialogue's tests; it is no printer model. It looks for the four questions a printer
answers and takes everything else as print data.
"""

from __future__ import annotations

from server.kit.serial.testing import DevicePort

WELL = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}


class ScriptedPrinter(DevicePort):
    """Answers DLE EOT at once, GS r and GS ( H in their turn, and those not while offline."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = False
        self.status = dict(WELL)
        self.job = bytearray()
        """Print data, without the questions in real time."""
        self.questions: list[bytes] = []
        """Answers that wait in the receive buffer for their turn."""
        self._real_time = bytearray()
        self.takes: int | None = None
        """How many more bytes it takes; None for any number."""
        self.deaf_after: int | None = None
        """Length of `job` at which it loses power: buffer and answers are gone."""
        self.forgets_answers = False
        """True for firmware that never answers GS r or GS ( H."""

    def write(self, data: bytes) -> int:
        if self.takes is not None:
            data = data[: self.takes]
            self.takes -= len(data)
        self._check()
        self.written += data
        self._hear(data)
        return len(data)

    def paper_out(self) -> None:
        self.status.update({1: 0x1A, 2: 0x32, 4: 0x7E})

    def cover_open(self) -> None:
        self.status.update({1: 0x1A, 2: 0x16})

    def cutter_stuck(self) -> None:
        self.status.update({1: 0x1A, 2: 0x52, 3: 0x1A})

    def well(self) -> None:
        self.status = dict(WELL)
        self._say_what_waits()

    def _hear(self, data: bytes) -> None:
        if self.silent:
            return
        for byte in data:
            self._real_time.append(byte)
            if self._real_time == b"\x10\x04"[: len(self._real_time)]:
                continue  # it may become a question
            question, self._real_time = bytes(self._real_time), bytearray()
            if question[:2] == b"\x10\x04" and question[2] in self.status:
                self.say(bytes([self.status[question[2]]]))
            else:
                self._print(question)

    def _print(self, data: bytes) -> None:
        if self.silent:
            return
        self.job += data
        if self.deaf_after is not None and len(self.job) >= self.deaf_after:
            self.silent = True
            self.questions.clear()
            return
        if not self.forgets_answers:
            if self.job.endswith(b"\x1d\x72\x01"):
                self.questions.append(b"\x00")
            at = self.job.find(b"\x1d\x28\x48\x06\x00\x30\x30")
            if at >= 0 and len(self.job) >= at + 11:
                self.questions.append(b"\x37\x22" + bytes(self.job[at + 7 : at + 11]) + b"\x00")
                self.job[at + 2] = 0
        self._say_what_waits()

    def _say_what_waits(self) -> None:
        if self.status[1] & 0x08 or self.silent:
            return
        for answer in self.questions:
            self.say(answer)
        self.questions.clear()
