"""QUERY: what a list shows.  Words and `field:value`, joined by and; `owner:me,none` is either.

`a or b` is one of the two (`a b or c`: `a b`, or `c`), `( )` groups, `-word`, `-is:late`, `-(a b)` is what is not so;
in quotes all of these are plain text.  Where no `state:` is named only open tickets are meant, on each side of an `or`
by itself.

`state: prio: owner: customer: tag: ci:` are the ticket's, `none` a ticket without one.  `is:late,paused` is what is so
of it: all of them; `is:changed` that somebody else did something after you last did.  `has:note,attachment,draft` is
what is known of it: a work note (a waiting one counts), a file, a draft of yours.  `created:>2d` is older than two
days, `updated:<1h` moved within the last hour.  Of its clocks: `sla:<30m` the list's one has less left (a late one
too), `update:<30m` the next word to its customer is due in less, `due:<15m` or `due:<06:00` response or resolution
falls due from now until then, `missed:response` or `met:resolution` how that clock was judged, `judged:<7d` that it was
judged lately.
"""

from collections.abc import Iterator
from dataclasses import replace

from deskui.domain import queryvalues as values
from deskui.domain.queryvalues import SHOWN, Limit
from deskui.domain.querywords import Kind, QueryError, Token, split
from deskui.domain.ticket import OPEN
from deskui.lazy import dataclass

FLAGS = ("late", "paused", "unacked", "answered", "changed", "doubtful", "unsent", "vip", "followup")
HAS = ("note", "attachment", "draft")
CLOCKS = ("response", "resolution")
FIELDS = (
    "state", "prio", "owner", "customer", "is", "sla", "update", "due", "created", "updated", "tag", "ci", "has",
    "missed", "met", "judged",
)  # fmt: skip
MOST = 100  # words and fields of one query
DEEPEST = 12  # groups in groups
__all__ = [
    "CLOCKS", "FIELDS", "FLAGS", "HAS", "SHOWN", "Limit", "Not", "Or", "Query", "QueryError", "parse", "with_vips",
]  # fmt: skip


@dataclass(frozen=True)
class Or:
    """One of the parts must hold."""

    parts: "tuple[Query, ...]"


@dataclass(frozen=True)
class Not:
    """The part must not hold."""

    part: "Query"


@dataclass(frozen=True)
class Query:
    """All parts must hold; of a part's values, one.  None: the part was not given."""

    words: tuple[str, ...] = ()
    states: frozenset[str] | None = None  # None: open; all six for `state:all`
    priorities: frozenset[int] | None = None
    owners: frozenset[str] | None = None  # names; "me" and "none" are kept as they are, in small letters
    customers: frozenset[str] | None = None  # "none": tickets without one
    flags: frozenset[str] = frozenset()  # of FLAGS, all of them
    left: Limit | None = None  # of the list's clock
    update: Limit | None = None  # of the clock of updates
    due: Limit | None = None  # of response or resolution, from now on
    missed: frozenset[str] = frozenset()  # of CLOCKS, one of them
    met: frozenset[str] = frozenset()
    judged: int | None = None  # the clocks of `missed` and `met` were judged in the last so many seconds
    created: Limit | None = None  # `below`: less than so many seconds ago
    updated: Limit | None = None
    tags: frozenset[str] | None = None  # "none": without any
    cis: frozenset[str] | None = None
    has: frozenset[str] = frozenset()  # of HAS, all of them
    vips: frozenset[str] = frozenset()  # the addresses that `is:vip` is about, see `with_vips`
    also: "tuple[Query | Or | Not, ...]" = ()  # groups in it, and what must not be

    @property
    def shown_states(self) -> frozenset[str]:
        """The states that are asked for by itself, whatever the groups in it say."""
        return OPEN if self.states is None else self.states

    @property
    def names_states(self) -> bool:
        """Whether it says of which states tickets are, itself or in a group."""
        return self.states is not None or any(_naming(part) for part in self.also)

    def every(self) -> "Iterator[Query]":
        """Itself and every group in it, those that must not hold as well."""
        yield self
        for part in self.also:
            for group in part.parts if isinstance(part, Or) else (part.part if isinstance(part, Not) else part,):
                yield from group.every()


def with_vips(query: Query, vips: frozenset[str]) -> Query:
    """The same with the addresses of the VIPs in every group that asks for them."""

    def told(part: "Query | Or | Not") -> "Query | Or | Not":
        if isinstance(part, Or):
            return Or(tuple(with_vips(group, vips) for group in part.parts))
        return Not(with_vips(part.part, vips)) if isinstance(part, Not) else with_vips(part, vips)

    return replace(query, vips=vips if "vip" in query.flags else frozenset(), also=tuple(map(told, query.also)))


def _naming(part: "Query | Or | Not") -> bool:
    if isinstance(part, Or):
        return any(group.names_states for group in part.parts)
    return isinstance(part, Query) and part.names_states


def parse(text: str, zone: str = "UTC", now: int = 0) -> Query:
    """The query that `text` says; "" is every open ticket.  QueryError names the place.

    `zone` and `now` (epoch seconds) give a meaning to `due:<06:00`: the next such time.
    """
    return _Parser(split(text), len(text), zone, now).query()


class _Parser:
    """Reads tokens from the left: `or` of groups, groups of words, fields and what is in brackets."""

    def __init__(self, tokens: list[Token], end: int, zone: str, now: int) -> None:
        if sum(token.kind is Kind.WORD for token in tokens) > MOST:
            raise QueryError(f"more than {MOST} words and fields", tokens[-1].at)
        self._tokens, self._end, self._zone, self._now = tokens, end, zone, now
        self._next = 0

    def query(self) -> Query:
        found = self._either(0)
        if token := self._token(Kind.CLOSE):
            raise QueryError('")" without a "(" before it', token.at)
        return Query(also=(found,)) if isinstance(found, Or) else found

    def _token(self, kind: Kind) -> Token | None:
        """The next token, taken, if it is of this kind."""
        if self._next == len(self._tokens) or self._tokens[self._next].kind is not kind:
            return None
        self._next += 1
        return self._tokens[self._next - 1]

    def _either(self, depth: int) -> "Query | Or":
        parts, begun = [], self._next
        parts.append(self._all(depth))
        while token := self._token(Kind.OR):
            if self._next - 1 == begun or self._ends():
                raise QueryError("or stands between two: (owner:me or owner:none); as a word it is in quotes", token.at)
            begun = self._next
            parts.append(self._all(depth))
        return Or(tuple(parts)) if parts[1:] else parts[0]

    def _ends(self) -> bool:
        return self._next == len(self._tokens) or self._tokens[self._next].kind in (Kind.CLOSE, Kind.OR)

    def _all(self, depth: int) -> Query:
        words: list[Token] = []
        also: list[Query | Or | Not] = []
        while not self._ends():
            if self._token(Kind.NOT):
                also.append(Not(self._negated(depth)))
            elif token := self._token(Kind.OPEN):
                also.append(self._group(token, depth))
            elif token := self._token(Kind.WORD):
                words.append(token)
            else:
                self._next += 1  # and
        return self._made(words, tuple(also))

    def _negated(self, depth: int) -> Query:
        if token := self._token(Kind.OPEN):
            found = self._group(token, depth)
            return Query(also=(found,)) if isinstance(found, Or) else found
        token = self._token(Kind.WORD)
        assert token is not None  # `split` sees to it
        return self._made([token], ())

    def _group(self, token: Token, depth: int) -> "Query | Or":
        if depth == DEEPEST:
            raise QueryError(f"more than {DEEPEST} groups in each other", token.at)
        if self._token(Kind.CLOSE):
            raise QueryError("nothing is in the brackets", token.at)
        found = self._either(depth + 1)
        if not self._token(Kind.CLOSE):
            raise QueryError('"(" is not closed', token.at)
        return found

    def _made(self, tokens: list[Token], also: "tuple[Query | Or | Not, ...]") -> Query:
        words: list[str] = []
        given: dict[str, list[tuple[str, int]]] = {}
        for token in tokens:
            name = token.field.lower()
            if name in FIELDS:
                given.setdefault(name, []).extend(token.values())
            else:
                words.append(token.text.casefold())
        none = list[tuple[str, int]]()
        missed, met = (values.of(given.get(name, none), CLOCKS, "clock") for name in ("missed", "met"))
        return Query(
            tuple(dict.fromkeys(filter(None, words))),
            values.states(given["state"]) if "state" in given else None,
            frozenset(values.priority(value, at) for value, at in given["prio"]) if "prio" in given else None,
            values.names(given["owner"]) if "owner" in given else None,
            values.names(given["customer"]) if "customer" in given else None,
            values.of(given.get("is", none), FLAGS, "is:"),
            values.span(given["sla"]) if "sla" in given else None,
            values.span(given["update"]) if "update" in given else None,
            values.instant(given["due"], self._zone, self._now) if "due" in given else None,
            missed, met,
            values.judged(given["judged"], missed | met) if "judged" in given else None,
            values.span(given["created"]) if "created" in given else None,
            values.span(given["updated"]) if "updated" in given else None,
            values.names(given["tag"]) if "tag" in given else None,
            values.names(given["ci"]) if "ci" in given else None,
            values.of(given.get("has", none), HAS, "has:"),
            also=also,
        )  # fmt: skip
