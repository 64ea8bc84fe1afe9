"""What Tab adds to a command: the names of verbs and actions, then what may follow them.  Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from deskui.domain.verbs import HOLD_REASONS, LEVELS, VERB_HELP

ARGUMENTS = {
    "assign": ("me", "none"), "hold": HOLD_REASONS, "resume": HOLD_REASONS, "priority": ("P1", "P2", "P3", "P4"),
    "impact": LEVELS, "urgency": LEVELS, "state": ("pending", "in_progress", "resolved", "closed", "cancelled"),
}  # fmt: skip


class Completed(NamedTuple):
    """The line as it is now, and the words between which nothing decides yet."""

    line: str
    open: Sequence[str]


def complete(line: str, names: Iterable[str], after: Callable[[str], Iterable[str]]) -> Completed:
    """As much as is certain of the last word of `line`; `after` gives what may follow a name."""
    head, space, begun = line.rpartition(" ")
    words = sorted({word for word in (after(head.split(" ")[0]) if space else names) if word.startswith(begun)})
    if len(words) == 1:
        return Completed(f"{head}{space}{words[0]} ", ())
    return Completed(f"{head}{space}{_certain(words) or begun}", words)


def _certain(words: Sequence[str]) -> str:
    """What all of them, being sorted, begin with."""
    first, last = words[:1], words[-1:]
    same = next((at for at, pair in enumerate(zip(*first, *last, strict=False)) if len(set(pair)) > 1), None)
    return first[0][:same] if first else ""


def moves(now: Iterable[str], known: Iterable[str], marked: bool = False) -> list[str]:
    """What may be put into a set and taken out of it: `+vpn`, `-old`; of `marked` tickets any known one may go.

    A word with a blank in it is typed, between quotes.
    """
    there, others = set(now), [word for word in known if word not in set(now)]
    gone = others if marked else sorted(there)
    words = [*(f"+{word}" for word in others), *(f"-{word}" for word in gone)]
    return [word for word in words if word.isprintable() and not re.search(r"[\s'\"\\\\]", word)]


def arguments(name: str) -> list[str]:
    """The words and options that may follow a verb."""
    usage = VERB_HELP.get(name, ("", ""))[0]
    return [*ARGUMENTS.get(name, ()), *re.findall(r"(?<![^ \[])--?[a-z]+", usage)]
