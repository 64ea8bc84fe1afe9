"""`deskui sync`: one run, or the scheduler without a screen."""

import signal
from collections.abc import Mapping
from queue import SimpleQueue
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context


def register(add: Add, _shared: Any) -> None:
    """Its place on the command line."""
    sync = add("sync", help="pull and push; without --once until it is stopped")
    sync.add_argument("--once", action="store_true", help="one run")
    sync.add_argument("--full", action="store_true", help="forget the cursors and read everything anew")
    sync.add_argument("--accept", metavar="NAME", help="this frozen upstream is right as it is: take it so, and go on")
    sync.set_defaults(run=run)


def run(context: Context) -> int:
    """One run of every upstream, or runs until SIGTERM or SIGINT."""
    if context.args.accept is not None:
        _accept(context, context.args.accept)
    return _once(context) if context.args.once else _forever(context)


def _once(context: Context) -> int:
    from deskui.services import present
    from deskui.store import outbox

    with context.desk() as desk:
        _something_to_do(desk)
        results = desk.services.syncing.run_once(full=context.args.full)
        open_now = present.counts(desk.store.read(outbox.counts))
        state = {each.name: present.pulling(each) for each in desk.services.syncing.status().upstreams}
    runs = {name: as_json(result) | state.get(name, {}) for name, result in results.items()}
    found = {"upstreams": runs, "open": open_now}
    context.show(found, _people(found))
    for name, result in results.items():
        if said := result.error or result.frozen:
            output.say(f"deskui: {name}: {said}" + (f"\n        {result.hint}" if result.hint else ""))
    if any(result.offline for result in results.values()):
        return output.AWAY
    return output.NOT_SO if any(result.needs_a_person for result in results.values()) else output.DONE


def _accept(context: Context, name: str) -> None:
    with context.desk() as desk:
        context.upstream(desk, name)
        if not desk.services.syncing.accept(name).result():
            raise output.Failure("refused", f"{name} is not frozen: there is nothing to accept")


def _something_to_do(desk: Any) -> None:
    if not desk.settings.upstream:
        raise output.Failure("config", "no upstream is configured", "Run `deskui init`.")


def as_json(result: Any) -> dict[str, Any]:
    """One upstream's run in DESIGN's words."""
    names = ("pulled", "pushed", "conflicts", "rejected", "unknown", "offline", "error")
    return {name: getattr(result, name) for name in names} | {"frozen": result.frozen or None}


def _people(found: Mapping[str, Any]) -> list[str]:
    head = ("UPSTREAM", "PULLED", "PUSHED", "CONFLICTS", "REJECTED", "UNKNOWN", "STATE")
    rows = [
        (name, *(run[key] for key in ("pulled", "pushed", "conflicts", "rejected", "unknown")), _word(run))
        for name, run in found["upstreams"].items()
    ]
    waits = ", ".join(f"{count} {name}" for name, count in found["open"].items())
    return [*output.table(head, rows), f"open now: {waits}"]


def _word(run: Mapping[str, Any]) -> str:
    return "OFFLINE" if run["offline"] else "FROZEN" if run["frozen"] else "ok"


def _forever(context: Context) -> int:
    """The scheduler without a screen; with --json one object per run."""
    stop: SimpleQueue[None] = SimpleQueue()  # safe in a signal while another is handled, which an Event is not
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.put(None))

    def tell(name: str, result: Any) -> None:
        if context.json:
            output.document({"upstream": name, **as_json(result)})
        else:
            output.lines([f"{name}: {_line(result)}"])
        output.flush()

    with context.desk() as desk:
        _something_to_do(desk)
        if context.args.full:
            desk.services.syncing.run_once(full=True)
        desk.start(tell)
        stop.get()
    return output.DONE


def _line(result: Any) -> str:
    if result.offline:
        return f"OFFLINE: {result.error}"
    if result.frozen:
        return f"FROZEN: {result.frozen}"
    return f"ok, {result.pulled} pulled, {result.pushed} pushed, {result.conflicts} new conflicts"
