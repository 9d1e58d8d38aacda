"""Notices that are about a dataset instead of a source.

Revision ID: 005_dataset_notices
Revises: 004_whole_pages
"""

import sqlalchemy as sa
from alembic import op

revision = "005_dataset_notices"
down_revision = "004_whole_pages"
branch_labels = None
depends_on = None

NOTICE = "smartregion_notice"


def upgrade():
    op.alter_column(NOTICE, "source_id", nullable=True)
    package = sa.ForeignKey("package.id", ondelete="CASCADE")
    op.add_column(NOTICE, sa.Column("package_id", sa.Text, package, index=True))


def downgrade():
    op.execute(sa.text(f"DELETE FROM {NOTICE} WHERE source_id IS NULL"))
    op.drop_column(NOTICE, "package_id")
    op.alter_column(NOTICE, "source_id", nullable=False)
