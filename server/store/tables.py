"""Every table, with what it means. Names and conventions: docs/architecture of data.

Times are ISO-8601 UTC text with milliseconds (they sort as text, read alike on SQLite and
PostgreSQL, and enter the hash chain unchanged; ADR 0003). Dates are hall-local `YYYY-MM-DD`.
"""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Int, BigInt, Text, Bool = sa.Integer, sa.BigInteger, sa.Text, sa.Boolean
Key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""Integer key: SQLite numbers rows by itself only for a column declared INTEGER."""


def _id() -> sa.Column[int]:
    return sa.Column("id", Key, primary_key=True, autoincrement=True)


def _hall() -> sa.Column[int]:
    return sa.Column("hall_id", Key, sa.ForeignKey("hall.id"), nullable=False)


def _text(name: str, default: str | None = "", *, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, Text, nullable=False, server_default=default, unique=unique)


def _int(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, Int, nullable=False, server_default=str(default))


def _flag(name: str, *, on: bool) -> sa.Column[bool]:
    return sa.Column(name, Bool, nullable=False, server_default=sa.true() if on else sa.false())


def _ref(name: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, Key, sa.ForeignKey(target), nullable=nullable)


def _json(name: str, default: str = "{}") -> sa.Column[str]:
    return sa.Column(name, Text, nullable=False, server_default=default)


hall = sa.Table(
    "hall",
    METADATA,
    _id(),
    _text("code", None, unique=True),
    _text("name", None),
    _text("name_en"),
    _text("tz", "Asia/Shanghai"),
    sa.Column("event_seq", BigInt, nullable=False, server_default="0"),
    _text("chain", ""),
    _text("date", ""),
    _text("day_state", "closed"),
    _text("public_url", ""),
    _text("catalogue_digest", ""),
    sa.Column("emergency", Text),
    _int("version", 1),
    comment="One site: one lock, one event sequence. `date` is the business day now in force.",
)

zone = sa.Table(
    "zone",
    METADATA,
    _id(),
    _hall(),
    _text("code", None),
    _text("name", None),
    _text("floor"),
    _text("name_en"),
    sa.UniqueConstraint("hall_id", "code"),
    comment="Part of a hall; filters screens and voice.",
)

department = sa.Table(
    "department",
    METADATA,
    _id(),
    _hall(),
    _text("code", None),
    _text("name", None),
    _text("short_name", None),
    _text("name_en"),
    _flag("active", on=True),
    _int("sort"),
    _int("version", 1),
    sa.UniqueConstraint("hall_id", "code"),
    comment="Body with staff in the hall 进驻单位.",
)

queue = sa.Table(
    "queue",
    METADATA,
    _id(),
    _hall(),
    _ref("department_id", "department.id"),
    _ref("zone_id", "zone.id"),
    _text("code", None),
    _text("name", None),
    _text("prefix", None),
    _int("digits", 3),
    _int("first_no", 1),
    _int("last_no", 999),
    _int("service_s", 600),
    _int("service_setting_s", 600),
    _json("recent_s", "[]"),
    _flag("active", on=True),
    _flag("consult_only", on=False),
    _flag("finish_when_called", on=False),
    _flag("issuing", on=True),
    _text("issuing_reason"),
    sa.Column("resumes_at", Text),
    _text("name_en"),
    sa.Column("low_min", Int),
    sa.Column("high_min", Int),
    _flag("rough", on=False),
    _json("policy"),
    _int("sort"),
    _int("version", 1),
    sa.UniqueConstraint("hall_id", "code"),
    sa.UniqueConstraint("hall_id", "prefix"),
    comment=(
        "Line of people; owns prefix and numbers. `service_s` is the typical service time now, "
        "`service_setting_s` the hall's own figure, `recent_s` the last services in seconds; "
        "`low_min`, `high_min`, `rough` are the last published forecast."
    ),
)

item = sa.Table(
    "item",
    METADATA,
    _id(),
    _hall(),
    _ref("department_id", "department.id"),
    _ref("queue_id", "queue.id"),
    _text("code", None),
    _text("name", None),
    _text("short_name", None),
    _text("name_en"),
    _json("keywords", "[]"),
    _text("mode", "promised"),
    _flag("common", on=False),
    _flag("consult_only", on=False),
    _flag("active", on=True),
    _int("sort"),
    _int("current_revision"),
    _int("version", 1),
    sa.UniqueConstraint("hall_id", "code"),
    comment="What the citizen wants done 事项; `current_revision` 0 = nothing published yet.",
)

disclosure_revision = sa.Table(
    "disclosure_revision",
    METADATA,
    _id(),
    _ref("item_id", "item.id"),
    _int("revision"),
    _json("body"),
    _text("digest", None),
    _text("approved_by"),
    _text("published_at", None),
    sa.UniqueConstraint("item_id", "revision"),
    comment="The five disclosures 五公开 of an item, append-only; `body` is a DisclosureView.",
)

counter = sa.Table(
    "counter",
    METADATA,
    _id(),
    _hall(),
    _ref("zone_id", "zone.id"),
    _ref("department_id", "department.id"),
    _text("code", None),
    _text("name", None),
    _text("name_en"),
    _text("state", "closed"),
    _text("pause_reason"),
    sa.Column("paused_until", Text),
    _ref("clerk_id", "person.id", nullable=True),
    _text("clerk_label"),
    sa.Column("opened_at", Text),
    sa.Column("ticket_id", Key, unique=True),
    _int("sort"),
    _int("version", 1),
    sa.UniqueConstraint("hall_id", "code"),
    sa.UniqueConstraint("clerk_id"),
    sa.CheckConstraint("state IN ('closed', 'open', 'paused')", name="state"),
    comment="Place where people are served; `ticket_id` unique = a ticket is at one counter.",
)

counter_queue = sa.Table(
    "counter_queue",
    METADATA,
    sa.Column("counter_id", Key, sa.ForeignKey("counter.id"), primary_key=True),
    sa.Column("queue_id", Key, sa.ForeignKey("queue.id"), primary_key=True),
    _int("weight", 1),
    comment="Which counter serves which queue.",
)

priority_class = sa.Table(
    "priority_class",
    METADATA,
    _id(),
    _hall(),
    _text("code", None),
    _text("name", None),
    _int("rank", 1),
    _flag("needs_reason", on=True),
    sa.UniqueConstraint("hall_id", "code"),
    comment="Why someone may go first 优先类别; a lower rank goes first, 0 is reserved for nobody.",
)

opening = sa.Table(
    "opening",
    METADATA,
    _id(),
    _hall(),
    _text("scope", "hall"),
    _text("scope_code"),
    _int("weekday"),
    _text("from_", None),
    _text("to_", None),
    comment="Opening hours, hall-local `HH:MM`; weekday 0 = Monday. Scope hall, queue or counter.",
)

workday = sa.Table(
    "workday",
    METADATA,
    sa.Column("hall_id", Key, sa.ForeignKey("hall.id"), primary_key=True),
    sa.Column("date", Text, primary_key=True),
    _text("kind", None),
    _text("name"),
    _text("source"),
    _text("status", "official"),
    comment="Calendar: workday, rest, holiday or makeup 调休; overrides the weekday.",
)

setting = sa.Table(
    "setting",
    METADATA,
    sa.Column("hall_id", Key, sa.ForeignKey("hall.id"), primary_key=True),
    sa.Column("key", Text, primary_key=True),
    _json("value"),
    _int("version", 1),
    comment="Rules of the hall as data, JSON.",
)

setting_change = sa.Table(
    "setting_change",
    METADATA,
    _id(),
    _hall(),
    _text("key", None),
    _int("version", 1),
    sa.Column("was", Text),
    _json("value"),
    _text("at", None),
    _text("actor", None),
    _text("reason"),
    sa.UniqueConstraint("hall_id", "key", "version"),
    comment=(
        "History of settings, append-only: what `key` was (NULL = the default) and became, by whom "
        "(`person:uid`). `key` is that of `setting`, or `notice`, `media:uid`, `device:uid`, `leaders`."
    ),
)

notice = sa.Table(
    "notice",
    METADATA,
    _id(),
    _hall(),
    _ref("zone_id", "zone.id", nullable=True),
    _text("text", None),
    sa.Column("from_at", Text),
    sa.Column("to_at", Text),
    _int("sort"),
    _int("version", 1),
    comment="Notices 公告 for the screens; without a zone for all of them.",
)

media = sa.Table(
    "media",
    METADATA,
    _id(),
    _text("uid", None, unique=True),
    _hall(),
    _ref("zone_id", "zone.id", nullable=True),
    _text("kind", None),
    _text("title", None),
    _text("text"),
    _text("digest"),
    _text("mime"),
    _int("size"),
    _int("seconds", 12),
    sa.Column("from_at", Text),
    sa.Column("to_at", Text),
    _int("sort"),
    _int("version", 1),
    sa.CheckConstraint("kind IN ('picture', 'video', 'honour', 'logo')", name="kind"),
    comment="Pictures, films and honour cards of the 宣传 region; files lie by digest beside the data.",
)

duty_leader = sa.Table(
    "duty_leader",
    METADATA,
    _id(),
    _hall(),
    _ref("department_id", "department.id"),
    _text("date", None),
    _text("post", None),
    _text("place"),
    _int("sort"),
    comment="Published roster 今日坐班领导.",
)

search_miss = sa.Table(
    "search_miss",
    METADATA,
    _id(),
    _hall(),
    _text("text", None),
    _text("language", "zh"),
    _int("count", 1),
    _text("first_at", None),
    _text("last_at", None),
    sa.Column("settled_at", Text),
    sa.UniqueConstraint("hall_id", "language", "text"),
    comment="What citizens typed at a kiosk and found nothing for; `settled_at` = a manager saw to it.",
)

wait_estimate = sa.Table(
    "wait_estimate",
    METADATA,
    sa.Column("ticket_id", Key, sa.ForeignKey("ticket.id"), primary_key=True),
    _hall(),
    _text("date", None),
    _ref("queue_id", "queue.id"),
    _text("at", None),
    _int("ahead"),
    _text("method", None),
    sa.Column("low_min", Int),
    sa.Column("high_min", Int),
    sa.Column("point_s", Int),
    sa.Column("outcome_s", Int),
    _text("outcome"),
    comment=(
        "The wait said to a citizen and what came of it: `outcome` empty while waiting, `called`, or "
        "how the ticket ended uncalled; `outcome_s` seconds from issue to the first call."
    ),
)
sa.Index("ix_wait_estimate_date", wait_estimate.c.hall_id, wait_estimate.c.date)

wait_model = sa.Table(
    "wait_model",
    METADATA,
    sa.Column("hall_id", Key, sa.ForeignKey("hall.id"), primary_key=True),
    sa.Column("date", Text, primary_key=True),
    _json("body"),
    comment="What was learnt for the estimates up to the end of a day; rebuilt from the log at will.",
)

business_day = sa.Table(
    "business_day",
    METADATA,
    sa.Column("hall_id", Key, sa.ForeignKey("hall.id"), primary_key=True),
    sa.Column("date", Text, primary_key=True),
    _text("state", None),
    _text("opened_at", None),
    sa.Column("closed_at", Text),
    _text("closing_reason"),
    _int("expired"),
    sa.CheckConstraint("state IN ('open', 'closing', 'closed')", name="state"),
    comment="Days of the hall; `expired` counts tickets that were still waiting at its end.",
)

number_series = sa.Table(
    "number_series",
    METADATA,
    sa.Column("hall_id", Key, sa.ForeignKey("hall.id"), primary_key=True),
    sa.Column("date", Text, primary_key=True),
    sa.Column("queue_id", Key, sa.ForeignKey("queue.id"), primary_key=True),
    sa.Column("last_no", Int, nullable=False),
    sa.Column("waiting", Int, nullable=False, server_default="0"),
    comment="The last number of a queue on a day, and how many of its tickets wait now.",
)

TICKET_STATES = (
    "waiting",
    "called",
    "serving",
    "held",
    "no_show",
    "done",
    "cancelled",
    "expired",
)

ticket = sa.Table(
    "ticket",
    METADATA,
    _id(),
    _text("uid", None, unique=True),
    _hall(),
    _text("date", None),
    _ref("queue_id", "queue.id"),
    _ref("series_queue_id", "queue.id"),
    _ref("item_id", "item.id", nullable=True),
    _int("revision"),
    _int("no"),
    _text("number", None),
    _text("state", "waiting"),
    _int("version", 1),
    _text("source", "kiosk"),
    _ref("device_id", "device.id", nullable=True),
    _text("priority"),
    _int("rank", 9),
    _text("priority_reason"),
    _text("queued_at", None),
    _text("sort_at", None),
    sa.Column("counter_id", Key, sa.ForeignKey("counter.id")),
    sa.Column("call_uid", Text),
    _int("calls"),
    sa.Column("called_at", Text),
    sa.Column("serving_at", Text),
    sa.Column("left_at", Text),
    sa.Column("ended_at", Text),
    _text("note"),
    _int("transfers"),
    _int("reinstatements"),
    _ref("return_queue_id", "queue.id", nullable=True),
    _text("print_state", "none"),
    _text("print_fault"),
    _int("prints"),
    _text("token", None, unique=True),
    sa.UniqueConstraint("hall_id", "date", "series_queue_id", "no"),
    sa.UniqueConstraint("hall_id", "date", "number"),
    sa.CheckConstraint(
        "state IN ('waiting','called','serving','held','no_show','done','cancelled','expired')",
        name="state",
    ),
    sa.CheckConstraint(
        "(state IN ('called','serving')) = (counter_id IS NOT NULL)", name="counter"
    ),
    sa.CheckConstraint(
        "print_state IN ('none','issued','printed','failed','unknown')", name="print_state"
    ),
    comment="One place in a queue on one day; `series_queue_id` gave the number and never changes.",
)

sa.Index(
    "ix_ticket_waiting",
    ticket.c.hall_id,
    ticket.c.date,
    ticket.c.queue_id,
    ticket.c.rank,
    ticket.c.sort_at,
    ticket.c.id,
    sqlite_where=ticket.c.state == sa.literal_column("'waiting'"),
    postgresql_where=ticket.c.state == sa.literal_column("'waiting'"),
)
sa.Index("ix_ticket_state", ticket.c.hall_id, ticket.c.date, ticket.c.state, ticket.c.queue_id)
sa.Index(
    "ix_ticket_counter",
    ticket.c.counter_id,
    unique=True,
    sqlite_where=ticket.c.counter_id.is_not(None),
    postgresql_where=ticket.c.counter_id.is_not(None),
)

ticket_holder = sa.Table(
    "ticket_holder",
    METADATA,
    sa.Column("ticket_id", Key, sa.ForeignKey("ticket.id"), primary_key=True),
    _hall(),
    _text("date", None),
    _text("holder", None),
    comment=(
        "Who took a number by card 实名取号: only a keyed hash of that day, by which one person is"
        " known again on the same day and nobody can be found."
    ),
)
sa.Index(
    "ix_ticket_holder",
    ticket_holder.c.hall_id,
    ticket_holder.c.date,
    ticket_holder.c.holder,
)

print_job = sa.Table(
    "print_job",
    METADATA,
    _id(),
    _ref("ticket_id", "ticket.id"),
    _ref("device_id", "device.id", nullable=True),
    _text("kind", "first"),
    _text("state", None),
    _text("fault"),
    _text("requested_by"),
    _text("reason"),
    _text("at", None),
    comment="Every attempt to put a ticket on paper.",
)

hall_event = sa.Table(
    "hall_event",
    METADATA,
    sa.Column("hall_id", Key, sa.ForeignKey("hall.id"), primary_key=True),
    sa.Column("seq", BigInt, primary_key=True, autoincrement=False),
    _text("type", None),
    _text("at", None),
    _text("date", None),
    _text("actor_kind", None),
    _text("actor_id", None),
    sa.Column("ticket_id", Key),
    sa.Column("counter_id", Key),
    sa.Column("queue_id", Key),
    sa.Column("item_id", Key),
    _text("state_from"),
    _text("state_to"),
    _int("v", 1),
    _json("data"),
    _text("note"),
    _text("chain", None),
    comment="Append-only, hash-chained, gapless per hall: outbox, audit log and statistics at once.",
)
sa.Index("ix_hall_event_ticket", hall_event.c.hall_id, hall_event.c.ticket_id, hall_event.c.seq)
sa.Index("ix_hall_event_at", hall_event.c.hall_id, hall_event.c.at)
FIRST_CALL = "type = 'ticket.called' AND state_from = 'waiting'"
"""Which events are first calls; as text, because only then the partial index may be used."""
sa.Index(
    "ix_hall_event_called",
    hall_event.c.hall_id,
    hall_event.c.queue_id,
    hall_event.c.seq,
    sqlite_where=sa.text(FIRST_CALL),
    postgresql_where=sa.text(FIRST_CALL),
)
sa.Index(
    "ix_hall_event_done",
    hall_event.c.hall_id,
    hall_event.c.counter_id,
    hall_event.c.at,
    sqlite_where=hall_event.c.state_to == sa.literal_column("'done'"),
    postgresql_where=hall_event.c.state_to == sa.literal_column("'done'"),
)

idempotency_record = sa.Table(
    "idempotency_record",
    METADATA,
    sa.Column("actor", Text, primary_key=True),
    sa.Column("key", Text, primary_key=True),
    _text("request_hash", None),
    _int("status", 200),
    _json("answer"),
    _text("at", None),
    comment="Answers already given, kept 48 hours; written in the transaction of the work itself.",
)
sa.Index("ix_idempotency_record_at", idempotency_record.c.at)

device = sa.Table(
    "device",
    METADATA,
    _id(),
    _text("uid", None, unique=True),
    _hall(),
    _ref("zone_id", "zone.id", nullable=True),
    _text("kind", None),
    _text("name", None),
    _text("token_hash", None, unique=True),
    _text("enrolled_at", None),
    sa.Column("revoked_at", Text),
    _text("software"),
    sa.Column("last_seen_at", Text),
    _json("layout"),
    _int("version", 1),
    sa.CheckConstraint("kind IN ('kiosk', 'display', 'pad')", name="kind"),
    comment="Enrolled kiosks, displays and pads; only the hash of a token is kept.",
)

device_ask = sa.Table(
    "device_ask",
    METADATA,
    _id(),
    _text("uid", None, unique=True),
    _ref("device_id", "device.id"),
    _text("what", None),
    _text("part"),
    _text("asked_by", None),
    _text("asked_at", None),
    _text("state", "asked"),
    _text("detail"),
    sa.Column("answered_at", Text),
    sa.CheckConstraint("state IN ('asked', 'begun', 'done', 'failed')", name="state"),
    comment="What staff asked of a device from afar: test page, restart; and what became of it.",
)

identity_day = sa.Table(
    "identity_day",
    METADATA,
    sa.Column("hall_id", Key, sa.ForeignKey("hall.id"), primary_key=True),
    sa.Column("date", Text, primary_key=True),
    _text("secret", None),
    comment="The key of a day by which kiosks hash card numbers 实名取号; deleted at its end.",
)

enrolment = sa.Table(
    "enrolment",
    METADATA,
    sa.Column("token_hash", Text, primary_key=True),
    _hall(),
    _text("kind", None),
    _ref("zone_id", "zone.id", nullable=True),
    _text("expires_at", None),
    sa.Column("used_at", Text),
    comment="One-time tokens for enrolling a device.",
)

call_ack = sa.Table(
    "call_ack",
    METADATA,
    sa.Column("call_uid", Text, primary_key=True),
    sa.Column("times", Int, primary_key=True, server_default="1"),
    sa.Column("device_id", Key, sa.ForeignKey("device.id"), primary_key=True),
    sa.Column("output", Text, primary_key=True),
    _text("at", None),
    comment="Which screen showed which call.",
)

help_request = sa.Table(
    "help_request",
    METADATA,
    _id(),
    _hall(),
    _ref("device_id", "device.id"),
    _text("at", None),
    sa.Column("answered_at", Text),
    _ref("answered_by", "person.id", nullable=True),
    comment="A citizen at a kiosk asked for a person 找工作人员.",
)

person = sa.Table(
    "person",
    METADATA,
    _id(),
    _text("uid", None, unique=True),
    _hall(),
    _text("login", None),
    _text("label", None),
    _text("password_hash", None),
    _flag("must_change", on=True),
    _flag("active", on=True),
    _int("failures"),
    sa.Column("locked_until", Text),
    _text("created_at", None),
    _int("version", 1),
    sa.UniqueConstraint("hall_id", "login"),
    comment="Staff. `label` is the work number 工号, the only part of a person that screens show.",
)

role_grant = sa.Table(
    "role_grant",
    METADATA,
    sa.Column("person_id", Key, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("role", Text, primary_key=True),
    sa.Column("department_code", Text, primary_key=True, server_default=""),
    comment="Role of a person, in one department or (empty) in the whole hall.",
)

session = sa.Table(
    "session",
    METADATA,
    sa.Column("token_hash", Text, primary_key=True),
    _ref("person_id", "person.id"),
    _text("created_at", None),
    _text("seen_at", None),
    _text("expires_at", None),
    sa.Column("revoked_at", Text),
    comment="Signed-in browsers; revocable, so a lost cookie can be made worthless.",
)

sign_in = sa.Table(
    "sign_in",
    METADATA,
    _id(),
    _ref("person_id", "person.id", nullable=True),
    _text("at", None),
    _text("outcome", None),
    sa.Column("counter_id", Key),
    comment="Sign-in log: outcome `ok`, `wrong`, `locked`, `out`.",
)
