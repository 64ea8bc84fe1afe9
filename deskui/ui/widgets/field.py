"""An Input that lets go at Enter: what is typed ahead after it belongs to the screen that comes next."""

from typing import Any

from textual import events
from textual.widgets import Input


class Field(Input):
    """After Enter it takes no key until `reopen`; the keys wait for whatever has the focus then."""

    closed = False

    def on_mount(self) -> None:
        """No blinking: it costs 1.8 kB a second."""
        self.cursor_blink = False

    def reopen(self) -> None:
        """Takes keys again (the line was wrong and is to be corrected, or the field is used anew)."""
        self.closed = False

    async def _on_key(self, event: events.Key) -> None:
        app: Any = self.app
        if self.closed or self.screen.focused is not self:
            app.key_later(event)
            return
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.closed = True
            self.post_message(self.Submitted(self, self.value))
        elif bound := self._bindings.key_to_bindings.get(event.key):
            event.stop()  # here and now: by way of the app it would come after the keys that follow it
            event.prevent_default()
            await self.run_action(bound[0].action)
        else:
            await super()._on_key(event)
