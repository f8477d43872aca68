"""The envelope: strict when writing, lenient when reading."""

from __future__ import annotations

import json

import msgspec
import msgspec.inspect as mi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.contract import codec, reference
from server.kit.contract.codec import Event
from server.kit.contract.messages import (
    MESSAGES,
    PUBLIC,
    HallDay,
    Message,
    TicketIssued,
    TicketPrinted,
)

ISSUED = TicketIssued(ticket="A012", queue="A", waiting=8)
EVENT = Event(hall="main", seq=7, at="2026-11-23T01:15:07.412Z", message=ISSUED)


def values_of(kind: mi.Type) -> st.SearchStrategy[object]:
    """Return values that a field of *kind* may hold."""
    match kind:
        case mi.StrType():
            return st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
        case mi.IntType():
            return st.integers(-(2**53), 2**53)
        case mi.BoolType():
            return st.booleans()
        case mi.NoneType():
            return st.none()
        case mi.UnionType(types=types):
            return st.one_of(*map(values_of, types))
        case mi.VarTupleType(item_type=item):
            return st.lists(values_of(item), max_size=3).map(tuple)
        case _:
            raise TypeError(kind)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Draw any event that the contract allows."""
    kind = draw(st.sampled_from(MESSAGES))
    fields = {f.name: draw(values_of(f.type)) for f in reference.fields_of(kind)}
    return Event(
        hall=draw(st.text("abcxyz", min_size=1)),
        seq=draw(st.integers(1, 2**53)),
        at="2026-11-23T01:15:07.412Z",
        message=kind(**fields),
    )


@given(events())
def test_what_is_written_is_read_the_same(event):
    wire = json.dumps(codec.dump(event))

    again = codec.load(json.loads(wire))

    assert again == event


@given(events())
def test_the_log_keeps_a_message_whole_and_in_one_spelling(event):
    text = codec.encode_message(event.message)

    again = codec.load_message(type(event.message), json.loads(text))

    assert again == event.message
    assert codec.encode_message(again) == text


@given(events())
def test_the_public_gets_every_number_and_only_what_is_public(event):
    shown = codec.public(event)

    assert (shown.hall, shown.seq, shown.at) == (event.hall, event.seq, event.at)
    assert shown.message.AUDIENCE == PUBLIC
    assert (shown == event) == (event.message.AUDIENCE == PUBLIC)


def test_an_unknown_field_is_skipped_when_reading():
    wire = codec.dump(EVENT)
    wire["data"] |= {"estimate_s": 300}
    wire["later"] = True

    assert codec.load(wire) == EVENT


def test_an_unknown_type_is_no_event_for_an_old_reader():
    assert codec.load(codec.dump(EVENT) | {"type": "robot.arrived", "data": {"n": 1}}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": "1"},
        {"seq": "7"},
        {"seq": None},
        {"at": 0},
        {"type": 3},
        {"data": []},
        {"data": {}},
        {"data": {"ticket": "A012", "queue": "A"}},
        {"data": {"ticket": "A012", "queue": "A", "waiting": "8"}},
        {"data": {"ticket": None, "queue": "A", "waiting": 8}},
    ],
    ids=str,
)
def test_a_broken_envelope_is_refused(change):
    with pytest.raises(msgspec.ValidationError):
        codec.load(codec.dump(EVENT) | change)


def test_an_undeclared_field_cannot_be_written():
    with pytest.raises(TypeError, match="phone"):
        TicketIssued(ticket="A012", queue="A", waiting=8, phone="13800000000")


def test_a_message_outside_the_contract_cannot_be_written():
    class RobotArrived(Message, frozen=True, kw_only=True):
        TYPE = "robot.arrived"

    class Disguised(Message, frozen=True, kw_only=True):
        TYPE = "ticket.issued"

    for stranger in (RobotArrived(), Disguised(), Message()):
        with pytest.raises(TypeError, match="not in the contract"):
            codec.dump(msgspec.structs.replace(EVENT, message=stranger))
        with pytest.raises(TypeError, match="not in the contract"):
            codec.encode_message(stranger)


def test_events_are_frozen():
    with pytest.raises(AttributeError):
        EVENT.seq = 8  # type: ignore[misc]  # the very thing that must fail
    with pytest.raises(AttributeError):
        HallDay(date="2026-11-23", state="open").state = "closed"  # type: ignore[misc]  # likewise


def test_a_staff_event_is_withheld_with_its_number():
    printed = TicketPrinted(uid="u", ticket="A012", device="d", state="printed", fault="")

    shown = codec.dump(codec.public(msgspec.structs.replace(EVENT, message=printed)))

    assert shown == codec.dump(EVENT) | {"type": "event.withheld", "data": {}}
