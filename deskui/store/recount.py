"""All clocks anew after a change of the rules: in slices, by the facts alone; stopped clocks keep their figures."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from deskui.domain.event import Event
from deskui.domain.ticket import OPEN
from deskui.store import derive, facts, rebuild, slafacts

if TYPE_CHECKING:
    from deskui.store.store import Tx

Figures = slafacts.Figures
_TICKETS = """SELECT pk, uid, id, upstream, remote_id, base, history, done, updated, runs FROM ticket
    WHERE pk > ? ORDER BY pk LIMIT ?"""
_EVENTS = """SELECT ticket, at, type, data, made_at, side, key, pk FROM event
    WHERE ticket BETWEEN ? AND ? AND type NOT IN ('internal_note', 'auto_reply', 'assign', 'field', 'time', 'link')
    ORDER BY ticket, at, pk"""
_WRITE = """UPDATE ticket SET runs = ?, clock = ?, due = ?, frozen = ?, mode = ?, calendar = ?, nofirst = ?, late = ?,
    response_due = ?, resolution_due = ?, band = ?, sort_due = ? WHERE pk = ?"""
_STOPPED = '"state":"stopped"'
SLICE = 100  # tickets: under 10 ms, so that a key that waits goes first
_NOTHING: dict[str, Any] = {}


class Altered(NamedTuple):
    """A stopped clock whose figures the new rules would alter; `old` and `new` are Runs as JSON."""

    ticket: str
    uid: str
    clock: str
    old: dict[str, Any]
    new: dict[str, Any]


@dataclass(slots=True)
class Recount:
    """One pass over the store; `rewrite` lets stopped clocks take the new rules' figures, else they keep theirs.

    `tell` hears after each slice how many tickets are done; `altered` is complete at the end.
    """

    version: str
    rewrite: bool = False
    author: str = ""
    tell: Callable[[int], None] = lambda done: None
    done: int = 0
    changed: int = 0
    altered: list[Altered] = field(default_factory=list)
    _after: int = 0

    def steps(self) -> "Iterator[Callable[[Tx], None]]":
        """The pass, for `Store.write_each`; the last step notes the rules' version."""
        more = True

        def step(tx: "Tx") -> None:
            nonlocal more
            more = self._slice(tx)

        while more:
            yield step
        yield self._end

    def _end(self, tx: "Tx") -> None:
        tx.db.execute("INSERT OR REPLACE INTO meta(key, value) VALUES ('rules', ?)", (self.version,))
        tx.note("rules")

    def _slice(self, tx: "Tx") -> bool:
        rows = [_Row(*row) for row in tx.db.execute(_TICKETS, (self._after, SLICE)).fetchall()]
        if not rows:
            return False
        events = _events(tx, rows[0].pk, rows[-1].pk)
        noted, written = slafacts.noted(tx.db), list[tuple[Any, ...]]()
        for row in rows:
            base = _Promise.of(json.loads(row.base)) if row.base is not None else None
            clocks = self._ticket(tx, row, base, events.get(row.pk, ()), noted)
            if base is not None and clocks is not None and clocks.runs != row.runs:
                written.append(_values(row, base.started, clocks))
                tx.touch(row.uid)
        tx.db.executemany(_WRITE, written)
        self.changed += len(written)
        self._after = rows[-1].pk
        self.done += len(rows)
        self.tell(self.done)
        return len(rows) == SLICE

    def _ticket(
        self, tx: "Tx", row: "_Row", base: "_Promise | None", events: Sequence[Event], noted: frozenset[str]
    ) -> derive.Clocks | None:  # fmt: skip
        """The clocks of one ticket; None: nothing to write, or already written."""
        if base is None:
            self._long_way(tx, row)
            return None
        if not row.history:
            return derive.Clocks() if not row.done else None
        contract, names = tx.rules.judging(base), slafacts.subjects(row.uid, row.upstream, row.remote_id)
        if contract.policy.offline_events == "made":  # what waits here may count
            self._long_way(tx, row)
            return None
        excluded = slafacts.exclusions(tx.db, names) if not noted.isdisjoint(names) else []
        clocks = derive.clocks(contract, base, events, True, slafacts.counted(excluded))
        return self._settled(tx, row, names, clocks)

    def _long_way(self, tx: "Tx", row: "_Row") -> None:
        """A ticket for which outbox and events have to be put together."""
        found = rebuild.promised(tx.db, rebuild.Row(*row[:7], ""), tx.rules)
        if found is None:
            return
        contract, ticket, counted = found
        names = slafacts.subjects(row.uid, row.upstream, row.remote_id)
        excluded = slafacts.counted(slafacts.exclusions(tx.db, names))
        self._settled(tx, row, names, derive.clocks(contract, ticket, counted, True, excluded))
        rebuild.rebuild(tx, [row.uid])

    def _settled(self, tx: "Tx", row: "_Row", names: tuple[str, str], fresh: derive.Clocks) -> derive.Clocks:
        """The clocks with the figures that stay: those of clocks that had already stopped, unless told otherwise."""
        if fresh.runs == row.runs or row.runs is None or fresh.runs is None:
            return fresh
        if _STOPPED not in row.runs:
            return fresh
        old, new = json.loads(row.runs), json.loads(fresh.runs)
        moved = {name: figures for name, figures in old.items() if _rewritten(figures, new.get(name))}
        if not moved:
            return fresh
        self.altered += [Altered(row.id, row.uid, name, old[name], new[name]) for name in moved]
        known = slafacts.kept(tx.db, names)
        wanted = {} if self.rewrite else {**known, **moved}
        if wanted != known:
            slafacts.keep(tx, names[1] or names[0], wanted, self.author)
        if self.rewrite:
            return fresh
        from deskui.domain.sla import Run

        return derive.of_runs({name: Run.from_json(moved.get(name, new[name])) for name in new})


class _Row(NamedTuple):
    pk: int
    uid: str
    id: str
    upstream: str
    remote_id: str | None
    base: str | None
    history: int
    done: int
    updated: int
    runs: str | None


class _Promise(NamedTuple):
    """What of a ticket decides by which contract it counts, and where its clocks begin."""

    customer: str | None
    started: int
    updated: int
    priority: int
    is_open: bool
    category: str | None
    cis: tuple[str, ...]

    @classmethod
    def of(cls, base: dict[str, Any]) -> "_Promise":
        get = base.get
        return cls(
            get("customer"), _started(base), get("updated", 0),
            get("priority", 4), get("state", "new") in OPEN, get("category"), tuple(get("cis", ())),
        )  # fmt: skip


def _started(base: dict[str, Any]) -> int:
    return int(base.get("received") or base.get("created", 0))


class _Fact(NamedTuple):
    """What of an event the clocks look at: made five times as fast as an Event, and there are very many."""

    ticket: int
    at: int
    type: str
    data: dict[str, Any]
    made_at: int | None
    side: str
    key: str
    pk: int


_data = lru_cache(maxsize=1024)(json.loads)  # the same few words again and again; nobody changes an event's data


def _events(tx: "Tx", first: int, last: int) -> dict[int, list[Event]]:
    """The SLA facts of the tickets `first` to `last`, in the order in which `facts.of` has them."""
    out: dict[int, list[_Fact]] = {}
    for ticket, at, kind, data, *rest in tx.db.execute(_EVENTS, (first, last)):
        fact = _Fact(ticket, at, kind, _NOTHING if data == "{}" else _data(data), *rest)
        if ticket in out:
            out[ticket].append(fact)
        else:
            out[ticket] = [fact]
    return cast("dict[int, list[Event]]", {ticket: _sorted(found) for ticket, found in out.items()})


def _sorted(found: list[_Fact]) -> list[_Fact]:
    """Only equal times need their keys looked at."""
    if any(one.at == two.at for one, two in pairwise(found)):
        found.sort(key=lambda fact: facts.place(fact.at, fact.key, fact.pk))
    return found


def _rewritten(old: dict[str, Any], new: dict[str, Any] | None) -> bool:
    """Whether the clock had stopped, and the same stop is now judged otherwise."""
    if new is None or old["state"] != "stopped" or new["state"] != "stopped":
        return False
    return old != new and old.get("stopped_at") == new.get("stopped_at")


def _values(row: _Row, started: int, clocks: derive.Clocks) -> tuple[Any, ...]:
    band, sort_due = clocks.sort(_Shown(not row.done, row.updated, started))
    return (
        clocks.runs, clocks.clock, clocks.due, clocks.frozen, clocks.mode, clocks.calendar,
        int(clocks.nofirst and not row.done), int(clocks.late), clocks.response_due, clocks.resolution_due, band,
        sort_due, row.pk,
    )  # fmt: skip


class _Shown(NamedTuple):
    is_open: bool
    updated: int
    started: int
