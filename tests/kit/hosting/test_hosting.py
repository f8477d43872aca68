"""A box is set up by files that systemd, Chromium and udev understand, twice as well as once."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from server.kit.hosting import (
    PARTS,
    HostPlan,
    SetupError,
    carry_out,
    differences,
    plan_of,
    take_away,
    write_files,
)
from server.kit.hosting_command import add_setup, set_up

SERVER = "http://10.20.30.40:8100"
POLICY = "etc/chromium/policies/managed/hallqueue.json"
ROLES = tuple(PARTS)


def plan(role: str, **changes: object) -> HostPlan:
    return plan_of(role, server_url=SERVER, **{"port": 8101, **changes})  # type: ignore[arg-type]


def written(role: str, root: Path, **changes: object) -> list[str]:
    said: list[str] = []
    write_files(plan(role, **changes), root, said.append)
    return said


@pytest.mark.parametrize("session", ["cage", "weston"])
@pytest.mark.parametrize("role", ROLES)
def test_systemd_finds_nothing_wrong_with_the_units(
    role: str, session: str, tmp_path: Path
) -> None:
    """Only that the browser's session is not installed here may be said."""
    written(role, tmp_path, session=session, prefix=str(Path(sys.prefix)))
    units = sorted((tmp_path / "etc/systemd/system").glob("*.service"))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, units)],
        capture_output=True,
        text=True,
        check=False,
    )

    absent = re.compile(r"Command /usr/bin/(cage|weston) is not executable")
    assert units
    assert [line for line in done.stderr.splitlines() if not absent.search(line)] == []


@pytest.mark.parametrize("role", ROLES)
def test_a_service_is_exposed_no_more_than_it_must_be(role: str, tmp_path: Path) -> None:
    """`systemd-analyze security`, 0 best to 10; below 2 for each of the three processes."""
    written(role, tmp_path)
    unit = tmp_path / f"etc/systemd/system/hall-{role}.service"

    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-400:]


@pytest.fixture
def web() -> Iterator[tuple[str, str]]:
    """Two origins on loopback that answer."""

    class Ok(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    servers = [HTTPServer(("127.0.0.1", 0), Ok) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield tuple(f"http://127.0.0.1:{s.server_port}/" for s in servers)  # type: ignore[misc]
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_browser_of_a_box_opens_its_own_page_and_nothing_else(
    web: tuple[str, str], tmp_path: Path
) -> None:
    """A real Chromium under the policies, and every policy is one that it knows.

    The one that forbids developer tools is lifted for this test, because they drive the browser.
    """
    own, other = web
    written("kiosk", tmp_path, port=int(own.rstrip("/").rpartition(":")[2]))
    policies = json.loads((tmp_path / POLICY).read_text())
    assert policies.pop("DeveloperToolsAvailability") == 2
    (tmp_path / POLICY).write_text(json.dumps({**policies, "DeveloperToolsAvailability": 1}))

    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c",
         f'mkdir -p /etc/chromium && mount --bind "{tmp_path}/etc/chromium" /etc/chromium && exec "$@"',
         "sh", sys.executable, "-m", "tests.kit.hosting.watched_browser", own, other],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)

    assert said["own"] == 200
    assert said["other"] == said["file"] == "ERR_BLOCKED_BY_ADMINISTRATOR"
    assert set(policies) <= set(said["policies"])
    assert {n: s for n, s in said["policies"].items() if n in policies and "OK" not in s} == {}


@pytest.mark.parametrize("role", ROLES)
def test_setting_up_twice_changes_nothing(role: str, tmp_path: Path) -> None:
    first = written(role, tmp_path)
    second = written(role, tmp_path)

    assert all(line.startswith("新建") for line in first)
    assert all(line.startswith(("不变", "保留本机的")) for line in second)


def test_the_sites_own_settings_are_kept(tmp_path: Path) -> None:
    written("kiosk", tmp_path)
    own = tmp_path / "etc/hallqueue/kiosk.toml"
    own.write_text("port = 9000\n")
    unit = tmp_path / "etc/systemd/system/hall-kiosk.service"
    unit.write_text("[Unit]\n")

    said = written("kiosk", tmp_path)

    assert own.read_text() == "port = 9000\n"
    assert "ExecStart=" in unit.read_text()
    assert "更新  /etc/systemd/system/hall-kiosk.service" in said


def test_what_would_change_is_said_line_by_line(tmp_path: Path) -> None:
    written("kiosk", tmp_path)
    unit = tmp_path / "etc/systemd/system/hall-kiosk.service"
    unit.write_text(unit.read_text().replace("WatchdogSec=30", "WatchdogSec=3"))

    said = list(differences(plan("kiosk"), tmp_path))

    assert "更新  /etc/systemd/system/hall-kiosk.service" in said
    assert [line.strip() for line in said if "WatchdogSec" in line] == [
        "-WatchdogSec=3",
        "+WatchdogSec=30",
    ]


@pytest.mark.parametrize("role", ROLES)
def test_no_blank_is_left_in_any_file(role: str) -> None:
    texts = "\n".join(file.text for file in plan(role).files)

    assert re.findall(r"@[A-Z]+@", texts) == []
    assert SERVER in texts


def test_programs_can_be_run_and_settings_cannot(tmp_path: Path) -> None:
    written("kiosk", tmp_path)

    assert os.access(tmp_path / "usr/local/lib/hallqueue/show-page", os.X_OK)
    assert not os.access(tmp_path / "etc/hallqueue/kiosk.toml", os.X_OK)


@pytest.mark.parametrize(("role", "session"), [("fridge", "cage"), ("kiosk", "gnome")])
def test_what_nobody_knows_is_refused(role: str, session: str) -> None:
    with pytest.raises(SetupError, match="没有这种安装"):
        plan(role, session=session)


@pytest.mark.parametrize("role", ROLES)
def test_the_command_says_what_it_would_do_and_does_nothing(role: str, tmp_path: Path) -> None:
    address = "--public-url" if role == "server" else "--server"
    command = [sys.executable, "-m", role, "setup", address, SERVER, "--root", str(tmp_path)]

    said = subprocess.run([*command, "--dry-run"], capture_output=True, text=True, check=True)

    assert f"新建  /etc/systemd/system/hall-{role}.service" in said.stdout
    assert f"systemctl enable hall-{role}.service" in said.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--server", SERVER), "没有人可以问；确定的话加 --yes"),
        (("--yes",), "请写明服务器"),
        (("--remove",), "没有人可以问；确定的话加 --yes"),
    ],
    ids=["unasked", "no server", "remove"],
)
def test_a_machine_is_not_changed_unasked(
    words: tuple[str, ...],
    why: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Tried as nobody, so that a fault here changes no machine."""
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    parser = argparse.ArgumentParser()
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config")
    common.add_argument("--server", dest="server_url")
    add_setup(parser.add_subparsers(), common)

    with Path(os.devnull).open() as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        arguments = parser.parse_args(["setup", *words])
        status = set_up("kiosk", server_url=SERVER, port=8101, arguments=arguments)

    assert status == 1
    assert why in capsys.readouterr().err


def test_what_was_set_up_is_taken_away_but_for_the_settings(tmp_path: Path) -> None:
    written("kiosk", tmp_path)
    (tmp_path / "etc/other").write_text("not ours")

    if os.geteuid() == 0:
        take_away(plan("kiosk"), lambda _: None, tmp_path)
        left = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())
        assert left == ["etc/hallqueue/kiosk.toml", "etc/other"]
    else:
        with pytest.raises(SetupError, match="root"):
            take_away(plan("kiosk"), lambda _: None, tmp_path)


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "etc").write_text("in the way")

    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "setup", "--server", SERVER, "--root", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("hall-kiosk setup: ")
    assert "Traceback" not in done.stderr


def test_only_root_may_set_up_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried as nobody, whoever runs the tests."""
    monkeypatch.setattr(os, "geteuid", lambda: 65534)

    with pytest.raises(SetupError, match="要用 root 运行"):
        carry_out(plan("kiosk"), print)
