"""Plug-ins: names from files and package metadata; a module is imported only when its name is used."""

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType

# kind -> the package whose files are its built-in ones
KINDS = {
    "upstreams": "deskui.upstream",
    "checks": "deskui.diagnostics.checks",
    "panels": "deskui.ui.panels",
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
            return import_module(module)
    return import_module(f"{KINDS[kind]}.{name}")


def _builtin(kind: str) -> Path:
    return Path(__file__).resolve().parent.joinpath(*KINDS[kind].split(".")[1:])


def _own(kind: str, home: Path) -> Path:
    return home / "plugins" / kind


def _installed(kind: str) -> Iterable[tuple[str, str]]:
    """Names and modules from the metadata of installed packages; reading it costs, so it is read last."""
    from importlib.metadata import entry_points

    return [(entry.name, entry.module) for entry in entry_points(group=f"deskui.{kind}")]


def _load_own(kind: str, path: Path) -> ModuleType:
    from importlib import util

    for part in (path, path.parent, path.parent.parent):
        _check_owner(part)
    spec = util.spec_from_file_location(f"deskui_plugins.{kind}.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise PluginError(f"{path} cannot be loaded")
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _check_owner(path: Path) -> None:
    """Somebody else's code does not run here."""
    stat = path.stat()
    if stat.st_uid != os.getuid():
        raise PluginError(f"{path} is not yours: it is not loaded")
    if stat.st_mode & 0o022:
        raise PluginError(f"{path} can be written by others: run `chmod go-w {path}`")
