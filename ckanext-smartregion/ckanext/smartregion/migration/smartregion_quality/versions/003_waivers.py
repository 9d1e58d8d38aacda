"""Signed exceptions, and which of them counted in a judgement.

Revision ID: 003_quality
Revises: 002_quality
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "003_quality"
down_revision = "002_quality"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "smartregion_waiver",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("package_id", sa.Text, sa.ForeignKey("package.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("contract", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("rule", "why", "signed_by", "signer")),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date, nullable=False, index=True),
        sa.Column("revoked", sa.DateTime(timezone=True)),
        sa.Column("revoked_by", sa.Text),
    )
    op.add_column("smartregion_judgement", sa.Column("waivers", JSONB, nullable=False, server_default="[]"))


def downgrade():
    op.drop_column("smartregion_judgement", "waivers")
    op.drop_table("smartregion_waiver")
