"""The colours that a theme has to name, and which of them meet on the screen."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

COLOURS = (
    "background", "foreground", "surface", "panel", "muted", "primary", "accent", "error", "warning", "success",
    "cursor_foreground", "cursor_background",
)  # fmt: skip
GROUNDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {  # ground -> what is written on it; tests/ui/conftest.py fails where a screen draws anything else
        "background": ("foreground", "muted", "primary", "accent", "error", "warning", "success"),
        "surface": ("foreground", "primary", "accent"),
        "panel": ("foreground", "muted", "primary", "error"),
        "cursor_background": ("cursor_foreground",),
    }
)
DEFAULT = "ansi_default"  # the terminal's own text or ground
_HUES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
SIXTEEN = (*(f"ansi_{hue}" for hue in _HUES), *(f"ansi_bright_{hue}" for hue in _HUES))


class Problem(NamedTuple):
    """Why a theme is not good enough: the key to change, what is wrong, and what to do."""

    key: str
    message: str
    remedy: str
