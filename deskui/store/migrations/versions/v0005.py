"""Views: queries with a name, as somebody saved or left them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Everything of version 5."""
    op.create_table(
        "view",
        sa.Column("name", sa.Text(collation="NOCASE"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("query", sa.String(), nullable=True),
        sa.Column("sort", sa.String(), nullable=True),
        sa.Column("columns", sa.String(), nullable=True),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
