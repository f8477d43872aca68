"""Configuration of the server: TOML, then `HALL_*` environment, then flags; loud on mistakes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from server.kit.settings import ConfigError, read_toml, unread, wrong

__all__ = ["ConfigError", "ServerConfig", "load", "require_public_url"]


class ServerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything the server can be told. Rules of the hall are data in the database, not here."""

    data_dir: str = ".hall/server"
    """Folder for the SQLite file, its lock, the secret key and nothing else; made with mode 0700."""
    database_url: str = ""
    """`postgresql+psycopg://…`; empty = SQLite in `data_dir`."""
    host: str = "127.0.0.1"
    """Address to listen on; kiosks and screens elsewhere need the hall network's address."""
    port: int = 8100
    public_url: str = ""
    """Address that phones reach, carried by the ticket's QR code; without trailing slash."""
    hall: str = ""
    """Code of the hall; empty = the only one in the database."""
    demo: bool = False
    """True for a demonstration: a loopback `public_url` is accepted."""
    behind_proxy: bool = False
    """True when nginx or Caddy stands before it: `X-Forwarded-*` is believed, cookies are Secure."""
    clock_file: str = ""
    """File with an offset in seconds for rehearsals and tests; empty = the true time."""
    log_level: str = "info"
    """`debug`, `info`, `warning` or `error`."""

    @property
    def url(self) -> str:
        """Database address as SQLAlchemy writes it."""
        return self.database_url or f"sqlite:///{Path(self.data_dir).resolve() / 'hall.db'}"


def load(
    file: str | None, flags: Mapping[str, object], environ: Mapping[str, str] = os.environ
) -> tuple[ServerConfig, dict[str, str]]:
    """Return the configuration and, for each field, where its value came from.

    A secret may be given as `HALL_X_FILE`, the path of a file that holds it.

    Raises:
        ConfigError: unknown key, wrong type, unreadable file, or a `public_url` that phones
            cannot reach in a real installation.
    """
    values: dict[str, object] = {}
    text = ""
    origin = dict.fromkeys(ServerConfig.__struct_fields__, "default")
    if file is not None:
        text, whole = read_toml(Path(file))
        found = whole.get("server", {})
        if not isinstance(found, dict):
            raise ConfigError(f"{file}：server 应是一节，写成 [server]")
        text = text.replace("[server]", "", 1)  # its keys stand at the top here, on their lines
        values.update(found)
        origin.update(dict.fromkeys(found, file))
    for name in ServerConfig.__struct_fields__:
        variable = f"HALL_{name.upper()}"
        if variable in environ:
            values[name], origin[name] = environ[variable], variable
        elif f"{variable}_FILE" in environ:
            secret = Path(environ[f"{variable}_FILE"])
            try:
                values[name] = secret.read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ConfigError(f"环境变量 {variable}_FILE：{unread(secret, error)}") from error
            origin[name] = f"{variable}_FILE"
    given = {k: v for k, v in flags.items() if v is not None}
    values.update(given)
    origin.update({k: f"--{k.replace('_', '-')}" for k in given})
    try:
        config = msgspec.convert(values, ServerConfig, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(
            wrong(error, ServerConfig, values, origin, file=file or "", text=text)
        ) from error
    return (config, origin)


def require_public_url(config: ServerConfig) -> None:
    """Refuse to serve a real hall with an address in the QR code that no phone can reach.

    Raises:
        ConfigError: no `public_url`, not http(s), or a loopback one outside the demonstration.
    """
    parts = urlsplit(config.public_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError("public_url 应是手机能打开的地址，写成 http(s)://主机")
    if config.public_url.endswith("/"):
        raise ConfigError("public_url 末尾不要写斜杠")
    loopback = parts.hostname in {"localhost", "::1"} or parts.hostname.startswith("127.")
    if loopback and not config.demo:
        raise ConfigError(
            f"public_url {config.public_url} is this machine only: no phone reaches it"
        )
