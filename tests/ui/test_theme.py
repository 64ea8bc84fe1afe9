"""Themes: those that ship can be read and told apart, a poor one is found out, and a wrong file is named."""

from pathlib import Path
from typing import Any

import pytest

from deskui import resources
from deskui.ui import legible, palette, theme, themefile
from deskui.ui.contrast import contrast

SHIPPED = resources.themes()
BOOK = {  # UX: background, error, warn, ok
    "dark": ("#14171a", "#ff7a5c", "#f0e442", "#56b4e9"),
    "light": ("#fbfbf8", "#7a0026", "#a06000", "#0067a5"),
    "night": ("#0b0806", "#ff5a3c", "#e8c070", "#8d8579"),
    "hc-dark": ("#000000", "#ff8c78", "#ffe14d", "#7fd0ff"),
    "hc-light": ("#ffffff", "#7a0010", "#6b4500", "#00417a"),
}
PAIRS = [(text, ground) for ground, texts in palette.GROUNDS.items() for text in texts]


def table(name: str) -> dict[str, Any]:
    return dict(themefile.read(SHIPPED[name]))


def written(folder: Path, name: str = "mine", **changed: Any) -> Path:
    """A theme's file: `dark` under another name, with changes (None: taken out)."""
    values = {**table("dark"), "name": name, **changed}
    path = folder / f"{name}.toml"
    lines = [
        f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}" for key, value in values.items()
    ]
    path.write_text("\n".join(line for line in lines if not line.endswith("None")))
    return path


def test_eight_themes_ship() -> None:
    assert set(SHIPPED) == {*BOOK, "ansi-dark", "ansi-light", "mono"}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_theme_that_ships_has_no_fault(name: str) -> None:
    assert themefile.faults(SHIPPED[name]) == []


@pytest.mark.parametrize("name", BOOK)
def test_the_colours_of_the_book(name: str) -> None:
    found = table(name)
    assert tuple(found[key] for key in ("background", "error", "warning", "success")) == BOOK[name]
    assert found["dark"] is (name not in ("light", "hc-light"))


@pytest.mark.parametrize("name", ["hc-dark", "hc-light"])
def test_high_contrast_is_more(name: str) -> None:
    found = table(name)
    assert min(contrast(found[text], found[ground]) for text, ground in PAIRS) >= 7


def test_ansi_themes_use_the_terminals_own_colours_and_mono_none() -> None:
    for name in ("ansi-dark", "ansi-light", "mono"):
        found = table(name)
        used = {found[key] for key in palette.COLOURS}
        assert found["ansi"]
        assert used <= {palette.DEFAULT, *palette.SIXTEEN}
        assert (used == {palette.DEFAULT}) is (name == "mono")


@pytest.mark.parametrize("name", BOOK)
def test_textual_draws_with_exactly_these_colours(name: str) -> None:
    found = table(name)
    made = theme.theme(found)
    variables = {**made.to_color_system().generate(), **made.variables}
    assert {key: variables[key] for key in palette.COLOURS} == {key: found[key] for key in palette.COLOURS}
    assert (variables["bar"], variables["reply"]) == (found["surface"], found["accent"])


def test_what_cannot_be_read_is_found_where_it_is_worst() -> None:
    (found,) = legible.problems({**table("dark"), "muted": "#848d96"})
    assert (found.key, found.message) == (
        "muted",
        f"contrast {contrast('#848d96', '#272c32'):.2f} on panel, 4.5 is needed",
    )
    (found,) = legible.problems({**table("light"), "muted": "#59626b"})
    rounded = legible.rounded("#59626b"), legible.rounded(table("light")["panel"])
    assert rounded == ("#626262", "#dadada")
    assert contrast("#59626b", table("light")["panel"]) > 4.5 > contrast(*rounded)
    assert found.message == f"contrast {contrast(*rounded):.2f} on panel with 256 colours, 4.5 is needed"


def test_the_remedy_is_one() -> None:
    for ground, dim in (("background", "#5a6570"), ("panel", "#707070")):
        poor = {**table("dark"), "muted": dim}
        found = next(each for each in legible.problems(poor) if f" on {ground}" in each.message)
        better = {**poor, "muted": found.remedy.split('"')[1]}
        assert not [each for each in legible.problems(better) if f" on {ground}" in each.message]


def test_a_cursor_that_hides_its_line_is_found() -> None:
    (found,) = legible.problems({**table("dark"), "cursor_background": "#ffffe0"})
    assert found.key == "cursor_foreground"
    assert "on cursor_background" in found.message


def test_signals_that_somebody_confuses_are_found() -> None:
    confused = {**table("dark"), "error": "#ff8c78", "success": "#b8a860"}  # apart for most people
    (found,) = legible.problems(confused)
    assert found.key == "error"
    assert found.message.startswith("error and success differ by ")
    assert "under deuteranopia" in found.message


def test_sixteen_colours_are_judged_on_the_terminals_that_there_are() -> None:
    found = {each.key: each for each in legible.problems({**table("ansi-dark"), "accent": "ansi_bright_magenta"})}
    assert list(found) == ["accent"]
    assert "in Windows Terminal" in found["accent"].message
    assert "ansi_bright_green" in found["accent"].remedy
    assert "ansi_bright_magenta" not in found["accent"].remedy


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"muted": None}, "muted: is missing"),
        ({"colour": "#ffffff"}, "line 15: colour: is no key of a theme"),
        ({"dark": "yes"}, "line 2: dark: must be true or false"),
        ({"error": "red"}, "error: 'red' is no colour of this theme"),
        ({"error": 7}, "error: 7 is no colour of this theme"),
        ({"error": "#ff7a5"}, "error: '#ff7a5' is no colour of this theme"),
        ({"ansi": True, "error": "#ff7a5c"}, "is no colour of this theme"),
        ({"name": "other"}, "name: is 'other', but the file mine.toml"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    path = written(tmp_path, **({"name": "mine"} | changed))
    path = path.rename(tmp_path / "mine.toml")
    with pytest.raises(themefile.ThemeError) as error:
        themefile.read(path)
    assert str(error.value).startswith(str(path))
    assert said in str(error.value)
    assert error.value.hint


def test_what_is_no_toml_or_not_there_is_said(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    with pytest.raises(themefile.ThemeError, match="cannot be read"):
        themefile.read(path)
    path.write_text("name = ")
    with pytest.raises(themefile.ThemeError, match="not TOML"):
        themefile.read(path)


def test_a_fault_names_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, muted="#333333")
    (first, *_) = themefile.faults(path)
    assert path.read_text().splitlines()[(first.line or 0) - 1] == "muted = '#333333'"


@pytest.mark.parametrize("said", ["#0a80ff", "ansi_bright_red", "ansi_default"])
def test_a_plot_gets_the_same_colours(said: str) -> None:
    assert theme.ink(said) == {"#0a80ff": (10, 128, 255), "ansi_bright_red": 9, "ansi_default": "default"}[said]


def test_a_theme_at_home_is_taken_first(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    mine = written(tmp_path / "themes", "dark")
    own = written(tmp_path / "themes", "own")
    found = resources.themes(tmp_path)
    assert (found["dark"], found["own"], found["light"]) == (mine, own, SHIPPED["light"])
