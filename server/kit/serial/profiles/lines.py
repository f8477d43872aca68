"""Where a key stands in a TOML text, for words about it."""

from __future__ import annotations

import re

_TABLE = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r'^\s*("[^"]+"|[\w.-]+)\s*=')


def line_of(text: str, key: str) -> int:
    """Return the line (from 1) where the dotted *key* is set; members of arrays by their number.

    A key inside an inline table or array is found by the longest beginning of *key* that has a line
    of its own, then by counting its members; 0 when nothing of it stands there.
    """
    places = _places(text)
    steps = key.split(".")
    for count in range(len(steps), 0, -1):
        line = places.get(".".join(steps[:count]))
        if line:
            return _within(text, line, steps[count:])
    return 0


def _places(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    table: list[str] = []
    counts: dict[str, int] = {}
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        if depth == 0 and (head := _TABLE.match(line)):
            table = _numbered(head[2].split("."), counts, is_array=head[1] == "[[")
            for count in range(1, len(table) + 1):
                found.setdefault(".".join(table[:count]), number)
            continue
        if depth == 0 and (key := _KEY.match(line)):
            name = key[1].strip('"')
            found.setdefault(".".join([*table, name]), number)
        depth = max(0, depth + _opened(line))
    return found


def _numbered(names: list[str], counts: dict[str, int], *, is_array: bool) -> list[str]:
    """Return a table's steps with the number of the array's member that is being written."""
    steps: list[str] = []
    for i, name in enumerate(names):
        steps.append(name.strip().strip('"'))
        path = ".".join(steps)
        if is_array and i == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            steps.append(str(counts[path]))
    return steps


def _opened(line: str) -> int:
    """Return by how many the open brackets change on a line, strings and comments left out."""
    bare = re.sub(r'"(\\.|[^"\\])*"', "", line).split("#", 1)[0]
    return sum(bare.count(c) for c in "[{") - sum(bare.count(c) for c in "]}")


def _within(text: str, line: int, rest: list[str]) -> int:
    """Return the line of a member of an array whose members stand on lines of their own."""
    if not rest or not rest[0].isdigit():
        return line
    lines = text.splitlines()
    wanted, seen = int(rest[0]), -1
    for number in range(line, len(lines)):
        if re.match(r"\s*[{\"'\d]", lines[number]):
            seen += 1
            if seen == wanted:
                return number + 1
        if lines[number].lstrip().startswith("]"):
            break
    return line
