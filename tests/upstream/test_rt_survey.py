"""What RT says of many tickets at once, and what the engine makes of a swapped or restored one."""

import time
from itertools import islice
from pathlib import Path

import pytest

from deskui.sync.engine import Engine
from deskui.upstream.base import Rejected, Swapped
from deskui.upstream.conformance.world import events_of
from deskui.upstream.rt import Adapter
from tests.conftest import RT
from tests.make import make_store
from tests.upstream.rt_people import People, adapter_of


def test_a_survey_shows_finished_tickets_and_neither_deleted_nor_merged_ones(plain: Adapter, world: People) -> None:
    ids = [world.make(f"Survey {n}") for n in range(4)]
    world.change(ids[0], "state", "resolved")
    world.delete(ids[1])
    world.merge(ids[2], ids[3])
    pages = list(plain.survey([*ids, "99999999"]))
    assert {ticket.remote_id for page in pages for ticket in page.tickets} == {ids[0], ids[3]}
    assert {remote for page in pages for remote in page.complete} == {*ids, "99999999"}


def test_created_is_the_same_however_a_ticket_is_read(plain: Adapter, world: People) -> None:
    remote = world.make("Read in every way")
    (surveyed,) = (ticket for page in plain.survey([remote]) for ticket in page.tickets)
    (deep,) = (ticket for page in plain.history([remote]) for ticket in page.tickets)
    assert surveyed.created == deep.created == plain.read(remote, "").ticket.created


def test_a_transaction_that_rt_commits_late_is_brought(world: People, rt: RT, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = adapter_of(rt)
    first, second = world.make("Committed late"), world.make("Committed at once")
    cursor = adapter.head()
    world.note(first, "begun first")
    late = adapter._api.newest(0)
    world.note(second, "committed first")
    whole = adapter._api.latest
    monkeypatch.setattr(adapter._api, "latest", lambda query="": [txn for txn in whole(query) if txn.id != late])
    pages = list(adapter.feed(cursor))
    cursor = [page.cursor for page in pages if page.cursor][-1]
    monkeypatch.undo()
    texts = [event.text for event in events_of(adapter.feed(cursor), first)]
    assert "begun first" in texts
    adapter.close()


def test_an_rt_that_lost_what_the_cursor_stands_for_says_so(world: People, rt: RT) -> None:
    adapter = adapter_of(rt)
    newest = adapter._api.newest(0) or 0
    for cursor in (str(newest + 1_000_000), f"{newest}@1790000000"):
        with pytest.raises(Swapped, match="restored"):
            list(adapter.feed(cursor))
    adapter.close()


def test_a_run_with_nothing_new_takes_three_requests(
    world: People, rt: RT, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world.make("One at least")
    adapter = adapter_of(rt)
    adapter.open_tickets = lambda after: islice(Adapter.open_tickets(adapter, after), 1)  # type: ignore[method-assign]
    store = make_store(tmp_path, prefixes={"rt": "RT-"})
    engine = Engine(store, adapter, lambda: int(time.time()))
    assert engine.run().error is None
    seen: list[str] = []
    request = adapter._api.session.request
    monkeypatch.setattr(adapter._api.session, "request", lambda *a, **k: seen.append(a[1]) or request(*a, **k))
    for _ in range(5):  # others may write at the same time
        seen.clear()
        if engine.run().pulled == 0:
            break
    assert len(seen) <= 3, seen
    store.close()
    adapter.close()


def test_ticketsql_finds_finished_tickets_and_refuses_nonsense(plain: Adapter, world: People) -> None:
    ids = [world.make(f"Quaint lamp {n}") for n in range(3)]
    world.change(ids[0], "state", "resolved")
    found = plain.search("Subject LIKE 'Quaint lamp'", 2)
    assert [ticket.remote_id for ticket in found] == ids[:0:-1]
    found = plain.search(f"Subject LIKE 'Quaint lamp' AND Status = 'resolved' AND id >= {ids[0]}", 50)
    assert [(ticket.remote_id, ticket.state) for ticket in found] == [(ids[0], "resolved")]
    with pytest.raises(Rejected, match="TicketSQL: Unknown field: Nofield"):
        plain.search("Nofield = 3", 5)
