"""Pictures of all that opens from the queue or a ticket, in two sizes, dark, light and mono.

Those of the queue, the ticket, alerts, bulk and knowledge are in the tests beside this one.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deskui.domain.change import Acknowledge, Assign, Reply
from deskui.domain.fields import SetPriority
from deskui.ui.app import DeskApp
from tests.ui import frozen
from tests.ui.desk import LARGE, SMALL, WholeDesk, shown, steady, until

QUIET_S = 0.15  # nothing has been drawn for so long
# name -> the keys from the queue on, each group with what must be on the screen before the next
SCREENS: dict[str, list[tuple[list[str], str]]] = {
    "why": [(["enter"], "TIMELINE"), (["v"], "WHY the clocks")],
    "note": [(["c"], "WORK NOTE"), ([*"Line is down."], "draft kept")],
    "reply": [(["C"], "PUBLIC REPLY"), ([*"We are on it."], "draft kept")],
    "preview": [(["C"], "PUBLIC REPLY"), ([*"We are on it."], "draft kept"), (["f2"], "Yes, send it")],
    "new": [(["N"], "NEW TICKET")],
    "diagnostics": [(["slash", *"Tills", "enter"], "1/1"), (["x"], "done after")],
    "sync": [(["g", "s"], "BASE")],
    "dashboard": [(["g", "d"], "UPTIME BUDGETS")],
    "which": [(["g"], "SLA: what is kept")],
    "jump": [(["f"], "a")],
    "palette": [(["ctrl+p"], "")],
    "hold": [(["s"], "customer"), (["1"], "")],
    "help": [(["question_mark"], "Help: type to search"), ([*"view"], "view-before")],
    "command": [(["colon"], "ack"), ([*"hold ven"], "hold ven")],
    "views": [(["g", "v"], "Updates due")],
    "columns": [(["comma"], "system")],
    "article": [(["K"], "KNOWLEDGE"), (["slash", *" failover", "enter"], "LTE"), (["enter"], "an article of")],
    "log": [(["g", "l"], "the scheduler waits")],
}


@pytest.fixture
def desk(whole: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> WholeDesk:
    """One ticket late and clashing, one answered, one new; its host answers at once."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TZ", "UTC")
    whole.services.diagnose.run = frozen.run
    first = whole.make(ci="till-gw-07", priority=1)
    whole.do(first, Acknowledge(), Assign("anna"))
    other = whole.make("VPN gateway flapping since 01:30", "Every few minutes.\nThen it is back.", priority=2)
    whole.do(other, Reply("We are looking at it."))
    whole.sync()
    whole.make("Mail queue growing, 4k deferred 測試", priority=2)
    whole.clash(first, SetPriority(2), SetPriority(3))
    (whole.home / "kb").mkdir()
    (whole.home / "kb" / "tills.md").write_text("# Tills offline: LTE failover\n\n## Workaround\n\nfailover on\n")
    (whole.home / "log").mkdir()
    lines = ("INFO deskui.sync: rt: 3 pulled", "WARNING deskui.sync: rt: refused", "INFO deskui: the scheduler waits")
    (whole.home / "log" / "deskui.log").write_text("".join(f"2025-11-25 02:07:00,000 {line}\n" for line in lines))
    monkeypatch.chdir(whole.home)
    whole.services = replace(whole.services, home=Path())  # its name is another one each time
    return whole


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("theme", ["dark", "light", "mono"])
@pytest.mark.parametrize("name", SCREENS)
def test_every(
    snap_compare: Any, desk: WholeDesk, themes: Any, name: str, theme: str, size: tuple[int, int]
) -> None:  # fmt: skip
    async def there(pilot: Any) -> None:
        await until(pilot, lambda: "Next:" in shown(app))
        for keys, text in SCREENS[name]:
            await pilot.press(*keys)
            await until(pilot, lambda text=text: text in shown(app))
        await steady(pilot, QUIET_S)
        app.screen.refresh()  # what was looked at has nothing behind it: the picture has
        await pilot.pause()

    app = DeskApp(desk.services, themes=themes, theme=theme, plain=theme == "mono")
    assert snap_compare(app, run_before=there, terminal_size=size)
