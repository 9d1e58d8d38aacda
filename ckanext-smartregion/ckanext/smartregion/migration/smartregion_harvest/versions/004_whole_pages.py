"""A listed page names those as well whom the source's options leave out: the far end counts them too.

Revision ID: 004_whole_pages
Revises: 003_notices
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "004_whole_pages"
down_revision = "003_notices"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("smartregion_page", sa.Column("left_out", ARRAY(sa.Text), nullable=False, server_default="{}"))


def downgrade():
    op.drop_column("smartregion_page", "left_out")
