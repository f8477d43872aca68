"""Settings of an agent: a TOML file, then the environment, then flags; the last one wins.

Unknown keys stop the start: a mistyped setting must not be ignored.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from server.kit.serial.profiles.loading import explained

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
    text, origin = "", dict[str, str]()
    if path is not None:
        text, found = read_toml(path)
        origin = dict.fromkeys(found, str(path))
    fields = {f.name: f.type for f in msgspec.structs.fields(kind)}
    tables = [n for n, t in fields.items() if isinstance(t, type) and issubclass(t, msgspec.Struct)]
    for name, value in environ.items():
        if name.startswith(prefix):
            key = _setting(name.removeprefix(prefix).lower(), tables)
            _set(found, key, value)
            origin[key.partition(".")[0]] = f"环境变量 {name}"
    for name, flag in flags.items():
        if flag is not None:
            _set(found, name, flag)
            origin[name.partition(".")[0]] = "命令行"
    for name, given in found.items():
        if isinstance(given, str) and "tuple" in str(fields.get(name, "")):
            found[name] = [part.strip() for part in given.split(",") if part.strip()]
    try:
        return msgspec.convert(found, kind, strict=False)
    except msgspec.ValidationError as e:
        file = "" if path is None else str(path)
        raise ConfigError(wrong(e, kind, found, origin, file=file, text=text)) from e


def read_toml(path: Path) -> tuple[str, dict[str, object]]:
    """Return the text of a TOML file and what it says; raises `ConfigError` in words."""
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except OSError as e:
        raise ConfigError(unread(path, e)) from e
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        msg = f"{path}：不是有效的 TOML 文件（{e}）"
        raise ConfigError(msg) from e


def unread(path: Path | str, error: OSError) -> str:
    """Return why a file could not be used, in words."""
    return f"{path}：{_UNREAD.get(type(error), f'打不开（{error.strerror}）')}"


_KEY = re.compile(r" - at `\$\.(\w+)|unknown field `(\w+)`$")
"""The uppermost key that an error of msgspec is about."""

_UNREAD: Mapping[type[OSError], str] = {
    FileNotFoundError: "没有这个文件",
    PermissionError: "没有权限打开",
    IsADirectoryError: "是文件夹，不是文件",
    NotADirectoryError: "没有这个文件夹",
    FileExistsError: "已有同名的文件",
}


def wrong(
    error: msgspec.ValidationError,
    kind: type[msgspec.Struct],
    found: Mapping[str, object],
    origin: Mapping[str, str],
    *,
    file: str = "",
    text: str = "",
) -> str:
    """Return msgspec's *error* in words: where the setting comes from, its key, what is allowed.

    Args:
        error: why *found* is no *kind*.
        kind: the settings.
        found: setting → value.
        origin: setting → where it was set.
        file: the file of the settings, empty for none.
        text: what stands in it, to name the line.
    """
    named = _KEY.search(str(error))
    where = origin.get(next(filter(None, named.groups())) if named else "", file) or "设置"
    lines = text if where == file else ""
    return explained(str(error), lines, dict(found), kind, file=where)


def require_address(server_url: str, port: int) -> None:
    """Raise `ValueError` for a server that is no http(s) address or a port that is none."""
    if not server_url.startswith(("http://", "https://")):
        msg = "server_url 应以 http:// 或 https:// 开头"
        raise ValueError(msg)
    if not 0 <= port <= 65535:
        msg = "port 应在 0 到 65535 之间"
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
        msg = f"{table} 应是一节，写成 [{table}]"
        raise ConfigError(msg)
    inner[key] = value
