"""What may stand at a key of a profile, in words, read from the types themselves."""

from __future__ import annotations

from typing import Any

import msgspec.inspect as mi


def allowed_at(kind: Any, path: list[str | int]) -> str:
    """Return what is allowed at *path* of *kind*: `允许：9600、19200`."""
    return f"允许：{_words(_at(mi.type_info(kind), path))}"


def _at(type_: mi.Type, path: list[str | int]) -> mi.Type:
    for step in path:
        type_ = _open(type_)
        match type_:
            case mi.StructType(fields=fields):
                field = next((f for f in fields if f.encode_name == step), None)
                if field is None:
                    return type_
                type_ = field.type
            case mi.DictType(value_type=value):
                type_ = value
            case mi.VarTupleType(item_type=item) | mi.ListType(item_type=item):
                type_ = item
            case _:
                return type_
    return type_


def _open(type_: mi.Type) -> mi.Type:
    """Return the one meaning of an optional or annotated type."""
    if isinstance(type_, mi.Metadata):
        return _open(type_.type)
    if isinstance(type_, mi.UnionType):
        meant = [t for t in type_.types if not isinstance(t, mi.NoneType)]
        return _open(meant[0]) if len(meant) == 1 else type_
    return type_


def _words(type_: mi.Type) -> str:
    type_ = _open(type_)
    match type_:
        case mi.LiteralType(values=values):
            return "、".join(str(v) for v in values)
        case mi.BoolType():
            return "true 或 false"
        case mi.IntType(gt=gt, ge=ge, lt=lt, le=le):
            return "整数" + _range(gt, ge, lt, le)
        case mi.FloatType(gt=gt, ge=ge, lt=lt, le=le):
            return "数字" + _range(gt, ge, lt, le)
        case mi.StrType(pattern=pattern):
            return _TEXTS.get(pattern or "", f"符合 {pattern} 的文字")
        case mi.StructType(fields=fields):
            return "、".join(f.encode_name for f in fields)
        case mi.DictType(value_type=value):
            return f"一张表，每项是{_words(value)}"
        case mi.VarTupleType(item_type=item) | mi.ListType(item_type=item):
            return f"一个列表 [ … ]，每项是{_words(item)}"
        case mi.UnionType(types=types):
            return "；或 ".join(_words(t) for t in types if not isinstance(t, mi.NoneType))
    return "见 schema.json"


def _range(gt: float | None, ge: float | None, lt: float | None, le: float | None) -> str:
    low = gt + 1 if gt is not None else ge
    high = lt - 1 if lt is not None else le
    if low is None and high is None:
        return ""
    if high is None:
        return f"，不小于 {low:g}"
    if low is None:
        return f"，不大于 {high:g}"
    return f" {low:g} 到 {high:g}"


_TEXTS = {
    "": "文字",
    r"^([0-9A-F]{2})( ?[0-9A-F]{2})*$": "大写十六进制字节，如 1D56 4200",
    r"^[a-z0-9_]+$": "小写字母、数字和下划线",
    r"^[a-z][a-z0-9_]*$": "小写字母开头的名字",
}
