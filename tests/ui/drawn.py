"""Which colours meet on the screens: looks at every line that leaves for the terminal, all mixing done."""

from collections.abc import Iterator
from typing import Any

from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from deskui.ui.palette import COLOURS, GROUNDS

OWN = (ColorType.DEFAULT, ColorType.STANDARD)  # the terminal's own colours


class Drawn(LineFilter):
    """The last filter of an app: notes each pair of colours that a text is drawn with, and the text."""

    def __init__(self, app: Any) -> None:
        super().__init__()
        self.app = app
        self.pairs: dict[tuple[str, RichColor, RichColor], str] = {}  # (theme, text, ground) -> the first text

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        for text, style, control in segments:
            if control is None and style is not None and text.strip():
                self.pairs.setdefault((self.app.theme, *_colours(style)), text.strip())
        return segments

    def strangers(self) -> list[str]:
        """What the theme was not checked for, in words."""
        return [f"{said!r}: {wrong}" for pair, said in self.pairs.items() for wrong in self._wrong(*pair)]

    def _wrong(self, theme: str, text: RichColor, ground: RichColor) -> Iterator[str]:
        table = self.app.themes[theme]()
        if table.get("ansi"):
            for colour in (text, ground):
                if _ansi(colour) not in {table[name] for name in COLOURS}:
                    yield f"{colour.name} is none of the colours of {theme}"
            return
        ink, paper = _names(table, text), _names(table, ground)
        if not {(ink, paper), (paper, ink)} & _known(table):
            yield f"{ink} on {paper} is not in GROUNDS of deskui/ui/palette.py"


def _colours(style: Style) -> tuple[RichColor, RichColor]:
    text, ground = style.color or RichColor.default(), style.bgcolor or RichColor.default()
    return (ground, text) if style.reverse else (text, ground)


def _ansi(colour: RichColor) -> str:
    if colour.type not in OWN:
        return colour.name
    return f"ansi_{colour.name}"


def _names(table: Any, colour: RichColor) -> str:
    """The names of the theme's colours that look so; else how it looks."""
    look = colour.triplet.hex if colour.triplet else colour.name
    return "/".join(name for name in COLOURS if table[name] == look) or look


def _known(table: Any) -> set[tuple[str, str]]:
    """The pairs of GROUNDS, by the names that `_names` gives."""

    def names(token: str) -> str:
        return "/".join(name for name in COLOURS if table[name] == table[token])

    return {(names(text), names(ground)) for ground, texts in GROUNDS.items() for text in texts}
