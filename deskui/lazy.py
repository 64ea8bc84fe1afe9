"""What is loaded when it is first used, so that the first screen does not wait for it."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


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
