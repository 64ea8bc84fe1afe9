"""Filters by tag, CI, age, note and what others did read indexes alone."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Everything of version 8; what is new is computed from what is there."""
    for name in ("tag", "ci"):
        op.add_column("ticket", sa.Column(f"{name}_text", sa.String(), nullable=True))
        op.execute(
            f"""UPDATE ticket SET {name}_text = (
            SELECT char(31) || group_concat(lower(replace(value, char(31), ' ')), char(31)) || char(31)
            FROM json_each(shown, '$.{name}s')) WHERE json_type(shown, '$.{name}s') = 'array'"""
        )
        known = sa.text(f"{name}_text IS NOT NULL")
        op.create_index(f"ticket_{name}s", "ticket", [f"{name}_text"], unique=False, sqlite_where=known)
    op.drop_index("ticket_queue", "ticket")
    columns = "gone done band sort_due priority pk late_at standing state owner customer nofirst created updated"
    op.create_index("ticket_queue", "ticket", [*columns.split(), "answered", "pending", "find"], unique=False)
    op.execute("CREATE INDEX event_author ON event(author COLLATE NOCASE, ticket, at)")
    note = sa.text("type = 'internal_note'")
    op.create_index("event_note", "event", ["ticket", "type"], unique=False, sqlite_where=note)
