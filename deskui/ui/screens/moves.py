"""The question for a set's moves: what is in it stands above, Tab completes what is known."""

from collections.abc import Sequence

from textual import events
from textual.widgets import Input, Static

from deskui import text
from deskui.ui import completing
from deskui.ui.screens.choose import AskScreen
from deskui.ui.setverbs import SHOWN, parsed

PROMPTS = {
    "tag": "+vpn puts it on, -vpn takes it off, several with blanks; Tab completes",
    "cc": "+kim@x.example adds, -kim@x.example takes off, several with blanks; Tab completes",
}


class MovesScreen(AskScreen):
    """Returns what was typed, which makes a change; `now` is what is in the set, `known` what else is used."""

    def __init__(self, title: str, verb: str, now: Sequence[str], known: Sequence[str], marked: bool = False) -> None:
        body = "" if marked else f"now: {', '.join(map(text.line, now)) or 'none'}"
        if others := [text.line(word) for word in known if word not in now]:
            more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
            body += f"{chr(10) if body else ''}used: {', '.join(others[:SHOWN])}{more}"
        super().__init__(title, PROMPTS[verb], body=body, check=self._wrong)
        self._verb = verb
        self.words = completing.moves(now, known, marked)

    def _wrong(self, typed: str) -> str:
        try:
            parsed(self._verb, typed)
        except ValueError as error:
            return str(error)
        return ""

    async def on_key(self, event: events.Key) -> None:
        """Tab adds as much as is certain; what is left open is listed."""
        if self.put_off(event) or event.key != "tab":
            return
        event.stop()
        event.prevent_default()
        field = self.query_one(Input)
        done = completing.complete(f" {field.value}", (), lambda _: self.words)
        field.value = done.line[1:]
        field.cursor_position = len(field.value)
        self.query_one(".bad", Static).update(text.line("  ".join(done.open[:SHOWN])))
