"""Sources, runs, records and outcomes.

Revision ID: 001_harvest
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "001_harvest"
down_revision = None
branch_labels = None
depends_on = None


def _part_of(table, **options):
    return sa.Column(f"{table}_id", sa.Text, sa.ForeignKey(f"smartregion_{table}.id", ondelete="CASCADE"), nullable=False, **options)


def upgrade():
    op.create_table(
        "smartregion_source",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("title", "kind", "url", "schedule")),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("organization_id", sa.Text, sa.ForeignKey("group.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("options", JSONB, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("any_organization", sa.Boolean, nullable=False),
        sa.Column("author", sa.Text),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_run", sa.DateTime(timezone=True), index=True),
    )
    op.create_table(
        "smartregion_run",
        sa.Column("id", sa.Text, primary_key=True),
        _part_of("source", index=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("status", "trigger")),
        sa.Column("author", sa.Text),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        sa.Column("queued", sa.DateTime(timezone=True), nullable=False, index=True),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("started", "heartbeat", "finished")),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("notes", JSONB, nullable=False),
        sa.Column("error", JSONB),
    )
    op.create_table(
        "smartregion_record",
        sa.Column("id", sa.Text, primary_key=True),
        _part_of("source"),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("key", "remote_id", "address", "hash", "state")),
        sa.Column("package_id", sa.Text, sa.ForeignKey("package.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.Text),
        sa.Column("changes", JSONB, nullable=False),
        sa.UniqueConstraint("source_id", "key"),
    )
    op.create_table(
        "smartregion_outcome",
        sa.Column("id", sa.Text, primary_key=True),
        _part_of("run", index=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("outcome", "remote_id", "address", "title")),
        sa.Column("package_id", sa.Text, sa.ForeignKey("package.id", ondelete="SET NULL"), index=True),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changes", JSONB, nullable=False),
        sa.Column("problem", JSONB),
    )


def downgrade():
    for table in ("smartregion_outcome", "smartregion_record", "smartregion_run", "smartregion_source"):
        op.drop_table(table)
