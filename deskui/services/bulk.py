"""Orders on several tickets: what they will do, shown first, and then done, one transaction for each ticket."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from deskui.domain import bulk
from deskui.domain.bulk import Item, Order
from deskui.domain.change import Change
from deskui.domain.sets import Moves
from deskui.domain.ticket import Ticket
from deskui.services import deeds as services
from deskui.services.deeds import REFUSED, Deeds, Outcome
from deskui.services.desk import Desk, Refused, UnknownTicket
from deskui.services.doing import acknowledged
from deskui.services.rereading import Fresh, news, public
from deskui.store import deeds, drafts, tickets
from deskui.store.driver import Connection, StoreError

if TYPE_CHECKING:
    from deskui.services.writing import Writing
    from deskui.store.store import Tx

AT_ONCE = 6  # tickets that are read again at the same time


@dataclass(frozen=True, slots=True)
class Preview:
    """What an order will do; `begun` is when it was cut off before, if it was (0: it was not), `done` how far.

    `held_s` is how many seconds a reply waits, but for that of a P1.
    """

    order: Order
    items: tuple[Item, ...]
    group: str
    begun: int = 0
    done: int = 0
    held_s: int = 0

    @property
    def touched(self) -> tuple[Item, ...]:
        """Those that will be changed."""
        return tuple(item for item in self.items if not item.refused)

    @property
    def refused(self) -> tuple[Item, ...]:
        """Those that will not."""
        return tuple(item for item in self.items if item.refused)

    @property
    def mails(self) -> tuple[Item, ...]:
        """Those whose customer gets a mail."""
        return tuple(item for item in self.touched if item.reply)


class Bulk:
    """`known` are the public messages that were there when somebody began to write: what came since holds out."""

    def __init__(self, desk: Desk, writing: "Writing") -> None:
        self._desk, self._writing = desk, writing

    # --- looking

    def known(self, names: Iterable[str]) -> dict[str, frozenset[str]]:
        """The public messages of these tickets (uids) as they are here, by ticket."""

        def read(db: Connection) -> dict[str, frozenset[str]]:
            return {uid: frozenset(event.key for event in public(tickets.events(db, uid))) for uid in names}

        return self._desk.store.read(read)

    def look(
        self, order: Order, names: Sequence[str], known: Mapping[str, frozenset[str]] | None = None,
        tell: Callable[[str], None] = lambda said: None,
    ) -> Preview:  # fmt: skip
        """What it will do to these tickets (ids or uids).  Reads each one again that is to get a mail.  Refused."""
        if len(names) > bulk.MOST:
            raise Refused(f"{len(names)} tickets at once: at most {bulk.MOST}; narrow the filter")
        if self._desk.read_only:
            raise Refused("this is a read-only session: nothing is changed")
        now = self._desk.store.clock()
        items = [self._item(order, name, now) for name in names]
        items = list({item.ticket.uid or item.ticket.id: item for item in items}.values())
        uids = [item.ticket.uid for item in items if item.ticket.uid]
        if order.replies:
            items = self._again(items, known or self.known(uids), tell)
        group, begun, did = self._group(order, uids)
        return Preview(order, tuple(items), group, begun, did, self._desk.undo_seconds)

    def _item(self, order: Order, name: str, now: int) -> Item:
        ticket = self._desk.ticket(name)
        if ticket is None:
            return Item(Ticket("", id=name), refused=f"there is no ticket {name}")
        known = self._desk.store.read(lambda db: (acknowledged(db, ticket.uid, ticket), tickets.gone(db, ticket.uid)))
        if known[1]:
            return Item(ticket, refused=f"{ticket.id} was deleted upstream")
        steps = bulk.own(order.steps, self._desk.me(ticket.upstream))
        return bulk.plan(ticket, steps, known[0], lambda step: self._filled(step, ticket, now))

    def _filled(self, step: Change, ticket: Ticket, now: int) -> Change:
        """The step with its text as this ticket says it.  ValueError: its system cannot do it."""
        if isinstance(step, Moves) and (why := self._writing.lacks(ticket.upstream, step)):
            raise ValueError(why)
        text = getattr(step, "text", "")
        if "{{" not in text and "{%" not in text:
            return step
        from deskui.services.templates import Template, checked

        template = checked(Template(step.verb, "", "", (), text, "the text", 1))
        return replace(step, text=self._writing.filled(template, ticket, now))  # type: ignore[call-arg]

    def _again(self, items: list[Item], known: Mapping[str, frozenset[str]], tell: Callable[[str], None]) -> list[Item]:
        """With those held out that a newer public message came to; a few are read at the same time."""
        asked = [number for number, item in enumerate(items) if not item.refused]
        for start in range(0, len(asked), AT_ONCE):
            tell(f"reading {min(start + AT_ONCE, len(asked))} of {len(asked)} again ...")
            some = asked[start : start + AT_ONCE]
            futures: list[Future[Fresh]] = [self._writing.again(items[number].ticket) for number in some]
            for number, future in zip(some, futures, strict=True):
                items[number] = self._held_out(items[number], future, known)
        return items

    def _held_out(self, item: Item, future: "Future[Fresh]", known: Mapping[str, frozenset[str]]) -> Item:
        ticket = item.ticket
        try:
            fresh = future.result()
        except StoreError as error:
            return replace(item, refused=str(error))
        if fresh.gone:
            return replace(item, refused=f"{ticket.id} was deleted in {ticket.upstream}")
        if fresh.into:
            return replace(item, refused=f"{ticket.id} was merged into {fresh.into}: reply there")
        came = news(fresh.events, known.get(ticket.uid, frozenset()), self._desk.me(ticket.upstream))
        if came:
            who = came[-1].author or "somebody"
            return replace(item, refused=f"held out: a newer message by {who} came in; read it and reply by itself (C)")
        now = replace(ticket, requestors=fresh.ticket.requestors, cc=fresh.ticket.cc)
        return replace(item, ticket=now, unread=fresh.why, local=self._local(ticket))

    def _local(self, ticket: Ticket) -> str:
        """What the customer's clock says; empty where that is not known."""
        zone = self._writing.zone(ticket)
        if not zone:
            return ""
        from deskui.services.writing import at

        return f"{at(self._desk.store.clock(), zone)[-5:]} ({zone})"

    def _group(self, order: Order, uids: list[str]) -> tuple[str, int, int]:
        """A new group, or that of the same order which was cut off: what it did is not done again."""
        key = bulk.key(order, uids)
        for deed in reversed(Deeds(self._desk).history().open):
            if deed.key == key and not deed.again:
                return deed.group, deed.at, len(deed.tickets)
        return self._desk.group(), 0, 0

    def sent(self, item: Item) -> str:
        """What the customer will read, as it leaves."""
        return self._writing.sent(item.ticket, item.reply.text) if item.reply else ""

    # --- doing

    def run(
        self, preview: Preview, draft: str = "", tell: Callable[[Outcome], None] = lambda outcome: None
    ) -> list[Outcome]:
        """Do it: a transaction for each ticket, whose outcome is its own.  Waits for the commits.  StoreError, Refused.

        The `draft` (its uid) that a text was written in goes with the last commit.
        """
        desk, store, group, order = self._desk, self._desk.store, preview.group, preview.order
        author = next((desk.me(item.ticket.upstream) for item in preview.touched), "") or next(iter(desk.names()), "")
        uids = [item.ticket.uid for item in preview.items if item.ticket.uid]
        if not preview.begun:
            store.write(lambda tx: deeds.begin(tx, group, order, uids, author)).result()
        outcomes = []
        for item in preview.items:
            outcome = Outcome(item.ticket.id, REFUSED, item.refused)
            if not item.refused or preview.begun:
                outcome = self._one(group, item)
            outcomes.append(outcome)
            tell(outcome)

        def end(tx: "Tx") -> None:
            deeds.end(tx, group, author)
            if draft:
                drafts.drop(tx, draft)

        store.write(end).result()
        return outcomes

    def _one(self, group: str, item: Item) -> Outcome:
        def work(tx: "Tx") -> Outcome:
            uid, ticket = self._desk.wanted(tx, item.ticket.uid or item.ticket.id)
            if before := _done(tx, group, uid):
                return Outcome(ticket.id, services.DONE, f"done before it was cut off ({before})")
            if item.refused:
                raise Refused(item.refused)
            return services.settled_as(tx, ticket, services.queue(self._desk, tx, group, uid, list(item.changes)))

        try:
            return self._desk.store.write(work).result()
        except (Refused, UnknownTicket, StoreError) as error:
            return Outcome(item.ticket.id, REFUSED, str(error))


def _done(tx: "Tx", group: str, uid: str) -> str:
    """What the group did on this ticket already, in words; empty: nothing."""
    from deskui.store import outbox

    entry = outbox.get(tx.db, deeds.uid_in(group, uid, 0))
    return entry.change.verb if entry else ""


def document(preview: Preview, sent: Callable[[Item], str], outcomes: Iterable[Outcome] = ()) -> dict[str, Any]:
    """`bulk --json`: what it will do to each ticket, and what became of it."""
    became = {outcome.ticket: outcome for outcome in outcomes}
    return {
        "what": preview.order.what, "group": preview.group, "count": len(preview.touched),
        "refused": len(preview.refused), "mails": len(preview.mails),
        "p1": [item.ticket.id for item in preview.touched if item.ticket.priority == 1],
        "tickets": [
            {
                "ticket": item.ticket.id, "subject": item.ticket.subject, "priority": f"P{item.ticket.priority}",
                "customer": item.ticket.customer, "changes": [services.say(change) for change in item.changes],
                "refused": item.refused or None, "not_read_again": item.unread or None,
                "reply": sent(item) if item.reply else None,
                "to": list(item.ticket.requestors) if item.reply else [],
                "cc": list(item.ticket.cc) if item.reply else [],
                "outcome": became[item.ticket.id].state if item.ticket.id in became else None,
                "said": became[item.ticket.id].said if item.ticket.id in became else None,
            }
            for item in preview.items
        ],
    }  # fmt: skip
