"""A pull says why it is frozen, how far its sweep and its backfill are, and which tickets were missed, how often."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """New columns of `sync`, and the table of the missing."""
    for name in ("frozen", "frozen_kind", "sweep_cursor", "back_cursor"):
        op.add_column("sync", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("sync", sa.Column("accepted", sa.Integer(), nullable=False, server_default="0"))
    for name in ("swept_at", "back_to"):
        op.add_column("sync", sa.Column(name, sa.Integer(), nullable=True))
    op.create_table(
        "missing",
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.pk"]),
        sa.PrimaryKeyConstraint("ticket"),
    )
