"""A QUERY as the condition of a statement.

The text of a condition is put together from the constants here and nothing else; what somebody typed is a bound value.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from deskui.domain.ticket import OPEN, STATES
from deskui.store import followups, search
from deskui.store.names import listed

if TYPE_CHECKING:
    from deskui.domain.query import Limit, Not, Or, Query

WHOLE_WORD = 3  # shorter words are looked for in id, subject, customer and owner only
_DONE = frozenset(STATES) - OPEN

# Of open tickets the place in the queue says it, and is in its index; a finished one's clocks may run on until what
# waits here is sent.
_QUEUED = {"runs": "band = 0", "due": "sort_due", "held": "band = 2", "doubt": "band = 1"}
_ANY = {"runs": "mode = 'run'", "due": "due", "held": "mode = 'paused'", "doubt": "mode = 'doubt'"}
# The list's clock stands though it runs: in time that was agreed not to count.
_STANDS = """(standing IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(standing)
    WHERE json_extract(value, '$[0]') <= ? AND json_extract(value, '$[1]') > ?))"""
_LATE = "({runs} AND {due} < ? AND coalesce(late_at, 0) <= ?"
_FLAGS = {
    "late": f"{_LATE} AND NOT {_STANDS})", "paused": f"({{held}} OR ({{runs}} AND {_STANDS}))", "doubtful": "{doubt}",
    "unacked": "nofirst = 1", "answered": "answered = 1", "unsent": "pending > 0",
}  # fmt: skip
LATE = _FLAGS["late"].format(**_QUEUED)  # of an open ticket; each ? is now
# The clock of the next word to the customer runs: word for word what the index says.
_UPDATE = """pk IN (SELECT pk FROM ticket INDEXED BY ticket_update
    WHERE gone = 0 AND done = 0 AND instr(runs, '"update":{"state":"run"') > 0
    AND json_extract(runs, '$.update.due') """
_MISSED = "json_extract(runs, '$.{0}.elapsed') > json_extract(runs, '$.{0}.target')"
_STOPPED = "json_extract(runs, '$.{0}.stopped_at')"
_LATE_AT = "json_extract(runs, '$.{0}.late_at')"
_NOTE = """(EXISTS (SELECT 1 FROM event INDEXED BY event_note
    WHERE event.ticket = ticket.pk AND type = 'internal_note') OR (pending > 0
    AND EXISTS (SELECT 1 FROM outbox WHERE outbox.ticket = ticket.pk AND outbox.kind = 'note'
    AND outbox.state IN ('queued', 'sending', 'unknown'))))"""
_REQUESTED = "EXISTS (SELECT 1 FROM json_each(shown, '$.requestors') WHERE {})"
_FILE = "EXISTS (SELECT 1 FROM attachment WHERE attachment.ticket = ticket.pk)"
_FOLLOWED = "pk IN (SELECT t.pk FROM ({}) f CROSS JOIN ticket t ON t.uid = f.uid)"
_DRAFT = "EXISTS (SELECT 1 FROM draft WHERE draft.ticket = ticket.pk AND {own})"
# By what we ever did, in one go, if many tickets are open; else the open ones one by one, since finished ones pile up.
_MANY_OPEN = 20_000
_FOREIGN = f"""iif((SELECT count(*) FROM ticket INDEXED BY ticket_priority WHERE gone = 0 AND done = 0) > {_MANY_OPEN},
    pk IN (SELECT mine.ticket
        FROM (SELECT ticket, max(at) AS last FROM event INDEXED BY event_author WHERE {{}} GROUP BY ticket) AS mine
        WHERE EXISTS (SELECT 1 FROM event INDEXED BY ix_event_ticket
        WHERE event.ticket = mine.ticket AND at > mine.last AND side <> 'system' AND NOT {{}})),
    EXISTS (SELECT 1 FROM event INDEXED BY event_author WHERE event.ticket = ticket.pk AND {{}})
        AND EXISTS (SELECT 1 FROM (SELECT max(at) AS last FROM event INDEXED BY event_author
        WHERE event.ticket = ticket.pk AND {{}}) AS mine CROSS JOIN event INDEXED BY ix_event_ticket
        WHERE event.ticket = ticket.pk AND at > mine.last AND side <> 'system' AND NOT {{}}))"""
_LISTED = "pk IN (SELECT pk FROM ticket INDEXED BY {index} WHERE {column} IS NOT NULL AND ({found}))"
_UNLISTED = "pk NOT IN (SELECT pk FROM ticket INDEXED BY {index} WHERE {column} IS NOT NULL)"


class Asked:
    """The condition for one query: `where` are its parts, all of which must hold, `values` what is bound, in order."""

    def __init__(self, query: "Query", me: frozenset[str], now: int) -> None:
        self.me, self.now = me, now
        self.where, self.values = ["gone = 0"], list[Any]()
        self._place = _ANY if any(_shown(group, query) & _DONE for group in query.every()) else _QUEUED
        self.where += self._group(query, stated=False)

    def _group(self, query: "Query", stated: bool) -> list[str]:
        """`stated`: what is around it says of which states tickets are; else it is open ones unless it says so."""
        where = self._state(query, stated)
        stated = stated or query.states is not None
        values = self.values
        if query.priorities is not None:
            where.append(within("+priority", query.priorities, values))
        if query.owners is not None:
            where.append(either("owner", expanded(query.owners, self.me), values))
        if query.customers is not None:
            where.append(either("customer", query.customers, values))
        where += self._clocks(query)
        where += [_word(word, values) for word in query.words]
        where += self._ages(query)
        where += [self._nested(part, stated, query) for part in query.also]
        return [*where, *self._wide(query)]  # last: what reads more than the index

    def _state(self, query: "Query", stated: bool) -> list[str]:
        if query.states is None and (stated or query.names_states):
            return []
        where, states = list[str](), query.shown_states
        if not states & _DONE:
            where.append("done = 0")
        elif not states & OPEN:
            where.append("done = 1")
        if states not in (OPEN, _DONE, frozenset(STATES)):
            where.append(within("+state", states, self.values))  # + : it must not change the index
        return where

    def _nested(self, part: "Query | Or | Not", stated: bool, around: "Query") -> str:
        """A part that names no states is about those that the parts beside it name."""
        from deskui.domain.query import Not, Or, Query

        if isinstance(part, Not):
            return f"({self._joined(part.part, True)}) IS NOT TRUE"
        named = Query(also=(part,)).names_states
        stated = stated or not named
        groups = part.parts if isinstance(part, Or) else (part,)
        return f"({' OR '.join(f'({self._joined(group, stated)})' for group in groups)})"

    def _joined(self, query: "Query", stated: bool) -> str:
        return " AND ".join(self._group(query, stated)) or "1"

    def _clocks(self, query: "Query") -> list[str]:
        """What is asked of the clocks."""
        where, now, values, place = list[str](), self.now, self.values, self._place
        for flag in sorted(query.flags & _FLAGS.keys()):
            where.append(_FLAGS[flag].format(**place))
            values += [now] * _FLAGS[flag].count("?")
        if query.left is not None:
            where.append("{runs} AND {due} {sign} ?".format(sign="<" if query.left.below else ">", **place))
            values.append(query.left.until(now))
        if query.update is not None:
            where.append(f"{_UPDATE}{'<' if query.update.below else '>'} ?)")
            values.append(query.update.until(now))
        if query.due is not None:
            where.append(_due(query.due, now, place, values))
        for late, clocks in ((True, query.missed), (False, query.met)):
            if clocks:
                if query.judged is not None:  # of finished ones sort_due is when they were updated last, negative
                    where.append("(done = 0 OR sort_due < ?)")
                    values.append(query.judged - now)
                verdicts = [_verdict(clock, late, query.judged, now, values) for clock in sorted(clocks)]
                where.append(f"({' OR '.join(verdicts)})")
        return where

    def _ages(self, query: "Query") -> list[str]:
        where = []
        for column, limit in (("created", query.created), ("updated", query.updated)):
            if limit is not None:
                where.append(f"{column} {'>' if limit.below else '<'} ?")
                self.values.append(self.now - limit.seconds)
        return where

    def _wide(self, query: "Query") -> list[str]:
        where = []
        for name, wanted in (("tag", query.tags), ("ci", query.cis)):
            if wanted is not None:
                where.append(_listed(name, wanted, self.values))
        if "vip" in query.flags:
            found = within("value COLLATE NOCASE", query.vips, self.values)
            where.append(_REQUESTED.format(found) if query.vips else "0")
        where += [said for name, said in (("attachment", _FILE), ("note", _NOTE)) if name in query.has]
        if "draft" in query.has:
            where.append(_DRAFT.format(own=self._own()))
        if "followup" in query.flags:
            where.append(_FOLLOWED.format(followups.STANDING.format(whose=self._own())))
        if "changed" in query.flags:
            where.append(_FOREIGN.format(*(self._own() for _ in range(_FOREIGN.count("{}")))))
        return where

    def _own(self) -> str:
        return within("author COLLATE NOCASE", self.me, self.values)


def _shown(group: "Query", top: "Query") -> frozenset[str]:
    if group.states is not None:
        return group.states
    return group.shown_states if group is top and not top.names_states else frozenset()


def _listed(name: str, wanted: frozenset[str], values: list[Any]) -> str:
    """One of the names, in any case, is in a list of the ticket; none: the list is empty."""
    parts, place = [], {"index": f"ticket_{name}s", "column": f"{name}_text"}
    if names := sorted(wanted - {"none"}):
        values += [listed([name]) for name in names]
        found = " OR ".join([f"instr({place['column']}, ?) > 0"] * len(names))
        parts.append(_LISTED.format(found=found, **place))
    if "none" in wanted:
        parts.append(_UNLISTED.format(**place))
    return f"({' OR '.join(parts)})"


def _due(limit: "Limit", now: int, place: dict[str, str], values: list[Any]) -> str:
    """Response or resolution, which run, fall due between now and then, or are used up in time; or after it."""
    from deskui.domain.counting import NEVER
    from deskui.domain.query import CLOCKS

    start, end = (now, limit.until(now)) if limit.below else (max(now, limit.until(now)), NEVER)
    values.append(end)
    parts = []
    for clock in CLOCKS:
        parts.append(f"({clock}_due > ? AND {clock}_due <= ?)")
        values += [start, end]
        if limit.below:
            late_at = f"coalesce({_LATE_AT.format(clock)}, {clock}_due + 1)"
            parts.append(f"({clock}_due <= ? AND {late_at} > ? AND {late_at} < ?)")
            values += [start, start, NEVER]
    # the list's due is the earlier of the two: it keeps what is due later out by the index
    return "{runs} AND {due} <= ? AND ({parts})".format(parts=" OR ".join(parts), **place)


def _verdict(clock: str, late: bool, lately: int | None, now: int, values: list[Any]) -> str:
    """Whether a clock was judged so: it stopped, or it is missed already; a cancelled ticket counts in no figure."""
    stopped, missed = _STOPPED.format(clock), _MISSED.format(clock)
    since = ""
    if lately is not None:
        since = f" AND {stopped} > ?"
        values.append(now - lately)
    ended = f"({stopped} IS NOT NULL{since} AND {missed if late else f'NOT {missed}'})"
    if not late:
        return f"(+state <> 'cancelled' AND {ended})"
    values += [now, now]
    over = f"({clock}_due < ? AND coalesce({_LATE_AT.format(clock)}, 0) <= ?)"
    return f"(+state <> 'cancelled' AND ({ended} OR ({stopped} IS NULL AND ({over} OR {missed}))))"


def expanded(owners: frozenset[str], me: frozenset[str]) -> frozenset[str]:
    """`me` by our names."""
    return (owners - {"me"}) | me if "me" in owners else owners


def within(column: str, wanted: Iterable[Any], values: list[Any]) -> str:
    """The column has one of the values."""
    chosen = sorted(wanted)
    values += chosen
    return f"{column} IN ({','.join('?' * len(chosen))})"


def either(column: str, names: frozenset[str], values: list[Any]) -> str:
    """One of the names in any case, or nobody."""
    parts = [within(f"{column} COLLATE NOCASE", names - {"none"}, values)]
    if "none" in names:
        parts.append(f"{column} IS NULL")
    return f"({' OR '.join(parts)})"


def _word(word: str, values: list[Any]) -> str:
    values.append(word)
    if len(word) < WHOLE_WORD:
        return "instr(find, ?) > 0"
    values.append(search.match(word))
    return f"(instr(find, ?) > 0 OR pk IN ({search.TICKETS}))"
