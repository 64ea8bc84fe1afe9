"""The sets of keys that come with deskui: its own, and one for hands that know vim."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from deskui.ui.actions import ACTIONS, Action

NAMES = ("deskui", "vim")
VIM: Mapping[str, tuple[str, ...]] = {
    "list.page_down": ("pagedown", "ctrl+f"),  # ^b never arrives: tmux keeps it
    "app.quit": ("Z Z", "Z Q"),
    "verb.redo": ("U", "ctrl+r"),
    "sync.drop": ("d d",),
}
"""Where vim's keys are others; digits count there, so what has a digit as its key loses that one."""

EX = {"w": ("save", "create"), "wq": ("save", "create"), "x": ("save", "create"), "q": ("back", "leave", "cancel")}
"""Vim's words after `:`, and the words of the table that they mean on the screen where they are typed."""


def table(preset: str) -> Sequence[Action]:
    """The actions with the keys of a preset."""
    if preset != "vim":
        return ACTIONS
    return tuple(replace(action, keys=VIM.get(action.id, _no_digits(action.keys))) for action in ACTIONS)


def _no_digits(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for key in keys if not key.isdigit())
