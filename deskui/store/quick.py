"""The quick part of a pass over the desk: from rows to columns, for tickets whose past is plain.  It only reads."""

import json
import sqlite3
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from deskui.store import derive, pasts, slafacts

if TYPE_CHECKING:
    from deskui.domain.contract import Contract, Rules

# How a ticket is to be counted: not at all, from outbox and events, not yet; as a finished one, as an open one.
NOT, LONG, LATER, DONE, OPEN = range(5)
_TICKETS = f"""SELECT pk, uid, upstream, remote_id,
    CASE WHEN base IS NULL THEN {LONG} WHEN history = 0 THEN iif(done, {NOT}, {LATER}) WHEN NOT done THEN {OPEN}
    WHEN late_at IS NULL AND standing IS NULL THEN {DONE} ELSE {LONG} END, runs, nofirst,
    json_extract(base, '$.customer'), json_extract(base, '$.priority'),
    coalesce(nullif(json_extract(base, '$.received'), 0), json_extract(base, '$.created'), 0),
    json_extract(base, '$.category', '$.cis') FROM ticket WHERE pk {{}}"""

# Each value that is bound costs as much as reading a row: so the clock that runs has a statement with few of them.
RUNS = """UPDATE ticket SET runs = ?1, due = ?2, sort_due = ?2, response_due = ?3, resolution_due = ?4, clock = ?5,
    calendar = ?6, mode = 'run', band = 0, frozen = NULL, late = 0, late_at = NULL, standing = NULL WHERE pk = ?7"""
# By derive.Clocks, the place in the queue, and the pk.  A finished ticket stays in its place, and so in the index.
ENDED = """UPDATE ticket SET runs = ?1, clock = ?3, due = ?4, frozen = ?5, mode = ?6, response_due = ?7,
    resolution_due = ?8, calendar = ?9, late = ?10 WHERE pk = ?15"""
ANY = ENDED.replace(" WHERE", ", nofirst = ?2, late_at = ?11, standing = ?12, band = ?13, sort_due = ?14 WHERE")
# In the order of the queue's index, so that its pages are gone through once, not to and fro; or in that of the file.
IN_ORDER = {RUNS: itemgetter(1), ENDED: itemgetter(14), ANY: itemgetter(13)}
Values = dict[str, list[tuple[Any, ...]]]  # by the statement that they are for


class Row(NamedTuple):
    """A ticket as the pass reads it: what decides by which contract it counts, and where its clocks begin.

    It is of its base, what was promised to the customer; `how` and `nofirst` are of what is shown.
    """

    pk: int
    uid: str
    upstream: str
    remote_id: str | None
    how: int
    runs: str | None
    nofirst: int
    customer: str | None
    wanted: int | None
    started: int
    service: str | None  # JSON: category and CIs

    @property
    def names(self) -> tuple[str, str]:
        """What the journal calls it."""
        return slafacts.subjects(self.uid, self.upstream, self.remote_id)

    @property
    def is_open(self) -> bool:
        """Whether somebody has to do something."""
        return self.how != DONE

    @property
    def updated(self) -> int:
        """Decides the place of finished ones, which stay in theirs."""
        return 0

    @property
    def priority(self) -> int:
        """As it was made, where its facts do not say."""
        return 4 if self.wanted is None else self.wanted


class Part(NamedTuple):
    """What was found of some tickets: values to be written, and those that more has to be done about."""

    tickets: int
    values: Values
    uids: list[str]  # of which there are values
    settle: list[tuple[Row, derive.Clocks]]  # figures of stopped clocks would be others
    slow: list[Row]  # not plain

    def put(self, row: Row, fresh: derive.Clocks) -> None:
        """Have it written, if it is not there already."""
        runs, nofirst, clock, due, _, mode, response_due, resolution_due, calendar, _, late_at, standing = fresh
        if runs == row.runs:
            return
        usual = late_at is None and standing is None
        if row.how == DONE and not usual:  # which is in the index, after all
            self.slow.append(row._replace(how=LONG))
            return
        if row.how == DONE:
            self.values[ENDED].append((*fresh, None, None, row.pk))
        elif usual and mode == "run" and nofirst == row.nofirst:
            self.values[RUNS].append((runs, due, response_due, resolution_due, clock, calendar, row.pk))
        else:
            self.values[ANY].append((*fresh, *fresh.sort(row), row.pk))
        self.uids.append(row.uid)


class Quick:
    """Counts ticket after ticket; what it has seen of contracts, histories and the journal it remembers."""

    def __init__(self) -> None:
        self._noted = slafacts.Noted()
        self._counted = pasts.Counted()

    def part(self, db: sqlite3.Connection, rules: "Rules", wanted: pasts.Wanted) -> Part:
        """What is to be written of the tickets that are wanted."""
        self._noted.follow(db)
        known = pasts.read(db, wanted)
        rows = db.execute(_TICKETS.format(wanted.which), wanted.values).fetchall()
        part = Part(len(rows), {statement: [] for statement in IN_ORDER}, [], [], [])
        for row in map(Row._make, rows):
            if row.how == LATER:
                part.put(row, derive.Clocks())
            elif row.how != NOT:
                self._ticket(part, rules, row, known.get(row.pk))
        return part

    def _ticket(self, part: Part, rules: "Rules", row: Row, past: pasts.Past | None) -> None:
        found = None
        if row.how != LONG and past is not None and not (self._noted and self._noted.any(row.names)):
            found = self._counted.clocks(judging(rules, row), row.started, past, row.runs)
        if found is None:
            part.slow.append(row)
        elif found[1]:
            part.put(row, found[0])
        else:
            part.settle.append((row, found[0]))


def judging(rules: "Rules", row: Row) -> "Contract":
    """As `Rules.judging`, which would have the service read where no contract asks for it."""
    contract = rules.of(row.customer, row.started)
    if not contract.policies or row.service is None:
        return contract
    category, cis = json.loads(row.service)
    return contract.serving(category, cis or ())
