"""After a failed run it is kept here when the system is asked again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """New columns of `sync`."""
    op.add_column("sync", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sync", sa.Column("retry_at", sa.Integer(), nullable=True))
