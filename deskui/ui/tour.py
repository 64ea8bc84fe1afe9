"""The tour of the demo: five things to do with real keys; each ends when it has happened, and Esc ends them all."""

from collections.abc import Callable
from typing import Any, NamedTuple

from deskui.ui import keymap, rows
from deskui.ui.dispatch import DeskScreen
from deskui.ui.widgets.line import Line

LOOK_S = 0.2  # so often it looks whether the thing has happened; what it says is sent only when it changes
SCOPES = ("list", "queue", "verb", "write")
END = "That was the tour. ? shows every key, Esc goes back one level, :tour begins again."
LEFT = "the tour is over; :tour begins it again"


class Step(NamedTuple):
    """What is asked for, with the `keys` (as delivered) that are named in it, and whether it has happened."""

    asks: str
    keys: tuple[str, ...]
    done: Callable[["Tour"], bool]


class Tour:
    """One that has begun, on this app: it watches, and takes no key but Esc."""

    def __init__(self, app: Any) -> None:
        self.app, self.at = app, 0
        self._remember()
        self._timer = app.set_interval(LOOK_S, self.look)
        self.look()

    # what the steps look at

    def _remember(self) -> None:
        """How things are when a step begins."""
        self.was_on, self.was_done = self.cursor(), self.deeds()

    def cursor(self) -> int | None:
        """The row id under the cursor of the queue."""
        pk: int | None = self.queue.list.current_pk
        return pk

    def deeds(self) -> tuple[str, ...]:
        """What was done here and can be undone, oldest first."""
        from deskui.services.deeds import Deeds

        return tuple(deed.group for deed in Deeds(self.app.services.desk).history().undo)

    @property
    def queue(self) -> Any:
        """The first screen, which is always there."""
        return self.app.screen_stack[0]

    # what it says

    def look(self) -> None:
        """Goes on where the step has happened, and says what is next on every screen."""
        if not self.app.screen_stack or not self.queue.whole:
            return  # the console ends
        if STEPS[self.at].done(self):
            self.at += 1
            if self.at == len(STEPS):
                self.end(END)
                return
            self._remember()
        said = self.says()
        for screen in self.app.screen_stack:
            if isinstance(screen, DeskScreen):
                self._show(screen, said)

    def says(self) -> str:
        """The step in one line, with the keys that are in force."""
        step = STEPS[self.at]
        return f"TOUR {self.at + 1}/{len(STEPS)}  {step.asks.format(*(keymap.shown(key, SCOPES) for key in step.keys))}"

    @staticmethod
    def _show(screen: DeskScreen, said: str) -> None:
        shown = screen.query("#tour")
        line = shown.first(Line) if shown else Line(id="tour", classes="heading")
        line.show(said, "Esc:end")
        if not shown:
            screen.add_class("-tour")
            screen.mount(line, before=0)

    def end(self, why: str) -> None:
        """Nothing of it stays on any screen; a toast says why."""
        self._timer.stop()
        self.app.tour = None
        for screen in self.app.screen_stack:
            screen.remove_class("-tour")
            screen.query("#tour").remove()
        self.app.notify(why, markup=False, timeout=8)


def _moved(tour: Tour) -> bool:
    return tour.cursor() not in (None, tour.was_on)


def _own(tour: Tour) -> bool:
    """Something was done, and the ticket under the cursor is ours."""
    row = tour.queue.list.current
    return tour.deeds()[-1:] != tour.was_done[-1:] and row is not None and row[rows.OWNER] in tour.app.services.mine()


def _undone(tour: Tour) -> bool:
    return bool(tour.was_done) and tour.was_done[-1] not in tour.deeds()


def _filtered(tour: Tour) -> bool:
    queue = tour.queue
    return queue.query_text != queue.own_query and not queue._typing


def _previewed(tour: Tour) -> bool:
    """A reply that is about to leave stands in a question over its editor."""
    stack: list[Any] = tour.app.screen_stack[-2:]
    return bool(getattr(stack[0], "is_reply", False)) and " reads:" in getattr(stack[-1], "body", "")


STEPS = (
    Step("{0} {1}, or {2} and a letter: to another ticket", ("j", "k", "f"), _moved),
    Step("{0}: the ticket is yours, and acknowledged", ("a",), _own),
    Step("{0}: undo that", ("u",), _undone),
    Step("{0} and vpn, live, then Enter: only those; {1} shows all again", ("slash", "backslash"), _filtered),
    Step("{0}, a word, {1}: the mail as its reader gets it; not sent yet", ("C", "f2"), _previewed),
)
"""The five, in their order."""
