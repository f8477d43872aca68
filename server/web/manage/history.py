"""设置记录: who changed what, and putting an earlier value back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from flask import request
from werkzeug.wrappers import Response

from server.actions import identity, paper
from server.actions import settings as acts
from server.domain.people import Staff
from server.kit.contract.paper import RealName, SlipLayout
from server.kit.contract.reasons import Refused
from server.kit.contract.screens import KioskRules, ZoneVoice
from server.kit.contract.views import Done
from server.reads.settings import RESTORABLE, change_lines
from server.store import settings
from server.store.work import Work
from server.web.manage.fields import Fields
from server.web.manage.frame import bp, change, saved, show
from server.web.services import services

KINDS = (
    ("", "全部"),
    ("voice", "声音"),
    ("kiosk", "取号机"),
    ("slip", "小票"),
    ("complaint_phone", "投诉电话"),
    ("real_name", "实名取号"),
    ("device", "屏幕和设备"),
    ("notice", "公告"),
    ("media", "媒体"),
    ("leaders", "坐班领导"),
    ("keywords", "同义词"),
    ("search", "没找到的词"),
)


@bp.get("/history")
def change_history() -> str:
    """The newest changes, of all or of one kind."""
    asked = request.args.get("key", "")
    key = asked if asked in {k for k, _ in KINDS} else ""

    def read(r: Any) -> tuple[Any, dict[str, int]]:
        stored = {k: settings.stored(r, k) for k in RESTORABLE}
        return change_lines(r, key), {k: 0 if v is None else v[1] for k, v in stored.items()}

    lines, versions = services().read(read)
    return show("history.html", "history", lines=lines, versions=versions, kinds=KINDS, key=key)


@bp.post("/history/restore")
def restore() -> Response:
    """Put the value that a setting had before or after a change in force again.

    Raises:
        Refused: `stale` when somebody changed it since the page was shown.
    """
    fields = Fields(request.form)
    key, version = fields.get("key"), fields.whole("version", "记录", 1, 10**8)
    expected = fields.expected()

    def put(w: Work, staff: Staff) -> Done:
        found = next((c for c in settings.history(w, key, most=5000) if c.version == version), None)
        if key not in RESTORABLE or found is None:
            raise Refused("not_found", what="这条记录")
        reason = f"恢复到第 {version} 次修改后的值"
        kind, act = _RESTORED[key]
        value = _decoded(found.value, kind)
        return act(w, value, staff=staff, expected=expected, reason=reason)

    change(put)
    return saved("已恢复，现在就按这个值。", "manage.change_history", key=key)


_RESTORED: Mapping[str, tuple[Any, Callable[..., Done]]] = MappingProxyType(
    {
        settings.VOICE: (tuple[ZoneVoice, ...], acts.set_voice),
        settings.KIOSK: (KioskRules, acts.set_kiosk),
        settings.SLIP: (SlipLayout, paper.set_slip),
        settings.COMPLAINT_PHONE: (str, paper.set_complaint_phone),
        settings.REAL_NAME: (RealName, identity.set_real_name),
    }
)
"""Setting → what it is and the command that puts it in force."""


def _decoded(text: str, kind: Any) -> Any:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        raise Refused("malformed", problem="这条记录是别的版本写的，不能恢复") from error
