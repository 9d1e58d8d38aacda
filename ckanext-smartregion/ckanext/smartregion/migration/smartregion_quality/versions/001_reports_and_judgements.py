"""Reports, judgements and loaded tables.

Revision ID: 001_quality
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "001_quality"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "smartregion_report",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("sha256", "contract", "contract_version", "policy_version", "engine", "verdict")),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("sha256", "contract", "contract_version", "policy_version", "engine"),
    )
    op.create_table(
        "smartregion_judgement",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("package_id", sa.Text, sa.ForeignKey("package.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("author", sa.Text),
        sa.Column("findings", JSONB, nullable=False),
        sa.Column("reports", JSONB, nullable=False),
        sa.Column("candidate", JSONB),
    )
    op.create_table(
        "smartregion_loaded_table",
        sa.Column("resource_id", sa.Text, sa.ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("contract", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("loaded", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade():
    for table in ("smartregion_loaded_table", "smartregion_judgement", "smartregion_report"):
        op.drop_table(table)
