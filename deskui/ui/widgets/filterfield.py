"""The field of the filter: what may follow is shown dim, Tab takes it; the wrong character is marked."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events
from textual.suggester import Suggester

from deskui.ui.offering import completed
from deskui.ui.widgets.field import Field


class Mark(Highlighter):
    """Reverses the character at `at`; None: there is none."""

    at: int | None = None

    def highlight(self, text: Text) -> None:
        """The last one, if the query goes wrong at its end."""
        if self.at is not None and len(text):
            at = min(self.at, len(text) - 1)
            text.stylize("reverse", at, at + 1)


class Offer(Suggester):
    """The rest of what the last word may become."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.known: Mapping[str, Iterable[str]] = {}

    async def get_suggestion(self, value: str) -> str | None:
        """As it is shown."""
        found = completed(value, self.known)
        return None if found is None else found[0]


class FilterField(Field):
    """`known`: names that may be asked for, by field."""

    def __init__(self, **options: Any) -> None:
        self.mark, self.offer = Mark(), Offer()
        super().__init__(suggester=self.offer, highlighter=self.mark, **options)

    def wrong_at(self, place: int | None) -> None:
        """Marks the character at which the query goes wrong; None: it does not."""
        if place != self.mark.at:
            self.mark.at = place
            self.refresh()

    def take(self) -> None:
        """Takes what is offered."""
        found = completed(self.value, self.offer.known)
        if found is not None and self.cursor_at_end:
            self.value = found[1]
            self.cursor_position = len(self.value)

    def action_cursor_right(self, select: bool = False) -> None:
        """At the end it takes what is offered."""
        if not select and self.cursor_at_end:
            self.take()
        else:
            super().action_cursor_right(select)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "tab" and not self.closed and self.screen.focused is self:
            event.stop()
            event.prevent_default()
            self.take()
        else:
            await super()._on_key(event)
