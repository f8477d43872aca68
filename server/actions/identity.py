"""Taking a number with an identity card 实名取号, without identities.

The card's number never comes here. A kiosk asks for the key of the business day, hashes the number
with it (HMAC-SHA256) and sends the hash; the key and all hashes are deleted when the day ends, so
that what was stored can be recomputed by nobody. See docs/privacy.md.
"""

from __future__ import annotations

import secrets

import msgspec

from server.actions.settings import store_setting
from server.domain import holders
from server.domain.people import Permission, Staff
from server.kit.contract.paper import RealName
from server.kit.contract.reasons import Refused
from server.kit.contract.views import Done
from server.store import identity, settings
from server.store.hallconfig import QueueInfo
from server.store.work import Work

KEY_BYTES = 32
LONGEST_NOTICE = 80
MOST_A_DAY = 99
WITHOUT_CARD = "工作人员代取，未刷身份证"
"""What the log says of a number that staff gave in a queue that asks for a card."""


class IdentityKey(msgspec.Struct, frozen=True, kw_only=True):
    """The key of a business day, for kiosks."""

    date: str
    key: str
    """64 hex digits."""

    def __repr__(self) -> str:
        """Return the day only: a key in a log would outlive its day."""
        return f"IdentityKey(date={self.date!r})"


def key_of_day(w: Work) -> IdentityKey:
    """Return the key of today, made when it is first asked for.

    Raises:
        Refused: `day_closed`: the key of a day that has ended is gone, and none is made anew.
    """
    if w.hall.day_state == "closed":
        raise Refused("day_closed")
    secret = identity.key_of_day(w)
    if secret is None:
        secret = secrets.token_hex(KEY_BYTES)
        identity.set_key(w, secret)
    return IdentityKey(date=w.hall.date, key=secret)


def asks(w: Work, queue: QueueInfo) -> bool:
    """Whether this queue asks for a card."""
    return queue.code in settings.real_name_of(w.config.settings).queues


def admit(w: Work, queue: QueueInfo, *, holder: str, holder_date: str, by_staff: bool) -> None:
    """Let a person take a number of *queue*, which asks for a card, or refuse.

    Args:
        w: the command's work.
        queue: the queue asked for.
        holder: the hash of their card, empty without one.
        holder_date: the day whose key made it.
        by_staff: staff at the guide desk 导办台 give numbers without a card, also where the hall
            requires one.

    Raises:
        Refused: `identity_needed`, `identity_stale`, `number_open`, `day_limit`.
    """
    rule = settings.real_name_of(w.config.settings)
    if by_staff:
        return
    if not holder:
        if rule.required:
            raise Refused("identity_needed", queue=queue.name)
        return
    if holder_date != w.hall.date or identity.key_of_day(w) is None:
        raise Refused("identity_stale")
    no = holders.refusal(
        identity.held_by(w, holder), queue_id=queue.id, queue=queue.name, a_day=rule.a_day
    )
    if no is not None:
        raise no


def hold(w: Work, ticket_id: int, holder: str) -> None:
    """Note that the person of *holder* has this ticket, until the day ends."""
    identity.add_holder(w, ticket_id, holder)


def set_real_name(
    w: Work, value: RealName, *, staff: Staff, expected: int, reason: str = ""
) -> Done:
    """Change which queues ask for a card and what the rule is.

    Raises:
        Refused: `forbidden`, `stale`, `malformed` naming what is wrong.
    """
    staff.require(Permission.CONFIGURE)
    known = {q.code for q in w.config.queues}
    notice = value.notice.strip()
    for wrong, problem in (
        (any(code not in known for code in value.queues), "选了不存在的队列"),
        (len(set(value.queues)) != len(value.queues), "同一个队列选了两次"),
        (not 0 <= value.a_day <= MOST_A_DAY, f"每人每天的号数是 0 到 {MOST_A_DAY}"),
        (not notice, "告知内容不能空着：市民要知道身份证用来做什么"),
        (len(notice) > LONGEST_NOTICE, f"告知内容最多 {LONGEST_NOTICE} 个字"),
        (not notice.isprintable(), "告知内容里有换行或看不见的字符"),
    ):
        if wrong:
            raise Refused("malformed", problem=problem)
    value = msgspec.structs.replace(value, notice=notice)
    return store_setting(w, settings.REAL_NAME, value, expected=expected, reason=reason)
