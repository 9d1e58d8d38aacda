"""What was stored from the addresses of linked files.

Revision ID: 002_quality
Revises: 001_quality
"""

import sqlalchemy as sa
from alembic import op

revision = "002_quality"
down_revision = "001_quality"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "smartregion_address",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("checked", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade():
    op.drop_table("smartregion_address")
