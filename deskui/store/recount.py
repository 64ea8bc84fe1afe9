"""All clocks anew after a change of the rules: in slices, by the facts alone; stopped clocks keep their figures."""

import json
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from deskui.domain.sla import Run
from deskui.store import derive, derived, driver, facts, pasts, rebuild, slafacts
from deskui.store.quick import IN_ORDER, LONG, Part, Quick, Row, judging

if TYPE_CHECKING:
    from deskui.store.store import Tx

# In the order of the queue: there the rows of the wide index that are written together stand together.
_ORDER = """SELECT gone, done, band, sort_due, priority, pk FROM ticket
    WHERE (gone, done, band, sort_due, priority, pk) > (?, ?, ?, ?, ?, ?)
    ORDER BY gone, done, band, sort_due, priority, pk LIMIT 5000"""
_FIRST = (-1, 0, 0, 0, 0, 0)
SLICE = 100  # tickets: a few milliseconds, so that a key that waits goes first
ALONE, PART = 5000, 500  # where no key waits: so many are written in one go, and read


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
    _quick: Quick = field(default_factory=Quick)

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

    def _slice(self, wanted: Iterable[pasts.Wanted], tx: "Tx") -> None:
        parts = [self._quick.part(tx.db, tx.rules, each) for each in wanted]
        for part in parts:
            for row, fresh in part.settle:
                part.put(row, self._settled(tx, row, fresh))
            for row in part.slow:
                self._slowly(tx, part, row)
        for statement, order in IN_ORDER.items():
            values = sorted(chain.from_iterable(part.values[statement] for part in parts), key=order)
            tx.db.executemany(statement, values)
            self.changed += len(values)
        for part in parts:
            self.done += part.tickets
            tx.touched.update(part.uids)
        self.tell(self.done)

    def _slowly(self, tx: "Tx", part: Part, row: Row) -> None:
        """A ticket by its events; by its outbox too where that may count."""
        contract = judging(tx.rules, row)
        if row.how == LONG or contract.policy.offline_events == "made":
            self._long_way(tx, row)
            return
        excluded = slafacts.counted(slafacts.exclusions(tx.db, row.names))
        fresh = derive.clocks(contract, row, facts.of(tx.db, row.pk), True, excluded)
        part.put(row, self._settled(tx, row, fresh))

    def _long_way(self, tx: "Tx", row: Row) -> None:
        read = tx.db.execute(rebuild.READ, (row.uid,)).fetchone()
        found = rebuild.promised(tx.db, rebuild.Row(*read), tx.rules)
        if found is None:
            return
        contract, ticket, counted = found
        excluded = slafacts.counted(slafacts.exclusions(tx.db, row.names))
        self._settled(tx, row, derive.clocks(contract, ticket, counted, True, excluded))
        rebuild.rebuild(tx, [row.uid])

    def _settled(self, tx: "Tx", row: Row, fresh: derive.Clocks) -> derive.Clocks:
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


def _rewritten(old: dict[str, Any], new: dict[str, Any] | None) -> bool:
    """Whether the clock had stopped, and the same stop is now judged otherwise."""
    if new is None or old["state"] != "stopped" or new["state"] != "stopped":
        return False
    return old != new and old.get("stopped_at") == new.get("stopped_at")
