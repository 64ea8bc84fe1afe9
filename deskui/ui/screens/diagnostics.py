"""Looking at a ticket's host: the steps as they come, their output, and the findings as a note with one key."""

import threading
from collections import deque
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerState

from deskui import text
from deskui.ui import diagnosis
from deskui.ui.dispatch import DeskScreen
from deskui.ui.saving import settled
from deskui.ui.screens.choose import AskScreen, Choice, ChooseScreen
from deskui.ui.timeline import Line
from deskui.ui.widgets.foot import Foot
from deskui.ui.widgets.moving import Moving
from deskui.ui.widgets.options import Options
from deskui.ui.widgets.pager import Pager

KEPT = 2_000  # lines of live output kept on the screen; the run itself keeps all it was given
DRAIN_S = 0.1  # live output is shown so often, not line by line


class DiagnosticsScreen(Moving, DeskScreen):
    """Runs a runbook on the host of a ticket's CI; nothing runs on this thread, K stops it within a second."""

    SCOPES: ClassVar[tuple[str, ...]] = ("diag", "list", "app")
    AUTO_FOCUS = "#diag-steps"
    DEFAULT_CSS = """
    DiagnosticsScreen { layout: vertical; }
    DiagnosticsScreen > Static { height: auto; }
    #diag-head { text-style: bold; }
    #diag-problem { color: $error; text-style: bold; }
    #diag-titles { color: $primary; text-style: bold; height: 1; }
    #diag-steps, #diag-steps:focus { height: auto; max-height: 50%; border: none; padding: 0; background: $background; }
    #diag-rule { color: $muted; height: 1; }
    #diag-output { height: 1fr; }
    #diag-said { color: $warning; text-style: bold; }
    """

    class Stepped(Message):
        """A step began (`begun`, its id) or ended with `result`; posted from the worker."""

        def __init__(self, begun: str = "", result: Any = None) -> None:
            super().__init__()
            self.begun, self.result = begun, result

    def __init__(self, services: Any, ticket_id: str | None = None, host: str | None = None) -> None:
        super().__init__()
        self.services, self.ticket_id = services, ticket_id
        self.ticket = services.desk.ticket(ticket_id) if ticket_id else None
        self.host = host or (self.ticket.cis[0] if self.ticket and self.ticket.cis else "")
        self.runbooks: list[Any] = list(services.diagnose.runbooks())
        self.runbook: Any = self.runbooks[0] if self.runbooks else None
        self.steps: list[diagnosis.Step] = []
        self.result: Any = None
        self.cancel = threading.Event()
        self.running = False
        self.follow = True
        self._place: tuple[str, bool] = ("", False)  # what the output pane shows: a step, while it runs or after
        self._came: deque[str] = deque(maxlen=KEPT)  # from the worker, not yet shown
        self._live: deque[str] = deque(maxlen=KEPT)

    def compose(self) -> ComposeResult:
        yield Static(Content(""), id="diag-head")
        yield Static(Content(""), id="diag-problem")
        yield Static(Content(diagnosis.TITLES), id="diag-titles")
        yield Options(id="diag-steps", markup=False)
        yield Static(Content(""), id="diag-rule")
        yield Pager(follow=True, id="diag-output")
        yield Static(Content(""), id="diag-said")
        yield Foot(self.SCOPES)

    def on_mount(self) -> None:
        self.set_interval(DRAIN_S, self._drain)
        self.query_one(Pager).set_source(self.output)
        self._paint()
        self.start()

    def on_resize(self) -> None:
        """Other words fit into a line."""
        self._paint()

    def on_unmount(self) -> None:
        """Nothing goes on behind a closed screen."""
        self.cancel.set()

    # choosing

    @work(exclusive=True, group="choose")
    async def start(self) -> None:
        """Find the host and the runbook, asking where that is open, and run it."""
        if not self.runbooks:
            self.say("there is no runbook: data/runbooks is empty")
            return
        if not self.host and not await self._ask_host():
            self.say("no host: Enter asks again")
            return
        if len(self.runbooks) > 1 and not await self._ask_runbook():
            return
        self.run_it()

    async def _ask_host(self) -> bool:
        names = [asset.name for asset in self.services.inventory.all()]
        why = f"{self.ticket_id} has no CI. " if self.ticket_id else ""
        known = f"CIs: {', '.join(names)}" if names else "No CI is in the inventory yet (deskui ci import FILE)."
        asked = AskScreen(f"{why}Which host?", "a CI, an ssh alias, or local for this machine:", "", body=known)
        self.host = await self.app.push_screen_wait(asked) or ""
        return bool(self.host)

    async def _ask_runbook(self) -> bool:
        keys = "123456789bcfgilmnopqrstuvwxyz"
        choices = [
            Choice(key, f"{book.name}: {book.title}", book.name) for key, book in zip(keys, self.runbooks, strict=False)
        ]
        name = await self.app.push_screen_wait(ChooseScreen(f"Which runbook on {self.host}?", choices))
        self.runbook = next((book for book in self.runbooks if book.name == name), self.runbook)
        return name is not None

    # running

    def run_it(self) -> None:
        """Start the runbook in a worker."""
        self.cancel, self.running, self.result, self.follow = threading.Event(), True, None, True
        self.steps = diagnosis.planned(self.runbook)
        self._came.clear()
        self._live.clear()
        self.say("")
        self._paint()
        self._work(self.runbook.name, self.host, self.cancel)

    @work(thread=True, exclusive=False, group="diag", exit_on_error=False)
    def _work(self, runbook: str, host: str, cancel: threading.Event) -> Any:
        def on_start(id: str, title: str) -> None:
            self.post_message(self.Stepped(begun=id))

        def on_step(result: Any) -> None:
            self.post_message(self.Stepped(result=result))

        run = self.services.diagnose.run
        return run(runbook, host, self.ticket_id, on_step, self._came.append, cancel, on_start)

    def on_diagnostics_screen_stepped(self, message: Stepped) -> None:
        """Show what is now known of the step."""
        if message.begun:
            self._came.append(f"--- {message.begun}")
            self.steps = diagnosis.begun(self.steps, message.begun)
        else:
            self.steps = diagnosis.told(self.steps, message.result)
        self._paint()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The run is over: with a result, or with the reason why there is none."""
        if event.worker.group != "diag" or event.state not in (WorkerState.SUCCESS, WorkerState.ERROR):
            return
        self.running = False
        if event.state is WorkerState.SUCCESS:
            self.result = event.worker.result
            self.steps = diagnosis.done(self.steps, self.result)
        else:
            self.say(f"the run failed: {event.worker.error}")
        self._drain()
        self._paint()

    # what is shown

    def _paint(self) -> None:
        head = diagnosis.head(self.runbook, self.ticket_id, self.host, self.result, self.steps, self.running)
        self.query_one("#diag-head", Static).update(Content(text.block(head)))
        problem = diagnosis.problem(self.result)
        self.query_one("#diag-problem", Static).update(Content(text.block(problem)))
        self.query_one("#diag-problem").display = bool(problem)
        options = self.query_one("#diag-steps", OptionList)
        at = options.highlighted
        rows = [
            Content(diagnosis.row(number, step, max(40, self.size.width - 1)))
            for number, step in enumerate(self.steps, 1)
        ]
        if options.option_count != len(rows) + 1:
            options.clear_options()
            options.add_options([Option(Content("    whole run")), *map(Option, rows)])
            options.highlighted = 0
        else:
            for number, row in enumerate(rows, 1):
                options.replace_option_prompt_at_index(number, row)
            options.highlighted = at
        self._paint_output()

    def _paint_output(self) -> None:
        view = self.query_one(Pager)
        step = self.chosen
        view.follow = self.follow and self.running and step is None
        view.lay()
        if (place := (step.id if step else "", self.running)) != self._place:
            self._place = place
            view.scroll_home(animate=False, immediate=True)  # what is worst stands first
        what = f"OUTPUT {step.title}" if step else "OUTPUT live" if self.running else "FINDINGS, worst first"
        rule = f"-{text.line(what)}  follow:{'on' if self.follow else 'off'}  {len(view.lines)} lines"
        self.query_one("#diag-rule", Static).update(Content(rule.ljust(self.size.width, "-")))

    @property
    def chosen(self) -> diagnosis.Step | None:
        """The step under the cursor; None: the whole run."""
        at = self.query_one("#diag-steps", OptionList).highlighted
        return self.steps[at - 1] if at and at <= len(self.steps) else None

    def output(self, width: int) -> list[Line]:
        """The lines of the output pane."""
        return diagnosis.output(self.chosen, self.result, self._live, self.running, width)

    def _drain(self) -> None:
        if not self._came:
            return
        while self._came:
            self._live.append(self._came.popleft())
        if self.chosen is None:
            self._paint_output()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._paint_output()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()

    def say(self, words: str) -> None:
        """A sentence above the footer."""
        self.query_one("#diag-said", Static).update(Content(text.line(words)))

    def show_status(self, words: str) -> None:
        """Remarks go above the footer."""
        self.say(words)

    # what can be done

    @property
    def findings(self) -> bool:
        """Whether there is something to attach."""
        return self.result is not None and not self.running

    def action_diag_run(self) -> None:
        """Run, unless it runs."""
        self.action_diag_again()

    def action_diag_again(self) -> None:
        """Run the same runbook on the same host once more."""
        if self.running:
            self.say("it is running; K stops it")
        elif self.host:
            self.run_it()
        else:
            self.start()

    def action_diag_cancel(self) -> None:
        """Stop it: the channel is closed and nothing stays behind on the host."""
        self.cancel.set()
        self.say("stopping ...")

    def action_diag_follow(self) -> None:
        """Follow the end of the output, or not."""
        self.follow = not self.follow
        self._paint_output()

    def action_diag_pane(self) -> None:
        """Steps or output."""
        self.focus_next("#diag-steps, #diag-output")

    @work(exclusive=True, group="choose")
    async def action_diag_attach(self) -> None:
        """Attach the findings as a work note, after a look at what will be written."""
        if self.ticket_id is None:
            self.say("no ticket: open diagnostics from a ticket (x) to attach")
            return
        preview = self.services.diagnose.attach_text(self.result)
        title = f"Attach this to {self.ticket_id} as a work note? (secrets are cut out)"
        if not await self.app.push_screen_wait(ChooseScreen(title, [Choice("a", "attach", "attach")], preview)):
            return
        error = await settled(self.services.diagnose.attach(self.result, self.ticket_id))
        self.say(f"NOT SAVED: {error}; a tries again" if error else f"attached to {self.ticket_id}, waiting to send")

    @work(exclusive=True, group="choose")
    async def action_diag_back(self) -> None:
        """Back; a run in progress is stopped after a question."""
        if self.running:
            choices = [Choice("y", "stop it and leave", "stop")]
            if not await self.app.push_screen_wait(ChooseScreen(f"It still runs on {self.host}.", choices)):
                return
            self.cancel.set()
        self.dismiss()
