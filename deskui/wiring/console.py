"""The console of an open desk: theme, keys, the terminal's ground, the app, and what begins after the first paint."""

import gc
import logging
import os
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from deskui import config, lazy, resources
from deskui.config import Settings
from deskui.store.driver import StoreError

if TYPE_CHECKING:
    from deskui.ui.app import DeskApp
    from deskui.ui.ground import Terminal
    from deskui.ui.themes import Themes
    from deskui.wiring import Opened

FIRST_RUN_S = 0.3  # the first paint comes before the first sync


class Console:
    """The screen of `desk`."""

    def __init__(self, desk: "Opened") -> None:
        self._desk = desk
        self._app: DeskApp | None = None

    def run(self) -> int:
        """The screen, until it is left; the exit code."""
        lazy.event_loop()
        themes = self._themes()
        self._keys()
        plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
        ground = self._ground(asked=self._desk.settings.ui.theme == "auto" and not plain)
        from deskui.ui.app import DeskApp  # takes longer than the terminal's answer

        ground.settle()
        later = threading.Timer(FIRST_RUN_S, self._begin)
        later.daemon = True
        self._desk.ending.callback(later.cancel)
        app = DeskApp(
            self._desk.services, themes=themes, theme=self._desk.settings.ui.theme, ground=ground,
            theme_files=resources.own_themes(self._desk.home), keys_saved=self._keys_saved(),
            plain=plain, poll=self._look, painted=later.start,
            leave=None if self._desk.services.demo else self._leaving(),
        )  # fmt: skip
        self._app = app
        app.run(mouse=False)
        return app.return_code or 0

    def _leaving(self) -> Callable[["DeskApp"], None]:
        """Keeps what the next start's first frame needs."""
        from deskui.services.firstview import FirstView
        from deskui.ui.lastlook import LastLook

        view = FirstView(self._desk.services.desk, str(self._desk.home), list(self._desk.settings.upstream))
        return LastLook(view.leave, self._desk.settings.ui.theme).leave

    def _ground(self, asked: bool) -> "Terminal":
        """Whether the terminal is dark or light; `asked`: it is, while Textual is imported."""
        from deskui.ui.ground import Terminal

        ground = Terminal(os.environ, self._desk.home / "terminals")
        self._desk.ending.callback(ground.hand_over)  # where the console does not even begin
        if asked:
            ground.ask()
        return ground

    def _themes(self) -> "Themes":
        """Each theme's name, and how it is read when it is wanted.  ConfigError: the configured one is not there."""
        from deskui.ui import themefile, themes

        found = resources.themes(self._desk.home)
        if self._desk.settings.ui.theme not in (themes.AUTO, *found):
            problem = f"there is no theme {self._desk.settings.ui.theme!r}"
            hint = f"Set it to one of: {', '.join((themes.AUTO, *found))}."
            raise config.wrong(self._desk.home / "config.toml", ("ui", "theme"), problem, hint)
        return {name: partial(themefile.read, path) for name, path in found.items()}

    def _keys(self) -> None:
        """Puts the configured keys in force.  ConfigError: one of them does not fit."""
        ui, given = self._desk.settings.ui, self._desk.settings.keys
        if not ui.kitty_keys:
            os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"  # read when Textual is imported
        if given or ui.keys != config.Ui().keys:
            self._use_keys(self._desk.settings)

    def _use_keys(self, settings: Settings) -> None:
        from deskui.ui import keymap, remap

        keys = remap.in_force(settings.ui.keys, settings.keys)
        for fault in keys.faults:
            raise config.wrong(self._desk.home / "config.toml", ("keys", fault.id), fault.problem, fault.remedy)
        keymap.use(keys.actions, settings.ui.keys)

    def _keys_saved(self) -> Callable[[], str | None]:
        """Looks whether `config.toml` was saved with other keys: puts them in force, or says what is wrong with it."""
        from deskui.ui.saved import Saved

        path = self._desk.home / "config.toml"
        saved, before = Saved(path), [(self._desk.settings.ui.keys, self._desk.settings.keys)]

        def look() -> str | None:
            if not saved.again():
                return None
            try:
                told = config.load(path)
                if before[0] == (told.ui.keys, told.keys):
                    return None
                self._use_keys(told)
            except config.ConfigError as wrong:
                return f"{wrong} {wrong.hint} The keys stay as they were."
            before[0] = (told.ui.keys, told.keys)
            return ""

        return look

    def _begin(self) -> None:
        gc.freeze()  # what is loaded by now stays: a collection need not walk through it while a key waits
        gc.enable()
        self._desk.store.soundness.begin(self._damaged)
        if self._desk.store.readonly:
            self._read_only()
            return
        self._desk.start()
        try:
            self._desk.store.catch_up()
        except StoreError as error:  # of the disk; the screen says so at its own next read
            logging.getLogger(__name__).error("by which rules the clocks were derived cannot be read: %s", error)

    def _read_only(self) -> None:
        """Says that nothing is saved and nothing synced, and what to look at."""
        path = self._desk.store.path
        said = f"READ-ONLY: {path} may not be written by this user: nothing is saved, nothing is synced."
        if self._app is not None and self._app.is_running:
            self._app.call_from_thread(
                self._app.say, f"{said} Look at the owner and the mode of file and folder.", True
            )

    def _damaged(self, said: str) -> None:
        """Tells the screen, if it is still there."""
        if self._app is not None and self._app.is_running:
            self._app.call_from_thread(self._app.damaged, said)

    def _look(self) -> None:
        """Whether another process committed something."""
        self._desk.store.poll()
