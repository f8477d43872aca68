"""`hall-server`: run the server and look after it from the command line."""

import sys

if "run" in sys.argv[1:2]:  # must happen before anything opens a socket or a lock
    from gevent import monkey

    monkey.patch_all()

import argparse
import json
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from server import console
from server.config import ConfigError, ServerConfig, load
from server.console import Open
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import ORIENTATIONS, ROLES
from server.kit.hosting_command import add_setup, set_up
from server.kit.settings import unread

if TYPE_CHECKING:
    from server.store.seed_parts import Seed

T = TypeVar("T")
FLAGS = ("data_dir", "database_url", "host", "port", "public_url", "hall", "clock_file")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it was done, 1 when refused, 2 for wrong words."""
    parser = _parser()
    args = parser.parse_args(argv)
    try:
        flags = {name: getattr(args, name, None) for name in FLAGS}
        flags |= {n: True for n in ("demo", "behind_proxy") if getattr(args, n, False)}
        config, origin = load(args.config, flags)
        act: Callable[[ServerConfig, dict[str, str], argparse.Namespace], int] = args.act
        return act(config, origin, args)
    except Refused as refused:
        print(f"{refused.zh} ({refused})", file=sys.stderr)
    except ConfigError as error:
        print(f"hall-server: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hall-server", description="政务服务大厅排队系统：服务器")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", help="TOML file with a [server] table")
    common.add_argument("--data-dir", help="folder of the SQLite file and the secret key")
    common.add_argument("--database-url", help="postgresql+psycopg://… instead of SQLite")
    common.add_argument("--hall", help="code of the hall, when the database holds several")
    common.add_argument("--clock-file", help="file with an offset in seconds, for rehearsals")
    common.add_argument("--public-url", help="address that phones reach, e.g. https://hall.example")
    top = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        where: "argparse._SubParsersAction[argparse.ArgumentParser]",
        name: str,
        act: Callable[[ServerConfig, dict[str, str], argparse.Namespace], int],
        words: str,
    ) -> argparse.ArgumentParser:
        one = where.add_parser(name, help=words, description=words, parents=[common])
        one.set_defaults(act=act)
        return one

    def group(name: str, words: str) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
        found = top.add_parser(name, help=words)
        return found.add_subparsers(required=True, metavar="COMMAND")

    add_setup(top, common).set_defaults(act=_setup)
    run = add(top, "run", _run, "启动服务器 run the server")
    run.add_argument("--host")
    run.add_argument("--port", type=int)
    run.add_argument("--demo", action="store_true", help="demonstration: loopback is accepted")
    run.add_argument("--behind-proxy", action="store_true", help="nginx or Caddy stands before it")
    db = group("db", "数据库 database")
    add(db, "upgrade", _upgrade, "升级数据库结构 bring the schema up to date")
    sample = add(top, "sample", _sample, "装入示例大厅 load a sample hall")
    sample.add_argument("name", choices=("2026", "2007"))
    seed = add(top, "load", _load, "装入大厅资料 load a hall from your own seed file")
    seed.add_argument("file")
    rules = add(top, "rule", _rule, "修改大厅规则 set a rule of the hall")
    rules.add_argument("rule", help="KEY=VALUE, e.g. min_calls=2 or always_open=true")
    day = group("day", "营业日 business day")
    add(day, "open", _day, "开始 open").set_defaults(what="open")
    add(day, "stop", _day, "停止取号 stop giving numbers").set_defaults(what="stop")
    close = add(day, "close", _day, "结束 close")
    close.set_defaults(what="close")
    close.add_argument("--reason", default="")
    device = group("device", "设备 devices")
    enrol = add(device, "enrol", console.enrol, "生成一次性登记码 print a one-time token")
    enrol.add_argument("--kind", required=True, choices=("kiosk", "display", "pad"))
    enrol.add_argument("--zone", default="")
    add(device, "list", console.devices, "列出设备 list")
    revoke = add(device, "revoke", console.revoke, "停用设备 make a device's token worthless")
    revoke.add_argument("uid")
    assign = add(device, "assign", console.assign, "指定屏幕用途 tell a screen what it is")
    assign.add_argument("uid")
    assign.add_argument("--role", choices=ROLES, help="what it shows; else unchanged")
    assign.add_argument("--counter", help="code of the counter of a --role counter")
    assign.add_argument("--regions", help="regions of a board, with commas between them")
    assign.add_argument("--orientation", choices=ORIENTATIONS)
    assign.add_argument("--pads", help="codes of the counters whose call pads hang on this box")
    assign.add_argument("--no-voice", action="store_true", help="it has no loudspeaker")
    person = group("person", "人员 people")
    new = add(person, "add", console.add_person, "新增人员 add")
    new.add_argument("login")
    new.add_argument("--label", required=True, help="工号, shown on screens")
    new.add_argument("--role", action="append", required=True, help="ROLE or ROLE:DEPARTMENT")
    new.add_argument("--password-stdin", action="store_true")
    new.add_argument("--keep-password", action="store_true", help="no change at first sign-in")
    many = add(person, "load", console.load_people, "批量新增人员 add people from a JSON file")
    many.add_argument("file", help='[{"login","label","roles":["clerk"],"password"}]; - = input')
    many.add_argument("--keep-password", action="store_true", help="no change at first sign-in")
    reset = add(person, "reset", console.reset_person, "重设密码 set a one-time password")
    reset.add_argument("login")
    reset.add_argument("--password-stdin", action="store_true")
    show = group("config", "配置 configuration")
    add(show, "show", _show_config, "显示生效的配置 print the effective values and their origin")
    verify = group("log", "日志 the hall's log")
    add(verify, "verify", _verify, "校验日志未被改动 prove that the log was not altered")
    contract = add(top, "contract", _contract, "接口说明 print the contract's reference")
    contract.add_argument("--dts", action="store_true", help="as TypeScript declarations")
    return parser


def _setup(config: ServerConfig, _: dict[str, str], args: argparse.Namespace) -> int:
    return set_up(
        "server",
        server_url=config.public_url or "http://127.0.0.1:8100",
        port=config.port,
        arguments=args,
    )


def _run(config: ServerConfig, _: dict[str, str], __: argparse.Namespace) -> int:
    import gevent
    import sqlalchemy as sa
    from gevent.event import Event

    from server.app import build
    from server.kit.sockets import listen, room_for_many
    from server.logs import set_up
    from server.place import alone, database
    from server.store import migrate

    set_up(config.log_level)
    room_for_many()
    with alone(config):
        db = database(config)
        try:
            migrate.upgrade(db)
        except sa.exc.DatabaseError as error:
            raise ConfigError(f"数据库打不开 the database cannot be used: {error.orig}") from error
        finally:
            db.close()
        server = build(config)
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            gevent.signal_handler(number, stop.set)
        try:
            sock = listen(config.host, config.port)
        except OSError as error:
            where = f"{config.host}:{config.port}"
            raise ConfigError(f"地址 {where} 用不了 cannot listen: {error.strerror}") from error
        print(f"hall-server: {config.host}:{config.port} {server.hall}", flush=True)
        server.run(stop, sock)
    return 0


def _upgrade(config: ServerConfig, _: dict[str, str], __: argparse.Namespace) -> int:
    from server.place import database
    from server.store import migrate

    db = database(config)
    migrate.upgrade(db)
    print("数据库结构已是最新。")
    return 0


def _sample(config: ServerConfig, _: dict[str, str], args: argparse.Namespace) -> int:
    from server.store import seed

    return _insert(config, seed.sample(args.name))


def _load(config: ServerConfig, _: dict[str, str], args: argparse.Namespace) -> int:
    from server.store import seed

    try:
        text = Path(args.file).read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(unread(args.file, error)) from error
    return _insert(config, seed.parse(text))


def _insert(config: ServerConfig, found: "Seed") -> int:
    from server.actions import catalogue
    from server.domain.moments import moment
    from server.place import database
    from server.store import migrate, seed
    from server.store.engine import DirectRunner, new_uid
    from server.store.work import Actor

    db = database(config)
    migrate.upgrade(db)
    with db.engine().begin() as connection:
        seed.insert(connection, found, now=moment(db.clock()), new_uid=new_uid)
    DirectRunner(db).run(
        found.hall.code,
        Actor("job", "seed"),
        lambda w: catalogue.settle(w, public_url=config.public_url),
    )
    print(f"已装入 {found.hall.name}（{found.hall.code}）。")
    return 0


def _rule(config: ServerConfig, _: dict[str, str], args: argparse.Namespace) -> int:
    from server.actions import catalogue

    key, _equals, text = args.rule.partition("=")
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    Open(config).run(lambda w: catalogue.set_rules(w, **{key: value}))
    print(f"{key} = {value}")
    return 0


def _day(config: ServerConfig, _: dict[str, str], args: argparse.Namespace) -> int:
    from server.actions import days

    hall = Open(config)
    match args.what:
        case "open":
            hall.run(days.open_day)
        case "stop":
            hall.run(days.stop_issuing)
        case _:
            hall.run(lambda w: days.close_day(w, reason=args.reason))
    print(hall.db.read(hall.hall, lambda r: f"{r.hall.date} {r.hall.day_state}"))
    return 0


def _show_config(config: ServerConfig, origin: dict[str, str], _: argparse.Namespace) -> int:
    for name, value in msgspec.structs.asdict(config).items():
        shown = _without_password(value) if name == "database_url" and value else value
        print(f"{name} = {shown!r}  # {origin[name]}")
    return 0


def _without_password(url: str) -> str:
    import sqlalchemy as sa

    return sa.make_url(url).render_as_string(hide_password=True)


def _verify(config: ServerConfig, _: dict[str, str], __: argparse.Namespace) -> int:
    from server.reads import log

    hall = Open(config)
    faults = hall.db.read(hall.hall, log.faults)
    for fault in faults:
        print(fault)
    seq = hall.db.read(hall.hall, log.last_seq)
    print("日志完整。" if not faults else "日志有改动！", f"共 {seq} 条。")
    return 1 if faults else 0


def _contract(_: ServerConfig, __: dict[str, str], args: argparse.Namespace) -> int:
    from server.kit.contract import reference

    print(reference.typescript() if args.dts else reference.markdown(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
