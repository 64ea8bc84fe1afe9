"""The upstream in memory: a real small ticket system for the demo, the tests and the simulator; it fails on demand."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from deskui.domain.attachment import READ_CAP, File, size
from deskui.domain.change import Create
from deskui.domain.event import MESSAGES, Event, field_of
from deskui.domain.links import KINDS, Merge
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import STATES, Ticket
from deskui.upstream._faults import Faults
from deskui.upstream._gaps import Cursor
from deskui.upstream._world import World
from deskui.upstream._worldrows import Row, State, fold

__all__ = ["Adapter", "Faults", "World"]
from deskui.upstream.base import (
    Login,
    Options,
    Page,
    Reading,
    Receipt,
    Rejected,
    Swapped,
    Unreachable,
    Upstream,
    Word,
    Words,
)

T = TypeVar("T")


class Adapter(Upstream):
    """Speaks to a `World`: the one given, else the one that the url `memory:PATH` keeps in a file (`memory:`: none)."""

    page_size = 100
    recipients = "ticket"
    tags = True
    links = frozenset(KINDS)
    merges = True
    attachments = True
    note_files = True
    edits = True

    def __init__(
        self, name: str, options: Options | None = None, secret: str = "", *,
        world: World | None = None, faults: Faults | None = None,
    ) -> None:  # fmt: skip
        self.name, self.options = name, options or Options()
        self.prefix = f"{name.upper()}-"
        self.user = self.options.user or "me"
        self.world = world or World(path=self.options.url.removeprefix("memory:"))
        self.faults = faults or Faults()
        if self.world.staff is not None:
            self.world.staff.add(self.user)

    def login(self) -> Login:
        self._call("login")
        if self.faults.login_refused:
            raise Unreachable(self.faults.login_refused, "auth", "check the user and the secret")
        return Login(self.user, self.faults.offset_s)

    def discover(self) -> Words:
        """Its words are ours; the queues are those that a ticket is in."""
        self._call("discover")
        queues = sorted({ticket.queue for ticket in self._state().tickets.values() if ticket.queue})
        states = tuple(Word(state, state, sure=True) for state in STATES)
        priorities = tuple(Word(f"P{n}", f"P{n}", sure=True) for n in (1, 2, 3, 4))
        return Words(states, priorities, tuple(map(Word, queues)))

    def head(self) -> str:
        self._call("head")
        rows = [] if self.world.backlog else self._rows()
        at = rows[-1].ticket.updated if rows else 0
        return str(Cursor().seen([row.n for row in rows], at, self.world.clock()))

    def open_tickets(self, after: str) -> Iterator[Page]:
        self._call("open_tickets")
        state, floor = self._state(), int(after or 0)
        shown = (known for known, ticket in state.tickets.items() if ticket.is_open and self._shows(state, known))
        ids = sorted(map(int, shown))
        for some in _slices([str(number) for number in ids if number > floor], self.page_size):
            yield from self._page(Page(self._tickets(state, some), cursor=some[-1]))

    def history(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        self._call("history")
        for some, state, page in self._wanted(remote_ids):
            facts = tuple((known, _bare(event)) for known in some for event in state.events[known])
            yield from self._page(replace(page, tickets=self._tickets(state, some), events=facts, complete=some))

    def bodies(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        self._call("bodies")
        for some, state, page in self._wanted(remote_ids):
            facts = tuple((known, event) for known in some for event in state.events[known]
                          if event.text is not None or event.data.get("minutes"))  # fmt: skip
            yield from self._page(replace(page, events=facts, complete=some))

    def finished(self, since: int, before: str) -> Iterator[Page]:
        self._call("finished")
        state = self._state()
        done = [known for known, ticket in state.tickets.items()
                if not ticket.is_open and ticket.updated >= since and self._shows(state, known)
                and (not before or int(known) < int(before))]  # fmt: skip
        for some in _slices(sorted(done, key=int, reverse=True), self.page_size):
            yield from self._page(Page(self._tickets(state, some), cursor=some[-1]))

    def feed(self, cursor: str) -> Iterator[Page]:
        self._call("feed")
        state, before = self._state(), Cursor.parse(cursor)
        self._prove(before)
        place = before
        whole: set[str] = set()  # new tickets that this reading has already brought with all they have
        for rows in _slices([row for row in self._rows() if before.wants(row.n)], self.page_size):
            place = place.seen([row.n for row in rows], rows[-1].ticket.updated, self.world.clock())
            yield from self._page(replace(self._news(rows, state, whole), cursor=str(place)))

    def read(self, remote_id: str, seen: str) -> Reading:
        self._call("read")
        state = self._state()
        if remote_id not in state.tickets or self._hidden(remote_id):
            raise Rejected(f"ticket {remote_id} does not exist")
        survivor = _survivor(state, remote_id)
        events = self._after(state.events[survivor], seen)
        into = survivor if survivor != remote_id else ""
        return Reading(self._out(state.tickets[survivor]), events, into, survivor in state.gone)

    def survey(self, remote_ids: Sequence[str]) -> Iterator[Page]:
        self._call("survey")
        state = self._state()
        for some in _slices(list(remote_ids), self.page_size):
            there = self._tickets(state, tuple(one for one in some if self._shows(state, one)))
            yield from self._page(Page(there, complete=some))

    def search(self, query: str, limit: int) -> Sequence[Ticket]:
        """Its language: words that all stand in the subject, newest first."""
        self._call("search")
        state, words = self._state(), query.casefold().split()
        found = (known for known, ticket in state.tickets.items()
                 if self._shows(state, known) and all(word in ticket.subject.casefold() for word in words))  # fmt: skip
        return self._tickets(state, sorted(found, key=int, reverse=True)[:limit])

    def push(self, entry: Entry, ticket: Ticket, seen: str) -> Receipt:
        self._call("push")
        if self._once("drop_next_request"):
            raise Unreachable("the connection was lost while sending")
        reason, self.faults.reject_next = self.faults.reject_next, ""
        if reason:
            raise Rejected(reason)
        if self.faults.rival:
            self.faults.rival(entry, ticket.remote_id)
        with self.world.turn():
            receipt = self._write(entry, ticket, seen)
        if self._once("drop_next_response"):
            raise Unreachable("the connection was lost while waiting for the answer")
        return receipt

    def created(self, token: str) -> tuple[str, ...] | None:
        self._call("created")
        state = self._state()
        return tuple(known for known, ticket in state.tickets.items() if token and ticket.token == token)

    def content(self, file: File) -> bytes:
        self._call("content")
        data = self.world.contents(file.id)
        if len(data) > READ_CAP:
            raise Rejected(f"it is larger than the {size(READ_CAP)} that deskui fetches")
        return data

    def close(self) -> None:
        """Nothing is held open."""

    # --- writing ------------------------------------------------------------------------------------------------

    def _write(self, entry: Entry, ticket: Ticket, seen: str) -> Receipt:
        world, change = self.world, entry.change
        if isinstance(change, Create) and ticket.remote_id:
            remote_id, seen, own = ticket.remote_id, "", _first(world.live.events[ticket.remote_id])
        elif isinstance(change, Create):
            remote_id, seen = world.make(change, self.user, side="staff", made_at=entry.made_at), ""
            own = _first(world.live.events[remote_id])
        else:
            remote_id = _survivor(world.live, ticket.remote_id) if change.field is None else ticket.remote_id
            world.ticket(remote_id)
            news = self._after(world.live.events[remote_id], seen)
            if change.field is not None and any(field_of(event) for event in news):
                return Receipt(self._out(world.live.tickets[remote_id]), news, written=False)
            if isinstance(change, Merge):
                return self._merged(remote_id, change.remote)
            files = [(file.name, file.kind, entry.contents[file.id]) for file in getattr(change, "files", ())]
            own = world.change_as(self.user, remote_id, change, made_at=entry.made_at, files=files)
        events = self._after(world.live.events[remote_id], seen)
        return Receipt(self._out(world.live.tickets[remote_id]), events, tuple(event.key for event in own))

    def _merged(self, remote_id: str, into: str) -> Receipt:
        """The survivor with its history, and what the merge made of it."""
        if into == remote_id:
            raise Rejected("a ticket cannot be merged into itself")
        before = len(self.world.live.events.get(into, ()))
        self.world.merge(remote_id, into, self.user)
        events = tuple(self.world.live.events[into])
        return Receipt(self._out(self.world.live.tickets[into]), events, tuple(event.key for event in events[before:]))

    # --- reading ------------------------------------------------------------------------------------------------

    def _news(self, rows: Sequence[Row], state: State, whole: set[str]) -> Page:
        """What these transactions say, on tickets as they are now; a new ticket comes with all that it has."""
        known = tuple(dict.fromkeys(row.ticket.remote_id for row in rows))
        alive = tuple(one for one in known if self._shows(state, one))
        made = {row.ticket.remote_id for row in rows if any(event.type == "created" for event in row.events)}
        new = tuple(one for one in alive if one in made)
        whole.update(made)
        facts = [(one, event) for one in new for event in state.events[one]]
        facts += [(row.ticket.remote_id, event) for row in rows for event in row.events
                  if row.ticket.remote_id in alive and row.ticket.remote_id not in whole]  # fmt: skip
        gone = tuple(row.ticket.remote_id for row in rows if row.gone)
        merged = tuple((row.ticket.remote_id, row.into) for row in rows if row.into)
        return Page(self._tickets(state, alive), tuple(facts), "", new, gone, merged)

    def _wanted(self, remote_ids: Sequence[str]) -> Iterator[tuple[tuple[str, ...], State, Page]]:
        """The living among the wanted, in slices, and a page that names the others."""
        state = self._state()
        for some in _slices(list(remote_ids), self.page_size):
            gone = tuple(one for one in some if one in state.gone)
            merged = tuple((one, state.into[one]) for one in some if one in state.into)
            yield tuple(one for one in some if self._shows(state, one)), state, Page(gone=gone, merged=merged)

    def _page(self, page: Page) -> Iterator[Page]:
        for _ in range(2 if self.faults.repeat_pages else 1):
            self._call("page")
            if self.faults.pages_left is not None:
                if self.faults.pages_left <= 0:
                    raise Unreachable("the connection was lost between two pages")
                self.faults.pages_left -= 1
            yield page

    def _call(self, method: str) -> None:
        if self.faults.before:
            self.faults.before(method)
        if self.faults.offline:
            raise Unreachable(
                "no route to the ticket system", hint="changes wait here until it is back", maybe_written=False
            )
        self.world.look()

    def _once(self, fault: str) -> bool:
        was: bool = getattr(self.faults, fault)
        setattr(self.faults, fault, False)
        return was

    def _rows(self) -> list[Row]:
        stale = self.faults.stale
        late = self.faults.late
        return [row for row in self.world.rows if (stale is None or row.n <= stale) and row.n not in late]

    def _state(self) -> State:
        return self.world.live if self.faults.stale is None and not self.faults.late else fold(self._rows())

    def _prove(self, place: Cursor) -> None:
        """Swapped: what the cursor stands for is not there (any more)."""
        there = next((row for row in self.world.rows if row.n == place.last), None)
        if place.last and (there is None or (place.at and there.ticket.updated != place.at)):
            raise Swapped(f"transaction {place.last} is not there any more: restored from a backup")

    def _shows(self, state: State, remote_id: str) -> bool:
        return state.alive(remote_id) and not self._hidden(remote_id)

    def _hidden(self, remote_id: str) -> bool:
        return remote_id in self.world.purged or bool(self.faults.hidden and self.faults.hidden(remote_id))

    def _after(self, events: Sequence[Event], seen: str) -> tuple[Event, ...]:
        floor = self.order(seen) if seen else ()
        return tuple(event for event in events if self.order(event.key) > floor)

    def _tickets(self, state: State, remote_ids: Sequence[str]) -> tuple[Ticket, ...]:
        return tuple(self._out(state.tickets[one]) for one in remote_ids)

    def _out(self, ticket: Ticket) -> Ticket:
        return replace(ticket, upstream=self.name, id="", holds=())


def _survivor(state: State, remote_id: str) -> str:
    while remote_id in state.into:
        remote_id = state.into[remote_id]
    return remote_id


def _first(events: Sequence[Event]) -> tuple[Event, ...]:
    """What the transaction made that made the ticket."""
    made = events[0].key
    return tuple(event for event in events if event.key.split("/")[0] == made)


def _bare(event: Event) -> Event:
    return replace(event, text=None, files=()) if event.type in MESSAGES or event.type == "created" else event


def _slices(items: Sequence[T], size: int) -> Iterator[tuple[T, ...]]:
    for start in range(0, len(items), size):
        yield tuple(items[start : start + size])
