"""Profiles from files: a wrong value is refused with its file, line, key and what is allowed.

`load` takes a profile's name or the path of a site's own file, which ends in `.toml`.
"""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from server.kit.serial.profiles.allowed import allowed_at
from server.kit.serial.profiles.common import unsourced
from server.kit.serial.profiles.lines import line_of

P = TypeVar("P", bound="Checked")

LONGEST = 64 * 1024
"""Bytes of a file; the longest of our own has a quarter of that."""
_AT = re.compile(r" - at `\$?\.?(.*)`$")
_MISSING = re.compile(r"missing required field `(\w+)`")
_UNKNOWN = re.compile(r"contains unknown field `(\w+)`")


class Checked(Protocol):
    """What every profile can say of itself."""

    def faults(self) -> list[str]:
        """Return what cannot work, as `key: words`."""
        ...


def names(folder: str) -> tuple[str, ...]:
    """Return the ids of the profiles of `firmware_configs/<folder>`, sorted."""
    files = resources.files("firmware_configs") / folder
    if not files.is_dir():
        return ()
    return tuple(
        sorted(p.name.removesuffix(".toml") for p in files.iterdir() if p.name.endswith(".toml"))
    )


def load(folder: str, name: str, kind: type[P]) -> P:
    """Return the profile called *name* of *folder*, or read from the path *name*.

    Raises:
        ValueError: there is no such profile, or it is not valid; the words say file, line, key and
            what is allowed.
    """
    if name.endswith(".toml"):
        path = Path(name)
        try:
            return parse(path.read_bytes(), kind, file=name, id_=path.stem)
        except OSError as e:
            raise ValueError(f"没有配置文件 {name}（{e.strerror}）") from e
    if name not in names(folder):
        raise ValueError(f"没有名为“{name}”的配置；{folder} 里有：{'、'.join(names(folder))}")
    file = resources.files("firmware_configs") / folder / f"{name}.toml"
    return parse(file.read_bytes(), kind, file=f"{folder}/{name}.toml", id_=name)


def parse(data: bytes, kind: type[P], *, file: str, id_: str | None = None) -> P:
    """Return what the TOML text *data* says as *kind*.

    Args:
        data: the text.
        kind: a Struct with `faults`.
        file: its name, for words.
        id_: the id that a profile must have; None for files without one.

    Raises:
        ValueError: the text is not valid.
    """
    if len(data) > LONGEST:
        raise ValueError(f"{file}：文件太大，不像配置文件；允许：{LONGEST // 1024} KB 以内")
    try:
        text = data.decode()
        table = msgspec.toml.decode(data)
    except RecursionError:
        raise ValueError(f"{file}：不是有效的 TOML 文件（嵌套太深）") from None
    except ValueError as e:  # also a number of more digits than Python reads
        raise ValueError(f"{file}：不是有效的 TOML 文件（{e}）") from e
    try:
        found: P = msgspec.convert(table, kind)
    except msgspec.ValidationError as e:
        raise ValueError(explained(str(e), text, table, kind, file=file)) from e
    if id_ is not None and table.get("id") != id_:
        raise ValueError(_said(file, text, "id", f"应与文件名相同：{id_}"))
    wrong = [tuple(fault.split(": ", 1)) for fault in found.faults()]
    if id_ is not None:
        missing = unsourced(table, table.get("sources", {}))
        wrong += [(path, "没有写明来源，请在 [sources] 里补上") for path in missing]
    if wrong:
        raise ValueError("\n".join(_said(file, text, key, words) for key, words in wrong))
    return found


def explained(error: str, text: str, table: dict[str, Any], kind: Any, *, file: str) -> str:
    """Return msgspec's *error* in words: file, line, key, what stands there and what is allowed."""
    at = _AT.search(error)
    path = _steps(at[1]) if at else []
    said = error[: at.start()] if at else error
    if missing := _MISSING.search(said):
        key = ".".join([*map(str, path), missing[1]])
        return _said(file, text, key, f"缺少这一项；{allowed_at(kind, [*path, missing[1]])}")
    if unknown := _UNKNOWN.search(said):
        key = ".".join([*map(str, path), unknown[1]])
        return _said(file, text, key, f"不认识这个键；{allowed_at(kind, path)}")
    key = ".".join(map(str, path))
    value = _value(table, path)
    given = "" if value is None else f"不能是 {value!r}；"
    own = said if not said.startswith(("Invalid", "Expected")) else ""
    return _said(file, text, key, f"{given}{own or allowed_at(kind, path)}")


def _said(file: str, text: str, key: str, words: str) -> str:
    line = line_of(text, key)
    where = f"{file} 第 {line} 行" if line else file
    return f"{where}，{key}：{words}" if key else f"{where}：{words}"


def _steps(path: str) -> list[str | int]:
    steps: list[str | int] = []
    for name, index in re.findall(r"([^.\[\]]+)|\[(\d+|\.\.\.)\]", path):
        if name:
            steps.append(name)
        elif index != "...":
            steps.append(int(index))
    return steps


def _value(table: Any, path: list[str | int]) -> Any:
    for step in path:
        try:
            table = table[step]
        except (KeyError, IndexError, TypeError):
            return None
    return table
