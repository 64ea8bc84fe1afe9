"""What the last word of a half typed query may become: a field's name, or a value that is known of it."""

from collections.abc import Iterable, Mapping, Sequence

from deskui.domain.query import CLOCKS, FIELDS, FLAGS, HAS
from deskui.domain.ticket import STATES
from deskui.text import line

LEAST = 2  # letters of a field's name, before which it may be any word
FIXED: Mapping[str, Sequence[str]] = {
    "state": ("open", "all", *STATES), "prio": ("1", "2", "3", "4"), "is": FLAGS, "has": HAS, "missed": CLOCKS,
    "met": CLOCKS, "due": ("today",), "owner": ("me", "none"), "customer": ("none",), "tag": ("none",), "ci": ("none",),
}  # fmt: skip


def completed(text: str, known: Mapping[str, Iterable[str]]) -> tuple[str, str] | None:
    """(`text` with the rest of the first match, the query with the match written as it must be); None: nothing fits.

    `known` are names by field, in order; one with a blank or a comma is taken in quotes.
    """
    start = _last_word(text)
    word = text[start:]
    if word.startswith("-"):
        start, word = start + 1, word[1:]
    name, colon, rest = word.partition(":")
    if not colon:
        return _field(text, word)
    field = name.lower()
    if field not in FIELDS:
        return None
    begun = rest[_last_comma(rest) :]
    head, bare = text[: len(text) - len(begun)], begun.removeprefix('"')
    if not bare or '"' in bare:
        return None
    for value in (*FIXED.get(field, ()), *known.get(field, ())):
        if len(value) > len(bare) and value.casefold().startswith(bare.casefold()) and _can_be_typed(value):
            quoted = begun.startswith('"') or any(letter in value for letter in " ,()")
            taken = f'"{value}"' if quoted else value
            return f"{text}{value[len(bare) :]}", f"{head}{taken}"
    return None


def _can_be_typed(value: str) -> bool:
    return '"' not in value and line(value) == value  # it comes from tickets


def _field(text: str, word: str) -> tuple[str, str] | None:
    if len(word) < LEAST:
        return None
    found = next((name for name in FIELDS if name.startswith(word.lower()) and name != word.lower()), None)
    if found is None:
        return (f"{text}:", f"{text}:") if word.lower() in FIELDS else None
    whole = f"{text}{found[len(word) :]}:"
    return whole, whole


def _last_word(text: str) -> int:
    """Where the last word begins: after a blank or a bracket outside quotes."""
    start, quoted = 0, False
    for at, letter in enumerate(text):
        quoted ^= letter == '"'
        if not quoted and (
            letter.isspace() or (letter == "(" and at == start) or (text[start:at] == "-" and letter == "(")
        ):
            start = at + 1
    return start


def _last_comma(values: str) -> int:
    """Where the last value begins: after a comma outside quotes."""
    start, quoted = 0, False
    for at, letter in enumerate(values):
        quoted ^= letter == '"'
        if letter == "," and not quoted:
            start = at + 1
    return start
