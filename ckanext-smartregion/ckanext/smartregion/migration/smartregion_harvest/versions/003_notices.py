"""Notices: what changed at a source, who has read it, what was told last, whose mail went out.

Sources that are there already are taken as well and as told of, so that an upgrade is no news.

Revision ID: 003_notices
Revises: 002_staging
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "003_notices"
down_revision = "002_staging"
branch_labels = None
depends_on = None

TOLD = """
    INSERT INTO smartregion_told (source_id, state, cause, held, published, since)
    SELECT source.id, 'well', 'well', count(*) FILTER (WHERE record.state = 'held'),
           coalesce(bool_or(record.state = 'published'), false), now()
    FROM smartregion_source source LEFT JOIN smartregion_record record ON record.source_id = source.id
    GROUP BY source.id
"""
MADE = ("smartregion_digest", "smartregion_told", "smartregion_notice_reading", "smartregion_notice")


def _text(name, **options):
    return sa.Column(name, sa.Text, nullable=False, **options)


def _moment(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def _of(name, address, **options):
    return sa.Column(name, sa.Text, sa.ForeignKey(address, ondelete="CASCADE"), nullable=False, **options)


def upgrade():
    op.create_table(
        "smartregion_notice",
        _text("id", primary_key=True),
        _of("source_id", "smartregion_source.id", index=True),
        _of("organization_id", "group.id", index=True),
        _text("kind"),
        sa.Column("texts", JSONB, nullable=False),
        sa.Column("run_id", sa.Text),
        _moment("moment", nullable=False, index=True),
    )
    op.create_table(
        "smartregion_notice_reading",
        _of("notice_id", "smartregion_notice.id", primary_key=True),
        _of("user_id", "user.id", primary_key=True, index=True),
        _moment("moment", nullable=False),
    )
    op.create_table(
        "smartregion_told",
        _of("source_id", "smartregion_source.id", primary_key=True),
        _text("state", server_default="well"),
        _text("cause", server_default="well"),
        sa.Column("held", sa.Integer, nullable=False, server_default="0"),
        sa.Column("published", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("asked", sa.Text),
        _moment("since", nullable=False, server_default=sa.func.now()),
    )
    op.create_table(
        "smartregion_digest",
        _of("user_id", "user.id", primary_key=True),
        _moment("upto"),
        _moment("round"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        _moment("tried"),
    )
    op.create_index("smartregion_run_last", "smartregion_run", ["source_id", sa.text("queued DESC")])
    op.execute(TOLD)


def downgrade():
    op.drop_index("smartregion_run_last", "smartregion_run")
    for table in MADE:
        op.drop_table(table)
