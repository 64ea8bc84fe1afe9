"""The SLA panel: each clock with its bar, hours and pauses, what changed its figures, and by which contract."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from deskui import text
from deskui.domain.ticket import Ticket
from deskui.ui import clocks
from deskui.ui.countdown import span
from deskui.ui.panels._base import Panel
from deskui.ui.timeline import Line, stamp, wrap

CLOCKS = ("response", "resolution")


class SlaPanel(Panel):
    """How much of each target is used, and why it runs or not."""

    title = "SLA"

    def content(self, ticket_id: str, width: int) -> Sequence[Line]:
        now = self.services.clock()
        ticket = self.services.desk.ticket(ticket_id)
        found = None if ticket is None else self.services.desk.clocks(ticket_id, now)
        if ticket is None:
            return ()
        if found is None:
            return [
                (("? this ticket's events have not been read yet:", "warn"),),
                (("  its clocks come with them", "dim"),),
            ]
        contract = self.services.desk.contract(ticket)
        targets = contract.policy.targets.get(ticket.priority, {})
        out: list[Line] = []
        for name in (*CLOCKS, *(other for other in found if other not in CLOCKS)):
            if name in found:
                hours = targets[name].calendar if name in targets else ""
                out += clocks.lines(name, found[name], now, self.services.zone, width, hours)
        if ticket.holds:
            out.append(((f"on hold: {', '.join(map(text.line, ticket.holds))}", "warn"),))
        out += self._missed(ticket, found, width)
        out += self._changed(ticket_id, now, width)
        out.append(((f"pauses: {pauses(contract.policy)}", "dim"),))
        out += (((row, "dim"),) for row in wrap(text.line(version(contract)), max(10, width)))
        out.append((("v: why, span by span   S: exclude, reason, scope", "dim"),))
        return out

    def _missed(self, ticket: Ticket, found: Any, width: int) -> Iterator[Line]:
        """What is on record of the clocks that were missed, and why."""
        missed = {name: clock for name, clock in found.items() if clock.breached}
        if not missed:
            return
        from deskui.services.thresholds import Breaches

        records = {each.breach.clock: each for each in Breaches(self.services.desk).of(ticket.id)}
        for name, clock in missed.items():
            record = records.get(name)
            if record and record.breach.stopped_at not in (None, clock.stopped_at):
                record = None  # of an interval before this one
            why = f"{record.reason} ({record.by})" if record and record.reason else "no reason given yet (Sr)"
            said = f"{clocks.letter(name)} missed by {span(-clock.remaining)}: {why}"
            yield from (((row, "bad"),) for row in wrap(text.line(said), max(10, width)))

    def _changed(self, ticket_id: str, now: int, width: int) -> Iterator[Line]:
        """What else made the figures what they are: time that was agreed not to count, a change of the rules."""
        zone = str(self.services.zone)
        for each in self.services.desk.exclusions(ticket_id):
            when = f"{stamp(each.start, zone, now)} - {stamp(each.end, zone, now)}"
            said = f"excluded {when}: {each.reason.replace('_', ' ')}, approved by {each.approver}"
            yield from (((row, "warn"),) for row in wrap(text.line(said), max(10, width)))
        for name in sorted(self.services.desk.kept(ticket_id)):
            yield ((f"{clocks.letter(name)}: figures from before a change of the rules", "warn"),)


def version(contract: Any) -> str:
    """`contract Nordkauf retail 2026, in force since 2026-01-01`."""
    zone = next(iter(contract.calendars.values())).zone if contract.calendars else None
    if contract.effective is None:
        return f"contract: {contract.name}"
    return f"contract: {contract.name}, in force since {datetime.fromtimestamp(contract.effective, zone):%Y-%m-%d}"


def pauses(policy: Any) -> str:
    """Which holds stop the resolution clock, in words."""
    reasons = policy.pausing_reasons
    said = "every hold" if reasons is None else ", ".join(sorted(reasons)).replace("_", " ") or "no hold"
    return text.line(said)
