"""`hall-kiosk setup` and `hall-display setup`: the host part of a box from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from server.kit.hosting import (
    OWN,
    SESSIONS,
    SetupError,
    carry_out,
    differences,
    lacking,
    plan_of,
    take_away,
    write_files,
)

NAMES = {"server": "服务器", "kiosk": "取号机", "display": "大屏主机"}

_ENROL = (
    "先登记：sudo -u hall-{0} hall-{0} enrol --config /etc/hallqueue/{0}.toml --token 登记码；"
    "再启动：systemctl start hall-{0} hall-browser，或者重新开机。"
)
_NEXT = {
    "server": "改好 /etc/hallqueue/server.toml，再启动：systemctl start hall-server",
    "kiosk": _ENROL.format("kiosk"),
    "display": _ENROL.format("display"),
}


def add_setup(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
) -> argparse.ArgumentParser:
    """Add the command `setup` and return its parser, for the caller's `set_defaults`."""
    found = commands.add_parser(
        "setup", parents=[common], help="装好本机：服务、浏览器、策略、看门狗 set up this machine"
    )
    found.add_argument("--dry-run", action="store_true", help="只说要做什么 say what would be done")
    found.add_argument("--root", help="把文件写到这个目录，不动本机 write into a folder instead")
    found.add_argument("--yes", action="store_true", help="不再问 do not ask")
    found.add_argument("--remove", action="store_true", help="撤掉 setup 写的文件和服务 undo")
    found.add_argument("--session", choices=tuple(SESSIONS), default="cage", help="显示网页的程序")
    found.add_argument(
        "--prefix", default=sys.prefix, help="命令所在目录的上一级，默认是正在用的 Python 环境"
    )
    return found


def set_up(role: str, *, server_url: str, port: int, arguments: argparse.Namespace) -> int:
    """Do what the command says; return the exit status: 0 done, 1 not done, and why.

    A machine is changed only by somebody who named its server and said yes: on an office computer
    the policies would lock every browser.
    """
    try:
        plan = plan_of(
            role,
            server_url=server_url,
            port=port,
            session=arguments.session,
            prefix=arguments.prefix,
        )
        if arguments.root:
            root = Path(arguments.root)
            if arguments.dry_run:
                print("\n".join(differences(plan, root)))
            else:
                write_files(plan, root, print)
            print("没有动本机。装到真机上还要做：")
            _print_rest(plan.packages, plan.commands)
        elif arguments.dry_run:
            print("\n".join(differences(plan, Path("/"))))
            print("还会做：")
            _print_rest(tuple(lacking(plan.packages)), plan.commands)
        elif arguments.remove:
            _agreed(arguments, f"把 setup 写的文件和服务从本机撤掉；{OWN} 里的设置留着。")
            take_away(plan, print)
            print("撤掉了。软件包和用户没有动。")
        else:
            _require_server(arguments)
            if role != "server":
                print("装好以后，这台机器的 Chromium 只能打开大厅自己的网页，开机直接进大厅。")
            _agreed(arguments, f"把这台机器装成{NAMES[role]}。先看要做什么用 --dry-run。")
            carry_out(plan, print)
            print(f"装好了。{_NEXT[role]}")
    except SetupError as error:
        print(f"hall-{role} setup: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"hall-{role} setup: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _require_server(arguments: argparse.Namespace) -> None:
    named = (getattr(arguments, n, None) for n in ("config", "server_url", "public_url"))
    if not any(named):
        raise SetupError("请写明服务器：--server http://服务器地址:8100，或 --config 设置文件")


def _agreed(arguments: argparse.Namespace, words: str) -> None:
    print(words)
    if arguments.yes:
        return
    if not sys.stdin.isatty():
        raise SetupError("没有人可以问；确定的话加 --yes")
    if input("继续？输入 y 再按回车: ").strip().lower() not in {"y", "yes"}:
        raise SetupError("没有动本机")


def _print_rest(packages: tuple[str, ...], commands: tuple[tuple[str, ...], ...]) -> None:
    if packages:
        print(f"  apt-get install --no-install-recommends {' '.join(packages)}")
    for command in commands:
        print(f"  {' '.join(command)}")
