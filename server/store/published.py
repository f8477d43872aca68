"""The catalogue: what kiosks, screens and phones know of the hall that changes seldom."""

from __future__ import annotations

import hashlib

import msgspec

from server.kit.contract.screens import ServiceHours
from server.kit.contract.views import (
    Catalogue,
    CatalogueCounter,
    CatalogueDepartment,
    CatalogueItem,
    CatalogueQueue,
    CatalogueZone,
)
from server.store.settings import (
    common_of,
    complaint_phone_of,
    kiosk_of,
    real_name_of,
    slip_of,
    voice_of,
)
from server.store.work import Read


def catalogue(r: Read) -> Catalogue:
    """Return the catalogue in force, with its digest."""
    return msgspec.structs.replace(_build(r), digest=r.hall.catalogue_digest)


def digest_of(r: Read) -> str:
    """Return the digest that the present catalogue ought to have: 16 hexadecimal digits."""
    return hashlib.sha256(msgspec.json.encode(_build(r))).hexdigest()[:16]


def _build(r: Read) -> Catalogue:
    c = r.config
    department = {d.id: d.code for d in c.departments}
    zone = {z.id: z.code for z in c.zones}
    queue = {q.id: q.code for q in c.queues}
    common = common_of(c.settings)
    return Catalogue(
        hall=r.hall.code,
        hall_name=r.hall.name,
        tz=r.hall.tz,
        digest="",
        zones=tuple(
            CatalogueZone(code=z.code, name=z.name, floor=z.floor, name_en=z.name_en)
            for z in c.zones
        ),
        departments=tuple(
            CatalogueDepartment(
                code=d.code, name=d.name, short_name=d.short_name, name_en=d.name_en
            )
            for d in c.departments
        ),
        queues=tuple(
            CatalogueQueue(
                code=q.code,
                name=q.name,
                prefix=q.prefix,
                department=department[q.department_id],
                zone=zone[q.zone_id],
                counters=tuple(x.code for x in c.counters_of_queue[q.id]),
                consult_only=q.consult_only,
                name_en=q.name_en,
            )
            for q in c.queues
        ),
        counters=tuple(
            CatalogueCounter(
                code=x.code,
                name=x.name,
                department=department[x.department_id],
                zone=zone[x.zone_id],
                name_en=x.name_en,
            )
            for x in c.counters
        ),
        items=tuple(
            CatalogueItem(
                code=i.code,
                name=i.name,
                short_name=i.short_name,
                department=department[i.department_id],
                queue=queue[i.queue_id],
                mode=i.mode,
                keywords=i.keywords,
                common=i.code in common if common else i.common,
                consult_only=i.consult_only or c.queue_by_id[i.queue_id].consult_only,
                disclosure=i.disclosure,
                name_en=i.name_en,
            )
            for i in c.items
            if i.disclosure is not None
        ),
        notices=c.shown.lasting,
        no_show_rule=c.rules.no_show_rule,
        public_url=r.hall.public_url,
        hall_name_en=r.hall.name_en,
        hours=_hours(r),
        posts=c.shown.posts,
        media=c.shown.media,
        leaders=c.shown.leaders,
        voice=voice_of(c.settings),
        kiosk=kiosk_of(c.settings),
        common_items=common,
        slip=slip_of(c.settings),
        real_name=real_name_of(c.settings),
        complaint_phone=complaint_phone_of(c.settings),
    )


def _hours(r: Read) -> tuple[ServiceHours, ...]:
    hours = r.config.hours.get(("hall", ""))
    if hours is None:
        return ()
    return tuple(
        ServiceHours(weekday=weekday, from_at=f"{begin:%H:%M}", to_at=f"{end:%H:%M}")
        for weekday in sorted(hours.by_weekday)
        for begin, end in hours.by_weekday[weekday]
    )
