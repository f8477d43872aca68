"""What devices say on a line, by their frame profile: `Ok`, `Nak`, `Event`. Pure, bounded.

    Answers(profile).feed(received)

Noise never raises: what is no answer is skipped and counted.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from server.kit.serial import frames
from server.kit.serial.profiles.frames import Check, FrameProfile, Reply
from server.kit.serial.profiles.frames import Event as EventForm

MAX_KEPT = 512
"""Bytes of an incomplete answer that are kept; more than any profile may describe."""


@dataclass(frozen=True, slots=True)
class Ok:
    """The device took the frame."""

    address: int | None = None
    """Its address, where its answer says it."""


@dataclass(frozen=True, slots=True)
class Nak:
    """The device refused the frame."""

    code: int = 0
    """Why, in the device's own numbers; 0 = it does not say."""
    address: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Somebody pressed a key, or (`name == "idle"`) nobody did."""

    address: int | None
    key: str
    """The key byte in hex: `01`; empty where the profile knows no key."""
    name: str
    """What the profile calls it: `next`, …; `idle`; empty = a key that the profile does not know."""


Answer = Ok | Nak | Event


def check_sum(check: Check, data: bytes) -> bytes:
    """Return the check sum of *data* as a frame carries it."""
    match check.alg:
        case "none":
            return b""
        case "sum8":
            value = frames.sum8(data)
        case "xor8":
            value = frames.xor8(data)
        case "sum16":
            value = frames.sum16(data)
        case "crc16":
            value = frames.crc16(data, initial=check.init)
    if check.form == "hex_upper":
        return f"{value:0{check.width}X}".encode("ascii")
    return value.to_bytes(check.width, "little" if check.order == "le" else "big")


class Answers:
    """A framer for what the device of *profile* says: `Ok`, `Nak`, `Event`.

    What is no answer is skipped and counted in `skipped`. What is kept is bounded.
    """

    def __init__(self, profile: FrameProfile) -> None:
        self.skipped = 0
        """Bytes that belonged to no answer, so far."""
        self._kept = bytearray()
        self._forms: list[_Form] = []
        if profile.reply is not None:
            delimited = bool(profile.frame.escape)
            self._forms.append(
                _Delimited(profile, profile.reply) if delimited else _Fixed(profile, profile.reply)
            )
        if profile.event is not None:
            self._forms.append(_Events(profile.event))

    def feed(self, data: bytes) -> list[Answer]:
        """Take *data* and return what is complete now, oldest first."""
        self._kept += data
        said: list[Answer] = []
        while self._kept:
            taken, answer = self._next()
            if taken == 0:
                break
            del self._kept[:taken]
            if answer is not None:
                said.append(answer)
        excess = len(self._kept) - MAX_KEPT
        if excess > 0:
            del self._kept[:excess]
            self.skipped += excess
        return said

    def reset(self) -> None:
        """Forget what is incomplete."""
        self.skipped += len(self._kept)
        self._kept.clear()

    def _next(self) -> tuple[int, Answer | None]:
        """Return how many bytes are done with, and the answer at their end, if any."""
        waiting: int | None = None
        for start in range(len(self._kept)):
            for form in self._forms:
                # Behind a beginning that may be noise only a proved answer counts.
                if waiting is not None and not form.proved:
                    continue
                found = form.read(bytes(self._kept[start:]))
                if found is None and waiting is None:
                    waiting = start
                elif found is not None and found[0] > 0:
                    self.skipped += start
                    return start + found[0], found[1]
        done = len(self._kept) if waiting is None else waiting
        self.skipped += done
        return done, None


class _Form(ABC):
    """One shape of answer."""

    proved = False
    """True when a check sum tells it from noise."""

    @abstractmethod
    def read(self, data: bytes) -> tuple[int, Answer] | None:
        """Return None: not complete; (0, …): not this; (n, a): n bytes are the answer a."""


_NOT_THIS = (0, Ok())


class _Fixed(_Form):
    def __init__(self, profile: FrameProfile, reply: Reply) -> None:
        self.proved = reply.check and profile.check.alg != "none"
        self._check = profile.check if self.proved else Check()
        self._start = bytes.fromhex(reply.start or "")
        self._end = bytes.fromhex(reply.end or "")
        self._from = 0 if reply.start_in_check else len(self._start)
        self._patterns = _patterns(reply)

    def read(self, data: bytes) -> tuple[int, Answer] | None:
        best: tuple[int, Answer] | None = _NOT_THIS
        for pattern in self._patterns:
            size = len(self._start) + pattern.size
            whole = size + self._check.width + len(self._end)
            if data[: len(self._start)] != self._start[: len(data)]:
                return _NOT_THIS
            answer = pattern.match(data[len(self._start) : size])
            if answer is None:
                continue
            if len(data) < whole:
                best = None
                continue
            sum_ = data[size : size + self._check.width]
            if sum_ == check_sum(self._check, data[self._from : size]) and (
                data[size + self._check.width : whole] == self._end
            ):
                return whole, answer
        return best


class _Delimited(_Form):
    def __init__(self, profile: FrameProfile, reply: Reply) -> None:
        self.proved = reply.check and profile.check.alg != "none"
        self._check = profile.check if self.proved else Check()
        self._start = bytes.fromhex(reply.start or "")
        self._end = bytes.fromhex(reply.end or "")
        self._escape = [
            (bytes.fromhex(v), bytes.fromhex(k)) for k, v in profile.frame.escape.items()
        ]
        self._patterns = _patterns(reply)

    def read(self, data: bytes) -> tuple[int, Answer] | None:
        if data[: len(self._start)] != self._start[: len(data)]:
            return _NOT_THIS
        at = 0
        while data.startswith(self._start, at):
            at += len(self._start)
        stop = data.find(self._end, at)
        again = data.find(self._start, at)
        if again >= 0 and (stop < 0 or again < stop):
            return _NOT_THIS  # cut off; the next answer begins inside
        if stop < 0:
            return None if len(data) - at < MAX_KEPT // 2 else _NOT_THIS
        inner = self._plain(data[at:stop])
        size = len(inner) - self._check.width
        if size < 0 or inner[size:] != check_sum(self._check, inner[:size]):
            return _NOT_THIS
        for pattern in self._patterns:
            answer = pattern.match(inner[: min(size, pattern.size)])
            if answer is not None and size >= pattern.size:
                return stop + len(self._end), answer
        return _NOT_THIS

    def _plain(self, data: bytes) -> bytes:
        out, at = bytearray(), 0
        while at < len(data):
            image = next((i for i in self._escape if data.startswith(i[0], at)), None)
            out += data[at : at + 1] if image is None else image[1]
            at += 1 if image is None else len(image[0])
        return bytes(out)


class _Events(_Form):
    def __init__(self, form: EventForm) -> None:
        self.proved = form.check != "none"
        self._form = form
        self._start = bytes.fromhex(form.start)
        self._idle = set(form.idle)

    def read(self, data: bytes) -> tuple[int, Answer] | None:
        form = self._form
        if data[: len(self._start)] != self._start[: len(data)]:
            return _NOT_THIS
        whole = form.length
        if form.length_at is not None:
            if len(data) <= form.length_at:
                return None
            sum_size = 1 if self.proved else 0
            whole = form.length_at + 1 + form.length_plus + data[form.length_at]
            whole += sum_size + form.tail
            if whole < form.length or whole > MAX_KEPT // 2:
                return _NOT_THIS
        if len(data) < whole:
            return None
        data = data[:whole]
        if self.proved:
            at = whole - form.tail - 1
            alg = frames.sum8 if form.check == "sum8" else frames.xor8
            if data[at] != alg(data[form.check_from : at]):
                return _NOT_THIS
        key = "" if form.key_at is None else f"{data[form.key_at]:02X}"
        name = "idle" if key in self._idle else form.keys.get(key, "")
        address = None if form.address_at is None else data[form.address_at]
        return whole, Event(address, key, name)


class _Pattern:
    def __init__(self, text: str, at: int, *, refuses: bool) -> None:
        self._steps = [".."] * at + text.split()
        self._refuses = refuses
        self.size = len(self._steps)

    def match(self, data: bytes) -> Answer | None:
        """Return the answer whose beginning *data* is, or None."""
        address, code = None, 0
        for step, byte in zip(self._steps, data, strict=False):
            if step == "@addr":
                address = byte
            elif step == "@code":
                code = byte
            elif step != ".." and int(step, 16) != byte:
                return None
        return Nak(code, address) if self._refuses else Ok(address)


def _patterns(reply: Reply) -> list[_Pattern]:
    found = [_Pattern(reply.ok, reply.at, refuses=False)]
    if reply.nak is not None:
        found.append(_Pattern(reply.nak, reply.at, refuses=True))
    return found
