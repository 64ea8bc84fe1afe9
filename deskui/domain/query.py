"""QUERY: what a list shows.  Words and `field:value`, joined by and; `owner:me,none` is either.

`state: prio: owner: customer:` are the ticket's, `is:late,paused` what is so of it.  Of its clocks: `sla:<30m` the
list's one has less left (a late one too), `due:<15m` or `due:<06:00` response or resolution falls due from now until
then, `missed:response` or `met:resolution` how that clock was judged, `judged:<7d` that it was judged lately.
"""

import re
from dataclasses import dataclass

from deskui.domain import when
from deskui.domain.ticket import OPEN, STATES

SHOWN = {
    "new": "new",
    "work": "in_progress",
    "wait": "pending",
    "done": "resolved",
    "clsd": "closed",
    "canc": "cancelled",
}
FLAGS = ("late", "paused", "unacked", "answered", "doubtful", "unsent")
CLOCKS = ("response", "resolution")
FIELDS = ("state", "prio", "owner", "customer", "is", "sla", "due", "missed", "met", "judged")
JOINS = frozenset(("and", "AND"))


class QueryError(ValueError):
    """The text is no query; `position` is the index of the character where it goes wrong."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.position = position


@dataclass(frozen=True, slots=True)
class Limit:
    """Less (`below`) or more than so many seconds from now; `at`: until that instant (epoch seconds) instead."""

    below: bool
    seconds: int = 0
    at: int | None = None

    def until(self, now: int) -> int:
        """The instant, in epoch seconds."""
        return now + self.seconds if self.at is None else self.at


@dataclass(frozen=True, slots=True)
class Query:
    """All parts must hold; of a part's values, one.  None: the part was not given."""

    words: tuple[str, ...] = ()
    states: frozenset[str] | None = None  # None: open; all six for `state:all`
    priorities: frozenset[int] | None = None
    owners: frozenset[str] | None = None  # names; "me" and "none" are kept as they are, in small letters
    customers: frozenset[str] | None = None  # "none": tickets without one
    flags: frozenset[str] = frozenset()  # of FLAGS, all of them
    left: Limit | None = None  # of the list's clock
    due: Limit | None = None  # of response or resolution, from now on
    missed: frozenset[str] = frozenset()  # of CLOCKS, one of them
    met: frozenset[str] = frozenset()
    judged: int | None = None  # the clocks of `missed` and `met` were judged in the last so many seconds

    @property
    def shown_states(self) -> frozenset[str]:
        """The states that are asked for."""
        return OPEN if self.states is None else self.states


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    at: int
    quoted: bool
    colon: int  # index in `text` of the first colon outside quotes, or -1


def parse(text: str, zone: str = "UTC", now: int = 0) -> Query:
    """The query that `text` says; "" is every open ticket.  QueryError names the place.

    `zone` and `now` (epoch seconds) give a meaning to `due:<06:00`: the next such time.
    """
    words: list[str] = []
    given: dict[str, list[tuple[str, int]]] = {}
    for word in _split(text):
        name = word.text[: word.colon].lower() if word.colon > 0 else ""
        if name in FIELDS:
            given.setdefault(name, []).extend(_values(word))
        elif word.quoted or word.text not in JOINS:
            words.append(word.text.casefold())
    none = list[tuple[str, int]]()
    missed, met = (_of(given.get(name, none), CLOCKS, "clock") for name in ("missed", "met"))
    return Query(
        tuple(dict.fromkeys(filter(None, words))),
        _states(given["state"]) if "state" in given else None,
        frozenset(_priority(value, at) for value, at in given["prio"]) if "prio" in given else None,
        _names(given["owner"]) if "owner" in given else None,
        _names(given["customer"]) if "customer" in given else None,
        _of(given.get("is", none), FLAGS, "is:"),
        _span(given["sla"]) if "sla" in given else None,
        _instant(given["due"], zone, now) if "due" in given else None,
        missed, met,
        _judged(given["judged"], missed | met) if "judged" in given else None,
    )  # fmt: skip


def _split(text: str) -> list[_Word]:
    """Words at blanks; quotes hold blanks and commas together and vanish."""
    found: list[_Word] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        word, at = _word(text, at)
        found.append(word)
    return found


def _word(text: str, start: int) -> tuple[_Word, int]:
    letters: list[str] = []
    at, colon, quoted = start, -1, False
    while at < len(text) and not text[at].isspace():
        if text[at] == '"':
            end = text.find('"', at + 1)
            if end < 0:
                raise QueryError('a quote " is not closed', at)
            letters += (COMMA if letter == "," else letter for letter in text[at + 1 : end])
            at, quoted = end + 1, True
            continue
        if text[at] == ":" and colon < 0 and not quoted:
            colon = len(letters)
        letters.append(text[at])
        at += 1
    plain = "".join(letters)
    return _Word(plain if colon > 0 else plain.replace(COMMA, ","), start, quoted, colon), at


COMMA = "\0"  # a comma inside quotes, which does not separate values


def _values(word: _Word) -> list[tuple[str, int]]:
    """The values behind the colon with their places."""
    at = word.at + word.colon + 1
    values = [value.replace(COMMA, ",") for value in word.text[word.colon + 1 :].split(",")]
    if not all(values):
        raise QueryError(f"{word.text[: word.colon]}: needs a value", at)
    return [(value, at) for value in values]


def _states(values: list[tuple[str, int]]) -> frozenset[str]:
    states: set[str] = set()
    for value, at in values:
        name = value.lower()
        name = SHOWN.get(name, name)
        if name not in (*STATES, "open", "all"):
            raise QueryError(f"no state {value!r}; there are open, all, {', '.join(STATES)}", at)
        states |= OPEN if name == "open" else set(STATES) if name == "all" else {name}
    return frozenset(states)


def _priority(value: str, at: int) -> int:
    digit = value.lower().removeprefix("p")
    if digit not in ("1", "2", "3", "4"):
        raise QueryError(f"no priority {value!r}; there are P1, P2, P3, P4", at)
    return int(digit)


def _names(values: list[tuple[str, int]]) -> frozenset[str]:
    return frozenset(value.lower() if value.lower() in ("me", "none") else value for value, _ in values)


def _of(values: list[tuple[str, int]], known: tuple[str, ...], what: str) -> frozenset[str]:
    for value, at in values:
        if value.lower() not in known:
            raise QueryError(f"no {what} {value!r}; there are {', '.join(known)}", at)
    return frozenset(value.lower() for value, _ in values)


UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SPAN = re.compile(r"(?:\d{1,6}[smhdw])+", re.ASCII)
_PART = re.compile(r"(\d+)([smhdw])", re.ASCII)
_TIME = re.compile(r"\d{1,2}:\d{2}", re.ASCII)


def _span(values: list[tuple[str, int]]) -> Limit:
    """`<30m`, `>1h30m`: of several the last counts."""
    value, at = values[-1]
    if value[0] not in "<>" or not _SPAN.fullmatch(value[1:].lower()):
        raise QueryError(f"{value!r} is no limit; write <30m, >2h, <1d12h (units {', '.join(UNITS)})", at)
    parts = _PART.findall(value[1:].lower())
    return Limit(value[0] == "<", sum(int(number) * UNITS[unit] for number, unit in parts))


def _instant(values: list[tuple[str, int]], zone: str, now: int) -> Limit:
    """`<15m`, `<06:00`, `<2026-11-24T06:00Z`, `today`: until the next midnight."""
    value, at = values[-1]
    value = "<00:00" if value.lower() == "today" else value
    if value[0] in "<>" and _SPAN.fullmatch(value[1:].lower()):
        return _span([(value, at)])
    wrong = f"{value!r} is no limit; write <30m, <06:00, <2026-11-24T06:00Z or today"
    if value[0] not in "<>" or not (_TIME.fullmatch(value[1:]) or "T" in value):
        raise QueryError(wrong, at)
    try:
        return Limit(value[0] == "<", at=when.next_time(value[1:], zone, now))
    except ValueError:
        raise QueryError(wrong, at) from None


def _judged(values: list[tuple[str, int]], clocks: frozenset[str]) -> int:
    limit = _span(values)
    if not limit.below or not clocks:
        raise QueryError("judged: says how long ago, with missed: or met: (missed:response judged:<7d)", values[-1][1])
    return limit.seconds
