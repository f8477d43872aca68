"""`hall-display`: run the screen, enrol it, ask how it is."""

from gevent import monkey

monkey.patch_all()

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import gevent
import urllib3

from display.app import Display, keep_pulsing
from display.asked import deeds
from display.attached import AttachedDevices
from display.config import ConfigError, DisplayConfig, layout_of, load
from display.hung import hung_lines
from display.led.command import add_to as add_led
from display.media import MediaShelf
from display.pages import TOO_SMALL, legible, painted, routes
from display.screen import Screen
from display.voice.command import add_to as add_voice
from display.voice.speaking import Speaking
from server.kit.agent import LOOPBACK, Agent
from server.kit.asks import RESTART_STATUS, Asks
from server.kit.clock import clock_from
from server.kit.hosting_command import add_setup, set_up
from server.kit.link import Change, HallLink, Refused, Unreachable
from server.kit.settings import unread

TICK_S = 1.0
"""How often the view is looked at: minutes of serving, faces, and the age of the picture move."""
TEND_S = 5.0
"""What could not be told to the server is told again so often."""

log = logging.getLogger("hall.display")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        config = load(
            Path(arguments.config) if arguments.config else None, os.environ, _flags(arguments)
        )
    except ConfigError as error:
        print(f"hall-display: {error}", file=sys.stderr)
        return 2
    command: Callable[[DisplayConfig, argparse.Namespace], int] = arguments.command
    try:
        return command(config, arguments)
    except OSError as error:  # the folder cannot be used
        print(f"hall-display: {unread(error.filename or '文件', error)}", file=sys.stderr)
        return 1


def run(config: DisplayConfig, arguments: argparse.Namespace) -> int:
    """Serve the screen until SIGTERM, or until staff ask for a restart from afar (status 75)."""
    try:
        lines = hung_lines(config.devices_file) if config.devices_file else ()
    except ValueError as error:
        print(f"hall-display: {error}", file=sys.stderr)
        return 2
    clock = clock_from(os.environ)
    link = _link(config)
    agent = Agent("display", "display")
    media = MediaShelf(
        folder=Path(config.state_dir) / "media",
        server_url=config.server_url,
        headers=link.credentials,
    )
    layout = layout_of(config, link.zone)
    display = Display(
        link=link,
        screen=Screen(layout, zone=link.zone, has=media.has),
        now=clock.now,
        broadcast=agent.broadcast,
        media=media,
        layout=layout,
    )
    agent.app.register_blueprint(routes(display))
    agent.on("painted", lambda message: display.painted(painted(message)))
    agent.on("legible", lambda message: display.complain(TOO_SMALL, on=not legible(message)))
    speaking = Speaking(config=config, link=link, display=display, agent=agent)
    attached = AttachedDevices(lines, display=display, link=link)
    agent.report(
        lambda: {**_health(link, display), **speaking.health(), "parts": attached.health()}
    )

    status = 0

    def leave() -> None:
        nonlocal status
        status = RESTART_STATUS
        agent.stop()

    asks = Asks(link, deeds(display, attached.try_out), spawn=gevent.spawn, leave=leave)

    def changed(change: Change) -> None:
        display.changed(change)
        attached.refresh()
        asks.heard(change.events, fresh=change.fresh)

    def ready() -> None:
        link.start(changed)
        if lines:
            attached.start()
        media.start()
        speaking.start()
        gevent.spawn(keep_pulsing, display.pulse, lambda: gevent.sleep(TICK_S))
        gevent.spawn(keep_pulsing, asks.tend, lambda: gevent.sleep(TEND_S))
        print(f"hall-display: http://{config.host}:{agent.port}/", flush=True)

    try:
        agent.run(config.host, config.port, exposed=config.host not in LOOPBACK, ready=ready)
    except OSError as error:
        print(f"hall-display: {config.host}:{config.port}: {error}", file=sys.stderr)
        return 1
    finally:
        link.stop()
        media.stop()
        attached.stop()
    return status


def enrol(config: DisplayConfig, arguments: argparse.Namespace) -> int:
    """Exchange a one-time token for this screen's own."""
    link = _link(config)
    try:
        link.enrol(arguments.token, arguments.name)
    except Refused as refused:
        print(f"hall-display: {refused.zh}", file=sys.stderr)
        return 1
    except Unreachable as problem:
        print(f"hall-display: 连不上服务器 {config.server_url}: {problem}", file=sys.stderr)
        return 1
    print(f"已登记: {arguments.name}, 分区 {link.zone or '全厅'}, 设备 {link.device}")
    return 0


def status(config: DisplayConfig, arguments: argparse.Namespace) -> int:
    """Ask the running screen how it is; the exit status is 0 when it shows the truth."""
    url = f"http://{config.host}:{config.port}/healthz"
    try:
        answer = urllib3.request("GET", url, timeout=3.0, retries=False)
    except urllib3.exceptions.HTTPError:
        print(f"hall-display: {url} 没有应答，屏幕程序没有运行。", file=sys.stderr)
        return 1
    health = answer.json()
    print(json.dumps(health, ensure_ascii=False, indent=2))
    return 0 if health.get("link") == "live" else 1


def setup(config: DisplayConfig, arguments: argparse.Namespace) -> int:
    """Make this machine a display box."""
    return set_up("display", server_url=config.server_url, port=config.port, arguments=arguments)


def _health(link: HallLink, display: Display) -> dict[str, Any]:
    board = display.screen.board
    age = link.beat_age_s()
    return {
        "device_name": link.setup.name if link.setup else "",
        "enrolled": link.enrolled,
        "link": link.status.value,
        "beat_age_s": None if age is None else round(age, 1),
        "seq": board.seq if board else None,
        "content": link.catalogue.digest if link.catalogue else "",
        "role": display.screen.layout.role,
        "zones": list(display.screen.zones),
    }


def _link(config: DisplayConfig) -> HallLink:
    return HallLink(
        server_url=config.server_url,
        state_dir=Path(config.state_dir),
        kind="display",
        software=metadata.version("hallqueue"),
        now=clock_from(os.environ).now,
    )


def _flags(arguments: argparse.Namespace) -> dict[str, object]:
    return {name: getattr(arguments, name, None) for name in DisplayConfig.__struct_fields__}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hall-display", description="综合屏 hall display")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", help="TOML file with the settings")
    common.add_argument("--server-url", "--server", help="address of the server")
    common.add_argument("--state-dir", help="folder for token, board and catalogue")
    common.add_argument("--host", help="address the page is served on")
    common.add_argument("--port", type=int, help="port of the page, 0 = a free one")
    commands = parser.add_subparsers(required=True)
    runs = commands.add_parser("run", parents=[common], help="serve the screen")
    runs.add_argument("--zones", help="codes of the zones, with commas; without: the enrolled one")
    runs.add_argument("--orientation", choices=["auto", "landscape", "portrait"])
    runs.add_argument("--role", choices=["board", "disclosures", "counter", "guide", "leaders"])
    runs.add_argument("--counter", help="code of the counter of a 窗口屏")
    runs.add_argument("--voice-output", choices=["auto", "page", "alsa", "none"])
    runs.add_argument("--rows", type=int, help="calls on one page, the newest included; 0 = auto")
    runs.add_argument("--devices-file", help="what hangs on this box, as a TOML file")
    runs.set_defaults(command=run)
    enrols = commands.add_parser("enrol", parents=[common], help="make this screen known")
    enrols.add_argument("--token", required=True, help="one-time token from the server")
    enrols.add_argument("--name", default="综合屏", help="name for staff, e.g. 一楼大屏")
    enrols.set_defaults(command=enrol)
    asks = commands.add_parser("status", parents=[common], help="ask a running screen how it is")
    asks.set_defaults(command=status)
    add_setup(commands, common).set_defaults(command=setup)
    add_voice(commands, common)
    add_led(commands, common)
    return parser


if __name__ == "__main__":
    sys.exit(main())
