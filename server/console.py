"""Commands of `hall-server` about devices and people."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from server.config import ConfigError, ServerConfig
from server.kit.contract.reasons import Refused

if TYPE_CHECKING:
    from server.store.work import Work

T = TypeVar("T")


class Open:
    """The database and a runner for one command line."""

    def __init__(self, config: ServerConfig) -> None:
        from server.place import database, the_hall
        from server.store import migrate
        from server.store.engine import DirectRunner

        self.db = database(config)
        if not migrate.is_current(self.db):
            raise ConfigError("the database has another schema: run `hall-server db upgrade`")
        self.hall = the_hall(self.db, config)
        self._runner = DirectRunner(self.db)

    def run(self, fn: Callable[[Work], T]) -> T:
        """Run a command as the command line."""
        from server.store.work import Actor

        return self._runner.run(self.hall, Actor("job", "command line"), fn)


def enrol(config: ServerConfig, _: dict[str, str], args: argparse.Namespace) -> int:
    """Print a one-time token for a new device."""
    from server.actions import devices

    hall = Open(config)
    print(hall.run(lambda w: devices.create_enrolment(w, kind=args.kind, zone=args.zone)))
    return 0


def devices(config: ServerConfig, _: dict[str, str], __: argparse.Namespace) -> int:
    """List the enrolled devices: uid, kind, zone, name."""
    from server.store import devices

    hall = Open(config)
    for device in hall.db.read(hall.hall, devices.every):
        print(f"{device.uid}\t{device.kind}\t{device.zone or '-'}\t{device.name}")
    return 0


def revoke(config: ServerConfig, _: dict[str, str], args: argparse.Namespace) -> int:
    """Make a device's token worthless."""
    from server.actions import devices

    device = Open(config).run(lambda w: devices.revoke(w, args.uid))
    print(f"已停用 {device.name}。")
    return 0


def assign(config: ServerConfig, _: dict[str, str], args: argparse.Namespace) -> int:
    """Tell a screen what it is; what is not named stays as it was."""
    from server.actions import screens
    from server.store import devices

    def change(w: Work) -> str:
        device = devices.by_uid(w, args.uid)
        if device is None or device.revoked:
            raise Refused("not_found", what=f"设备 {args.uid}")
        changes: dict[str, object] = {
            name: value
            for name in ("role", "counter", "orientation")
            if (value := getattr(args, name)) is not None
        }
        if args.regions is not None:
            changes["regions"] = tuple(r for r in args.regions.split(",") if r)
        if args.pads is not None:
            changes["pads"] = tuple(c for c in args.pads.split(",") if c)
        if args.no_voice:
            changes["voice"] = False
        layout = msgspec.structs.replace(device.layout, **changes)
        screens.set_up(
            w, device, name=device.name, zone=device.zone, layout=layout, expected=device.version
        )
        return device.name

    print(f"已设置 {Open(config).run(change)}。")
    return 0


def _password(args: argparse.Namespace) -> tuple[str, bool]:
    """Return the password, and whether it was made here and has to be shown."""
    if args.password_stdin:
        return (sys.stdin.readline().rstrip("\n"), False)
    if sys.stdin.isatty():
        typed = getpass.getpass("密码（留空则随机生成）：")
        if typed:
            return (typed, False)
    return (f"Hq-{secrets.token_urlsafe(9)}", True)


def add_person(config: ServerConfig, _: dict[str, str], args: argparse.Namespace) -> int:
    """Add one person."""
    import argon2

    from server.actions import people
    from server.domain.people import check_password

    password, made = _password(args)
    check_password(password, login=args.login)
    hashed = argon2.PasswordHasher().hash(password)
    roles = [(a, b) for a, _, b in (r.partition(":") for r in args.role)]
    Open(config).run(
        lambda w: people.add_person(
            w,
            login=args.login,
            label=args.label,
            password_hash=hashed,
            roles=roles,
            must_change=not args.keep_password,
        )
    )
    print(f"已新增 {args.login}。" + (f"初始密码：{password}" if made else ""))
    return 0


class _NewPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One person in the file of `person load`."""

    login: str
    label: str
    roles: tuple[str, ...]
    password: str


def load_people(config: ServerConfig, _: dict[str, str], args: argparse.Namespace) -> int:
    """Add people from a JSON file, all or none."""
    import argon2

    from server.actions import people
    from server.domain.people import check_password

    raw = sys.stdin.read() if args.file == "-" else Path(args.file).read_text(encoding="utf-8")
    try:
        found = msgspec.json.decode(raw, type=list[_NewPerson])
    except msgspec.DecodeError as error:
        raise Refused("malformed", problem=str(error)) from error
    hashed = []
    for one in found:
        check_password(one.password, login=one.login)
        hashed.append(argon2.PasswordHasher().hash(one.password))

    def add_all(w: Work) -> None:
        for one, password_hash in zip(found, hashed, strict=True):
            people.add_person(
                w,
                login=one.login,
                label=one.label,
                password_hash=password_hash,
                roles=[(a, b) for a, _, b in (r.partition(":") for r in one.roles)],
                must_change=not args.keep_password,
            )

    Open(config).run(add_all)
    print(f"已新增 {len(found)} 人。")
    return 0


def reset_person(config: ServerConfig, _: dict[str, str], args: argparse.Namespace) -> int:
    """Give a person a one-time password."""
    import argon2

    from server.actions import people

    password, made = _password(args)
    hashed = argon2.PasswordHasher().hash(password)
    Open(config).run(lambda w: people.reset_password(w, args.login, new_hash=hashed))
    print(f"已重设 {args.login} 的密码。" + (f"一次性密码：{password}" if made else ""))
    return 0
