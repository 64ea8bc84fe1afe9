"""The moves of a list (j k gg G ^d ^u …) for screens whose lists are views and option lists."""

from typing import Any

from textual.widget import Widget
from textual.widgets import OptionList


class Moving:
    """Mixed into a screen: sends the registry's `list.*` actions to the focused view or list."""

    def _view(self) -> Any:
        screen: Any = self
        return screen.focused

    def jump_view(self) -> Any:
        """Whose rows get labels, if it has any."""
        return self._view()

    def _lines(self, lines: int) -> None:
        """Down (or up) by that many lines: the cursor of a list, else the view."""
        view = self._view()
        if isinstance(view, OptionList):
            for _ in range(min(abs(lines), view.option_count)):
                (view.action_cursor_down if lines > 0 else view.action_cursor_up)()
        elif isinstance(view, Widget):
            view.scroll_relative(y=lines, animate=False)

    def _page(self, pages: float) -> None:
        view = self._view()
        if isinstance(view, Widget):
            lines = max(1, int(abs(pages) * view.size.height))
            room = view.option_count if isinstance(view, OptionList) else lines
            self._lines(min(lines, room) if pages > 0 else -min(lines, room))

    def _end(self, last: bool) -> None:
        view = self._view()
        if isinstance(view, OptionList):
            (view.action_last if last else view.action_first)()
        elif isinstance(view, Widget):
            (view.scroll_end if last else view.scroll_home)(animate=False)

    def _line(self, number: int) -> None:
        """To that line, the first one being 1."""
        self._end(False)
        self._lines(number - 1)

    def action_list_down(self, times: int = 1) -> None:
        """One line down."""
        self._lines(times)

    def action_list_up(self, times: int = 1) -> None:
        """One line up."""
        self._lines(-times)

    def action_list_half_down(self, times: int = 1) -> None:
        """Half a page down."""
        self._page(0.5 * times)

    def action_list_half_up(self, times: int = 1) -> None:
        """Half a page up."""
        self._page(-0.5 * times)

    def action_list_page_down(self, times: int = 1) -> None:
        """A page down."""
        self._page(times)

    def action_list_page_up(self, times: int = 1) -> None:
        """A page up."""
        self._page(-times)

    def action_list_top(self, line: int = 1) -> None:
        """To the first line, or another one."""
        self._line(line)

    def action_list_bottom(self, line: int = 0) -> None:
        """To the last line, or another one."""
        if line:
            self._line(line)
        else:
            self._end(True)
