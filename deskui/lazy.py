"""What is loaded when it is first used, so that the first screen does not wait for it."""

import sys
import threading
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass


class Module:
    """Stands for a module that is imported when one of its names is first asked for.

    Beside it stands the true import under TYPE_CHECKING: the type checker and the import contracts see that one.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._module: Any = None

    def __getattr__(self, name: str) -> Any:
        if self._module is None:
            self._module = import_module(self._name)
        return getattr(self._module, name)


class Later:
    """Stands for a value that `make` makes when something of it is first asked for."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            self._made = self._make()
        return getattr(self._made, name)


def event_loop() -> None:
    """Imports asyncio as on a Python without OpenSSL, whose loading would delay the first paint: a screen speaks no
    TLS, and who does (the sync's own threads) imports it for itself.
    """
    modules: dict[str, Any] = sys.modules
    if "ssl" in modules:
        return
    modules["ssl"] = None
    try:
        import_module("asyncio")
    finally:
        del modules["ssl"]


_MAKING = threading.RLock()
_METHODS = (
    "__repr__", "__eq__", "__hash__", "__lt__", "__le__", "__gt__", "__ge__", "__setattr__", "__delattr__",
    "__match_args__", "__dataclass_params__", "__dataclass_fields__", "__init__",
)  # fmt: skip


class _Fields:
    """Stands for what `dataclasses` knows of a class, for whoever asks before there is an object of it."""

    def __init__(self, make: Callable[[], None]) -> None:
        self._make = make

    def __get__(self, _: Any, cls: Any) -> Any:
        self._make()
        return cls.__dataclass_fields__


def _dataclass(cls: Any = None, /, **options: Any) -> Any:
    """As `dataclasses.dataclass`, whose methods are written and compiled when the first object is made: half a
    millisecond for each of the seventy classes that the first screen only imports.  It knows no slots.
    """
    if cls is None:
        return partial(_dataclass, **options)

    def make() -> None:
        with _MAKING:
            if cls.__dict__["__init__"] is first:
                _finish(cls, options)

    def first(self: Any, *given: Any, **named: Any) -> None:
        make()
        cls.__init__(self, *given, **named)

    cls.__init__, cls.__dataclass_fields__ = first, _Fields(make)
    return cls


def _finish(cls: Any, options: dict[str, Any]) -> None:
    """Gives the class what `dataclasses` gives a twin of it; __init__ last, as another thread may be making one too."""
    import dataclasses

    ours = {"__init__", "__dataclass_fields__", "__dict__", "__weakref__"}
    body = {name: value for name, value in vars(cls).items() if name not in ours}
    twin = dataclasses.dataclass(**options)(type(cls)(cls.__name__, cls.__bases__, body))
    for field in dataclasses.fields(twin):
        if isinstance(vars(cls).get(field.name), dataclasses.Field):
            if field.name in vars(twin):
                setattr(cls, field.name, vars(twin)[field.name])
            else:
                delattr(cls, field.name)
    for name in _METHODS:
        if name in vars(twin):
            setattr(cls, name, vars(twin)[name])


if not TYPE_CHECKING:
    dataclass = _dataclass
