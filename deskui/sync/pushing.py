"""Sending what waits, once: `sending` is on disk before it leaves; a lost answer is looked up, not repeated."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from deskui.domain.change import Change, Create, Note, Reply
from deskui.domain.event import Event, field_of
from deskui.domain.links import Link, Merge, Unlink
from deskui.domain.outgoing import Entry
from deskui.domain.sets import Moves, SetCc, SetTags, together
from deskui.domain.ticket import Ticket
from deskui.store import missing, outbox, outfiles, tickets
from deskui.store.store import Store, Tx
from deskui.sync import coalescing, merging, plan
from deskui.upstream.base import Reading, Receipt, Rejected, Unreachable, Upstream

REBASES = 3  # automatic tries against a ticket that others keep moving; then the next run


def push(store: Store, upstream: Upstream, clock: Callable[[], int], only: str | None = None) -> int:
    """Send every entry that may leave now; how many were sent.  `only`: just this ticket's (a uid)."""
    tried: dict[str, int] = {}
    sent = 0
    while True:
        entries = store.read(lambda db: outbox.entries(db, only, states=plan.OPEN, upstream=upstream.name))
        # One that was missed is asked after in the next run: until then nobody knows whether it is there.
        lost = {each.uid for each in store.read(lambda db: missing.of(db, upstream.name))}
        sendable = [entry for entry in plan.sendable(entries, clock()) if entry.ticket not in lost]
        ready = [entry for entry in sendable if tried.get(entry.uid, 0) < REBASES]
        if not ready:
            return sent
        for head in ready:
            tried[head.uid] = tried.get(head.uid, 0) + 1
            row = _gather(store, entries, head)
            sent += row.sent is not None and _push_one(store, upstream, row.sent, row.told)


def _gather(store: Store, entries: Sequence[Entry], head: Entry) -> coalescing.Gathered:
    """What is sent for a row of changes that begins with `head`; nothing is left of it: it is settled.

    Where the contract counts changes by when they were made here, each is a fact of its own.
    """
    base = store.read(lambda db: tickets.standing(db, head.ticket))
    if base is None or store.rules.judging(base).policy.offline_events == "made":
        return coalescing.Gathered(head)
    found = coalescing.gathered(entries, head, base)
    if found.sent is None:
        store.write(lambda tx: merging.told(tx, found.told, "taken back here before it was sent")).result()
    return found


def _push_one(store: Store, upstream: Upstream, entry: Entry, told: Sequence[Entry] = ()) -> bool:
    """Send one entry; whether it was written.  Of a set it does what those that are `told` by it would do, too."""
    whole = told if isinstance(entry.change, Moves) else ()
    try:
        if why := lacking(upstream, entry.change):
            raise Rejected(why)
        entry = _loaded(store, upstream, entry)
        ticket, seen = _look(store, upstream, entry)
        if why := plan.beyond(entry.change, ticket, notes=upstream.notes, work_time=upstream.work_time):
            raise Rejected(f"{upstream.name}: {why}")
        if not store.write(lambda tx: _claim(tx, entry, seen, whole)).result():
            return False
        receipt = upstream.push(entry, ticket, seen)
    except Rejected as refusal:
        words = str(refusal)
        if whole:  # which of them it will not do shows when they go one by one
            store.write(lambda tx: merging.settle(tx, entry, "queued")).result()
            return _push_one(store, upstream, whole[0])
        store.write(lambda tx: merging.settle(tx, entry, "rejected", words)).result()
        return False
    except Unreachable as gone:
        state, words = ("unknown" if gone.maybe_written else "queued"), str(gone)
        store.write(lambda tx: merging.settle(tx, entry, state, words)).result()
        raise
    echo = None if receipt.written or whole else _echo(store, upstream, entry, ticket, receipt)
    if echo is not None:
        store.write(lambda tx: _found(tx, entry, receipt.ticket, receipt.events, echo)).result()
    else:
        store.write(lambda tx: _receive(tx, entry, receipt, whole)).result()
    return receipt.written


def _echo(store: Store, upstream: Upstream, entry: Entry, ticket: Ticket, receipt: Receipt) -> plan.Landing | None:
    """What is there of a change that was told it came too late; None: nothing, or somebody else moved its field.

    A proxy may have delivered it twice: what the second delivery met is then the first one, and no rival.
    """
    field = entry.change.field
    movers = {event.author for event in receipt.events if field_of(event) == field and not event.automatic}
    if field is None or not movers:
        return None
    authors = {entry.author, upstream.login().user}
    taken = store.read(lambda db: outbox.claimed(db, entry.ticket))
    landing = plan.landed(entry, ticket, receipt.events, authors, taken)
    return landing if landing.keys and movers <= authors else None


def lacking(upstream: Upstream, change: Change) -> str:
    """Why the system cannot do it at all, as a sentence; "": it can, as far as its flags say."""
    name = upstream.name
    if isinstance(change, Reply) and (change.to or change.cc) and not upstream.recipients:
        return f"{name} chooses itself who gets a reply: To and Cc cannot be set"
    if isinstance(change, SetCc) and upstream.recipients != "ticket":
        return f"{name} keeps no Cc of a ticket: nobody can be added or taken off"
    if isinstance(change, SetTags) and not upstream.tags:
        return f"{name} keeps no tags"
    if isinstance(change, Link | Unlink) and change.kind not in upstream.links:
        known = ", ".join(sorted(upstream.links)) or "no links at all"
        return f"{name} cannot keep {change.kind!r}; it knows: {known}"
    return f"{name} cannot merge tickets" if isinstance(change, Merge) and not upstream.merges else ""


def _loaded(store: Store, upstream: Upstream, entry: Entry) -> Entry:
    """With the content of its files.  Rejected: there is none, or the system takes none."""
    files = getattr(entry.change, "files", ())
    if not files:
        return entry
    if not upstream.attachments:
        raise Rejected(f"{upstream.name} takes no attachments: nothing was sent")
    if isinstance(entry.change, Note) and not upstream.note_files:
        raise Rejected(f"{upstream.name} shows a note's files to everybody who sees the ticket: nothing was sent")
    for file in store.read(lambda db: outfiles.missing(db, files)):
        raise Rejected(f"{file.name} is not kept any more: nothing was sent; attach it again")
    return replace(entry, contents=store.read(lambda db: outfiles.contents(db, files)))


def _claim(tx: Tx, entry: Entry, seen: str, row: Sequence[Entry] = ()) -> bool:
    """`sending`, unless it was taken back, changed or moved since it was chosen, or looking found that it clashes.

    Of sets the same holds for each of the `row` that it does, too.
    """
    now = [outbox.get(tx.db, each.uid) for each in (*row, entry)]
    if any(each is None or (each.state, each.ticket) != ("queued", entry.ticket) for each in now):
        return False
    change = _whole([each.change for each in now if each is not None])
    if change != entry.change:
        return False
    outbox.mark(tx, entry.uid, "sending", seen=seen)
    return True


def _whole(changes: Sequence[Change]) -> Change:
    """What is sent for them: the only one, or of sets one that does all."""
    moves = [change for change in changes if isinstance(change, Moves)]
    return together(moves) if len(moves) > 1 else changes[-1]


def _receive(tx: Tx, entry: Entry, receipt: Receipt, row: Sequence[Entry] = ()) -> None:
    if not receipt.written:
        outbox.mark(tx, entry.uid, "queued")
        merging.take(tx, receipt.ticket, receipt.events)
    elif isinstance(entry.change, Create):
        merging.adopt(tx, entry, receipt.ticket, receipt.events, receipt.own)
    elif isinstance(entry.change, Merge):
        merging.merged(tx, entry, receipt.ticket, receipt.events, receipt.own)
    else:
        merging.sent(tx, entry, receipt.ticket, receipt.events, receipt.own)
        merging.told(tx, row, merging.TOLD)


def _look(store: Store, upstream: Upstream, entry: Entry) -> tuple[Ticket, str]:
    """The base that the entry is sent on and the newest event key known; facts that are missing are read first.

    Rejected: the ticket may not be read (any more), or was never made upstream.
    """
    if isinstance(entry.change, Create):
        shown = store.read(lambda db: tickets.shown(db, entry.ticket))
        if shown is None:
            raise AssertionError(f"{entry.uid}: a create without its ticket")
        return shown, ""
    if store.read(lambda db: tickets.history(db, entry.ticket)) == "none":
        _read_whole(store, upstream, entry.ticket)
    base = store.read(lambda db: tickets.standing(db, entry.ticket))
    if base is None:
        raise Rejected("its ticket was not made upstream")
    return base, _newest(store, upstream, entry.ticket)


def _read_whole(store: Store, upstream: Upstream, uid: str) -> None:
    base = store.read(lambda db: tickets.base(db, uid))
    if base is None:
        return
    reading = upstream.read(base.remote_id, "")

    def work(tx: Tx) -> None:
        merging.take(tx, reading.ticket, reading.events)
        tickets.set_history(tx, [uid], "full")

    store.write(work).result()


def _newest(store: Store, upstream: Upstream, uid: str) -> str:
    keys = store.read(lambda db: tickets.keys(db, uid))
    return max(keys, key=upstream.order, default="")


def settle_unknown(store: Store, upstream: Upstream) -> None:
    """Find out what became of every change whose answer was lost, or whose process died while sending it."""
    lost = store.read(lambda db: outbox.entries(db, states=("sending", "unknown"), upstream=upstream.name))
    authors = {upstream.login().user} if lost else set()
    for entry in lost:
        if isinstance(entry.change, Create):
            _settle_create(store, upstream, entry, entry.change)
        else:
            _settle_change(store, upstream, entry, authors | {entry.author})


def _settle_create(store: Store, upstream: Upstream, entry: Entry, create: Create) -> None:
    found = upstream.created(create.token)
    if found is None or len(found) > 1:
        words = "no telling whether it was made: look upstream" if found is None else f"made twice: {', '.join(found)}"
        store.write(lambda tx: merging.settle(tx, entry, "unknown", words)).result()
    elif not found:
        store.write(lambda tx: merging.settle(tx, entry, "queued")).result()
    else:
        # The ticket is there; what of it is told apart from it (when it was phoned in, say) may not be.
        try:
            reading = upstream.read(found[0], "")
            if reading.into:  # what it still lacks must not be written on the ticket that it became part of
                store.write(lambda tx: merging.merged(tx, entry, reading.ticket, reading.events, ())).result()
                return
            receipt = upstream.push(entry, reading.ticket, "")
        except Rejected as refusal:
            words = f"made as {found[0]}, but not whole: {refusal}"
            store.write(lambda tx: merging.settle(tx, entry, "unknown", words)).result()
        else:
            if receipt.written:
                store.write(lambda tx: _receive(tx, entry, receipt)).result()
            else:  # it moved meanwhile; it is there, so it is never made again
                words = f"made as {found[0]}, but not whole: somebody else is at it"
                store.write(lambda tx: merging.settle(tx, entry, "unknown", words)).result()


def _settle_merge(store: Store, entry: Entry, merge: Merge, reading: Reading) -> None:
    """It was merged if it is there now; into another one, somebody else did it; else it is sent anew."""
    if reading.into == merge.remote:
        store.write(lambda tx: merging.merged(tx, entry, reading.ticket, reading.events, ())).result()
    elif reading.into:
        words = f"it was merged into {reading.into} meanwhile"
        store.write(lambda tx: merging.settle(tx, entry, "rejected", words)).result()
    else:
        store.write(lambda tx: merging.settle(tx, entry, "queued")).result()


def _settle_change(store: Store, upstream: Upstream, entry: Entry, authors: set[str]) -> None:
    base = store.read(lambda db: tickets.base(db, entry.ticket))
    if base is None:
        return
    try:
        reading = upstream.read(base.remote_id, entry.seen)
    except Rejected as refusal:
        words = str(refusal)
        store.write(lambda tx: merging.settle(tx, entry, "unknown", words)).result()
        return
    if isinstance(entry.change, Merge):
        _settle_merge(store, entry, entry.change, reading)
        return
    taken = store.read(lambda db: outbox.claimed(db, entry.ticket))
    landing = plan.landed(entry, base, reading.events, authors, taken)
    if reading.into and landing.rest is not None:  # what came before the merge is not in this reading
        words = f"merged into {reading.into} before it was known whether this arrived: look there, then drop it"
        store.write(lambda tx: merging.settle(tx, entry, "unknown", words)).result()
        return
    store.write(lambda tx: _found(tx, entry, reading.ticket, reading.events, landing)).result()


def _found(tx: Tx, entry: Entry, ticket: Ticket, events: Sequence[Event], landing: plan.Landing) -> None:
    """It is sent if all of it is there upstream; else what is left of it waits to be."""
    if landing.rest is None:
        merging.sent(tx, entry, ticket, events, landing.keys)
        return
    if landing.keys:
        outbox.replace_change(tx, entry.uid, landing.rest, event_keys=landing.keys)
    outbox.mark(tx, entry.uid, "queued", error="")
    merging.take(tx, ticket, events, own=landing.keys)
