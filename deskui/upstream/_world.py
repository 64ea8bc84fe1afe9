"""A small ticket system in memory: what `memory.py` speaks to, and what the other people in it do."""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from deskui.domain.attachment import File
from deskui.domain.change import Assign, Change, Create, Fact, Note, Reply, Resolve
from deskui.domain.event import Event
from deskui.domain.links import OTHER_WAY, Link, Unlink, pairs
from deskui.domain.sets import Moves
from deskui.domain.ticket import Ticket
from deskui.upstream._worldrows import Row, State, append, fold, parse
from deskui.upstream.base import Rejected

SYSTEM = "system"
Sent = tuple[str, str, bytes]  # a file with a message: its name, kind and content


class World:
    """The system's one truth, shared by all who log in; with `path`, also by other processes and the next start.

    Kept as an append-only file of rows, one JSON object a line.  `clock` is the system's own, in epoch seconds.
    `backlog` makes the feed of a fresh console begin on the first day, so that finished tickets arrive too.
    `staff` are the people to whom a ticket can be assigned (None: anybody).
    """

    def __init__(
        self, clock: Callable[[], int] | None = None, path: str = "", first_id: int = 1, backlog: bool = False,
        staff: Iterable[str] | None = None,
    ) -> None:  # fmt: skip
        self.clock = clock or (lambda: int(time.time()))  # the other system's clock: no business of wiring's
        self.path, self.backlog = path, backlog
        self.staff = None if staff is None else set(staff)
        self.rows: list[Row] = []
        self.live = State()
        self.purged: set[str] = set()
        self._first_id, self._offset = first_id, 0
        self._lock, self._writing = threading.RLock(), False
        self.look()

    # --- what people there do ---------------------------------------------------------------------------------

    def make(self, change: Create, who: str = "", *, side: str = "customer", at: int | None = None,
             made_at: int | None = None, files: Sequence[Sent] = (), **fields: Any) -> str:  # fmt: skip
        """A new ticket by `who` (default: its requestor) with further ticket `fields`; answers its remote id."""
        with self.turn():
            stamp = self.clock() if at is None else at
            remote_id = str(max((int(known) for known in self.live.tickets), default=self._first_id - 1) + 1)
            blank = Ticket("", remote_id, id=f"#{remote_id}", created=stamp, updated=stamp)
            author = who or change.requestor or SYSTEM
            ticket = replace(change.apply(blank), **fields)
            self._commit(ticket, change.facts(blank), author, side, stamp, made_at, files=files)
            return remote_id

    def change_as(self, who: str, remote_id: str, change: Change, *, at: int | None = None,
                  made_at: int | None = None, files: Sequence[Sent] = ()) -> tuple[Event, ...]:  # fmt: skip
        """`who` of the staff does it; answers the facts it made.  Rejected where the state refuses it."""
        with self.turn():
            ticket, stamp = self.ticket(remote_id), self.clock() if at is None else at
            refusal = change.refused(ticket)
            if refusal:
                raise Rejected(refusal)
            if isinstance(change, Assign) and self.staff is not None and change.who and change.who not in self.staff:
                raise Rejected(f"there is no {change.who!r} here")
            if isinstance(change, Link | Unlink):
                self._linked(ticket, change, who, stamp)
            if isinstance(change, Link | Unlink | Moves) and change.apply(ticket) == ticket:
                return ()
            row = self._commit(change.apply(ticket), change.facts(ticket), who, "staff", stamp, made_at, files=files)
            if isinstance(change, Reply):
                self._after_reply(row.ticket, stamp)
            return row.events

    def move_as(self, who: str, remote_id: str, name: str, value: Any, *, at: int | None = None) -> None:
        """`who` sets a plain field by hand, as people do who do not use deskui (`state` among the open ones)."""
        with self.turn():
            ticket = self.ticket(remote_id)
            fact = ("field", {"field": name, "from": getattr(ticket, name), "to": value}, None)
            stamp = self.clock() if at is None else at
            self._commit(replace(ticket, **{name: value}), (fact,), who, "staff", stamp)

    def note_as(self, who: str, remote_id: str, text: str, *, at: int | None = None) -> tuple[Event, ...]:
        """A work note by `who`."""
        return self.change_as(who, remote_id, Note(text), at=at)

    def resolve_as(self, who: str, remote_id: str, text: str = "", *, at: int | None = None) -> tuple[Event, ...]:
        """`who` resolves it."""
        return self.change_as(who, remote_id, Resolve(text), at=at)

    def reply_as_customer(
        self, remote_id: str, text: str, who: str = "", *, at: int | None = None, files: Sequence[Sent] = ()
    ) -> Event:
        """The customer answers: a pending ticket resumes and a resolved one reopens by the system's own rule."""
        with self.turn():
            ticket, stamp = self.ticket(remote_id), self.clock() if at is None else at
            author = who or next(iter(ticket.requestors), "customer")
            row = self._commit(ticket, (("customer_reply", {}, text),), author, "customer", stamp, files=files)
            if ticket.state == "pending":
                moved = replace(row.ticket, state="in_progress", holds=())
                self._commit(moved, (("resume", {}, None),), SYSTEM, SYSTEM, stamp)
            elif ticket.state == "resolved":
                self._reopen(row.ticket, stamp)
            return row.events[0]

    def auto_reply(self, remote_id: str, text: str, *, at: int | None = None) -> None:
        """The system writes to the customer by itself; that answers nothing."""
        with self.turn():
            stamp = self.clock() if at is None else at
            self._commit(self.ticket(remote_id), (("auto_reply", {}, text),), SYSTEM, SYSTEM, stamp)

    def delete(self, remote_id: str) -> None:
        """Gone for good."""
        with self.turn():
            self._commit(self.ticket(remote_id), (), SYSTEM, "staff", self.clock(), gone=True)

    def edit(self, remote_id: str, key: str, text: str | None) -> None:
        """A message gets another text, or (None) is taken out; no feed ever tells of it."""
        kept = [replace(e, text=text) if e.key == key else e for e in self.live.events[remote_id]]
        self.live.events[remote_id] = [event for event in kept if event.key != key or text is not None]

    def purge(self, remote_id: str) -> None:
        """Taken out of the database by hand: no feed ever tells of it."""
        self.purged.add(remote_id)

    def merge(self, remote_id: str, into: str, who: str = SYSTEM) -> None:
        """`who` makes `remote_id` part of `into`."""
        with self.turn():
            stamp = self.clock()
            survivor = self.ticket(into)
            self._commit(self.ticket(remote_id), (), who, "staff", stamp, into=into)
            self._commit(survivor, (("link", {"kind": "merged", "to": remote_id}, None),), who, "staff", stamp)

    def rewind(self, n: int) -> None:
        """Restored from a backup made after transaction `n`: what came later is forgotten, its numbers come again."""
        with self._lock:
            self.rows = [row for row in self.rows if row.n <= n]
            self.live = fold(self.rows)

    # --- reading ----------------------------------------------------------------------------------------------

    @property
    def last(self) -> int:
        """The newest transaction's number."""
        return self.rows[-1].n if self.rows else 0

    def ticket(self, remote_id: str) -> Ticket:
        """One ticket now; Rejected if there is none (any more)."""
        if not self.live.alive(remote_id):
            into = self.live.into.get(remote_id)
            raise Rejected(f"ticket {remote_id} " + (f"was merged into {into}" if into else "does not exist"))
        return self.live.tickets[remote_id]

    def contents(self, file: str) -> bytes:
        """A file's content, by its id; Rejected if there is none."""
        for row in self.rows:
            if file in row.contents:
                return row.contents[file]
        raise Rejected(f"there is no file {file}")

    def look(self) -> None:
        """See what other processes wrote."""
        with self._lock:
            if self.path and not self._writing and os.path.exists(self.path):
                with open(self.path, "rb") as file:
                    fcntl.flock(file, fcntl.LOCK_SH)
                    self._catch_up(file.fileno())

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One writer at a time; what it committed is in the file at the end."""
        with self._lock:
            if not self.path or self._writing:  # in memory, or inside another turn
                yield
                return
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX)
                self._catch_up(fd)
                known, self._writing = len(self.rows), True
                try:
                    yield
                finally:
                    self._writing = False
                    self._offset = append(fd, self._offset, self.rows[known:])
            finally:
                os.close(fd)

    # --- inside -----------------------------------------------------------------------------------------------

    def _linked(self, ticket: Ticket, change: Link | Unlink, who: str, at: int) -> None:
        """The other ticket's side of a link; Rejected where there is none, or it would go round in a circle."""
        other = self.ticket(change.remote)
        if change.kind in ("parent", "child") and isinstance(change, Link):
            above = "child" if change.kind == "parent" else "parent"
            if change.remote in self._reached(ticket.remote_id, above):
                raise Rejected("such a link would go round in a circle")
        mirrored = type(change)(OTHER_WAY[change.kind], "", ticket.remote_id)
        if mirrored.apply(other) != other:
            self._commit(mirrored.apply(other), mirrored.facts(other), who, "staff", at)

    def _reached(self, remote_id: str, kind: str) -> set[str]:
        """The ticket, and all that links of this kind lead to."""
        found, todo = {remote_id}, [remote_id]
        while todo:
            for each, other in pairs(self.live.tickets[todo.pop()]):
                if each == kind and other not in found:
                    found.add(other)
                    todo.append(other)
        return found

    def _after_reply(self, ticket: Ticket, at: int) -> None:
        if ticket.state == "new":
            moved = {"field": "state", "from": "new", "to": "in_progress"}
            self._commit(replace(ticket, state="in_progress"), (("field", moved, None),), SYSTEM, SYSTEM, at)
        elif ticket.state == "resolved":
            self._reopen(ticket, at)

    def _reopen(self, ticket: Ticket, at: int) -> None:
        self._commit(replace(ticket, state="in_progress"), (("reopen", {}, None),), SYSTEM, SYSTEM, at)

    def _commit(
        self, ticket: Ticket, facts: Sequence[Fact], author: str, side: str, at: int, made_at: int | None = None,
        *, gone: bool = False, into: str = "", files: Sequence[Sent] = (),
    ) -> Row:  # fmt: skip
        n = self.last + 1
        made = None if made_at is None else min(made_at, at)  # never later than our own stamp
        events = tuple(
            Event(f"{n}/{i}" if i else str(n), at, kind, author, side, made, data, text)
            for i, (kind, data, text) in enumerate(facts)
        )
        contents = {f"{n}.{i}": data for i, (_, _, data) in enumerate(files)}
        held = tuple(File(f"{n}.{i}", name, kind, len(data)) for i, (name, kind, data) in enumerate(files))
        if held:
            events = (replace(events[0], files=held), *events[1:])
        return self._take(Row(n, replace(ticket, updated=at), events, gone, into, contents))

    def _take(self, row: Row) -> Row:
        self.rows.append(row)
        self.live.add(row)
        return row

    def _catch_up(self, fd: int) -> None:
        data = os.pread(fd, max(0, os.fstat(fd).st_size - self._offset), self._offset)
        end = data.rfind(b"\n") + 1  # a line cut by a kill is none
        for line in data[:end].splitlines():
            self._take(parse(line))
        self._offset += end
