"""Why a ticket's clocks stand where they stand: each span of time, whether it counted, and by which rule."""

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from deskui import text
from deskui.domain import policywords
from deskui.domain.contract import Contract
from deskui.domain.event import StoreChanged
from deskui.domain.sla import Clock
from deskui.ui import clocks
from deskui.ui.countdown import long_span
from deskui.ui.dispatch import DeskScreen
from deskui.ui.panels.sla import version
from deskui.ui.timeline import Line, stamp, wrap
from deskui.ui.widgets.foot import Foot
from deskui.ui.widgets.moving import Moving
from deskui.ui.widgets.pager import Pager


def counted(seconds: int) -> str:
    """Working time to read: seconds below ten minutes, then minutes, hours, days."""
    return f"{seconds // 60}m{seconds % 60:02d}s" if 0 <= seconds < 600 else long_span(seconds)


def span_lines(span: Any, contract: Contract, zone: str, now: int, width: int) -> list[Line]:
    """One span: from, to, what it counted, and why in a sentence."""
    until = "now" if span.end >= now else stamp(span.end, zone, now)
    style = "" if span.counted_s else "dim"
    what = f"+{counted(span.counted_s)}" if span.counted_s else "not counted"
    head = f" {stamp(span.start, zone, now)} - {until}"
    if span.rule == "stopped":
        head, what = f" {stamp(span.start, zone, now)}", ""
    why = text.line(policywords.sentence(span, contract))
    return [((f"{head:29} {what:>12}", style),), *(((f"     {row}", "dim"),) for row in wrap(why, max(10, width - 6)))]


def lines(
    name: str, clock: Clock | None, spans: Sequence[Any], contract: Contract, zone: str, now: int, width: int
) -> list[Line]:  # fmt: skip
    """One clock's account."""
    out = clocks.lines(name, clock, now, zone, width)
    for span in spans:
        out += span_lines(span, contract, zone, now, width)
    return [*out, ()]


def agreed(found: Sequence[Any], zone: str, now: int, width: int) -> list[Line]:
    """The exclusions, who asked for them and who approved."""
    out: list[Line] = [(("EXCLUSIONS", "head"),)] if found else []
    for each in found:
        when = f"{stamp(each.start, zone, now)} - {stamp(each.end, zone, now)}"
        note = f" ({each.note})" if each.note else ""
        said = f"{policywords.plain(each.reason)}{note}; asked for by {each.author}, approved by {each.approver}"
        out.append(((f" {when}", "warn"),))
        out += (((f"     {row}", "dim"),) for row in wrap(text.line(said), max(10, width - 6)))
    return [*out, ()] if out else []


def rules(contract: Contract, width: int) -> list[Line]:
    """What the contract says of how clocks count."""
    out: list[Line] = [((row, "head"),) for row in wrap(text.line(f"By the {version(contract)}:"), max(10, width))]
    for rule in policywords.policy(contract):
        first, *rest = wrap(text.line(rule), max(10, width - 4))
        out += [((f" - {first}", ""),), *(((f"   {row}", ""),) for row in rest)]
    return out


class ExplainScreen(Moving, DeskScreen):
    """The whole account of one ticket's clocks."""

    SCOPES: ClassVar[tuple[str, ...]] = ("explain", "list", "app")
    AUTO_FOCUS = "Pager"
    DEFAULT_CSS = "ExplainScreen { layout: vertical; } ExplainScreen > Static { height: auto; }"

    def __init__(self, services: Any, ticket_id: str) -> None:
        super().__init__()
        self.services, self.ticket_id = services, ticket_id

    def compose(self) -> ComposeResult:
        yield Static(
            Content(text.line(f"WHY the clocks of {self.ticket_id} stand where they stand")), classes="heading"
        )
        yield Pager()
        yield Foot(self.SCOPES)

    def on_mount(self) -> None:
        self.query_one(Pager).set_source(self.account)

    def store_changed(self, changed: StoreChanged) -> None:
        """Told anew."""
        for view in self.query(Pager):
            view.lay()

    def action_explain_back(self) -> None:
        """Back to the ticket."""
        self.dismiss()

    def account(self, width: int) -> Sequence[Line]:
        """Every clock with its spans."""
        now, zone = self.services.clock(), self.services.zone
        clocks_ = self.services.desk.clocks(self.ticket_id, now)
        told = self.services.desk.explain(self.ticket_id, now) if clocks_ is not None else None
        if clocks_ is None or told is None:
            return [(("? The events of this ticket have not been read yet; they come with the next sync.", "warn"),)]
        ticket = self.services.desk.ticket(self.ticket_id)
        if ticket is None:
            return ()
        contract = self.services.desk.contract(ticket)
        out = [
            line for name in told for line in lines(name, clocks_.get(name), told[name], contract, zone, now, width)
        ]  # fmt: skip
        out += (
            ((f"{clocks.letter(name)}: these figures are from before a change of the rules, and stay", "warn"),)
            for name in sorted(self.services.desk.kept(self.ticket_id))
        )
        out += agreed(self.services.desk.exclusions(self.ticket_id), zone, now, width)
        return [*out, *rules(contract, width)]
