"""The actions that every screen has."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from deskui.ui.dispatch import Keys

if TYPE_CHECKING:
    from textual.app import App

    Base = App[None]
else:
    Base = object


class Everywhere(Base):
    """Mixed into the app."""

    services: Any
    say: Callable[..., None]
    forget_screen: Callable[[], None]
    tour: Any = None  # the one that is under way
    toured = False  # whether there was one: it need not be offered again

    def action_app_redraw(self) -> None:
        """Draws everything again."""
        self.forget_screen()
        self.refresh(repaint=True, layout=True)

    def action_app_tour(self) -> None:
        """Five things to do at the keys; where it has begun, its end."""
        from deskui.ui import tour

        if self.tour is None:
            self.tour, self.toured = tour.Tour(self), True
        else:
            self.tour.end(tour.LEFT)

    def alert_key(self, keys: str) -> Any:
        """Esc ends the tour before it means anything else."""
        if self.tour is not None and keys == "escape":
            from deskui.ui.actions import BY_ID

            return BY_ID["app.tour"]
        return super().alert_key(keys)  # type: ignore[misc]

    def action_app_suspend(self) -> None:
        """Back to the shell."""
        self.action_suspend_process()

    async def action_app_help(self) -> None:
        """All keys of this screen."""
        from deskui.ui.screens.help import HelpScreen

        await self._offer(HelpScreen)

    async def action_app_palette(self) -> None:
        """Every action, found by a few letters."""
        from deskui.ui.screens.help import PaletteScreen

        await self._offer(PaletteScreen)

    async def _offer(self, kind: Any) -> None:
        screen = self.screen
        if not isinstance(screen, Keys):
            return

        async def chosen(action: Any) -> None:
            if action is not None:
                await screen.run(action)

        self.push_screen(kind(screen), chosen)

    def action_app_command(self) -> None:
        """The command line."""
        from deskui.ui.screens.command import CommandScreen

        self.push_screen(CommandScreen(self.screen))

    def action_list_jump(self) -> None:
        """Letters at the rows of the screen."""
        from deskui.ui.screens.jump import JumpScreen

        screen: Any = self.screen
        self.push_screen(JumpScreen(screen.jump_view()))

    def action_app_queue(self) -> None:
        """Back to the queue, whatever stands on it."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def action_app_sync(self) -> None:
        """The sync screen."""
        from deskui.ui.screens.sync import SyncScreen

        if not isinstance(self.screen, SyncScreen):
            self.push_screen(SyncScreen(self.services))

    def action_app_log(self) -> None:
        """The log."""
        from deskui.ui.screens.log import LogScreen

        if self.services.home is None:
            self.say("this session has no log")
        elif not isinstance(self.screen, LogScreen):
            self.push_screen(LogScreen(self.services.home / "log" / "deskui.log"))

    def action_app_config(self) -> None:
        """The settings, in the person's own editor."""
        from deskui.ui import editor

        home = self.services.home
        if home is None or not (home / "config.toml").exists():
            self.say("this session has no config.toml")
            return
        self.say(editor.on_file(self, home / "config.toml"))

    def action_app_mouse(self) -> None:
        """On, or off again."""
        from deskui.ui import terminal

        self.say("the mouse is deskui's" if terminal.mouse(self) else "the mouse is the terminal's own")

    def action_app_drafts(self) -> None:
        """What was written and not sent."""
        from deskui.ui import drafting

        app: Any = self  # Textual's type for a worker leaves coroutine functions out
        app.run_worker(partial(drafting.choose, self), group="drafts", exclusive=True)

    def action_app_sync_now(self) -> None:
        """Asks the scheduler for a run now."""
        self.services.syncing.sync_now()
        self.say("sync asked for")

    def action_app_quit(self) -> None:
        """Leaves; asks first."""
        from deskui.ui.screens.choose import ChooseScreen

        def answered(answer: str | None) -> None:
            if answer == "yes":
                self.exit()

        self.push_screen(ChooseScreen("Leave deskui?", [("yes", "Yes, leave deskui")]), answered)
