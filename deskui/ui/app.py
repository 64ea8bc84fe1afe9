"""The console: one Textual app that shows screens, passes on what the store committed, and counts the seconds."""

import logging
import os
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.text import Text
from textual import events
from textual.app import App
from textual.driver import Driver
from textual.filter import LineFilter
from textual.message import Message

from deskui.domain.event import StoreChanged
from deskui.text import block
from deskui.ui import terminal
from deskui.ui.alerting import AlertApp
from deskui.ui.damaged import DamagedApp
from deskui.ui.dispatch import Keys
from deskui.ui.everywhere import Everywhere
from deskui.ui.ground import Ground
from deskui.ui.leaving import LeavingApp
from deskui.ui.slaapp import SlaApp
from deskui.ui.themes import ThemedApp, Themes
from deskui.ui.thin import ThinOutput
from deskui.ui.trouble import CalmApp
from deskui.ui.typeahead import TypeAhead

LEAST = (80, 24)
USABLE = (80, 22)  # an 80x24 terminal inside tmux has 23 lines left: works, and says that it is small
COALESCE_S = 0.05

log = logging.getLogger(__name__)


@contextmanager
def _no_color(wanted: bool) -> Iterator[None]:
    """Textual reads NO_COLOR once, when an app is made."""
    there = "NO_COLOR" in os.environ
    if wanted:
        os.environ["NO_COLOR"] = "1"
    try:
        yield
    finally:
        if wanted and not there:
            del os.environ["NO_COLOR"]


class Committed(Message):
    """The store committed something (posted from its writer thread)."""

    def __init__(self, changed: StoreChanged) -> None:
        super().__init__()
        self.changed = changed


class DeskApp(
    Everywhere,
    AlertApp,
    DamagedApp,
    LeavingApp,
    TypeAhead,
    ThemedApp,
    SlaApp,
    CalmApp,
    ThinOutput,
    App[None],
    inherit_bindings=False,
):
    """The app; `services` is all it knows of the desk.

    `theme` is one of `themes` or `auto`, then as `ground` says; `plain` means no colour at all; `poll` looks for
    commits of other processes and is called once a second; `leave` is told what the next start's first frame needs;
    a theme is worn anew when its one of `theme_files` was saved; `keys_saved` looks once a second whether other keys
    are in force ("") or were saved with a fault (what is wrong).
    """

    TITLE = "deskui"
    CSS_PATH = "deskui.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide"), (160, "-xl")]  # noqa: RUF012 - as Textual declares it
    ALLOW_SELECT = False
    monotonic = staticmethod(time.monotonic)  # how long ago the last key was

    def __init__(
        self,
        services: Any,
        *,
        themes: Themes,
        theme: str = "dark",
        theme_files: Mapping[str, Path] | None = None,
        keys_saved: Callable[[], str | None] = lambda: None,
        ground: Ground | None = None,
        plain: bool = False,
        poll: Callable[[], None] | None = None,
        painted: Callable[[], None] | None = None,
        leave: Callable[[Any], None] | None = None,
    ) -> None:
        self.plain = plain or "NO_COLOR" in os.environ
        with _no_color(self.plain):
            super().__init__(driver_class=terminal.DeskDriver, ansi_color=True if self.plain else None)
        if self.console.is_dumb_terminal:  # of which Rich says that it has 25 rows, and the layout would never rest
            self.console._environ = {**os.environ, "TERM": "vt100"}
        self.services = services
        self._keys_saved = keys_saved
        self._poll, self._painted, self._leave = poll, painted, leave
        self._news: StoreChanged | None = None
        self._inert = terminal.Inert()
        self._early: list[events.Key] = []  # typed while another one was under way
        self._hear_no_more: Callable[[], None] | None = None
        self._small = False
        self.themes, self.ground, self.theme_files = themes, ground or Ground(), theme_files or {}
        self.wear(theme)
        zone = getattr(services, "zone", UTC)
        self.zone: tzinfo = ZoneInfo(zone) if isinstance(zone, str) else zone

    # --- life

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's own, and the net under untrusted text."""
        return [*super().get_line_filters(), self._inert]

    def get_default_screen(self) -> Any:
        """The queue."""
        from deskui.ui.screens.queue import QueueScreen

        first = QueueScreen(self.services)
        fits = [name for least, name in self.HORIZONTAL_BREAKPOINTS if self.size.width >= least]
        return first.add_class(*fits[-1:])  # else Textual styles every widget twice before the first paint

    def on_mount(self) -> None:
        """Starts listening and counting."""
        self.set_class(not self.is_headless and self.console.color_system == "standard", "-few")
        terminal.watch_signals(self)
        self._hear_no_more = self.services.listen(self._committed)
        self.app_resume_signal.subscribe(self, lambda _: self.action_app_redraw())  # back from ^Z: nothing is there
        self.set_interval(1.0, self._second)

    def on_unmount(self) -> None:
        """Stops listening: the store may outlive the screen."""
        if self._hear_no_more is not None:
            self._hear_no_more()

    def painted(self) -> None:
        """Called by the first screen when it has been drawn: what would have delayed it may begin."""
        begin, self._painted = self._painted, None
        if begin is not None:
            begin()

    def now(self) -> int:
        """Epoch seconds, from the services' clock."""
        return int(self.services.clock())

    def local(self, at: int) -> datetime:
        """A time in the desk's zone."""
        return datetime.fromtimestamp(at, UTC).astimezone(self.zone)

    def _committed(self, changed: StoreChanged) -> None:  # on the store's thread
        self.post_message(Committed(changed))

    def on_committed(self, message: Committed) -> None:
        """Collects what was committed and tells the visible screen soon."""
        before, new = self._news, message.changed
        if before is None:
            self._news = new
            self.set_timer(COALESCE_S, self._tell)
        else:
            self._news = StoreChanged(before.tickets | new.tickets, before.other | new.other)

    def _tell(self) -> None:
        news, self._news = self._news, None
        if news is None:
            return
        for screen in self.screen_stack:
            if isinstance(screen, Keys):
                screen.store_changed(news)

    def _second(self) -> None:
        if terminal.hung_up(self._driver):
            terminal.leave(self, 129)
            return
        if self._poll is not None:
            self._poll()
        self.look_at_theme()
        self._look_at_keys()
        top = self.top
        if isinstance(top, Keys):
            top.tick(self.now())
        self.left()

    def left(self) -> None:
        """Tells what the next start's first frame needs."""
        if self._leave is not None:
            self._leave(self)

    def _look_at_keys(self) -> None:
        wrong = self._keys_saved()
        if wrong:
            self.say(wrong, error=True)
        elif wrong is not None:
            for screen in self.screen_stack:
                if isinstance(screen, Keys):
                    screen.keys_changed()
            self.action_app_redraw()
            self.say("keys as saved")

    @property
    def top(self) -> Any:
        """The visible screen; None while the app begins or ends."""
        return next(reversed(self.screen_stack), None)

    def on_resize(self, event: events.Resize) -> None:
        """Below the smallest size one screen says so; above it everything is as it was."""
        small = event.size.width < USABLE[0] or event.size.height < USABLE[1]
        if small and not self._small and self.top is not None:
            from deskui.ui.screens.toosmall import TooSmallScreen

            self._small = True
            self.push_screen(TooSmallScreen())
        elif self._small and not small:
            self._small = False
            self.pop_screen()

    # --- saying things

    def say(self, text: str, error: bool = False) -> None:
        """A remark to the person at the keys: in the status line of the screen, or as a toast."""
        if isinstance(self.top, Keys) and not error:
            self.top.show_status(text)
        else:
            self.notify(block(text, 400), markup=False, severity="error" if error else "information", timeout=8)

    def copy_to_clipboard(self, text: str, shown: str = "") -> None:
        """By OSC 52, wrapped for tmux; nobody can know whether the terminal took it.  `shown` says what it is."""
        sequence = terminal.clipboard(text)
        if sequence is None:
            self.say("too long for the terminal's clipboard", error=True)
            return
        terminal.write(self, sequence)
        self.say(f"sent to terminal: {shown}" if shown else "sent to terminal")

    # --- the end of all things

    def _fatal_error(self) -> None:
        """The crash screen: what went wrong, without any local variable, secret or control byte."""
        from deskui.log import hidden

        said = hidden(traceback.format_exc())
        log.error("the console stopped", exc_info=True)
        self._exit_renderables.append(Text(f"{block(said)}\ndeskui stopped; what you had saved is in the store."))
        self._close_messages_no_wait()

    def get_driver_class(self) -> type[Driver]:
        """Ours on a terminal."""
        return terminal.DeskDriver
