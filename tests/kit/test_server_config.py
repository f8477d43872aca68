"""The server's settings: what is wrong is told with its place, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.config import ConfigError, load


def told(file: Path | None, **environ: str) -> str:
    with pytest.raises(ConfigError) as wrong:
        load(None if file is None else str(file), {}, environ)
    return str(wrong.value)


def test_what_is_wrong_is_told_with_file_line_key_and_what_is_allowed(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text('[server]\nhost = "x"\nport = "abc"\n')
    other = tmp_path / "other.toml"
    other.write_text("[server]\nprot = 1\n")

    assert told(file) == f"{file} 第 3 行，port：不能是 'abc'；允许：整数"
    assert told(other).startswith(f"{other} 第 2 行，prot：不认识这个键")
    assert told(None, HALL_PORT="abc") == "HALL_PORT，port：不能是 'abc'；允许：整数"


def test_a_file_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    gone = tmp_path / "no.toml"

    assert told(gone) == f"{gone}：没有这个文件"
    assert told(None, HALL_DATABASE_URL_FILE=str(gone)) == (
        f"环境变量 HALL_DATABASE_URL_FILE：{gone}：没有这个文件"
    )
