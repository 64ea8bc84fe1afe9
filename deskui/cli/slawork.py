"""`deskui sla` where something is kept: exclusions, reasons of breaches, and all clocks anew."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from deskui import lazy
from deskui.cli import output
from deskui.cli.context import Context
from deskui.cli.times import began, ended

if TYPE_CHECKING:
    from deskui.domain import when
    from deskui.services.holidays import Moved
    from deskui.services.rebuilding import Altered
    from deskui.services.thresholds import BreachRecord
else:
    when = lazy.Module("deskui.domain.when")


def run_exclude(context: Context) -> int:
    """Take an interval out of every clock of a ticket."""
    from deskui.services import present
    from deskui.services.exclusions import Exclusions

    args = context.args
    context.writable()
    with context.desk() as desk:
        ticket = context.find(desk, args.id)
        exclusions = Exclusions(desk.services.desk)
        if args.take_back:
            found = exclusions.take_back(args.id, args.take_back, args.approver).result()
        elif args.start is None or args.end is None:
            raise output.Failure("usage", "an exclusion goes FROM … TO …", "See `deskui sla exclude --help`.")
        else:
            start = began(args.start, desk.zone, desk.now())
            end = ended(args.end, desk.zone, desk.now(), start)
            found = exclusions.add(args.id, start, end, args.reason, args.approver, args.note).result()
        clocks = desk.services.desk.clocks(args.id, desk.now()) or {}
    shown = {name: present.clock(clock) for name, clock in clocks.items()}
    excluded = present.exclusion(found)
    document = {"ticket": ticket.id, "exclusion": excluded, "clocks": shown}
    what = "counts again" if args.take_back else "is excluded"
    lines = [f"{ticket.id}: {excluded['from']} to {excluded['to']} {what}"]
    lines += [f"  {name}: due {clock['due'] or '-'}, left {output.span(clock['remaining_s'])}"
              for name, clock in shown.items()]  # fmt: skip
    context.show(document, lines)
    return output.DONE


def run_reason(context: Context) -> int:
    """Keep why a clock was missed."""
    from deskui.services.thresholds import Breaches

    args = context.args
    context.writable()
    with context.desk() as desk:
        context.find(desk, args.id)
        found = Breaches(desk.services.desk).reason(args.id, args.clock, args.text).result()
    document = _breach(found)
    context.show(document, [output.inert(f"{found.ticket} {args.clock}: {found.reason}")])
    return output.DONE


def run_breaches(context: Context) -> int:
    """Every breach on record; it looks at the clocks first."""
    from deskui.services.thresholds import Breaches, Thresholds

    with context.desk() as desk:
        Thresholds(desk.services.desk).run()
        records = Breaches(desk.services.desk).all()
    wanted = context.args.customer
    found = [_breach(each) for each in records if wanted in (None, each.customer)]
    head = ("TICKET", "P", "CLOCK", "DUE", "OVER", "CUSTOMER", "REASON")
    rows = [
        (each["ticket"], each["priority"], each["clock"], each["due"], output.span(each["overrun_s"]),
         each["customer"], "no longer: time was excluded" if each["lifted"] else each["reason"] or "-")
        for each in found
    ]  # fmt: skip
    context.show({"breaches": found}, output.table(head, rows) if rows else ["no breaches"])
    return output.DONE


def _breach(of: "BreachRecord") -> dict[str, Any]:
    missed = of.breach
    return {
        "ticket": of.ticket, "customer": of.customer, "clock": missed.clock, "priority": f"P{missed.priority}",
        "since": when.iso(missed.interval), "due": None if missed.due is None else when.iso(missed.due),
        "target_s": missed.target, "overrun_s": missed.overrun,
        "stopped_at": None if missed.stopped_at is None else when.iso(missed.stopped_at),
        "recorded_at": when.iso(of.at), "lifted": missed.overrun == 0, "reason": of.reason or None, "by": of.by or None,
    }  # fmt: skip


def run_rebuild(context: Context) -> int:
    """All clocks by today's rules; newer lists of holidays are shown, and count only once they are taken over.

    Stopped clocks that would change are listed, and change only with --rewrite: without it that ends with 1.
    """
    from deskui.services.holidays import Holidays
    from deskui.services.rebuilding import rebuild

    context.writable()
    lists = Holidays(context.home / "contracts")
    moved = lists.take() if context.args.holidays else lists.moved()
    with context.desk() as desk:
        done = rebuild(desk.services.desk, rewrite=context.args.rewrite, alone=True, tell=_progress)
    if done.done and sys.stderr.isatty():
        sys.stderr.write("\n")
    rewritten = bool(context.args.rewrite)
    document = {
        "rebuilt": done.done, "changed": done.changed, "rewritten": rewritten,
        "altered": [_altered(each) for each in done.altered], "holidays": [holidays(each) for each in moved],
        "holidays_taken": bool(moved) and bool(context.args.holidays),
    }  # fmt: skip
    context.show(document, _rebuilt(document))
    return output.NOT_SO if done.altered and not rewritten else output.DONE


def _progress(done: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} tickets")
        sys.stderr.flush()


def _altered(of: "Altered") -> dict[str, Any]:
    def figures(run: dict[str, Any]) -> dict[str, Any]:
        return {
            "target_s": run["target"], "elapsed_s": run["elapsed"], "breached": run["elapsed"] > run["target"],
        }  # fmt: skip

    return {"ticket": of.ticket, "clock": of.clock, "old": figures(of.old), "new": figures(of.new)}


def holidays(of: "Moved") -> dict[str, Any]:
    """A list of holidays that the package has otherwise now."""
    return {
        "country": of.country, "region": of.region or None, "was": of.was, "now": of.now, "added": list(of.added),
        "removed": list(of.removed),
    }  # fmt: skip


def _rebuilt(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['rebuilt']} tickets rebuilt, {found['changed']} changed"
    for each in found["holidays"]:
        yield moved(each) + (": taken over" if found["holidays_taken"] else ": not taken over; --holidays does it")
    altered = found["altered"]
    if not altered:
        return
    kept = "altered" if found["rewritten"] else "would be altered; --rewrite does it"
    yield f"{len(altered)} clocks that had stopped {kept}:"
    rows = [(each["ticket"], each["clock"], *(_judged(each[side]) for side in ("old", "new"))) for each in altered]
    yield from output.table(("TICKET", "CLOCK", "WAS", "WOULD BE"), rows)


def _judged(figures: dict[str, Any]) -> str:
    said = "missed" if figures["breached"] else "met"
    return f"{said}, {output.span(figures['elapsed_s'])} of {output.span(figures['target_s'])}"


def moved(each: dict[str, Any]) -> str:
    """One changed list of holidays in a line."""
    name = each["country"] + (f"/{each['region']}" if each["region"] else "")
    dates = [*(f"+{day}" for day in each["added"]), *(f"-{day}" for day in each["removed"])]
    more = f" and {len(dates) - 8} more" if len(dates) > 8 else ""
    return f"holidays of {name}, {each['was']} to {each['now']}: {' '.join(dates[:8])}{more}"
