"""QUERY: what a list shows.  Words and `state: prio: owner: customer:`, joined by and; `owner:me,none` is either."""

from dataclasses import dataclass

from deskui.domain.ticket import OPEN, STATES

SHOWN = {
    "new": "new",
    "work": "in_progress",
    "wait": "pending",
    "done": "resolved",
    "clsd": "closed",
    "canc": "cancelled",
}
FIELDS = ("state", "prio", "owner", "customer")
JOINS = frozenset(("and", "AND"))


class QueryError(ValueError):
    """The text is no query; `position` is the index of the character where it goes wrong."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.position = position


@dataclass(frozen=True, slots=True)
class Query:
    """All parts must hold; of a part's values, one.  None: the part was not given."""

    words: tuple[str, ...] = ()
    states: frozenset[str] | None = None  # None: open; all six for `state:all`
    priorities: frozenset[int] | None = None
    owners: frozenset[str] | None = None  # names; "me" and "none" are kept as they are, in small letters
    customers: frozenset[str] | None = None  # "none": tickets without one

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


def parse(text: str) -> Query:
    """The query that `text` says; "" is every open ticket.  QueryError names the place."""
    words: list[str] = []
    given: dict[str, list[tuple[str, int]]] = {}
    for word in _split(text):
        name = word.text[: word.colon].lower() if word.colon > 0 else ""
        if name in FIELDS:
            given.setdefault(name, []).extend(_values(word))
        elif word.quoted or word.text not in JOINS:
            words.append(word.text.casefold())
    return Query(
        tuple(dict.fromkeys(filter(None, words))),
        _states(given["state"]) if "state" in given else None,
        frozenset(_priority(value, at) for value, at in given["prio"]) if "prio" in given else None,
        _names(given["owner"]) if "owner" in given else None,
        _names(given["customer"]) if "customer" in given else None,
    )


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
