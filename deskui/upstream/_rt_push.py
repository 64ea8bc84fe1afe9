"""Writing to RT: look, write, read back, because RT says 200 also to what it did not do."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from functools import partial

from deskui.domain.change import Acknowledge, Change, Close, Create, Hold, Reply
from deskui.domain.links import Link, Merge, Unlink
from deskui.domain.outgoing import Entry
from deskui.domain.sets import Moves, SetCc, SetTags
from deskui.domain.ticket import Ticket
from deskui.upstream import _deskline, _rt_people
from deskui.upstream._http import Answer
from deskui.upstream._newticket import queue_for
from deskui.upstream._rt_answers import words
from deskui.upstream._rt_api import Api
from deskui.upstream._rt_steps import Step, comment, create, create_lines, steps
from deskui.upstream._rt_values import SYSTEM, name_of
from deskui.upstream.base import Options, Reading, Receipt, Rejected, Unreachable

Read = Callable[[str, str], tuple[Reading, Mapping[int, str]]]  # a reading, and who made each of its transactions


class Writer:
    """Writes entries of the outbox, one at a time."""

    def __init__(self, api: Api, options: Options, read: Read) -> None:
        self._api, self._options, self._read = api, options, read

    def push(self, entry: Entry, ticket: Ticket, seen: str) -> Receipt:
        """Look, write, read back."""
        if isinstance(entry.change, Create):
            return self._create(entry, entry.change, ticket.remote_id)
        with _written(False):
            row, etag = self._api.ticket(ticket.remote_id)
            before, _who = self._read(ticket.remote_id, seen)
        if str(row["Status"]) == "deleted":
            raise Rejected(f"ticket {ticket.remote_id} was deleted in RT")
        if before.into or (entry.change.field and before.events):
            return Receipt(before.ticket, before.events, (), written=False)
        with _written(False):  # of the reply; people can be moved twice
            people = isinstance(entry.change, Reply | SetCc)
            if people and not _rt_people.move(self._api, ticket.remote_id, entry.change, etag):
                return Receipt(before.ticket, before.events, (), written=False)
        with _written(False):
            say = partial(self._api.status, str(row["Status"]), name_of(row.get("Queue")))
            todo = steps(entry, ticket, before.ticket, self._options, say)
        said = self._send(todo, etag)
        with _written(said is not None):
            after, who = self._read(ticket.remote_id, seen)
        if said is None:
            return Receipt(after.ticket, after.events, (), written=False)
        own = self._own(after, who, int(etag or 0))
        if isinstance(entry.change, Merge):
            return _merged(entry.change, after, own, said)
        if not _done(entry.change, ticket, after, own):
            raise Rejected(said.replace(f"Ticket {ticket.remote_id}: ", "") or self._silent(entry.change))
        return Receipt(after.ticket, after.events, own)

    def _silent(self, change: Change) -> str:
        """What is said where RT says nothing: of a field that the queue does not have it does not."""
        name = self._options.fields.get("tags") if isinstance(change, SetTags) else None
        return f"RT did not do it: has the ticket's queue the custom field {name!r}?" if name else "RT did not do it"

    def _send(self, todo: list[Step], etag: str) -> str | None:
        """RT's words to it; None: it had moved since we looked, and nothing was written."""
        said: list[str] = []
        for step in todo:
            with _written(True) if said else nullcontext():
                answer = self._api.send(step.method, step.path, step.body, etag if step.guarded else "")
            if answer.status == 412:
                return None
            said.append(words(answer))
        return "; ".join(said)

    def _own(self, after: Reading, who: Mapping[int, str], newest: int) -> tuple[str, ...]:
        """The keys of what this push caused: by us since we looked, and what RT's own rules made of it."""
        by = {event.key: number(event.key) for event in after.events}
        ours = (self._api.me.name, SYSTEM)
        return tuple(key for key, txn in by.items() if txn > newest and who.get(txn) in ours)

    def _create(self, entry: Entry, change: Create, remote_id: str) -> Receipt:
        """Make it, unless it was made before, and write what of it RT does not have."""
        with _written(False):
            known = change.queue or self._options.queues
            queue = queue_for(change, self._options, [] if known else self._api.queues())
        if not remote_id:
            answer = self._api.send("POST", "/ticket", create(entry, change, queue, self._options))
            with _written(True):
                remote_id = _made(answer)
        with _written(True):
            made, who = self._read(remote_id, "")
            lines = create_lines(entry, change, queue, self._options, made.ticket)
            if lines:
                step = comment(remote_id, _deskline.note(lines))
                with suppress(Rejected):  # the ticket is there: that it may not be commented on does not unmake it
                    self._api.send(step.method, step.path, step.body)
                made, who = self._read(remote_id, "")
        return Receipt(made.ticket, made.events, self._own(made, who, 0))


@contextmanager
def _written(maybe: bool) -> Iterator[None]:
    """Says of a lost answer whether a write may have left before it."""
    try:
        yield
    except Unreachable as error:
        error.maybe_written = maybe
        raise


def _merged(change: Merge, after: Reading, own: tuple[str, ...], said: str) -> Receipt:
    """The survivor with its history, and what the merge made of it; Rejected with RT's words if it is not one now."""
    if after.into != change.remote:
        raise Rejected(said or "RT did not do it")
    return Receipt(after.ticket, after.events, own)


def _made(answer: Answer) -> str:
    """The id of the ticket that was made; Unreachable: RT says neither that nor why not."""
    said = answer.json()
    if not isinstance(said, dict) or "id" not in said:
        raise Unreachable(f"RT did not say which ticket it made: {words(answer)}")
    return str(said["id"])


def number(key: str) -> int:
    """The transaction in an event's key."""
    return int(key.split("/")[0])


def _done(change: Change, ticket: Ticket, after: Reading, own: tuple[str, ...]) -> bool:
    """Whether what the change should have moved is so now, or was moved by us (and since then by others)."""
    if isinstance(change, Link | Unlink):
        return change.apply(after.ticket).links == after.ticket.links
    if isinstance(change, Moves):  # who was added to Cc may be known there by another address: that was looked at
        return isinstance(change, SetCc) or not change.made(after.ticket)
    if change.field is None:
        return True
    kinds = {kind for kind, _data, _text in change.facts(ticket) if kind != "internal_note"}
    if kinds & {event.type for event in after.events if event.key in own}:
        return True
    if isinstance(change, Close | Hold | Acknowledge):
        return False
    return bool(getattr(after.ticket, change.field) == getattr(change.apply(ticket), change.field))
