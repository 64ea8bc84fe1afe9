"""`deskui upstream`: the ticket systems of this desk, what they call things, and what the mapping leaves open."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from deskui.cli import output, upstreamtest
from deskui.cli.console import Add
from deskui.cli.context import Context

if TYPE_CHECKING:
    from deskui.config import Settings
    from deskui.upstream.base import Making, Options, Upstream, Words
    from deskui.wiring import Opened

FACTS = ("client_token", "received_at", "hold_reason", "acknowledged_at", "impact", "urgency", "kind", "category",
         "customer", "ci", "tags")  # fmt: skip


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    upstream = add("upstream", help="the ticket systems: list, discover, check, prepare, test")
    commands = upstream.add_subparsers(metavar="list|discover|check|prepare|test", required=True)
    commands.add_parser("list", parents=[shared], help="each with its health").set_defaults(run=run_list)
    discover = commands.add_parser("discover", parents=[shared], help="what it calls things, and a first mapping")
    discover.add_argument("name", metavar="NAME", help="as config.toml has it")
    discover.add_argument("--write", action="store_true", help="put the mapping into config.toml")
    discover.set_defaults(run=run_discover)
    check = commands.add_parser("check", parents=[shared], help="what is not mapped; 1 if something is not")
    check.add_argument("name", metavar="NAME")
    check.set_defaults(run=run_check)
    prepare = commands.add_parser("prepare", parents=[shared], help="make the fields that it lacks, if you agree")
    prepare.add_argument("name", metavar="NAME")
    prepare.add_argument("facts", metavar="FACT", nargs="*", help=f"only these of: {', '.join(FACTS)}")
    prepare.add_argument("--yes", action="store_true", help="do it without asking")
    prepare.set_defaults(run=run_prepare)
    upstreamtest.register(commands, shared)


def run_list(context: Context) -> int:
    """Every upstream: adapter, prefix, schedule, and how it is."""
    with context.desk() as desk:
        found = [_listed(desk, name) for name in desk.settings.upstream]
    head = ("NAME", "KIND", "PREFIX", "EVERY", "LAST OK", "QUEUED", "STATE")
    rows = [
        (each["name"], each["kind"], each["prefix"], f"{each['every_s']}s", each["last_ok"] or "never", each["queued"],
         f"OFFLINE: {each['error']}" if each["offline_since"] else each["error"] or "ok")
        for each in found
    ]  # fmt: skip
    context.show({"upstreams": found}, output.table(head, rows) if rows else ["no upstream: run `deskui init`"])
    return output.DONE


def _listed(desk: "Opened", name: str) -> dict[str, Any]:
    from deskui.domain.when import iso
    from deskui.store import outbox, syncstate

    told = desk.settings.upstream[name]
    state = desk.store.read(lambda db: syncstate.get(db, name))
    waiting = desk.store.read(lambda db: outbox.entries(db, states=("queued", "sending"), upstream=name))
    return {
        "name": name, "kind": desk.settings.kind(name), "prefix": desk.settings.prefix(name), "url": told.url,
        "every_s": told.every_s, "last_ok": None if state.last_ok is None else iso(state.last_ok),
        "offline_since": None if state.offline_since is None else iso(state.offline_since),
        "error": state.error or None, "queued": len(waiting),
        "mapped": {table: len(getattr(told, table)) for table in ("states", "priorities", "queues", "fields")},
    }  # fmt: skip


def run_discover(context: Context) -> int:
    """Its words, and the lines of a mapping that are missing; with --write they are in config.toml."""
    from deskui.services import mapping

    name = context.args.name
    with _asked(context, name) as (upstream, options):
        words = upstream.discover()
    lines = mapping.first(words, options)
    written = _write(context, name, lines) if context.args.write and lines else None
    found = {
        "upstream": name, "words": _words(words), "mapping": lines, "toml": mapping.toml(name, lines),
        "lacks": words.lacks or None, "written": written,
    }  # fmt: skip
    context.show(found, _discovered(found, words))
    return output.DONE


def _discovered(found: dict[str, Any], words: "Words") -> list[str]:
    counts = (f"{len(getattr(words, table))} {table}" for table in ("states", "priorities", "queues", "fields"))
    said = [f"# {found['upstream']} has {', '.join(counts)}", *([f"# {words.lacks}"] if words.lacks else [])]
    if not found["toml"]:
        return [output.inert(line) for line in [*said, "# nothing is left to be mapped"]]
    where = f"# written into {found['written']}" if found["written"] else "# for config.toml; --write puts it there"
    return [output.inert(line) for line in [*said, where, *found["toml"].splitlines()]]


def run_check(context: Context) -> int:
    """What is not mapped, there or on the tickets in the store; 1 if there is something."""
    from deskui.services import mapping
    from deskui.store import queues

    name = context.args.name
    with _asked(context, name) as (upstream, options):
        words = upstream.discover()
    with context.desk() as desk:
        kept = desk.store.read(lambda db: queues.seen(db, name))
    open_ = mapping.unmapped(words, options, kept)
    found = [{"table": each.table, "name": each.name, "problem": each.problem} for each in open_]
    said = [f"{each.table}: {each.name}: {each.problem}" for each in open_] or [f"{name}: everything is mapped"]
    if open_:
        said.append(f"`deskui upstream discover {name}` shows lines for config.toml")
    context.show(
        {"upstream": name, "ok": not open_, "unmapped": found, "lacks": words.lacks or None}, map(output.inert, said)
    )
    return output.NOT_SO if open_ else output.DONE


def run_prepare(context: Context) -> int:
    """Say what would be made, make it after a yes, and map it; the rest goes into private notes."""
    context.writable()
    name = context.args.name
    for fact in context.args.facts:
        if fact not in FACTS:
            raise output.Failure("usage", f"{fact!r} is no fact of the desk; it is one of: {', '.join(FACTS)}")
    with _asked(context, name) as (upstream, options):
        facts = context.args.facts or list(FACTS)
        would, why = _would(upstream, facts)
        if would and not _agreed(context, name, would):
            shown = [{"fact": each.fact, "field": each.name, "what": each.what} for each in would]
            raise output.Failure("refused", "nothing was made", "--yes does it.", document={"would": shown})
        made, refused = _make(upstream, would)
        there = [fact for fact in _fitting(upstream, options) if fact not in made]
    lines = {"fields": {fact: _quoted(field) for fact, field in made.items() if fact not in options.fields}}
    written = _write(context, name, lines) if lines["fields"] else None
    carried = {*options.fields, *made} - set(refused)
    notes = [fact for fact in FACTS if fact not in carried and fact not in there]
    found = {
        "upstream": name, "made": made, "refused": refused, "why": why or None, "notes": notes, "there": there,
        "written": written,
    }  # fmt: skip
    context.show(found, map(output.inert, _prepared(found)))
    return output.NOT_SO if refused or why else output.DONE


def _prepared(found: dict[str, Any]) -> Iterator[str]:
    yield from (f"made {field!r} for {fact}" for fact, field in found["made"].items())
    yield from (f"not made for {fact}: {words}" for fact, words in found["refused"].items())
    if found["why"]:
        yield found["why"]
    if not (found["made"] or found["refused"] or found["why"]):
        yield "nothing is to be made: every field that is asked for is there (see `deskui upstream discover`)"
    if found["written"]:
        yield f"mapped in {found['written']}"
    if found["there"]:
        facts, name = ", ".join(found["there"]), found["upstream"]
        yield f"a field is there, and not mapped yet: {facts}; `deskui upstream discover {name} --write` maps them"
    if found["notes"]:
        yield f"without a field: {', '.join(found['notes'])}; they go into private notes, as lines that begin deskui:"


def _would(upstream: "Upstream", facts: list[str]) -> tuple[tuple["Making", ...], str]:
    """What would be made; or why nothing can be."""
    from deskui.upstream.base import Rejected

    try:
        return upstream.making(facts), ""
    except Rejected as refusal:
        return (), str(refusal)


def _fitting(upstream: "Upstream", options: "Options") -> list[str]:
    """The facts for which there is a field that is not mapped."""
    from deskui.services import mapping
    from deskui.upstream.base import Rejected

    try:
        return list(mapping.first(upstream.discover(), options).get("fields", {}))
    except Rejected:
        return []


def _agreed(context: Context, name: str, would: tuple["Making", ...]) -> bool:
    output.say(f"In {name} this would be made:")
    for each in would:
        output.say(output.inert(f"  for {each.fact}: {each.what}"))
    if context.args.yes or context.json or not sys.stdin.isatty():
        return bool(context.args.yes)
    sys.stderr.write("Make it? y/N: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _make(upstream: "Upstream", would: tuple["Making", ...]) -> tuple[dict[str, str], dict[str, str]]:
    from deskui.upstream.base import Rejected

    made, refused = dict[str, str](), dict[str, str]()
    for each in would:
        try:
            upstream.make_field(each)
        except Rejected as refusal:
            refused[each.fact] = str(refusal) or "refused"
        else:
            made[each.fact] = each.name
    return made, refused


@contextmanager
def _asked(context: Context, name: str) -> "Iterator[tuple[Upstream, Options]]":
    """The upstream, logged in, and what it is told."""
    from deskui import adapters

    settings = settings_of(context, name)
    options = adapters.options(settings, name)
    with adapters.opened(context.home, settings, name, options) as upstream:
        yield upstream, options


def settings_of(context: Context, name: str) -> "Settings":
    """The configuration, which must name that upstream."""
    from deskui import config

    settings = config.load(context.home / "config.toml")
    if name not in settings.upstream:
        known = ", ".join(settings.upstream) or "none"
        raise output.Failure("usage", f"there is no upstream {name!r}; config.toml has: {known}")
    return settings


def _words(words: "Words") -> dict[str, Any]:
    return {
        table: [
            {"name": word.name, "meaning": word.meaning or None, "sure": word.sure} for word in getattr(words, table)
        ]
        for table in ("states", "priorities", "queues", "fields")
    }


def _quoted(value: str) -> str:
    from deskui.services.mapping import quoted

    return quoted(value)


def _write(context: Context, name: str, lines: Any) -> str:
    """Put the lines into config.toml, which is read first: all of it or nothing."""
    from deskui import config
    from deskui.cli.first import write
    from deskui.services import mapping

    context.writable()
    path = (context.home / "config.toml").resolve()
    try:
        with open(path, encoding="utf-8", newline="") as file:
            text = mapping.put(file.read(), name, lines)
    except mapping.Unwritable as error:
        raise output.Failure(
            "config", f"{path}: {error}", f"Put it in yourself:\n{mapping.toml(name, lines)}"
        ) from None
    config.parse(text, str(path))
    write(path, text)
    return str(path)
