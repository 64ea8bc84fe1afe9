"""The desk: what a screen or a command may ask about tickets, and do to them."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from deskui import lazy
from deskui.domain.event import Event
from deskui.domain.ticket import Ticket
from deskui.store import atonce, queue
from deskui.store.driver import Connection
from deskui.store.store import Store, Tx

if TYPE_CHECKING:
    from array import array

    from deskui.domain import query as queries
    from deskui.domain.change import Change, Create
    from deskui.domain.contract import Contract, Rules
    from deskui.domain.outgoing import Entry
    from deskui.domain.sla import Clock, Run
    from deskui.services import doing
    from deskui.store import drafts, ids, narrowing, outbox, slafacts, tickets
else:  # the first screen needs none of them
    queries = lazy.Module("deskui.domain.query")
    doing = lazy.Module("deskui.services.doing")
    drafts = lazy.Module("deskui.store.drafts")
    ids = lazy.Module("deskui.store.ids")
    narrowing = lazy.Module("deskui.store.narrowing")
    outbox = lazy.Module("deskui.store.outbox")
    slafacts = lazy.Module("deskui.store.slafacts")
    tickets = lazy.Module("deskui.store.tickets")

T = TypeVar("T")
Counts = queue.Counts
ROW = queue.ROW
_PK, _CUSTOMER, _CALENDAR = (queue.ROW.index(name) for name in ("pk", "customer", "calendar"))
ORDERS = tuple(queue.ORDERS)


class UnknownTicket(LookupError):
    """There is no ticket of that name; the message is a sentence."""


class Refused(Exception):
    """The ticket's state, or what became of the change, does not allow it; the message is a sentence."""


class Desk:
    """`me` gives our name in an upstream; a public reply may be taken back for `undo_seconds`; `vips` gives the
    addresses of those whose tickets are `is:vip`.
    """

    def __init__(
        self, store: Store, rules: "Rules", me: Callable[[str], str], zone: str = "UTC", default_upstream: str = "",
        undo_seconds: int = 10, *, read_only: bool = False, vips: Callable[[], frozenset[str]] = frozenset,
        barred: Callable[[Ticket], bool] | None = None,
    ) -> None:  # fmt: skip
        self.barred = barred  # which tickets may not be on this machine
        self.store, self.rules, self.me, self.zone = store, rules, me, zone
        self.default_upstream, self.undo_seconds, self.read_only = default_upstream, undo_seconds, read_only
        self._vips = vips
        self._last: narrowing.Last | None = None  # what the reader thread found

    # Reading

    def names(self) -> frozenset[str]:
        """Our names in all upstreams: whose tickets `owner:me` are."""
        return frozenset(filter(None, map(self.me, {*self.store.prefixes, self.default_upstream} - {""})))

    def ids(self, text: str, order: str = "sla", upstream: str | None = None) -> "Future[array[int]]":
        """The pks that QUERY `text` asks for, in order, from the reader thread.

        A newer call cuts the older one off and cancels its future.  The future raises QueryError.
        """
        try:
            self._last = self._last or narrowing.Last()
            asked = self._asked(text, order, upstream, self._last.ids)
        except queries.QueryError as error:
            failed: Future[array[int]] = Future()
            failed.set_exception(error)
            return failed
        return self.store.ask("ids", asked)

    def ids_now(self, text: str, order: str = "sla", upstream: str | None = None) -> "array[int]":
        """The same, on this thread.  QueryError."""
        return self.store.read(self._asked(text, order, upstream))

    def ids_at_once(self, text: str, order: str = "sla") -> "array[int] | None":
        """The same, on this thread, if the first paint can wait for them; None: it cannot.  QueryError."""
        query = self.query(text, self.store.clock()) if text.strip() else None
        asked = self._asked(text, order, None)
        return self.store.read(lambda db: asked(db) if atonce.is_so(db, query, order) else None)

    def pk(self, uid: str) -> int | None:
        """The row id of the ticket with this uid; None: it is gone."""
        return self.store.read(lambda db: queue.pk(db, uid))

    def _asked(
        self, text: str, order: str, upstream: str | None, find: "Callable[..., array[int]]" = queue.ids
    ) -> "Callable[[Connection], array[int]]":
        now = self.store.clock()
        query = self.query(text, now) if text.strip() else None
        return partial(find, query=query, me=self.names(), now=now, order=order, upstream=upstream)

    def query(self, text: str, now: int) -> "queries.Query":
        """What a text asks for, at `now`.  QueryError."""
        query = queries.parse(text, self.zone, now)
        if any("vip" in group.flags for group in query.every()):
            return queries.with_vips(query, self._vips())
        return query

    def rows(self, pks: Sequence[int]) -> list[tuple[Any, ...]]:
        """Rows in the order of `pks`, columns as in ROW; one that is gone is left out."""
        return self.store.read(lambda db: queue.rows(db, pks))

    def there(self, pks: Iterable[int]) -> "Future[frozenset[int]]":
        """Those of the rows whose tickets are not gone, from the reader thread."""
        return self.store.ask("there", partial(queue.there, pks=list(pks)))

    def row(self, name: str) -> tuple[Any, ...] | None:
        """One ticket's row, by id, alias or uid."""
        pk = self._known(name, queue.pk)
        return None if pk is None else next(iter(self.rows([pk])), None)

    def counts(self, now: int) -> Counts:
        """The header's figures."""
        return self.store.read(lambda db: queue.counts(db, self.names(), now))

    def counts_later(self, now: int) -> "Future[Counts]":
        """The same from the reader thread; a newer call cuts an older one off and cancels its future."""
        return self.store.ask("counts", partial(queue.counts, me=self.names(), now=now))

    def ticket(self, name: str) -> Ticket | None:
        """A ticket by id, alias or uid, with what waits on top; None: there is none."""
        return self._known(name, tickets.shown)

    def timeline(self, name: str) -> list[Event]:
        """Its facts, oldest first, and last what waits here."""
        return self._known(name, tickets.timeline) or []

    def runs(self, name: str) -> "dict[str, Run] | None":
        """What its clocks can be read from later; None: doubtful or unknown."""
        return self._known(name, tickets.runs)

    def clocks(self, name: str, now: int) -> "dict[str, Clock] | None":
        """Its clocks at `now`; None: doubtful, its facts have not been read."""

        def read(db: Connection, uid: str) -> "dict[str, Clock] | None":
            runs, ticket = tickets.runs(db, uid), tickets.shown(db, uid)
            if runs is None or ticket is None:
                return None
            contract = self.contract(ticket)
            return {clock: run.at(now, contract) for clock, run in runs.items()}

        return self._known(name, read)

    def explain(self, name: str, now: int) -> dict[str, list[Any]] | None:
        """Every stretch of its clocks, whether it counted and by which rule; None: doubtful or unknown."""

        def read(db: Connection, uid: str) -> dict[str, list[Any]] | None:
            from deskui.domain import explain

            facts = tickets.counted(db, uid, self.rules)
            excluded = slafacts.counted(slafacts.exclusions(db, slafacts.subjects_of(db, uid)))
            return None if facts is None else dict(explain.explain(*facts, now, excluded, ahead=True))

        return self._known(name, read)

    def exclusions(self, name: str) -> "list[slafacts.Excluded]":
        """Time agreed not to count for it; empty for an unknown ticket."""

        def read(db: Connection, uid: str) -> "list[slafacts.Excluded]":
            return slafacts.exclusions(db, slafacts.subjects_of(db, uid))

        return self._known(name, read) or []

    def kept(self, name: str) -> frozenset[str]:
        """Its clocks whose figures a change of the rules would have altered, and did not."""

        def read(db: Connection, uid: str) -> frozenset[str]:
            return frozenset(slafacts.kept(db, slafacts.subjects_of(db, uid)))

        return self._known(name, read) or frozenset()

    def contract(self, ticket: Ticket) -> "Contract":
        """The contract whose promises count for it."""
        return self.rules.judging(ticket)

    def contract_of(self, row: tuple[Any, ...]) -> "Contract":
        """The contract by whose calendars the clocks of a row count: in force when the ticket started."""
        customer = row[_CUSTOMER]
        if not self.rules.dated(customer):
            return self.rules.of(customer)
        return self.rules.of(customer, self.store.read(lambda db: queue.started(db, row[_PK])))

    def asleep(self, row: tuple[Any, ...], now: int) -> bool:
        """Whether `now` is outside the hours of the calendar in which the row's clock counts."""
        hours = self.contract_of(row).calendars.get(row[_CALENDAR])
        return hours is not None and not hours.is_open(now)

    def tags(self, newest: int = 2000) -> list[str]:
        """The tags that the newest open tickets have, on this thread."""
        from deskui.store import views

        return self.store.read(lambda db: views.tags(db, newest))

    def similar(self, name: str, limit: int = 5) -> list[tuple[Any, ...]]:
        """Rows of the tickets most like it, best first."""
        pks = self._known(name, lambda db, uid: queue.similar(db, uid, limit))
        return self.rows(pks) if pks else []

    def outbox(self, uid: str | None = None) -> "list[Entry]":
        """What waits or needs a person (of one ticket), in the order it was made; not what was sent or dropped."""
        return self.store.read(lambda db: outbox.entries(db, uid, outbox.STATES - outbox.FINAL))

    def drafted(self) -> frozenset[str]:
        """The uids of the tickets on which a draft of ours waits."""
        return self.store.read(lambda db: drafts.marked(db, self.names()))

    def entry(self, uid: str) -> "Entry | None":
        """One change of whatever state."""
        return self.store.read(lambda db: outbox.get(db, uid))

    def _known(self, name: str, query: Callable[[Connection, str], T]) -> T | None:
        def read(db: Connection) -> T | None:
            uid = tickets.uid_of(db, name)
            return None if uid is None else query(db, uid)

        return self.store.read(read)

    # Doing

    def do(self, name: str, change: "Change", draft: str = "", group: str = "") -> "Future[Entry]":
        """Queue `change` here and now; the future ends at the commit, the next sync carries it upstream.

        The `draft` (its uid) that it was written in goes with the same commit: nothing is sent and offered again.
        What has the same `group` (see there) is undone together.

        The future raises UnknownTicket, Refused or StoreError; then nothing was kept.  An acknowledgement that changes
        nothing, or tags that are so already, give an entry that is already `dropped` and says why.
        """
        return self.store.write(lambda tx: doing.do(self, tx, name, change, draft, group))

    def add(self, tx: Tx, uid: str, ticket: Ticket, change: "Change", entry: str = "") -> "Entry":
        """Into the outbox (as `entry`), a reply or merge held back for a while; the caller rebuilds the ticket."""
        return doing.add(self, tx, uid, ticket, change, entry)

    @staticmethod
    def group() -> str:
        """A name for changes that are undone together."""
        return ids.uuid7()

    def wanted(self, tx: Tx, name: str) -> tuple[str, Ticket]:
        """The uid and the ticket that is to be changed.  UnknownTicket, Refused."""
        return doing.wanted(self, tx, name)

    def new(self, create: "Create", upstream: str | None = None) -> "Future[tuple[str, Entry]]":
        """Make a ticket here and now; its id and the change.  The future raises Refused or StoreError."""
        return self.store.write(lambda tx: doing.new(self, tx, create, upstream or self.default_upstream))

    def drop(self, entry_uid: str, keep: bool = False) -> "Future[Entry]":
        """Give a change up (`keep`: its words become a draft again); of a create, the ticket and what waits behind it.

        The future raises Refused.
        """
        return self.store.write(lambda tx: doing.drop(self, tx, entry_uid, keep))
