"""`python -m display.led.model`: LED bars and call pads on pseudo terminals, with their page.

    python -m display.led.model --demo .hall/bars --http 127.0.0.1:8108
    hall-display run … --devices-file .hall/bars/devices.toml

`--demo FOLDER` writes a site's file with bars of all kinds into FOLDER; `--site FILE` takes one that
is there, and each of its ports must be a path where a link may be made. Prints one JSON line when it
is ready: `{"http": …, "site": …}`. SIGTERM ends it.
"""

import argparse
import sys
from pathlib import Path

from display.callpads.model import Ff68Line
from display.hung import HungLine, hung_lines
from display.led.model.bars import Bar, bar_of
from display.led.model.line import Line, OnLine
from display.led.model.pages import Wall, create_app
from display.led.model.sample import write_sample
from server.kit.modelling import open_at, serve


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m display.led.model", description="条屏和呼叫器模型"
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--site", type=Path, help="现场文件，端口必须是可以建链接的路径")
    what.add_argument("--demo", type=Path, help="在这个目录写一个现场文件并照它来")
    parser.add_argument("--http", default="127.0.0.1:8108", help="网页的地址 HOST:PORT")
    parser.add_argument("--fast", action="store_true", help="不花线路时间：给测试用")
    return parser.parse_args(argv)


def hang(wall: Wall, line: HungLine, *, fast: bool) -> Line:
    """Hang what *line* describes on *wall* and return its pty."""
    bars: list[Bar] = []
    places: dict[str, tuple[str, int]] = {}
    for seed, hung in enumerate(line.devices):
        if hung.device.role == "led":
            bars.append(bar_of(hung, seed))
            continue
        default = hung.profile.params["addr"].default
        address = hung.device.params.get("addr", default)
        if hung.device.role == "pad" and isinstance(address, int):
            places[hung.key] = (hung.name, address)
    pads = Ff68Line([address for _, address in places.values()]) if places else None
    devices: list[OnLine] = [*bars, *([pads] if pads is not None else [])]
    wall.lines.append((line.port.name, line.link.baud, bars, pads, places))
    path = Path(line.port.address)
    return Line(path, devices, baud=line.link.baud, changed=wall.changed, fast=fast)


def main(argv: list[str] | None = None) -> int:
    """Runs until SIGTERM or SIGINT."""
    args = arguments(argv)
    site = args.site if args.site is not None else write_sample(args.demo)
    wall = Wall()
    try:
        lines = [hang(wall, line, fast=args.fast) for line in hung_lines(str(site))]
        sock = open_at(args.http)
    except (ValueError, OSError) as error:
        print(f"条屏模型不能开始：{error}", file=sys.stderr)
        return 2

    def begin() -> None:
        for line in lines:
            line.start()

    def end() -> None:
        for line in lines:
            line.stop()

    serve(create_app(wall), sock, ready={"site": str(site)}, begin=begin, end=end)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
