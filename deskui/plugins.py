"""Plug-ins: names from files and package metadata; a module is imported only when its name is used."""

import logging
import os
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

# kind -> the package whose files are its built-in ones
KINDS = {
    "upstreams": "deskui.upstream",
    "checks": "deskui.diagnostics.checks",
}
_NOT = frozenset(("base", "__init__"))


class PluginError(Exception):
    """There is no such plug-in, or it may not be loaded; the message says why."""


def names(kind: str, home: Path) -> tuple[str, ...]:
    """All names of a kind, sorted; nothing is imported."""
    found = {path.stem for path in _builtin(kind).glob("*.py")}
    found |= {path.stem for path in _own(kind, home).glob("*.py")}
    found |= {name for name, _ in _installed(kind)}
    return tuple(sorted(name for name in found if not name.startswith("_") and name not in _NOT))


def known(kind: str, name: str, home: Path) -> bool:
    """Whether there is one; the metadata of installed packages is read only if no file has the name."""
    if not name.isidentifier() or name.startswith("_") or name in _NOT:
        return False
    files = (_builtin(kind) / f"{name}.py", _own(kind, home) / f"{name}.py")
    return any(path.is_file() for path in files) or name in names(kind, home)


def load(kind: str, name: str, home: Path) -> ModuleType:
    """The module of a plug-in: the user's own file first, then a package's, then the built-in one."""
    if not known(kind, name, home):
        raise PluginError(f"there is no {kind[:-1]} {name!r}; there are: {', '.join(names(kind, home)) or 'none'}")
    own = _own(kind, home) / f"{name}.py"
    if own.exists():
        return _load_own(kind, own)
    for other, module in _installed(kind):
        if other == name:
            return _guarded(
                partial(import_module, module), module, f"the package behind {kind[:-1]} {name!r} ({module})"
            )
    return import_module(f"{KINDS[kind]}.{name}")


def _builtin(kind: str) -> Path:
    return Path(__file__).resolve().parent.joinpath(*KINDS[kind].split(".")[1:])


def _own(kind: str, home: Path) -> Path:
    return home / "plugins" / kind


def _installed(kind: str) -> Iterable[tuple[str, str]]:
    """Names and modules from the metadata of installed packages; reading it costs, so it is read last."""
    return _read(f"deskui.{kind}", tuple(sys.path))


@lru_cache
def _read(group: str, _path: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    from importlib.metadata import entry_points

    return tuple((entry.name, entry.value.partition(":")[0].strip()) for entry in entry_points(group=group))


def _load_own(kind: str, path: Path) -> ModuleType:
    from importlib import util

    for part in (path, path.parent, path.parent.parent):
        _check_owner(part)
    name = f"deskui_plugins.{kind}.{path.stem}"
    known = sys.modules.get(name)
    if known is not None and known.__file__ == str(path):
        return known
    spec = util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PluginError(f"{path} cannot be loaded")
    module, run = util.module_from_spec(spec), spec.loader.exec_module

    def load() -> ModuleType:
        sys.modules[name] = module
        run(module)
        return module

    return _guarded(load, name, str(path))


def _guarded(load: Callable[[], ModuleType], name: str, what: str) -> ModuleType:
    """Code of others may fail in any way: that is said, and ends nothing but its own use."""
    try:
        return load()
    except Exception as error:  # one of the three allowed: discovery
        sys.modules.pop(name, None)
        logging.getLogger(__name__).exception("%s cannot be loaded", what)
        raise PluginError(f"{what} cannot be loaded: {type(error).__name__}: {error}") from error


def _check_owner(path: Path) -> None:
    """Somebody else's code does not run here."""
    stat = path.stat()
    if stat.st_uid != os.getuid():
        raise PluginError(f"{path} is not yours: it is not loaded")
    if stat.st_mode & 0o022:
        raise PluginError(f"{path} can be written by others: run `chmod go-w {path}`")
