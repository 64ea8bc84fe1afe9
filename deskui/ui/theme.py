"""Themes as plain tables (wiring reads the TOML) made into Textual's; `plain` is the one without any colour."""

from collections.abc import Mapping
from typing import Any

from textual.theme import Theme

COLOURS = (
    "background", "foreground", "surface", "panel", "muted", "primary", "accent", "error", "warning", "success",
    "cursor_foreground", "cursor_background",
)  # fmt: skip
_ANSI_DEFAULT = "ansi_default"


class ThemeError(ValueError):
    """A theme lacks a colour, or has one too many; says which."""


def _variables(data: Mapping[str, Any]) -> dict[str, str]:
    cursor = {"foreground": data["cursor_foreground"], "background": data["cursor_background"]}
    return {
        "muted": data["muted"],
        "fg": data["foreground"],
        "bar": data["surface"],
        "reply": data["accent"],
        **{f"row-{name}": value for name, value in cursor.items()},
        **{f"block-cursor-{name}": value for name, value in cursor.items()},
        **{f"input-cursor-{name}": data[other] for name, other in _CURSOR.items()},
        **{f"input-selection-{name}": value for name, value in cursor.items()},
        "ansi-background": data["background"],  # Textual's own sheet wants these two in an ANSI theme
        "ansi-foreground": data["foreground"],
        "border": data["muted"],
        "border-blurred": data["muted"],
    }


_CURSOR = {"foreground": "background", "background": "foreground"}


def theme(data: Mapping[str, Any]) -> Theme:
    """One theme of `themes/*.toml`; ThemeError names what is wrong."""
    known = {"name", "dark", "ansi", *COLOURS}
    if missing := [name for name in ("name", *COLOURS) if name not in data]:
        raise ThemeError(f"theme {data.get('name', '?')}: missing {', '.join(missing)}")
    if unknown := sorted(set(data) - known):
        raise ThemeError(f"theme {data['name']}: unknown {', '.join(unknown)}")
    names = ("background", "foreground", "surface", "panel", "primary", "accent", "error", "warning", "success")
    return Theme(
        name=str(data["name"]),
        dark=bool(data.get("dark", True)),
        ansi=bool(data.get("ansi", False)),
        boost=str(data["surface"]),
        secondary=str(data["primary"]),
        luminosity_spread=0.05,
        text_alpha=1.0,
        variables=_variables(data),
        **{name: str(data[name]) for name in names},
    )


def plain() -> Theme:
    """No colour at all: the terminal's own foreground and background; bold and reverse still tell things apart."""
    return theme({"name": "plain", "ansi": True, **dict.fromkeys(COLOURS, _ANSI_DEFAULT)})
