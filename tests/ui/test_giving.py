"""To whom a ticket can be given by one key after A."""

from typing import Any

import pytest

from deskui.domain.change import Assign
from deskui.ui.screens.choose import AskScreen
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.screens.ticket import TicketScreen
from tests.ui.desk import WholeDesk, opened, shown, until


@pytest.fixture
def owned(whole: WholeDesk) -> str:
    """Tickets of kim, of somebody with a wicked name, and of ours; and one of nobody's, whose id this is."""
    for owner in ("kim", "evil\x1b[31mbob", "anna", "other"):
        whole.world.change_as("kim", whole.make().removeprefix("RT-"), Assign(owner))
    whole.sync()
    return whole.make("Tills offline in 14 stores")


@pytest.mark.parametrize(
    ("keys", "who"),
    [(["k"], "kim"), (["e"], "evil\x1b[31mbob"), (["m"], "anna"), (["n"], None), (["o", *"tom", "enter"], "tom")],
)  # fmt: skip
async def test_a_colleague_is_one_key(whole: WholeDesk, owned: str, themes: Any, keys: list[str], who: str) -> None:
    async with opened(whole.services, TicketScreen(whole.services, owned), themes) as (app, pilot):
        await pilot.press("A")
        await until(pilot, lambda: "somebody else ..." in shown(app))
        assert "\x1b" not in shown(app)
        assert shown(app).count(" other") == 0  # that is what o is for
        await pilot.press(keys[0])
        if keys[1:]:
            await until(pilot, lambda: isinstance(app.screen, AskScreen))
        await pilot.press(*keys[1:])
        await until(pilot, lambda: bool(whole.services.desk.outbox()))
        assert [entry.change for entry in whole.services.desk.outbox()] == [Assign(who)]


async def test_marked_tickets_are_given_in_the_same_way(whole: WholeDesk, owned: str, themes: Any) -> None:
    async with opened(whole.services, QueueScreen(whole.services), themes) as (app, pilot):
        await pilot.press("asterisk", "A")
        await until(pilot, lambda: "  k  kim" in shown(app))
        await pilot.press("k")
        await until(pilot, lambda: "assign kim" in shown(app))
