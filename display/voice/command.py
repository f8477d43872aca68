"""`hall-display voice say | check | record-list | build`: hear, prove and plan a voice pack."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from display.config import DisplayConfig
from display.voice.phrases import Call, Language, recordings, samples_of, sentences
from server.kit.voice import build as builder
from server.kit.voice.checking import checked
from server.kit.voice.faults import VoiceFault
from server.kit.voice.pack import Pack
from server.kit.voice.player import AlsaPlayer
from server.kit.voice.render import Voice

MINUTES: Final = 20
"""What a speaker needs for the forty-odd recordings of an ordinary hall, breaks included."""
DIGITS: Final = ("yao", "yi", "whole")


def add_to(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add `voice` and its four parts to the command line."""
    voice = commands.add_parser("voice", help="the voice: say, check, record-list, build")
    parts = voice.add_subparsers(required=True)

    says = parts.add_parser("say", parents=[common], help="speak a call, or write it to a file")
    says.add_argument("number", help="ticket number, A023")
    says.add_argument("counter", help="number or name of the counter, 5")
    says.add_argument("--out", type=Path, help="write a WAV file instead of playing it")
    says.add_argument("--pack", default="", help="name of a voice pack")
    says.add_argument("--lang", default="zh", help="zh, en, or the language of the pack")
    says.add_argument("--style", choices=DIGITS, default="yao", help="how digits are read")
    says.add_argument("--no-chime", dest="chime", action="store_false", help="without the chime")
    says.add_argument("--device", default="default", help="ALSA device to play on")
    says.set_defaults(command=say)

    hall = argparse.ArgumentParser(add_help=False)
    hall.add_argument("--counters", default="10", help="how many counters, or names with commas")
    hall.add_argument("--letters", default="A-H", help="letters of the numbers: A-Q or A,B,C")
    hall.add_argument("--style", choices=DIGITS, default="yao", help="how digits are read")

    checks = parts.add_parser("check", parents=[common, hall], help="look for faults in a pack")
    checks.add_argument("folder", type=Path, help="folder of the voice pack")
    checks.set_defaults(command=check)

    lists = parts.add_parser("record-list", parents=[common, hall], help="what is to be recorded")
    lists.add_argument("--template", default="", help="word order: 请{number}号，到{counter}。")
    lists.set_defaults(command=record_list)

    builds = parts.add_parser("build", parents=[common], help="make the default pack")
    builds.add_argument("--out", type=Path, help="folder for it; without: the state folder")
    builds.set_defaults(command=build)


def say(config: DisplayConfig, arguments: argparse.Namespace) -> int:
    """Speak one call as the hall would."""
    if not arguments.number.strip() or not arguments.counter.strip():
        return _refused("号码和窗口都要写，例如 voice say A023 5。")
    voice = Voice.open(Path(config.state_dir))
    if problem := voice.prepare():
        print(problem, file=sys.stderr)
    call = Call(number=arguments.number, counter=arguments.counter)
    rules = _Rules(arguments.style, arguments.lang, arguments.pack)
    try:
        (sentence,) = sentences(call, rules, voice.templates())
        if arguments.pack and (lacking := voice.pack(arguments.pack).missing(sentence.text)):
            words = "、".join(lacking)
            print(f"语音包 {arguments.pack} 缺少 {words}，这一句改用别的语音。", file=sys.stderr)
        clip = voice.say(
            sentence.text, lang=sentence.lang, pack=sentence.pack, chime=arguments.chime
        )
        if arguments.out:
            arguments.out.write_bytes(clip.wav)
        else:
            AlsaPlayer(arguments.device).play(clip.wav)
    except VoiceFault as fault:
        return _refused(fault.zh)
    where = arguments.out or "已播放"
    print(f"{sentence.text}  {clip.seconds:.1f} 秒  {_engine(clip.engine)}  {where}")
    return 0


def check(config: DisplayConfig, arguments: argparse.Namespace) -> int:
    """Say what is wrong with a pack; 0 = it can be used, 1 = it cannot say every call here."""
    try:
        letters, counters = _letters(arguments.letters), _counters(arguments.counters)
        pack = Pack.open(arguments.folder.resolve())
    except VoiceFault as fault:
        return _refused(fault.zh)
    except ValueError as error:
        return _refused(str(error))
    wanted = samples_of(letters, counters, digits=arguments.style, template=pack.info.template)
    report = checked(pack, wanted)
    print(f"语音包 {pack.info.name}: {len(pack.clips)} 个录音，{len(letters)} 个字母，"
          f"{len(counters)} 个窗口")  # fmt: skip
    if report.missing:
        print(f"缺少 {len(report.missing)} 个，用到它们的整句会改用别的语音:")
        print("  " + "  ".join(report.missing))
    for line in report.faults:
        print(f"错误  {line}")
    for line in report.hints:
        print(f"提示  {line}")
    if report.usable:
        print("可以使用。" if report.hints else "没有问题，可以使用。")
    else:
        print("请按上面的错误补录或改正，再检查一次。")
    return 0 if report.usable else 1


def record_list(config: DisplayConfig, arguments: argparse.Namespace) -> int:
    """Print what a speaker reads, with the names of the files."""
    try:
        letters, counters = _letters(arguments.letters), _counters(arguments.counters)
    except ValueError as error:
        return _refused(str(error))
    takes = recordings(letters, counters, digits=arguments.style, template=arguments.template)
    print(f"录音清单: 共 {len(takes)} 条，约 {max(MINUTES, len(takes) * MINUTES // 45)} 分钟")
    print(HOW_TO_RECORD)
    for number, take in enumerate(takes, start=1):
        print(f"{number:3d}  {take.name}.wav    读: {take.words}")
    print(AFTERWARDS)
    return 0


def build(config: DisplayConfig, arguments: argparse.Namespace) -> int:
    """Make the default pack, and show whose voice it is."""
    folder = arguments.out or Path(config.state_dir) / "voices"
    try:
        pack = builder.build(folder.resolve() / builder.NAME)
    except VoiceFault as fault:
        return _refused(fault.zh)
    print(f"默认语音包已做好: {pack.folder}，{len(pack.clips)} 个音节")
    print(pack.info.attribution)
    return 0


HOW_TO_RECORD: Final = """
怎么录:
  · 找一间安静、没有回声的屋子，同一个人、同一个位置，一次录完；手机离嘴约 20 厘米。
  · 每条单独读，平稳、清楚、比平时说话稍慢；前后各留半秒安静，不要拖尾音。
  · 存成 16 位 WAV（单声道，22050 到 48000 赫兹都可以），文件名照下面写，放进 clips 文件夹。
  · 想更自然，可以再录连着读的长句，如 到3号窗口.wav；有长的就用长的。
  · 句尾的读法另录一条，名字后加 _end，如 3号窗口_end.wav（可以不录）。
"""

AFTERWARDS: Final = """
录完后在文件夹里写 pack.json:
  {"name": "文件夹名", "lang": "zh", "license": "授权方式", "attribution": "谁的声音"}
再运行 hall-display voice check 文件夹 检查。少一条，用到它的整句就改用默认语音，不会两种声音混在一句里。"""


class _Spoken:
    def __init__(self, lang: str, pack: str) -> None:
        self.lang = lang
        self.pack = pack


class _Rules:
    def __init__(self, digits: str, lang: str, pack: str) -> None:
        self.digits = digits
        self.languages: Sequence[Language] = (_Spoken(lang, pack),)


def _letters(text: str) -> tuple[str, ...]:
    """Return the letters of `A-Q`, `A,B,C` or `A-C,Y`."""
    found: list[str] = []
    for part in filter(None, (p.strip().upper() for p in re.split(r"[,，]", text))):
        span = re.fullmatch(r"([A-Z])(?:-([A-Z]))?", part)
        if span is None:
            msg = f"--letters 要写成 A-Q 或 A,B,C，不能是 {part}"
            raise ValueError(msg)
        found += [chr(c) for c in range(ord(span[1]), ord(span[2] or span[1]) + 1)]
    return tuple(dict.fromkeys(found))


def _counters(text: str) -> tuple[str, ...]:
    """Return the counters of `17` (1–17) or of names with commas."""
    plain = text.strip()
    if plain.isascii() and plain.isdigit():
        if not 1 <= int(plain) <= 200:
            msg = "--counters 要在 1 到 200 之间"
            raise ValueError(msg)
        return tuple(f"{n}号窗口" for n in range(1, int(plain) + 1))
    names = tuple(n.strip() for n in re.split(r"[,，]", plain) if n.strip())
    if not names:
        msg = "--counters 要写窗口数，或用逗号隔开的窗口名"
        raise ValueError(msg)
    return names


def _engine(name: str) -> str:
    return "备用语音 espeak-ng" if name == "espeak" else f"语音包 {name}"


def _refused(words: str) -> int:
    print(f"hall-display: {words}", file=sys.stderr)
    return 1
