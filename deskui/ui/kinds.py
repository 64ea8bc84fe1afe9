"""What can be written on a ticket: a note and a reply differ in every word, whatever colours there are."""

from collections.abc import Mapping
from dataclasses import dataclass

from deskui.domain.change import Cancel, Note, Reopen, Reply, Resolve


@dataclass(frozen=True, slots=True)
class Kind:
    """One of them: its title, who reads it, the word on its button, the change it becomes, the key that begins it."""

    title: str
    readers: str
    button: str
    change: type[Note] | type[Reply] | type[Resolve] | type[Cancel] | type[Reopen]
    key: str
    minutes: bool = True


KINDS: Mapping[str, Kind] = {
    "note": Kind("WORK NOTE", "only the team reads this", "Save note", Note, "c"),
    "reply": Kind("PUBLIC REPLY", "THE CUSTOMER READS THIS", "Send reply", Reply, "C"),
    "resolve": Kind("RESOLVE", "the resolution is a work note: only the team reads it", "Resolve", Resolve, "X", False),
    "cancel": Kind("CANCEL TICKET", "why it is not to be done, as a work note", "Cancel ticket", Cancel, "s", False),
    "reopen": Kind("REOPEN", "why it goes on, as a work note: only the team reads it", "Reopen", Reopen, "s", False),
}


def named(kind: str) -> str:
    """`work note`, `public reply`."""
    return KINDS[kind].title.lower()
