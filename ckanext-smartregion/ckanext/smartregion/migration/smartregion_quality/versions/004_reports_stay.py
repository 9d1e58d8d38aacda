"""A report stays as it was made: one that is made anew on another day stands beside it.

Revision ID: 004_quality
Revises: 003_quality
"""

from alembic import op

revision = "004_quality"
down_revision = "003_quality"
branch_labels = None
depends_on = None

BINDING = ["sha256", "contract", "contract_version", "policy_version", "engine"]
UNIQUE = "smartregion_report_sha256_contract_contract_version_policy__key"  # PostgreSQL's own name for it


def upgrade():
    op.drop_constraint(UNIQUE, "smartregion_report", type_="unique")
    op.create_index("smartregion_report_binding", "smartregion_report", BINDING)


def downgrade():
    op.execute(
        "DELETE FROM smartregion_report older USING smartregion_report newer WHERE older.created < newer.created AND "
        + " AND ".join(f"older.{name} = newer.{name}" for name in BINDING)
    )
    op.drop_index("smartregion_report_binding", "smartregion_report")
    op.create_unique_constraint(UNIQUE, "smartregion_report", BINDING)
