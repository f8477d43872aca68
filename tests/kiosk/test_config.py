"""Settings: file, environment, flags; loud on what is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.config import ConfigError, KioskConfig, load


def test_nothing_set_is_the_default() -> None:
    assert load(None, {}, {}) == KioskConfig()
    assert load(None, {}, {}).host == "127.0.0.1"


def test_flags_beat_the_environment_and_that_beats_the_file(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(
        'server_url = "http://file"\nport = 1\nstate_dir = "file"\n[printer]\nport = "/dev/ttyS0"\n'
    )
    environ = {
        "HALL_KIOSK_PORT": "2",
        "HALL_KIOSK_STATE_DIR": "environ",
        "HALL_KIOSK_PRINTER_PROFILE": "generic_58_gbk",
        "HALL_DISPLAY_PORT": "9",
    }

    config = load(file, environ, {"port": 3, "host": None, "printer.port": None})

    assert (config.server_url, config.state_dir, config.port) == ("http://file", "environ", 3)
    assert (config.printer.port, config.printer.profile) == ("/dev/ttyS0", "generic_58_gbk")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("sever_url = 'http://x'", "sever_url"),
        ("[printer]\nbaude = 1", "baude"),
        ("port = 70000", "port"),
        ("server_url = 'hall'", "server_url"),
        ("printer = 3", "printer"),
        ("port = ", "kiosk.toml"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(text)

    with pytest.raises(ConfigError, match=named):
        load(file, {}, {})


def test_a_wrong_value_is_told_with_file_line_key_and_what_is_allowed(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text('server_url = "http://x"\nport = "abc"\n')

    with pytest.raises(ConfigError) as wrong:
        load(file, {}, {})
    with pytest.raises(ConfigError) as set_so:
        load(None, {"HALL_KIOSK_PORT": "abc"}, {})
    with pytest.raises(ConfigError) as gone:
        load(tmp_path / "no.toml", {}, {})

    assert str(wrong.value) == f"{file} 第 2 行，port：不能是 'abc'；允许：整数"
    assert str(set_so.value) == "环境变量 HALL_KIOSK_PORT，port：不能是 'abc'；允许：整数"
    assert str(gone.value) == f"{tmp_path / 'no.toml'}：没有这个文件"


def test_an_unknown_variable_stops_the_start() -> None:
    with pytest.raises(ConfigError, match="servr"):
        load(None, {"HALL_KIOSK_SERVR": "x"}, {})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load(tmp_path / "nowhere.toml", {}, {})
