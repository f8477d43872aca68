"""Alarms: what needs a person now, ordered by the harm to citizens. Words for staff, nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.kit.contract.devices import AlarmView
from server.reads.devices import Card, cards
from server.reads.equipment import FaultLine, PartLine, since_words
from server.reads.screens import Presence
from server.store.alarms import Known, known
from server.store.work import Read

AWAY = "away"
HARM = (
    ("kiosk", "", (AWAY,)),
    ("kiosk", "printer", ()),
    ("kiosk", "reader", ()),
    ("display", "", (AWAY,)),
    ("display", "", ("no_sound",)),
    ("display", "led", ()),
    ("display", "", ("muted",)),
    ("pad", "", (AWAY,)),
    ("display", "pad", ()),
    ("display", "rater", ()),
)
"""(kind, role of the part, faults; none = all but mild ones), the greatest harm first: nobody gets a
number; numbers without paper; no screen; no voice; no bar; keys. What is not here comes after, mild
faults last."""
MILD_HARM = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that needs a person."""

    key: str
    """Device, part and fault; with `since` it names this one alarm."""
    harm: int
    device: str
    name: str
    place: str
    what: str
    to_do: str
    since: str
    """UTC; empty when nobody knows."""
    since_zh: str
    age: str
    mild: bool
    known: Known | None
    known_zh: str


def alarms(r: Read, presence: Presence, found: Sequence[Card] | None = None) -> tuple[Alarm, ...]:
    """Return what needs a person now; the greatest harm first, then what has lasted longest.

    Args:
        r: the question.
        presence: who is here.
        found: the devices, when the caller has them already.
    """
    seen = known(r)
    listed = [
        alarm for card in (cards(r, presence) if found is None else found) for alarm in _of(r, card)
    ]
    with_known = [_with(r, alarm, seen.get(alarm.key)) for alarm in listed]
    return tuple(sorted(with_known, key=lambda a: (a.known is not None, a.harm, a.since, a.name)))


def urgent(r: Read, presence: Presence) -> tuple[Alarm, ...]:
    """Return what stands at the top of every staff page: nobody knows it, and citizens suffer."""
    return tuple(a for a in alarms(r, presence) if a.known is None and not a.mild)


def views(r: Read, presence: Presence) -> tuple[AlarmView, ...]:
    """Return the alarms as the duty manager's page has them."""
    return tuple(
        AlarmView(
            key=a.key,
            device=a.device,
            name=a.name,
            place=a.place,
            what=a.what,
            to_do=a.to_do,
            since=a.since,
            since_words=a.since_zh,
            mild=a.mild,
            known_by=a.known.who if a.known else "",
            known_at=a.known.at if a.known else "",
        )
        for a in alarms(r, presence)
    )


def _of(r: Read, card: Card) -> list[Alarm]:
    if card.state == "new":
        return []
    if card.state == AWAY:
        return [_away(card)]
    own = [_alarm(card, None, fault) for fault in card.faults]
    hung = [_alarm(card, part, fault) for part in card.parts for fault in part.faults]
    return [*own, *hung]


def _away(card: Card) -> Alarm:
    kind = card.line.role_zh or card.line.kind_zh
    rater = card.line.kind == "pad" and card.line.layout.role == "rater"
    to_do = {
        "kiosk": "群众不能取号。请看电源和网线，再看服务器",
        "display": "叫号不显示。请看屏幕电源和网线",
        "pad": "按键不起作用。请看电源和网线",
        "rater": "窗口前不显示办理情况。请看平板的电源、网络和页面",
    }
    return Alarm(
        key=f"{card.line.uid}::{AWAY}",
        harm=_harm(card.line.kind, "", AWAY, mild=False),
        device=card.line.uid,
        name=card.line.name,
        place=card.line.zone_name,
        what=f"{kind}离线",
        to_do=to_do.get("rater" if rater else card.line.kind, "请看电源和网线"),
        since=card.since_at,
        since_zh=card.since,
        age=card.age,
        mild=False,
        known=None,
        known_zh="",
    )


def _alarm(card: Card, part: PartLine | None, fault: FaultLine) -> Alarm:
    role, key = (part.role, part.key) if part else ("", "")
    if part is None and card.line.kind == "kiosk":
        role = "printer"  # a kiosk has no faults of its own
    # A bar or pad says where it stands; the kiosk's own printer is named by the kiosk.
    named = part is not None and part.role not in {"printer", "reader"}
    return Alarm(
        key=f"{card.line.uid}:{key}:{fault.code}",
        harm=_harm(card.line.kind, role, fault.code, mild=fault.mild),
        device=card.line.uid,
        name=part.name if named and part else card.line.name,
        place=f"接在{card.line.name}" if named else card.line.zone_name,
        what=f"{part.role_zh}{fault.what}" if part and part.role != "printer" else fault.what,
        to_do=fault.to_do,
        since=fault.at,
        since_zh=fault.since,
        age=fault.age,
        mild=fault.mild,
        known=None,
        known_zh="",
    )


def _harm(kind: str, role: str, code: str, *, mild: bool) -> int:
    for harm, (of_kind, of_role, codes) in enumerate(HARM):
        if (of_kind, of_role) == (kind, role) and (code in codes or (not codes and not mild)):
            return harm
    return len(HARM) + (MILD_HARM if mild else 0)


def _with(r: Read, alarm: Alarm, seen: Known | None) -> Alarm:
    if seen is None or seen.since != alarm.since:
        return alarm
    words = f"工号 {seen.who} {since_words(r, seen.at)} 已知晓"
    return replace(alarm, known=seen, known_zh=words)
