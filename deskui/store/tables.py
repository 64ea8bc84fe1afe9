"""The tables.  Rows never leave this folder: values in, values out."""

from sqlmodel import Column, Field, Index, SQLModel, Text, UniqueConstraint, text

METADATA = SQLModel.metadata  # PRAGMA user_version is migrate.SCHEMA; migrations/versions/ has a file per number

# The clock of the next word to the customer runs; SQLite takes no json_extract for an index.
UPDATED = """gone = 0 AND done = 0 AND instr(runs, '"update":{"state":"run"') > 0"""


class TicketRow(SQLModel, table=True):
    """A ticket: its base as the upstream has it, what is shown of it, and what is derived from its events."""

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("upstream", "remote_id", name="ticket_remote"),
        # everything a filter looks at, in the order of the queue: a filter never touches the wide rows
        Index(
            "ticket_queue", "gone", "done", "band", "sort_due", "priority", "pk", "late_at", "standing", "state",
            "owner", "customer", "nofirst", "created", "updated", "answered", "pending", "find",
        ),
        Index("ticket_history", "upstream", "history", "gone", "done"),
        # narrow ones for the figures of the header
        Index("ticket_priority", "gone", "done", "priority"),
        Index("ticket_owner", "gone", "done", "owner"),
        Index("ticket_update", "pk", sqlite_where=text(UPDATED)),
        Index("ticket_nofirst", "pk", sqlite_where=text("nofirst = 1 AND gone = 0 AND done = 0")),
        # of the few tickets that have some
        Index("ticket_tags", "tag_text", sqlite_where=text("tag_text IS NOT NULL")),
        Index("ticket_cis", "ci_text", sqlite_where=text("ci_text IS NOT NULL")),
    )  # fmt: skip

    pk: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    id: str = Field(sa_column=Column("id", Text(collation="NOCASE"), nullable=False, unique=True))
    upstream: str
    remote_id: str | None
    kind: str
    priority: int
    state: str
    hold_reason: str | None
    customer: str | None = Field(sa_column=Column("customer", Text(collation="NOCASE")))
    subject: str
    owner: str | None = Field(sa_column=Column("owner", Text(collation="NOCASE")))
    created: int
    updated: int
    clock: str
    due: int | None
    frozen: int | None
    mode: str  # run paused none doubt
    calendar: str
    pending: int  # changes not yet sent
    answered: int  # the customer has answered and nobody has replied
    nofirst: int  # no first response yet
    late: int  # a clock is past its target although it stands still
    response_due: int | None
    resolution_due: int | None
    done: int  # not open
    gone: int  # a tombstone
    band: int  # of the queue: 0 due, 1 doubtful, 2 paused, 3 none
    sort_due: int
    find: str  # what words of a filter are looked for in, case folded
    history: int  # 0 none, 1 facts, 2 full
    merged_into: str | None
    gone_at: int | None
    runs: str | None
    base: str | None
    shown: str
    late_at: int | None  # of the list's clock, the first second past its target; NULL: the one after its due
    standing: str | None  # of the list's clock, JSON: [[from, to, seconds left], ...] of time agreed not to count
    tag_text: str | None  # what a filter by tag is looked for in; NULL: it has none
    ci_text: str | None


class AliasRow(SQLModel, table=True):
    """A name that a ticket had before: RT-~1 stays for good."""

    __tablename__ = "alias"

    name: str = Field(sa_column=Column("name", Text(collation="NOCASE"), primary_key=True))
    ticket: int = Field(foreign_key="ticket.pk", index=True)


class EventRow(SQLModel, table=True):
    """A fact; `body` is None until its text was read, 0 if it has none."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("upstream", "key", name="event_key"),
        Index("event_author", "author", "ticket", "at"),  # its authors are in any case: COLLATE NOCASE
        Index("event_note", "ticket", "type", sqlite_where=text("type = 'internal_note'")),
    )

    pk: int | None = Field(default=None, primary_key=True)
    ticket: int = Field(foreign_key="ticket.pk", index=True)
    upstream: str
    key: str
    at: int
    made_at: int | None
    type: str
    author: str
    side: str
    data: str
    body: int | None


class BodyRow(SQLModel, table=True):
    """A text for the full-text search: pk = ticket << 20 | n, and n = 0 is the subject."""

    __tablename__ = "body"

    pk: int = Field(primary_key=True)
    text: str


class AttachmentRow(SQLModel, table=True):
    """What is known of a file upstream; its content is fetched on demand."""

    __tablename__ = "attachment"

    pk: int | None = Field(default=None, primary_key=True)
    ticket: int = Field(foreign_key="ticket.pk", index=True)
    event: str
    remote_id: str
    name: str
    kind: str
    size: int


class OutboxRow(SQLModel, table=True):
    """A change on its way."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_ticket", "ticket", "seq"), Index("outbox_state", "state", "seq"), {"sqlite_autoincrement": True},
    )  # fmt: skip

    seq: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    ticket: int = Field(foreign_key="ticket.pk")
    kind: str
    payload: str
    author: str
    made_at: int
    state: str
    not_before: int
    seen: str
    error: str
    receipt: str  # the event keys that it became, as JSON


class OutFileRow(SQLModel, table=True):
    """A file that waits to be sent, as it was when it was attached; drafts and the outbox name it by its uid."""

    __tablename__ = "outfile"

    uid: str = Field(primary_key=True)
    name: str
    kind: str
    size: int
    at: int
    content: bytes


class ConflictRow(SQLModel, table=True):
    """A change that clashes with somebody else's."""

    __tablename__ = "conflict"

    pk: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    ticket: int = Field(foreign_key="ticket.pk", index=True)
    entry: str = Field(index=True)
    field: str
    base: str
    mine: str
    theirs: str
    by: str
    at: int
    closed_at: int | None = Field(index=True)
    settled: str  # mine, theirs, or the value that was chosen


class SyncRow(SQLModel, table=True):
    """How far the desk is with an upstream."""

    __tablename__ = "sync"

    upstream: str = Field(primary_key=True)
    cursor: str
    open_cursor: str
    stage: str
    last_ok: int | None
    last_try: int | None
    offline_since: int | None
    error: str
    error_kind: str
    offset_s: float
    frozen: str = Field(sa_column_kwargs={"server_default": ""})  # why nothing is pushed; empty: it is not so
    frozen_kind: str = Field(sa_column_kwargs={"server_default": ""})  # epoch or gone
    accepted: int = Field(sa_column_kwargs={"server_default": "0"})  # a person said that it is right so
    sweep_cursor: str = Field(sa_column_kwargs={"server_default": ""})
    swept_at: int | None
    back_cursor: str = Field(sa_column_kwargs={"server_default": ""})
    back_to: int | None  # how far back the finished tickets are here
    failures: int = Field(sa_column_kwargs={"server_default": "0"})  # runs in a row that got no answer
    retry_at: int | None  # before then it is asked only if a person wants it


class MissingRow(SQLModel, table=True):
    """A ticket that its upstream did not show when it was looked for."""

    __tablename__ = "missing"

    ticket: int = Field(foreign_key="ticket.pk", primary_key=True)
    since: int
    times: int  # looks in vain
    told: int  # the upstream itself said that it was deleted


class JournalRow(SQLModel, table=True):
    """A local fact; never edited, a correction is a new row."""

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("origin", "seq", name="journal_order"), Index("journal_kind", "kind", "subject"),
    )  # fmt: skip

    pk: int | None = Field(default=None, primary_key=True)
    uid: str = Field(unique=True)
    origin: str
    seq: int
    at: int
    author: str
    scope: str
    kind: str
    subject: str
    data: str


class CiRow(SQLModel, table=True):
    """The inventory: the newest journal row of each configuration item."""

    __tablename__ = "ci"

    name: str = Field(sa_column=Column("name", Text(collation="NOCASE"), primary_key=True))
    data: str


class DraftRow(SQLModel, table=True):
    """What somebody is writing on a ticket, private to them."""

    __tablename__ = "draft"

    uid: str = Field(primary_key=True)
    ticket: int = Field(foreign_key="ticket.pk", index=True)
    kind: str
    author: str = Field(index=True)
    text: str
    data: str  # minutes, people moved, messages known, as JSON
    began: int
    at: int


class ViewRow(SQLModel, table=True):
    """A view as somebody saved or left it; None: as the file says that it comes from."""

    __tablename__ = "view"

    name: str = Field(sa_column=Column("name", Text(collation="NOCASE"), primary_key=True))
    position: int
    query: str | None
    sort: str | None
    columns: str | None  # JSON
    cursor: str  # a ticket's uid, or empty


class MetaRow(SQLModel, table=True):
    """Facts about this store: its origin, the version of the rules it was derived by, counters."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: str
