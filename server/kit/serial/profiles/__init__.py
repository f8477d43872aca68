"""Device profiles: facts about devices as data, read from firmware_configs and checked in full.

A profile is a TOML file. Unknown keys, missing keys, impossible values and values without a source
refuse to load: a profile that is half understood would print half a ticket. `python -m
server.kit.serial.profiles` prints the JSON schema that firmware_configs/schema.json holds.
"""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from server.kit.serial.profiles import loading
from server.kit.serial.profiles.common import Baud, Flow, Hex, Link, PortConfig, Verified, unsourced
from server.kit.serial.profiles.frames import Check, Field, FrameProfile, Param, Show
from server.kit.serial.profiles.printers import (
    Confirm,
    Cut,
    Paper,
    PrinterProfile,
    Qr,
    Recover,
    Status,
    StatusBit,
    Text,
)
from server.kit.serial.profiles.readers import ReaderProfile
from server.kit.serial.profiles.sites import Attached, Site, SitePort

__all__ = [
    "FOLDERS",
    "Attached",
    "Baud",
    "Check",
    "Confirm",
    "Cut",
    "Field",
    "Flow",
    "FrameProfile",
    "Hex",
    "Link",
    "Paper",
    "Param",
    "PortConfig",
    "PrinterProfile",
    "Qr",
    "ReaderProfile",
    "Recover",
    "Show",
    "Site",
    "SitePort",
    "Status",
    "StatusBit",
    "Text",
    "Verified",
    "frame_profiles",
    "load_frames",
    "load_printer",
    "load_reader",
    "load_site",
    "parse_frames",
    "parse_printer",
    "printer_profiles",
    "reader_profiles",
    "schema_text",
    "unsourced",
]

FOLDERS = {"led": "led", "pad": "pads", "rater": "raters"}
"""Kind of a frame profile → its folder."""


def printer_profiles() -> tuple[str, ...]:
    """Return the ids of the printer profiles that ship with the product, sorted."""
    return loading.names("printers")


def load_printer(name: str) -> PrinterProfile:
    """Return the profile called *name*, or read from the path *name* when it ends in `.toml`.

    Raises:
        ValueError: there is no such profile, or it is not valid; the words say file, line and key.
    """
    return loading.load("printers", name, PrinterProfile)


def parse_printer(data: bytes, *, name: str) -> PrinterProfile:
    """Return the profile in the TOML text *data* of the file *name* (without its ending).

    Raises:
        ValueError: the text is not a valid profile of that name.
    """
    return loading.parse(data, PrinterProfile, file=f"{name}.toml", id_=name)


def frame_profiles(kind: str) -> tuple[str, ...]:
    """Return the ids of the profiles of *kind* (`led`, `pad`, `rater`), sorted."""
    return loading.names(FOLDERS[kind])


def load_frames(kind: str, name: str) -> FrameProfile:
    """Return a profile of *kind*, by its name or its path.

    Raises:
        ValueError: there is none, it is not valid, or it is of another kind.
    """
    profile = loading.load(FOLDERS[kind], name, FrameProfile)
    if profile.kind != kind:
        raise ValueError(f"“{name}”是 {profile.kind} 的配置，这里要 {kind}")
    return profile


def parse_frames(data: bytes, *, name: str) -> FrameProfile:
    """Return the frame profile in the TOML text *data* of the file *name* (without its ending).

    Raises:
        ValueError: the text is not a valid profile of that name.
    """
    return loading.parse(data, FrameProfile, file=f"{name}.toml", id_=name)


def reader_profiles() -> tuple[str, ...]:
    """Return the ids of the reader profiles, sorted."""
    return loading.names("readers")


def load_reader(name: str) -> ReaderProfile:
    """Return a reader's profile, by its name or its path.

    Raises:
        ValueError: there is none, or it is not valid.
    """
    return loading.load("readers", name, ReaderProfile)


def load_site(path: str) -> Site:
    """Return what hangs on a box, from the file at *path*.

    Raises:
        ValueError: the file cannot be read or is not valid; the words say file, line and key.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as e:
        raise ValueError(f"没有配置文件 {path}（{e.strerror}）") from e
    return loading.parse(data, Site, file=path)


def schema_text() -> str:
    """Return the JSON schema of every kind of profile, as firmware_configs/schema.json holds it."""
    kinds = (PrinterProfile, FrameProfile, ReaderProfile, Site)
    each, parts = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "anyOf": list(each),
        "$defs": parts,
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
