"""What a loaded table was made by, and the Parquet file beside it; tables that were loaded before are loaded again.

Revision ID: 006_quality
Revises: 005_quality
"""

import sqlalchemy as sa
from alembic import op

revision = "006_quality"
down_revision = "005_quality"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("smartregion_loaded_table", sa.Column("engine", sa.Text, nullable=False, server_default=""))
    op.add_column("smartregion_loaded_table", sa.Column("parquet", sa.Text, nullable=False, server_default=""))


def downgrade():
    op.drop_column("smartregion_loaded_table", "parquet")
    op.drop_column("smartregion_loaded_table", "engine")
