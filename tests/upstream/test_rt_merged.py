"""A ticket that was merged before its lost answer was looked up is found by its token: it is never made again."""

import pytest

from deskui.domain.change import Create
from deskui.domain.ticket import Ticket
from deskui.upstream.conformance import entry_of
from tests.upstream.rt_people import People, adapter_of


@pytest.mark.parametrize("fields", [{}, {"client_token": "Client Token"}])
def test_a_merged_ticket_is_found_by_its_token(rt, world: People, fields):
    adapter = adapter_of(rt, fields=fields)
    change = Create("twice?", "Words.", token=f"tok-merged-{world.now()}-{len(fields)}", requestor=world.customer)
    made = adapter.push(entry_of(change, "sync", 0), Ticket("rt"), "").ticket.remote_id
    winner = world.make("winner")
    world.merge(made, winner)
    assert adapter.created(change.token) in ((made,), (winner,))
    adapter.close()
