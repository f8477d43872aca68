"""`python -m kiosk.printing.model`: a thermal printer on a pseudo terminal, with its tray page.

    python -m kiosk.printing.model --link run/printer --http 127.0.0.1:8103 --tray run/tray
    python -m kiosk.printing.model --profile star_line …

Prints one JSON line when it is ready: `{"link": …, "http": …, "tray": …}`. SIGTERM switches it
off: half-printed paper stays in the tray as a stub.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.printing.model.cable import Cable
from kiosk.printing.model.charset import Charset
from kiosk.printing.model.machine import Machine
from kiosk.printing.model.makes import MAKES
from kiosk.printing.model.pages import create_app
from kiosk.printing.model.tray import Tray
from server.kit.modelling import open_at, serve

BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m kiosk.printing.model", description="热敏打印机模型和它的纸盘"
    )
    parser.add_argument("--link", type=Path, required=True, help="串口的路径，指向伪终端")
    parser.add_argument("--http", default="127.0.0.1:8103", help="纸盘网页的地址 HOST:PORT")
    parser.add_argument("--tray", type=Path, required=True, help="存放小票的目录")
    parser.add_argument("--paper", type=int, choices=(80, 58), default=None, help="纸宽，毫米")
    parser.add_argument("--baud", type=int, choices=BAUDS, default=115200, help="波特率")
    parser.add_argument(
        "--profile", choices=sorted(MAKES), default=None, help="哪一种打印机，用打印机配置的名称"
    )
    parser.add_argument(
        "--dialect", choices=("epson", "generic"), default="epson", help="没有 --profile 时用"
    )
    parser.add_argument("--charset", type=Charset, choices=list(Charset), default=None)
    parser.add_argument("--speed", type=float, default=None, help="打印速度，毫米每秒")
    parser.add_argument("--fast", action="store_true", help="不花时间：给测试用")
    parser.add_argument("--tz", type=ZoneInfo, default=ZoneInfo("Asia/Shanghai"), help="时区")
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Runs until SIGTERM or SIGINT."""
    args = arguments(argv)
    try:
        sock = open_at(args.http)
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", "") or "要写成 HOST:PORT"
        print(f"纸盘网页的地址 {args.http} 用不了：{words}", file=sys.stderr)
        return 2
    tray = Tray(args.tray)
    make = MAKES[args.profile or args.dialect]
    paper_mm = args.paper or make.paper_mm
    machine = Machine(
        paper_mm=paper_mm,
        keeper=tray,
        now=lambda: datetime.now(UTC),
        make=make,
        charset=args.charset,
        speed_mm_s=args.speed,
    )
    cable = Cable(machine, link=args.link, baud=args.baud, fast=args.fast)
    title = f"{paper_mm} 毫米 · {args.baud} 波特 · {args.link.name}"
    app = create_app(cable, tray, title=title, tz=args.tz)
    ready = {"link": str(args.link), "tray": str(args.tray)}
    serve(app, sock, ready=ready, begin=cable.start, end=cable.stop)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
