"""Which colours meet on the screens: looks at every line that leaves for the terminal, all mixing done."""

from typing import Any

from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from deskui.ui.palette import COLOURS, DEFAULT, GROUNDS, SIXTEEN


class Drawn(LineFilter):
    """The last filter of an app: notes each pair of colours that a text is drawn with, and the text."""

    def __init__(self, app: Any) -> None:
        super().__init__()
        self.app = app
        self.worn: set[str] = set()
        self.pairs: dict[tuple[RichColor, RichColor], str] = {}  # (text, ground) -> the first text

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        self.worn.add(self.app.theme)
        for text, style, control in segments:
            if control is None and style is not None and text.strip():
                self.pairs.setdefault(_colours(style), text.strip())
        return segments

    def strangers(self) -> list[str]:
        """What no theme that was worn is checked for, in words."""
        tables = [self.app.themes[name]() for name in sorted(self.worn)]
        found = []
        for pair, said in self.pairs.items():
            wrong = [_wrong(table, *pair) for table in tables]
            if all(wrong):
                found.append(f"{said!r}: {' and '.join(wrong)}")
        return found


def _wrong(table: Any, text: RichColor, ground: RichColor) -> str:
    ink, paper = _names(table, text), _names(table, ground)
    if table.get("ansi"):
        strange = [name for name in (ink, paper) if not set(name.split("/")) & set(COLOURS)]
        return f"{strange} is none of the colours of {table['name']}" if strange else ""
    if {(ink, paper), (paper, ink)} & _known(table):
        return ""
    return f"{ink} on {paper} ({table['name']}) is not in GROUNDS of deskui/ui/palette.py"


def _colours(style: Style) -> tuple[RichColor, RichColor]:
    text, ground = style.color or RichColor.default(), style.bgcolor or RichColor.default()
    return (ground, text) if style.reverse else (text, ground)


def _names(table: Any, colour: RichColor) -> str:
    """The names of the theme's colours that look so; else how it looks."""
    look = _look(colour)
    return "/".join(name for name in COLOURS if table[name] == look) or look


def _look(colour: RichColor) -> str:
    """As a theme's file has it."""
    if colour.is_default:
        return DEFAULT
    if colour.type is ColorType.STANDARD and colour.number is not None:
        return SIXTEEN[colour.number]
    return colour.triplet.hex if colour.triplet else colour.name


def _known(table: Any) -> set[tuple[str, str]]:
    """The pairs of GROUNDS, by the names that `_names` gives."""

    def names(token: str) -> str:
        return "/".join(name for name in COLOURS if table[name] == table[token])

    return {(names(text), names(ground)) for ground, texts in GROUNDS.items() for text in texts}
