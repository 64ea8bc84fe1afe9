"""Pictures of what several tickets are shown as: marked rows, the preview of an order, what became of each."""

from typing import Any

import pytest

from deskui.domain.change import Resolve
from tests.ui.desk import WholeDesk
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


ALL = ["slash", *"state:all", "enter", "wait:500", "asterisk", "wait:200"]
STEPS = {
    "marked": [*ALL],
    "preview": [*ALL, "m", "wait:500", "w", "wait:1500"],
    "summary": [*ALL, "m", "wait:500", "w", "wait:1500", "3", "enter", "wait:800"],
}


@SIZES
@THEMES
@pytest.mark.parametrize("name", STEPS)
def test_several(
    snap_compare: Any, desk: WholeDesk, themes: Any, theme: str, size: tuple[int, int], name: str
) -> None:  # fmt: skip
    assert snap_compare(console(desk.services, themes, theme), press=STEPS[name], terminal_size=size)
