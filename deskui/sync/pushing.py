"""Sending what waits, once: `sending` is on disk before it leaves; a lost answer is looked up, not repeated."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from deskui.domain.change import Create, Note, Reply
from deskui.domain.links import Link, Merge, Unlink
from deskui.domain.outgoing import Entry
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
            entry = _gather(store, entries, head)
            sent += entry is not None and _push_one(store, upstream, entry)


def _gather(store: Store, entries: Sequence[Entry], head: Entry) -> Entry | None:
    """What is sent for a row of changes that begins with `head`; None: nothing is left of it, and it is settled.

    Where the contract counts changes by when they were made here, each is a fact of its own.
    """
    base = store.read(lambda db: tickets.standing(db, head.ticket))
    if base is None or store.rules.judging(base).policy.offline_events == "made":
        return head
    found = coalescing.gathered(entries, head, base)
    if found.sent is None:
        store.write(lambda tx: merging.told(tx, found.told, "taken back here before it was sent")).result()
    return found.sent


def _push_one(store: Store, upstream: Upstream, entry: Entry) -> bool:
    """Send one entry; whether it was written."""
    try:
        if isinstance(entry.change, Reply) and (entry.change.to or entry.change.cc) and not upstream.recipients:
            raise Rejected(f"{upstream.name} chooses itself who gets a reply: To and Cc cannot be set")
        if isinstance(entry.change, Link | Unlink) and entry.change.kind not in upstream.links:
            known = ", ".join(sorted(upstream.links)) or "no links at all"
            raise Rejected(f"{upstream.name} cannot keep {entry.change.kind!r}; it knows: {known}")
        if isinstance(entry.change, Merge) and not upstream.merges:
            raise Rejected(f"{upstream.name} cannot merge tickets")
        entry = _loaded(store, upstream, entry)
        ticket, seen = _look(store, upstream, entry)
        if why := plan.beyond(entry.change, ticket, notes=upstream.notes, work_time=upstream.work_time):
            raise Rejected(f"{upstream.name}: {why}")
        if not store.write(lambda tx: _claim(tx, entry, seen)).result():
            return False
        receipt = upstream.push(entry, ticket, seen)
    except Rejected as refusal:
        words = str(refusal)
        store.write(lambda tx: merging.settle(tx, entry, "rejected", words)).result()
        return False
    except Unreachable as gone:
        state, words = ("unknown" if gone.maybe_written else "queued"), str(gone)
        store.write(lambda tx: merging.settle(tx, entry, state, words)).result()
        raise
    store.write(lambda tx: _receive(tx, entry, receipt)).result()
    return receipt.written


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


def _claim(tx: Tx, entry: Entry, seen: str) -> bool:
    """`sending`, unless it was taken back, changed or moved since it was chosen, or looking found that it clashes."""
    now = outbox.get(tx.db, entry.uid)
    if now is None or (now.state, now.ticket, now.change) != ("queued", entry.ticket, entry.change):
        return False
    outbox.mark(tx, entry.uid, "sending", seen=seen)
    return True


def _receive(tx: Tx, entry: Entry, receipt: Receipt) -> None:
    if not receipt.written:
        outbox.mark(tx, entry.uid, "queued")
        merging.take(tx, receipt.ticket, receipt.events)
    elif isinstance(entry.change, Create):
        merging.adopt(tx, entry, receipt.ticket, receipt.events, receipt.own)
    elif isinstance(entry.change, Merge):
        merging.merged(tx, entry, receipt.ticket, receipt.events, receipt.own)
    else:
        merging.sent(tx, entry, receipt.ticket, receipt.events, receipt.own)


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
            receipt = upstream.push(entry, upstream.read(found[0], "").ticket, "")
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

    def work(tx: Tx) -> None:
        if landing.rest is None:
            merging.sent(tx, entry, reading.ticket, reading.events, landing.keys)
            return
        if landing.keys:
            outbox.replace_change(tx, entry.uid, landing.rest, event_keys=landing.keys)
        outbox.mark(tx, entry.uid, "queued", error="")
        merging.take(tx, reading.ticket, reading.events, own=landing.keys)

    store.write(work).result()
