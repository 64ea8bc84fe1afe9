"""The first tables, with the full-text index."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Kept in step by store/search.py: triggers may not write to it under trusted_schema=OFF.
SEARCH = """CREATE VIRTUAL TABLE search USING fts5(
    text, content='body', content_rowid='pk', tokenize="unicode61 remove_diacritics 2", prefix='3')"""


def upgrade() -> None:
    """Everything of version 1."""
    op.create_table(
        "body",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
    )
    op.create_table(
        "ci",
        sa.Column("name", sa.Text(collation="NOCASE"), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "journal",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("origin", "seq", name="journal_order"),
        sa.UniqueConstraint("uid"),
    )
    op.create_index("journal_kind", "journal", ["kind", "subject"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "sync",
        sa.Column("upstream", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.Column("open_cursor", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("last_ok", sa.Integer(), nullable=True),
        sa.Column("last_try", sa.Integer(), nullable=True),
        sa.Column("offline_since", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("error_kind", sa.String(), nullable=False),
        sa.Column("offset_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("upstream"),
    )
    op.create_table(
        "ticket",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("id", sa.Text(collation="NOCASE"), nullable=False),
        sa.Column("upstream", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("hold_reason", sa.String(), nullable=True),
        sa.Column("customer", sa.Text(collation="NOCASE"), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("owner", sa.Text(collation="NOCASE"), nullable=True),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=True),
        sa.Column("frozen", sa.Integer(), nullable=True),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("nofirst", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("response_due", sa.Integer(), nullable=True),
        sa.Column("resolution_due", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("sort_due", sa.Integer(), nullable=False),
        sa.Column("find", sa.String(), nullable=False),
        sa.Column("history", sa.Integer(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("gone_at", sa.Integer(), nullable=True),
        sa.Column("runs", sa.String(), nullable=True),
        sa.Column("base", sa.String(), nullable=True),
        sa.Column("shown", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("uid"),
        sa.UniqueConstraint("upstream", "remote_id", name="ticket_remote"),
    )
    op.create_index("ticket_history", "ticket", ["upstream", "history", "gone", "done", "sort_due"], unique=False)
    op.create_index(
        "ticket_nofirst", "ticket", ["pk"], unique=False, sqlite_where=sa.text("nofirst = 1 AND gone = 0 AND done = 0")
    )
    op.create_index("ticket_owner", "ticket", ["gone", "done", "owner"], unique=False)
    op.create_index("ticket_priority", "ticket", ["gone", "done", "priority"], unique=False)
    op.create_index(
        "ticket_queue",
        "ticket",
        ["gone", "done", "band", "sort_due", "priority", "pk", "state", "owner", "customer", "nofirst", "find"],
        unique=False,
    )
    op.create_table(
        "alias",
        sa.Column("name", sa.Text(collation="NOCASE"), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["ticket.pk"],
        ),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index(op.f("ix_alias_ticket"), "alias", ["ticket"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["ticket.pk"],
        ),
        sa.PrimaryKeyConstraint("pk"),
    )
    op.create_index(op.f("ix_attachment_ticket"), "attachment", ["ticket"], unique=False)
    op.create_table(
        "conflict",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("mine", sa.String(), nullable=False),
        sa.Column("theirs", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.Integer(), nullable=True),
        sa.Column("settled", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["ticket.pk"],
        ),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("uid"),
    )
    op.create_index(op.f("ix_conflict_closed_at"), "conflict", ["closed_at"], unique=False)
    op.create_index(op.f("ix_conflict_entry"), "conflict", ["entry"], unique=False)
    op.create_index(op.f("ix_conflict_ticket"), "conflict", ["ticket"], unique=False)
    op.create_table(
        "event",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("upstream", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("body", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["ticket.pk"],
        ),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("upstream", "key", name="event_key"),
    )
    op.create_index(op.f("ix_event_ticket"), "event", ["ticket"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("made_at", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("not_before", sa.Integer(), nullable=False),
        sa.Column("seen", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["ticket.pk"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_state", "outbox", ["state", "seq"], unique=False)
    op.create_index("outbox_ticket", "outbox", ["ticket", "seq"], unique=False)
    op.execute(SEARCH)
