"""One ticket: both clocks, what to do next, all that happened, and the triage panels beside it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from deskui import text
from deskui.domain.event import Event, StoreChanged
from deskui.domain.ticket import Ticket
from deskui.ui import clocks, drafting, followverbs, nextline, rows, timeline
from deskui.ui.dispatch import DeskScreen
from deskui.ui.panels.people import PeoplePanel
from deskui.ui.panels.similar import SimilarPanel
from deskui.ui.panels.sla import SlaPanel
from deskui.ui.panels.triage import TriagePanel
from deskui.ui.verbs import Verbs
from deskui.ui.widgets.foot import Foot
from deskui.ui.widgets.moving import Moving
from deskui.ui.widgets.pager import Pager

_STYLES = {"bad": "bold $error", "warn": "bold $warning", "ok": "$success", "dim": "$muted"}
SAID_S = 6
PANES = ("timeline", "triage", "people", "similar", "sla")


class TicketScreen(Moving, Verbs, DeskScreen):
    """Everything about one ticket; the verbs act on it.  At 80 columns Tab goes through the panes one at a time."""

    SCOPES: ClassVar[tuple[str, ...]] = ("ticket", "list", "verb", "app")
    DEFAULT_CSS = """
    TicketScreen { layout: vertical; }
    TicketScreen > Static { height: auto; }
    #ticket-head { text-style: bold; }
    #ticket-clocks, #ticket-hold, #ticket-next { max-height: 2; }
    #ticket-hold, #ticket-draft, #ticket-follow { color: $warning; }
    #ticket-next { text-style: bold; color: $primary; }
    #ticket-tabs { color: $muted; height: 1; }
    #ticket-body { height: 1fr; }
    #ticket-timeline { width: 1fr; }
    #ticket-side { width: 1fr; display: none; }
    #ticket-side .panel { display: none; }
    #ticket-side .panel.-current { display: block; }
    TicketScreen.-panel #ticket-side { display: block; }
    TicketScreen.-panel #ticket-timeline { display: none; }
    TicketScreen.-wide #ticket-side, TicketScreen.-xl #ticket-side { display: block; width: 2fr; border-left: ascii $primary; }
    TicketScreen.-wide #ticket-timeline, TicketScreen.-xl #ticket-timeline { display: block; width: 3fr; }
    TicketScreen.-wide.-tall #ticket-side .panel, TicketScreen.-xl.-tall #ticket-side .panel {
        display: block; height: auto; max-height: 14;
    }
    TicketScreen.-wide.-tall #ticket-side PeoplePanel.panel, TicketScreen.-xl.-tall #ticket-side PeoplePanel.panel {
        max-height: 12;
    }
    TicketScreen.-wide.-tall #ticket-side SimilarPanel.panel, TicketScreen.-xl.-tall #ticket-side SimilarPanel.panel {
        max-height: 7;
    }
    """  # noqa: E501 - one rule a line
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide"), (160, "-xl")]  # noqa: RUF012 - Textual declares it on the instance
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]  # noqa: RUF012 - Textual declares it on the instance
    AUTO_FOCUS = "#ticket-timeline"

    def __init__(self, services: Any, ticket_id: str) -> None:
        super().__init__()
        self.services, self.desk, self.ticket_id = services, services.desk, ticket_id
        self.ticket: Ticket | None = None
        self.events: Sequence[Event] = ()
        self.pages: dict[str, int] = {}
        self.more: Mapping[int, str] = {}
        self.pane = 0
        self._said_until = 0  # when the remark above the footer goes; 0: there is none

    def compose(self) -> ComposeResult:
        for name in ("head", "clocks", "hold", "draft", "follow", "next", "tabs"):
            yield Static(Content(""), id=f"ticket-{name}")
        with Horizontal(id="ticket-body"):
            yield Pager(follow=True, id="ticket-timeline")
            with Vertical(id="ticket-side"):
                yield TriagePanel(self.services)
                yield PeoplePanel(self.services)
                yield SimilarPanel(self.services)
                yield SlaPanel(self.services)
        yield Static(Content(""), id="ticket-said")
        yield Foot(self.SCOPES)

    def on_mount(self) -> None:
        self.reread()
        if self.ticket:
            self.services.syncing.opened(self.ticket.uid, self.ticket.upstream)
            self.run_worker(followverbs.looked(self, self.ticket), group="follow")
        for panel in self.panels:
            panel.show(self.ticket_id)  # type: ignore[attr-defined]
        self.query_one(Pager).set_source(self._timeline)
        self.go_to_pane(0)
        self.call_after_refresh(self.query_one(Pager).scroll_end, animate=False)

    # what is shown

    @property
    def panels(self) -> list[Widget]:
        """The triage panels."""
        return list(self.query("#ticket-side .panel"))

    def own_ticket(self) -> str | None:
        """What undo is about."""
        return self.selected_id()

    def selected_id(self) -> str | None:
        """What the verbs act on."""
        return self.ticket_id if self.ticket else None

    def reread(self) -> None:
        """The ticket and its events from the store."""
        self.ticket = self.services.desk.ticket(self.ticket_id)
        self.events = self.services.desk.timeline(self.ticket_id) if self.ticket else ()
        self.paint()

    def store_changed(self, changed: StoreChanged) -> None:
        """Read again if it was this ticket; what is like it may have changed with any."""
        if self.ticket and changed.tickets and self.ticket.uid not in changed.tickets:
            return
        if not self.query("#ticket-timeline"):  # being opened or closed
            return
        self.reread()
        self.query_one("#ticket-timeline", Pager).lay()
        for panel in self.panels:
            panel.again()  # type: ignore[attr-defined]

    def tick(self, now: int) -> None:
        """The clocks each second, the bars and the customer's local time each minute."""
        self._say("clocks", self.clock_line())
        if self._said_until and now >= self._said_until:
            self._said_until = 0
            self._say("said", Content(""))
        for panel in (*self.query(SlaPanel), *self.query(PeoplePanel)) if now % 60 == 0 else ():
            panel.again()

    def show_status(self, words: str) -> None:
        """Remarks stand above the footer for a few seconds."""
        self._say("said", Content(text.line(words)))
        self._said_until = int(self.services.clock()) + SAID_S

    def on_screen_resume(self) -> None:
        """Back from another screen: what happened meanwhile is shown."""
        if self.ticket:
            self.store_changed(StoreChanged())

    def paint(self) -> None:
        """Everything above the panes."""
        ticket = self.ticket
        if ticket is None:
            self._say(
                "head", Content(f" {text.line(self.ticket_id)}: there is no such ticket any more. Esc goes back.")
            )
            return
        state = rows.STATES.get(ticket.state, ticket.state)
        owner = rows.owner(ticket.owner, frozenset(self.services.mine()))
        title = f"{ticket.id} P{ticket.priority} {state} {owner}  {ticket.customer or 'no customer'}  {ticket.subject}"
        self._say("head", Content(text.line(title)))
        self._say("clocks", self.clock_line())
        self._say("hold", Content(text.line(self.hold_line())))
        self.query_one("#ticket-hold").display = bool(ticket.holds)
        drafted = ticket.uid in self.services.desk.drafted()
        self._say("draft", Content(text.line(drafting.line(self.services, self.ticket_id)) if drafted else ""))
        self.query_one("#ticket-draft").display = drafted
        follow = followverbs.line(self.services, ticket)
        self._say("follow", Content(text.line(follow)))
        self.query_one("#ticket-follow").display = bool(follow)
        self._say("next", Content(text.line(self.next_line())))
        self._say("tabs", self.tabs())

    def _say(self, name: str, content: Content) -> None:
        for line in self.query(f"#ticket-{name}").results(Static):  # none while the screen is being closed
            line.update(content)

    def clock_line(self) -> Content:
        """Both clocks side by side."""
        now, zone = self.services.clock(), self.services.zone
        found = self.services.desk.clocks(self.ticket_id, now)
        pending = "*" if any(event.pending for event in self.events) else " "
        names = ("response", "resolution") if found is None else tuple(found)
        parts = [Content(pending)]
        for name in names:
            words, style = clocks.head(name, found[name] if found else None, now, zone)
            parts += [Content(f"{words}    ").stylize(_STYLES.get(style, ""))]
        return Content("").join(parts)

    def hold_line(self) -> str:
        """What it waits for, since when, and when to look again."""
        if not self.ticket or not self.ticket.holds:
            return ""
        now, zone = self.services.clock(), self.services.zone
        said = []
        for reason in self.ticket.holds:
            since = next(
                (e for e in reversed(self.events) if e.type == "hold" and e.data.get("reason") == reason), None
            )
            words = f"waiting for {reason}"
            if since is not None:
                words += f" since {timeline.stamp(since.made_at if since.pending else since.at, zone, now)}"  # type: ignore[arg-type]
                until = since.data.get("until")
                words += f", look again {timeline.stamp(int(until), zone, now)}" if until else ""
            said.append(words)
        return f" ON HOLD: {'; '.join(said)}"

    def next_line(self) -> str:
        """What to do now, with which key, and why."""
        return nextline.line(self.services, self.ticket_id)

    def tabs(self) -> Content:
        """The panes, the current one in brackets."""
        names = [f"[{name.upper()}]" if at == self.pane else f" {name} " for at, name in enumerate(PANES)]
        return Content(f"-{'-'.join(names)}- Tab: next ".ljust(self.size.width or 80, "-"))

    # what can be done here

    def action_ticket_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()

    def action_ticket_next_pane(self) -> None:
        """The next pane."""
        self.go_to_pane((self.pane + 1) % len(PANES))

    def action_ticket_previous_pane(self) -> None:
        """The pane before."""
        self.go_to_pane((self.pane - 1) % len(PANES))

    def go_to_pane(self, pane: int) -> None:
        """Show it (where they do not all fit) and move its lines from now on."""
        self.pane = pane
        self.set_class(pane > 0, "-panel")
        for at, panel in enumerate(self.panels, 1):
            panel.set_class(at == max(pane, 1), "-current")
        self._say("tabs", self.tabs())
        widget = self.panels[pane - 1] if pane else self.query_one("#ticket-timeline")
        self.call_after_refresh(widget.focus)

    def action_ticket_more(self) -> None:
        """The next part of the long message nearest below the top of the view."""
        view = self.query_one("#ticket-timeline", Pager)
        at = [line for line in sorted(self.more) if line >= view.scroll_offset.y] or sorted(self.more)
        if not at:
            self.show_status("every message is shown whole")
            return
        key = self.more[at[0]]
        self.pages[key] = self.pages.get(key, 0) + 1
        view.lay()

    def action_ticket_why(self) -> None:
        """Why the clocks stand where they stand."""
        from deskui.ui.screens.explain import ExplainScreen

        self.app.push_screen(ExplainScreen(self.services, self.ticket_id))

    def on_similar_panel_opened(self, message: SimilarPanel.Opened) -> None:
        """Enter on a similar ticket."""
        self.app.push_screen(TicketScreen(self.services, message.ticket_id))

    def _timeline(self, width: int) -> Sequence[timeline.Line]:
        shown = timeline.lines(self.events, width, self.services.zone, self.services.clock(), self.pages)
        self.more = shown.more
        return shown.lines
