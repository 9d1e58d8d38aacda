"""Pages of the whole catalogue are kept joined, one row each, until one of their datasets changes.

Revision ID: 013_joined
Revises: 012_shared
"""

import sqlalchemy as sa
from alembic import op

revision = "013_joined"
down_revision = "012_shared"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "smartregion_feed_joined",
        sa.Column("profile", sa.Text, primary_key=True),
        sa.Column("form", sa.Text, primary_key=True),
        sa.Column("size", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("snapshot", sa.BigInteger, nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("front", sa.LargeBinary, nullable=False),
        sa.Column("back", sa.LargeBinary, nullable=False),
    )
    op.execute("ALTER TABLE smartregion_feed_joined ALTER COLUMN back SET STORAGE EXTERNAL")  # packed before it comes


def downgrade():
    op.drop_table("smartregion_feed_joined")
