"""How common terminals show the sixteen colours: what an ANSI theme is judged by.  Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from deskui.ui.palette import DEFAULT, SIXTEEN

TERMINALS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {  # each as it comes, in the order of SIXTEEN
        "xterm": (
            "#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5",
            "#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff",
        ),
        "the Linux console": (
            "#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa",
            "#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff",
        ),
        "PuTTY": (
            "#000000", "#bb0000", "#00bb00", "#bbbb00", "#0000bb", "#bb00bb", "#00bbbb", "#bbbbbb",
            "#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff",
        ),
        "Windows Terminal": (
            "#0c0c0c", "#c50f1f", "#13a10e", "#c19c00", "#0037da", "#881798", "#3a96dd", "#cccccc",
            "#767676", "#e74856", "#16c60c", "#f9f1a5", "#3b78ff", "#b4009e", "#61d6d6", "#f2f2f2",
        ),
    }
)  # fmt: skip


def on_terminal(name: str, ground: bool, *, terminal: str, dark: bool) -> str:
    """The `#rrggbb` of a colour there, as a `ground` or as text; its own is grey on black, else black on white."""
    colours = TERMINALS[terminal]
    if name != DEFAULT:
        return colours[SIXTEEN.index(name)]
    if ground:
        return colours[0] if dark else "#ffffff"
    return colours[7] if dark else colours[0]
