"""`hall-demo`: a whole hall on one machine, as the processes of a real one.

It starts the printer model, the server, a kiosk and a display with the sample hall, prints their
addresses and the clerks' passwords, and ends them together. It imports none of them: what it does
a county's technician could type. State is kept in `.hall/` between runs; `--fresh` begins anew.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kiosk import busy
from kiosk.processes import DemoError, Process, Processes

CLERKS = 17
"""One for each counter of the sample hall."""

PAGES = {
    "server": "窗口与管理",
    "kiosk": "取号机",
    "display": "综合屏",
    "tray": "打印机纸盘",
    "disclosures": "五公开公示屏",
    "guide": "导览屏",
    "window": "3号窗口屏",
    "bars": "条屏与呼叫器",
    "reader": "读卡器",
}

PRINTER = "epson_tm_cn"
"""Profile of the printer, and of the model that stands for it."""
PRINTER_BAUD = "38400"
"""Speed the model is set to, that of the profile: the tray complains of any other."""
SCREENS = {
    "display": ("--role", "board", "--regions", "queues,disclosures,promotion,notices"),
    "disclosures": ("--role", "disclosures", "--no-voice"),
    "guide": ("--role", "guide", "--no-voice"),
    "window": ("--role", "counter", "--counter", "3", "--no-voice"),
}
"""Displays, each a process of its own as on a wall, and what it is told to be."""
ONE = ("server", "kiosk", "display", "tray")
"""What `--one-screen` leaves."""
PADS = "1,2,3"
"""Counters whose call pads hang on the box of the lobby screen, as the model of bars has them."""


@dataclass(kw_only=True)
class Hall:
    """Where everything of the demonstration is."""

    root: Path
    host: str
    ports: dict[str, int]
    processes: Processes = field(default_factory=Processes)

    def url(self, part: str) -> str:
        """Return the address of a part's page, as this machine reaches it."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", ""} else self.host
        return f"http://{host}:{self.ports[part]}"

    @property
    def data(self) -> Path:
        """Folder of the server."""
        return self.root / "server"

    @property
    def people_file(self) -> Path:
        """The demonstration's people and their random passwords; never committed."""
        return self.root / "people.json"

    @property
    def printer(self) -> Path:
        """The serial port of the printer model."""
        return self.root / "printer"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demonstration until it is interrupted; 0 when it ended in order."""
    args = _parser().parse_args(argv)
    hall = Hall(
        root=Path(args.dir).resolve(),
        host=args.host,
        ports={p: getattr(args, f"{p}_port") for p in PAGES if p in ONE or not args.one_screen},
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _run(hall, args)
    except DemoError as error:
        print(f"hall-demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    finally:
        hall.processes.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hall-demo", description="一台电脑上的整个大厅 a whole hall on one machine"
    )
    environ = os.environ
    parser.add_argument("--dir", default=environ.get("HALL_DEMO_DIR", ".hall"), help="状态目录")
    parser.add_argument("--fresh", action="store_true", help="清空后重新开始 begin anew")
    parser.add_argument("--sample", default="2026", choices=("2026", "2007"), help="示例大厅")
    parser.add_argument("--host", default=environ.get("HALL_DEMO_HOST", "127.0.0.1"))
    for number, part in enumerate(PAGES):
        default = int(environ.get(f"HALL_DEMO_{part.upper()}_PORT", str(8100 + number)))
        parser.add_argument(f"--{part}-port", type=int, default=default)
    parser.add_argument(
        "--one-screen",
        action="store_true",
        help="只开综合屏，不开其他屏幕、条屏和读卡器 the lobby screen only",
    )
    parser.add_argument(
        "--public-url", default="", help="手机能访问的地址；默认为本机 address for phones"
    )
    parser.add_argument(
        "--real-hours", action="store_true", help="按大厅自己的开放时间 keep the hall's own hours"
    )
    parser.add_argument(
        "--busy", action="store_true", help="模拟群众和窗口 play citizens and clerks"
    )
    parser.add_argument("--speed", type=float, default=10.0, help="--busy 的速度，1 = 真实速度")
    return parser


def _run(hall: Hall, args: argparse.Namespace) -> None:
    _require_free(hall)
    if args.fresh and hall.root.exists():
        if not (hall.root / "server").exists() and any(hall.root.iterdir()):
            raise DemoError(f"{hall.root} 不像演示目录，没有清空；请换一个 --dir")
        shutil.rmtree(hall.root)
    hall.root.mkdir(parents=True, exist_ok=True)
    public_url = args.public_url or hall.url("server")
    _prepare(hall, args.sample, public_url, real_hours=args.real_hours)
    people = json.loads(hall.people_file.read_text(encoding="utf-8"))
    _start_models(hall)
    _start(
        hall,
        "server",
        [
            *_python("server", "run", "--data-dir", str(hall.data), "--host", hall.host),
            *("--port", str(hall.ports["server"]), "--public-url", public_url, "--demo"),
        ],
        ready="/readyz",
    )
    screens = [part for part in SCREENS if part in hall.ports]
    _enrol(hall, "kiosk", "kiosk", "一楼取号机")
    for screen in screens:
        _enrol(hall, "display", screen, PAGES[screen])
    _start(hall, "kiosk", _python("kiosk", "run"), environ=_environ(hall, "kiosk"))
    for screen in screens:
        _start(hall, screen, _python("display", "run"), environ=_environ(hall, screen))
    _announce(hall, people)
    if args.busy:
        counters = {p["login"]: p["counter"] for p in people if p["counter"]}
        passwords = {p["login"]: p["password"] for p in people}
        day = busy.Day(
            kiosk=hall.url("kiosk"),
            server=hall.url("server"),
            counters=counters,
            passwords=passwords,
            speed=args.speed,
        )
        day.start()
        print(f"模拟一天：速度 ×{args.speed:g}，按 Ctrl-C 结束。", flush=True)
    hall.processes.watch()


def _python(package: str, *args: str) -> list[str]:
    return [sys.executable, "-m", package, *args]


def _require_free(hall: Hall) -> None:
    for part, port in hall.ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((hall.host, port))
            except OSError as error:
                raise DemoError(
                    f"{PAGES[part]}的端口 {port} 用不了（{error.strerror}）；"
                    f"请关掉占用它的程序，或用 --{part}-port 换一个"
                ) from error


def _prepare(hall: Hall, sample: str, public_url: str, *, real_hours: bool) -> None:
    """Load the sample hall and its people once; set whether its hours count every time."""
    mark = hall.root / "sample"
    data = ["--data-dir", str(hall.data)]
    if not mark.exists():
        if hall.data.exists():
            shutil.rmtree(hall.data)  # a start that was cut off before the mark was made
        print(f"正在装入示例大厅 {sample} …", flush=True)
        _command("sample", sample, *data, "--public-url", public_url)
        _people(hall, data)
        mark.write_text(sample, encoding="utf-8")
    elif mark.read_text(encoding="utf-8") != sample:
        raise DemoError(
            f"{hall.root} 里是示例 {mark.read_text(encoding='utf-8')}；加 --fresh 换成 {sample}"
        )
    _command("db", "upgrade", *data)
    _command("rule", f"always_open={'false' if real_hours else 'true'}", *data)


def _people(hall: Hall, data: list[str]) -> None:
    people = [
        {"login": f"c{n:02d}", "label": f"{n:02d}号", "role": "clerk", "counter": str(n)}
        for n in range(1, CLERKS + 1)
    ]
    people.append({"login": "guide", "label": "导办", "role": "guide", "counter": ""})
    people.append({"login": "manager", "label": "值班", "role": "manager", "counter": ""})
    people.append({"login": "admin", "label": "系统", "role": "admin", "counter": ""})
    for person in people:
        person["password"] = new_password()
    listed = [
        {"login": p["login"], "label": p["label"], "roles": [p["role"]], "password": p["password"]}
        for p in people
    ]
    _command("person", "load", "-", "--keep-password", *data, typed=json.dumps(listed))
    descriptor = os.open(hall.people_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(people, file, ensure_ascii=False, indent=1)


def new_password() -> str:
    """Return a random password: digits only after the word, so that no login stands in it."""
    return f"Demo-{secrets.randbelow(10**9):09d}"


def _command(*args: str, typed: str = "") -> str:
    """Run one `hall-server` command and return what it printed."""
    done = subprocess.run(
        _python("server", *args), input=typed, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise DemoError(f"hall-server {args[0]}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _enrol(hall: Hall, kind: str, part: str, name: str) -> None:
    state = hall.root / part / "device.json"
    if state.exists():
        return
    data = ["--data-dir", str(hall.data)]
    token = _command("device", "enrol", "--kind", kind, *data).strip()
    done = subprocess.run(
        _python(kind, "enrol", "--token", token, "--name", name),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **_environ(hall, part)},
    )
    if done.returncode != 0:
        raise DemoError(f"hall-{kind} enrol: {done.stderr.strip() or done.stdout.strip()}")
    if part in SCREENS:
        uid = json.loads(state.read_text(encoding="utf-8"))["device"]
        pads = ("--pads", PADS) if part == "display" else ()
        _command("device", "assign", uid, *SCREENS[part], *pads, *data)


def _environ(hall: Hall, part: str) -> dict[str, str]:
    """Return the environment of the kiosk, or of one of the displays."""
    kind = "KIOSK" if part == "kiosk" else "DISPLAY"
    found = {
        f"HALL_{kind}_SERVER_URL": hall.url("server"),
        f"HALL_{kind}_STATE_DIR": str(hall.root / part),
        f"HALL_{kind}_HOST": hall.host,
        f"HALL_{kind}_PORT": str(hall.ports[part]),
    }
    if part == "kiosk":
        found |= {
            "HALL_KIOSK_PRINTER_PORT": str(hall.printer),
            "HALL_KIOSK_PRINTER_PROFILE": PRINTER,
        }
        if "reader" in hall.ports:
            found |= {
                "HALL_KIOSK_READER_PROFILE": "http_service",
                "HALL_KIOSK_READER_ADDRESS": hall.url("reader"),
            }
    if part == "display" and "bars" in hall.ports:
        found["HALL_DISPLAY_DEVICES_FILE"] = str(hall.root / "bars" / "devices.toml")
    return found


def _start_models(hall: Hall) -> None:
    """Start what stands for hardware: each a device on a pseudo terminal or an address."""
    models = {
        "tray": ("kiosk.printing.model", "--link", str(hall.printer), "--tray",
                 str(hall.root / "tray"), "--profile", PRINTER, "--baud", PRINTER_BAUD),
        "bars": ("display.led.model", "--demo", str(hall.root / "bars")),
        "reader": ("kiosk.idcard.model",),
    }  # fmt: skip
    for part, (module, *args) in models.items():
        if part in hall.ports:
            address = f"{hall.host}:{hall.ports[part]}"
            _start(hall, part, _python(module, "--http", address, *args))


def _start(
    hall: Hall,
    part: str,
    command: Sequence[str],
    *,
    ready: str = "/",
    environ: Mapping[str, str] | None = None,
) -> None:
    """Start a part and wait until its page answers."""
    hall.processes.start(
        Process(
            name=PAGES[part],
            command=tuple(command),
            environ={**os.environ, **(environ or {})},
            log=hall.root / f"{part}.log",
            page=hall.url(part) + ready,
        )
    )


def _announce(hall: Hall, people: list[dict[str, str]]) -> None:
    print("\n大厅已经开门：\n")
    for part in ("kiosk", *SCREENS, "bars", "server", "tray", "reader"):
        if part in hall.ports:
            print(f"  {PAGES[part]:　<6} {hall.url(part)}/")
    print("\n在取号机上点一项业务，小票出现在纸盘里；到窗口登录，按 F1 叫号，看综合屏。\n")
    print("演示账号（密码随机，存于 " + str(hall.people_file) + "）：")
    for person in people:
        where = f"{person['counter']}号窗口" if person["counter"] else person["label"]
        print(f"  {person['login']:<8} {person['password']}   {where}")
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
