"""试听: what a manager hears, or why nothing is heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.kit.contract.screens import ZoneVoice
from server.kit.voice.faults import VoiceFault
from server.kit.voice.render import Voice
from server.web.manage.studio import Studio


def test_a_voice_of_volume_nought_is_told_instead_of_played(tmp_path: Path) -> None:
    studio = Studio(Voice.open(tmp_path), lambda *_: [])

    with pytest.raises(VoiceFault) as fault:
        studio.hear("A001", "1号窗口", ZoneVoice(volume=0))
    assert fault.value.zh == "音量是 0，听不到。"
