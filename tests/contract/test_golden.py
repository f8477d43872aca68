"""One recorded envelope of every event, forever readable, and never with room for a person.

The files under `golden/v1/` are what fielded kiosks send and expect. A new event brings its own file;
a file that exists is never changed, because a kiosk of last year still speaks it.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import msgspec.inspect as mi
import pytest

from server.kit.contract import board, codec, messages, reference
from server.kit.contract.messages import BY_TYPE, MESSAGES, PUBLIC, STAFF

GOLDEN = Path(__file__).parent / "golden" / f"v{codec.VERSION}"
SUMS = GOLDEN / "SHA256SUMS"

PUBLIC_FIELDS = frozenset(
    [
        "ask",
        "call",
        "called_at",
        "calls",
        "clerk_label",
        "code",
        "counter",
        "counter_name",
        "counters",
        "date",
        "day_state",
        "device",
        "digest",
        "emergency",
        "from_queue",
        "hall",
        "high_min",
        "issuing",
        "item",
        "low_min",
        "name",
        "on",
        "part",
        "queue",
        "queues",
        "reason",
        "resumed",
        "resumes_at",
        "revision",
        "rough",
        "seq",
        "service_s",
        "serving_at",
        "speak",
        "state",
        "text",
        "ticket",
        "times",
        "until",
        "version",
        "waiting",
        "what",
        "zone",
    ]
)
"""Every name that a field of a public event or of the board may have.

Before you add one, ask who can read it: everybody in the hall, and every log on the way. `name` is the
counter's (`CounterLine`), `clerk_label` a work number 工号, `text` and `reason` the hall's own words.
"""

NAME_ALLOWED_IN = frozenset({"CounterLine"})

PERSONAL = re.compile(
    r"holder|person|citizen|phone|mobile|id_|idcard|identity|address|birth|face|hmac"
)


def envelope(kind: str) -> dict[str, Any]:
    """Return the recorded envelope of an event type."""
    return json.loads((GOLDEN / f"{kind}.json").read_text(encoding="utf-8"))


def test_every_event_has_one_example_and_every_example_an_event():
    recorded = {p.stem for p in GOLDEN.glob("*.json")}

    assert recorded == set(BY_TYPE), "add tests/contract/golden/v1/<type>.json for a new event"


@pytest.mark.parametrize("kind", sorted(BY_TYPE))
def test_a_recorded_envelope_is_read_as_its_event_and_written_the_same(kind):
    recorded = envelope(kind)

    event = codec.load(recorded)

    assert event is not None
    assert type(event.message) is BY_TYPE[kind]
    written = codec.dump(event)
    # An optional field added later is written too; what was recorded must stand unchanged.
    later = {k for k in written["data"] if k not in recorded["data"]}
    optional = {f.name for f in reference.fields_of(BY_TYPE[kind]) if f.default is not mi.NODEFAULT}
    assert later <= optional
    kept = json.loads(json.dumps(written))
    kept["data"] = {k: v for k, v in kept["data"].items() if k not in later}
    assert kept == recorded


def test_a_recorded_envelope_is_never_changed():
    listed = dict(reversed(line.split()) for line in SUMS.read_text(encoding="utf-8").splitlines())
    now = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in GOLDEN.glob("*.json")}

    changed = sorted(name for name, digest in listed.items() if now.get(name) != digest)
    unlisted = sorted(now.keys() - listed.keys())

    assert changed == [], (
        "kiosks in the field speak these: raise codec.VERSION and record golden/v2"
    )
    assert unlisted == [], f"add the line of `sha256sum` to {SUMS.name}"


def test_every_event_names_its_own_type_once_and_its_audience():
    assert len(BY_TYPE) == len(MESSAGES) == len(reference.structs_of(messages))
    assert {m.AUDIENCE for m in MESSAGES} == {PUBLIC, STAFF}
    for kind in BY_TYPE:
        assert re.fullmatch(r"[a-z]+\.[a-z]+", kind)


@pytest.mark.parametrize(
    "struct",
    [m for m in MESSAGES if m.AUDIENCE == PUBLIC] + list(reference.structs_of(board)),
    ids=lambda s: s.__name__,
)
def test_nothing_public_has_a_field_that_could_hold_a_person(struct):
    for field in reference.fields_of(struct):
        assert field.name in PUBLIC_FIELDS, f"{struct.__name__}.{field.name}: who may read it?"
        assert not PERSONAL.search(field.name)
        assert field.name != "name" or struct.__name__ in NAME_ALLOWED_IN
        if issubclass(struct, messages.Message):
            assert is_plain(field.type), f"{struct.__name__}.{field.name} could hold anything"


def is_plain(kind: mi.Type) -> bool:
    """Tell whether a value of *kind* is one short fact, not a container that takes whatever comes."""
    if isinstance(kind, mi.UnionType):
        return all(is_plain(t) for t in kind.types)
    return isinstance(kind, mi.StrType | mi.IntType | mi.BoolType | mi.NoneType)


@pytest.mark.parametrize("kind", [m.TYPE for m in MESSAGES if m.AUDIENCE == STAFF])
def test_a_staff_event_reaches_the_public_as_a_bare_number(kind):
    event = codec.load(envelope(kind))
    assert event is not None

    shown = codec.dump(codec.public(event))

    assert shown["type"] == "event.withheld"
    assert shown["seq"] == event.seq
    assert shown["data"] == {}
