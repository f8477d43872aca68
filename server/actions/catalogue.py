"""What managers change: disclosures, rules, the public address, emergency."""

from __future__ import annotations

import hashlib
from dataclasses import fields

import msgspec

from server.actions import days
from server.domain.disclosures import missing_of_five, require_five
from server.domain.people import Permission, Staff
from server.domain.rules import HallRules
from server.kit.contract.messages import (
    CatalogueChanged,
    DisclosurePublished,
    HallEmergency,
)
from server.kit.contract.reasons import Refused
from server.kit.contract.views import DisclosureView, Done
from server.store import catalogue
from server.store.published import digest_of
from server.store.work import Work

LONGEST_EMERGENCY = 120


def publish_disclosure(
    w: Work, item: str, view: DisclosureView, *, staff: Staff, expected: int
) -> Done:
    """Put a new revision of an item's five disclosures 五公开 in force, everywhere at once.

    Args:
        w: the command's work.
        item: code of the item.
        view: the new text; its `item`, `revision` and `published_at` are set here.
        staff: who publishes.
        expected: the revision that the editor began from.

    Raises:
        Refused: `forbidden`, `not_found`, `incomplete` naming all that is missing, `stale`.
    """
    info = w.config.item(item)
    department = w.config.department_by_id[info.department_id].code
    staff.require(Permission.PUBLISH, department)
    require_five(
        missing_of_five(
            content=view.content,
            steps=view.steps,
            materials=[m.name for m in view.materials],
            promised_unit=view.promised.unit,
            promised_n=view.promised.n,
            fee_text=view.fee.text,
        )
    )
    revision = catalogue.last_revision(w, info.id) + 1
    new = msgspec.structs.replace(view, item=item, revision=revision, published_at=w.at)
    digest = hashlib.sha256(msgspec.json.encode(new)).hexdigest()[:16]
    if not catalogue.add_revision(
        w, info.id, new, digest=digest, approved_by=staff.uid, was=expected
    ):
        raise Refused("stale", number=info.name)
    w.changed_config()
    _refresh_digest(w)
    w.publish(
        DisclosurePublished(item=item, revision=revision, digest=w.hall.catalogue_digest),
        item_id=info.id,
    )
    return Done(state="published", version=revision)


def refresh(w: Work) -> None:
    """Recompute the catalogue's digest after a change of what it shows, and publish it if new."""
    w.changed_config()
    before = w.hall.catalogue_digest
    _refresh_digest(w)
    if w.hall.catalogue_digest != before:
        w.publish(CatalogueChanged(digest=w.hall.catalogue_digest))


def _refresh_digest(w: Work) -> None:
    w.changed_hall(catalogue_digest=digest_of(w))


def settle(w: Work, *, public_url: str) -> None:
    """At start: take over the configured address and make the digest fit the code's catalogue."""
    if public_url and public_url != w.hall.public_url:
        catalogue.set_public_url(w, public_url)
    if w.hall.catalogue_digest != digest_of(w):
        refresh(w)


def set_rules(w: Work, **values: object) -> None:
    """Store rules of the hall by the names of `HallRules`.

    Raises:
        Refused: `malformed` for a name that is not a rule or a value of another type.
    """
    types = {f.name: type(getattr(HallRules(), f.name)) for f in fields(HallRules)}
    for key, value in values.items():
        if key not in types or type(value) is not types[key]:
            raise Refused("malformed", problem=f"规则 {key}")
        catalogue.set_setting(w, key, value)
    refresh(w)


def set_emergency(w: Work, *, staff: Staff, text: str | None) -> Done:
    """Turn every screen to *text* and stop issuing, or with None give all back.

    Raises:
        Refused: `forbidden`, `malformed` for an empty or too long text.
    """
    staff.require(Permission.DAY)
    if text is not None and not 0 < len(text.strip()) <= LONGEST_EMERGENCY:
        raise Refused("malformed", problem="紧急通知的文字")
    words = None if text is None else text.strip()
    if words != w.hall.emergency:
        w.changed_hall(emergency=words)
        w.publish(HallEmergency(on=words is not None, text=words or ""))
        days.refresh_issuing(w)
    return Done(state="on" if words else "off")
