"""What RT says of many tickets at once, and what the engine makes of a swapped or restored one."""

from deskui.upstream.rt import Adapter
from tests.upstream.rt_people import People


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
