"""All clocks anew after a change of the rules: in slices, by the facts alone; stopped clocks keep their figures."""

import json
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from deskui.domain.sla import Run
from deskui.store import derive, derived, driver, facts, pasts, rebuild, slafacts

if TYPE_CHECKING:
    from deskui.store.store import Tx

# In the order of the queue: there the rows of the wide index that are written together stand together.
_ORDER = """SELECT gone, done, band, sort_due, priority, pk FROM ticket
    WHERE (gone, done, band, sort_due, priority, pk) > (?, ?, ?, ?, ?, ?)
    ORDER BY gone, done, band, sort_due, priority, pk LIMIT 5000"""
_FIRST = (-1, 0, 0, 0, 0, 0)
_TICKETS = """SELECT pk, uid, upstream, remote_id, history, done, updated, runs, nofirst, band, sort_due, late_at,
    standing, base IS NULL, json_extract(base, '$.customer'), json_extract(base, '$.priority'),
    coalesce(nullif(json_extract(base, '$.received'), 0), json_extract(base, '$.created'), 0),
    json_extract(base, '$.category'), json_extract(base, '$.cis')
    FROM ticket WHERE pk {}"""
# By derive.Clocks, the place in the queue, and the pk.
_WRITE = """UPDATE ticket SET runs = ?1, clock = ?3, due = ?4, frozen = ?5, mode = ?6, response_due = ?7,
    resolution_due = ?8, calendar = ?9, late = ?10 WHERE pk = ?16"""
_MOVE = _WRITE.replace(" WHERE", ", late_at = ?11, standing = ?12, band = ?14, sort_due = ?15 WHERE")  # in its index
_ANSWER = _MOVE.replace(" WHERE", ", nofirst = ?13 WHERE")  # and in that of those without a first response
SLICE = 100  # tickets: a few milliseconds, so that a key that waits goes first
ALONE, PART = 5000, 500  # where no key waits: so many are written in one go, and read
_BY_DUE = itemgetter(14)
_Values = dict[str, list[tuple[Any, ...]]]  # by the statement that they are for


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

    `tell` hears after each slice how many tickets are done; `altered` is complete at the end.  `alone`: nobody looks at
    the queue, so it goes by the file, which is quicker if many tickets are in one transaction.
    """

    rewrite: bool = False
    author: str = ""
    tell: Callable[[int], None] = lambda done: None
    done: int = 0
    changed: int = 0
    altered: list[Altered] = field(default_factory=list)
    alone: bool = False
    _pks: "array[int]" = field(default_factory=lambda: array("q"))
    _after: tuple[int, ...] = _FIRST
    _last: int = 0
    _over: bool = False
    _noted: slafacts.Noted = field(default_factory=slafacts.Noted)
    _counted: pasts.Counted = field(default_factory=pasts.Counted)

    def steps(self) -> "Iterator[Callable[[Tx], None]]":
        """The pass, for `Store.write_each`; after it comes `end`."""
        yield self._begin
        if self.alone:
            for start in range(1, self._last + 1, ALONE):
                parts = range(start, start + ALONE, PART)
                yield partial(self._slice, [pasts.between(first, first + PART - 1) for first in parts])
            return
        known = -1
        while known < len(self._pks):
            known = len(self._pks)
            yield self._look
        for start in range(0, known, SLICE):
            yield partial(self._slice, [pasts.among(self._pks[start : start + SLICE])])

    def unless_done(self) -> "Iterator[Callable[[Tx], None]]":
        """The pass and its end, or as much of it as is needed until somebody else has done it, by hand."""
        for step in chain(self.steps(), (self.end,)):
            yield partial(self._unless_done, step)
            if self._over:
                return

    def _unless_done(self, step: "Callable[[Tx], None]", tx: "Tx") -> None:
        self._over = derived.by(tx.db) == tx.rules.version
        if not self._over:
            step(tx)

    def _begin(self, tx: "Tx") -> None:
        derived.begin(tx.db, tx.rules.version)
        driver.widen(tx.db, 8 if self.alone else 4)
        self._last = tx.db.execute("SELECT coalesce(max(pk), 0) FROM ticket").fetchone()[0]

    def _look(self, tx: "Tx") -> None:
        """The next tickets in the order of the queue; one that moves meanwhile has been derived by the new rules."""
        found = tx.db.execute(_ORDER, self._after).fetchall()
        if found:
            self._after = found[-1]
            self._pks.extend([row[5] for row in found])

    def end(self, tx: "Tx") -> None:
        """Note by which rules the clocks count now."""
        derived.end(tx.db, tx.rules.version)
        tx.note("rules")
        driver.widen(tx.db, 1)

    def _slice(self, parts: Iterable[pasts.Wanted], tx: "Tx") -> None:
        self._noted.follow(tx.db)
        values: _Values = {_WRITE: [], _MOVE: [], _ANSWER: []}
        for wanted in parts:
            self._part(tx, wanted, values)
        for how, found in values.items():
            found.sort(key=_BY_DUE)  # as the queue's index is: its pages are gone through once, not to and fro
            tx.db.executemany(how, found)
            self.changed += len(found)
        self.tell(self.done)

    def _part(self, tx: "Tx", wanted: pasts.Wanted, values: "_Values") -> None:
        known = pasts.read(tx.db, wanted)
        rows = tx.db.execute(_TICKETS.format(wanted.which), wanted.values).fetchall()
        for row in map(_Row._make, rows):
            clocks = self._ticket(tx, row, known.get(row.pk))
            if clocks is not None and clocks.runs != row.runs:
                place = clocks.nofirst and not row.done, *clocks.sort(row)
                there = (clocks.late_at, clocks.standing, *place) == row.place
                how = _WRITE if there else _MOVE if place[0] == row.nofirst else _ANSWER
                values[how].append((*clocks, *place, row.pk))
                tx.touch(row.uid)
        self.done += len(rows)

    def _ticket(self, tx: "Tx", row: "_Row", past: pasts.Past | None) -> derive.Clocks | None:
        """The clocks of one ticket; None: nothing to write, or already written."""
        if row.unsent:
            self._long_way(tx, row)
            return None
        if not row.history:
            return derive.Clocks() if not row.done else None
        contract = tx.rules.judging(row)
        if contract.policy.offline_events == "made":  # what waits here may count
            self._long_way(tx, row)
            return None
        excluded = self._excluded(tx, row)
        found = None if excluded or past is None else self._counted.clocks(contract, row.started, past, row.runs)
        if found is None:
            counted = slafacts.counted(excluded)
            fresh = derive.clocks(contract, row, facts.of(tx.db, row.pk), True, counted)
            return self._settled(tx, row, fresh)
        fresh, stay = found
        return fresh if stay else self._settled(tx, row, fresh)

    def _excluded(self, tx: "Tx", row: "_Row") -> list[slafacts.Excluded]:
        return slafacts.exclusions(tx.db, row.names) if self._noted and self._noted.any(row.names) else []

    def _long_way(self, tx: "Tx", row: "_Row") -> None:
        """A ticket for which outbox and events have to be put together."""
        read = tx.db.execute(rebuild.READ, (row.uid,)).fetchone()
        found = rebuild.promised(tx.db, rebuild.Row(*read), tx.rules)
        if found is None:
            return
        contract, ticket, counted = found
        excluded = slafacts.counted(slafacts.exclusions(tx.db, row.names))
        self._settled(tx, row, derive.clocks(contract, ticket, counted, True, excluded))
        rebuild.rebuild(tx, [row.uid])

    def _settled(self, tx: "Tx", row: "_Row", fresh: derive.Clocks) -> derive.Clocks:
        """The clocks with the figures that stay: those of clocks that had already stopped, unless told otherwise."""
        if fresh.runs == row.runs or row.runs is None or fresh.runs is None:
            return fresh
        old, new = json.loads(row.runs), json.loads(fresh.runs)
        moved = {name: figures for name, figures in old.items() if _rewritten(figures, new.get(name))}
        if not moved:
            return fresh
        said = tx.db.execute("SELECT id FROM ticket WHERE pk = ?", (row.pk,)).fetchone()[0]
        self.altered += [Altered(said, row.uid, name, old[name], new[name]) for name in moved]
        known = slafacts.kept(tx.db, row.names)
        wanted = {} if self.rewrite else {**known, **moved}
        if wanted != known:
            slafacts.keep(tx, row.names[1] or row.names[0], wanted, self.author)
        if self.rewrite:
            return fresh
        return derive.of_runs({name: Run.from_json(moved.get(name, new[name])) for name in new})


class _Row(NamedTuple):
    """A ticket as the pass reads it: what decides by which contract it counts, where its clocks begin, and its place.

    All but `done` and `updated`, which are of what is shown, is of its base: what was promised to the customer.
    """

    pk: int
    uid: str
    upstream: str
    remote_id: str | None
    history: int
    done: int
    updated: int
    runs: str | None
    nofirst: int
    band: int
    sort_due: int
    late_at: int | None
    standing: str | None
    unsent: int
    customer: str | None
    wanted: int | None
    started: int
    category: str | None
    named: str | None

    @property
    def names(self) -> tuple[str, str]:
        """What the journal calls it."""
        return slafacts.subjects(self.uid, self.upstream, self.remote_id)

    @property
    def is_open(self) -> bool:
        return not self.done

    @property
    def place(self) -> tuple[int | None, str | None, int, int, int]:
        return self.late_at, self.standing, self.nofirst, self.band, self.sort_due

    @property
    def priority(self) -> int:
        return 4 if self.wanted is None else self.wanted

    @property
    def cis(self) -> tuple[str, ...]:
        return tuple(json.loads(self.named)) if self.named else ()


def _rewritten(old: dict[str, Any], new: dict[str, Any] | None) -> bool:
    """Whether the clock had stopped, and the same stop is now judged otherwise."""
    if new is None or old["state"] != "stopped" or new["state"] != "stopped":
        return False
    return old != new and old.get("stopped_at") == new.get("stopped_at")
