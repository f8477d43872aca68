"""The contract as people and browsers read it: `docs/contract.md` and `contract.d.ts`.

Both are made from the Structs, so they cannot drift; a test fails when a file is stale. Write them
anew with `python -m server.kit.contract.reference --write`.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import msgspec
import msgspec.inspect as mi

from server.kit.contract import board, devices, messages, paper, screens, views
from server.kit.contract.codec import VERSION
from server.kit.contract.messages import MESSAGES, PUBLIC, Message
from server.kit.contract.reasons import REASONS

ROOT = Path(__file__).resolve().parents[3]

MARKDOWN = ROOT / "docs" / "contract.md"
TYPESCRIPT = ROOT / "server" / "kit" / "web" / "contract.d.ts"
"""Page code names its types with `import("hallqueue/contract").Board` (see tsconfig.json)."""

AGAIN = "python -m server.kit.contract.reference --write"


VOCABULARY = {
    "ticket": "Number 票号 as printed: `A012`.",
    "number": "Number 票号 as printed: `A012`.",
    "queue": "Code of the queue.",
    "queue_name": "Name of the queue.",
    "counter": "Code of the counter 窗口.",
    "counter_name": "Name of the counter: `3号窗口`.",
    "zone": "Code of the zone 分区.",
    "item": "Code of the item 事项.",
    "item_name": "Name of the item.",
    "waiting": "Waiting tickets of the queue after this event.",
    "times": "1 for the call, 2 and more for its recalls 重呼.",
    "speak": "True when a voice should say it.",
    "digest": "Digest of the catalogue in force.",
    "revision": "Revision of the five disclosures, from 1.",
    "date": "Business day 营业日, hall-local.",
    "device": "Uid of the device.",
    "faults": "Codes of the faults it reports, empty when well.",
    "hall": "Code of the hall.",
    "tz": "Time zone of the hall: `Asia/Shanghai`.",
    "uid": "Unguessable identity of 22 characters.",
    "version": "Raised by each change; send the one that was shown.",
}
"""What a field of that name means wherever it has no docstring of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a Struct as the reference shows it."""

    name: str
    type: mi.Type
    doc: str
    default: object
    """`msgspec.NODEFAULT` when the writer must give a value."""


def structs_of(module: ModuleType) -> tuple[type[msgspec.Struct], ...]:
    """Return the Structs that *module* defines, in the order of its text, without bases."""
    return tuple(
        thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, msgspec.Struct)
        and thing.__module__ == module.__name__
        and thing is not Message
        and not thing.__name__.startswith("_")
    )


def fields_of(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """Return the fields of *struct* with the docstring that stands under each."""
    docs = _docs(struct)
    info = mi.type_info(struct)
    assert isinstance(info, mi.StructType)
    return tuple(
        Field(
            name=f.encode_name,
            type=f.type,
            doc=_on_the_wire(docs.get(f.name) or VOCABULARY.get(f.name, "")),
            default=f.default,
        )
        for f in info.fields
    )


def _docs(struct: type[msgspec.Struct]) -> dict[str, str]:
    """Return the text literal below each annotated field in the source of *struct*."""
    body = ast.parse(inspect.getsource(struct)).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for line, below in zip(body.body, body.body[1:], strict=False):
        match line, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = " ".join(text.split())
    return found


def _on_the_wire(words: str) -> str:
    """Return *words* with Python's None, True and False as JSON writes them."""
    names = {"None": "null", "True": "true", "False": "false"}
    return re.sub(r"\b(None|True|False)\b", lambda m: names[m[0]], words)


def _doc(thing: type[object]) -> str:
    """Return the first paragraph of the docstring as one line."""
    return " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split())


def ts_type(kind: mi.Type) -> str:
    """Return *kind* in TypeScript; a kind this contract never used before raises `TypeError`."""
    match kind:
        case mi.StrType():
            return "string"
        case mi.IntType() | mi.FloatType():
            return "number"
        case mi.BoolType():
            return "boolean"
        case mi.NoneType():
            return "null"
        case mi.LiteralType(values=values):
            return " | ".join(msgspec.json.encode(v).decode() for v in values)
        case mi.EnumType(cls=enum):
            return " | ".join(msgspec.json.encode(e.value).decode() for e in enum)
        case mi.UnionType(types=types):
            return " | ".join(ts_type(t) for t in types)
        case mi.VarTupleType(item_type=item) | mi.ListType(item_type=item):
            inner = ts_type(item)
            return f"readonly ({inner})[]" if " " in inner else f"readonly {inner}[]"
        case mi.DictType(value_type=value):
            return f"Readonly<Record<string, {ts_type(value)}>>"
        case mi.StructType(cls=struct):
            return struct.__name__
        case _:
            msg = f"no TypeScript for {kind!r}"
            raise TypeError(msg)


def typescript() -> str:
    """Return the declarations that `tsc --checkJs` checks the pages against."""
    return "\n".join(_typescript()) + "\n"


def _typescript() -> Iterator[str]:
    yield f"// Made from the Structs by `{AGAIN}`; edits here are lost."
    yield "// Moments are UTC text such as 2026-11-23T01:15:07.412Z; dates are hall-local."
    for module in (screens, paper, devices, views, board, messages):
        yield ""
        yield f"// {module.__name__.rpartition('.')[2]}: {_module_doc(module)}"
        for struct in structs_of(module):
            yield ""
            yield from _interface(struct)
    yield ""
    yield "/** The data of each event by its type. */"
    yield "export interface MessageByType {"
    for message in MESSAGES:
        yield f'  readonly "{message.TYPE}": {message.__name__};'
    yield "}"
    yield ""
    yield _TS_WIRE.replace("VERSION", str(VERSION))
    yield "/** Why a request was refused; the list is closed. */"
    yield "export type ReasonCode ="
    yield "\n".join(f'  | "{code}"' for code in REASONS) + ";"
    yield ""
    yield _TS_PROBLEM.rstrip()


def _interface(struct: type[msgspec.Struct]) -> Iterator[str]:
    yield f"/** {_doc(struct)} */"
    yield f"export interface {struct.__name__} {{"
    for field in fields_of(struct):
        if field.doc:
            yield f"  /** {field.doc} */"
        yield f"  readonly {field.name}: {ts_type(field.type)};"
    yield "}"


_TS_WIRE = """\
/** An event with its place in the hall's gapless sequence. */
export type Envelope = {
  [K in keyof MessageByType]: {
    readonly v: VERSION;
    readonly hall: string;
    readonly seq: number;
    readonly at: string;
    readonly type: K;
    readonly data: MessageByType[K];
  };
}[keyof MessageByType];

/** The server's answer to a connection and to `sync`. */
export type Welcome = {
  readonly contract: number;
  readonly hall: string;
  readonly now: string;
} & (
  | { readonly mode: "replay"; readonly events: readonly Envelope[] }
  | { readonly mode: "snapshot"; readonly board: Board }
);

/** Sent to everybody every 2 s; freshness is counted from it. */
export interface Beat {
  readonly seq: number;
  readonly now: string;
}

/** The server ends the connection and says why. */
export interface Bye {
  readonly reason: "revoked" | "upgrade_needed" | "shutting_down";
}
"""

_TS_PROBLEM = """\
/** A refusal as HTTP answers it, `application/problem+json`. */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly code: ReasonCode;
  /** What happened and what to do, in Chinese. */
  readonly detail: string;
  readonly detail_en: string;
  readonly context: Readonly<Record<string, unknown>>;
}
"""


def md_type(kind: mi.Type) -> str:
    """Return *kind* in the words of the reference page."""
    match kind:
        case mi.IntType():
            return "integer"
        case mi.UnionType(types=types):
            return " or ".join(md_type(t) for t in types)
        case mi.VarTupleType(item_type=item) | mi.ListType(item_type=item):
            return f"list of {md_type(item)}"
        case mi.StructType(cls=struct):
            return f"[{struct.__name__}](#{struct.__name__.lower()})"
        case _:
            return ts_type(kind)


def markdown() -> str:
    """Return the reference page."""
    return "\n".join(_markdown()) + "\n"


def _markdown() -> Iterator[str]:
    yield _MD_HEAD.replace("AGAIN", AGAIN).replace("VERSION", str(VERSION)).rstrip()
    yield "\n## Events"
    for message in MESSAGES:
        to = "everybody" if message.AUDIENCE == PUBLIC else "staff only"
        yield f"\n### {message.TYPE}\n\n{_doc(message)} To {to}.\n"
        yield from _table(message)
    for title, intro, module in (
        ("Board", "What a snapshot carries, and what events are folded into.", board),
        ("Answers", "What HTTP answers with.", views),
        ("Screens", "What screens, voice and kiosks are told to be.", screens),
        ("Paper", "How slips look, and how a hall asks for identity.", paper),
        ("Devices", "What hangs on a box, as the box tells it.", devices),
    ):
        yield f"\n## {title}\n\n{intro}"
        for struct in structs_of(module):
            yield f"\n### {struct.__name__}\n\n{_doc(struct)}\n"
            yield from _table(struct)
    yield _MD_REASONS.rstrip()
    for code, reason in REASONS.items():
        yield f"| `{code}` | {reason.status} | {_cell(reason.zh)} | {_cell(reason.en)} |"


def _table(struct: type[msgspec.Struct]) -> Iterator[str]:
    fields = fields_of(struct)
    if not fields:
        yield "No data."
        return
    yield "| field | type | meaning |"
    yield "|---|---|---|"
    for f in fields:
        words = f.doc
        if f.default is not msgspec.NODEFAULT:
            said = msgspec.json.encode(f.default).decode()
            words = f"{words} Default `{said}`.".strip()
        yield f"| `{f.name}` | {md_type(f.type)} | {_cell(words)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _module_doc(module: ModuleType) -> str:
    return (inspect.getdoc(module) or "").partition("\n")[0]


_MD_HEAD = """\
# The contract between server, kiosk and display

Made from `server/kit/contract/` by `AGAIN`; edits here are lost. The current major
version is **VERSION**. `server/kit/web/contract.d.ts` holds the same for page code, and
`tests/contract/golden/` one example of each event.

All moments are UTC text with milliseconds (`2026-11-23T01:15:07.412Z`), all dates are hall-local
(`2026-11-23`), all durations carry their unit in the name (`service_s`, `low_min`).

## Rules

* **Strict out, lenient in.** A writer fails on a field or type that is not declared; a reader skips
  what it does not know. Adding a type or an optional field therefore does not raise the version;
  removing or changing one does, and the server then speaks the new and the former version for one
  minor release.
* **Privacy is in the types.** A public event has no field that could hold a name, an identity number
  or a telephone number. In a public client's stream `event.withheld` stands for each event that is
  for staff only, so that no number of the sequence is missing.
* **Every change goes by HTTP**, with the header `Idempotency-Key: <UUID>`. No answer or a 5xx: send
  the same request again with the same key; the answer is the same, with `Idempotent-Replay: true`.
  A 4xx refused it: after a change of mind use a new key. The same key with another body is refused
  with `key_reused`. Keys live 48 hours.
* Devices send `Authorization: Bearer <device token>`. Staff pages send their session cookie and the
  header `X-CSRFToken`.

## Socket.IO

Namespace `/edge` is for devices, `/staff` for staff pages. The connection is refused without a valid
token or session.

| direction | event | payload |
|---|---|---|
| to the server | connect, `auth` | `{token, contract: [1], since: 1234 or null, run, content: digest, software}` |
| to the client | `welcome` | `{contract, hall, now, run, mode: "replay", events: [envelope…]}` or `{…, mode: "snapshot", board}` |
| to the client | `event` | list of envelopes, ascending `seq` |
| to the server | `sync` | `{since}`; answered by `welcome` |
| to the server | `ack` | `{seq, content, outputs: [{call, times, output, at}], status}` every 10 s and after each call |
| to the client | `voice` | `{term, zones, list, now}`: to the display that speaks for *zones*, whole, at every change |
| to the server | `voice` | `{term, playing, ended, dropped, sound}` from that display, every second and at every change |
| to the client | `beat` | `{seq, now}` every 2 s to everybody; freshness is counted from it |
| to the client | `bye` | `{reason}`: `revoked`, `upgrade_needed` or `shutting_down` |

A client keeps the last `seq` it folded into its board. The next event has `seq + 1`; a smaller one
was seen already and is dropped; a larger one means a gap, and the client asks `sync`. What came with a
welcome is shown, but never spoken or flashed. `run` changes when the server starts: sent back with
`since`, it says in whose log `since` was counted, and after a restart, which may have restored a
backup, brings a snapshot.

```json
{"v": VERSION, "hall": "main", "seq": 4711, "at": "2026-11-23T01:15:07.412Z", "type": "ticket.called",
 "data": {"call": "hB3kT0…", "ticket": "A012", "queue": "A", "counter": "3", "counter_name": "3号窗口",
          "zone": "1F", "times": 1, "speak": true, "waiting": 7, "resumed": false}}
```
"""

_MD_REASONS = """
## Refusals

`application/problem+json` with `type`, `title`, `status`, `code`, `detail` (Chinese), `detail_en` and
`context`. The code is stable; the words may be improved at any time.

| code | status | 中文 | English |
|---|---|---|---|
"""


def main(argv: list[str] | None = None) -> int:
    """Write both files (`--write`), or say whether they are fresh."""
    parser = argparse.ArgumentParser(description="the contract's reference page and declarations")
    parser.add_argument("--write", action="store_true", help="write the files; else only compare")
    write = parser.parse_args(argv).write
    stale = 0
    for path, text in ((MARKDOWN, markdown()), (TYPESCRIPT, typescript())):
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)} {'written' if write else 'is stale'}")
    return 0 if write else min(stale, 1)


if __name__ == "__main__":
    sys.exit(main())
