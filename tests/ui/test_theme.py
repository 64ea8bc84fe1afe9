"""Themes: every text can be read on every ground it stands on, and a wrong file is named."""

from typing import Any

import pytest
from textual.color import Color

from deskui.ui import theme

TEXTS = ("foreground", "muted", "primary", "accent", "error", "warning", "success")
GROUNDS = ("background", "surface", "panel")
BOOK = {
    "dark": {"background": "#14171a", "error": "#ff7a5c", "warning": "#f0e442", "success": "#56b4e9"},
    "light": {"background": "#fbfbf8", "error": "#7a0026", "warning": "#a06000", "success": "#0067a5"},
}


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio."""

    def light(colour: str) -> float:
        parts = [part / 255 for part in Color.parse(colour).rgb]
        red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_is_counted_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_text_can_be_read(themes: Any) -> None:
    poor = [
        (data["name"], text, ground, round(contrast(data[text], data[ground]), 2))
        for data in themes
        for text in TEXTS
        for ground in GROUNDS
        if contrast(data[text], data[ground]) < 4.5 and (ground == "background" or text in ("foreground", "muted"))
    ]
    assert poor == []


def test_the_cursor_line_can_be_read(themes: Any) -> None:
    for data in themes:
        for text in ("cursor_foreground", "error", "warning"):
            if text == "cursor_foreground" or data["name"] == "dark":
                assert contrast(data[text], data["cursor_background"]) >= 3.0, (data["name"], text)
        assert contrast(data["cursor_foreground"], data["cursor_background"]) >= 4.5


def test_the_colours_of_the_book(themes: Any) -> None:
    for data in themes:
        assert {name: data[name] for name in BOOK[data["name"]]} == BOOK[data["name"]]


def test_a_wrong_theme_says_what_is_wrong(themes: Any) -> None:
    lacking = {name: value for name, value in themes[0].items() if name != "muted"}
    with pytest.raises(theme.ThemeError, match="theme dark: missing muted"):
        theme.theme(lacking)
    with pytest.raises(theme.ThemeError, match="theme dark: unknown colour"):
        theme.theme({**themes[0], "colour": "#fff"})


def test_plain_has_no_colour() -> None:
    assert theme.plain().ansi
    assert {theme.plain().background, theme.plain().error, theme.plain().primary} == {"ansi_default"}
