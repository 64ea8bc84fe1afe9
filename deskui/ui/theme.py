"""Themes as plain tables made into Textual's."""

from collections.abc import Mapping
from typing import Any

from textual.theme import Theme

from deskui.ui.palette import COLOURS, SIXTEEN

# Textual's name -> ours: what it would derive from other colours is one of the theme's own, so that it can be checked.
_SAME = {
    "fg": "foreground", "bar": "surface", "reply": "accent",
    "row-foreground": "cursor_foreground", "row-background": "cursor_background",
    "block-cursor-foreground": "cursor_foreground", "block-cursor-background": "cursor_background",
    "block-cursor-blurred-foreground": "cursor_foreground", "block-cursor-blurred-background": "cursor_background",
    "input-cursor-foreground": "background", "input-cursor-background": "foreground",
    "input-selection-foreground": "cursor_foreground", "input-selection-background": "cursor_background",
    "ansi-foreground": "foreground", "ansi-background": "background",
    "border": "muted", "border-blurred": "muted",
    "text": "foreground", "text-muted": "muted", "text-disabled": "muted", "button-foreground": "foreground",
    "scrollbar": "muted", "scrollbar-hover": "muted", "scrollbar-active": "muted",
    "scrollbar-background": "background", "scrollbar-background-hover": "background",
    "scrollbar-background-active": "background", "scrollbar-corner-color": "background",
}  # fmt: skip


def theme(table: Mapping[str, Any]) -> Theme:
    """One theme of `themes/*.toml`, drawn with exactly the colours that it names."""
    colours = {name: str(table[name]) for name in COLOURS}
    own: dict[str, Any] = {name: colours[name] for name in COLOURS[:4] + COLOURS[5:10]}  # the ones that Textual has
    return Theme(
        name=str(table["name"]),
        dark=bool(table.get("dark", True)),
        ansi=bool(table.get("ansi", False)),
        boost=colours["surface"],
        secondary=colours["primary"],
        variables={**colours, **{theirs: colours[ours] for theirs, ours in _SAME.items()}},
        **own,
    )


def ink(colour: str) -> str | int | tuple[int, ...]:
    """A theme's colour as a plot takes it: its parts, its number of sixteen, or `default`."""
    if colour.startswith("#"):
        return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return SIXTEEN.index(colour) if colour in SIXTEEN else "default"
