"""Settings of an agent: a TOML file, then the environment, then flags; the last one wins.

Unknown keys stop the start: a mistyped setting must not be ignored.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


class ConfigError(Exception):
    """The settings cannot be used; the words say which and why."""


def load_settings(
    kind: type[S],
    *,
    prefix: str,
    path: Path | None,
    environ: Mapping[str, str],
    flags: Mapping[str, object],
) -> S:
    """Return the settings in force as *kind*.

    Args:
        kind: a Struct that forbids unknown fields; a field that is a Struct is a table, set as
            `PREFIX_TABLE_KEY` in the environment and as `table.key` in *flags*; a field that is a
            tuple is written with commas between its members.
        prefix: beginning of the environment's names, e.g. `HALL_KIOSK_`; others are not looked at.
        path: a TOML file, or None.
        environ: the environment.
        flags: setting to value; None is not set.

    Raises:
        ConfigError: the file cannot be read, a key is unknown, a value does not fit.
    """
    found: dict[str, object] = {}
    if path is not None:
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
            msg = f"{path}: {e}"
            raise ConfigError(msg) from e
    fields = {f.name: f.type for f in msgspec.structs.fields(kind)}
    tables = [n for n, t in fields.items() if isinstance(t, type) and issubclass(t, msgspec.Struct)]
    for name, value in environ.items():
        if name.startswith(prefix):
            _set(found, _setting(name.removeprefix(prefix).lower(), tables), value)
    for name, flag in flags.items():
        if flag is not None:
            _set(found, name, flag)
    for name, given in found.items():
        if isinstance(given, str) and "tuple" in str(fields.get(name, "")):
            found[name] = [part.strip() for part in given.split(",") if part.strip()]
    try:
        return msgspec.convert(found, kind, strict=False)
    except msgspec.ValidationError as e:
        raise ConfigError(str(e)) from e


def require_address(server_url: str, port: int) -> None:
    """Raise `ValueError` for a server that is no http(s) address or a port that is none."""
    if not server_url.startswith(("http://", "https://")):
        msg = "server_url must begin with http:// or https://"
        raise ValueError(msg)
    if not 0 <= port <= 65535:
        msg = "port must be 0-65535"
        raise ValueError(msg)


def _setting(name: str, tables: list[str]) -> str:
    table, _, key = name.partition("_")
    return f"{table}.{key}" if table in tables else name


def _set(found: dict[str, object], name: str, value: object) -> None:
    table, _, key = name.rpartition(".")
    if not table:
        found[key] = value
        return
    inner = found.setdefault(table, {})
    if not isinstance(inner, dict):
        msg = f"{table} must be a table"
        raise ConfigError(msg)
    inner[key] = value
