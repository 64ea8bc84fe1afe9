"""Tickets are found by when the next word to the customer is due."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """An index over what is there already."""
    owed = sa.text("""gone = 0 AND done = 0 AND instr(runs, '"update":{"state":"run"') > 0""")
    op.create_index("ticket_update", "ticket", ["pk"], unique=False, sqlite_where=owed)
