"""The test page 测试页: what staff print to see that printer, paper and profile fit together.

Pure. It shows what goes wrong with a wrong profile: Chinese at three sizes, a line exactly as wide
as the paper, a QR code, and where the knife comes down. It carries nothing that could be taken for
a number.
"""

from __future__ import annotations

from kiosk.printing.layout import Cut, Gap, Line, Op, QrCode, Rule, normalise, wrap
from server.kit.serial.profiles import PrinterProfile

_RULER = "一二三四五六七八九十"


def page_layout(profile: PrinterProfile, kiosk: str, printed_local: str) -> tuple[Op, ...]:
    """Return the test page of *profile*.

    Args:
        profile: the printer's facts; its id is printed.
        kiosk: the kiosk's name.
        printed_local: the hall's date and time, as it is printed.
    """
    columns = profile.paper.columns
    ruler = (_RULER * (columns // 2 // len(_RULER) + 1))[: columns // 2]
    return (
        Line(text="打印测试", width=2, height=2),
        Gap(lines=1),
        *_lines(kiosk, columns),
        *_lines(profile.name, columns),
        *_lines(f"配置 {profile.id}", columns),
        Line(text=printed_local),
        Rule(),
        Line(text=ruler, left=True),
        *_lines("上面一行应当正好占满纸宽，不折行", columns),
        Line(text="汉字 ABC 123", height=2),
        Line(text="粗体汉字 ABC 123", bold=True),
        Gap(lines=1),
        QrCode(data=f"hallqueue:{profile.id}"),
        *_lines("用手机扫，应显示配置名称", columns),
        *_lines("这不是号票", columns),
        Cut(),
    )


def _lines(text: str, columns: int) -> list[Line]:
    return [Line(text=line) for line in wrap(normalise(text), columns)]
