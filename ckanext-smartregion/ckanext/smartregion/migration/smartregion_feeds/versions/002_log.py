"""The log of the feed: one row per change of what it says of a dataset, in place of one fragment per dataset.

Revision ID: 002_feeds
Revises: 001_feeds
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "002_feeds"
down_revision = "001_feeds"
branch_labels = None
depends_on = None

MARK = """
CREATE OR REPLACE FUNCTION smartregion_mark_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO smartregion_stale (package_id, mark)
    VALUES (COALESCE(NEW.id, OLD.id), nextval('smartregion_feed_mark'))
    ON CONFLICT (package_id) DO UPDATE SET mark = EXCLUDED.mark;
    RETURN NULL;
END $$;
"""
# The texts are long, and PostgreSQL's own way to pack them takes longer than to render them.
PACK = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)) THEN
        ALTER TABLE smartregion_feed_piece
            ALTER COLUMN own SET COMPRESSION lz4, ALTER COLUMN shared SET COMPRESSION lz4;
        ALTER TABLE smartregion_feed_version
            ALTER COLUMN dataset SET COMPRESSION lz4, ALTER COLUMN fields SET COMPRESSION lz4;
    END IF;
END $$;
"""
MARK_ALL = """
INSERT INTO smartregion_stale (package_id, mark)
SELECT id, nextval('smartregion_feed_mark') FROM (SELECT id FROM package ORDER BY metadata_created, id) AS oldest_first
ON CONFLICT (package_id) DO NOTHING
"""


def upgrade():
    op.drop_table("smartregion_fragment")
    op.create_table(
        "smartregion_feed_version",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("package_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, sa.CheckConstraint("kind IN ('Create', 'Update', 'Delete')"), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("iri", sa.Text, nullable=False),
        sa.Column("facets", ARRAY(sa.Text), nullable=False),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("dataset", JSONB(none_as_null=True)),
    )
    current = sa.text("until IS NULL")
    table = "smartregion_feed_version"
    op.create_index("smartregion_feed_current", table, ["package_id"], unique=True, postgresql_where=current)
    op.create_index("smartregion_feed_name", table, ["name"], postgresql_where=current)
    op.create_index("smartregion_feed_history", table, ["package_id", "seq"])
    op.create_index("smartregion_feed_place", table, ["place", "seq"])
    op.create_index("smartregion_feed_until", table, ["until"])
    op.create_index("smartregion_feed_facets", table, ["facets"], postgresql_using="gin", postgresql_where=current)
    op.create_table(
        "smartregion_feed_piece",
        sa.Column(
            "seq", sa.BigInteger, sa.ForeignKey("smartregion_feed_version.seq", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("profile", sa.Text, primary_key=True),
        sa.Column("form", sa.Text, primary_key=True),
        sa.Column("own", sa.Text, nullable=False),
        *(sa.Column(name, JSONB, nullable=False) for name in ("shared", "links")),
    )
    op.create_table(
        "smartregion_feed_state",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", JSONB, nullable=False),
    )
    # Which mark could not be rendered, and when it is tried again; a newer mark is tried at once.
    op.add_column("smartregion_stale", sa.Column("tried", sa.BigInteger))
    op.add_column("smartregion_stale", sa.Column("again", sa.DateTime(timezone=True)))
    op.execute(PACK)
    op.execute(MARK)
    op.execute(MARK_ALL)


def downgrade():
    raise NotImplementedError("Restore a backup: the log has no place in the older tables.")
