"""From when on the list's clock is really late, and when it stands though it runs; in the queue's index, too."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Everything of version 4; the few tickets with something in it get it when the clocks are next counted anew."""
    op.add_column("ticket", sa.Column("late_at", sa.Integer(), nullable=True))
    op.add_column("ticket", sa.Column("standing", sa.String(), nullable=True))
    op.drop_index("ticket_queue", "ticket")
    columns = "gone done band sort_due priority pk late_at standing state owner customer nofirst find"
    op.create_index("ticket_queue", "ticket", columns.split(), unique=False)
