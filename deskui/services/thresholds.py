"""The scheduled look at all clocks: thresholds fire once, breaches are recorded, and both are announced."""

import threading
from collections.abc import Iterable
from concurrent.futures import Future
from functools import partial
from time import monotonic

from deskui.domain import thresholds
from deskui.domain.clockwork import SlaError
from deskui.domain.event import StoreChanged
from deskui.domain.thresholds import State
from deskui.domain.ticket import Ticket
from deskui.lazy import dataclass
from deskui.services.agenda import Agenda
from deskui.services.desk import Desk, Refused
from deskui.store import alarms, outbox, queue, slafacts, tickets
from deskui.store.alarms import BreachRecord as BreachRecord  # screens name it, and may not import the store
from deskui.store.driver import Connection
from deskui.store.store import Tx

BATCH = 50  # tickets in one transaction
EVERY_S = 15.0
MANY = 1000  # of these that changed at once, all are looked at by their due
TURN_S = 0.1  # a look takes no longer: of many tickets the nearest due come first, the rest in the next turns


@dataclass(frozen=True)
class Fired:
    """A share of a target that was reached, for the first time on any console that shares this store.

    `silent`: no alarm, since the ticket is finished, or a change that waits here is about to stop the clock.
    """

    uid: str
    ticket: str
    clock: str
    share: int
    at: int
    priority: int
    silent: bool


class Thresholds:
    """One look at a time, by `run`; between two it remembers when which ticket is next."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._store = desk, desk.store
        self._agenda = Agenda()
        self._stale: set[str] = set()
        self._all, self._started = True, False
        self._lock = threading.Lock()
        self.leave = self._store.subscribe(self._changed)

    def _changed(self, changed: StoreChanged) -> None:
        with self._lock:
            self._stale |= changed.tickets
            self._all = self._all or not changed.other.isdisjoint(("elsewhere", "rules"))

    def turn(self) -> list[Fired]:
        """The scheduler's job: a short look; at the first turn none, the screen and the first sync come before it."""
        if not self._started:
            self._started = True
            return []
        return self.run(TURN_S)

    def run(self, seconds: float | None = None) -> list[Fired]:
        """Look at every clock that may have reached something, or at as many as `seconds` allow; what fired now."""
        if self._desk.read_only:
            return []
        now, fired, began = self._store.clock(), list[Fired](), monotonic()
        self._prepare(now)
        while self._agenda and (seconds is None or monotonic() - began < seconds):
            found = self._look(self._agenda.take(BATCH), now)
            if found:
                fired += self._store.write(partial(self._record, found=found), background=True).result()
        return fired

    def _prepare(self, now: int) -> None:
        """Puts the tickets that are due for a look on the agenda, the most urgent to be taken first."""
        with self._lock:
            everything, stale = self._all or len(self._stale) > MANY, self._stale
            self._all, self._stale = False, set()
        if everything:
            self._agenda.begin(self._store.read(lambda db: alarms.watched(db, now)))
        else:
            self._agenda.add(self._store.read(lambda db: [pk for uid in stale if (pk := queue.pk(db, uid))]))
        self._agenda.wake(now)

    def _look(self, pks: Iterable[int], now: int) -> dict[str, State]:
        """Those of these tickets that have something new; when to look again is remembered for all."""
        found: dict[str, State] = {}

        def read(db: Connection) -> None:
            for pk in pks:
                uid = queue.uid(db, pk)
                state = None if uid is None else _state(self._desk, db, uid, now)
                self._agenda.plan(pk, None if state is None else state.next)
                if uid is None or state is None:
                    continue
                if alarms.unsaid(db, uid, state) or alarms.unrecorded(db, uid, state):
                    found[uid] = state

        self._store.read(read)
        return found

    def _record(self, tx: Tx, found: dict[str, State]) -> list[Fired]:
        """Asked again inside the transaction: another console may have been quicker."""
        fired: list[Fired] = []
        for uid, state in found.items():
            ticket = tickets.shown(tx.db, uid)
            if ticket is None:
                continue
            silent = not _loud(tx.db, ticket)
            for each in alarms.unsaid(tx.db, uid, state):
                alarms.fire(tx, uid, ticket.id, each)
                fired.append(Fired(uid, ticket.id, each.clock, each.share, each.at, each.priority, silent))
            for breach in alarms.unrecorded(tx.db, uid, state):
                alarms.record(tx, uid, ticket.id, ticket.customer, breach)
        return fired


def _loud(db: Connection, ticket: Ticket) -> bool:
    """Whether it is open, and no change waits here that may be about to stop the clock."""
    return ticket.is_open and not outbox.entries(db, ticket.uid, states=outbox.UNSENT)


@dataclass(frozen=True)
class News:
    """A share that was reached, as a console tells it; `loud`: the ticket is open and nothing waits here for it."""

    ticket: str
    clock: str
    share: int
    at: int
    priority: int
    loud: bool


def news(desk: Desk, after: int, limit: int = 200) -> "Future[tuple[int, list[News]]]":
    """What fired on any console since the mark `after` (0: from the start), with the next mark; on the reader thread.

    A newer call cuts an older one off and cancels its future.
    """

    def read(db: Connection) -> tuple[int, list[News]]:
        last, found = alarms.fired_after(db, after, limit)
        out = []
        for data in found:
            uid = tickets.uid_of(db, data["ticket"])
            ticket = None if uid is None else tickets.shown(db, uid)
            loud = ticket is not None and _loud(db, ticket)
            out.append(News(data["ticket"], data["clock"], data["share"], data["at"], data["priority"], loud))
        return last, out

    return desk.store.ask("news", read)


class Breaches:
    """The breaches on record, and the reasons that technicians give."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def all(self) -> list[BreachRecord]:
        """Every breach on record, oldest first."""
        return self._desk.store.read(alarms.all_)

    def of(self, name: str) -> list[BreachRecord]:
        """Those of one ticket, by id, alias or uid; oldest first."""

        def read(db: Connection) -> list[BreachRecord]:
            uid = tickets.uid_of(db, name)
            return [] if uid is None else alarms.of_ticket(db, uid)

        return self._desk.store.read(read)

    def reason(self, name: str, clock: str, text: str) -> "Future[BreachRecord]":
        """Keep why a clock was missed, in the newest interval in which it was; recorded now if it is not yet.

        The future raises UnknownTicket, or Refused if that clock is not past its target.
        """

        def work(tx: Tx) -> BreachRecord:
            uid, ticket = self._desk.wanted(tx, name)
            state = _state(self._desk, tx.db, uid, tx.now)
            missed = [each for each in state.breaches if each.clock == clock] if state else []
            known = [each.breach for each in alarms.of_ticket(tx.db, uid) if each.breach.clock == clock]
            if not missed and not known:
                raise Refused(f"the {clock} clock of {ticket.id} is not breached")
            if not text.strip():
                raise Refused("a reason has a text")
            for breach in alarms.unrecorded(tx.db, uid, state) if state else ():
                alarms.record(tx, uid, ticket.id, ticket.customer, breach)
            which = (missed or known)[-1]  # of several intervals the newest
            alarms.explain(tx, uid, which, text.strip(), self._desk.me(ticket.upstream))
            key = clock, which.interval
            return next(
                each for each in alarms.of_ticket(tx.db, uid) if (each.breach.clock, each.breach.interval) == key
            )

        return self._desk.store.write(work)


def _state(desk: Desk, db: Connection, uid: str, now: int) -> State | None:
    """None: doubtful, gone or unknown."""
    facts = None if tickets.gone(db, uid) else tickets.counted(db, uid, desk.rules)
    if facts is None:
        return None
    names = slafacts.subjects_of(db, uid)
    excluded = slafacts.counted(slafacts.exclusions(db, names))
    try:
        return thresholds.state(*facts, now, excluded, slafacts.kept(db, names))
    except SlaError:
        return None
