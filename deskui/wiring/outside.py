"""Checks for runbooks, ours and those from outside the package."""

from pathlib import Path

from deskui import plugins
from deskui.diagnostics.base import Check
from deskui.diagnostics.runbook import RunbookError


def check(home: Path, name: str, where: str = "") -> Check:
    """The check that runbooks call `name`.  RunbookError: there is none, or it may not be loaded."""
    try:
        module = plugins.load("checks", name.replace("-", "_"), home)
    except plugins.PluginError as error:
        raise RunbookError(f"{where}: {error}") from error
    found = getattr(module, "CHECK", None)
    if not isinstance(found, Check):
        raise RunbookError(f"{where}: {module.__file__} has no CHECK, which a check from outside needs")
    return found
