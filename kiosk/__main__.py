"""`hall-kiosk`: run the kiosk, enrol it, ask how it is."""

from gevent import monkey

monkey.patch_all()

import argparse
import getpass
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

import gevent
import structlog
import urllib3

from kiosk import asked
from kiosk.app import TEND_S, Kiosk
from kiosk.config import ConfigError, KioskConfig, load
from kiosk.idcard.opening import open_reader
from kiosk.idcard.reader import CardReader
from kiosk.journal import Journal, JournalBusy
from kiosk.language import LanguageError, faults_of
from kiosk.language import load as load_languages
from kiosk.outside import NoPrinter
from kiosk.pages import pages
from kiosk.printing import command as printer_tools
from kiosk.printing.layout import hall_layout
from kiosk.printing.printer import Printer
from kiosk.staff import CodeError, require_code, write_code
from server.kit.agent import LOOPBACK, Agent
from server.kit.asks import RESTART_STATUS, Asks
from server.kit.change import Change
from server.kit.clock import clock_from
from server.kit.contract.reasons import Refused
from server.kit.contract.views import Catalogue
from server.kit.hosting_command import add_setup, set_up
from server.kit.http import Unreachable
from server.kit.link import HallLink
from server.kit.logs import configure
from server.kit.serial.profiles import PortConfig, load_printer
from server.kit.voice.render import Voice

TICK_S = 1.0

log = structlog.get_logger("hall.kiosk")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    arguments = _parser().parse_args(argv)
    configure()
    try:
        config = load(
            Path(arguments.config) if arguments.config else None, os.environ, _flags(arguments)
        )
    except ConfigError as error:
        return _fail(str(error), 2)
    command: Callable[[KioskConfig, argparse.Namespace], int] = arguments.command
    return command(config, arguments)


def run(config: KioskConfig, arguments: argparse.Namespace) -> int:
    """Serve the page until SIGTERM, or until staff ask for a restart from afar (status 75)."""
    try:
        link = _link(config)
        languages = load_languages(config.languages_dir)
        journal = Journal(Path(config.state_dir) / "journal")
        suspect = any(r.step == "sending" for r in journal.open_records)
        printer = _printer(config, suspect=suspect, hall=lambda: link.catalogue)
        card_reader = _card_reader(config)
    except (OSError, ValueError, JournalBusy, LanguageError) as error:
        return _fail(str(error), 1)
    voice = _voice(config)
    agent = Agent("kiosk", "kiosk")
    kiosk = Kiosk(
        config=config,
        link=link,
        journal=journal,
        printer=printer,
        monotonic=time.monotonic,
        now=clock_from(os.environ).now,
        languages=languages,
        voice=voice,
        card_reader=card_reader,
        spawn=gevent.spawn,
        broadcast=agent.broadcast,
    )
    agent.app.register_blueprint(pages(kiosk))
    agent.report(lambda: kiosk.health)

    status = 0

    def leave() -> None:
        nonlocal status
        status = RESTART_STATUS
        agent.stop()

    deeds = asked.deeds(kiosk, monotonic=time.monotonic, sleep=gevent.sleep)
    asks = Asks(link, deeds, spawn=gevent.spawn, leave=leave)

    def heard(change: Change) -> None:
        kiosk.on_events(change.events, fresh=change.fresh)
        asks.heard(change.events, fresh=change.fresh)

    def ready() -> None:
        if isinstance(printer, Printer):
            printer.start()
        link.start(heard)
        if card_reader is not None:
            card_reader.start(kiosk.cards.heard)
        gevent.spawn(kiosk.taker.recover)
        if voice is not None:
            gevent.spawn(voice.prepare)
        gevent.spawn(_repeat, kiosk.tick, TICK_S)
        gevent.spawn(_repeat, kiosk.taker.tend, TEND_S)
        gevent.spawn(_repeat, asks.tend, TEND_S)
        print(f"hall-kiosk: http://{config.host}:{agent.port}/", flush=True)

    try:
        agent.run(config.host, config.port, exposed=config.host not in LOOPBACK, ready=ready)
    except (OSError, ValueError) as error:
        return _fail(f"{config.host}:{config.port}: {error}", 1)
    finally:
        link.stop()
        if card_reader is not None:
            card_reader.stop()
        if isinstance(printer, Printer):
            printer.stop()
        kiosk.equipment.roll.keep()
    return status


def enrol(config: KioskConfig, arguments: argparse.Namespace) -> int:
    """Exchange a one-time token for this kiosk's own."""
    try:
        link = _link(config)
        link.enrol(arguments.token, arguments.name)
    except Refused as refused:
        return _fail(refused.zh, 1)
    except Unreachable as problem:
        return _fail(f"连不上服务器 {config.server_url}: {problem}", 1)
    except OSError as error:
        return _fail(str(error), 1)
    print(f"已登记: {arguments.name}, 分区 {link.zone or '全厅'}, 设备 {link.device}")
    return 0


def status(config: KioskConfig, arguments: argparse.Namespace) -> int:
    """Ask the running kiosk how it is; the exit status is 0 when it can give and print numbers."""
    url = f"http://{config.host}:{config.port}/healthz"
    try:
        answer = urllib3.request("GET", url, timeout=3.0, retries=False)
    except urllib3.exceptions.HTTPError:
        return _fail(f"{url} 没有应答，取号机程序没有运行。", 1)
    health = answer.json()
    print(json.dumps(health, ensure_ascii=False, indent=2))
    return 0 if health.get("link") == "live" and not health.get("faults") else 1


def exit_code(config: KioskConfig, arguments: argparse.Namespace) -> int:
    """Set the staff code, typed twice or given on standard input."""
    try:
        if sys.stdin.isatty():
            code = getpass.getpass("工作人员口令: ")
            require_code(code)
            if getpass.getpass("再输入一次: ") != code:
                return _fail("两次输入不一样，没有改动。", 1)
        else:
            code = sys.stdin.readline().strip()
        write_code(config.code_file, code)
    except CodeError as error:
        return _fail(str(error), 1)
    except OSError as error:
        return _fail(f"{config.code_file}: {error}", 1)
    print(f"口令已设置。依次点屏幕左上、右上、右下、左下四角可以进入。文件: {config.code_file}")
    return 0


def setup(config: KioskConfig, arguments: argparse.Namespace) -> int:
    """Make this machine a kiosk box."""
    return set_up("kiosk", server_url=config.server_url, port=config.port, arguments=arguments)


def language_check(config: KioskConfig, arguments: argparse.Namespace) -> int:
    """Say what is wrong with a language file; 0 when nothing is."""
    try:
        faults = faults_of(Path(arguments.file))
    except LanguageError as error:
        return _fail(str(error), 2)
    for fault in faults:
        print(fault)
    print(f"{arguments.file}: {f'{len(faults)} 处要看一看' if faults else '没有问题'}")
    return 1 if faults else 0


def _voice(config: KioskConfig) -> Voice | None:
    if not config.sound:
        return None
    folders = [Path(config.voices_dir)] if config.voices_dir else []
    return Voice.open(Path(config.state_dir), folders)


def _repeat(work: Callable[[], None], every_s: float) -> None:
    while True:
        try:
            work()
        except Exception:
            # A broad except: a fault of one round must not end what keeps the kiosk true.
            log.exception("round failed", work=getattr(work, "__name__", ""))
        gevent.sleep(every_s)


def _printer(
    config: KioskConfig, *, suspect: bool, hall: Callable[[], Catalogue | None]
) -> Printer | NoPrinter:
    if not config.printer.port:
        return NoPrinter()
    p = config.printer
    port = PortConfig(address=p.port, baud=p.baud, flow=p.flow)
    return Printer(
        port,
        load_printer(config.printer.profile),
        suspect=suspect,
        compose=lambda slip, columns: hall_layout(slip, columns, hall()),
    )


def _card_reader(config: KioskConfig) -> CardReader | None:
    if not config.reader.profile:
        return None
    return open_reader(
        config.reader.profile,
        config.reader.address,
        now=clock_from(os.environ).now,
        monotonic=time.monotonic,
        spawn=gevent.spawn,
    )


def _link(config: KioskConfig) -> HallLink:
    return HallLink(
        server_url=config.server_url,
        state_dir=Path(config.state_dir),
        kind="kiosk",
        software=metadata.version("hallqueue"),
        now=clock_from(os.environ).now,
    )


def _fail(words: str, code: int) -> int:
    print(f"hall-kiosk: {words}", file=sys.stderr)
    return code


def _flags(arguments: argparse.Namespace) -> dict[str, object]:
    found: dict[str, object] = {
        name: getattr(arguments, name, None)
        for name in KioskConfig.__struct_fields__
        if name not in {"printer", "reader", "sound", "close_command"}
    }
    found["printer.port"] = getattr(arguments, "printer_port", None)
    found["printer.profile"] = getattr(arguments, "printer_profile", None)
    found["reader.profile"] = getattr(arguments, "reader_profile", None)
    found["reader.address"] = getattr(arguments, "reader_address", None)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hall-kiosk", description="取号机 kiosk")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", help="TOML file with the settings")
    common.add_argument("--server-url", "--server", help="address of the server")
    common.add_argument("--state-dir", help="folder for token, journal, board and catalogue")
    common.add_argument("--host", help="address the page is served on")
    common.add_argument("--port", type=int, help="port of the page, 0 = a free one")
    commands = parser.add_subparsers(required=True)
    runs = commands.add_parser("run", parents=[common], help="serve the page")
    runs.add_argument("--printer-port", help="device name of the printer")
    runs.add_argument("--printer-profile", help="name of its profile, e.g. generic_58_gbk")
    runs.add_argument("--reader-profile", help="profile of the card reader, e.g. http_service")
    runs.add_argument("--reader-address", help="its device or its service on this box")
    runs.add_argument(
        "--own-zone-only", action="store_true", default=None, help="offer only its own zone"
    )
    runs.set_defaults(command=run)
    enrols = commands.add_parser("enrol", parents=[common], help="make this kiosk known")
    enrols.add_argument("--token", required=True, help="one-time token from the server")
    enrols.add_argument("--name", default="取号机", help="name for staff, e.g. 一楼取号机")
    enrols.set_defaults(command=enrol)
    sets = commands.add_parser("exit-code", parents=[common], help="set the staff code")
    sets.set_defaults(command=exit_code)
    printer_tools.add_to(commands)
    add_setup(commands, common).set_defaults(command=setup)
    language = commands.add_parser("language", help="a county's own language file")
    checks = language.add_subparsers(required=True).add_parser(
        "check", parents=[common], help="say what a language file lacks"
    )
    checks.add_argument("file", help="the TOML file")
    checks.set_defaults(command=language_check)
    asks = commands.add_parser("status", parents=[common], help="ask a running kiosk how it is")
    asks.set_defaults(command=status)
    return parser


if __name__ == "__main__":
    sys.exit(main())
