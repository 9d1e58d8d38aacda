"""Bytes that somebody confirmed as a new version, however much they differ from the published one.

Revision ID: 005_quality
Revises: 004_quality
"""

import sqlalchemy as sa
from alembic import op

revision = "005_quality"
down_revision = "004_quality"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "smartregion_confirmation",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("package_id", sa.Text, sa.ForeignKey("package.id", ondelete="CASCADE"), nullable=False, index=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("sha256", "why", "signed_by", "signer")),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade():
    op.drop_table("smartregion_confirmation")
