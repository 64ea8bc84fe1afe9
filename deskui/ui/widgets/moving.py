"""The moves of a list (j k gg G ^d ^u …) for screens whose lists are views and option lists."""

from typing import Any

from textual.widget import Widget
from textual.widgets import OptionList


class Moving:
    """Mixed into a screen: sends the registry's `list.*` actions to the focused view or list."""

    def moved(self) -> Widget | None:
        """What moves: the focused widget."""
        screen: Any = self
        return screen.focused if isinstance(screen.focused, Widget) else None

    def _move(self, view: str, options: str, times: int = 1) -> None:
        widget: Any = self.moved()
        if widget is None:
            return
        name = options if isinstance(widget, OptionList) else view
        for _ in range(times if isinstance(widget, OptionList) else 1):
            getattr(widget, f"action_{name}")()

    def _half(self, way: int) -> None:
        widget = self.moved()
        if isinstance(widget, OptionList):
            self._move("", "cursor_down" if way > 0 else "cursor_up", max(1, widget.size.height // 2))
        elif widget is not None:
            widget.scroll_relative(y=way * max(1, widget.size.height // 2), animate=False)

    def action_list_down(self) -> None:
        """One line down."""
        self._move("scroll_down", "cursor_down")

    def action_list_up(self) -> None:
        """One line up."""
        self._move("scroll_up", "cursor_up")

    def action_list_half_down(self) -> None:
        """Half a page down."""
        self._half(1)

    def action_list_half_up(self) -> None:
        """Half a page up."""
        self._half(-1)

    def action_list_page_down(self) -> None:
        """A page down."""
        self._move("page_down", "page_down")

    def action_list_page_up(self) -> None:
        """A page up."""
        self._move("page_up", "page_up")

    def action_list_top(self) -> None:
        """To the first line."""
        self._move("scroll_home", "first")

    def action_list_bottom(self) -> None:
        """To the last line."""
        self._move("scroll_end", "last")
