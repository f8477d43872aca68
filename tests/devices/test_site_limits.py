"""What hangs on a box fits into what the box tells the server of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.kit.serial.profiles import load_site
from server.kit.serial.profiles.sites import LONGEST_NAME, MOST


def site(folder: Path, count: int, name: str = "") -> str:
    """Write a site's file with *count* bars on one line."""
    head = '[[port]]\nname = "北侧"\naddress = "/dev/ttyS0"\n'
    one = '[[port.device]]\nrole = "led"\nprofile = "kanban4"\ncounter = "{n}"\nname = {name}\n'
    path = folder / "devices.toml"
    bars = "".join(one.format(n=n, name=json.dumps(name, ensure_ascii=False)) for n in range(count))
    path.write_text(head + bars, "utf-8")
    return str(path)


def test_as_many_devices_as_the_server_takes_are_allowed_and_no_more(tmp_path: Path) -> None:
    assert len(load_site(site(tmp_path, MOST)).port[0].device) == MOST
    with pytest.raises(ValueError, match="最多接 80 个设备"):
        load_site(site(tmp_path, MOST + 1))


def test_a_name_that_staff_can_read_is_allowed(tmp_path: Path) -> None:
    name = "长" * LONGEST_NAME
    assert load_site(site(tmp_path, 1, name)).port[0].device[0].name == name


@pytest.mark.parametrize("name", ["长" * (LONGEST_NAME + 1), "条屏\n", "条\u202e屏"])
def test_a_name_too_long_or_with_what_nobody_sees_refuses(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"第 8 行，port\.0\.device\.0\.name：最多 40 个字"):
        load_site(site(tmp_path, 1, name))
