"""Where a server's data lies: its database, its lock, the hall in it, and the key of its cookies."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from server.config import ConfigError, ServerConfig
from server.kit.clock import clock_from
from server.store.engine import Database

SHORTEST_KEY = 32
"""Characters of a key that signs cookies; ours have 64."""


def database(config: ServerConfig, environ: Mapping[str, str] = os.environ) -> Database:
    """Return the configured database; its folder is made if need be.

    Raises:
        ConfigError: the folder cannot be made.
    """
    folder = Path(config.data_dir)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"data_dir {folder}: {error}") from error
    shifted = {"HALL_CLOCK_FILE": config.clock_file} if config.clock_file else environ
    clock = clock_from(shifted)
    return Database(config.url, clock=clock.now)


@contextlib.contextmanager
def alone(config: ServerConfig) -> Iterator[None]:
    """Hold the SQLite file's place for one server; command lines beside it are not kept out.

    Two servers on one file would each give numbers correctly, but neither would tell its screens
    at once what the other did. The system drops the lock with the process, however it ends.

    Raises:
        ConfigError: another server holds it.
    """
    folder = Path(config.data_dir)
    if config.database_url or sys.platform == "win32":  # a Windows service starts once by itself
        yield
        return
    import fcntl

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "server.lock").open("a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigError(
                f"已有一个服务器在使用 {folder}，请先停止它，或另设 data_dir。"
                " (another server is using this data_dir)"
            ) from error
        yield


def the_hall(db: Database, config: ServerConfig) -> str:
    """Return the code of the hall to serve.

    Raises:
        ConfigError: none in the database, an unknown one, or several and none named.
    """
    known = db.halls()
    if not known:
        raise ConfigError("no hall yet: run `hall-server sample 2026` or load your own seed")
    if config.hall:
        if config.hall not in known:
            raise ConfigError(f"no hall {config.hall}; there are: {', '.join(known)}")
        return config.hall
    if len(known) > 1:
        raise ConfigError(f"several halls ({', '.join(known)}): name one with --hall")
    return known[0]


def secret_key(folder: Path) -> str:
    """Return the key that signs cookies, made on first use in a file of mode 0600.

    One that a power cut left empty or torn is made anew: without a key nobody could sign in.
    """
    path = folder / "secret.key"
    with contextlib.suppress(FileNotFoundError):
        known = path.read_text(encoding="ascii", errors="replace").strip("\0 \n")
        if len(known) >= SHORTEST_KEY:
            return known
    key = secrets.token_urlsafe(48)
    part = folder / "secret.part"
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return key
