"""Fragments of the feed, rendered once per change, and what says that one is stale.

Triggers and not hooks: whatever writes a dataset, by whatever way, marks it in the same transaction.

Revision ID: 001_feeds
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "001_feeds"
down_revision = None
branch_labels = None
depends_on = None

MARK = """
CREATE FUNCTION smartregion_mark_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM smartregion_fragment WHERE package_id = OLD.id;
        DELETE FROM smartregion_stale WHERE package_id = OLD.id;
        RETURN NULL;
    END IF;
    INSERT INTO smartregion_stale (package_id, mark)
    VALUES (NEW.id, nextval('smartregion_feed_mark'))
    ON CONFLICT (package_id) DO UPDATE SET mark = EXCLUDED.mark;
    RETURN NULL;
END $$;
CREATE TRIGGER smartregion_stale AFTER INSERT OR UPDATE OR DELETE ON package
    FOR EACH ROW EXECUTE FUNCTION smartregion_mark_stale();
"""
# The datastore says in a file that its table is there, and leaves the dataset alone.
MARK_OF_FILE = """
CREATE FUNCTION smartregion_mark_stale_of_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO smartregion_stale (package_id, mark)
    VALUES (NEW.package_id, nextval('smartregion_feed_mark'))
    ON CONFLICT (package_id) DO UPDATE SET mark = EXCLUDED.mark;
    RETURN NULL;
END $$;
CREATE TRIGGER smartregion_stale AFTER UPDATE ON resource
    FOR EACH ROW EXECUTE FUNCTION smartregion_mark_stale_of_file();
"""
MARK_ALL_OF = """
CREATE FUNCTION smartregion_mark_stale_of_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO smartregion_stale (package_id, mark)
    SELECT id, nextval('smartregion_feed_mark') FROM package WHERE owner_org = NEW.id ORDER BY id
    ON CONFLICT (package_id) DO UPDATE SET mark = EXCLUDED.mark;
    RETURN NULL;
END $$;
CREATE TRIGGER smartregion_stale AFTER UPDATE ON "group" FOR EACH ROW
    WHEN ((OLD.name, OLD.title, OLD.extras) IS DISTINCT FROM (NEW.name, NEW.title, NEW.extras))
    EXECUTE FUNCTION smartregion_mark_stale_of_group();
"""


def upgrade():
    op.execute("CREATE SEQUENCE smartregion_feed_mark")
    op.create_table(
        "smartregion_fragment",
        sa.Column("package_id", sa.Text, primary_key=True),
        sa.Column("mark", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        *(sa.Column(name, JSONB, nullable=False) for name in ("own", "shared", "links")),
    )
    op.create_table(
        "smartregion_stale",
        sa.Column("package_id", sa.Text, primary_key=True),
        sa.Column("mark", sa.BigInteger, nullable=False),
    )
    op.execute(MARK)
    op.execute(MARK_OF_FILE)
    op.execute(MARK_ALL_OF)


def downgrade():
    op.execute('DROP TRIGGER smartregion_stale ON "group"')
    op.execute("DROP TRIGGER smartregion_stale ON resource")
    op.execute("DROP FUNCTION smartregion_mark_stale_of_file()")
    op.execute("DROP TRIGGER smartregion_stale ON package")
    op.execute("DROP FUNCTION smartregion_mark_stale_of_group()")
    op.execute("DROP FUNCTION smartregion_mark_stale()")
    op.drop_table("smartregion_stale")
    op.drop_table("smartregion_fragment")
    op.execute("DROP SEQUENCE smartregion_feed_mark")
