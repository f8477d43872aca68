"""Whether a frame profile can work at all: names that exist, numbers that fit, answers that end."""

from __future__ import annotations

from collections.abc import Iterator

from server.kit.serial.profiles.frames import WIDEST, WORDS, Field, FrameProfile, Show, named

MAX_ANSWER = 64
"""Bytes of the longest answer that a profile may describe with a fixed length."""


def faults(profile: FrameProfile) -> list[str]:
    """Return what cannot work in *profile*, as `key: words`."""
    found: list[str] = []
    if profile.kind == "led" and not {"call", "idle"} <= set(profile.shows):
        found.append("shows: 至少要写明 call 和 idle 两种状态")
    found += [
        f"params.{name}.default: {words}"
        for name, param in profile.params.items()
        if (words := param.fault(param.default))
    ]
    for part, fields in (("body", profile.body), ("frame.head", profile.frame.head)):
        found += _fields(profile, part, fields)
    groups = {f.group for f in _all(profile.body)}
    if profile.check.over is not None and profile.check.over not in groups:
        found.append(f"check.over: 没有名为 {profile.check.over} 的 group")
    for state, show in profile.shows.items():
        found += _show(profile, f"shows.{state}", show)
    if profile.poll is not None:
        found += _show(profile, "poll", profile.poll)
    if profile.timing.poll_ms and (profile.poll is None or profile.event is None):
        found.append("timing.poll_ms: 要轮询就要写明 poll 和 event")
    return [*found, *_texts(profile), *_escape(profile), *_answers(profile)]


def _all(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _all(field.fields)


def _fields(profile: FrameProfile, part: str, fields: tuple[Field, ...]) -> Iterator[str]:
    groups = {f.group for f in (*_all(profile.body), *_all(profile.frame.head))} | {"text"}
    for i, field in enumerate(fields):
        key = f"{part}.{i}"
        if field.uses is not None:
            yield from _param(profile, key, field)
        if field.len is not None and field.len not in groups:
            yield f"{key}.len: 没有名为 {field.len} 的 group"
        if field.digits is not None and not field.width:
            yield f"{key}.width: digits 要写明几位"
        if field.ascii is not None and not field.ascii.isascii():
            yield f"{key}.ascii: 只能用 ASCII 字符"
        for kind, most in WIDEST.items():
            value = getattr(field, kind)
            if isinstance(value, int) and not 0 <= value <= most:
                yield f"{key}.{kind}: 不能是 {value}；允许：整数 0 到 {most}"
        yield from _fields(profile, key, field.fields)


def _param(profile: FrameProfile, key: str, field: Field) -> Iterator[str]:
    assert field.uses is not None
    param = profile.params.get(field.uses)
    if param is None:
        yield f"params: 缺少参数 {field.uses}（{key} 用到它）"
        return
    if (field.param is not None) != isinstance(param.default, str):
        kind = "文字" if field.param is not None else "整数"
        yield f"params.{field.uses}.default: {key} 要的是{kind}"
        return
    for kind, most in WIDEST.items():
        if getattr(field, kind) == field.uses and (param.high is None or param.high > most):
            yield f"params.{field.uses}.high: {kind} 最大 {most}，请写明 high"
    if field.digits and (param.high is None or param.high >= 10**field.width > 0):
        yield f"params.{field.uses}.high: {field.width} 位数字最大 {10**field.width - 1}"


def _show(profile: FrameProfile, key: str, show: Show) -> Iterator[str]:
    texts: list[tuple[str, object]] = [(f"{key}.text", show.text)]
    for part, values in (("params", show.params), ("wide", show.wide)):
        for name, value in values.items():
            if name not in profile.params:
                yield f"{key}.{part}: 没有参数 {name}"
            elif not isinstance(value, str) or "{" not in value:
                words = profile.params[name].fault(value)
                if words:
                    yield f"{key}.{part}.{name}: {words}"
            texts.append((f"{key}.{part}.{name}", value))
    for at, text in texts:
        try:
            strange = named(text) - set(WORDS) if isinstance(text, str) else set()
        except ValueError:
            yield f"{at}: 花括号不成对"
            continue
        if strange:
            allowed = "、".join(WORDS)
            yield f"{at}: 不认识 {'、'.join(sorted(strange))}；允许：{allowed}"


def _texts(profile: FrameProfile) -> Iterator[str]:
    coding = profile.text
    carried = any(f.bytes for f in _all(profile.body))
    if carried and coding.encoding == "none":
        yield "text.encoding: 帧里有文字，要写明编码"
    if not carried and coding.encoding != "none":
        yield 'text.encoding: 帧里没有文字（bytes = "text"），应为 none'
    if coding.pad_to and coding.max_bytes and coding.pad_to < coding.max_bytes:
        yield "text.max_bytes: 不能大于 pad_to"
    if coding.columns_by is not None and coding.columns_by not in profile.params:
        yield f"text.columns_by: 没有参数 {coding.columns_by}"
    for one in coding.replace:
        if len(one) != 1:
            yield f"text.replace: 左边只能是一个字，这里是 {one!r}"


def _escape(profile: FrameProfile) -> Iterator[str]:
    images = [bytes.fromhex(image) for image in profile.frame.escape.values()]
    for i, image in enumerate(images):
        if any(other.startswith(image) for j, other in enumerate(images) if j != i):
            yield "frame.escape: 两个字节的替换不能一样，也不能一个是另一个的开头"
    leads = {image[0] for image in images}
    missing = leads - {int(byte, 16) for byte in profile.frame.escape}
    if missing:
        names = "、".join(f"{b:02X}" for b in sorted(missing))
        yield f"frame.escape: {names} 是替换的开头，自己也要有替换"


def _answers(profile: FrameProfile) -> Iterator[str]:
    reply, event = profile.reply, profile.event
    if reply is not None:
        if profile.frame.escape and (reply.start is None or reply.end is None):
            yield "reply: 有 frame.escape 时要写明 start 和 end"
        if reply.start is None and reply.ok.startswith((".", "@")) and not reply.check:
            yield "reply.ok: 没有 start 也没有校验，就要以固定字节开头"
        for key, pattern in (("ok", reply.ok), ("nak", reply.nak)):
            if pattern is not None and len(pattern.split()) + reply.at > MAX_ANSWER:
                yield f"reply.{key}: 最多 {MAX_ANSWER} 个字节"
    if event is not None:
        last = event.length - (event.check != "none") - event.tail
        for key in ("address_at", "key_at", "check_from"):
            if (getattr(event, key) or 0) >= last:
                yield f"event.{key}: 在整帧（{event.length} 字节）的校验和结尾之前，最大 {last - 1}"
        if event.length_at is not None and event.length_at >= last:
            yield f"event.length_at: 最大 {last - 1}"
        if len(bytes.fromhex(event.start)) >= event.length:
            yield "event.start: 要比整帧短"
