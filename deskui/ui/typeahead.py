"""Keys typed ahead: they are taken one at a time, in order, and wait for the screen that they are meant for."""

import time
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual.message import Message

from deskui.ui.dispatch import AIMED, Keys

if TYPE_CHECKING:
    from textual.app import App

    Base = App[None]
else:
    Base = object

TYPED_AHEAD_S = 0.01
HELD_S = 1.0


class Followed(Message):
    """A mark that takes the way of the key before it (number `flight`), up to the app."""

    def __init__(self, flight: int) -> None:
        super().__init__()
        self.flight = flight


class TypeAhead(Base):
    """Mixed into the app, which says what is on `top`."""

    top: Any
    _early: list[events.Key]  # typed while another one was under way
    _held_until = 0.0
    _flying: Any = None  # the widget to which a key is under way
    _flight, _followed = 0, False

    @property
    def keys_held(self) -> bool:
        """Whether an action that is about to open a dialog is under way; never for longer than a second."""
        return time.monotonic() < self._held_until

    @keys_held.setter
    def keys_held(self, held: bool) -> None:
        self._held_until = time.monotonic() + HELD_S if held else 0.0

    def key_later(self, event: events.Key) -> None:
        """Keeps a key that came before the screen it is meant for was there; nobody types twice on a slow line."""
        event.stop()
        event.prevent_default()
        self._early.insert(0, events.Key(event.key, event.character))
        self.key_done()

    async def on_event(self, event: events.Event) -> None:
        """Keys are taken one at a time, in the order in which they were typed, and know what they were aimed at."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self._early or self._flying is not None:
                self._early.append(events.Key(event.key, event.character))
                self._follow()
            else:
                await self._take(event)
        else:
            await super().on_event(event)

    async def _take(self, event: events.Key) -> None:
        AIMED[event] = None if self.top is None else self.top.focused
        self._flying, self._flight = AIMED[event] or self.top, self._flight + 1
        known = isinstance(self.top, Keys) and self.top.knows(event)
        if known:  # straight to the screen, not through every widget around the focus
            self._flying = self.top
            self._flying._forward_event(event)
            return
        await super().on_event(event)
        if not event.is_forwarded:  # a priority binding took it
            self.key_done()

    def _follow(self) -> None:
        """Sends a mark after the key that is under way: when it comes back, the key has been everywhere."""
        if self._flying is not None and not self._followed:
            self._followed = True
            landed = partial(self._landed, self._flight)
            self.set_timer(HELD_S, landed)  # the widget may have gone, and the mark with it
            if not self._flying.post_message(Followed(self._flight)):
                self.key_done()

    def on_followed(self, message: Followed) -> None:
        """The key before the mark is done with."""
        self._landed(message.flight)

    def _landed(self, flight: int) -> None:
        if flight == self._flight:
            self.key_done()

    def key_done(self) -> None:
        """The key that was under way is done with, and the next one may come."""
        self._flying, self._followed = None, False
        if self._early:
            self.call_next(self._keys_again)

    async def _keys_again(self) -> None:
        if not self._early:
            return
        if self._flying is not None:
            self._follow()
            return
        screen = self.top
        if self.keys_held or (isinstance(screen, Keys) and not screen.ready()):
            self.set_timer(TYPED_AHEAD_S, self._keys_again)
            return
        await self._take(self._early.pop(0))
        if self._early:
            self._follow()
