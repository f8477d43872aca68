"""The history of settings 设置记录 in words: who changed what, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec

from server.domain.moments import instant, local
from server.kit.contract.paper import DEFAULT_SLIP, RealName
from server.kit.contract.screens import KioskRules
from server.kit.contract.words import SLIP_ZH
from server.reads.screens import KIND_ZH, REGION_ZH, ROLE_ZH, clock_words
from server.store import people, settings, showing
from server.store.settings import SettingChange
from server.store.work import Read

NOTHING = "（空）"
RESTORABLE = frozenset(
    {
        settings.VOICE,
        settings.KIOSK,
        settings.SLIP,
        settings.COMPLAINT_PHONE,
        settings.REAL_NAME,
    }
)
"""Keys whose earlier value may be put back by one press: one value, nothing else hangs on it."""

DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        settings.VOICE: msgspec.to_builtins(settings.DEFAULT_VOICE),
        settings.KIOSK: msgspec.to_builtins(KioskRules()),
        settings.SLIP: {"blocks": []},
        settings.COMPLAINT_PHONE: "",
        settings.REAL_NAME: msgspec.to_builtins(RealName()),
    }
)
"""What is in force while nobody has set anything."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "zone": "分区", "on": "语音叫号", "languages": "语言", "repeat": "播报遍数",
        "gap_ms": "间隔", "chime": "提示音", "volume": "音量", "quiet": "安静时段",
        "digits": "数字读法", "max_age_s": "过时不播", "idle_s": "无操作后询问",
        "idle_large_s": "大字模式无操作后询问", "ask_s": "询问的时间",
        "long_wait_min": "久等提醒（分钟）", "long_ahead": "久等提醒（人数）",
        "text": "文字", "from_at": "开始", "to_at": "结束", "kind": "种类", "title": "标题",
        "digest": "文件", "seconds": "停留", "name": "名称", "role": "用途", "zones": "显示的分区",
        "counter": "窗口", "regions": "显示内容", "rows": "行数", "orientation": "方向",
        "theme": "主题", "logo": "标志", "touch": "触摸", "screen_inch": "屏幕尺寸",
        "distance_m": "观看距离", "voice": "可以出声", "queues": "要刷身份证的队列", "required": "必须刷身份证",
        "a_day": "每人每天的号数", "notice": "告知内容", "pads": "本机呼叫器的窗口",
    }
)  # fmt: skip
"""Field of a setting → its name on the pages. Fields that are not here are not told."""
UNITS: Mapping[str, str] = MappingProxyType(
    {
        "gap_ms": " 毫秒", "volume": "%", "max_age_s": " 秒", "idle_s": " 秒",
        "idle_large_s": " 秒", "ask_s": " 秒", "seconds": " 秒", "long_wait_min": " 分钟",
        "long_ahead": " 人", "repeat": " 遍", "screen_inch": " 英寸", "distance_m": " 米",
    }
)  # fmt: skip
MEDIA_ZH: Mapping[str, str] = MappingProxyType(
    {"picture": "图片", "video": "影片", "honour": "先进窗口", "logo": "标志"}
)
_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "role": ROLE_ZH,
        "orientation": {"auto": "自动", "landscape": "横屏", "portrait": "竖屏"},
        "theme": {"hall": "深色", "light": "浅色"},
        "digits": {"yao": "一读作幺", "yi": "一读作一", "whole": "读作整数"},
        "kind": {**MEDIA_ZH, **KIND_ZH},
    }
)
_LANGUAGES: Mapping[str, str] = MappingProxyType({"zh": "普通话", "en": "英语"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that changed."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """A line of the history."""

    key: str
    version: int
    what: str
    """What was changed: `语音`, `公告`, `屏幕“一楼大屏”`."""
    at: str
    """Hall time."""
    who: str
    """Work number 工号; `系统` for a job."""
    reason: str
    differences: tuple[Difference, ...]
    restorable: bool
    current: bool
    """Whether it is the newest change of its key."""


def change_lines(r: Read, key: str = "", *, most: int = 100) -> list[ChangeLine]:
    """Return the newest changes in words, newest first; of keys that begin with *key*."""
    found = settings.history(r, key if key in RESTORABLE else "", most=most if not key else 500)
    chosen = [c for c in found if not key or group(c.key) == key][:most]
    who = {f"person:{p.uid}": p.label for p in people.every(r)}
    newest: dict[str, int] = {}
    for c in chosen:
        newest.setdefault(c.key, c.version)
    return [_line(r, c, who, current=c.version == newest[c.key]) for c in chosen]


def since(r: Read, key: str, steps: int) -> tuple[str, str, tuple[Difference, ...]]:
    """Return (who, when, differences) of the last *steps* changes of *key* taken together.

    From what a page began with to what is in force; empty when there was no such change.
    """
    later = settings.history(r, key, most=max(1, min(steps, 500)))
    if not later:
        return ("", "", ())
    who = {f"person:{p.uid}": p.label for p in people.every(r)}
    was, now = _value(later[-1].was, key), _value(later[0].value)
    return (
        who.get(later[0].actor, "系统"),
        clock_words(r, instant(later[0].at)),
        differences(r, was, now, key=key),
    )


def group(key: str) -> str:
    """Return which kind of thing a key belongs to: that before its colon; `notices` is `notice`."""
    head = key.partition(":")[0]
    return "notice" if head == "notices" else head


def _line(r: Read, change: SettingChange, who: Mapping[str, str], *, current: bool) -> ChangeLine:
    was, now = _value(change.was, change.key), _value(change.value)
    at = local(instant(change.at), r.hall.tz)
    return ChangeLine(
        key=change.key,
        version=change.version,
        what=_what(r, change.key, now if now is not None else was),
        at=f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}",
        who=who.get(change.actor, "系统"),
        reason=change.reason,
        differences=differences(r, was, now, key=change.key),
        restorable=change.key in RESTORABLE,
        current=current,
    )


def _value(text: str | None, key: str = "") -> Any:
    return DEFAULTS.get(key) if text is None else msgspec.json.decode(text)


def _what(r: Read, key: str, value: Any) -> str:
    head, _, rest = key.partition(":")
    match head:
        case "device":
            name = value.get("name", rest) if isinstance(value, dict) else rest
            return f"设备“{name}”"
        case "media":
            title = f"“{value['title']}”" if isinstance(value, dict) else "的顺序"
            return f"宣传{title}"
        case "keywords":
            info = r.config.item_by_code.get(rest)
            return f"“{rest if info is None else info.short_name}”的同义词"
        case _:
            return _WHAT.get(head, "设置")


_WHAT: Mapping[str, str] = MappingProxyType(
    {
        "voice": "声音",
        "kiosk": "取号机",
        "notice": "公告",
        "notices": "公告的顺序",
        "leaders": "坐班领导",
        "search": "没找到的词",
        "slip": "小票",
        "complaint_phone": "投诉电话",
        "real_name": "实名取号",
    }
)


def differences(r: Read, was: Any, now: Any, *, key: str = "") -> tuple[Difference, ...]:
    """Return what differs between two values of a setting, field by field, in words.

    Args:
        r: the hall, for the names of its zones.
        was: decoded JSON; None = there was nothing, or the default.
        now: decoded JSON; None = removed.
        key: the setting.
    """
    match group(key):
        case "leaders" | "keywords":
            return _lists(r, was or [], now or [])
        case settings.SLIP:
            return tuple(_slip(_blocks(was), _blocks(now)))
        case settings.COMPLAINT_PHONE:
            return (Difference(field="号码", before=was or NOTHING, after=now or NOTHING),)
        case "search":
            return (Difference(field="处理", before="", after="不再列出"),)
        case _ if key in {"notices", "media"}:
            return (Difference(field="顺序", before="", after="换了先后"),)
    if now is None:
        return (Difference(field="删除", before=_summary(was), after=""),)
    if group(key) == settings.VOICE:
        was, now = _for_zones(was, now), _for_zones(now, was)
    before, after = _flat(r, was), _flat(r, now)
    return tuple(
        Difference(field=name, before=before.get(name, NOTHING), after=after.get(name, NOTHING))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    )


def _blocks(value: Any) -> list[tuple[str, str]]:
    """Return the parts of a slip, each with how it is printed; what nobody set is the default."""
    found = (value or {}).get("blocks") or msgspec.to_builtins(DEFAULT_SLIP)["blocks"]
    return [(str(b.get("what", "")), block_style(b)) for b in found]


def block_style(block: Mapping[str, Any]) -> str:
    """Return how a part of a slip is printed, in words: `4 倍 加粗`."""
    size = block.get("size", 1)
    said = (
        f"{size} 倍" if size != 1 else "",
        "加高" if block.get("tall") else "",
        "加粗" if block.get("bold") else "",
        "靠左" if block.get("left") else "",
        "上空一行" if block.get("gap") else "",
        f"“{block['text']}”" if block.get("text") else "",
    )
    return " ".join(filter(None, said)) or "正常"


def _slip(was: list[tuple[str, str]], now: list[tuple[str, str]]) -> Iterator[Difference]:
    """Yield what went, looks otherwise and came; then whether the rest changed places."""
    gone, new = [b for b in was if b not in now], [b for b in now if b not in was]
    for what, style in gone:
        other = next((b for b in new if b[0] == what), None)
        if other is not None:
            new.remove(other)
        after = "" if other is None else other[1]
        yield Difference(field=SLIP_ZH.get(what, what), before=style, after=after or "去掉")
    for what, style in new:
        yield Difference(field=SLIP_ZH.get(what, what), before="", after=style)
    kept = [b[0] for b in was if b[0] in {x[0] for x in now}]
    if kept != [b[0] for b in now if b[0] in {x[0] for x in was}]:
        yield Difference(field="先后", before="", after="换了先后")


def _for_zones(value: Any, other: Any) -> list[Any]:
    """Return the voices of all zones that either value names.

    A zone without an entry of its own speaks as everywhere: that is what it is compared with.
    """
    own = {one["zone"]: one for one in value or ()}
    named = {**own, **{one["zone"]: one for one in other or ()}}
    return [{**own.get(zone, own.get("", {})), "zone": zone} for zone in named]


def _summary(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("title") or value.get("text") or value.get("name") or "")
    return ""


def _lists(r: Read, was: list[Any], now: list[Any]) -> tuple[Difference, ...]:
    before, after = [_entry(r, x) for x in was], [_entry(r, x) for x in now]
    gone = [x for x in before if x not in after]
    new = [x for x in after if x not in before]
    found = [Difference(field="去掉", before=x, after="") for x in gone]
    return tuple(found + [Difference(field="加上", before="", after=x) for x in new])


def _entry(r: Read, value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    names = {d.code: d.short_name for d in r.config.departments}
    code = str(value.get("department", ""))
    parts = (value.get("date", ""), names.get(code, code), value.get("post", ""))
    return " ".join([*(str(p) for p in parts), str(value.get("place", ""))]).strip()


def _flat(r: Read, value: Any) -> dict[str, str]:
    """Return field → words; of a list of zones' voices each with its zone before the field."""
    if isinstance(value, list):
        found: dict[str, str] = {}
        for one in value:
            if isinstance(one, dict):
                zone = _zone(r, str(one.get("zone", "")))
                found |= {f"{zone}·{k}": v for k, v in _flat(r, one).items() if k != "分区"}
        return found
    if not isinstance(value, dict):
        return {}
    inner = value.get("layout")
    own = {k: v for k, v in value.items() if k != "layout"}
    both = {**own, **inner} if isinstance(inner, dict) and value.get("kind") == "display" else own
    if "layout" in value:
        both.pop("kind", None)
    return {FIELDS[k]: _words(r, k, v) for k, v in both.items() if k in FIELDS}


def _zone(r: Read, code: str) -> str:
    names = {z.code: z.name for z in r.config.zones}
    return names.get(code, code) if code else "全大厅"


def _words(r: Read, field: str, value: Any) -> str:
    special = _SPECIAL.get(field)
    if special is not None:
        return special(r, value) or NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if value in ("", None):
        return NOTHING
    known = _WORDS.get(field, {})
    if isinstance(value, float):
        value = f"{value:g}"
    return known.get(str(value), f"{value}{UNITS.get(field, '')}")


def _moment(r: Read, value: Any) -> str:
    if not value:
        return "不限"
    at = local(instant(str(value)), r.hall.tz)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


def language_words(lang: str, pack: str) -> str:
    """Return a spoken language in words: `普通话`, `方言（语音包 yongde）`."""
    name = _LANGUAGES.get(lang, lang)
    return f"{name}（语音包 {pack}）" if pack else name


def _logo(r: Read, digest: Any) -> str:
    titles = {m.digest: m.title for m in showing.media(r) if m.kind == "logo"}
    return titles.get(str(digest), "有" if digest else "无")


_SPECIAL: Mapping[str, Callable[[Read, Any], str]] = MappingProxyType(
    {
        "zone": lambda r, v: _zone(r, str(v)),
        "zones": lambda r, v: "、".join(_zone(r, str(z)) for z in v) or "本屏的分区",
        "regions": lambda _, v: "、".join(REGION_ZH.get(str(x), str(x)) for x in v) or "只有叫号",
        "languages": lambda _, v: "、".join(
            language_words(x.get("lang", "zh"), x.get("pack", "")) for x in v
        ),
        "quiet": lambda _, v: "；".join(
            f"{x['from_at']}–{x['to_at']} 音量 {x['volume']}%" for x in v
        ),
        "from_at": _moment,
        "to_at": _moment,
        "rows": lambda _, v: f"{v} 行" if v else "自动",
        "queues": lambda r, v: "、".join(
            r.config.queue_by_code[q].name if q in r.config.queue_by_code else str(q) for q in v
        ),
        "a_day": lambda _, v: f"{v} 个" if v else "不限",
        "counter": lambda r, v: (
            r.config.counter_by_code[v].name if v in r.config.counter_by_code else str(v)
        ),
        "digest": lambda _, v: f"…{str(v)[-6:]}" if v else "无",
        "logo": _logo,
    }
)
