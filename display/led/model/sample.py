"""The site's file of a demonstration: a bar of every kind, and pads on the line of the first ones."""

from __future__ import annotations

from pathlib import Path

PADS = "ff68_21key"
ZONE = """\
[[port.device]]
role = "led"
profile = "onbon_bx6k"
zone = "1F"
slogan = "请取号后在休息区等候，留意大屏和广播"
params = { addr = 1, w = 256 }
"""


def write_sample(folder: Path) -> Path:
    """Write `devices.toml` into *folder*, with ports that are links in it, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "devices.toml"
    path.write_text(sample(folder.absolute()), "utf-8")
    return path


def sample(folder: Path) -> str:
    """Return the text of the site's file."""
    parts = [
        _port("一楼 RS-485", folder / "line1"),
        *(_bar("modbus_rtu_text", str(n), f"addr = {n}") for n in range(1, 5)),
        *(_device("pad", PADS, str(n), f"addr = {10 + n}") for n in range(1, 4)),
        _port("一楼东侧（仰邦）", folder / "line2"),
        *(_bar("onbon_bx5k", str(n), f"addr = {n}, w8 = 16") for n in range(5, 8)),
        _port("一楼门头", folder / "line3"),
        ZONE,
        _port("数码管", folder / "line4"),
        *(_bar("kanban4", str(n), f"addr = {n}") for n in range(8, 10)),
        _port("英文条屏", folder / "line5"),
        _bar("alpha", "10", 'addr = "0A"'),
        _port("讯鹏看板", folder / "line6"),
        _bar("sunpn_3a", "11", ""),
    ]
    return "# Made by the model of bars for a demonstration.\n\n" + "\n".join(parts)


def _port(name: str, path: Path) -> str:
    return f'[[port]]\nname = "{name}"\naddress = "{path}"\n'


def _bar(profile: str, counter: str, params: str) -> str:
    return _device("led", profile, counter, params)


def _device(role: str, profile: str, counter: str, params: str) -> str:
    values = f"params = {{ {params} }}\n" if params else ""
    return (
        f'[[port.device]]\nrole = "{role}"\nprofile = "{profile}"\ncounter = "{counter}"\n{values}'
    )
