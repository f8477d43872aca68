"""Talking to an unknown printer: ask, listen, note every byte with its moment.

For the tools of site engineers (`hall-kiosk printer check` and `learn`), which have the port to
themselves and may wait; the kiosk's own dialogue never does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from server.kit.serial.frames import DeviceFault
from server.kit.serial.profiles import Link
from server.kit.serial.worker import open_port

FIRST_S = 0.4
"""How long the first byte of an answer may take; the profiles' `answer_ms`."""
QUIET_S = 0.03
"""Silence after which an answer is complete: thirty bytes at 9600."""
STALL_S = 5.0
"""How long the line may hold our bytes back."""
STEP_S = 0.002
CHUNK = 64


class ProbeError(Exception):
    """The port cannot be used; the words say what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said on the line."""

    at_s: float
    """Seconds since the line was opened."""
    way: Literal["out", "in"]
    """`out`: from us to the printer."""
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back after a question; empty when nothing did."""

    data: bytes = b""
    ms: float = 0.0
    """From the last byte handed over to the first byte heard."""


class OpenPort(Protocol):
    """What is needed of an open port; each method raises `DeviceFault` once it is gone."""

    def read(self) -> bytes:
        """Return what has arrived, empty when nothing has."""
        ...

    def write(self, data: bytes) -> int:
        """Hand over as much as is taken now and return how many bytes."""
        ...

    def close(self) -> None:
        """Let go of the port."""
        ...


class Probe:
    """A line to a printer.

    Args:
        port: an open port; the caller closes it by `close`.
        clock: seconds, e.g. `time.monotonic`.
        pause: waits that many seconds, e.g. `time.sleep`.
        note: takes every piece that is said, for a log.
    """

    def __init__(
        self,
        port: OpenPort,
        *,
        clock: Callable[[], float],
        pause: Callable[[float], None],
        note: Callable[[Heard], None] = lambda _heard: None,
    ) -> None:
        self._port = port
        self._clock = clock
        self._pause = pause
        self.note = note
        """Takes every piece that is said; may be changed at any time."""
        self._opened = clock()

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()

    def drain(self) -> bytes:
        """Return what has arrived unasked."""
        found = bytearray()
        while piece := self._read():
            found += piece
        return bytes(found)

    def say(self, data: bytes) -> None:
        """Send *data*, in pieces that a busy printer can take.

        Raises:
            ProbeError: the line holds the bytes back, or the port is gone.
        """
        sent, limit = 0, self._clock() + STALL_S
        while sent < len(data):
            try:
                taken = self._port.write(data[sent : sent + CHUNK])
            except DeviceFault as fault:
                raise _lost(fault) from fault
            if taken:
                self._noted("out", data[sent : sent + taken])
                sent, limit = sent + taken, self._clock() + STALL_S
            elif self._clock() > limit:
                raise ProbeError(
                    f"端口不收数据（{len(data)} 字节只发出 {sent}）。"
                    "打印机按着流控线：请看是否缺纸、开盖，或流控方式 --flow 与接线不符。"
                )
            else:
                self._pause(STEP_S)

    def ask(self, question: bytes, *, within_s: float = FIRST_S) -> Answer:
        """Send *question* and return what comes back, all of it until the line is quiet.

        Raises:
            ProbeError: as `say`.
        """
        self.drain()
        self.say(question)
        began = self._clock()
        data, first, last = bytearray(), 0.0, 0.0
        while True:
            now = self._clock()
            piece = self._read()
            if piece:
                first = first or now
                data += piece
                last = now
            elif data and now - last >= QUIET_S:
                return Answer(data=bytes(data), ms=round((first - began) * 1000, 1))
            elif not data and now - began >= within_s:
                return Answer()
            else:
                self._pause(STEP_S)

    def _read(self) -> bytes:
        try:
            piece = self._port.read()
        except DeviceFault as fault:
            raise _lost(fault) from fault
        if piece:
            self._noted("in", piece)
        return piece

    def _noted(self, way: Literal["out", "in"], data: bytes) -> None:
        self.note(Heard(at_s=round(self._clock() - self._opened, 4), way=way, data=data))


def opened(address: str, link: Link) -> OpenPort:
    """Return the port at *address*, open for us alone.

    Raises:
        ProbeError: it cannot be opened; the words say why and what to do.
    """
    if not address:
        raise ProbeError(f"没有说端口。请加 --port，例如 --port /dev/ttyUSB0。{_present()}")
    try:
        return open_port(address, link)
    except DeviceFault as fault:
        raise ProbeError(_why(address, fault.evidence.decode(errors="replace"))) from fault


def _why(address: str, said: str) -> str:
    """Return why *address* cannot be opened, in words, from what the system said."""
    number = re.search(r"\[Errno (\d+)\]", said)
    code = int(number[1]) if number else 0
    if "exclusively lock" in said or code in (11, 16):
        return f"端口 {address} 正被另一个程序使用{_holder(address)}。请先停下它（取号机程序：systemctl stop hall-kiosk），再试。"
    if code == 13:
        return f"没有权限打开 {address}。请把当前用户加入 dialout 组后重新登录，或用 sudo 运行。"
    if code == 2 or "No such file" in said:
        return f"没有端口 {address}。请插好线、核对名称。{_present()}"
    if "://" in address:
        reason = said or "地址应写成 tcp://主机:端口"
        return f"连不上 {address}：{reason}。请核对地址、网线和打印机电源。"
    if code in (5, 25, 22) or "ioctl" in said:
        return f"{address} 不是能用的串口（{said}）。{_present()}"
    return f"打不开 {address}：{said}"


def _present() -> str:
    """Return the serial ports that this computer has, in words."""
    found = [
        str(path)
        for pattern in ("dev/serial/by-path/*", "dev/ttyUSB*", "dev/ttyACM*", "dev/ttyAMA*")
        for path in sorted(Path("/").glob(pattern))
    ]
    return f"现有：{'、'.join(found)}。" if found else "现在一个 USB 串口也没有看到。"


def _holder(address: str) -> str:
    """Return which program has locked *address*, in brackets, empty where the system hides it."""
    try:
        status = Path(address).stat()
        locks = Path("/proc/locks").read_text("ascii").splitlines()
    except OSError:
        return ""
    at = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    for line in locks:
        fields = line.split()
        if len(fields) > 5 and fields[5] == at and "FLOCK" in fields:
            try:
                command = Path(f"/proc/{fields[4]}/cmdline").read_bytes()
            except OSError:
                return f"（进程 {fields[4]}）"
            words = command.decode(errors="replace").replace("\0", " ").strip()
            return f"（进程 {fields[4]}：{words[:60]}）"
    return ""


def _lost(fault: DeviceFault) -> ProbeError:
    said = fault.evidence.decode(errors="replace")
    return ProbeError(f"说着话端口没有了（{said or '线被拔掉'}）。请插好线再试。")
