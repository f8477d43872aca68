"""Starting, measuring and stopping the processes of a benchmark. Loopback only."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
BUILD = HERE / "build"
START_S = 60.0
"""A server that does not answer after this time is broken."""
STOP_S = 5.0
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Failed(Exception):  # noqa: N818  it ends the benchmark with its words
    """A side could not be started or did not do its work, so nothing was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One running server of a comparison."""

    name: str
    port: int
    pid: int


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(
    name: str,
    argv: Sequence[str],
    *,
    port: int,
    env: Mapping[str, str] | None = None,
    cwd: Path = REPOSITORY,
) -> Iterator[Side]:
    """Run *argv* until it listens on *port*, and end its whole process group afterwards.

    Raises:
        Failed: the process ended or did not listen in time; its last words are in the message.
    """
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_it_listens(name, process, port, words)
            yield Side(name=name, port=port, pid=process.pid)
            if process.poll() is not None:
                raise Failed(f"{name} ended while it was measured: {_tail(words)}")
        finally:
            _stop(process)


def python(script: str, *args: str) -> list[str]:
    """Return the command line of a script in this folder."""
    return [sys.executable, str(HERE / script), *args]


def cpu_s(pid: int) -> float:
    """Return the processor seconds that *pid* has used so far, all threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def load(side: Side, *options: str, seconds: float) -> dict[str, Any]:
    """Run the load generator against *side* and return what it printed.

    The answer has `server_cpu_s` added: what the server used from the moment all clients were
    connected. Whatever the load generator said on stderr goes to ours.

    Raises:
        Failed: not all clients could connect, or some were disconnected.
    """
    argv = [str(BUILD / "loadgen"), "--port", str(side.port), "--seconds", str(seconds), *options]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        before = cpu_s(side.pid)
        out, _ = process.communicate(timeout=seconds + 30)
        used = cpu_s(side.pid) - before
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode or not ready:
        raise Failed(f"load on {side.name} failed with {process.returncode}")
    answer: dict[str, Any] = json.loads(out)
    answer["server_cpu_s"] = round(used, 3)
    if answer["gone"]:
        raise Failed(f"{answer['gone']} connections to {side.name} were lost")
    return answer


def _wait_until_it_listens(
    name: str, process: subprocess.Popen[bytes], port: int, words: Any
) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Failed(f"{name} ended with {process.returncode}: {_tail(words)}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise Failed(f"{name} does not listen on {port}: {_tail(words)}")


def _tail(words: Any) -> str:
    words.seek(0)
    return bytes(words.read())[-2000:].decode(errors="replace")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_S)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
