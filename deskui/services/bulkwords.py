"""What an order will do, and what became of it, in lines for people: the screen and the command line say the same."""

from collections.abc import Callable, Sequence

from deskui.domain.bulk import Item
from deskui.services.bulk import Preview
from deskui.services.deeds import Outcome, say
from deskui.text import line

WORDS = {"done": "done", "refused": "REFUSED", "conflict": "CONFLICT", "partly": "PARTLY"}


def tickets(count: int) -> str:
    """`1 ticket`, `3 tickets`."""
    return "1 ticket" if count == 1 else f"{count} tickets"


def title(preview: Preview) -> str:
    """What will be done to how many."""
    return f"{preview.order.what}: {tickets(len(preview.touched))}"


def summary(preview: Preview) -> list[str]:
    """The lines to read before all others: P1s, mails, refusals, and an order that was cut off."""
    p1s = [item.ticket.id for item in preview.touched if item.ticket.priority == 1]
    said = [f"P1 AMONG THEM: {', '.join(p1s)}" if p1s else "no P1 among them"]
    mails = len(preview.mails)
    said.append(f"MAILS: {mails} will go to customers{_when(preview)}" if mails else "no mail goes to a customer")
    if preview.refused:
        said.append(f"refused or held out: {len(preview.refused)}")
    found = [" | ".join(said)]
    if preview.begun:
        found.append(f"This was begun before and cut off: {preview.done} done then; those are not done twice.")
    return [line(each) for each in found]


def _when(preview: Preview) -> str:
    """When the replies leave: a P1's cannot be taken back."""
    at_once = [item.ticket.id for item in preview.mails if item.ticket.priority == 1 or not preview.held_s]
    if len(at_once) == len(preview.mails):
        return ", at once"
    return f" in {preview.held_s} s" + (f", {', '.join(at_once)} at once" if at_once else "")


def listed(preview: Preview, sent: Callable[[Item], str]) -> list[str]:
    """Every ticket: what it gets and what its customer will read; then those that are refused, and why."""
    found = []
    for item in preview.touched:
        found.append(_head(item) + f"  {' + '.join(map(say, item.changes))}")
        if item.reply:
            found += _mail(item, sent(item))
    if preview.refused:
        found += ["", "NOT TOUCHED"]
        found += [f"{_head(item)}  {item.refused}" for item in preview.refused]
    return [line(each) for each in found]


def _head(item: Item) -> str:
    ticket = item.ticket
    if not ticket.uid:
        return f" {ticket.id}"
    return f" {ticket.id} P{ticket.priority} {ticket.customer or '-'}: {ticket.subject}"


def _mail(item: Item, text: str) -> list[str]:
    """Whom it reaches, and every line of it."""
    to, cc = ", ".join(item.ticket.requestors), ", ".join(item.ticket.cc)
    reaches = f"   To {to or 'nobody'}" + (f"  Cc {cc}" if cc else "")
    if not (to or cc):
        reaches = "   NOBODY GETS IT BY MAIL: To and Cc are empty"
    reaches += f"   There it is {item.local}" if item.local else ""
    state = item.ticket.state
    closed = [] if item.ticket.is_open else [f"   IT IS {state.upper()}: the ticket system may reopen it on a reply"]
    unread = [f"   NOT READ AGAIN: {item.unread}"] if item.unread else []
    return [reaches, *closed, *unread, *(f"   | {each}" for each in text.split("\n"))]


def outcomes(found: Sequence[Outcome]) -> list[str]:
    """One line for each ticket, what went wrong first."""
    order = ("refused", "conflict", "partly", "done")
    ranked = sorted(found, key=lambda outcome: order.index(outcome.state))
    return [line(f" {WORDS[each.state]:8} {each.ticket}  {each.said}") for each in ranked]


def counted(found: Sequence[Outcome]) -> str:
    """`3 done, 1 refused`."""
    counts = {word: sum(each.state == word for each in found) for word in WORDS}
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "nothing"
