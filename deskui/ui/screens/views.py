"""The views by number, with how many tickets are in each as soon as that is known."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from textual.content import Content
from textual.widgets import OptionList

from deskui import text
from deskui.domain.view import View
from deskui.ui.screens.choose import Choice, ChooseScreen

WIDEST = 20  # cells of a name, and half of those of a query; a longer one is cut
FIRST_KEYS = "123456789"


class ViewsScreen(ChooseScreen):
    """Returns the number of the view as text; `count` asks on the reader thread, one view after the other."""

    def __init__(self, views: Sequence[View], count: Callable[[View], "Future[int]"]) -> None:
        self._views, self._count = views, count
        keys = (FIRST_KEYS[n] if n < len(FIRST_KEYS) else "" for n in range(len(views)))
        choices = [
            Choice(key, _label(view, "."), str(n)) for n, (key, view) in enumerate(zip(keys, views, strict=True), 1)
        ]
        super().__init__("Views", choices)

    def on_mount(self) -> None:
        """The list first, the counts as they come."""
        super().on_mount()
        self.run_worker(self._fill(), exclusive=True)

    async def _fill(self) -> None:
        options = self.query_one(OptionList)
        for n, view in enumerate(self._views, 1):
            try:
                found: Any = await asyncio.wrap_future(self._count(view))
            except ValueError:  # a query that this version does not know any more
                found = "?"
            key = self.choices[n - 1].key or " "
            options.replace_option_prompt_at_index(n, Content(f" {key}  {text.line(_label(view, str(found)))}"))


def _label(view: View, count: str) -> str:
    return f"{text.cell(view.name, WIDEST)} {count:>6}  {text.clip(view.query, WIDEST * 2)}"
