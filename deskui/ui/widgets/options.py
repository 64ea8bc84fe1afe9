"""A list of lines to choose from, whose cursor is seen without colour too."""

from textual.style import Style
from textual.widgets import OptionList


class Options(OptionList):
    """An OptionList that keeps `text-style: reverse`, which Textual 8.2.8 drops from component styles."""

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        style = super().get_visual_style(*component_classes, partial=partial)
        if any(self.get_component_styles(name).text_style.reverse for name in component_classes):
            return style + Style(reverse=True)
        return style
