"""The numbers that RT has of a requestor come with the ticket."""

import pytest

from deskui.upstream.rt import Adapter
from tests.upstream.rt_people import People

pytestmark = pytest.mark.server


def test_the_desks_number_comes_before_that_of_the_pocket(world: People, plain: Adapter) -> None:
    plain.login()
    number = {"WorkPhone": "", "MobilePhone": "+49 170 1", "RealName": "Carl Customer"}
    try:
        ticket = world.make("call me")
        world.ask("agent", "PUT", "/user/carl", json=number)
        assert plain.read(ticket, "").ticket.phones == (f"{world.customer}\t+49 170 1",)
        world.ask("agent", "PUT", "/user/carl", json={"WorkPhone": "+49 40 2"})
        assert plain.read(ticket, "").ticket.phones == (f"{world.customer}\t+49 40 2",)
    finally:
        world.ask("agent", "PUT", "/user/carl", json={"WorkPhone": "", "MobilePhone": ""})
    assert plain.read(ticket, "").ticket.phones == ()
