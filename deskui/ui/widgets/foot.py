"""The bottom line: the most important keys of a screen, from the registry, and how old what is shown is."""

from typing import Any

from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from deskui import text
from deskui.ui import keymap, status

AGE_S = 2.0


class Foot(Static):
    """One line of `key:word` hints, the last ones dropped where it is narrow, and at the right the age of the sync."""

    DEFAULT_CSS = "Foot { dock: bottom; height: 1; background: $bar; color: $foreground; }"

    def __init__(self, scopes: tuple[str, ...] = (), hints: str = "") -> None:
        super().__init__(Content(""), classes="bar")
        self.scopes = () if hints else scopes
        self.own = hints
        self.said = ""

    def on_mount(self) -> None:
        self.set_interval(AGE_S, self.again)

    def on_resize(self, event: Resize) -> None:
        self.again()

    def keys_changed(self) -> None:
        """Other keys are in force."""
        self.again()

    @property
    def hints(self) -> list[str]:
        """The usual ones, without the key that a banner takes."""
        screen: Any = self.screen
        return (self.own or keymap.footer(self.scopes, taken=screen.taken)).split("  ")

    def say(self, hints: str) -> None:
        """Other hints for a while; empty: the usual ones again."""
        self.said = hints
        self.again()

    def again(self) -> None:
        """Draw it anew: the sync may be older, or over."""
        app: Any = self.app
        age = text.line(status.sync_age(app.services.syncing.status(), app.now(), app.local))
        room = self.size.width - len(age) - 2
        hints = status.fit(self.said.split("  ") if self.said else self.hints, room)
        self.update(Content(f"{text.pad(hints, room)}  {age}"))
