"""What can go wrong when something is to be spoken, in words that staff understand."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "no_engine": "这台机器没有安装语音程序，只能显示文字。请安装 espeak-ng 和 gcin-voice。",
    "missing": "语音包里缺少这句话要用的录音，这一遍没有播报。请用 voice check 查看缺哪些。",
    "timeout": "语音程序或声音设备没有按时完成，这一遍没有播报。",
    "failed": "语音程序出错，这一遍没有播报。",
    "pack": "语音包不能使用。",
    "text": "这段文字太长或没有可读的内容。",
    "silent": "音量是 0，听不到。",
    "sound": "声音设备不能使用，请检查音箱、声卡和设置里的声音设备名。",
}
"""Fault code → what happened, then what to do."""


class VoiceFault(Exception):  # noqa: N818  the house's word, like DeviceFault
    """Something was not spoken. `code` is one of `WORDS`, `zh` the words for staff.

    Nothing else comes out of the voice: whoever speaks catches this one and goes on, since the
    text and the flash are always on the screen as well.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.zh = WORDS[code] + (f"（{detail}）" if detail else "")
        super().__init__(self.zh)
