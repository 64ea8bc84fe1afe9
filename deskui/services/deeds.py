"""Undo and redo of what was done here, on one ticket or many; each ticket has its own transaction and outcome."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from deskui.domain import deeds as done
from deskui.domain import outgoing
from deskui.domain.bulk import ME, Order
from deskui.domain.change import Assign
from deskui.domain.deeds import Back, Deed, History, Part
from deskui.domain.links import Link
from deskui.domain.outgoing import Entry
from deskui.domain.ticket import Ticket
from deskui.services.desk import Desk, Refused, UnknownTicket
from deskui.store import conflicts, deeds, drafts, outbox, tickets
from deskui.store.driver import Connection, StoreError

if TYPE_CHECKING:
    from deskui.domain.change import Change
    from deskui.store.store import Tx

DONE, REFUSED, CONFLICT, PARTLY = "done", "refused", "conflict", "partly"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one ticket: done, refused, conflict (queued behind one), partly; `said` says more."""

    ticket: str  # id
    state: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a deed and what undoing it means now."""

    entry: str
    change: "Change"
    back: Back

    @property
    def said(self) -> str:
        """In people's words."""
        if self.back.how == "drop":
            words = "; what it says is a draft again" if getattr(self.change, "text", "") else ""
            return f"{self.change.verb} taken back{words}"
        if self.back.how == "make_good":
            return f"{self.change.verb} was sent: {', then '.join(map(say, self.back.changes))}"
        return self.back.why


def say(change: "Change") -> str:
    """A change in short: `assign anna`, `hold customer`, `priority 2`, `tag +vpn`."""
    given = outgoing.to_json(change)
    named = [given[name] for name in ("who", "reason", "to") if name in given and not isinstance(given[name], tuple)]
    return " ".join([change.verb, *(str(value or "none") for value in named), *given.get("moves", ())])


class Deeds:
    """Of the people that `desk` knows as "me"."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._store = desk, desk.store

    def history(self) -> History:
        """What can be undone and done again."""
        names = self._desk.names()
        return self._store.read(lambda db: deeds.history(db, names))

    def newest(self, ticket: str = "") -> Deed | None:
        """The newest deed that can be undone (that touched `ticket`, a uid)."""
        undo = self.history().undo
        return next((deed for deed in reversed(undo) if not ticket or ticket in deed.tickets), None)

    def redoable(self) -> Deed | None:
        """What was undone last, unless something was done since."""
        return next(reversed(self.history().redo), None)

    def last(self) -> Order | None:
        """What was done last, as an order for other tickets; `me` where it was given to ourselves."""
        for deed in reversed(self.history().undo):
            steps = deed.steps or tuple(change for part in deed.on(deed.tickets[0]) for _, change in part.entries)
            if any(step.verb == "create" for step in steps):
                continue
            names = self._desk.names()
            steps = tuple(
                replace(step, who=ME) if isinstance(step, Assign) and step.who in names else step for step in steps
            )
            return Order(deed.said, steps)
        return None

    def look(self, deed: Deed) -> list[tuple[Ticket, list[Step]]]:
        """What undoing it would do now, ticket by ticket."""

        def read(db: Connection) -> list[tuple[Ticket, list[Step]]]:
            found = []
            for uid in left(deed):
                ticket = _shown(db, uid)
                if ticket is not None:
                    found.append((ticket, list(_steps(db, ticket, deed.on(uid)))))
            return found

        return self._store.read(read)

    def undo(self, deed: Deed, tell: Callable[[Outcome], None] = lambda outcome: None) -> list[Outcome]:
        """Undo what is left of it, ticket by ticket, newest change first; waits for each commit."""
        return self._each(left(deed), partial(self._undo, deed=deed), tell)

    def _each(self, uids: list[str], work: Callable[..., Outcome], tell: Callable[[Outcome], None]) -> list[Outcome]:
        found = []
        for uid in uids:
            try:
                outcome = self._store.write(partial(work, uid=uid)).result()
            except (Refused, UnknownTicket, StoreError) as error:
                known = self._desk.ticket(uid)
                outcome = Outcome(known.id if known else uid, REFUSED, str(error))
            found.append(outcome)
            tell(outcome)
        return found

    def _undo(self, tx: "Tx", uid: str, deed: Deed) -> Outcome:
        here, ticket = self._desk.wanted(tx, uid)
        did, said, waits = list[list[str]](), list[str](), ""
        for part in reversed(deed.on(uid)):
            for entry, change in reversed(part.entries):
                shown = tickets.shown(tx.db, here) or ticket
                step = _step(tx.db, shown, part, entry, change)
                if step.back.how == "wait":
                    waits = step.back.why
                    break
                said.append(step.said)
                if step.back.how != "stays":
                    did.append([change.verb, self._back(tx, here, shown, step)])
            if waits:
                break
        if waits and not did:
            raise Refused(waits)
        if not waits:
            deeds.undone(tx, deed.group, uid, {"did": did}, self._desk.me(ticket.upstream))
        stays = len(said) > len(did)
        return Outcome(ticket.id, PARTLY if did and (stays or waits) else DONE if did else REFUSED,
                       "; ".join([*said, *filter(None, [waits])]))  # fmt: skip

    def _back(self, tx: "Tx", uid: str, ticket: Ticket, step: Step) -> str:
        """Undo one change; the uid of the draft that it became, if any."""
        draft = ""
        if step.back.how == "drop":
            dropped = outbox.mark(tx, step.entry, "dropped")
            conflicts.close_of(tx, step.entry, "dropped")
            draft = drafts.back(tx, dropped)
        else:
            for change in step.back.changes:
                self._desk.add(tx, uid, ticket, change)
        tickets.rebuild(tx, [uid])
        return draft

    def redo(self, deed: Deed, tell: Callable[[Outcome], None] = lambda outcome: None) -> list[Outcome]:
        """Do again what was undone; begun twice (after a crash) it still happens once."""
        group = deeds.uid_in(deed.group, "again", 0)
        author = deed.author
        uids = [uid for uid in deed.tickets if done.can_again(deed.undone.get(uid, {}))]
        self._store.write(
            lambda tx: deeds.begin(tx, group, Order(deed.said, deed.steps), uids, author, deed.group)
        ).result()
        outcomes = self._each(uids, partial(self._redo, deed=deed, group=group), tell)
        self._store.write(lambda tx: deeds.end(tx, group, author)).result()
        return outcomes

    def _redo(self, tx: "Tx", uid: str, deed: Deed, group: str) -> Outcome:
        here, ticket = self._desk.wanted(tx, uid)
        told = deed.undone[uid]["did"]
        verbs = [verb for verb, _ in told]
        again = [change for part in deed.on(uid) for _, change in part.entries if change.verb in verbs]
        for _, draft in told:
            _same(tx, draft, again)
        entries = queue(self._desk, tx, group, here, again)
        for _, draft in told:
            if draft:
                drafts.drop(tx, draft)
        return settled_as(tx, ticket, entries)


def _same(tx: "Tx", draft: str, again: "list[Change]") -> None:
    """Refused where the words that came back were edited since: the draft is the newer word."""
    found = drafts.get(tx.db, draft) if draft else None
    if found is not None and found.text not in [getattr(change, "text", "") for change in again]:
        raise Refused("its words are a draft that was edited since: send that one")


def queue(desk: Desk, tx: "Tx", group: str, uid: str, changes: "list[Change]") -> list[Entry]:
    """The changes on one ticket, under uids that come from the group: what is there already is not made again."""
    ticket = tickets.shown(tx.db, uid)
    assert ticket is not None
    now, entries, there = ticket, list[Entry](), list[Entry]()
    for number, change in enumerate(changes):
        name = deeds.uid_in(group, uid, number)
        if old := outbox.get(tx.db, name):
            there.append(old)
            continue
        if refusal := change.refused(now):
            raise Refused(refusal)
        entries.append(desk.add(tx, uid, now, change, name))
        now = change.apply(now)
    if entries:
        deeds.part(tx, group, ticket, entries, entries[0].author)
        tickets.rebuild(tx, [uid])
    return [*there, *entries]


def settled_as(tx: "Tx", ticket: Ticket, entries: list[Entry]) -> Outcome:
    """Done, or queued behind a conflict of the same field."""
    said = " + ".join(say(entry.change) for entry in entries)
    fields = {entry.change.field for entry in entries} - {None}
    clashing = [one for one in outbox.entries(tx.db, entries[0].ticket, ("conflict",)) if one.change.field in fields]
    if clashing:
        return Outcome(ticket.id, CONFLICT, f"{said}; waits behind the conflict on {clashing[0].change.field} (gs)")
    return Outcome(ticket.id, DONE, said)


def left(deed: Deed) -> list[str]:
    """Its tickets that are not undone yet."""
    return [uid for uid in deed.tickets if uid not in deed.undone]


def _shown(db: Connection, uid: str) -> Ticket | None:
    here = tickets.uid_of(db, uid)
    return None if here is None else tickets.shown(db, here)


def _steps(db: Connection, ticket: Ticket, parts: list[Part]) -> Iterator[Step]:
    now = ticket
    for part in reversed(parts):
        for entry, change in reversed(part.entries):
            step = _step(db, now, part, entry, change)
            yield step
            if step.back.how == "drop":
                now = _without(change, part.before, now)
            for made in step.back.changes:
                now = made.apply(now)


def _without(change: "Change", before: Ticket, now: Ticket) -> Ticket:
    """About what the ticket is once an unsent change is dropped: enough for what the next step asks."""
    moved: dict[str, Any] = {change.field: getattr(before, change.field)} if change.field else {}
    if change.field == "state":
        moved["holds"] = before.holds
    return replace(now, **moved)


def _step(db: Connection, now: Ticket, part: Part, entry: str, change: "Change") -> Step:
    found = outbox.get(db, entry)
    if found is not None and isinstance(found.change, Link):
        change = found.change  # a link knows now what the other ticket is called upstream
    before = part.before
    for uid, earlier in part.entries:
        if uid == entry:
            break
        before = earlier.apply(before)
    return Step(entry, change, done.back(change, before, now, found.state if found else "dropped"))
