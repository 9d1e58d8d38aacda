"""Run the migrations of this plugin on CKAN's database."""

from pathlib import Path

from alembic import context
from sqlalchemy import engine_from_config, pool

from ckan.model.meta import metadata

PLUGIN = Path(__file__).parent.name

connectable = engine_from_config(context.config.get_section(context.config.config_ini_section), prefix="sqlalchemy.", poolclass=pool.NullPool)
with connectable.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, version_table=f"{PLUGIN}_alembic_version")
    with context.begin_transaction():
        context.run_migrations()
