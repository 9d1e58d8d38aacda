"""How each dataset's newest version was judged: its score, and what its profiles find, for lists and sums.

Revision ID: 010_feeds
Revises: 002_feeds
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "010_feeds"
down_revision = "002_feeds"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "smartregion_feed_quality",
        sa.Column("package_id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("organization", sa.Text, nullable=False),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("parts", JSONB, nullable=False),
        sa.Column("lost", JSONB, nullable=False),
        sa.Column("violations", sa.Integer, nullable=False),
        sa.Column("warnings", sa.Integer, nullable=False),
    )
    op.create_index("smartregion_feed_quality_points", "smartregion_feed_quality", ["points", "package_id"])
    op.create_index("smartregion_feed_quality_owner", "smartregion_feed_quality", ["organization"])


def downgrade():
    op.drop_table("smartregion_feed_quality")
