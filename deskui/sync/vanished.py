"""What is not found any more: asked after, looked for twice, and not believed of too many at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from deskui.domain.ticket import Ticket
from deskui.store import missing, tickets
from deskui.store.missing import Missing
from deskui.store.store import Store, Tx
from deskui.upstream.base import Rejected, Upstream

READS = 20  # of those that a list does not show, so many are asked after singly
SLICE = 20


@dataclass(slots=True)
class Look:
    """What became of tickets that were looked for, by remote id; `lost` are in vain, `unread` not yet asked after."""

    found: dict[str, Ticket] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    merged: list[tuple[str, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def look(upstream: Upstream, remotes: Sequence[str]) -> Look:
    """Look for these tickets: in bulk, and some that are not shown there singly."""
    seen, asked = Look(), set[str]()
    for page in upstream.survey(remotes):
        seen.found |= {ticket.remote_id: ticket for ticket in page.tickets}
        seen.gone += page.gone
        seen.merged += page.merged
        asked.update(page.complete)
    told = {*seen.found, *seen.gone, *(remote for remote, _into in seen.merged)}
    absent = [remote for remote in remotes if remote in asked and remote not in told]
    for remote in absent[:READS]:
        _ask(upstream, remote, seen)
    seen.unread += absent[READS:]
    return seen


def _ask(upstream: Upstream, remote: str, seen: Look) -> None:
    try:
        reading = upstream.read(remote, "")
    except Rejected:  # it is not for us any more, which for us is the same
        seen.lost.append(remote)
        return
    if reading.into:
        seen.merged.append((remote, reading.into))
    elif reading.gone:
        seen.gone.append(remote)
    else:
        seen.found[remote] = reading.ticket


def keep(store: Store, name: str, seen: Look) -> None:
    """Write down what a look was told; nothing leaves the queue by it but what was merged."""

    def uids(tx: Tx, remotes: Iterable[str]) -> list[str]:
        return [uid for remote in remotes if (uid := tickets.uid_by_remote(tx.db, name, remote))]

    def work(tx: Tx) -> None:
        missing.found(tx, name, [*seen.found, *(remote for remote, _into in seen.merged)])
        missing.note(tx, uids(tx, seen.gone), looks=0, told=True)
        missing.note(tx, uids(tx, seen.lost))
        missing.note(tx, uids(tx, seen.unread), looks=0)
        for remote, into in seen.merged:
            # One that is not here yet comes with the feed, which tells of the merge as well: deleted it is not.
            if survivor := tickets.uid_by_remote(tx.db, name, into):
                for uid in uids(tx, [remote]):
                    tickets.tombstone(tx, uid, into=survivor)

    if seen.gone or seen.lost or seen.unread or seen.merged or store.read(lambda db: missing.any_(db, name)):
        store.write(work, background=True).result()


def again(store: Store, upstream: Upstream, batch: int) -> None:
    """The second look, in a later run than the first, for a batch of what was missed so far."""
    doubtful = [each.remote_id for each in store.read(lambda db: missing.of(db, upstream.name)) if not each.told]
    if doubtful:
        keep(store, upstream.name, look(upstream, doubtful[:batch]))


def brake(store: Store, name: str, now: int, *, held: bool) -> str:
    """Why nothing of what is missing may be taken away before a person has looked, in words; "": it may.

    What went within a day counts together; while it is `held` already, no time that passes makes it less.
    """
    before = now - missing.DAY_S
    if not held and store.read(lambda db: missing.forgettable(db, name, before)):
        store.write(lambda tx: missing.forget(tx, name, before), background=True).result()
    return store.read(lambda db: missing.too_many(db, name, missing.of(db, name)))


def settle(store: Store, name: str, *, accepted: bool = False) -> None:
    """Take away what is gone; `accepted`: a person said that all that is missing is, and it counts no more."""
    gone = [each for each in store.read(lambda db: missing.of(db, name)) if each.gone or accepted]
    for start in range(0, len(gone), SLICE):
        piece = gone[start : start + SLICE]
        store.write(lambda tx, piece=piece: _bury(tx, piece), background=True).result()  # type: ignore[misc]
    if accepted:
        store.write(lambda tx: missing.forget(tx, name, tx.now + 1), background=True).result()


def _bury(tx: Tx, piece: Sequence[Missing]) -> None:
    for each in piece:
        tickets.tombstone(tx, each.uid)
        missing.taken(tx, each.uid)
