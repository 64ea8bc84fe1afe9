"""To and Cc of a reply as a person edits them: names in a line, and what was added and taken off, which stays true
when somebody else edits them too."""

import re
from collections.abc import Iterable

_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\]{1,64}@[^\s@,;:<>()\[\]\"\\]{1,190}")


def split(typed: str) -> tuple[str, ...]:
    """The names in a line, each once, in their order; `Max Muster <max@x.example>` is max@x.example."""
    found: dict[str, str] = {}
    for part in re.split("[,;]", typed):
        name = _bare(part)
        if name:
            found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _bare(part: str) -> str:
    inside = re.fullmatch(r"[^<>]*<([^<>]*)>\s*", part)
    return (inside[1] if inside else part).strip()


def moves(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """What leads from one to the other: `+new@x.example`, `-old@x.example`."""
    old, new = ({name.casefold(): name for name in names} for names in (before, after))
    added = (f"+{name}" for known, name in new.items() if known not in old)
    return (*added, *(f"-{name}" for known, name in old.items() if known not in new))


def moved(people: Iterable[str], moves: Iterable[str]) -> tuple[str, ...]:
    """`people` after these moves; who is there already is not added twice."""
    found = {name.casefold(): name for name in people}
    for move in moves:
        if move[:1] == "-":
            found.pop(move[1:].casefold(), None)
        else:
            found.setdefault(move[1:].casefold(), move[1:])
    return tuple(found.values())


def parse(typed: str) -> tuple[str, ...]:
    """The moves that are typed as `+ADDR,-ADDR`; without a sign it is added.  Of two about one name the last counts."""
    found: dict[str, str] = {}
    for part in re.split("[,;]", typed):
        said = part.strip()
        sign, name = (said[0], said[1:]) if said[:1] in ("+", "-") else ("+", said)
        if said:
            name = _bare(name)
            found[name.casefold()] = f"{sign}{name}"
    return tuple(found.values())


def wrong(moves: Iterable[str]) -> str:
    """What keeps these from being made, as a sentence: only an address can be added; "" if nothing does."""
    for move in moves:
        if move[:1] == "+" and not (_ADDRESS.fullmatch(move[1:]) and move.isprintable()):
            return f"{move[1:]!r} is no e-mail address"
    return ""
