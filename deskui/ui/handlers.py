"""Which classes of a screen handle a message is looked up once: Textual asks each of twenty for every message."""

from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import Any

from textual.message import Message

Handlers = Iterable[tuple[type, Callable[[Message], Awaitable[None]]]]


class Handling:
    """Mixed into whatever has many classes and takes messages with each key (the app, a screen)."""

    def _get_dispatch_methods(self, method_name: str, message: Message) -> Handlers:
        kinds: tuple[Any, Any] = type(self), type(message)
        classes = handling(method_name, *kinds)
        if classes is None:
            textual: Any = super()
            yield from textual._get_dispatch_methods(method_name, message)
            return
        for cls in classes:
            if message._no_default_action:  # somebody before has prevented it
                return
            found = cls.__dict__.get(f"_{method_name}") or cls.__dict__[method_name]
            yield cls, found.__get__(self, cls)


@lru_cache(1024)
def handling(method_name: str, pump: type, message: type[Message]) -> tuple[type, ...] | None:
    """Those with a method of that name, in the order in which they are asked; None: decorated ones are among them."""
    found = []
    for cls in pump.__mro__:
        if any(kind in (cls.__dict__.get("_decorated_handlers") or ()) for kind in message.__mro__):
            return None
        method = cls.__dict__.get(f"_{method_name}") or cls.__dict__.get(method_name)
        if method is not None:
            if getattr(method, "_textual_on", None):
                return None
            found.append(cls)
    return tuple(found)
