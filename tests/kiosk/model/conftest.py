"""A printer on the bench: no cable, no clock, paper kept in a list."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from kiosk.printing.model.charset import Charset
from kiosk.printing.model.faults import Faults
from kiosk.printing.model.machine import Machine
from kiosk.printing.model.makes import Dialect
from kiosk.printing.model.paper import Image, Qr, Slip, TextLine


class Bench:
    """A machine with what it said and what it printed."""

    def __init__(self, **options: object) -> None:
        self.slips: list[Slip] = []
        self.machine = Machine(
            keeper=self,
            now=lambda: datetime(2026, 11, 23, 1, 15, 7, 412000, tzinfo=UTC),
            **{"paper_mm": 80, **options},
        )

    def next_number(self) -> int:
        return len(self.slips) + 1

    def keep(self, slip: Slip) -> None:
        self.slips.append(slip)

    def play(self, data: bytes) -> bytes:
        """Sends bytes as flow control allows, lets the printer work, returns its answers."""
        while data:
            room = max(1, self.machine.free)
            self.machine.receive(data[:room])
            data = data[room:]
            before = self.machine.free
            self.machine.run()
            if not self.machine.free and not before:
                break  # offline with a full buffer: it stops reading
        self.machine.run()
        return self.machine.take_answers()

    def control(self, **faults: object) -> bytes:
        self.machine.control(Faults(**faults))
        self.machine.run()
        return self.machine.take_answers()

    def paper(self, data: bytes) -> list[TextLine | Qr | Image]:
        """Prints, cuts, and returns what is on the slip."""
        self.play(b"\x1b@" + data + b"\x1dVB\x00")
        return list(self.slips[-1].items)

    def line(self, data: bytes) -> TextLine:
        """Prints one line and returns it."""
        [line] = self.paper(data + b"\n")
        assert isinstance(line, TextLine)
        return line

    @property
    def grumbles(self) -> list[str]:
        return [complaint.code for complaint in self.machine.complaints]


@pytest.fixture
def bench() -> Bench:
    """An Epson-like printer with 80 mm paper."""
    return Bench()


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    """Benches with other paper, dialect or charset."""

    def make(*, paper: int = 80, dialect: str = "epson", charset: str | None = None) -> Bench:
        return Bench(
            paper_mm=paper,
            dialect=Dialect(dialect),
            charset=Charset(charset) if charset else None,
        )

    return make


def gb(text: str) -> bytes:
    return text.encode("gb18030")


def qr(content: bytes, *, module: int = 6, level: bytes = b"1") -> bytes:
    store = (len(content) + 3).to_bytes(2, "little")
    return (
        bytes.fromhex("1d286b0400314132001d286b03003143")
        + bytes((module,))
        + bytes.fromhex("1d286b03003145")
        + level
        + b"\x1d(k"
        + store
        + b"1P0"
        + content
        + bytes.fromhex("1d286b0300315130")
    )


@pytest.fixture
def ticket() -> Callable[..., bytes]:
    """The hand-made ticket of hardware facts 1.1: number, QR, cut, process id."""

    def make(number: str = "A001", pid: bytes | None = b"A001") -> bytes:
        report = b"\x1d(H\x06\x0000" + pid if pid else b""
        return (
            b"\x1b@\x1c&\x1ba\x01\x1d!\x11"
            + gb("市民服务中心\n")
            + b"\x1d!\x00"
            + gb("个人业务（综合受理）\n\n")
            + b"\x1d!\x33"
            + number.encode()
            + b"\n\x1d!\x00"
            + gb("您前面还有 12 人\n请在休息区等候\n取号时间 09:07\n")
            + qr(b"https://q.example.cn/t/abcdef")
            + b"\n"
            + gb("扫码看进度\n")
            + b"\x1bd\x04\x1dVB\x00"
            + report
        )

    return make


@pytest.fixture(scope="session")
def make_bench_free() -> Callable[..., Bench]:
    """The same for property tests, which need a fixture that holds no state."""

    def make(*, paper: int = 80, dialect: str = "epson") -> Bench:
        return Bench(paper_mm=paper, dialect=Dialect(dialect))

    return make
