"""How a person ends a conflict: the change is sent again, another in its place, or it gives way."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from deskui.domain import change as changes
from deskui.domain import fields
from deskui.domain.ticket import LEVELS, Ticket
from deskui.store import conflicts, drafts, outbox, tickets

if TYPE_CHECKING:
    from deskui.domain.change import Change
    from deskui.domain.outgoing import Entry
    from deskui.store.store import Tx


class Unsettled(Exception):
    """The conflict cannot be settled that way; the message says why and what to do."""


def settle(tx: "Tx", uid: str, how: str, value: str | None, *, read_only: bool) -> None:
    """Keep `mine`, take `theirs`, or another `value`.  Unsettled."""
    if read_only:
        raise Unsettled("this is a read-only session: nothing is changed")
    conflict = next((each for each in conflicts.open_(tx.db) if each.uid == uid), None)
    entry = outbox.get(tx.db, conflict.entry) if conflict else None
    if conflict is None or entry is None or entry.state != "conflict":
        raise Unsettled(f"there is no open conflict {uid}: it may have been settled elsewhere")
    if how == "theirs":
        outbox.mark(tx, entry.uid, "dropped", error="settled: theirs")
        drafts.back(tx, entry)
    else:
        _send_again(tx, entry, conflict.field, None if how == "mine" else value or "")
    conflicts.close(tx, uid, how)
    tickets.rebuild(tx, [conflict.ticket])


def _send_again(tx: "Tx", entry: "Entry", field: str, value: str | None) -> None:
    """Queue a change that clashed, or (`value`) another one in its place; on the survivor of a merge."""
    ticket = tickets.uid_of(tx.db, entry.ticket) or entry.ticket
    if tickets.gone(tx.db, ticket):
        raise Unsettled("the ticket was deleted upstream: make a new one of it, or take theirs")
    base = tickets.standing(tx.db, ticket)
    change = entry.change if value is None else _to(field, value, base)
    if base is not None and (why := change.refused(base)):
        raise Unsettled(f"{why}; take theirs, or change the ticket first")
    if value is not None:
        outbox.replace_change(tx, entry.uid, change)
    outbox.mark(tx, entry.uid, "queued", error="", ticket=ticket)
    tickets.rebuild(tx, [ticket])


def _one_of(*words: str) -> Callable[[str], str]:
    """The value, if it is one of `words` (none given: any but an empty one); ValueError."""

    def checked(value: str) -> str:
        if not value.strip() or (words and value not in words):
            raise ValueError(value)
        return value

    return checked


_SETTERS: Mapping[str, Callable[[str], "Change"]] = {
    "owner": lambda to: changes.Assign(None if to in ("", "none") else to),
    "priority": lambda to: fields.SetPriority(int(_one_of("1", "2", "3", "4")(to.upper().removeprefix("P")))),
    "impact": lambda to: fields.SetImpact(_one_of(*LEVELS)(to)),
    "urgency": lambda to: fields.SetUrgency(_one_of(*LEVELS)(to)),
    "category": lambda to: fields.SetCategory(_one_of()(to)),
    "subject": lambda to: fields.SetSubject(_one_of()(to)),
    "cis": lambda to: fields.SetCi(_one_of()(to)),
}
_MOVES: Mapping[str, Callable[[], "Change"]] = {
    "in_progress": lambda: changes.Reopen(),
    "pending": lambda: changes.Hold("other"),
    "resolved": lambda: changes.Resolve(),
    "closed": lambda: changes.Close(),
    "cancelled": lambda: changes.Cancel(),
}


def _to(field: str, value: str, base: Ticket | None) -> "Change":
    """The change that sets `field` of what the ticket has become to `value`."""
    if field == "state":
        if value == "in_progress" and base is not None and base.state == "pending":
            return changes.Resume()
        if value not in _MOVES:
            raise Unsettled(f"no state {value!r}: one of {', '.join(_MOVES)}")
        return _MOVES[value]()
    try:
        return _SETTERS[field](value)
    except (KeyError, ValueError):
        raise Unsettled(f"{field} cannot be set to {value!r}") from None
