"""Drafts: what is being written and has not been sent, private to its author."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Everything of version 3."""
    op.create_table(
        "draft",
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("began", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.pk"]),
        sa.PrimaryKeyConstraint("uid"),
    )
    op.create_index("ix_draft_ticket", "draft", ["ticket"], unique=False)
    op.create_index("ix_draft_author", "draft", ["author"], unique=False)
