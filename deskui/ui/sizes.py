"""How much of the screen is the list's: a larger or smaller preview, and the list alone."""

from typing import Any

from deskui.ui.frame import Frame
from deskui.ui.widgets.preview import Preview

STEP = 2  # messages


class Sizes(Frame):
    """Mixed into the queue."""

    async def action_queue_larger(self) -> None:
        """Two messages more, while half of the screen is left to the list."""
        await self._resize_preview(STEP)

    async def action_queue_smaller(self) -> None:
        """Two messages fewer."""
        await self._resize_preview(-STEP)

    async def _resize_preview(self, by: int) -> None:
        app: Any = self.app
        preview = self.query_one(Preview)
        most = max(STEP, (app.size.height - 6) // 2 - 2)
        wanted = min(most, preview.last + by)
        if not preview.display or wanted < 0 or wanted == preview.last:
            app.say("the preview is hidden: zp shows it" if not preview.display else "it is as it can be")
            return
        await preview.resize(wanted)
        self._show_preview()

    def action_queue_zoom(self) -> None:
        """The list alone, or with what stands beside and below it."""
        self.set_class(not self.has_class("-zoom"), "-zoom")
        self.call_after_refresh(self._show_all)
