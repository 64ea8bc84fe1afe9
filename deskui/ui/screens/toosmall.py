"""What a too small terminal shows; everything else waits behind it, unchanged."""

from textual.app import ComposeResult

from deskui.ui.dispatch import DeskScreen
from deskui.ui.widgets.line import Line


class TooSmallScreen(DeskScreen):
    """Says which size is needed."""

    SCOPES = ()

    def compose(self) -> ComposeResult:
        """Three short lines."""
        yield Line("too small", id="what")
        yield Line("need 80x24")
        yield Line(id="have")

    def on_resize(self) -> None:
        """The size there is now."""
        self.query_one("#have", Line).show(f"have {self.app.size.width}x{self.app.size.height}")
