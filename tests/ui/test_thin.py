"""The console with its thin output beside Textual's own: the same updates, and cell by cell the same screens."""

import asyncio
import hashlib
import inspect
import random
import re
from typing import Any

import pytest
from rich.color import ColorSystem
from textual import events
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.app import App
from textual.strip import Strip
from textual.widget import Widget

from deskui.domain.change import Create
from deskui.ui.app import DeskApp
from deskui.ui.output import Output
from deskui.ui.sparing import SparingCompositor, runs
from deskui.ui.thin import ThinOutput
from deskui.ui.widgets.straight import Straight
from tests.ui.desk import WholeDesk
from tests.ui.emulator import Terminal, differences

KEYS = [
    "j", "k", "down", "up", "pagedown", "pageup", "G", "g", "ctrl+d", "ctrl+u", "slash", "v", "p", "n", "escape",
    "enter", "question_mark", "colon", "space", "a", "s", "ctrl+l", "r", "backslash", "tab", "escape",
]  # fmt: skip
SIZES = [(80, 24), (80, 23), (100, 30), (160, 45), (60, 20), (120, 24)]
_NOTHING = re.compile(r"\x1b\[\d+;\d+H(?=\n|\Z)")  # a way to where nothing is written
SAID = ["sent", "測試 Grüße 🔥 e\u0301", "x" * 200, "two\nlines"]


class Both:
    """Listens to the updates of an app; every one is written in both ways, on a terminal each."""

    def __init__(self, app: Any, colours: ColorSystem = ColorSystem.TRUECOLOR, erases: bool = True) -> None:
        self.app, self.erases = app, erases
        self.output = Output(erases)
        self.frames = self.bytes_plain = self.bytes_thin = 0
        app.console._color_system = colours
        display = app._display

        def both(screen: Any, update: Any) -> None:
            if update is not None and not app._batch_count:
                self.update(update)
            display(screen, update)

        app._display = both
        self.plain = self.thin = Terminal(1, 1)

    def update(self, update: Any) -> None:
        width, height = self.app.screen._compositor.size
        if (self.thin.columns, self.thin.lines) != (width, height):
            self.plain, self.thin = (Terminal(width, height, self.erases) for _ in range(2))
        plain = update.render_segments(self.app.console)
        self.plain.feed(plain.replace("\n", "\r\n"))
        thin = ThinOutput._sequence(self.app, self.output, update)
        self.thin.feed(thin)
        self.frames += 1
        self.bytes_plain, self.bytes_thin = self.bytes_plain + len(plain), self.bytes_thin + len(thin)
        assert not differences(self.thin, self.plain)


async def act(dice: random.Random, pilot: Any, app: Any, clock: Any) -> None:
    """Something that happens on a night."""
    what = dice.random()
    if what < 0.7:
        for _ in range(dice.randrange(1, 4)):
            key = dice.choice(KEYS)
            app.post_message(events.Key(key, key if len(key) == 1 else None))
            await asyncio.sleep(0.01)
    elif what < 0.8:
        await pilot.resize_terminal(*dice.choice(SIZES))
    elif what < 0.85:
        app.notify(dice.choice(SAID), severity="error", markup=False, timeout=dice.choice([0.05, 5]))
    elif what < 0.9:
        app.theme = dice.choice(sorted(set(app.available_themes) & {"dark", "light", "night", "mono", "plain"}))
    else:
        clock.now += dice.choice([1, 1, 61])
        app._second()
    await asyncio.sleep(0.02)


@pytest.fixture
def desk(whole: WholeDesk) -> WholeDesk:
    """Forty tickets, written in many scripts."""
    for number in range(40):
        create = Create(SAID[number % len(SAID)] + f" {number}", "Nothing\nworks 測試", customer="Nordkauf",
                        requestor="max@nordkauf.example", priority=1 + number % 4)  # fmt: skip
        whole.world.make(create, at=whole.clock.now - 600 * number)
    whole.sync()
    return whole


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every update of a part of the screen; each was made as Textual makes it as well, and is the same."""
    updates: list[str] = []
    update = Compositor.render_partial_update

    def render_partial_update(found: Compositor) -> Any:
        dirty = set(found._dirty_regions)
        with monkeypatch.context() as patched:
            patched.setattr(SparingCompositor, "_get_renders", Compositor._get_renders)
            patched.setattr(Straight, "render_lines", Widget.render_lines)
            theirs = update(found)
        found._dirty_regions.update(dirty)
        ours = update(found)
        if found.root is not None and ours is not None and theirs is not None:
            console = found.root.app.console
            updates.append(_NOTHING.sub("", ours.render_segments(console)))
            assert updates[-1] == _NOTHING.sub("", theirs.render_segments(console))
        return ours

    monkeypatch.setattr(SparingCompositor, "render_partial_update", render_partial_update)
    return updates


@pytest.mark.parametrize(
    ("seed", "colours"),
    [(0, ColorSystem.TRUECOLOR), (1, ColorSystem.EIGHT_BIT), (2, ColorSystem.STANDARD), (3, ColorSystem.TRUECOLOR)],
)
async def test_any_session_shows_the_same(
    desk: WholeDesk, themes: Any, seed: int, colours: ColorSystem, compared: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    dice = random.Random(seed)
    app = DeskApp(desk.services, themes=themes, plain=seed == 1)
    monkeypatch.setattr(app, "action_app_quit", lambda: None)
    both = Both(app, colours, erases=seed != 3)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for _ in range(60):
            await act(dice, pilot, app, desk.clock)
        assert both.frames > 40
        assert len(compared) > 20
    assert both.bytes_thin < both.bytes_plain / 2


KNOWN = {  # what of Textual 8.2.8 the thin output and the sparing compositor stand in for
    App._display: "4b78dff6669a455c",
    ChopsUpdate.render_segments: "4c1cdb567e0b8354",
    LayoutUpdate.render_segments: "ff329c722506c983",
    Compositor.render_update: "772c6b21953aff0e",
    Compositor._get_renders: "8ac93299aa5d3bef",
    Compositor._render_chops: "ca8c3359d7afd017",
    Strip.render_style: "749d890bb5c43510",
}


@pytest.mark.parametrize("method", KNOWN, ids=lambda method: method.__qualname__)
def test_textual_still_writes_as_it_did(method: Any) -> None:
    """If not: read what changed, then ui/thin.py and ui/sparing.py, and only then put the new digest here."""
    assert hashlib.sha256(inspect.getsource(method).encode()).hexdigest()[:16] == KNOWN[method]


def test_rows_that_change_in_the_same_columns_are_one_region() -> None:
    spans = [(1, 0, 80), (3, 0, 9), (4, 0, 9), (5, 0, 80), (5, 90, 99), (7, 2, 3)]
    assert runs(spans) == [(0, 1, 80, 1), (0, 3, 9, 2), (0, 5, 80, 1), (90, 5, 9, 1), (2, 7, 1, 1)]
    assert runs([]) == []
