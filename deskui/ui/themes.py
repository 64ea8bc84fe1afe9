"""The console's theme: chosen at the start, changed at any time; `auto` follows what the terminal says of itself."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deskui.ui.ground import Ground
from deskui.ui.saved import Saved
from deskui.ui.terminal import Grounded, write
from deskui.ui.theme import theme as make_theme
from deskui.ui.themefile import ThemeError

AUTO, PLAIN = "auto", "mono"
Themes = Mapping[str, Callable[[], Mapping[str, Any]]]  # name -> reads its table (ThemeError)


class ThemedApp:
    """Mixed into the app; `wanted` is a theme's name or `auto`."""

    plain: bool
    themes: Themes
    wanted: str
    ground: Ground
    theme_files: Mapping[str, Path]
    _worn_file: tuple[str, Saved] | None = None

    def wear(self, wanted: str) -> None:
        """Show that theme from now on.  ThemeError: there is none, or its file is wrong; the old one stays."""
        name = self._meant(wanted)
        if name not in self.themes:
            raise ThemeError(f"there is no theme {wanted}", f"There are: {', '.join((AUTO, *self.themes))}.")
        app: Any = self
        app.register_theme(make_theme(self.themes[name]()))
        if name == app.theme:
            app.mutate_reactive(type(app).theme)  # the same name with other colours
        app.theme = name
        self.wanted = wanted

    def refresh_css(self, animate: bool = True) -> None:
        """As Textual does it; before there is a screen nothing wears the style sheet, which is yet to be read."""
        app: Any = self
        if app.top is None:
            app.stylesheet.set_variables(app.get_css_variables())
        else:
            textual: Any = super()
            textual.refresh_css(animate)

    def look_at_theme(self) -> None:
        """Wears the theme anew when its file was saved; called once a second, and then one `stat` is all."""
        app: Any = self
        if self._worn_file is None or self._worn_file[0] != app.theme:
            path = self.theme_files.get(app.theme)
            self._worn_file = (app.theme, Saved(path)) if path else None
        elif self._worn_file[1].again() and self._worn(self.wanted):
            app.say(f"theme {app.theme} as saved")

    def _meant(self, wanted: str) -> str:
        """Without colour nothing else can be shown; with sixteen, `auto` takes the theme made of those."""
        app: Any = self
        if self.plain:
            return PLAIN
        few = app.console.color_system == "standard"
        return wanted if wanted != AUTO else f"ansi-{self.ground.now}" if few else self.ground.now

    def on_grounded(self, message: Grounded) -> None:
        """The terminal says that it is dark or light: later than the first paint, or asked anew."""
        before = self.ground.now
        self.ground.told(message.now)
        if message.now != before and self.wanted == AUTO and self._worn(AUTO):
            app: Any = self
            app.call_after_refresh(app.left)  # the next start's first frame is as light

    def action_app_theme(self, name: str = "") -> None:
        """That theme, or a list to choose from."""
        from deskui.ui.screens.choose import ChooseScreen

        app: Any = self
        if name:
            self._try(name)
            return
        now = app.theme if self.wanted == AUTO else ""
        choices = [(each, f"{each} (now {now})" if each == AUTO and now else each) for each in (AUTO, *self.themes)]
        app.push_screen(ChooseScreen(f"Theme, now {self.wanted}", choices), self._try)

    def _try(self, name: str | None) -> None:
        app: Any = self
        if name is None or not self._worn(name):
            return
        if self.plain and name not in (AUTO, PLAIN):
            app.say(f"no colours here (NO_COLOR, --no-color or TERM=dumb): {name} is seen without them only")
            return
        if name == AUTO:
            write(app, self.ground.question())
        app.say(f'theme {name}; to keep it: theme = "{name}" under [ui] in config.toml')

    def _worn(self, name: str) -> bool:
        """Whether it is shown now; what is wrong with it is said."""
        app: Any = self
        try:
            self.wear(name)
        except ThemeError as wrong:
            app.say(f"{wrong}. {wrong.hint}", error=True)
            return False
        return True
