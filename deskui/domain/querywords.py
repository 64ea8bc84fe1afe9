"""A QUERY text as tokens, each with its place: words, brackets, the dash before what must not be, and, or."""

from enum import Enum

from deskui.lazy import dataclass

COMMA = "\0"  # a comma inside quotes, which does not separate values
_JOINS = ("and", "AND", "or", "OR")


class QueryError(ValueError):
    """The text is no query; `position` is the index of the character where it goes wrong."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.position = position


class Kind(Enum):
    """What a token is."""

    WORD = 1
    OPEN = 2
    CLOSE = 3
    NOT = 4
    AND = 5
    OR = 6


@dataclass(frozen=True)
class Token:
    """`text` without its quotes; `colon`: index in it of the first colon outside quotes, or -1."""

    kind: Kind
    at: int
    raw: str = ""
    colon: int = -1

    @property
    def text(self) -> str:
        """What was written, without the quotes."""
        return self.raw.replace(COMMA, ",")

    @property
    def field(self) -> str:
        """What stands before the colon; empty if nothing does."""
        return self.raw[: self.colon] if self.colon > 0 else ""

    def values(self) -> list[tuple[str, int]]:
        """The values behind the colon with their places.  QueryError: one is empty."""
        at = self.at + self.colon + 1
        found = [value.replace(COMMA, ",") for value in self.raw[self.colon + 1 :].split(",")]
        if not all(found):
            raise QueryError(f"{self.field}: needs a value", at)
        return [(value, at) for value in found]


def split(text: str) -> list[Token]:
    """The tokens of a text; quotes hold blanks, commas and brackets together and vanish.  QueryError."""
    for at, letter in enumerate(text):
        if letter == COMMA or "\ud800" <= letter <= "\udfff":
            raise QueryError("no text holds such a character", at)
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token, at = _token(text, at, bool(found) and found[-1].kind is Kind.NOT)
        found.append(token)
    return found


def _token(text: str, at: int, negated: bool) -> tuple[Token, int]:
    letter, following = text[at], text[at + 1 : at + 2]
    if letter in "()":
        return Token(Kind.OPEN if letter == "(" else Kind.CLOSE, at), at + 1
    if letter == "-" and (following.isalnum() or following in ("(", '"')):  # a lone dash, and ---, are words
        return Token(Kind.NOT, at), at + 1
    token, end = _word(text, at)
    if text[at:end] in _JOINS and not negated:
        return Token(Kind.AND if token.text.lower() == "and" else Kind.OR, at), end
    return token, end


def _word(text: str, start: int) -> tuple[Token, int]:
    """Up to the next blank, or to a bracket that closes none of the word's own."""
    letters: list[str] = []
    at, colon, quoted, opened = start, -1, False, 0
    while at < len(text) and not text[at].isspace():
        if text[at] == '"':
            end = text.find('"', at + 1)
            if end < 0:
                raise QueryError('a quote " is not closed', at)
            letters += (COMMA if letter == "," else letter for letter in text[at + 1 : end])
            at, quoted = end + 1, True
            continue
        opened += (text[at] == "(") - (text[at] == ")")
        if opened < 0:
            break
        if text[at] == ":" and colon < 0 and not quoted:
            colon = len(letters)
        letters.append(text[at])
        at += 1
    return Token(Kind.WORD, start, "".join(letters), colon), at
