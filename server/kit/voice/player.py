"""Play a WAV on the box's own sound card, without a browser: aplay of alsa-utils, one at a time.

An announcement that fails or hangs is ended after its own length and two seconds; the next one is
played all the same.
"""

from __future__ import annotations

import io
import os
import subprocess
import threading
import wave
from collections.abc import Callable
from typing import Final

from server.kit.voice.faults import VoiceFault

PROGRAM: Final = "aplay"
GRACE_S: Final = 2.0
"""How much longer than its sound a playback may take."""


class AlsaPlayer:
    """The sound card. `play` blocks the greenlet that calls it, `stop` is for another one."""

    def __init__(
        self, device: str = "default", *, program: str = PROGRAM, grace_s: float = GRACE_S
    ) -> None:
        """Keep the name of an ALSA *device*, e.g. `default`, `plughw:1,0`, `hdmi`."""
        self._device = device
        self._program = program
        self._grace_s = grace_s
        self._turn = threading.Lock()
        self._playing: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def play(self, content: bytes, started: Callable[[], None] = lambda: None) -> bool:
        """Play a whole WAV; return True when it has ended, False when `stop` ended it.

        Args:
            content: the WAV.
            started: called once, when the device has been opened and sound begins.

        Raises:
            VoiceFault: `sound`: no aplay, no such device, no sound in the file; `timeout`: it was
                still playing two seconds after its end.
        """
        lasts_s = _seconds(content)
        with self._turn:
            self._stopped = False
            process = self._start()
            self._playing = process
            try:
                return self._follow(process, content, lasts_s, started)
            finally:
                self._playing = None
                _end(process)

    def stop(self) -> None:
        """End what is being played now, if anything is."""
        process = self._playing
        if process is not None:
            self._stopped = True
            process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                [self._program, "-D", self._device, "-t", "wav", "-"],
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                env=os.environ | {"LC_ALL": "C"},
            )  # fmt: skip
        except OSError as error:
            raise VoiceFault("sound", f"{self._program}: {error}") from error

    def _follow(
        self,
        process: subprocess.Popen[bytes],
        content: bytes,
        lasts_s: float,
        started: Callable[[], None],
    ) -> bool:
        said: list[bytes] = []

        def listen() -> None:
            # aplay writes "Playing WAVE 'stdin' : …" once the device is open.
            assert process.stderr
            begun = False
            for line in process.stderr:
                said.append(line)
                if not begun and line.startswith(b"Playing"):
                    begun = True
                    started()

        def feed() -> None:
            assert process.stdin
            try:
                process.stdin.write(content)
                process.stdin.close()
            except OSError:
                pass  # It ended first; its exit status says why.

        others = [threading.Thread(target=run, daemon=True) for run in (listen, feed)]
        for other in others:
            other.start()
        try:
            status = process.wait(timeout=lasts_s + self._grace_s)
        except subprocess.TimeoutExpired as error:
            raise VoiceFault("timeout", f"{self._program} {self._device}") from error
        finally:
            _end(process)
            for other in others:
                other.join(self._grace_s)
        if self._stopped:
            return False
        if status:
            words = b"".join(said).decode(errors="replace").strip()[-200:]
            raise VoiceFault("sound", f"{self._device}: {words or status}")
        return True


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()


def _seconds(content: bytes) -> float:
    try:
        with wave.open(io.BytesIO(content)) as file:
            return float(file.getnframes() / file.getframerate())
    except (wave.Error, EOFError) as error:
        raise VoiceFault("sound", "不是 WAV 文件") from error
