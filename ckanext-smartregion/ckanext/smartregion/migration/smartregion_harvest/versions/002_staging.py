"""Runs that can be taken up: staged pages and steps; versions, sameness, edits, approval, grace, credentials.

Revision ID: 002_staging
Revises: 001_harvest
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "002_staging"
down_revision = "001_harvest"
branch_labels = None
depends_on = None


def _moment(name):
    return sa.Column(name, sa.DateTime(timezone=True))


def _text(name, default=""):
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def _number(name, default):
    return sa.Column(name, sa.Integer, nullable=False, server_default=str(default))


def _flag(name):
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def _list(name):
    return sa.Column(name, JSONB, nullable=False, server_default="[]")


def _map(name):
    return sa.Column(name, JSONB, nullable=False, server_default="{}")


def _part_of(table, **options):
    return sa.Column(f"{table}_id", sa.Text, sa.ForeignKey(f"smartregion_{table}.id", ondelete="CASCADE"), **options)


ADDED = {
    "smartregion_source": lambda: [
        _text("zone", "Europe/Brussels"),
        _flag("paused"),
        _moment("approved"),
        sa.Column("approved_by", sa.Text),
        _number("grace", 7),
        _number("precedence", 50),
        sa.Column("credentials", sa.Text),
        _moment("listed"),
        _text("fingerprint"),
    ],
    "smartregion_run": lambda: [
        _text("stage", "closing"),
        sa.Column("confirmed_by", sa.Text),
        sa.Column("confirmed_why", sa.Text),
        _flag("cancelled"),
        _moment("not_before"),
        sa.Column("cursor", JSONB),
        _number("pages", 0),
        _number("listed", 0),
        sa.Column("total", sa.Integer),
        _number("unchanged", 0),
        _text("fingerprint"),
        _map("tally"),
    ],
    "smartregion_record": lambda: [
        _text("raw_hash"),
        _text("fingerprint"),
        sa.Column("sameness", ARRAY(sa.Text), nullable=False, server_default="{}"),
        _moment("missing_since"),
        _list("findings"),
    ],
    "smartregion_outcome": lambda: [
        _part_of("record", index=True),
        _list("findings"),
        sa.Column("raw", JSONB),
        sa.Column("dataset", JSONB),
    ],
}
MADE = ("smartregion_page", "smartregion_step", "smartregion_edit")


def upgrade():
    for table, columns in ADDED.items():
        for column in columns():
            op.add_column(table, column)
    op.create_index("smartregion_record_sameness", "smartregion_record", ["sameness"], postgresql_using="gin")
    op.execute("UPDATE smartregion_source SET approved = created, approved_by = author")
    op.create_table(
        "smartregion_page",
        _part_of("run", primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        _part_of("source", nullable=False, index=True),
        _text("place"),
        sa.Column("next", JSONB),
        sa.Column("total", sa.Integer),
        sa.Column("keys", ARRAY(sa.Text), nullable=False),
        _map("said"),
    )
    op.create_table(
        "smartregion_step",
        sa.Column("id", sa.Text, primary_key=True),
        _part_of("run", nullable=False),
        _number("position", 0),
        _text("state", "todo"),
        sa.Column("package_id", sa.Text),
        sa.Column("step", JSONB, nullable=False),
        sa.Index("smartregion_step_turn", "run_id", "state", "position"),
    )
    op.create_table(
        "smartregion_edit",
        sa.Column("package_id", sa.Text, sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("field", sa.Text, primary_key=True),
        sa.Column("author", sa.Text),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade():
    for table in MADE:
        op.drop_table(table)
    op.drop_index("smartregion_record_sameness", "smartregion_record")
    for table, columns in ADDED.items():
        for column in columns():
            op.drop_column(table, column.name)
