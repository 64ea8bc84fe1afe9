"""What the queue looks like on this terminal, for the next start's first frame: each part's SGR parameters."""

import os
from collections.abc import Callable
from typing import Any

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from deskui.domain.night import NIGHT
from deskui.ui import firstframe, keymap, rows, status
from deskui.ui.countdown import LEVELS
from deskui.ui.screens.queue import QueueScreen
from deskui.ui.widgets.line import STYLES

Leave = Callable[..., Any]  # as `FirstView.leave`


class LastLook:
    """Tells `to` once a second, and at the end, what the next start needs; looks are asked for anew on another ground.

    That is what the queue comes back to (`Viewing.kept`), not always what it shows.  A theme that was chosen at the
    keys lasts as long as this console: the next one wears the configured one again.
    """

    def __init__(self, to: Leave, theme: str) -> None:
        self._to, self._theme = to, theme
        self._known: tuple[Any, list[str]] = (None, [])

    def leave(self, app: Any) -> None:
        """What the first paint of `app` would be now, if its queue is there."""
        screen = next(iter(app.screen_stack), None)
        if app.wanted != self._theme or not isinstance(screen, QueueScreen):
            return
        worn = (app.theme, app.console._color_system)
        if self._known[0] != worn:
            if not screen.whole or len(app.screen_stack) > 1:
                return
            self._known = worn, looks(app, screen)
        night = " ".join(map(str, getattr(app.services, "night", NIGHT) or ()))
        shown = screen.kept
        left = screen.label_of(shown.view), status.asked(shown.query), shown.columns
        plain = status.OPEN, status.asked(""), rows.USUAL
        self._to(app.now(), shown, (left, plain), night, keymap.hints(screen.SCOPES), self._known[1])


def looks(app: Any, screen: QueueScreen) -> list[str]:
    """Which terminal, and the looks in the order of LOOKS."""
    said = {name: _ansi(app, screen.line(name), screen.line(name).rich_style) for name in ("header", "query", "titles")}
    bottom, tickets = screen.line("status"), screen.list
    said["status"] = _ansi(app, bottom, bottom.rich_style)
    for word in ("error", "warning"):
        said[word] = _ansi(app, bottom, bottom.rich_style + Style.parse(STYLES[word]))
    said["footer"] = _ansi(app, screen.line("footer"), screen.line("footer").rich_style)
    said["blank"] = _ansi(app, screen, screen.rich_style)
    for chosen, base, mark in ((False, "row", ""), (True, "cursor", "+")):
        for level in LEVELS:
            first, rest = tickets.styles_of(level, chosen)
            said[base], said[f"{level}{mark}"] = _ansi(app, tickets, rest), _ansi(app, tickets, first)
    return [firstframe.terminal(os.environ.get), *(said[name] for name in firstframe.LOOKS)]


def _ansi(app: Any, widget: Widget, style: Style) -> str:
    """As it leaves for the terminal, after Textual's filters."""
    segments = [Segment("x", style)]
    for each in widget.get_line_filters():
        segments = each.apply(segments, widget.background_colors[1])
    left = segments[0].style
    return "" if left is None else Strip.render_ansi(left, app.console._color_system or ColorSystem.TRUECOLOR)
