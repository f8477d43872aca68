"""`hall-kiosk printer check | learn`: which profile fits a printer, and how to make a new one."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from kiosk.config import KioskConfig
from kiosk.printing import check as asking
from kiosk.printing.fitting import Evidence, Fit, fit_of, fits_of, unproved
from kiosk.printing.learn import learn
from kiosk.printing.probe import Probe, ProbeError, opened
from server.kit.clock import clock_from
from server.kit.serial.profiles import Link, PrinterProfile, load_printer, printer_profiles

GOOD, WRONG, NO_PORT = 0, 1, 2
"""Exit status: a profile fits and the printer is well; it answers wrongly or has a fault; the port
cannot be used or the command line is wrong."""
BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)


def add_to(commands: Any) -> None:
    """Add `printer check` and `printer learn` to the command line."""
    line = argparse.ArgumentParser(add_help=False)
    line.add_argument("--config", metavar="文件", help="取号机的设置（TOML）")
    line.add_argument(
        "--port",
        dest="printer_port",
        metavar="端口",
        help="如 /dev/ttyUSB0 或 tcp://192.0.2.7:9100；不写用设置里的",
    )
    line.add_argument("--baud", type=int, choices=BAUDS, metavar="波特率", help="不写就逐个试")
    line.add_argument("--flow", choices=("none", "rtscts", "xonxoff"), help="流控方式")
    printer = commands.add_parser("printer", help="打印机工具：check 查，learn 学")
    parts = printer.add_subparsers(required=True)
    checks = parts.add_parser("check", parents=[line], help="看接上的打印机该用哪个配置，打测试页")
    checks.add_argument(
        "--profile", dest="printer_profile", metavar="配置", help="只看这一个配置合不合适"
    )
    checks.add_argument("--paper", type=int, choices=(58, 80), help="纸宽，毫米")
    checks.add_argument("--yes", action="store_true", help="不问，直接打印测试页")
    checks.add_argument("--no-page", action="store_true", help="不打印测试页")
    checks.add_argument("--json", action="store_true", help="结果写成 JSON，不提问")
    checks.set_defaults(command=check)
    learns = parts.add_parser("learn", parents=[line], help="为没有配置的打印机做一个")
    learns.add_argument(
        "--name", required=True, metavar="名字", help="新配置的名字：小写字母、数字、_"
    )
    learns.add_argument("--like", default="", metavar="配置", help="从哪个配置开始；不写用最合适的")
    learns.add_argument("--out", type=Path, default=Path(), metavar="目录", help="三个文件写到哪里")
    learns.set_defaults(command=teach)


def check(config: KioskConfig, arguments: argparse.Namespace) -> int:
    """Ask a printer everything, say which profile fits, print a test page after asking."""
    try:
        return _check(config, arguments)
    except (ProbeError, ValueError) as error:
        if arguments.json:
            print(json.dumps({"ok": False, "error": str(error)}, ensure_ascii=False))
        return _fail(str(error), NO_PORT)


def teach(config: KioskConfig, arguments: argparse.Namespace) -> int:
    """Lead the engineer through a printer's states and write log, vector and draft profile."""
    try:
        like = load_printer(arguments.like) if arguments.like else None
        links = _links(config, arguments, like)
        probe, link, seen = _found(config.printer.port, links)
        with _Closing(probe):
            if seen.is_silent:
                return _fail(_no_answer(seen, config.printer.port, links), WRONG)
            full, _ = asking.examine(probe, baud=link.baud)
            if like is None:
                like = fits_of(map(load_printer, printer_profiles()), full)[0].profile
            now = clock_from(os.environ).now()
            return learn(
                probe,
                like=like,
                link=link,
                seen=full,
                name=arguments.name,
                out=arguments.out,
                now=now,
                clock=time.monotonic,
            )
    except (ProbeError, ValueError, OSError) as error:
        return _fail(str(error), NO_PORT)


def _check(config: KioskConfig, arguments: argparse.Namespace) -> int:
    given = load_printer(arguments.printer_profile) if arguments.printer_profile else None
    links = _links(config, arguments, given)
    out = _Report(quiet=arguments.json)
    out.say(f"端口 {config.printer.port}")
    probe, link, seen = _found(config.printer.port, links)
    with _Closing(probe):
        if seen.is_silent:
            words = _no_answer(seen, config.printer.port, links)
            out.say(words)
            return out.done({"ok": False, "error": words}, WRONG)
        seen, times = asking.examine(probe, baud=link.baud)
        out.evidence(config.printer.port, link, seen, times)
        profiles = [given] if given else [load_printer(name) for name in printer_profiles()]
        fits = fits_of(profiles, seen, paper_mm=arguments.paper)
        best = fits[0]
        faults, in_mouth = asking.faults_said(best.profile, seen)
        out.verdict(fits, seen, faults=faults, in_mouth=in_mouth)
        page = None
        blocked = [fault for fault in faults if fault != asking.WORDS["near_end"]]
        if blocked:
            out.say("有故障，先不打印测试页：排除后再查一次。")
        elif not arguments.no_page and best.fits and _may_print(arguments, best.profile):
            page, printed = _page(probe, best.profile, link)
            seen = replace(seen, printed=printed)
            best = fit_of(best.profile, seen, paper_mm=arguments.paper)
            out.page(page, best)
        left = unproved(best.profile, seen, page=page is not None)
        out.unproved(left)
        ok = best.fits and not blocked and (page is None or bool(page.proof) or not _asks(best))
        out.last(best, config.printer.port, link, ok=ok)
        result = _result(config.printer.port, link, seen, times, fits)
        result |= {"faults": faults, "best": best.profile.id if best.fits else "", "ok": ok}
        result |= {"unproved": left, "page": None if page is None else _page_result(page)}
        return out.done(result, GOOD if ok else WRONG)


def _asks(fit: Fit) -> bool:
    return fit.profile.confirm.kind not in ("dle_eot", "none")


def _links(
    config: KioskConfig, arguments: argparse.Namespace, given: PrinterProfile | None
) -> list[Link]:
    """Return the settings of the line to try, in order."""
    base = given.link if given else Link()
    bauds: Sequence[int] = asking.SPEEDS
    set_up = None if arguments.printer_port else config.printer.baud
    if fixed := arguments.baud or set_up:
        bauds = (fixed,)
    elif given:
        bauds = (given.link.baud,)
    flow = arguments.flow or (None if arguments.printer_port else config.printer.flow) or base.flow
    return [msgspec.structs.replace(base, baud=baud, flow=flow) for baud in bauds]


def _found(address: str, links: Sequence[Link]) -> tuple[Probe, Link, Evidence]:
    """Return an open line at the first of *links* where the printer answers, else at the last."""
    seen = Evidence()
    noise: Evidence | None = None
    for link in links:
        probe = Probe(opened(address, link), clock=time.monotonic, pause=time.sleep)
        try:
            seen = asking.knock(probe)
        except ProbeError:
            probe.close()
            raise
        if not seen.is_silent or link is links[-1]:
            break
        noise = seen if seen.is_garbage else noise
        probe.close()
        if "://" in address:
            break  # a network printer has no speed to try
    return probe, link, noise if seen.is_silent and noise else seen


def _no_answer(seen: Evidence, address: str, links: Sequence[Link]) -> str:
    tried = "、".join(str(link.baud) for link in links)
    if seen.is_garbage:
        got = next(data for data in seen.real_time.values() if data)
        return (
            f"{address} 有字节回来，但不是打印机状态的样子（{got[:8].hex(' ')}），试过 {tried} 波特。\n"
            "多半是波特率或校验位不对，或接的不是打印机。请按住走纸键开机打自检页，"
            "按上面的波特率加 --baud 再试。"
        )
    return (
        f"{address} 没有应答，试过 {tried} 波特。请依次查：\n"
        "  1. 打印机电源开着、没有报警灯；\n"
        "  2. 线接的是这个端口，收发两线交叉（2-3、3-2），地线 5-5 接通；\n"
        "  3. 自检页（按住走纸键开机）上的波特率和接口方式；\n"
        "  4. 打印机若用硬件流控，缺纸开盖时不应答：先装好纸、合上盖。"
    )


def _may_print(arguments: argparse.Namespace, profile: PrinterProfile) -> bool:
    if arguments.yes:
        return True
    if arguments.json or not sys.stdin.isatty():
        return False
    return input(f"用“{profile.name}”打印一张测试页？[y/N] ").strip().lower() in ("y", "yes", "是")


def _page(probe: Probe, profile: PrinterProfile, link: Link) -> tuple[asking.Printed, bool | None]:
    local = (
        clock_from(os.environ)
        .now()
        .astimezone(ZoneInfo("Asia/Shanghai"))
        .strftime("%Y-%m-%d %H:%M")
    )
    ops = asking.check_page(profile, local)
    return asking.print_page(probe, _on(profile, link), ops, clock=time.monotonic, pause=time.sleep)


def _on(profile: PrinterProfile, link: Link) -> PrinterProfile:
    return msgspec.structs.replace(profile, link=link)


class _Closing:
    """Closes a probe at the end of a `with`."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe

    def __enter__(self) -> Probe:
        return self._probe

    def __exit__(self, *_exception: object) -> None:
        self._probe.close()


class _Report:
    """Says the result to people, or keeps still and prints JSON at the end."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def say(self, words: str) -> None:
        """Print *words*, for people only."""
        if not self._quiet:
            print(words, flush=True)

    def evidence(self, address: str, link: Link, seen: Evidence, times: Sequence[float]) -> None:
        """Say what was answered."""
        speed = "" if "://" in address else f"{link.baud} 波特，"
        self.say(f"有应答：{speed}{asking.typical_ms(times):g} 毫秒应答一次")
        for n, data in seen.real_time.items():
            if data and n:
                self.say(f"  DLE EOT {n:<2}  {data.hex(' ')}")
        for label, data in (
            ("ESC ACK SOH", seen.star),
            ("GS r 1", seen.paper),
            ("GS a", seen.automatic),
        ):
            if data:
                self.say(f"  {label:<10}  {data.hex(' ')}")
        for n in seen.names:
            said = seen.name(n) if n >= 65 else seen.names[n].hex(" ")
            self.say(f"  GS I {n:<5}  {said}")

    def verdict(
        self, fits: Sequence[Fit], seen: Evidence, *, faults: Sequence[str], in_mouth: bool
    ) -> None:
        """Say which profile fits, and why."""
        best = fits[0]
        state = "、".join(faults) or "正常"
        self.say(f"现在：{state}{'，出纸口有小票没取走' if in_mouth else ''}")
        if not best.fits:
            self.say(f"配置“{best.profile.id}”不合适：{'；'.join(best.against)}")
            self.say(
                "没有一个配置合适：请用 hall-kiosk printer learn 做一个。" if len(fits) > 1 else ""
            )
            return
        found = "最合适的配置" if len(fits) > 1 else "这个配置说得通"
        self.say(f"{found}：{best.profile.id}（{best.profile.name}）")
        for reason in best.reasons:
            self.say(f"  · {reason}")
        others = [fit.profile.id for fit in fits[1:] if fit.fits][:4]
        if others:
            self.say(f"  也说得通：{'、'.join(others)}。没有更多证据时请看机身铭牌。")

    def page(self, page: asking.Printed, best: Fit) -> None:
        """Say what the test page has shown."""
        self.say(f"测试页 {page.bytes} 字节，{page.sent_s:g} 秒发完。")
        if page.proof:
            words = {"process_id": "打印机说“印好了”（GS ( H）", "gs_r": "打印机处理完了全部内容（GS r）",
                     "star_etb": "打印机说“印好了”（ETB）"}  # fmt: skip
            self.say(f"{words[page.proof]}，等了 {page.proof_ms / 1000:.2f} 秒。")
        else:
            self.say("打印机没有说印完了没有：请看纸。")
        for words_against in best.against:
            self.say(f"不合适：{words_against}")
        self.say(
            "请对照测试页：\n"
            "  汉字、空格、字母数字有没有乱码；尺子正好一行，没有折行（折行：纸宽选错）；\n"
            "  二维码手机能扫；切纸在最后一行之后（切在字上：配置里加 cut.feed）；\n"
            "  姓名用字没有空白（有空白：把 text.charset 改窄一级）。"
        )

    def unproved(self, left: Sequence[str]) -> None:
        """Say what nobody has proved."""
        self.say("还没有证明：")
        for words in left:
            self.say(f"  · {words}")

    def last(self, best: Fit, address: str, link: Link, *, ok: bool) -> None:
        """Say what to write into the settings."""
        if ok and best.fits:
            other = "://" not in address and link.baud != best.profile.link.baud
            own = f"\nbaud = {link.baud}" if other else ""
            self.say(
                "写进取号机的设置：\n"
                f'[printer]\nport = "{address}"\nprofile = "{best.profile.id}"{own}'
            )

    def done(self, result: dict[str, object], status: int) -> int:
        """Print the result as JSON where that was asked for; return *status*."""
        if self._quiet:
            print(json.dumps(result, ensure_ascii=False, indent=2))
        return status


def _result(
    address: str, link: Link, seen: Evidence, times: Sequence[float], fits: Sequence[Fit]
) -> dict[str, object]:
    answers = {f"DLE EOT {n}": data.hex() for n, data in seen.real_time.items() if n and data}
    more = {"ESC ACK SOH": seen.star, "GS r 1": seen.paper, "GS a": seen.automatic}
    answers |= {ask: data.hex() for ask, data in more.items() if data}
    names = {str(n): seen.name(n) if n >= 65 else seen.names[n].hex() for n in seen.names}
    return {
        "port": address,
        "baud": link.baud,
        "answers": answers,
        "identity": names,
        "answer_ms": asking.typical_ms(times),
        "candidates": [
            {
                "profile": fit.profile.id,
                "verified": fit.profile.verified,
                "fits": fit.fits,
                "score": fit.score,
                "reasons": fit.reasons,
                "against": fit.against,
            }
            for fit in fits
        ],
    }


def _page_result(page: asking.Printed) -> dict[str, object]:
    return {
        "bytes": page.bytes,
        "sent_s": page.sent_s,
        "proof": page.proof,
        "proof_ms": page.proof_ms,
    }


def _fail(words: str, code: int) -> int:
    print(f"hall-kiosk: {words}", file=sys.stderr)
    return code
