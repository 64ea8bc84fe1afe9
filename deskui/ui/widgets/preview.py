"""What the ticket under the cursor is about: a rule with both clocks, the last messages, and what to do next."""

from typing import Any

from textual.containers import Vertical

from deskui.domain.event import MESSAGES
from deskui.ui import nextline
from deskui.ui.countdown import long_span
from deskui.ui.widgets.line import Line

LAST = 2  # messages shown at first


class Preview(Vertical):
    """A few lines; reads its ticket through the desk, in well under 5 ms."""

    last = LAST

    async def fill(self) -> None:
        """Its lines: rule, two messages, next step; the first paint does without."""
        messages = [Line(id=f"message{number}") for number in range(self.last)]
        await self.mount(Line(id="rule", classes="heading"), *messages, Line(id="next", classes="heading"))

    async def resize(self, last: int) -> None:
        """So many messages from now on."""
        self.last = last
        await self.remove_children()
        await self.fill()
        self.styles.height = last + 2

    def show(self, ticket_id: str | None) -> None:
        """Shows this ticket; None: nothing is there."""
        if not self.children:
            return
        app: Any = self.app
        desk = app.services.desk
        ticket = desk.ticket(ticket_id) if ticket_id else None
        lines = [self.query_one(f"#message{number}", Line) for number in range(self.last)]
        if ticket is None:
            self.query_one("#rule", Line).show("-" * self.size.width)
            for each in (*lines, self.query_one("#next", Line)):
                each.show("")
            return
        now = app.now()
        head = f"--{ticket.id} P{ticket.priority} {ticket.customer or '-'}   "
        head += "  ".join(self._clocks(desk.clocks(ticket_id, now), now))
        self.query_one("#rule", Line).show(f"{head} {'-' * max(0, self.size.width - len(head) - 1)}")
        said = [event for event in desk.timeline(ticket_id) if event.type in MESSAGES or event.text]
        said = said[-self.last :] if self.last else []
        for line, event in zip(lines, [*said, *[None] * self.last], strict=False):
            line.show("" if event is None else self._message(event))
        self.query_one("#next", Line).show(self._next(ticket_id))

    def _message(self, event: Any) -> str:
        app: Any = self.app
        text = " ".join((event.text or "(not pulled yet)")[:400].split())
        who = event.author.partition("@")[0][:12]
        return f" {app.local(event.at):%H:%M} {who:<12} {text}"

    def _clocks(self, clocks: Any, now: int) -> list[str]:
        app: Any = self.app
        if clocks is None:
            return ["clocks ? (facts not pulled yet)"]
        said = []
        for name, letter in (("response", "R"), ("resolution", "F")):
            clock = clocks.get(name)
            if clock is None or (clock.state == "stopped" and name == "response" and not clock.breached):
                continue
            said.append(f"{letter} {self._clock(clock, now, app)}")
        return said

    @staticmethod
    def _clock(clock: Any, now: int, app: Any) -> str:
        if clock.state == "stopped":
            return "LATE" if clock.breached else "met"
        if clock.due is None and clock.state != "paused":
            return f"never due, {long_span(clock.remaining)} left"
        if clock.state == "paused":
            why = "not counted now" if clock.agreed else "on hold"
            return f"{why}, {long_span(abs(clock.remaining))} {'over' if clock.remaining < 0 else 'left'}"
        due = app.local(clock.due)
        when = f"{due:%H:%M}" if due.date() == app.local(now).date() else f"{due:%a %d %b %H:%M}"
        return f"due {when}" + (f" LATE {long_span(now - clock.due)}" if clock.breached else "")

    def _next(self, ticket_id: str | None) -> str:
        app: Any = self.app
        return nextline.line(app.services, ticket_id) if ticket_id else ""
