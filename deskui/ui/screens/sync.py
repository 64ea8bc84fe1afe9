"""What was pulled, what waits to be sent, and what clashes: each clash with BASE, MINE and THEIRS, settled here."""

from collections.abc import Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from deskui import text
from deskui.domain.event import StoreChanged
from deskui.domain.outgoing import Entry
from deskui.ui import traffic
from deskui.ui.dispatch import DeskScreen
from deskui.ui.resend import Resend, dropped
from deskui.ui.saving import settled
from deskui.ui.screens.choose import AskScreen, Choice, ChooseScreen
from deskui.ui.settling import Settling
from deskui.ui.timeline import stamp
from deskui.ui.widgets.foot import Foot
from deskui.ui.widgets.moving import Moving
from deskui.ui.widgets.options import Options

if TYPE_CHECKING:
    from deskui.services.syncing import Conflict, Status, UpstreamStatus

ROWS = 8  # for the upstreams, as in the style sheet below
LEVELS = tuple(Choice(level[0], level, level) for level in ("high", "medium", "low"))
VALUES: Mapping[str, tuple[Choice, ...]] = {
    "state": (
        Choice("w", "WORK: in progress", "in_progress"), Choice("h", "WAIT: on hold (other)", "pending"),
        Choice("d", "DONE: resolved", "resolved"), Choice("c", "CLSD: closed", "closed"),
        Choice("x", "CANC: cancelled", "cancelled"),
    ),
    "priority": tuple(Choice(digit, f"P{digit}", digit) for digit in "1234"),
    "impact": LEVELS, "urgency": LEVELS,
}  # fmt: skip


class SyncScreen(Settling, Resend, Moving, DeskScreen):
    """The upstreams' state, the outbox and the conflicts; m, t and e settle the conflict under the cursor."""

    SCOPES = ("sync", "list", "app")
    DEFAULT_CSS = """
    SyncScreen { layout: vertical; }
    SyncScreen > Static { height: auto; }
    #sync-head { text-style: bold; }
    #sync-upstreams { max-height: 8; }
    #sync-list, #sync-list:focus { height: 1fr; border: none; padding: 0; background: $background; }
    #sync-detail { max-height: 10; border-top: ascii $primary; }
    #sync-said { color: $warning; text-style: bold; }
    """
    AUTO_FOCUS = "#sync-list"

    def __init__(self, services: Any) -> None:
        super().__init__()
        self.services = services
        self.items: list[Conflict | Entry] = []
        self.made: dict[str, int] = {}  # outbox uid -> when it was made
        self.settlements = []
        self.frozen: list[UpstreamStatus] = []

    def compose(self) -> ComposeResult:
        yield Static(Content(""), id="sync-head")
        yield Static(Content(""), id="sync-upstreams")
        yield Options(id="sync-list", markup=False)
        yield Static(Content(""), id="sync-detail")
        yield Static(Content(""), id="sync-said")
        yield Foot(self.SCOPES)

    def on_mount(self) -> None:
        self.reread()

    # what is shown

    def store_changed(self, changed: StoreChanged) -> None:
        """Read everything again: there is little of it."""
        if self.query("#sync-head"):
            self.reread()

    def tick(self, now: int) -> None:
        """Ages and the next try, each second."""
        if self.query("#sync-head"):  # gone while the screen is being closed
            self.paint(self.services.syncing.status())

    def reread(self) -> None:
        """State, conflicts and outbox; the cursor stays on its line."""
        self.paint(self.services.syncing.status())
        chosen = self.chosen
        entries = self.services.desk.outbox()
        self.made = {entry.uid: entry.made_at for entry in entries}
        outbox = [entry for entry in entries if entry.state in traffic.SHOWN]
        self.items = [*self.services.syncing.conflicts(), *sorted(outbox, key=traffic.urgency)]
        options = self.query_one("#sync-list", OptionList)
        options.clear_options()
        options.add_options([Option(Content(self.row(item))) for item in self.items])
        if not self.items:
            options.add_option(Option(Content("nothing clashes, nothing waits to be sent"), disabled=True))
        else:
            uids = [item.uid for item in self.items]
            options.highlighted = uids.index(chosen.uid) if chosen and chosen.uid in uids else 0
        self.paint_detail()

    def paint(self, status: "Status") -> None:
        """The two counts lines and a line per upstream."""
        now = self.services.clock()
        self.frozen = [upstream for upstream in status.upstreams if upstream.frozen]
        counts = f"OUTBOX {status.queued}   CONFLICTS {status.conflicts}   REJECTED {status.rejected}"
        unknown = f"   UNKNOWN {status.unknown}" if status.unknown else ""
        self.query_one("#sync-head", Static).update(Content(f"SYNC   {counts}{unknown}"))
        said = traffic.upstream_lines(status.upstreams, self.services.zone, now, self.size.width, ROWS)
        self.query_one("#sync-upstreams", Static).update(Content(said or "no upstream is configured"))

    @property
    def chosen(self) -> "Conflict | Entry | None":
        """The line under the cursor."""
        at = self.query_one("#sync-list", OptionList).highlighted
        return self.items[at] if at is not None and at < len(self.items) else None

    def ticket_name(self, uid: str) -> str:
        """A ticket's id from its uid."""
        ticket = self.services.desk.ticket(uid)
        return ticket.id if ticket else uid

    def row(self, item: "Conflict | Entry") -> str:
        """A conflict or a change as one line."""
        if isinstance(item, Entry):
            said = traffic.describe(item)
            why = f"  {item.error}" if item.error else ""
            words = (
                f"   {stamp(item.made_at, self.services.zone, self.services.clock())} {self.ticket_name(item.ticket)}"
            )
            return text.line(f"{words} {traffic.STATES.get(item.state, item.state)}: {said}{why}")
        mine, theirs = traffic.shown(item.field, item.mine), traffic.shown(item.field, item.theirs)
        by = f" ({item.by})" if item.by else ""
        return text.line(f" ! {item.ticket_id} {item.field}: mine {mine} | theirs {theirs}{by}")

    def paint_detail(self) -> None:
        """BASE, MINE and THEIRS of a conflict, or the whole change."""
        item = self.chosen
        detail = "" if item is None else self.change_text(item) if isinstance(item, Entry) else self.sides(item)
        self.query_one("#sync-detail", Static).update(Content(text.block(detail)))

    def sides(self, clash: "Conflict") -> str:
        """The three values side by side."""
        now, zone = self.services.clock(), self.services.zone
        made = self.made.get(clash.entry)
        heads = (
            "BASE",
            "MINE" + (f" {stamp(made, zone, now)}" if made else ""),
            f"THEIRS {stamp(clash.at, zone, now)} {clash.by}" if clash.at else f"THEIRS {clash.by}",
        )
        values = [traffic.shown(clash.field, value) for value in (clash.base, clash.mine, clash.theirs)]
        cells = max(12, (self.size.width - 14) // 3)
        first = " " * 12 + " ".join(text.cell(head, cells) for head in heads)
        sides = f"{text.cell(clash.field, 11)} {' '.join(text.cell(value, cells) for value in values)}"
        return f"{self.about(clash.ticket)}\n{first}\n{sides}"

    def about(self, uid: str) -> str:
        """Which ticket that is, in its own words."""
        ticket = self.services.desk.ticket(uid)
        if ticket is None:
            return uid
        return text.clip(text.line(f"{ticket.id} {ticket.customer or '-'}: {ticket.subject}"), self.size.width or 80)

    def change_text(self, entry: Entry) -> str:
        """A change in the outbox, with what became of it."""
        left = entry.not_before - self.services.clock()
        held = f"  held back for {left} s more (u in the queue undoes it)" if left > 0 else ""
        error = f"\n{entry.error}" if entry.error else ""
        body = str(getattr(entry.change, "text", ""))[:400]
        return f"{self.about(entry.ticket)}\n{traffic.describe(entry)} by {entry.author}{held}{error}\n{body}"

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.paint_detail()

    # what can be done

    @property
    def clash(self) -> "Conflict | None":
        """The conflict under the cursor."""
        item = self.chosen
        return None if item is None or isinstance(item, Entry) else item

    @property
    def change(self) -> "Entry | None":
        """The change in the outbox under the cursor."""
        item = self.chosen
        return item if isinstance(item, Entry) else None

    def action_sync_mine(self) -> None:
        """Keep my value: it is sent on top of theirs; of a ticket that was deleted, another is made."""
        if clash := self.clash:
            self.settle(clash, "mine") if not self.is_deleted(clash) else self.deleted(clash)

    def action_sync_theirs(self) -> None:
        """Take their value: my change is dropped; what it says is a draft."""
        if clash := self.clash:
            self.settle(clash, "theirs") if not self.is_deleted(clash) else self.deleted(clash)

    @work
    async def action_sync_edit(self) -> None:
        """Settle with a third value."""
        clash = self.clash
        if clash is None:
            return
        if self.is_deleted(clash):
            self.deleted(clash)
            return
        title = f"{clash.ticket_id} {clash.field}: base {traffic.shown(clash.field, clash.base)}, mine "
        title += f"{traffic.shown(clash.field, clash.mine)}, theirs {traffic.shown(clash.field, clash.theirs)}"
        if clash.field in VALUES:
            asked: Any = ChooseScreen(f"{title}. What shall it be?", VALUES[clash.field])
        else:
            asked = AskScreen(title, f"the {clash.field} to set:", str(clash.mine or ""))
        value = await self.app.push_screen_wait(asked)
        if value is not None:
            self.settle(clash, "value", value)

    @work
    async def action_sync_drop(self) -> None:
        """Drop the waiting or refused change under the cursor; asks first."""
        entry = self.change
        if entry is None:
            return
        title = f"Drop this change on {self.ticket_name(entry.ticket)}? It will not be sent."
        body = self.change_text(entry)
        if await self.app.push_screen_wait(ChooseScreen(title, [Choice("d", "drop it", "drop")], body)):
            keep = entry.state != "rejected"  # the words of a refused one are a draft already
            await self.told(self.services.desk.drop(entry.uid, keep=keep), dropped(entry))

    @work
    async def action_sync_accept(self) -> None:
        """Take the first frozen upstream as it is; asks first."""
        if not self.frozen:
            return
        upstream = self.frozen[0]
        title = f"{upstream.name}: {upstream.frozen}. Is it the right system, and is that so?"
        body = "What is not there any more leaves the queue, and what waits for it becomes a conflict: nothing is lost."
        if await self.app.push_screen_wait(ChooseScreen(title, [Choice("a", "yes, take it so", "accept")], body)):
            await self.told(self.services.syncing.accept(upstream.name), f"{upstream.name} is read anew")

    def action_sync_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()

    def show_status(self, words: str) -> None:
        """Remarks go above the footer."""
        self.say(words)

    def action_sync_open(self) -> None:
        """Open the ticket of the line under the cursor."""
        if item := self.chosen:
            from deskui.ui.screens.ticket import TicketScreen

            name = self.ticket_name(item.ticket) if isinstance(item, Entry) else item.ticket_id
            self.app.push_screen(TicketScreen(self.services, name))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_sync_open()

    def settle(self, clash: "Conflict", how: str, value: Any = None) -> None:
        """Hand the decision to the store, and say what became of it."""
        self.noted([clash])
        self.run_worker(
            self.told(self.services.syncing.settle(clash.uid, how, value), f"{clash.ticket_id} {clash.field}: settled")
        )

    async def told(self, future: "Future[Any]", done: str) -> None:
        """Wait for the commit; an error is a sentence on the screen."""
        error = await settled(future)
        self.say(f"NOT DONE: {error}" if error else done)
        self.reread()

    def say(self, words: str) -> None:
        """A sentence above the footer."""
        self.query_one("#sync-said", Static).update(Content(text.line(words)))
