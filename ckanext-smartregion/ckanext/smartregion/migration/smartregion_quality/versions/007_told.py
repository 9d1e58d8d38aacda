"""What was told of an exception; of those that have ended before, nothing more is told.

Revision ID: 007_quality
Revises: 006_quality
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "007_quality"
down_revision = "006_quality"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("smartregion_waiver", sa.Column("told", ARRAY(sa.Text), nullable=False, server_default="{}"))
    op.execute("UPDATE smartregion_waiver SET told = '{waiver-ends,waiver-ended}' WHERE until < current_date")


def downgrade():
    op.drop_column("smartregion_waiver", "told")
