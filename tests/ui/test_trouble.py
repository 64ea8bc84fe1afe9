"""A read that the disk refuses is said on the screen; the console goes on, and works again when the disk does."""

import sqlite3
from typing import Any

import pytest

from deskui.store.driver import said
from deskui.ui.app import DeskApp
from tests.ui.desk import WholeDesk, shown


@pytest.fixture
def broken(whole: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Breaks the disk, and mends it."""
    read, ask = whole.store.read, whole.store.ask
    bad: list[bool] = []

    def fault(*_asked: Any) -> Any:
        raise said(sqlite3.OperationalError("disk I/O error"), whole.store.path)

    monkeypatch.setattr(whole.store, "read", lambda query: fault() if bad else read(query))
    monkeypatch.setattr(whole.store, "ask", lambda key, query: ask(key, fault if bad else query))
    return bad


@pytest.mark.parametrize("keys", ["j", "enter", "a", "r", "slash", "S", "question_mark", "colon", "G", "N"])
async def test_the_console_outlives_a_disk_that_fails(whole: WholeDesk, themes: Any, broken: Any, keys: str) -> None:
    for n in range(3):
        whole.make(f"Ticket {n}")
    app = DeskApp(whole.services, themes=themes)
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause(0.3)
        broken.append(True)
        await pilot.press(keys)
        await pilot.pause(0.2)
        whole.clock.now += 60 - whole.clock.now % 60
        app.call_later(app._second)
        await pilot.pause(0.2)
        app.screen.refresh(layout=True)
        await pilot.pause(0.2)
        assert app.is_running
        broken.clear()
        for _ in range(3):
            await pilot.press("escape")
            await pilot.pause(0.1)
        await pilot.press("j", "enter")
        await pilot.pause(0.5)
        assert "RT-" in shown(app)
