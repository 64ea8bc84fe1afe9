"""Knowledge: how tickets like this one ended and one's own articles, one list; a workaround in two keys."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from deskui import text
from deskui.domain.knowledge import Known
from deskui.ui.dispatch import DeskScreen
from deskui.ui.timeline import Line, body_lines, stamp
from deskui.ui.widgets.field import Field
from deskui.ui.widgets.foot import Foot
from deskui.ui.widgets.moving import Moving
from deskui.ui.widgets.options import Options
from deskui.ui.widgets.pager import Pager

NAME, CUSTOMER, DETAIL = 18, 12, 6  # cells, cells, lines


def row(known: Known, width: int) -> str:
    """One finding as a line of `width` cells."""
    customer = known.customer or ("(article)" if known.is_article else "-")
    room = max(8, width - NAME - CUSTOMER - 3)
    return f" {text.cell(known.name, NAME)} {text.cell(customer, CUSTOMER)} {text.cell(known.title, room)}"


def helps(known: Known) -> str:
    """What is pasted of it."""
    return known.helps.replace("\r\n", "\n")


def write(screen: Any, ticket_id: str, kind: str, known: Known, then: Callable[[bool | None], None]) -> None:
    """Opens the editor with what helped in it; nothing is saved by that."""
    from deskui.ui.screens.write import WriteScreen

    screen.app.push_screen(WriteScreen(screen.services, ticket_id, kind, words=helps(known)), then)


class KnowledgeScreen(Moving, DeskScreen):
    """Looks for `words`, else for those of the ticket's subject; returns whether something was written on it.

    With `pick` it returns what helped in the finding that is chosen, "" for none, and writes nothing.
    """

    SCOPES: ClassVar[tuple[str, ...]] = ("kb", "list", "app")
    AUTO_FOCUS = "#kb-list"
    DEFAULT_CSS = """
    KnowledgeScreen { layout: vertical; }
    KnowledgeScreen > Static { height: auto; }
    KnowledgeScreen > .words { height: 1; }
    KnowledgeScreen > .words Static { width: auto; }
    KnowledgeScreen Field { border: none; height: 1; padding: 0; width: 1fr; background: $panel; }
    #kb-list, #kb-list:focus { height: 1fr; border: none; padding: 0; background: $background; }
    #kb-detail { color: $muted; }
    """

    def __init__(
        self, services: Any, ticket_id: str | None = None, words: str = "", *, pick: bool = False
    ) -> None:  # fmt: skip
        super().__init__()
        self.services, self.ticket_id, self.pick = services, ticket_id, pick
        self.words = words or (services.knowledge.words(ticket_id) if ticket_id else "")
        self.found: Sequence[Known] = ()

    def compose(self) -> ComposeResult:
        about = f" for {self.ticket_id}" if self.ticket_id else ""
        yield Static(Content(text.line(f"KNOWLEDGE{about}: resolved tickets and articles")), classes="heading")
        with Horizontal(classes="words"):
            yield Static(Content("/"))
            yield Field(self.words, id="kb-words", placeholder="words to look for", select_on_focus=False)
        yield Options(id="kb-list", markup=False)
        yield Static(Content(""), id="kb-detail")
        yield Static(Content(""), id="kb-said")
        yield Foot(self.SCOPES, "Enter:into the text  /:other words  Esc:back to it" if self.pick else "")

    def on_mount(self) -> None:
        self.look()
        if not self.words:
            self.call_after_refresh(self.action_kb_words)

    # looking

    def look(self) -> None:
        """Asks on the reader thread; a newer search ends an older one."""
        screen: Any = self  # Textual's type for a worker leaves coroutine functions out
        screen.run_worker(partial(self._look, self.words), group="knowledge", exclusive=True)

    async def _look(self, words: str) -> None:
        found = await asyncio.wrap_future(self.services.knowledge.search(words, self.ticket_id or ""))
        if words == self.words and self.query("#kb-list"):
            self.found = found
            self.paint()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Live."""
        event.stop()
        if event.value != self.words:
            self.words = event.value
            self.look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Back to what was found."""
        event.stop()
        self.set_focus(self.query_one("#kb-list"))

    # what is shown

    @property
    def chosen(self) -> Known | None:
        """What is under the cursor."""
        at = self.query_one("#kb-list", Options).highlighted
        return self.found[at] if at is not None and at < len(self.found) else None

    def paint(self) -> None:
        """The list, the cursor on the best."""
        found = self.query_one("#kb-list", Options)
        found.clear_options()
        width = found.size.width or self.size.width
        found.add_options([Option(Content(row(each, width))) for each in self.found])
        if self.found:
            found.highlighted = 0
        else:
            said = "nothing is known of that" if self.words.strip() else "type what to look for"
            found.add_option(Option(Content(f" {said}"), disabled=True))
        self.paint_detail()

    def paint_detail(self) -> None:
        """The beginning of what helps."""
        known, width = self.chosen, max(10, (self.size.width or 80) - 2)
        lines = list(body_lines(known.helps[:2000], width))[:DETAIL] if known else []
        rule = "-WHAT HELPED".ljust(width + 2, "-")
        self.query_one("#kb-detail", Static).update(Content("\n".join([rule, *(f" {line}" for line in lines)])))

    def on_resize(self) -> None:
        """Other widths."""
        if self.found:
            self.call_after_refresh(self.paint)

    def on_option_list_option_highlighted(self, event: Options.OptionHighlighted) -> None:
        event.stop()
        self.paint_detail()

    def on_option_list_option_selected(self, event: Options.OptionSelected) -> None:
        event.stop()
        self.action_kb_open()

    def show_status(self, words: str) -> None:
        """Remarks stand above the footer."""
        for line in self.query("#kb-said").results(Static):
            line.update(Content(text.line(words)))

    # what can be done

    def action_kb_words(self) -> None:
        """Into the field."""
        field = self.query_one(Field)
        field.reopen()
        self.set_focus(field)  # at once: the next key is a letter

    def selected_id(self) -> str | None:
        """What is written on."""
        return self.ticket_id

    def action_kb_open(self) -> None:
        """Reads what is under the cursor; what was written from there ends this screen too."""
        if not (known := self.chosen):
            return
        if self.pick:
            self.dismiss(helps(known))
        else:
            self.app.push_screen(ArticleScreen(self.services, known, self.ticket_id), self._read)

    def action_kb_note(self) -> None:
        """What helped as the beginning of a work note."""
        self._write("note")

    def action_kb_reply(self) -> None:
        """What helped as the beginning of a reply."""
        self._write("reply")

    def _write(self, kind: str) -> None:
        if self.pick:
            self.action_kb_open()
        elif (known := self.chosen) and self.ticket_id:
            write(self, self.ticket_id, kind, known, self._read)

    def _read(self, written: bool | None) -> None:
        if written:
            self.dismiss(True)

    def action_kb_back(self) -> None:
        """Out of the field, then back to where it was opened."""
        if isinstance(self.focused, Field) and self.found:
            self.set_focus(self.query_one("#kb-list"))
        else:
            self.dismiss("" if self.pick else False)


class ArticleScreen(Moving, DeskScreen):
    """One finding to read; returns whether it went into something that was saved."""

    SCOPES: ClassVar[tuple[str, ...]] = ("article", "list", "app")
    AUTO_FOCUS = "Pager"
    DEFAULT_CSS = "ArticleScreen { layout: vertical; } ArticleScreen > Static { height: auto; }"

    def __init__(self, services: Any, known: Known, ticket_id: str | None) -> None:
        super().__init__()
        self.services, self.known, self.ticket_id = services, known, ticket_id

    def compose(self) -> ComposeResult:
        yield Static(Content(text.line(f"{self.known.name}  {self.known.title}")), classes="heading")
        yield Static(Content(text.line(self.about())))
        yield Pager()
        yield Static(Content(""), id="article-said")
        yield Foot(self.SCOPES)

    def on_mount(self) -> None:
        self.query_one(Pager).set_source(self.lines)

    def about(self) -> str:
        """Where it is from."""
        if self.known.is_article:
            return "an article of kb/"
        at = stamp(self.known.at, self.services.zone, int(self.services.clock()))
        return f"how a ticket of {self.known.customer or 'nobody'} ended, {at}"

    def lines(self, width: int) -> Sequence[Line]:
        """All of it, wrapped."""
        return [((line, ""),) for line in body_lines(self.known.text, width)]

    def selected_id(self) -> str | None:
        """What is written on."""
        return self.ticket_id

    def show_status(self, words: str) -> None:
        """Remarks stand above the footer."""
        for line in self.query("#article-said").results(Static):
            line.update(Content(text.line(words)))

    def action_article_note(self) -> None:
        """The workaround as the beginning of a work note."""
        self._write("note")

    def action_article_reply(self) -> None:
        """The workaround as the beginning of a reply; F2 shows it before it goes."""
        self._write("reply")

    def _write(self, kind: str) -> None:
        if self.ticket_id:
            write(self, self.ticket_id, kind, self.known, self._written)

    def _written(self, saved: bool | None) -> None:
        if saved:
            self.dismiss(True)

    def action_article_copy(self) -> None:
        """To the terminal's clipboard."""
        self.app.copy_to_clipboard(self.known.helps)

    def action_article_back(self) -> None:
        """Back to what was found."""
        self.dismiss(False)
