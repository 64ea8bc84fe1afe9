"""Of an update of Textual's only what differs from the screen is written (`output`); the one place that knows how."""

import logging
import os
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from rich.color import ColorSystem
from textual import events
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip

from deskui.ui import firstframe
from deskui.ui.cells import UNKNOWN, Grid, cut
from deskui.ui.looks import PLAIN
from deskui.ui.output import Output, Piece

SMALL = 512  # bytes that a terminal shows in one go without being told to
# What goes wrong where Textual is not as we know it: then its own way of writing has to do.
_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)

log = logging.getLogger(__name__)


def _cells(strip: Strip, output: Output, colours: ColorSystem) -> tuple[str, str]:
    texts, looks = [], []
    for text, style, control in strip._segments:
        if control is not None:
            raise ValueError("a control code among the cells")
        look = PLAIN
        if style is not None:
            ansi = style._ansi
            if ansi is None:
                ansi = Strip.render_ansi(style, colours)
            link = f"\x1b]8;id={style._link_id};{style._link}\x1b\\" if style._link else ""
            look = _look(text, ansi, output, link)
        cells = output.glyphs.cells(text)
        texts.append(cells)
        looks.append(look * len(cells))
    return "".join(texts), "".join(looks)


def _look(text: str, ansi: str, output: Output, link: str = "") -> str:
    look = output.looks.char(ansi, link)
    return look if text.strip(" ") else output.looks.blank[look]


def _rows(update: LayoutUpdate, output: Output, colours: ColorSystem) -> Iterator[Piece]:
    for y, strips in enumerate(update.strips, update.region.y):
        texts, looks = zip(*(_cells(strip, output, colours) for strip in strips), strict=True)
        yield y, update.region.x, "".join(texts), "".join(looks)


def _chops(update: ChopsUpdate, output: Output, colours: ColorSystem) -> Iterator[Piece]:
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < last and end > first:
                text, looks = _cells(strip, output, colours)
                room = min(end, last) - x
                yield y, x, cut(text, room), looks[:room]


class ThinOutput:
    """Mixed into the app; DESKUI_OUTPUT=plain, or whatever goes wrong here, leaves the writing to Textual."""

    _first_size: tuple[int, int] | None = None  # of the first frame, until the console has painted

    @cached_property
    def _output(self) -> Output | None:
        return None if os.environ.get("DESKUI_OUTPUT") == "plain" else Output(firstframe.erases(os.environ.get))

    def forget_screen(self) -> None:
        """Something else wrote on the screen: the next update of a cell is written whatever was there."""
        if self._output is not None:
            self._output.forget()

    def begin_with(self, frame: firstframe.Frame) -> None:
        """The terminal shows the first frame; only what differs from it is written."""
        output, (width, _) = self._output, frame.size
        if output is None or frame.lost:
            return
        texts, looks = [], []
        for parts in frame.lines:
            known = all(firstframe.narrow(text) for text, _ in parts)  # other rows are written anew
            texts.append("".join(text for text, _ in parts) if known else UNKNOWN * width)
            looks.append(
                "".join(_look(text, ansi, output) * len(text) for text, ansi in parts) if known else PLAIN * width
            )
        output.know(Grid(width, texts, looks))
        self._first_size = frame.size

    def on_resize(self, event: events.Resize) -> None:
        """Nobody knows what is there now; what has its old size again after others Textual would leave as it is."""
        if self._output is not None and event.size != self._first_size:
            self._first_size = None
            app: Any = self
            self._output.forget()
            if event.size == (self._output.shown.width, len(self._output.shown.text)):
                app.action_app_redraw()

    def _display(self, screen: Any, renderable: Any) -> None:
        textual: Any = super()
        if not self._displayed(renderable):
            textual._display(screen, renderable)

    def _displayed(self, update: Any) -> bool:
        """Whether it was written here."""
        app: Any = self
        if self._output is None or update is None or app.is_headless or app._driver is None:
            return False
        if app._batch_count or not app._running or app._closed:
            return False
        try:
            sequence = self._sequence(app, self._output, update)
        except _FAILURES:
            log.warning("Textual writes to the terminal itself from now on", exc_info=True)
            self._output = None
            app.action_app_redraw()
            return False
        if sequence:
            app._driver.write(sequence)
        self._first_size = None
        app.post_display_hook()
        return True

    @staticmethod
    def _sequence(app: Any, output: Output, update: Any) -> str:
        colours = app.console._color_system or ColorSystem.TRUECOLOR
        cursor = None
        if hasattr(app.screen.focused, "cursor_screen_offset"):  # an input method may show its words there
            cursor = app.screen.outer_size.clamp_offset(app.cursor_position)
        if isinstance(update, LayoutUpdate):
            width, height = update.region.right, update.region.bottom
            sequence = output.frame(width, height, _rows(update, output, colours), cursor)
        elif isinstance(update, ChopsUpdate):
            width, height = update.chop_ends[0][-1], len(update.chops)
            sequence = output.frame(width, height, _chops(update, output, colours), cursor)
        else:
            raise TypeError(f"an update of an unknown kind: {type(update).__name__}")
        if app._sync_available and (output.moved or len(sequence) > SMALL):
            return SYNC_START + sequence + SYNC_END
        return sequence
