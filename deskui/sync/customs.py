"""What a desk makes of what others did upstream, as `[desk]` says; nothing of it unless somebody turns it on."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from deskui.domain.change import Resume
from deskui.domain.event import Event
from deskui.store import derive, outbox, tickets
from deskui.store.store import Tx

_ACKNOWLEDGED = "99"  # behind whatever else one step upstream is made of


class Customs(NamedTuple):
    """`me`: our name in this upstream; the rest as in `[desk]`."""

    acknowledge_on_open: bool = False
    resume_on_customer_reply: bool = False
    me: str = "me"


OFF = Customs()


def opened(events: Iterable[Event]) -> list[Event]:
    """The events, with an acknowledgement where somebody of the team moved a ticket on from new."""
    found = []
    for event in events:
        found.append(event)
        if event.type == "field" and event.side == "staff" and _begun(event):
            found.append(replace(event, key=f"{event.key}/{_ACKNOWLEDGED}", type="acknowledge", data={}))
    return found


def _begun(event: Event) -> bool:
    return event.data.get("field") == "state" and event.data.get("from") == "new"


def answers(tx: Tx, upstream: str, remote: str, events: Sequence[Event]) -> bool:
    """Whether the customer has written anew: asked before the events are stored, never of what a first pull brings."""
    said = [event.key for event in events if event.type == "customer_reply"]
    uid = tickets.uid_by_remote(tx.db, upstream, remote) if said else None
    if uid is None or tickets.history(tx.db, uid) == "none":
        return False
    return not set(said) <= set(tickets.keys(tx.db, uid))


def resume(tx: Tx, uid: str, me: str) -> None:
    """Queue the resume of a ticket that waited and was answered, unless it goes on already."""
    ticket = tickets.shown(tx.db, uid)
    if ticket is not None and ticket.state == "pending" and derive.answered(tickets.timeline(tx.db, uid)):
        outbox.add(tx, uid, Resume(), author=me)
        tickets.rebuild(tx, [uid])
