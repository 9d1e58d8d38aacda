"""Texts that many datasets share are stored once, by their hash, which pieces name in place of the texts.

Revision ID: 012_shared
Revises: 011_webhooks
"""

import sqlalchemy as sa
from alembic import op

revision = "012_shared"
down_revision = "011_webhooks"
branch_labels = None
depends_on = None

HASH = "encode(substring(sha256(convert_to(said, 'UTF8')) FOR 16), 'hex')"
FILL = f"""
INSERT INTO smartregion_feed_shared (hash, text)
SELECT DISTINCT {HASH}, said FROM smartregion_feed_piece, jsonb_array_elements_text(shared) AS said
"""
NAME = f"""
ALTER TABLE smartregion_feed_piece ADD COLUMN named text[];
UPDATE smartregion_feed_piece SET named = ARRAY(
    SELECT {HASH} FROM jsonb_array_elements_text(shared) WITH ORDINALITY AS each (said, number) ORDER BY number
);
ALTER TABLE smartregion_feed_piece DROP COLUMN shared;
ALTER TABLE smartregion_feed_piece RENAME COLUMN named TO shared;
ALTER TABLE smartregion_feed_piece ALTER COLUMN shared SET NOT NULL;
"""


def upgrade():
    op.create_table(
        "smartregion_feed_shared",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.execute(FILL)
    op.execute(NAME)


def downgrade():
    raise NotImplementedError("Restore a backup: the texts have no place in the older tables.")
