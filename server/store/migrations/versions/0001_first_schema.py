"""The first schema: hall, catalogue, tickets, log, devices and people.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE_TRIGGERS = (
    """CREATE TRIGGER hall_event_no_update BEFORE UPDATE ON hall_event
    BEGIN SELECT RAISE(ABORT, 'hall_event is append-only'); END""",
    """CREATE TRIGGER hall_event_no_delete BEFORE DELETE ON hall_event
    BEGIN SELECT RAISE(ABORT, 'hall_event is append-only'); END""",
    """CREATE TRIGGER disclosure_revision_no_update BEFORE UPDATE ON disclosure_revision
    BEGIN SELECT RAISE(ABORT, 'disclosure_revision is append-only'); END""",
)
POSTGRES_TRIGGERS = (
    """CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$""",
    """CREATE TRIGGER hall_event_append_only BEFORE UPDATE OR DELETE ON hall_event
    FOR EACH ROW EXECUTE FUNCTION append_only()""",
    """CREATE TRIGGER hall_event_no_truncate BEFORE TRUNCATE ON hall_event
    FOR EACH STATEMENT EXECUTE FUNCTION append_only()""",
    """CREATE TRIGGER disclosure_revision_append_only BEFORE UPDATE ON disclosure_revision
    FOR EACH ROW EXECUTE FUNCTION append_only()""",
)
TICKET_EVENT = "CREATE VIEW ticket_event AS SELECT * FROM hall_event WHERE ticket_id IS NOT NULL"


def upgrade() -> None:
    op.create_table('hall',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('tz', sa.Text(), server_default='Asia/Shanghai', nullable=False),
    sa.Column('event_seq', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('chain', sa.Text(), server_default='', nullable=False),
    sa.Column('date', sa.Text(), server_default='', nullable=False),
    sa.Column('day_state', sa.Text(), server_default='closed', nullable=False),
    sa.Column('public_url', sa.Text(), server_default='', nullable=False),
    sa.Column('catalogue_digest', sa.Text(), server_default='', nullable=False),
    sa.Column('emergency', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hall')),
    sa.UniqueConstraint('code', name=op.f('uq_hall_code')),
    comment='One site: one lock, one event sequence. `date` is the business day now in force.'
    )
    op.create_table('idempotency_record',
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('request_hash', sa.Text(), nullable=False),
    sa.Column('status', sa.Integer(), server_default='200', nullable=False),
    sa.Column('answer', sa.Text(), server_default='{}', nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('actor', 'key', name=op.f('pk_idempotency_record')),
    comment='Answers already given, kept 48 hours; written in the transaction of the work itself.'
    )
    op.create_index('ix_idempotency_record_at', 'idempotency_record', ['at'], unique=False)
    op.create_table('business_day',
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('date', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.Text(), nullable=True),
    sa.Column('closing_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('expired', sa.Integer(), server_default='0', nullable=False),
    sa.CheckConstraint("state IN ('open', 'closing', 'closed')", name=op.f('ck_business_day_state')),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_business_day_hall_id')),
    sa.PrimaryKeyConstraint('hall_id', 'date', name=op.f('pk_business_day')),
    comment='Days of the hall; `expired` counts tickets that were still waiting at its end.'
    )
    op.create_table('department',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('short_name', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('sort', sa.Integer(), server_default='0', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_department_hall_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_department')),
    sa.UniqueConstraint('hall_id', 'code', name=op.f('uq_department_hall_id_code')),
    comment='Body with staff in the hall 进驻单位.'
    )
    op.create_table('hall_event',
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('date', sa.Text(), nullable=False),
    sa.Column('actor_kind', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.Text(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('counter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('queue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state_from', sa.Text(), server_default='', nullable=False),
    sa.Column('state_to', sa.Text(), server_default='', nullable=False),
    sa.Column('v', sa.Integer(), server_default='1', nullable=False),
    sa.Column('data', sa.Text(), server_default='{}', nullable=False),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('chain', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_hall_event_hall_id')),
    sa.PrimaryKeyConstraint('hall_id', 'seq', name=op.f('pk_hall_event')),
    comment='Append-only, hash-chained, gapless per hall: outbox, audit log and statistics at once.'
    )
    op.create_index('ix_hall_event_at', 'hall_event', ['hall_id', 'at'], unique=False)
    op.create_index('ix_hall_event_called', 'hall_event', ['hall_id', 'queue_id', 'seq'], unique=False, sqlite_where=sa.text("type = 'ticket.called' AND state_from = 'waiting'"), postgresql_where=sa.text("type = 'ticket.called' AND state_from = 'waiting'"))
    op.create_index('ix_hall_event_done', 'hall_event', ['hall_id', 'counter_id', 'at'], unique=False, sqlite_where=sa.text("state_to = 'done'"), postgresql_where=sa.text("state_to = 'done'"))
    op.create_index('ix_hall_event_ticket', 'hall_event', ['hall_id', 'ticket_id', 'seq'], unique=False)
    op.create_table('notice',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('from_at', sa.Text(), nullable=True),
    sa.Column('to_at', sa.Text(), nullable=True),
    sa.Column('sort', sa.Integer(), server_default='0', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_notice_hall_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    comment='Notices 公告 for the screens.'
    )
    op.create_table('opening',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('scope', sa.Text(), server_default='hall', nullable=False),
    sa.Column('scope_code', sa.Text(), server_default='', nullable=False),
    sa.Column('weekday', sa.Integer(), server_default='0', nullable=False),
    sa.Column('from_', sa.Text(), nullable=False),
    sa.Column('to_', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_opening_hall_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opening')),
    comment='Opening hours, hall-local `HH:MM`; weekday 0 = Monday. Scope hall, queue or counter.'
    )
    op.create_table('person',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('uid', sa.Text(), nullable=False),
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('login', sa.Text(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('must_change', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('failures', sa.Integer(), server_default='0', nullable=False),
    sa.Column('locked_until', sa.Text(), nullable=True),
    sa.Column('created_at', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_person_hall_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('hall_id', 'login', name=op.f('uq_person_hall_id_login')),
    sa.UniqueConstraint('uid', name=op.f('uq_person_uid')),
    comment='Staff. `label` is the work number 工号, the only part of a person that screens show.'
    )
    op.create_table('priority_class',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('rank', sa.Integer(), server_default='1', nullable=False),
    sa.Column('needs_reason', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_priority_class_hall_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_priority_class')),
    sa.UniqueConstraint('hall_id', 'code', name=op.f('uq_priority_class_hall_id_code')),
    comment='Why someone may go first 优先类别; a lower rank goes first, 0 is reserved for nobody.'
    )
    op.create_table('setting',
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), server_default='{}', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_setting_hall_id')),
    sa.PrimaryKeyConstraint('hall_id', 'key', name=op.f('pk_setting')),
    comment='Rules of the hall as data, JSON.'
    )
    op.create_table('workday',
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('date', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), server_default='', nullable=False),
    sa.Column('source', sa.Text(), server_default='', nullable=False),
    sa.Column('status', sa.Text(), server_default='official', nullable=False),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_workday_hall_id')),
    sa.PrimaryKeyConstraint('hall_id', 'date', name=op.f('pk_workday')),
    comment='Calendar: workday, rest, holiday or makeup 调休; overrides the weekday.'
    )
    op.create_table('zone',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('floor', sa.Text(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_zone_hall_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_zone')),
    sa.UniqueConstraint('hall_id', 'code', name=op.f('uq_zone_hall_id_code')),
    comment='Part of a hall; filters screens and voice.'
    )
    op.create_table('counter',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('zone_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('department_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='closed', nullable=False),
    sa.Column('pause_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('paused_until', sa.Text(), nullable=True),
    sa.Column('clerk_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('clerk_label', sa.Text(), server_default='', nullable=False),
    sa.Column('opened_at', sa.Text(), nullable=True),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('sort', sa.Integer(), server_default='0', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("state IN ('closed', 'open', 'paused')", name=op.f('ck_counter_state')),
    sa.ForeignKeyConstraint(['clerk_id'], ['person.id'], name=op.f('fk_counter_clerk_id')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_counter_department_id')),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_counter_hall_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_counter_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_counter')),
    sa.UniqueConstraint('clerk_id', name=op.f('uq_counter_clerk_id')),
    sa.UniqueConstraint('hall_id', 'code', name=op.f('uq_counter_hall_id_code')),
    sa.UniqueConstraint('ticket_id', name=op.f('uq_counter_ticket_id')),
    comment='Place where people are served; `ticket_id` unique = a ticket is at one counter.'
    )
    op.create_table('device',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('uid', sa.Text(), nullable=False),
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('zone_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('enrolled_at', sa.Text(), nullable=False),
    sa.Column('revoked_at', sa.Text(), nullable=True),
    sa.Column('software', sa.Text(), server_default='', nullable=False),
    sa.Column('last_seen_at', sa.Text(), nullable=True),
    sa.CheckConstraint("kind IN ('kiosk', 'display', 'pad')", name=op.f('ck_device_kind')),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_device_hall_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_device_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_device_token_hash')),
    sa.UniqueConstraint('uid', name=op.f('uq_device_uid')),
    comment='Enrolled kiosks, displays and pads; only the hash of a token is kept.'
    )
    op.create_table('enrolment',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('zone_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('expires_at', sa.Text(), nullable=False),
    sa.Column('used_at', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_enrolment_hall_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_enrolment_zone_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_enrolment')),
    comment='One-time tokens for enrolling a device.'
    )
    op.create_table('queue',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('department_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('zone_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('prefix', sa.Text(), nullable=False),
    sa.Column('digits', sa.Integer(), server_default='3', nullable=False),
    sa.Column('first_no', sa.Integer(), server_default='1', nullable=False),
    sa.Column('last_no', sa.Integer(), server_default='999', nullable=False),
    sa.Column('service_s', sa.Integer(), server_default='600', nullable=False),
    sa.Column('service_setting_s', sa.Integer(), server_default='600', nullable=False),
    sa.Column('recent_s', sa.Text(), server_default='[]', nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('consult_only', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('finish_when_called', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('issuing', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('issuing_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('resumes_at', sa.Text(), nullable=True),
    sa.Column('policy', sa.Text(), server_default='{}', nullable=False),
    sa.Column('sort', sa.Integer(), server_default='0', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_queue_department_id')),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_queue_hall_id')),
    sa.ForeignKeyConstraint(['zone_id'], ['zone.id'], name=op.f('fk_queue_zone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queue')),
    sa.UniqueConstraint('hall_id', 'code', name=op.f('uq_queue_hall_id_code')),
    sa.UniqueConstraint('hall_id', 'prefix', name=op.f('uq_queue_hall_id_prefix')),
    comment="Line of people; owns prefix and numbers. `service_s` is the typical service time now, `service_setting_s` the hall's own figure, `recent_s` the last services in seconds."
    )
    op.create_table('role_grant',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('department_code', sa.Text(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_role_grant_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'role', 'department_code', name=op.f('pk_role_grant')),
    comment='Role of a person, in one department or (empty) in the whole hall.'
    )
    op.create_table('session',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.Text(), nullable=False),
    sa.Column('seen_at', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.Text(), nullable=False),
    sa.Column('revoked_at', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_session_person_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_session')),
    comment='Signed-in browsers; revocable, so a lost cookie can be made worthless.'
    )
    op.create_table('sign_in',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('counter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
    comment='Sign-in log: outcome `ok`, `wrong`, `locked`, `out`.'
    )
    op.create_table('call_ack',
    sa.Column('call_uid', sa.Text(), nullable=False),
    sa.Column('times', sa.Integer(), server_default='1', nullable=False),
    sa.Column('device_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('output', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_call_ack_device_id')),
    sa.PrimaryKeyConstraint('call_uid', 'times', 'device_id', 'output', name=op.f('pk_call_ack')),
    comment='Which screen showed which call.'
    )
    op.create_table('counter_queue',
    sa.Column('counter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('queue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('weight', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_counter_queue_counter_id')),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_counter_queue_queue_id')),
    sa.PrimaryKeyConstraint('counter_id', 'queue_id', name=op.f('pk_counter_queue')),
    comment='Which counter serves which queue.'
    )
    op.create_table('help_request',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('device_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('answered_at', sa.Text(), nullable=True),
    sa.Column('answered_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['answered_by'], ['person.id'], name=op.f('fk_help_request_answered_by')),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_help_request_device_id')),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_help_request_hall_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_help_request')),
    comment='A citizen at a kiosk asked for a person 找工作人员.'
    )
    op.create_table('item',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('department_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('queue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('short_name', sa.Text(), nullable=False),
    sa.Column('keywords', sa.Text(), server_default='[]', nullable=False),
    sa.Column('mode', sa.Text(), server_default='promised', nullable=False),
    sa.Column('common', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('consult_only', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('sort', sa.Integer(), server_default='0', nullable=False),
    sa.Column('current_revision', sa.Integer(), server_default='0', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_item_department_id')),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_item_hall_id')),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_item_queue_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item')),
    sa.UniqueConstraint('hall_id', 'code', name=op.f('uq_item_hall_id_code')),
    comment='What the citizen wants done 事项; `current_revision` 0 = nothing published yet.'
    )
    op.create_table('number_series',
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('date', sa.Text(), nullable=False),
    sa.Column('queue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('last_no', sa.Integer(), nullable=False),
    sa.Column('waiting', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_number_series_hall_id')),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_number_series_queue_id')),
    sa.PrimaryKeyConstraint('hall_id', 'date', 'queue_id', name=op.f('pk_number_series')),
    comment='The last number of a queue on a day, and how many of its tickets wait now.'
    )
    op.create_table('disclosure_revision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('revision', sa.Integer(), server_default='0', nullable=False),
    sa.Column('body', sa.Text(), server_default='{}', nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('approved_by', sa.Text(), server_default='', nullable=False),
    sa.Column('published_at', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_disclosure_revision_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disclosure_revision')),
    sa.UniqueConstraint('item_id', 'revision', name=op.f('uq_disclosure_revision_item_id_revision')),
    comment='The five disclosures 五公开 of an item, append-only; `body` is a DisclosureView.'
    )
    op.create_table('ticket',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('uid', sa.Text(), nullable=False),
    sa.Column('hall_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('date', sa.Text(), nullable=False),
    sa.Column('queue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('series_queue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('revision', sa.Integer(), server_default='0', nullable=False),
    sa.Column('no', sa.Integer(), server_default='0', nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='waiting', nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('source', sa.Text(), server_default='kiosk', nullable=False),
    sa.Column('device_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('priority', sa.Text(), server_default='', nullable=False),
    sa.Column('rank', sa.Integer(), server_default='9', nullable=False),
    sa.Column('priority_reason', sa.Text(), server_default='', nullable=False),
    sa.Column('queued_at', sa.Text(), nullable=False),
    sa.Column('sort_at', sa.Text(), nullable=False),
    sa.Column('counter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('call_uid', sa.Text(), nullable=True),
    sa.Column('calls', sa.Integer(), server_default='0', nullable=False),
    sa.Column('called_at', sa.Text(), nullable=True),
    sa.Column('serving_at', sa.Text(), nullable=True),
    sa.Column('left_at', sa.Text(), nullable=True),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('transfers', sa.Integer(), server_default='0', nullable=False),
    sa.Column('reinstatements', sa.Integer(), server_default='0', nullable=False),
    sa.Column('return_queue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('print_state', sa.Text(), server_default='none', nullable=False),
    sa.Column('print_fault', sa.Text(), server_default='', nullable=False),
    sa.Column('prints', sa.Integer(), server_default='0', nullable=False),
    sa.Column('token', sa.Text(), nullable=False),
    sa.CheckConstraint("(state IN ('called','serving')) = (counter_id IS NOT NULL)", name=op.f('ck_ticket_counter')),
    sa.CheckConstraint("print_state IN ('none','issued','printed','failed','unknown')", name=op.f('ck_ticket_print_state')),
    sa.CheckConstraint("state IN ('waiting','called','serving','held','no_show','done','cancelled','expired')", name=op.f('ck_ticket_state')),
    sa.ForeignKeyConstraint(['counter_id'], ['counter.id'], name=op.f('fk_ticket_counter_id')),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_ticket_device_id')),
    sa.ForeignKeyConstraint(['hall_id'], ['hall.id'], name=op.f('fk_ticket_hall_id')),
    sa.ForeignKeyConstraint(['item_id'], ['item.id'], name=op.f('fk_ticket_item_id')),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_ticket_queue_id')),
    sa.ForeignKeyConstraint(['return_queue_id'], ['queue.id'], name=op.f('fk_ticket_return_queue_id')),
    sa.ForeignKeyConstraint(['series_queue_id'], ['queue.id'], name=op.f('fk_ticket_series_queue_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket')),
    sa.UniqueConstraint('hall_id', 'date', 'number', name=op.f('uq_ticket_hall_id_date_number')),
    sa.UniqueConstraint('hall_id', 'date', 'series_queue_id', 'no', name=op.f('uq_ticket_hall_id_date_series_queue_id_no')),
    sa.UniqueConstraint('token', name=op.f('uq_ticket_token')),
    sa.UniqueConstraint('uid', name=op.f('uq_ticket_uid')),
    comment='One place in a queue on one day; `series_queue_id` gave the number and never changes.'
    )
    op.create_index('ix_ticket_counter', 'ticket', ['counter_id'], unique=True, sqlite_where=sa.text('counter_id IS NOT NULL'), postgresql_where=sa.text('counter_id IS NOT NULL'))
    op.create_index('ix_ticket_state', 'ticket', ['hall_id', 'date', 'state', 'queue_id'], unique=False)
    op.create_index('ix_ticket_waiting', 'ticket', ['hall_id', 'date', 'queue_id', 'rank', 'sort_at', 'id'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('print_job',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('ticket_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('device_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.Text(), server_default='first', nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('fault', sa.Text(), server_default='', nullable=False),
    sa.Column('requested_by', sa.Text(), server_default='', nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_print_job_device_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_print_job_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_job')),
    comment='Every attempt to put a ticket on paper.'
    )

    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if sqlite else POSTGRES_TRIGGERS:
        op.execute(statement)
    op.execute(TICKET_EVENT)


def downgrade() -> None:
    op.execute("DROP VIEW ticket_event")
    op.drop_table('print_job')
    op.drop_index('ix_ticket_waiting', table_name='ticket', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index('ix_ticket_state', table_name='ticket')
    op.drop_index('ix_ticket_counter', table_name='ticket', sqlite_where=sa.text('counter_id IS NOT NULL'), postgresql_where=sa.text('counter_id IS NOT NULL'))
    op.drop_table('ticket')
    op.drop_table('disclosure_revision')
    op.drop_table('number_series')
    op.drop_table('item')
    op.drop_table('help_request')
    op.drop_table('counter_queue')
    op.drop_table('call_ack')
    op.drop_table('sign_in')
    op.drop_table('session')
    op.drop_table('role_grant')
    op.drop_table('queue')
    op.drop_table('enrolment')
    op.drop_table('device')
    op.drop_table('counter')
    op.drop_table('zone')
    op.drop_table('workday')
    op.drop_table('setting')
    op.drop_table('priority_class')
    op.drop_table('person')
    op.drop_table('opening')
    op.drop_table('notice')
    op.drop_index('ix_hall_event_ticket', table_name='hall_event')
    op.drop_index('ix_hall_event_done', table_name='hall_event', sqlite_where=sa.text("state_to = 'done'"), postgresql_where=sa.text("state_to = 'done'"))
    op.drop_index('ix_hall_event_called', table_name='hall_event', sqlite_where=sa.text("type = 'ticket.called' AND state_from = 'waiting'"), postgresql_where=sa.text("type = 'ticket.called' AND state_from = 'waiting'"))
    op.drop_index('ix_hall_event_at', table_name='hall_event')
    op.drop_table('hall_event')
    op.drop_table('department')
    op.drop_table('business_day')
    op.drop_index('ix_idempotency_record_at', table_name='idempotency_record')
    op.drop_table('idempotency_record')
    op.drop_table('hall')

    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION append_only()")
