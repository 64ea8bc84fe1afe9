"""The moves of a list (j k gg G ^d ^u …) for screens whose lists are views and option lists."""

from typing import Any

from textual.widget import Widget
from textual.widgets import OptionList

from deskui.ui import keynames
from deskui.ui.widgets.foot import Foot


class Moving:
    """Mixed into a screen: sends the registry's `list.*` actions to the focused view or list."""

    def chord_changed(self, begun: str) -> None:
        """After the first key of a chord the bottom line says what may follow."""
        screen: Any = self
        follow = [(keys, action.word) for keys, action in screen.table().items() if keys.startswith(f"{begun} ")]
        for foot in screen.query(Foot):
            foot.say("  ".join(f"{keynames.show(keys)}:{word}" for keys, word in follow) if begun else "")

    def _view(self) -> Any:
        screen: Any = self
        return screen.focused

    def _lines(self, lines: int) -> None:
        """Down (or up) by that many lines: the cursor of a list, else the view."""
        view = self._view()
        if isinstance(view, OptionList):
            for _ in range(abs(lines)):
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

    def action_list_down(self) -> None:
        """One line down."""
        self._lines(1)

    def action_list_up(self) -> None:
        """One line up."""
        self._lines(-1)

    def action_list_half_down(self) -> None:
        """Half a page down."""
        self._page(0.5)

    def action_list_half_up(self) -> None:
        """Half a page up."""
        self._page(-0.5)

    def action_list_page_down(self) -> None:
        """A page down."""
        self._page(1)

    def action_list_page_up(self) -> None:
        """A page up."""
        self._page(-1)

    def action_list_top(self) -> None:
        """To the first line."""
        self._end(False)

    def action_list_bottom(self) -> None:
        """To the last line."""
        self._end(True)
