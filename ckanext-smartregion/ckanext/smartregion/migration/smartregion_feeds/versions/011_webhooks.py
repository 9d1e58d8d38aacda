"""Webhooks: who is told of changes, how far they were told, and how it goes.

Revision ID: 011_webhooks
Revises: 010_feeds
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "011_webhooks"
down_revision = "010_feeds"
branch_labels = None
depends_on = None
TABLE = "smartregion_feed_webhook"


def upgrade():
    moment = sa.DateTime(timezone=True)
    op.create_table(
        TABLE,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("organization_id", sa.Text),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("facets", ARRAY(sa.Text), nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("created", moment, nullable=False),
        sa.Column("state", sa.Text, sa.CheckConstraint("state IN ('active', 'paused', 'dead')"), nullable=False),
        sa.Column("cursor", sa.BigInteger, nullable=False),
        sa.Column("upto", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("next_attempt", moment, nullable=False),
        sa.Column("held_until", moment),
        sa.Column("delivered", moment),
        sa.Column("reason", JSONB(none_as_null=True)),
        sa.Column("told", sa.Boolean, nullable=False),
    )
    op.create_index(f"{TABLE}_due", TABLE, ["next_attempt"], postgresql_where=sa.text("state = 'active'"))
    op.create_index(f"{TABLE}_of", TABLE, ["user_id"])


def downgrade():
    op.drop_table(TABLE)
