"""`hall-display attached check` and `hall-display led test`: for those who hang the devices up.

`attached check --keys` also tells each key of a pad or rater as it is pressed, for its profile.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Self

import gevent

from display.attached import HungMember, pattern, port_worker, speaks_by_itself
from display.config import DisplayConfig
from display.hung import HungDevice, HungLine, hung_lines
from display.led.bars import Bar, frame_of
from server.kit.serial.bus import Bus
from server.kit.serial.worker import PortWorker

CHECK_S = 6.0
"""Two attempts of the slowest bar, all of a line's devices in turn."""
KEYS_S = 60.0
LOOK_S = 0.05
VERIFIED = {
    "measured": "实机测过",
    "vendor_oracle": "与厂家程序逐字节相同",
    "vendor_source": "出自厂家源码",
    "published_vector": "与公开的例子相同",
    "published_document": "出自公开文档",
    "unverified": "未核实",
}
FAULTS = {
    "no_port": "端口打不开：没有插、没有权限，或正被大屏程序占用（先停下它）",
    "silent": "没有应答：看电源、接线 A/B、地址、波特率",
}


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands to the command line of the display."""
    attached = commands.add_parser("attached", help="bars, call pads and raters on this box")
    wanted = attached.add_subparsers(required=True)
    checks = wanted.add_parser("check", parents=[common], help="ask every device how it is")
    _site(checks)
    checks.add_argument("--seconds", type=float, help="how long to wait at most")
    checks.add_argument("--keys", action="store_true", help="tell keys as they are pressed")
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
    """Let every bar show its counter, ask every pad, and say how each answered; 0 = all is well."""
    lines = _lines(config)
    if lines is None:
        return 2
    with _Running(lines, lambda _: True) as running:
        running.show("")
        seconds = arguments.seconds or (KEYS_S if arguments.keys else CHECK_S)
        if arguments.keys:
            print(f"请逐个按键，{seconds:.0f} 秒（Ctrl-C 结束）：", flush=True)
            running.tell_keys(seconds)
        else:
            running.wait(seconds, until_known=True)
        wrong = 0
        for line in lines:
            print(f"{line.port.name}  {line.port.address}  {_link(line)}")
            for hung in line.devices:
                said, well = _said(hung, running.members[hung.key])
                wrong += not well
                print(f"  {'✓' if well else '✗'} {hung.name}  {hung.profile.name}  {said}")
                print(f"    配置 {hung.profile.id}：{VERIFIED[hung.profile.verified]}")
    return 1 if wrong else 0


def test(config: DisplayConfig, arguments: argparse.Namespace) -> int:
    """Show a text on the bars of a counter, or print its bytes."""
    lines = _lines(config)
    if lines is None:
        return 2
    every = [d for line in lines for d in line.devices if d.device.role == "led"]
    bars = [d for d in every if arguments.counter in ("", d.device.counter)]
    if not bars:
        there = "、".join(d.device.counter for d in every) or "（没有）"
        print(f"hall-display: 没有 {arguments.counter} 号窗口的条屏；有：{there}", file=sys.stderr)
        return 2
    if arguments.dry_run:
        for hung in bars:
            made = frame_of(hung.profile, pattern(hung, arguments.text), hung.device.params)
            print(f"{hung.name}  {hung.profile.id}\n  {made.data.hex(' ').upper()}")
            _say_lost(made.replaced, cut=made.cut)
        return 0
    with _Running(lines, lambda d: d in bars) as running:
        running.show(arguments.text)
        running.wait(arguments.seconds)
        wrong = 0
        for hung in bars:
            member = running.members[hung.key]
            said, well = _said(hung, member)
            wrong += not well
            print(f"{'✓' if well else '✗'} {hung.name}  {said}")
            _say_lost(member.replaced, cut=isinstance(member, Bar) and member.cut)
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
    return "键盘" if line.is_input else f"{link.baud} {link.bits}{link.parity}{link.stop}"


def _say_lost(replaced: Sequence[str], *, cut: bool) -> None:
    if replaced:
        print(f"    显示不了的字：{'、'.join(replaced)}（以 〓 或 ? 代替）")
    if cut:
        print("    显示不下，截短了")


def _said(hung: HungDevice, member: HungMember) -> tuple[str, bool]:
    """Return how a device answered, in words, and whether that is well."""
    standing = member.standing
    if standing.fault == "refused":
        return f"拒绝了，代码 {standing.code}：看配置和说明书", False
    if standing.fault:
        return FAULTS[standing.fault], False
    if standing.confirmed is not None:
        took = f"，{standing.took_s * 1000:.0f} 毫秒" if standing.took_s else ""
        return f"有应答{took}", True
    if hung.device.role != "led" and not member.polls:
        return "端口打开了；它只在按键时说话，用 --keys 试", True
    if hung.profile.reply is None:
        return "已发出；这种设备没有应答，请看一眼显示", True
    return "还没有结果，请加长 --seconds", False


def _key_device(hung: HungDevice) -> Any:
    from display.callpads.member import KeyDevice  # only where pads hang

    return KeyDevice(
        hung.profile,
        counter=hung.device.counter,
        params=hung.device.params,
        pressed=lambda _press: None,
    )


class _Running:
    """Devices on their lines, for as long as a command runs."""

    def __init__(self, lines: Sequence[HungLine], wanted: Callable[[HungDevice], bool]) -> None:
        self.members: dict[str, HungMember] = {}
        self._hung: list[HungDevice] = []
        self._workers: list[PortWorker] = []
        for line in lines:
            here = [d for d in line.devices if wanted(d)]
            for hung in here:
                self.members[hung.key] = (
                    Bar(hung.profile, params=hung.device.params)
                    if hung.device.role == "led"
                    else _key_device(hung)
                )
            if here:
                members = [self.members[d.key] for d in here]
                bus = Bus(members, line.link, listens=speaks_by_itself(line))
                self._workers.append(port_worker(line, bus))
            self._hung += here

    def __enter__(self) -> Self:
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.stop()

    def show(self, text: str) -> None:
        """Show *text* on all bars, or without one the counter of each."""
        for hung in self._hung:
            member = self.members[hung.key]
            if isinstance(member, Bar):
                member.show(pattern(hung, text))

    def wait(self, seconds: float, *, until_known: bool = False) -> None:
        """Let them work so long, or until it is known of every device how it answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until_known and self._all_known()):
            gevent.sleep(0.1)

    def tell_keys(self, seconds: float) -> None:
        """Print each key as it is pressed."""
        end = time.monotonic() + seconds
        pads: list[tuple[HungDevice, Any]] = [
            (h, self.members[h.key]) for h in self._hung if h.device.role != "led"
        ]
        before = {h.key: "" for h, _ in pads}
        try:
            while time.monotonic() < end:
                for hung, pad in pads:
                    key, pad.last_key = pad.last_key, ""
                    if key and key != before[hung.key]:
                        event = hung.profile.event
                        means = event.keys.get(key, "") if event is not None else ""
                        print(f"  {hung.name}：键 {key}，{means or '配置里没有这个键'}", flush=True)
                    before[hung.key] = key
                gevent.sleep(LOOK_S)
        except KeyboardInterrupt:
            pass

    def _all_known(self) -> bool:
        return all(_is_known(member) for member in self.members.values())


def _is_known(member: HungMember) -> bool:
    standing = member.standing
    if standing.fault in ("silent", "refused") or standing.confirmed is not None:
        return True
    return isinstance(member, Bar) and member.settled
