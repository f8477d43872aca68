"""What the tray page and `GET /model/state` say about the printer, in words and numbers."""

from typing import Literal

import msgspec

from kiosk.printing.model import senses as status
from kiosk.printing.model.faults import Complaint
from kiosk.printing.model.machine import RECEIVE_BUFFER, Machine

SHOWN_COMPLAINTS = 5


class Button(msgspec.Struct, frozen=True, kw_only=True):
    """A fault button: pressing it posts `name=value`."""

    id: str
    label: str
    name: str
    value: str
    on: bool
    """True while the fault is there; the label then says how to end it."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The printer at one moment."""

    mood: Literal["ready", "busy", "warn", "fault", "off"]
    words: str
    """One short sentence for the panel."""
    power: bool
    silent: bool
    slow: bool
    paper: str
    cover_open: bool
    jam: bool
    cutter: bool
    offline: bool
    moving: bool
    paper_mm: int
    dialect: str
    charset: str
    asb: int
    """Items of ASB enabled by the host; 0 after power-on and after ESC @."""
    statuses: dict[str, str]
    """What DLE EOT 1-4 would answer now, hexadecimal."""
    at_exit: bool
    """A slip stands in the mouth."""
    retracted: int
    """Slips taken back because nobody took them."""
    buffered: int
    buffer: int
    received: int
    answered: int
    complaints_total: int
    complaints: tuple[Complaint, ...]
    """The last hundred, oldest first."""
    last: int
    """Number of the newest slip."""
    strip: int
    """Dots of paper pushed out and not cut yet; changes with every printed line."""
    strip_items: int
    stub: int
    buttons: tuple[Button, ...]


def view_of(machine: Machine, last: int) -> View:
    """The whole view model; `last` is the number of the newest slip in the tray."""
    senses = machine.senses
    mood, words = _mood(machine)
    return View(
        mood=mood,
        words=words,
        power=machine.power,
        silent=machine.silent,
        slow=machine.slow,
        paper=machine.paper,
        cover_open=machine.cover_open,
        jam=machine.jam,
        cutter=bool(machine.cutter),
        offline=senses.offline,
        moving=machine.moving,
        paper_mm=machine.paper_mm,
        dialect=machine.make.id,
        charset=machine.charset.value,
        asb=machine.asb,
        statuses={f"eot{n}": status.real_time(senses, n).hex() for n in (1, 2, 3, 4)},
        at_exit=machine.at_exit,
        retracted=machine.retracted,
        buffered=len(machine.head.inbox),
        buffer=RECEIVE_BUFFER,
        received=machine.received,
        answered=machine.answered,
        complaints_total=machine.complaints_total,
        complaints=tuple(machine.complaints),
        last=last,
        strip=machine.head.strip.head,
        strip_items=len(machine.head.strip.items),
        stub=machine.stub,
        buttons=_buttons(machine),
    )


def _mood(machine: Machine) -> tuple[Literal["ready", "busy", "warn", "fault", "off"], str]:
    waiting = "，没印完的小票等装纸后接着印" if machine.busy else ""
    if not machine.power:
        return "off", "已断电，内存里的内容都丢了"
    if machine.silent:
        return "fault", "没有应答，收到的数据先存着"
    if machine.cover_open:
        return "fault", "上盖开着，请合上"
    if machine.jam:
        return "fault", "卡纸了，请取出卡住的纸"
    if machine.cutter:
        return "fault", "切刀卡住了"
    if machine.paper == "out":
        return "fault", "缺纸" + waiting
    if machine.moving:
        return "busy", "正在打印" + ("（慢速）" if machine.slow else "")
    if machine.paper == "near_end":
        return "warn", "纸快用完了，还能打印"
    if machine.at_exit and machine.make.presenter:
        return "ready", "就绪，出口有一张小票没取走"
    return "ready", "就绪" + ("（慢速）" if machine.slow else "")


def _buttons(machine: Machine) -> tuple[Button, ...]:
    def toggle(
        id_: str, on: bool, label: str, undo: str, name: str, values: tuple[str, str]
    ) -> Button:
        return Button(id=id_, label=undo if on else label, name=name, value=values[on], on=on)

    yes = ("true", "false")
    paper = machine.paper
    return (
        toggle("near", paper == "near_end", "纸将尽", "换新纸", "paper", ("near_end", "ok")),
        toggle("out", paper == "out", "缺纸", "装新纸", "paper", ("out", "ok")),
        Button(id="out-soon", label="印半缺纸", name="paper_out_after", value="4", on=False),
        toggle("cover", machine.cover_open, "开盖", "合上盖", "cover", ("open", "closed")),
        toggle("jam", machine.jam, "卡纸", "取出纸", "jam", yes),
        toggle("cutter", bool(machine.cutter), "卡切刀", "修切刀", "cutter", yes),
        toggle("silent", machine.silent, "无应答", "有应答", "silent", yes),
        *(
            [Button(id="taken", label="取走小票", name="taken", value="true", on=False)]
            if machine.make.presenter
            else []
        ),
        toggle("slow", machine.slow, "变慢", "变快", "slow", yes),
        toggle("power", not machine.power, "断电", "通电", "power", ("off", "on")),
        Button(
            id="power-soon",
            label="印半断电",
            name="power_off_after_bytes",
            value="120",
            on=False,
        ),
    )
