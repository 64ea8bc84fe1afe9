"""A console on a desk of values, with the themes that ship."""

import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deskui.ui.app import DeskApp
from tests.ui import quick, stub
from tests.ui.desk import WholeDesk, whole_desk
from tests.ui.drawn import Drawn

quick.install()


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs `async def` tests, each in a loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture
def themes() -> Any:
    return stub.themes()


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No screen of any test draws colours that `deskui theme check` does not look at.

    `tmp_path`, which goes after the test, may have a theme that is read here.
    """
    seen: dict[Any, Drawn] = {}
    filters = DeskApp.get_line_filters

    def with_eyes(app: DeskApp) -> Any:
        return [*filters(app), seen.setdefault(id(app), Drawn(app))]

    monkeypatch.setattr(DeskApp, "get_line_filters", with_eyes)
    yield
    assert [wrong for each in seen.values() for wrong in each.strangers()] == []


@pytest.fixture
def services() -> Any:
    return stub.services()


@pytest.fixture
def console(services: Any, themes: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The app, not yet running; time since the last key stands still at `app.monotonic`."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    from deskui.ui import panels

    monkeypatch.setattr(panels, "beside_list", lambda services: [])
    return DeskApp(services, themes=themes)


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[WholeDesk]:
    """A real desk: store, services, engine, and an upstream in memory."""
    with whole_desk(tmp_path / "home") as desk:
        yield desk
