"""Sets on a ticket, its tags and the people in Cc: what is put in and taken out, so that two people's moves both count.

Neither has a `field`: to put in what somebody else took out, or to take out what is out already, is no conflict.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from deskui.domain import people
from deskui.domain.change import Change, Fact
from deskui.domain.ticket import Ticket
from deskui.lazy import dataclass

_TAG = re.compile(r"[^\s+\-,;<>][^,;<>]{0,58}[^\s,;<>]|[^\s+\-,;<>]")


@dataclass(frozen=True, slots=True)
class Moves(Change):
    """`moves` are `+WORD` (put it in) and `-WORD` (take it out), in any case; `name` is the ticket's set."""

    name: ClassVar[str] = ""
    moves: tuple[str, ...]

    def refused(self, ticket: Ticket) -> str | None:
        return None

    def apply(self, ticket: Ticket) -> Ticket:
        given: dict[str, Any] = {self.name: people.moved(getattr(ticket, self.name), self.moves)}
        return replace(ticket, **given)

    def made(self, ticket: Ticket) -> tuple[str, ...]:
        """Those of the moves that alter something on `ticket`."""
        return people.moves(getattr(ticket, self.name), getattr(self.apply(ticket), self.name))

    def facts(self, ticket: Ticket) -> tuple[Fact, ...]:
        return tuple(("field", moved(self.name, move), None) for move in self.made(ticket))

    def back(self, before: Ticket) -> "Moves | None":
        """What makes it good on a ticket that was `before`; None: it altered nothing."""
        made = people.moves(getattr(self.apply(before), self.name), getattr(before, self.name))
        return type(self)(made) if made else None


@dataclass(frozen=True, slots=True)
class SetTags(Moves):
    """Words by which tickets are found again."""

    verb: ClassVar[str] = "tag"
    name: ClassVar[str] = "tags"


@dataclass(frozen=True, slots=True)
class SetCc(Moves):
    """Who gets a copy of every reply to the customer."""

    verb: ClassVar[str] = "cc"
    name: ClassVar[str] = "cc"


def moved(name: str, move: str) -> dict[str, Any]:
    """What the event of one move says: `to` a word that was put in, `from` one that was taken out."""
    word = move[1:]
    return {"field": name, "from": word if move[:1] == "-" else None, "to": None if move[:1] == "-" else word}


def idle(change: Change, ticket: Ticket) -> str:
    """Why it would alter nothing, as the end of a sentence; "": it would, or it is no such change."""
    if not isinstance(change, Moves) or change.made(ticket):
        return ""
    return f"its {'tags' if change.name == 'tags' else 'Cc'} say so already"


def together(changes: Sequence[Moves]) -> Moves:
    """One change that does what these do one after the other; the last word on each counts."""
    last = {move[1:].casefold(): move for change in changes for move in change.moves}
    return type(changes[-1])(tuple(last.values()))


def wrong(moves: Iterable[str]) -> str:
    """What keeps these tags from being set, as a sentence; "" if nothing does.  Any can be taken away."""
    for move in moves:
        if move[:1] == "+" and not (_TAG.fullmatch(move[1:]) and move.isprintable()):
            return f"{move[1:]!r} is no tag: at most 60 characters, none of , ; < >"
    return ""
