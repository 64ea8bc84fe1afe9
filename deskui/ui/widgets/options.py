"""A list of lines to choose from, whose cursor is seen without colour too."""

from collections.abc import Collection

from textual.strip import Strip
from textual.style import Style
from textual.widgets import OptionList


class Options(OptionList):
    """An OptionList that keeps `text-style: reverse`, which Textual 8.2.8 drops from component styles.

    Those in `dim` look as if they were disabled, but can be chosen: what is behind them says why it is not done.
    """

    dim: Collection[int] = ()
    _drawn = -1

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        names = component_classes
        if self._drawn in self.dim and names == ("option-list--option",):
            names = (*names, "option-list--option-disabled")
        style = super().get_visual_style(*names, partial=partial)
        if any(self.get_component_styles(name).text_style.reverse for name in names):
            return style + Style(reverse=True)
        return style

    def jumps(self) -> list[tuple[int, int]]:
        """The line in view of each option that can be chosen, and its index."""
        top = self.scroll_offset.y
        seen = enumerate(self._lines[top : top + self.content_region.height])
        return [(y, at) for y, (at, part) in seen if not part and not self.get_option_at_index(at).disabled]

    def jump(self, row: int) -> None:
        """The cursor on that option."""
        if row < self.option_count:
            self.highlighted = row

    def render_line(self, y: int) -> Strip:
        at = self.scroll_offset.y + y
        self._drawn = self._lines[at][0] if at < len(self._lines) else -1
        return super().render_line(y)
