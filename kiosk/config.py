"""Settings of a kiosk: a TOML file, `HALL_KIOSK_*` in the environment, flags; the last one wins.

Unknown keys stop the start: a mistyped setting must not be ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from server.kit.serial.profiles import Baud, Flow
from server.kit.settings import ConfigError, load_settings, require_address

__all__ = ["ConfigError", "load"]

PREFIX = "HALL_KIOSK_"
SMALLEST_INCH, LARGEST_INCH = 10.0, 60.0


class PrinterConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Table `[printer]`."""

    port: str = ""
    """Device name of the printer, e.g. `/dev/serial/by-path/...` or `COM3`; empty: no printer."""
    profile: str = "generic_80_gbk"
    """Name of a file in `firmware_configs/printers`."""
    baud: Baud | None = None
    """Speed in baud when the printer is set to another one than its profile says."""
    flow: Flow | None = None
    """`none`, `rtscts` or `xonxoff` when the cable needs another flow control than the profile says."""


class ReaderConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Table `[reader]`: the identity card reader 身份证读卡器."""

    profile: str = ""
    """Name of a file in `firmware_configs/readers`, or a path that ends in `.toml`; empty: none."""
    address: str = ""
    """`/dev/input/by-id/…-event-kbd` of a reader that types; `http://127.0.0.1:port` or
    `ws://127.0.0.1:port` of the maker's own service on this box."""


class KioskConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings of a kiosk. In the environment `HALL_KIOSK_SERVER_URL`, `HALL_KIOSK_PRINTER_PORT`…"""

    server_url: str = "http://127.0.0.1:8100"
    """Address of the server."""
    state_dir: str = ".hall/kiosk"
    """Folder for the device token, the journal and the last board; must survive a power cut."""
    host: str = "127.0.0.1"
    """Address the page is served on. The page has no sign-in and is meant for the browser of this
    box: beyond loopback, whoever reaches it can take numbers."""
    port: int = 8101
    """Port of the page; 0 takes a free one."""
    own_zone_only: bool = False
    """Offer only queues of the kiosk's own zone."""
    screen_inch: float = 21.5
    """Diagonal of the screen in inches: every target is at least 20 mm on it."""
    languages_dir: str = ""
    """Folder with a county's own language files `*.toml`; empty: Chinese and English only."""
    voices_dir: str = ""
    """Folder with further voice packs; empty: those of `state_dir` only."""
    sound: bool = True
    """False for a box without a loudspeaker: then 读给我听 says so."""
    exit_code_file: str = ""
    """File with the hash of the staff code, written by `hall-kiosk exit-code`; empty: `exit-code`
    in `state_dir`. Without the file there is no way out of the page."""
    close_command: tuple[str, ...] = ()
    """Command that ends the browser and tells its supervisor not to start it again, e.g.
    `systemctl,--user,stop,hall-kiosk-browser`; empty: staff are told how to do it."""
    printer: PrinterConfig = PrinterConfig()
    reader: ReaderConfig = ReaderConfig()

    def __post_init__(self) -> None:
        require_address(self.server_url, self.port)
        if not SMALLEST_INCH <= self.screen_inch <= LARGEST_INCH:
            raise ValueError(f"screen_inch: {SMALLEST_INCH:g} to {LARGEST_INCH:g}")

    @property
    def code_file(self) -> Path:
        """Where the hash of the staff code is kept."""
        return Path(self.exit_code_file or Path(self.state_dir) / "exit-code")


def load(path: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]) -> KioskConfig:
    """Return the settings in force.

    Args:
        path: a TOML file, or None.
        environ: only `HALL_KIOSK_*` is looked at.
        flags: setting (`printer.port` for a table's) to value; None is not set.

    Raises:
        ConfigError: the file cannot be read, a key is unknown, a value does not fit.
    """
    return load_settings(KioskConfig, prefix=PREFIX, path=path, environ=environ, flags=flags)
