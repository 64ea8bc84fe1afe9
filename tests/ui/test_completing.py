"""Tab in the command line."""

from typing import Any

import pytest

from deskui.ui.completing import arguments, complete
from tests.ui.desk import shown, until

NAMES = ("copy-id", "copy-url", "hold", "help", "theme")


@pytest.mark.parametrize(
    ("line", "becomes", "left"),
    [
        ("ho", "hold ", ()), ("co", "copy-", ("copy-id", "copy-url")), ("h", "h", ("help", "hold")), ("xy", "xy", ()),
        ("hold cus", "hold customer ", ()), ("hold p", "hold parts ", ()), ("hold --u", "hold --until ", ()),
        ("impact ", "impact ", ("high", "low", "medium")),
        ("reply --", "reply --", ("--attach", "--cc", "--minutes", "--to")),
        ("priority P", "priority P", ("P1", "P2", "P3", "P4")), ("note x", "note x", ()), ("", "", NAMES),
    ],
)  # fmt: skip
def test_what_is_certain_is_added(line: str, becomes: str, left: tuple[str, ...]) -> None:
    done = complete(line, NAMES, arguments)
    assert done.line == becomes
    assert sorted(done.open) == sorted(left)


async def test_tab_completes_names_and_arguments_and_enter_runs_them(console: Any) -> None:
    async with console.run_test(size=(80, 24)) as pilot:
        await pilot.press("colon", *"copy", "tab")
        await until(pilot, lambda: "copy-id  copy-phone  copy-subject  copy-text  copy-url" in shown(console))
        await pilot.press("ctrl+u", *"prio", "tab", *"P", "tab")
        await until(pilot, lambda: "P1  P2  P3  P4" in shown(console))
        await pilot.press(*"3", "enter")
        await until(pilot, lambda: console.services.desk.did and console.services.desk.did[0][1].verb == "priority")
        await pilot.press("colon", *"theme li", "tab", "enter")
        await until(pilot, lambda: console.theme == "light")
