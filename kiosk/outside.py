"""What a kiosk needs of the world outside its own process, and what stands there when it is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kiosk.printing.guide import Guide
from server.kit.change import LinkStatus, Output
from server.kit.commands import Calls
from server.kit.contract.board import Board
from server.kit.contract.screens import DeviceSetup
from server.kit.contract.views import Catalogue, TicketSlip
from server.kit.serial.profiles import PrinterProfile


class Paperwork(Protocol):
    """What became of a slip."""

    @property
    def state(self) -> str:
        """`printed`, `failed` or `unknown`."""
        ...

    @property
    def fault(self) -> str:
        """Empty, or why."""
        ...


class Prints(Protocol):
    """The part of the printer that a take needs."""

    def print(
        self, slip: TicketSlip, *, on_sending: Callable[[str], None] | None = None
    ) -> Paperwork:
        """Print; *on_sending* is called before the first byte leaves, and nothing leaves if it raises."""
        ...


class PrinterState(Protocol):
    """What the printer says of itself."""

    @property
    def faults(self) -> Sequence[str]:
        """Fault codes now; empty when it can print."""
        ...

    @property
    def near_end(self) -> bool:
        """True when the paper is nearly used up."""
        ...


class Figures(Protocol):
    """Figures of a printer for staff."""

    @property
    def confirmed_at(self) -> float | None:
        """The last proof that a slip was printed, on the clock of `time.monotonic`."""
        ...

    @property
    def confirm_ms(self) -> int | None:
        """How long that proof took."""
        ...

    @property
    def fed_mm(self) -> float:
        """Paper used since the process began."""
        ...


class KioskPrinter(Prints, Protocol):
    """The printer of a kiosk."""

    @property
    def profile(self) -> PrinterProfile | None:
        """What it is; None where there is none."""
        ...

    def expect_slip(self) -> None:
        """Make ready for a slip whose number is being asked for; returns at once."""
        ...

    def print_guide(self, guide: Guide) -> Paperwork:
        """Print the five disclosures of an item."""
        ...

    def print_test(self, kiosk: str, printed_local: str) -> Paperwork:
        """Print a test page with the kiosk's name and the hall's time."""
        ...

    def status(self) -> PrinterState:
        """Return what it says of itself."""
        ...

    def facts(self) -> Figures:
        """Return its figures."""
        ...


class KioskLink(Calls, Protocol):
    """The part of the link that a kiosk needs."""

    @property
    def enrolled(self) -> bool:
        """Whether this box has a device token."""
        ...

    @property
    def device(self) -> str:
        """uid of this device."""
        ...

    @property
    def zone(self) -> str:
        """Zone of this device."""
        ...

    @property
    def board(self) -> Board | None:
        """The newest board."""
        ...

    @property
    def catalogue(self) -> Catalogue | None:
        """The newest catalogue."""
        ...

    @property
    def setup(self) -> DeviceSetup | None:
        """What this device is told to be, its name among it."""
        ...

    @property
    def status(self) -> LinkStatus:
        """How the link stands."""
        ...

    @property
    def clock_ahead_s(self) -> float:
        """By how many seconds the server's clock is ahead of this box's."""
        ...

    def beat_age_s(self) -> float | None:
        """Return the seconds since the last beat."""
        ...

    def ack(self, outputs: Sequence[Output], status: Mapping[str, object] | None = None) -> None:
        """Tell the server what was shown and how this box is."""
        ...


@dataclass(frozen=True, slots=True)
class NoFigures:
    """Of a printer that is not there."""

    confirmed_at: float | None = None
    confirm_ms: int | None = None
    fed_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class NoPrinterState:
    """A printer that is not there."""

    faults: tuple[str, ...] = ("no_port",)
    near_end: bool = False
    state: str = "failed"
    fault: str = "no_port"


class NoPrinter:
    """Stands where no printer is configured: every number is shown, none is printed."""

    profile = None

    def print(
        self, slip: TicketSlip, *, on_sending: Callable[[str], None] | None = None
    ) -> NoPrinterState:
        """Print nothing and say so."""
        return NoPrinterState()

    def expect_slip(self) -> None:
        """Do nothing."""

    def print_guide(self, guide: Guide) -> NoPrinterState:
        """Print nothing and say so."""
        return NoPrinterState()

    def print_test(self, kiosk: str, printed_local: str) -> NoPrinterState:
        """Print nothing and say so."""
        return NoPrinterState()

    def status(self) -> NoPrinterState:
        """Say that there is no printer."""
        return NoPrinterState()

    def facts(self) -> NoFigures:
        """Return no figures."""
        return NoFigures()
