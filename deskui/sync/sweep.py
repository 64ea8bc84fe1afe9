"""Once a week all that is known is looked for, a little in each run: feeds hide hard deletes and edited notes."""

from collections.abc import Callable, Collection, Sequence
from functools import partial

from deskui.domain.event import Event
from deskui.store import aside, facts, syncstate, tickets
from deskui.store.aside import Known
from deskui.store.store import Store, Tx
from deskui.store.syncstate import State
from deskui.sync import vanished
from deskui.upstream.base import Upstream

EVERY_S = 7 * 86_400
BATCH = 100
STEPS = 5  # batches in one run: its news are not to wait for the sweep


def due(state: State, now: int) -> bool:
    """Whether a sweep is under way, or the last one is a week old."""
    return bool(state.sweep_cursor) or state.swept_at is None or now - state.swept_at >= EVERY_S


def step(
    store: Store, upstream: Upstream, now: int, reread: Callable[[Sequence[str]], Collection[str]],
    missed: Collection[str], *, whole: bool = False,
) -> None:  # fmt: skip
    """Go on with the sweep; `whole`: from the start to its end.  `missed` were looked for in vain in this run already.

    `reread` reads the histories of tickets that changed and of which the feed did not tell.
    """
    place, steps = 0 if whole else int(_state(store, upstream).sweep_cursor or 0), 0
    while whole or steps < STEPS:
        some, behind = store.read(lambda db, at=place: aside.known(db, upstream.name, at, BATCH))  # type: ignore[misc]
        if not some:
            store.write(lambda tx: syncstate.put(tx, upstream.name, sweep_cursor="", swept_at=now)).result()
            return
        _look(store, upstream, [each for each in some if not each.gone and each.remote_id not in missed], reread)
        place, steps = behind, steps + 1
        store.write(lambda tx, at=place: syncstate.put(tx, upstream.name, sweep_cursor=str(at))).result()  # type: ignore[misc]


def _look(
    store: Store, upstream: Upstream, some: Sequence[Known], reread: Callable[[Sequence[str]], Collection[str]]
) -> None:
    """Whether these are there, whether the feed was silent about one, and whether a note or a time was edited."""
    seen = vanished.look(upstream, [each.remote_id for each in some])
    vanished.keep(store, upstream.name, seen)
    there = [(each, seen.found[each.remote_id]) for each in some if each.remote_id in seen.found]
    moved = [each.remote_id for each, ticket in there if ticket.updated != each.updated]
    if moved:
        reread(moved)
    if upstream.edits:
        read = [each.remote_id for each, ticket in there if ticket.is_open]
        for page in upstream.bodies(read) if read else ():
            said = {remote: [e for owner, e in page.events if owner == remote] for remote in page.complete}
            more = list[str]()
            store.write_each(
                partial(_reword, name=upstream.name, remote=r, said=said[r], more=more) for r in said
            ).result()
            if more:
                reread(more)


def _reword(tx: Tx, name: str, remote: str, said: Sequence[Event], more: list[str]) -> None:
    """What was edited; `more` gets the ticket if more was told of it than other words."""
    uid = tickets.uid_by_remote(tx.db, name, remote)
    if uid and facts.reword(tx, uid, said):
        more.append(remote)


def _state(store: Store, upstream: Upstream) -> State:
    return store.read(lambda db: syncstate.get(db, upstream.name))
