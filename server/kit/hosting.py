"""The host part of a box 主机部分: services, browser session, policies, watchdog, as files in place.

`firmware_configs/host/<part>/` mirrors the file system: what lies there as `etc/udev/rules.d/x` is
written to `/etc/udev/rules.d/x`, with `@NAME@` filled in. A box takes several parts. Files under
`/etc/hallqueue` are the site's own and are never written over; everything else is made anew, so that
setting up twice is setting up once.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

PARTS: Mapping[str, tuple[str, ...]] = {
    "server": ("server",),
    "kiosk": ("all", "kiosk", "screen"),
    "display": ("all", "display", "screen"),
}
"""What runs on a box → its folders in `firmware_configs/host`."""
PACKAGES: Mapping[str, tuple[str, ...]] = {
    "server": (),
    "kiosk": ("chromium", "fonts-noto-cjk", "polkitd"),
    "display": (
        "chromium",
        "fonts-noto-cjk",
        "polkitd",
        "alsa-utils",
        "espeak-ng",
        "gcin-voice",
        "sox",
    ),
}
"""Debian packages; the browser's session comes beside them."""
SESSIONS: Mapping[str, tuple[str, str]] = {
    "cage": ("cage", "/usr/bin/cage -d -- /usr/local/lib/hallqueue/show-page"),
    "weston": ("weston", "/usr/bin/weston --config=/etc/hallqueue/weston.ini"),
}
"""Name of the session → (Debian package, command)."""
OWN = "/etc/hallqueue/"
"""The site's own settings: written once, then kept."""
_BLANK = re.compile(r"@([A-Z]+)@")

State = Literal["new", "changed", "same", "kept"]
STATE_ZH: Mapping[State, str] = {
    "new": "新建",
    "changed": "更新",
    "same": "不变",
    "kept": "保留本机的",
}


class SetupError(Exception):
    """The box cannot be set up; the words say why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFile:
    """A file and where it belongs."""

    target: str
    """Absolute path on the box."""
    text: str
    mode: int = 0o644

    def state(self, root: Path) -> State:
        """Return how it stands under *root*."""
        there = self.at(root)
        if not there.exists():
            return "new"
        if self.target.startswith(OWN):
            return "kept"
        same = there.read_text(encoding="utf-8", errors="replace") == self.text
        return "same" if same and there.stat().st_mode & 0o777 == self.mode else "changed"

    def at(self, root: Path) -> Path:
        """Return its path under *root*."""
        return root / self.target.lstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPlan:
    """All that setting up a box does, in this order: packages, files, commands."""

    role: str
    packages: tuple[str, ...]
    files: tuple[HostFile, ...]
    commands: tuple[tuple[str, ...], ...]


def plan_of(
    role: str,
    *,
    server_url: str,
    port: int = 8101,
    session: str = "cage",
    prefix: str = sys.prefix,
) -> HostPlan:
    """Return what makes a Debian machine a box of *role* (`server`, `kiosk`, `display`).

    Args:
        role: what runs on it.
        server_url: address of the server; of a server its own address for phones.
        port: port of the box's page.
        session: `cage` or `weston`.
        prefix: folder whose `bin` holds the commands.

    Raises:
        SetupError: a blank of a file that nothing fills, a wrong role or session.
    """
    if role not in PARTS or session not in SESSIONS:
        raise SetupError(f"没有这种安装：{role} {session}")
    package, command = SESSIONS[session]
    values = {
        "PREFIX": prefix,
        "SERVER": server_url,
        "URL": f"http://127.0.0.1:{port}/",
        "ORIGIN": f"127.0.0.1:{port}",
        "SESSION": command,
    }
    has_screen = "screen" in PARTS[role]
    files = [file for part in PARTS[role] for file in _files(part, values)]
    if session != "weston":
        files = [f for f in files if not f.target.endswith("weston.ini")]
    return HostPlan(
        role=role,
        packages=(*PACKAGES[role], package) if has_screen else PACKAGES[role],
        files=tuple(sorted(files, key=lambda f: f.target)),
        commands=tuple(_commands(role, has_screen=has_screen)),
    )


def _commands(role: str, *, has_screen: bool) -> Iterator[tuple[str, ...]]:
    yield ("systemd-sysusers",)
    yield ("chown", f"root:hall-{role}", f"/etc/hallqueue/{role}.toml")
    yield ("chmod", "0640", f"/etc/hallqueue/{role}.toml")
    yield ("systemctl", "daemon-reload")
    if has_screen:
        yield ("udevadm", "control", "--reload")
        yield ("udevadm", "trigger", "--subsystem-match=tty", "--subsystem-match=input")
        yield ("systemctl", "restart", "systemd-modules-load.service")
    yield ("systemctl", "enable", f"hall-{role}.service")
    if has_screen:
        yield ("systemctl", "enable", "hall-browser.service")
        yield ("systemctl", "set-default", "graphical.target")


def _files(part: str, values: Mapping[str, str]) -> Iterator[HostFile]:
    folder = resources.files("firmware_configs") / "host" / part
    for steps, file in _walk(folder, ()):
        text = file.read_text(encoding="utf-8")
        lacking = {name for name in _BLANK.findall(text) if name not in values}
        if lacking:
            raise SetupError(f"host/{part}/{'/'.join(steps)}：{'、'.join(lacking)} 没有值")
        yield HostFile(
            target="/" + "/".join(steps),
            text=_BLANK.sub(lambda match: values[match[1]], text),
            mode=0o755 if text.startswith("#!") else 0o644,
        )


def _walk(
    folder: Traversable, steps: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Traversable]]:
    for one in sorted(folder.iterdir(), key=lambda f: f.name):
        if one.is_dir():
            yield from _walk(one, (*steps, one.name))
        else:
            yield (*steps, one.name), one


def differences(plan: HostPlan, root: Path) -> Iterator[str]:
    """Yield what would change in the files under *root*, as a unified diff with Chinese heads."""
    for file in plan.files:
        state = file.state(root)
        yield f"{STATE_ZH[state]}  {file.target}"
        if state in {"new", "changed"}:
            there = file.at(root)
            was = there.read_text(encoding="utf-8", errors="replace") if there.exists() else ""
            lines = difflib.unified_diff(was.splitlines(), file.text.splitlines(), n=1, lineterm="")
            yield from (
                f"    {line}" for line in lines if not line.startswith(("---", "+++", "@@"))
            )


def write_files(plan: HostPlan, root: Path, say: Callable[[str], None]) -> None:
    """Write the files of *plan* under *root*, each whole or not at all.

    Raises:
        OSError: one could not be written; those before it stand.
    """
    for file in plan.files:
        state = file.state(root)
        say(f"{STATE_ZH[state]}  {file.target}")
        if state not in {"new", "changed"}:
            continue
        there = file.at(root)
        there.parent.mkdir(parents=True, exist_ok=True)
        beside = there.with_name(f".{there.name}.new")
        beside.write_text(file.text, encoding="utf-8")
        beside.chmod(file.mode)
        beside.replace(there)


def lacking(packages: Sequence[str]) -> list[str]:
    """Return those of *packages* that dpkg does not know as installed; all of them without dpkg."""
    if shutil.which("dpkg-query") is None:
        return list(packages)
    found = []
    for name in packages:
        asked = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Status}", name],
            capture_output=True,
            text=True,
            check=False,
        )
        if "install ok installed" not in asked.stdout:
            found.append(name)
    return found


def carry_out(plan: HostPlan, say: Callable[[str], None]) -> None:
    """Set this machine up.

    Raises:
        SetupError: not root, a package or a command failed; what was done before stands, and
            setting up again goes on.
    """
    if os.geteuid() != 0:
        raise SetupError("要用 root 运行：sudo 同一条命令；只想看看用 --dry-run")
    if missing := lacking(plan.packages):
        if shutil.which("apt-get") is None:
            raise SetupError(f"这台机器没有 apt-get，请先装好：{' '.join(missing)}")
        say(f"安装软件包  {' '.join(missing)}")
        _run(("apt-get", "update", "-qq"))
        _run(("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing))
    try:
        write_files(plan, Path("/"), say)
    except OSError as error:
        raise SetupError(f"写不了 {error.filename}：{error.strerror}") from error
    for command in plan.commands:
        say(f"执行  {' '.join(command)}")
        _run(command)


def take_away(plan: HostPlan, say: Callable[[str], None], root: Path = Path("/")) -> None:
    """Undo `carry_out` on this machine, all but packages, users and the site's own settings.

    Raises:
        SetupError: not root, or a command failed.
    """
    if os.geteuid() != 0:
        raise SetupError("要用 root 运行：sudo 同一条命令")
    for command in plan.commands:
        if command[:2] == ("systemctl", "enable") and root == Path("/"):
            subprocess.run(["systemctl", "disable", "--now", command[2]], check=False)
    for file in plan.files:
        there = file.at(root)
        if file.target.startswith(OWN) or not there.exists():
            continue
        say(f"删除  {file.target}")
        there.unlink()
    if root == Path("/"):
        _run(("systemctl", "daemon-reload"))


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    except OSError as error:
        raise SetupError(f"{command[0]}：{error.strerror}") from error
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise SetupError(f"{' '.join(command)}：{words[-1] if words else '没有成功'}")
