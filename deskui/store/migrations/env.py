"""What Alembic runs: the caller's connection, which is already inside the one transaction."""

from alembic import context

from deskui.store import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.METADATA,
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
