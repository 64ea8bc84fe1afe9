"""Keeps when this console was last open, and says at its start that something happened meanwhile."""

import asyncio
from typing import Any

FIRST_S = 1.5  # after the first paint
KEEP_S = 60.0


class LeavingApp:
    """Mixed into the app."""

    services: Any
    _left_kept = False

    def on_mount(self) -> None:
        """Begins once the first screen is there."""
        app: Any = self
        if getattr(self.services, "since", None) is not None:
            app.set_timer(FIRST_S, self._left_first)

    def on_unmount(self) -> None:
        """From now on things are missed."""
        if self._left_kept:
            self._left_keep()

    def _left_first(self) -> None:
        app: Any = self
        app.run_worker(self._left_hint, group="since")
        app.set_interval(KEEP_S, self._left_keep)

    async def _left_hint(self) -> None:
        from deskui.services.since import HINTED, counted

        app: Any = self
        left = self.services.since.left
        if left is not None:
            found = await asyncio.wrap_future(self.services.since.items(left))
            if said := counted(found, HINTED):
                app.say(f"since {app.local(left):%H:%M}: {said} (gn)")
        self._left_keep()

    def _left_keep(self) -> None:
        app: Any = self
        self._left_kept = True
        self.services.since.keep(app.now())

    def action_app_since(self) -> None:
        """What happened while the console was closed."""
        from deskui.ui.screens.since import SinceScreen

        app: Any = self
        if not isinstance(app.screen, SinceScreen):
            app.push_screen(SinceScreen(self.services))
