"""A PostgreSQL cluster of our own for one test session: made, used and removed.

It listens on a Unix socket only, so it meets no other cluster of the machine. fsync stays on: what
the tests prove about durability must be true. A missing PostgreSQL fails the tests that need it.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from tests.support.ports import wait_until

PORT = 54329
"""Only a part of the socket's file name; nothing listens on TCP."""

OWNER = "hall"
"""The database superuser of the cluster."""


def find_binaries() -> Path:
    """Return the folder that holds `initdb` and `postgres`: on PATH, else Debian's newest version.

    Raises:
        RuntimeError: there is none; the words say what to install.
    """
    on_path = shutil.which("initdb")
    if on_path and Path(on_path).resolve().with_name("postgres").exists():
        return Path(on_path).resolve().parent
    found = sorted(
        (p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda p: [int(n) for n in p.parent.name.split(".") if n.isdigit()],
    )
    if found:
        return found[-1]
    msg = (
        "these tests need PostgreSQL's server: `apt-get install postgresql` (or put initdb on PATH)"
    )
    raise RuntimeError(msg)


def _unprivileged() -> str | None:
    """Return the user to run the cluster as, None for ourselves; PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    msg = "PostgreSQL does not run as root and there is no user postgres or nobody"
    raise RuntimeError(msg)


def _die_with_parent() -> None:
    """Ask Linux to stop the cluster at once when the test process is killed."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGQUIT)


class Cluster:
    """A running temporary cluster. Use it through `running()` or the session fixture `postgres`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = itertools.count(1)
        self._templates: set[str] = set()

    def url(self, database: str) -> str:
        """Return SQLAlchemy's address of *database*."""
        return (
            f"postgresql+psycopg://{OWNER}@/{database}?host={quote(str(self._folder))}&port={PORT}"
        )

    def conninfo(self, database: str) -> str:
        """Return libpq's address of *database*, for psycopg and psql."""
        return f"host={self._folder} port={PORT} user={OWNER} dbname={database}"

    def execute(self, statement: sql.Composed | sql.SQL) -> None:
        """Run one statement outside any transaction, as CREATE DATABASE needs it."""
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as c:
            c.execute(statement)

    def fresh_database(
        self, *, template: str = "", prepare: Callable[[str], None] | None = None
    ) -> str:
        """Return the address of a new database nobody else uses.

        With *template* the database is a copy of one that *prepare* filled once (say, by the
        migrations): a copy takes a tenth of the time. *prepare* gets the template's address and
        must have closed its connections when it returns.
        """
        source = "template1"
        if template:
            source = f"made_{template}"
            if template not in self._templates:
                self._create(source, "template1")
                if prepare is not None:
                    prepare(self.url(source))
                self._templates.add(template)
        name = f"test_{os.getpid()}_{next(self._count)}"
        self._create(name, source)
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove the database of *url*, throwing out whoever still uses it."""
        name = url.partition("@/")[2].partition("?")[0]
        self.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def _create(self, name: str, source: str) -> None:
        self.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(source)
            )
        )


@contextlib.contextmanager
def running() -> Iterator[Cluster]:
    """Make a cluster in a new folder, run it, and leave nothing behind."""
    binaries = find_binaries()
    user = _unprivileged()
    # A Unix socket's path may have 107 bytes, so the folder is short and not below TMPDIR.
    folder = Path(tempfile.mkdtemp(prefix="hq-pg-", dir="/tmp"))
    as_user: dict[str, Any] = {"cwd": folder, "stdin": subprocess.DEVNULL}
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_user |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data, log = folder / "data", folder / "log"
    server: subprocess.Popen[bytes] | None = None
    try:
        made = subprocess.run(
            [binaries / "initdb", "-D", data, "-U", OWNER, "--auth=trust", "--encoding=UTF8",
             "--locale=C", "--no-sync"],
            capture_output=True, text=True, check=False, **as_user,
        )  # fmt: skip
        if made.returncode != 0:
            msg = f"initdb failed:\n{made.stdout}{made.stderr}"
            raise RuntimeError(msg)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "port": str(PORT),
            "max_connections": "100",
            "shared_buffers": "32MB",
            "fsync": "on",
        }
        with log.open("wb") as out:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data,
                 *(a for k, v in settings.items() for a in ("-c", f"{k}={v}"))],
                stdout=out, stderr=subprocess.STDOUT, preexec_fn=_die_with_parent,
                start_new_session=True, **as_user,
            )  # fmt: skip
        cluster = Cluster(folder)
        wait_until(lambda: _answers(cluster, server, log), "PostgreSQL to start", deadline_s=60)
        yield cluster
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(cluster: Cluster, server: subprocess.Popen[bytes], log: Path) -> bool:
    if server.poll() is not None:
        msg = f"PostgreSQL ended with {server.returncode}:\n{log.read_text(errors='replace')}"
        raise AssertionError(msg)
    try:
        psycopg.connect(cluster.conninfo("postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
