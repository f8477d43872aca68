"""What staff can do at the machine itself: look how it is, open the page anew, leave the page."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from kiosk.staff import Attempts, code_set, is_code

CLOSE_S = 10.0
"""A command that closes the browser has this long."""
NO_COMMAND_ZH = "没有设置退出命令（close_command）：请接上键盘按 Alt+F4，或断开远程管理。"
FAILED_ZH = "退出命令没有成功，请看日志。"
CLOSED_ZH = "正在关闭页面…"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffView:
    """What the two staff pages show."""

    set: bool
    """Whether there is a code at all."""
    locked_s: int
    """Seconds for which no code is tried."""
    facts: tuple[tuple[str, str], ...]
    """How the machine is, name and value."""
    said: str
    """What became of the last wish."""

    @property
    def locked_min(self) -> int:
        """The same in minutes, rounded up."""
        return -(-self.locked_s // 60)


class Machine:
    """The kiosk as its staff have it.

    Args:
        code_file: where the hash of the code is kept.
        close_command: ends the browser; empty = none.
        facts: how the machine is now.
    """

    def __init__(
        self,
        *,
        code_file: Path,
        close_command: Sequence[str],
        facts: Callable[[], tuple[tuple[str, str], ...]],
    ) -> None:
        self._code_file = code_file
        self._command = tuple(close_command)
        self._facts = facts
        self._attempts = Attempts()
        self._said = ""

    def view(self, now: float) -> StaffView:
        """Return what the staff pages show."""
        return StaffView(
            set=code_set(self._code_file),
            locked_s=self._attempts.locked_s(now),
            facts=self._facts(),
            said=self._said,
        )

    def try_code(self, code: str, now: float) -> bool:
        """Return whether *code* is the right one; while locked nothing is looked at."""
        if self._attempts.locked_s(now):
            return False
        right = is_code(self._code_file, code)
        self._attempts = self._attempts.after(right=right, now=now)
        self._said = ""
        log.warning("staff.code", right=right, locked_s=self._attempts.locked_s(now))
        return right

    def say(self, words: str) -> None:
        """Show on the staff page what became of a wish."""
        self._said = words

    def close_browser(self) -> None:
        """Run the command that ends the browser; what became of it stands on the staff page."""
        if not self._command:
            self._said = NO_COMMAND_ZH
            return
        log.warning("browser.close", command=self._command[0])
        try:
            done = subprocess.run(
                self._command, capture_output=True, timeout=CLOSE_S, check=False, text=True
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            log.warning("browser.close_failed", reason=str(error))
            self._said = FAILED_ZH
            return
        if done.returncode:
            log.warning("browser.close_failed", status=done.returncode, said=done.stderr[-500:])
        self._said = FAILED_ZH if done.returncode else CLOSED_ZH


_LINK = {"live": "正常", "unknown_device": "没有登记或已停用", "upgrade_needed": "程序需要升级"}


def facts_of(health: Mapping[str, object], *, printer: bool) -> tuple[tuple[str, str], ...]:
    """Return how the machine is, in staff's words, from what `/healthz` says."""
    faults = health.get("faults")
    listed = [str(f) for f in faults] if isinstance(faults, list) else []
    paper = "、".join(FAULTS_ZH.get(f, f) for f in listed) or "正常"
    left_mm = health.get("paper_left_mm")
    roll = left_mm if isinstance(left_mm, int) else -1
    return (
        ("服务器", _LINK.get(str(health.get("link")), "连不上")),
        (
            "打印机",
            (paper + ("，纸快用完" if health.get("near_end") else "")) if printer else "没有设置",
        ),
        *((("纸卷", f"估计还剩 {roll / 1000:.1f} 米"),) if printer and roll >= 0 else ()),
        ("没送到的打印结果", f"{health.get('undelivered', 0)}"),
        ("朗读", "可以" if health.get("can_speak") else "没有语音或没有喇叭"),
    )


FAULTS_ZH = {
    "paper_out": "缺纸",
    "cover_open": "盖没有关好",
    "cutter": "切纸刀故障",
    "jam": "卡纸",
    "offline": "没有就绪",
    "silent": "没有回应",
    "no_port": "没有连接",
}
"""Faults of the printer in staff's words."""
