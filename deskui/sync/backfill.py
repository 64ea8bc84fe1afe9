"""The finished tickets of `[history] days`: newest first, a little in each run behind its news, facts only."""

from collections.abc import Callable

from deskui.store import outbox, syncstate, tickets
from deskui.store.driver import Connection
from deskui.store.store import Store
from deskui.upstream.base import Page, Upstream

DAY_S = 86_400
STEPS = 2  # pages of one run
END = "end"


def step(store: Store, upstream: Upstream, now: int, days: int, commit: Callable[[Page], None]) -> None:
    """Go on downwards from where it was; `commit` stores a page of facts."""
    since = now - days * DAY_S
    state = store.read(lambda db: syncstate.get(db, upstream.name))
    if days <= 0 or (state.back_cursor == END and since >= (state.back_to or 0) - DAY_S):
        return

    before = "" if state.back_cursor == END else state.back_cursor  # it is to reach further back than it did
    for steps, page in enumerate(upstream.finished(since, before), 1):
        unknown = store.read(lambda db, page=page: _unknown(db, upstream.name, page))  # type: ignore[misc]
        for past in upstream.history(unknown) if unknown else ():
            commit(past)
        oldest = min((ticket.created for ticket in page.tickets), default=state.back_to)
        place = {"back_cursor": page.cursor, "back_to": None if oldest is None else max(oldest, since)}
        store.write(lambda tx, place=place: syncstate.put(tx, upstream.name, **place), background=True).result()  # type: ignore[misc]
        if steps >= STEPS or store.read(lambda db: outbox.entries(db, states=("queued",), upstream=upstream.name)):
            return  # the next run goes on; what somebody has just typed does not wait for it
    store.write(lambda tx: syncstate.put(tx, upstream.name, back_cursor=END, back_to=since), background=True).result()


def _unknown(db: Connection, name: str, page: Page) -> list[str]:
    """The tickets of a page whose past is not here yet."""
    found = ((t.remote_id, tickets.uid_by_remote(db, name, t.remote_id)) for t in page.tickets)
    return [remote for remote, uid in found if uid is None or tickets.history(db, uid) == "none"]
