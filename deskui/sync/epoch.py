"""Whether an upstream is still the one that the desk knows: before anything else of a run, by a few tickets."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from deskui.store import anchors, aside, missing
from deskui.store.aside import Known
from deskui.store.store import Store
from deskui.sync import vanished
from deskui.upstream.base import Swapped, Upstream

FEW = 3
BATCH = 100


def probe(store: Store, upstream: Upstream) -> list[str]:
    """The tickets that were looked for in vain.

    Swapped: a ticket has another's id, none that is known is there, or none of the newest.
    """
    known = store.read(lambda db: anchors.pick(db, upstream.name))
    if not known.every:
        return []
    doubted = {each.remote_id for each in store.read(lambda db: missing.of(db, upstream.name))}
    seen = vanished.look(upstream, [each.remote_id for each in known.every])
    for anchor in known.every:
        there = seen.found.get(anchor.remote_id)
        if there is not None and there.created != anchor.created:
            raise Swapped(f"ticket {anchor.remote_id} is another ticket there than it was: restored or swapped")
    lost = {*seen.lost, *seen.unread}
    _all_lost(known.every, lost, "none of the tickets that are known here is there: another system, or rights lost")
    _all_lost(known.newest, lost, "the newest tickets that are known here are not there: restored from a backup")
    seen.lost = [remote for remote in seen.lost if remote not in doubted]  # their second look has its own time
    vanished.keep(store, upstream.name, seen)
    return [*seen.lost, *seen.unread]


def _all_lost(known: Sequence[anchors.Anchor], lost: set[str], words: str) -> None:
    if len(known) >= FEW and all(each.remote_id in lost for each in known):
        raise Swapped(words)


def accept(store: Store, upstream: Upstream) -> list[Known]:
    """A person said that this is the system: what is another's now, or not there, is set aside.

    Answers the tickets that are the same and have changed since: their histories have to be read anew.
    """
    changed, place = list[Known](), 0
    while True:
        some, place = store.read(lambda db, at=place: aside.known(db, upstream.name, at, BATCH))  # type: ignore[misc]
        if not some:
            break
        there = {t.remote_id: t for page in upstream.survey([e.remote_id for e in some]) for t in page.tickets}
        same = [e for e in some if e.remote_id in there and there[e.remote_id].created == e.created]
        others = [each for each in some if each not in same and not each.into]
        _each(store, [each.uid for each in others], aside.put)
        moved = [each for each in same if there[each.remote_id].updated != each.updated]
        _each(store, [each.uid for each in moved], aside.forget)
        changed += moved
    return changed


def _each(store: Store, uids: Iterable[str], deed: Callable[..., None]) -> None:
    store.write_each(partial(deed, uid=uid) for uid in uids).result()


def lost(store: Store, changed: Iterable[Known]) -> None:
    """What had been sent on these and is not in their new histories is a conflict now."""
    _each(store, [each.uid for each in changed], aside.lost)
