"""What the disk refuses is said, and the screen goes on as it was: Textual would end the app with a traceback."""

import logging
import time
from typing import Any

from deskui.services.trouble import StoreError
from deskui.ui.handlers import Handling

AGAIN_S = 30.0  # the same refusal is said once in so long, not each second

log = logging.getLogger(__name__)


class Calm(Handling):
    """For whatever takes messages (a screen, a widget, the app): a StoreError ends the message, not the console."""

    async def _dispatch_message(self, message: Any) -> None:
        rest: Any = super()
        try:
            await rest._dispatch_message(message)
        except StoreError as error:
            pump: Any = self
            pump.app.trouble(error)


class CalmApp(Calm):
    """The same for the app, and for what fails in a worker or while it is drawn."""

    _trouble = ("", 0.0)  # what was refused last, and until when it is not said again

    def _handle_exception(self, error: Exception) -> None:
        cause: Any = getattr(error, "error", error)  # of a worker
        rest: Any = super()
        if isinstance(cause, StoreError):
            self.trouble(cause)
        else:
            rest._handle_exception(error)

    def trouble(self, error: StoreError) -> None:
        """Says it where the person at the keys sees it, and in the log."""
        text, now = f"{error}: {error.hint}" if error.hint else str(error), time.monotonic()
        if text != self._trouble[0] or now >= self._trouble[1]:
            app: Any = self
            self._trouble = (text, now + AGAIN_S)
            log.warning("the store refused: %s", text)
            app.say(text, error=True)
