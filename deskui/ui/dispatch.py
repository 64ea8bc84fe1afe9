"""Keys to actions: every screen of deskui looks its keys up in the registry, chords included."""

import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from inspect import isawaitable
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from textual import events
from textual.screen import ModalScreen, Screen

from deskui.domain.event import StoreChanged
from deskui.ui import actions, keymap
from deskui.ui.sparing import SparingCompositor
from deskui.ui.trouble import Calm

AIMED: "WeakKeyDictionary[events.Key, Any]" = WeakKeyDictionary()  # key event -> what had the focus when it came
PATIENCE_S = 1.0
WHICH_S = 0.4  # who knows the second key of a chord has typed it by then
MOST_DIGITS = 4
_TYPING = frozenset(("escape", "f1"))  # the only keys that are ours while somebody types


def is_field(widget: Any) -> bool:
    """Whether letters typed there are text; told by name: importing TextArea would delay the first paint."""
    return any(kind.__name__ in ("Input", "TextArea") for kind in type(widget).__mro__)


class Keys(Calm):
    """What `DeskScreen` and `DeskModal` share: key -> action -> method, of the screen or else of the app."""

    SCOPES: ClassVar[tuple[str, ...]] = ("app",)
    _chord = ""
    _digits = ""  # the digits typed before a move, in a preset that counts
    _which: Any = None  # the timer of the popup that says what may follow, then the popup
    _patience = 0.0  # until when a field is waited for
    _table: Mapping[str, actions.Action] | None = None
    _starts: frozenset[str] = frozenset()

    def table(self) -> Mapping[str, actions.Action]:
        """What each key means here."""
        if self._table is None:
            self._table = keymap.by_key(self.SCOPES)
            self._starts = keymap.prefixes(self._table)
        return self._table

    def keys_changed(self) -> None:
        """Other keys are in force from now on; a chord or count that was begun is forgotten."""
        self._table, self._digits, self._chord = None, "", ""
        self.chord_changed("")
        screen: Any = self
        for foot in screen.query("Foot"):
            foot.keys_changed()

    def knows(self, event: events.Key) -> bool:
        """Whether the key is one of this screen's, whatever has the focus."""
        screen: Any = self
        if is_field(screen.focused) and event.key not in _TYPING:
            return False
        keys = f"{self._chord} {event.key}" if self._chord else event.key
        return keys in self.table() or event.key in self._starts or bool(self._chord) or self._is_digit(event)

    def _is_digit(self, event: events.Key) -> bool:
        """Whether the key is a digit of a count, or the Esc that takes the count back."""
        if keymap.force.preset != "vim" or self._chord or "list" not in self.SCOPES:
            return False
        return (event.key.isdigit() and bool(self._digits or event.key != "0")) or bool(
            self._digits and event.key == "escape"
        )

    async def on_key(self, event: events.Key) -> None:
        """Runs what the key means; keys that mean nothing go on to Textual."""
        screen: Any = self
        if self.put_off(event):
            return
        if is_field(screen.focused) and event.key not in _TYPING:
            return
        table = self.table()
        if self._is_digit(event):
            event.stop()
            event.prevent_default()
            self._digits = f"{self._digits}{event.key}"[:MOST_DIGITS] if event.key.isdigit() else ""
            screen.app.key_done()
            return
        keys = f"{self._chord} {event.key}" if self._chord else event.key
        action, started = screen.app.alert_key(keys) or table.get(keys), not self._chord and event.key in self._starts
        was_chord, self._chord = bool(self._chord), event.key if started else ""
        if not (action or started or was_chord):
            return
        event.stop()
        event.prevent_default()
        if started or was_chord:
            self.chord_changed(self._chord)
        count = int(self._digits or 0)
        self._digits = self._digits if started else ""
        if action:
            await self.run(action, *([count] if count and action.scope == "list" else []))
        screen.app.key_done()

    def put_off(self, event: events.Key) -> bool:
        """Puts a key aside that was meant for a screen or field which an earlier key is just opening; whether it was.

        A screen with an `on_key` of its own asks this first.
        """
        screen: Any = self
        early = screen.app.screen is not self or not self.ready() or screen.app.keys_held
        if early or (event in AIMED and AIMED[event] is not screen.focused):
            screen.app.key_later(event)
            return True
        return False

    def ready(self) -> bool:
        """Whether keys can be taken: what was typed ahead waits until the field that it is meant for is there."""
        screen: Any = self
        if not screen.AUTO_FOCUS or screen.focused is not None:
            self._patience = 0.0
            return True
        self._patience = self._patience or time.monotonic() + PATIENCE_S
        return time.monotonic() > self._patience

    def method(self, action: actions.Action) -> Callable[..., Awaitable[None] | None] | None:
        """What does it: a method of this screen, else of the app; None: not offered here."""
        screen: Any = self
        return getattr(self, action.method, None) or getattr(screen.app, action.method, None)

    def refusal(self, action: actions.Action) -> str | None:
        """Why it cannot be done now, as a sentence; None: it can."""
        if not action.needs and self.method(action) is not None:
            return None
        from deskui.ui import refusing  # the first paint refuses nothing

        return refusing.why_not(self, action)

    async def run(self, action: actions.Action, *given: str | int) -> None:
        """Does it, with the word that it `takes` or the count before a move if one is given, or says why not."""
        screen: Any = self
        if reason := self.refusal(action):
            screen.app.say(reason)
            return
        method = self.method(action)
        result = method(*given) if method else None
        if isawaitable(result):
            await result

    def chord_changed(self, begun: str) -> None:
        """A chord was begun (its first key) or is over (empty): who hesitates is told what may follow."""
        screen: Any = self
        if self._which is not None:
            end = getattr(self._which, "stop", None) or self._which.remove
            end()
        self._which = screen.set_timer(WHICH_S, partial(self._show_which, begun)) if begun else None

    async def _show_which(self, begun: str) -> None:
        from deskui.ui.widgets.whichkey import WhichKey

        screen: Any = self
        if begun == self._chord and screen.is_mounted:
            found = [(key, action, self.refusal(action)) for key, action in keymap.follows(self.SCOPES, begun)]
            self._which = WhichKey(found)
            await screen.mount(self._which)

    def store_changed(self, changed: StoreChanged) -> None:
        """The store committed something; called on the visible screen, at most every 50 ms."""

    def tick(self, now: int) -> None:
        """A second went by (`now`: epoch seconds); called on the visible screen."""

    def show_status(self, text: str) -> None:
        """Shows a short remark where this screen has room for one."""
        screen: Any = self
        screen.app.notify(text, markup=False)

    @property
    def taken(self) -> str:
        """The key that is the banner's while there is one."""
        screen: Any = self
        return "a" if screen.has_class("-alert") else ""

    def banner_changed(self) -> None:
        """It came or went: the footer names the key no more, or again."""
        screen: Any = self
        for foot in screen.query("Foot"):
            foot.again()


class DeskScreen(Keys, Screen[Any]):
    """A full screen."""

    AUTO_FOCUS: ClassVar[str | None] = None
    DEFAULT_CSS = "DeskScreen { layers: default which; }"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._compositor = SparingCompositor()


class DeskModal(Keys, ModalScreen[Any]):
    """A dialog: its result is what `dismiss` was given; Esc gives None."""

    SCOPES: ClassVar[tuple[str, ...]] = ("dialog",)

    def action_dialog_cancel(self) -> None:
        """Closes it without a result."""
        self.dismiss(None)
