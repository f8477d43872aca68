"""`make torture`: run the long proofs and write docs/reliability.md from what they found.

Figures come only from the run: outcome and length of each test, and the counts that the test itself
wrote. The page is written anew after each proof, so that a run cut short shows what it reached.
Arguments choose tests, as for pytest; with them, or with `HALL_TORTURE_SCALE` other than 1, it is a
trial and writes build/reliability.md instead. `--add` before them puts what was chosen into
docs/reliability.md all the same: its rows replace their older ones, and say when they were run.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reliability.md"
TRIAL = ROOT / "build" / "reliability.md"

Row = tuple[str, str, str, str]
"""Proof, figures, outcome, seconds."""
GOOD = "通过"
LANES = 2
"""Proofs that run side by side: they wait more than they work."""
PYTEST = [sys.executable, "-m", "pytest", "-m", "torture"]

NAMES = {
    "seconds": "秒", "commands": "条命令", "requests": "个请求", "numbers": "个号", "calls": "次呼叫",
    "kills": "次 kill -9", "least_in_flight": "条命令至少在途", "slips": "张小票", "outages": "次断网",
    "slowest_s": "秒内恢复（最慢）", "sites": "处 publish", "red": "处变红", "no_number": "次没有取到号",
    "printed": "次已打印", "failed": "次未打印", "unknown": "次不清楚", "reprint": "次补打",
    "blows": "次故障", "not_whole": "次说已打印而纸不完整", "twice": "个号印了两张", "profiles": "种打印机",
    "lines": "种坏线路",
}  # fmt: skip
"""The figures in words."""


def main(arguments: list[str]) -> int:
    """Run, write the page after each proof, and return 0 when all are green."""
    scale = float(os.environ.get("HALL_TORTURE_SCALE") or 1)
    adds = arguments[:1] == ["--add"]
    arguments = arguments[adds:]
    page = TRIAL if (scale != 1 or arguments) and not adds else PAGE
    page.parent.mkdir(exist_ok=True)
    began = datetime.now(UTC)
    before = PAGE.read_text(encoding="utf-8") if adds else ""
    command = f"HALL_TORTURE_SCALE={scale:g} make torture" if scale != 1 else "make torture"
    command += f' ARGS="--add {" ".join(arguments)}"' if adds else ""
    waiting = collected(arguments)
    rows: dict[str, Row] = {test: (f"`{test}`", "–", "未跑", "–") for test in waiting}
    lock = threading.Lock()

    def lane() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                test = waiting.pop(0)
            row = proof(test)
            with lock:
                rows[test] = row
                found = sorted(rows.values())
                told = (
                    merged(before, found, began=began, command=command)
                    if adds
                    else text(found, began, scale)
                )
                page.write_text(told, encoding="utf-8")
                print(f"{row[2]}  {row[3]:>5} s  {test}  {row[1]}", flush=True)

    lanes = [threading.Thread(target=lane, daemon=True) for _ in range(LANES)]
    for thread in lanes:
        thread.start()
    for thread in lanes:
        thread.join()
    print(page.relative_to(ROOT))
    return 0 if rows and all(row[2] == GOOD for row in rows.values()) else 1


def collected(arguments: list[str]) -> list[str]:
    """Return the long proofs, the longest first."""
    done = subprocess.run(
        [*PYTEST, "--collect-only", "-q", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line for line in done.stdout.splitlines() if "::" in line and " " not in line]
    if not found:
        print(done.stdout + done.stderr)
    return sorted(found, key=lambda test: ("two_hundred" not in test, "random_days" not in test))


def proof(test: str) -> Row:
    """Run one proof by itself; join what pytest says of it with the figures that it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "figures.jsonl"
        began = time.monotonic()
        done = subprocess.run(
            [*PYTEST, "--timeout=0", "-q", test],
            cwd=ROOT,
            env={**os.environ, "HALL_TORTURE_REPORT": str(lines)},
            capture_output=True,
            text=True,
            check=False,
        )
        took = time.monotonic() - began
        written = lines.read_text(encoding="utf-8").splitlines() if lines.exists() else []
    if done.returncode != 0:
        print(done.stdout[-6000:] + done.stderr[-2000:], flush=True)
    found: list[dict[str, object]] = [json.loads(line) for line in written]
    name = "、".join(str(figures.pop("proof")) for figures in found)
    words = "；".join(
        f"{value} {NAMES.get(key, key)}" for f in found for key, value in f.items() if key != "test"
    )
    title = f"{name}<br>`{test}`" if name else f"`{test}`"
    return title, words or "–", GOOD if done.returncode == 0 else "失败", f"{took:.0f}"


def merged(page: str, rows: list[Row], *, began: datetime, command: str) -> str:
    """Return *page* with *rows* in place of their older ones, and a line that says how they came."""
    lines = page.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("|---"))
    end = next(n for n in range(first, len(lines)) if not lines[n].startswith("|"))
    new = {test_of(row[0]): f"| {' | '.join(row)} |" for row in rows if row[2] != "未跑"}
    kept = [line for line in lines[first + 1 : end] if test_of(line) not in new]
    table = [*kept, *(new[test] for test in sorted(new))]
    good = sum(f"| {GOOD} |" in line for line in table)
    head = [
        f"- 结果 outcome：{good}/{len(table)} 通过 passed" if line.startswith("- 结果") else line
        for line in lines[: first + 1]
        if command not in line
    ]
    at = next(n for n, line in enumerate(head) if line.startswith("- 结果"))
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    head.insert(at, f"- 补充 added {began:%Y-%m-%d %H:%M} UTC, `{commit}`：`{command}`")
    return "\n".join([*head, *table, *lines[end:]]) + "\n"


def test_of(words: str) -> str:
    """Return the test that a row names."""
    return words.partition("`")[2].partition("`")[0]


def text(rows: list[Row], began: datetime, scale: float) -> str:
    """Return the page."""
    good = sum(row[2] == GOOD for row in rows)
    trial = (
        ""
        if scale == 1
        else f"\n**试跑，次数缩小到 {scale:g} 倍（a trial, not the full counts）。**\n"
    )
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"""# 可靠性 Reliability

长时间的证明：反复掐断、杀死、锤打，看有没有重号、丢号、错屏。由 `make torture` 写出，不手写；短的同样的证明在 `make test` 里每次都跑。
The long proofs, written by `make torture`; `make test` runs short forms of the same by fixed seeds.
{trial}
- 命令 command：`make torture`
- 日期 date：{began:%Y-%m-%d %H:%M} UTC
- 机器 machine：{machine()}
- 结果 outcome：{good}/{len(rows)} 通过 passed

| 证明 proof | 次数和所见 counts | 结果 | 秒 s |
|---|---|---|---:|
{table}

## 每个证明说什么 What each says

- **hammer**：两台取号机、二十个窗口同时操作，每个请求用同一个幂等键发两次。没有重号、没有跳号、没有一个号在两个窗口；日志链完整。
- **kill -9 server**：取号叫号进行中反复杀死服务器。重启后，每个告诉过人的号恰好存在一次，大屏等于日志。
- **kill -9 kiosk**：在手指和纸之间的随机时刻杀死取号机，打印机模型的纸盘作证。一次触摸至多一个号；报告已打印的恰有一张完整的票，不清楚的至多一张，未打印的一张也没有；补打同样。
- **blows at 20 points of a slip**：每一种打印机配置，打到一张小票的 20 个位置上，依次遇到纸将尽、缺纸、开盖、卡纸、卡切刀、切纸时卡刀、无应答、断电、取号机被杀、断电同时取号机被杀、拔线；一半马上修好，一半三分钟以后才修好。每一次：市民和服务器都知道号；一个号不在两张纸上；说“未打印”的纸上没有；说“已打印”的纸上正好一张完整的；修好以后下一张自己印出来，不挂在残纸上。
- **power lost and kiosk killed**：同样的事，用真的服务器、取号机进程（SIGKILL）和伪终端上的打印机模型。
- **printers on bad lines**：每一种打印机配置的厂家应答，经过一次一字节、丢 20 %、双向丢失、延迟、杂乱字节和全部一起；说“已打印”的都有证明，说“未打印”的都没有送出。
- **display**：大屏的网络被剪断、卡住、复位，期间照常取号叫号。网络恢复后 3 秒内画面等于服务器，旧的呼叫不再闪，期间画面说明自己停在几点；跨过午夜也一样。时间从网络恢复算起，画面在 Chromium 里读。
- **one publish taken out**：把 `server/actions` 的每一处 `publish` 逐一去掉，证明变红。
- **random days**：Hypothesis 的随机一天里，快照加事件等于新快照。

打印机模型接在伪终端上：硬件流控（RTS/CTS、DTR/DSR）在伪终端上试不了，要在真机上试。
"""


def machine() -> str:
    """Return processors, memory and systems of this machine."""
    memory = Path("/proc/meminfo")
    kib = int(memory.read_text().split()[1]) if memory.exists() else 0
    size = f"，{kib / 1024 / 1024:.0f} GiB 内存" if kib else ""
    return f"{os.cpu_count()} 核{size}，{platform.system()} {platform.release()}，Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
