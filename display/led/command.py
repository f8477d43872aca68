"""`hall-display attached check` and `hall-display led test`: for those who hang the devices up."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Self

import gevent

from display.attached import pattern, port_worker
from display.config import DisplayConfig
from display.hung import HungDevice, HungLine, hung_lines
from display.led.bars import Bar, frame_of
from server.kit.serial.bus import Bus
from server.kit.serial.worker import PortWorker

CHECK_S = 6.0
"""Two attempts of the slowest bar, all of a line's devices in turn."""
VERIFIED = {
    "measured": "实机测过",
    "vendor_oracle": "与厂家程序逐字节相同",
    "vendor_source": "出自厂家源码",
    "published_vector": "与公开的例子相同",
    "published_document": "出自公开文档",
    "unverified": "未核实",
}


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands to the command line of the display."""
    attached = commands.add_parser("attached", help="bars, call pads and raters on this box")
    wanted = attached.add_subparsers(required=True)
    checks = wanted.add_parser("check", parents=[common], help="ask every device how it is")
    _site(checks)
    checks.add_argument("--seconds", type=float, default=CHECK_S, help="how long to wait")
    checks.set_defaults(command=check)
    led = commands.add_parser("led", help="bars alone").add_subparsers(required=True)
    tests = led.add_parser("test", parents=[common], help="show a text on a bar")
    _site(tests)
    tests.add_argument("--counter", default="", help="code of the bar's counter; without: all bars")
    tests.add_argument("--text", default="", help="what is shown")
    tests.add_argument("--seconds", type=float, default=10.0, help="for how long")
    tests.add_argument("--dry-run", action="store_true", help="print the bytes, send nothing")
    tests.set_defaults(command=test)


def _site(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--devices-file", help="the site's file: what hangs on this box")


def check(config: DisplayConfig, arguments: argparse.Namespace) -> int:
    """Ask every bar to show its counter and say how it answered; 0 when all is well."""
    lines = _lines(config)
    if lines is None:
        return 2
    bars = _bars(lines, lambda _: True)
    with _Running(bars) as running:
        for hung, bar, _ in running.bars:
            bar.show(pattern(hung, ""))
        running.wait(arguments.seconds, until_known=True)
        wrong = 0
        for line in lines:
            print(f"{line.port.name}  {line.port.address}  {_link(line)}")
            for hung in line.devices:
                said, well = running.said(hung)
                wrong += not well
                print(f"  {'✓' if well else '✗'} {hung.name}  {hung.profile.name}  {said}")
                print(f"    配置 {hung.profile.id}：{VERIFIED[hung.profile.verified]}")
    return 1 if wrong else 0


def test(config: DisplayConfig, arguments: argparse.Namespace) -> int:
    """Show a text on the bars of a counter, or print its bytes."""
    lines = _lines(config)
    if lines is None:
        return 2
    bars = _bars(lines, lambda d: arguments.counter in ("", d.device.counter))
    if not bars:
        there = (
            "、".join(d.device.counter for _, d, _ in _bars(lines, lambda _: True)) or "（没有）"
        )
        print(f"hall-display: 没有 {arguments.counter} 号窗口的条屏；有：{there}", file=sys.stderr)
        return 2
    if arguments.dry_run:
        for _, hung, _ in bars:
            made = frame_of(hung.profile, pattern(hung, arguments.text), hung.device.params)
            print(f"{hung.name}  {hung.profile.id}\n  {made.data.hex(' ').upper()}")
            _say_lost(made.replaced, cut=made.cut)
        return 0
    with _Running(bars) as running:
        for hung, bar, _ in running.bars:
            bar.show(pattern(hung, arguments.text))
        running.wait(arguments.seconds)
        wrong = 0
        for hung, bar, _ in running.bars:
            said, well = running.said(hung)
            wrong += not well
            print(f"{'✓' if well else '✗'} {hung.name}  {said}")
            _say_lost(bar.replaced, cut=bar.cut)
    return 1 if wrong else 0


def _lines(config: DisplayConfig) -> tuple[HungLine, ...] | None:
    if not config.devices_file:
        words = "没有写明现场文件；请加 --devices-file 或设 HALL_DISPLAY_DEVICES_FILE"
        print(f"hall-display: {words}", file=sys.stderr)
        return None
    try:
        return hung_lines(config.devices_file)
    except ValueError as error:
        print(f"hall-display: {error}", file=sys.stderr)
        return None


def _link(line: HungLine) -> str:
    link = line.link
    return f"{link.baud} {link.bits}{link.parity}{link.stop}"


def _say_lost(replaced: Sequence[str], *, cut: bool) -> None:
    if replaced:
        print(f"    显示不了的字：{'、'.join(replaced)}（以 〓 或 ? 代替）")
    if cut:
        print("    显示不下，截短了")


def _bars(
    lines: Sequence[HungLine], wanted: Callable[[HungDevice], bool]
) -> list[tuple[HungLine, HungDevice, Bar]]:
    return [
        (line, hung, Bar(hung.profile, params=hung.device.params))
        for line in lines
        for hung in line.devices
        if hung.device.role == "led" and wanted(hung)
    ]


class _Running:
    """Bars on their lines, for as long as a command runs."""

    def __init__(self, bars: Sequence[tuple[HungLine, HungDevice, Bar]]) -> None:
        self.bars: list[tuple[HungDevice, Bar, HungLine]] = [(h, b, line) for line, h, b in bars]
        lines = {line.port.address: line for line, _, _ in bars}
        self._workers: list[PortWorker] = [
            port_worker(line, Bus([b for _, b, at in self.bars if at is line], line.link))
            for line in lines.values()
        ]

    def __enter__(self) -> Self:
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.stop()

    def wait(self, seconds: float, *, until_known: bool = False) -> None:
        """Let them work so long, or until it is known of every bar how it answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until_known and all(map(_is_known, self.bars))):
            gevent.sleep(0.1)

    def said(self, hung: HungDevice) -> tuple[str, bool]:
        """Return how the device answered, in words, and whether that is well."""
        bar = next((b for h, b, _ in self.bars if h is hung), None)
        if bar is None:
            return "呼叫器和评价器由 hall-display pads learn 试", True
        standing = bar.standing
        match standing.fault:
            case "no_port":
                return "端口打不开：没有插、没有权限，或正被大屏程序占用（先停下它）", False
            case "silent":
                return "没有应答：看电源、接线 A/B、地址、波特率", False
            case "refused":
                return f"拒绝了，代码 {standing.code}：看配置和说明书", False
        if standing.confirmed is not None:
            return f"已确认，{standing.took_s * 1000:.0f} 毫秒", True
        if hung.profile.reply is None:
            return "已发出；这种条屏没有应答，请看一眼显示", True
        return "还没有结果，请加长 --seconds", False


def _is_known(one: tuple[HungDevice, Bar, HungLine]) -> bool:
    _, bar, _ = one
    return bar.settled or bar.standing.fault in ("silent", "refused")
