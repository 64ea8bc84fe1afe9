"""Pictures of what several tickets are shown as: marked rows, the preview of an order, what became of each."""

from typing import Any

import pytest

from deskui.domain.change import Resolve
from tests.ui.desk import WholeDesk, shown, until
from tests.ui.test_pictures import SIZES, THEMES, colours, console

__all__ = ["colours"]  # a fixture for every test here


@pytest.fixture
def desk(whole: WholeDesk) -> WholeDesk:
    """Three tickets to act on, one of them a P1, and one that is done."""
    whole.make(priority=1)
    whole.make("VPN gateway flapping since 01:30", priority=2)
    whole.make("Mail queue growing, 4k deferred 測試", priority=2)
    whole.do(whole.make("Replace PSU sw-b2-04", priority=3), Resolve("replaced"))
    return whole


# keys, and the words that come of them
ALL = [([], "Nothing works"), (["slash", *"state:all", "enter"], "Replace PSU"), (["asterisk"], "marked:4")]
ASKED = [*ALL, (["m"], "w  waiting for the customer"), (["w"], "Type 3 and Enter to do it")]
STEPS: dict[str, list[tuple[list[str], str]]] = {
    "marked": ALL, "preview": ASKED, "summary": [*ASKED, (["3", "enter"], "3 done, 1 refused")]
}  # fmt: skip


@SIZES
@THEMES
@pytest.mark.parametrize("name", STEPS)
def test_several(
    snap_compare: Any, desk: WholeDesk, themes: Any, theme: str, size: tuple[int, int], name: str
) -> None:  # fmt: skip
    async def do(pilot: Any) -> None:
        for keys, words in STEPS[name]:
            await pilot.press(*keys)
            await until(pilot, lambda words=words: words in shown(pilot.app))
        await pilot.pause(0.3)

    assert snap_compare(console(desk.services, themes, theme), run_before=do, terminal_size=size)
