"""Settings of a display: a TOML file, `HALL_DISPLAY_*` in the environment, flags; the last one wins.

Unknown keys stop the start: a mistyped setting must not be ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from server.kit.contract.screens import Layout
from server.kit.settings import ConfigError, load_settings, require_address

__all__ = ["ConfigError", "layout_of", "load"]

PREFIX = "HALL_DISPLAY_"


class DisplayConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings of a display. In the environment `HALL_DISPLAY_SERVER_URL`, …"""

    server_url: str = "http://127.0.0.1:8100"
    """Address of the server."""
    state_dir: str = ".hall/display"
    """Folder for the device token, the last board and the catalogue; must survive a power cut."""
    host: str = "127.0.0.1"
    """Address the page is served on. For a television without Python, the hall network's address."""
    port: int = 8102
    """Port of the page; 0 takes a free one."""
    zones: tuple[str, ...] = ()
    """Codes of the zones it shows, in the environment and in a flag with commas between them;
    empty = the zone it was enrolled for, or the whole hall."""
    orientation: Literal["auto", "landscape", "portrait"] = "auto"
    """How the picture stands. `auto` follows the window; one of the others turns the picture by a
    quarter when the window is of the other kind: a television hung on its side."""
    rows: int = 0
    """Calls on one page, the newest included; 0 = as many as the layout has room for (7)."""

    role: Literal["board", "disclosures", "counter", "guide", "leaders"] = "board"
    """What the screen is while no manager has chosen it on the page 屏幕; like zones, orientation,
    rows and counter it counts only until then."""
    counter: str = ""
    """Code of the counter of a 窗口屏."""

    voice_output: Literal["auto", "page", "alsa", "none"] = "auto"
    """Where the voice 语音 sounds: in the `page`, on the box's sound card (`alsa`), or nowhere.
    `auto` = in a page that may sound, else, where the page is on this machine, on the card."""
    voice_device: str = "default"
    """Name of the sound card for ALSA, as `aplay -L` lists it."""
    voice_packs: str = ""
    """One more folder with voice packs, for instance one that all screens share."""

    devices_file: str = ""
    """What hangs on this box: bars 条屏, call pads 呼叫器, raters 评价器, as a TOML file like
    `firmware_configs/sites/example.toml`; empty = nothing."""

    def __post_init__(self) -> None:
        require_address(self.server_url, self.port)
        if self.rows < 0 or self.rows == 1 or self.rows > MAX_ROWS:
            msg = f"rows must be 0 or 2-{MAX_ROWS}"
            raise ValueError(msg)


MAX_ROWS = 9
"""More rows would be too small to read from the seats (domain rule: 6–8 rows)."""


def load(
    path: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]
) -> DisplayConfig:
    """Return the settings in force.

    Args:
        path: a TOML file, or None.
        environ: only `HALL_DISPLAY_*` is looked at.
        flags: setting to value; None is not set.

    Raises:
        ConfigError: the file cannot be read, a key is unknown, a value does not fit.
    """
    return load_settings(DisplayConfig, prefix=PREFIX, path=path, environ=environ, flags=flags)


def layout_of(config: DisplayConfig, zone: str) -> Layout:
    """Return what the screen is by its local settings, in the zone it was enrolled for."""
    return Layout(
        role=config.role,
        zones=config.zones or ((zone,) if zone else ()),
        counter=config.counter,
        rows=config.rows,
        orientation=config.orientation,
    )
