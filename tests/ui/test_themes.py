"""The theme of a running console: chosen by name or by what the terminal is, changed at any time."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deskui import resources
from deskui.ui import themefile
from deskui.ui.app import DeskApp
from deskui.ui.ground import Ground
from deskui.ui.terminal import Grounded
from deskui.ui.themefile import ThemeError
from tests.ui import stub
from tests.ui.desk import shown, until


def console(**options: Any) -> DeskApp:
    return DeskApp(stub.services(), themes=stub.themes(), **options)


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    from deskui.ui import panels

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setattr(panels, "beside_list", lambda services: [])


def picture(app: DeskApp) -> list[Any]:
    """Every cell that is drawn, with its colours."""
    return [[(part.text, str(part.style)) for part in strip] for strip in app.screen._compositor.render_strips()]


async def type_in(pilot: Any, words: str) -> None:
    await pilot.press("colon")
    await until(pilot, lambda: pilot.app.screen.query("#command"))
    await pilot.press(
        *("space" if letter == " " else "minus" if letter == "-" else letter for letter in words), "enter"
    )


@pytest.mark.parametrize(
    ("term", "ground", "expected"),
    [
        ("xterm-256color", "dark", "dark"),
        ("xterm-256color", "light", "light"),
        ("xterm", "dark", "ansi-dark"),
        ("xterm", "light", "ansi-light"),
    ],
)
def test_auto_is_as_the_terminal_is(monkeypatch: pytest.MonkeyPatch, term: str, ground: str, expected: str) -> None:
    monkeypatch.delenv("COLORTERM")
    monkeypatch.setenv("TERM", term)
    assert console(theme="auto", ground=Ground(ground)).theme == expected
    assert console(theme="night", ground=Ground(ground)).theme == "night"
    assert console(theme="night", ground=Ground(ground), plain=True).theme == "mono"


def test_a_name_that_there_is_not() -> None:
    with pytest.raises(ThemeError, match="there is no theme nigth") as error:
        console(theme="nigth")
    assert "auto, ansi-dark, ansi-light, dark, " in error.value.hint


@pytest.mark.parametrize("name", [name for name in stub.themes() if name != "dark"])
async def test_a_change_leaves_nothing_of_the_old_theme(name: str) -> None:
    app, fresh = console(), console(theme=name)
    async with fresh.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "--RT-" in shown(fresh))  # the preview
        expected = picture(fresh)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "--RT-" in shown(app))
        assert picture(app) != expected
        app.wear(name)
        await until(pilot, lambda: picture(app) == expected)


async def test_a_command_changes_it_and_says_how_to_keep_it() -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await type_in(pilot, "theme hc-light")
        await until(pilot, lambda: app.theme == "hc-light")
        await until(
            pilot, lambda: 'theme hc-light; to keep it: theme = "hc-light" under [ui] in config.toml' in shown(app)
        )


async def test_a_wrong_name_is_said_and_changes_nothing() -> None:
    app = console()
    async with app.run_test(size=(120, 24), notifications=True) as pilot:
        await type_in(pilot, "theme nigth")
        await until(pilot, lambda: "there is no theme nigth" in shown(app))
        assert app.theme == "dark"


async def test_more_words_than_it_takes_are_refused_and_stay() -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await type_in(pilot, "theme dark light")
        await until(pilot, lambda: "theme NAME: dark light is too much" in shown(app))
        await pilot.press("escape")
        await type_in(pilot, "redraw now")
        await until(pilot, lambda: "redraw stands alone: now is too much" in shown(app))


async def test_the_palette_offers_a_list() -> None:
    app = console(theme="auto", ground=Ground("light"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("semicolon")
        await until(pilot, lambda: app.screen.query("#search"))
        await pilot.press(*"theme", "enter")
        await until(pilot, lambda: "Theme, now auto" in shown(app))
        assert "auto (now light)" in shown(app)
        await pilot.press("h")
        await until(pilot, lambda: app.theme == "hc-dark")


async def test_what_the_terminal_says_later_counts_for_auto_only() -> None:
    app = console(theme="auto", ground=Ground("dark"))
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(Grounded("light"))
        await until(pilot, lambda: app.theme == "light")
        app.wear("night")
        app.post_message(Grounded("dark"))
        await until(pilot, lambda: app.ground.now == "dark")
        assert app.theme == "night"
        app.wear("auto")
        assert app.theme == "dark"


async def test_a_broken_file_is_said_and_the_console_goes_on(tmp_path: Path) -> None:
    (tmp_path / "light.toml").write_text("name = ")
    app = DeskApp(
        stub.services(), theme="auto",
        themes={**stub.themes(), "light": partial(themefile.read, tmp_path / "light.toml")},
    )  # fmt: skip
    async with app.run_test(size=(200, 24), notifications=True) as pilot:
        app.post_message(Grounded("light"))
        await until(pilot, lambda: "this is not TOML" in shown(app))
        assert app.theme == "dark"


async def test_without_colour_there_is_nothing_to_choose() -> None:
    app = console(plain=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await type_in(pilot, "theme night")
        await until(pilot, lambda: "no colours here" in shown(app))
        assert app.theme == "mono"


@pytest.mark.parametrize("name", stub.themes())
async def test_toasts_and_what_is_marked_use_the_themes_own_colours(name: str) -> None:
    """The fixture `drawn` looks at what is drawn here."""
    app = console(theme=name)
    async with app.run_test(size=(120, 24), notifications=True) as pilot:
        for severity in ("information", "warning", "error"):
            app.notify(f"an {severity}", title="title", severity=severity)
        await until(pilot, lambda: "an error" in shown(app))
        await pilot.press("slash", *"vpn", "shift+left", "shift+left")
        await pilot.pause(0.2)


async def test_a_theme_that_is_saved_is_worn_at_once_and_a_wrong_one_is_said_once(tmp_path: Path) -> None:
    path = tmp_path / "night.toml"
    before = resources.themes()["night"].read_text()
    path.write_text(before)
    warmer = before.replace("#0b0806", "#0c0907") + "# warmer\n"
    (tmp_path / "warmer.toml").write_text(warmer.replace('"night"', '"warmer"'))
    themes = {
        **stub.themes(),
        "night": partial(themefile.read, path),
        "warmer": partial(themefile.read, tmp_path / "warmer.toml"),
    }
    app = DeskApp(stub.services(), themes=themes, theme="night", theme_files={"night": path})
    said: list[str] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "SUBJECT" in shown(app))
        app.say = lambda text, error=False: said.append(text)  # type: ignore[method-assign]
        app.look_at_theme()
        old = picture(app)
        path.write_text(warmer)
        app.look_at_theme()
        await until(pilot, lambda: picture(app) != old)
        assert app.theme_variables["background"].lower() == "#0c0907"
        path.write_text("this is no theme")
        for _ in range(3):
            app.look_at_theme()
        path.unlink()
        app.look_at_theme()
        assert app.theme_variables["background"].lower() == "#0c0907"
        assert len(said) == 2
        assert "not TOML" in said[1]
        path.write_text(before)
        app.look_at_theme()
        assert said[2:] == ["theme night as saved"]
        app.wear("warmer")  # for the fixture that looks at every colour: it knows them by a theme's name
        await until(pilot, lambda: "-theme-warmer" in app.classes)
        await pilot.pause(0.2)
