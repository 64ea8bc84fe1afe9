"""`deskui watch`: the alerts without a screen; and `deskui since`: what happened meanwhile."""

import signal
import sys
from contextlib import nullcontext, suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from deskui.cli import output, times
from deskui.cli.console import Add
from deskui.cli.context import Context

if TYPE_CHECKING:
    from deskui.services.alerts import Alerts, Call
    from deskui.wiring import Opened

POLL_S = 1.0  # another process commits without a word


def register(add: Add, _shared: Any) -> None:
    """Their places on the command line."""
    watch = add("watch", help="alerts as they come, a line each, until it is stopped; rings and runs the command")
    watch.add_argument(
        "query", nargs="*", metavar="QUERY", help="only on tickets that match: prio:1,2 customer:Nordkauf"
    )
    watch.add_argument("--lines", action="store_true", help="always the same fields: for scripts and screen readers")
    watch.set_defaults(run=run_watch)
    since = add("since", help="what happened since your console was closed, or since a time")
    since.add_argument("time", nargs="?", metavar="TIME", help="HH:MM, or ISO 8601 with a zone")
    since.set_defaults(run=run_since)


def run_watch(context: Context) -> int:
    """Until SIGTERM, SIGINT or SIGHUP."""
    ended: list[int] = []
    news: SimpleQueue[None] = SimpleQueue()  # safe in a signal while another is handled, which an Event is not

    def end(number: int, _frame: object) -> None:
        ended.append(number)
        news.put(None)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    with context.desk() as desk:
        if not desk.settings.upstream:
            raise output.Failure("config", "no upstream is configured", "Run `deskui init`.")
        alerts = desk.services.alerts
        assert alerts is not None
        alerts.hook.tell = lambda said: output.say(f"deskui: {said}")
        query = " ".join(context.args.query)
        alerts.about((), query)  # what is wrong with it is said now, not at the first alert
        mark = alerts.mark()
        desk.store.subscribe(lambda _changed: news.put(None))
        desk.start()
        with nullcontext() if query else alerts.on_duty():  # who watches a part of the desk is no pager for it
            output.say("deskui: watching")
            while not ended:
                mark = _look(context, desk, alerts, mark, query)
                _wait(news)
                desk.store.poll()
        alerts.hook.close()
    return output.DONE


def _wait(news: "SimpleQueue[None]") -> None:
    """Until there is news, or it is time to look; takes all that there is."""
    with suppress(Empty):
        news.get(timeout=POLL_S)
        while True:
            news.get_nowait()


def _look(context: Context, desk: "Opened", alerts: "Alerts", mark: int, query: str) -> int:
    """Tells what fired since the mark; the next one."""
    mark, found = alerts.news(mark).result()
    if query and found:
        found = alerts.about(found, query)
    calls = alerts.calls(found, desk.now())
    for call in calls:
        if context.json:
            output.document(_document(call))
        else:
            output.lines([_line(call) if context.args.lines else _people(call, desk)])
    if calls:
        output.flush()
        _ring(alerts, calls, desk.now())
        alerts.page(calls)
    return mark


def _ring(alerts: "Alerts", calls: "list[Call]", now: int) -> None:
    """On the terminal that messages go to, if there is one."""
    from deskui.ui import calling

    if sys.stderr.isatty():
        first = alerts.claim(calls, "terminal").result()
        mine = [call for call in calls if call.alert.key in first]
        sys.stderr.write(calling.sequence(mine, alerts.manner, alerts.night(now)))
        sys.stderr.flush()


def _document(call: "Call") -> dict[str, Any]:
    from deskui.domain import alert as alerting
    from deskui.domain.when import iso

    it = call.alert
    return {
        "what": it.what, "at": iso(it.at), "ticket": it.ticket or None, "subject": it.subject,
        "customer": it.customer or None, "priority": it.priority if it.ticket else None, "clock": it.clock or None,
        "share": it.share or None, "due": None if it.due is None else iso(it.due), "text": alerting.sentence(it),
        "rungs": sorted(call.rungs),
    }  # fmt: skip


def _line(call: "Call") -> str:
    """Time, what, ticket, priority, clock, share, then the words; `-` for what there is none of."""
    from deskui.domain import alert as alerting
    from deskui.domain.when import iso

    it = call.alert
    share = f"{it.share}%" if it.share else "-"
    priority = f"P{it.priority}" if it.ticket else "-"
    fields = (iso(it.at), it.what, it.ticket or "-", priority, it.clock or "-", share)
    return output.inert(f"{' '.join(fields)} {alerting.sentence(it)}")


def _people(call: "Call", desk: "Opened") -> str:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from deskui.domain import alert as alerting

    return output.inert(
        f"{datetime.fromtimestamp(call.alert.at, ZoneInfo(desk.zone)):%H:%M} {alerting.sentence(call.alert)}"
    )


def run_since(context: Context) -> int:
    """What happened, the newest first."""
    from deskui.domain import when
    from deskui.services.since import WORDS, counted, document

    with context.desk() as desk:
        since = desk.services.since
        assert since is not None
        start, typed = since.left, context.args.time
        if typed:
            start = times.began(typed, desk.zone, desk.now())
        if start is None:
            raise output.Failure(
                "unknown_time", "no console of yours was ever open here", "Give a time: `deskui since 22:00`."
            )
        found = since.items(start).result()
    rows = [(when.iso(each.at), WORDS[each.kind], each.ticket or "-", each.text, each.subject) for each in found]
    people = output.table(("TIME", "WHAT", "TICKET", "", "SUBJECT"), rows) if rows else []
    said = counted(found) or "nothing happened"
    context.show({"since": when.iso(start), "items": document(found)}, [f"since {when.iso(start)}: {said}", *people])
    return output.DONE
