"""`deskui bulk`, `macro`, `undo`, `redo`: several tickets at once, shown first and done only with their typed count."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context
from deskui.domain import verbs

if TYPE_CHECKING:
    from deskui.domain.bulk import Order

OWN = "own"  # acknowledge and assign to me, as the key does it


def register(add: Add, shared: Any) -> None:
    """Their place on the command line."""
    bulk = add(
        "bulk",
        help="one change on several tickets: shows what it would do; --yes-count N does it",
        usage="deskui bulk ID [ID ...] VERB [ARG ...] [--dry-run] [--yes-count N]",
        epilog=f"Verbs: {OWN} (acknowledge, assign to me), and those of `deskui do --help`; a text may say "
        "{{ ticket.id }}, {{ ticket.subject }}, {{ ticket.customer }}, {{ me }}.",
    )
    _doing(bulk)
    bulk.add_argument("rest", nargs=argparse.REMAINDER, metavar="ID ... VERB")
    bulk.set_defaults(run=run_bulk)
    for name, run, what in (("undo", run_undo, "undo what was done last"), ("redo", run_redo, "do it again")):
        one = add(name, help=f"{what}, a bulk as one; --yes-count N for more than one ticket")
        _doing(one)
        one.set_defaults(run=run)
    macro = add("macro", help="several changes and a reply by one name; 1 if a file is refused")
    macro.set_defaults(run=run_list)
    ways = macro.add_subparsers(metavar="list | show | run")
    ways.add_parser("list", parents=[shared]).set_defaults(run=run_list)
    show = ways.add_parser("show", parents=[shared])
    show.add_argument("name", metavar="NAME")
    show.set_defaults(run=run_show)
    do = ways.add_parser("run", parents=[shared])
    do.add_argument("name", metavar="NAME")
    do.add_argument("ids", nargs="+", metavar="ID")
    _doing(do)
    do.set_defaults(run=run_macro)


def _doing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only show what it would do")
    parser.add_argument("--yes-count", type=int, metavar="N", help="do it, if it is exactly N tickets")


def run_bulk(context: Context) -> int:
    """The words are ids, then a verb with its own words."""
    context.writable()
    words = _own(context)
    split = next((at for at, word in enumerate(words) if word == OWN or word in verbs.VERB_HELP), None)
    if not split:
        raise output.Failure("usage", "bulk needs ids and then a verb", "See `deskui bulk --help`.")
    with context.desk() as desk:
        return _ordered(context, desk, _order(desk, words[split], words[split + 1 :]), words[:split])


def _own(context: Context) -> list[str]:
    """The words without --dry-run and --yes-count, which may stand anywhere."""
    given = context.args.words
    if given.send is not None:
        raise output.Failure("usage", "bulk only queues: send it with `deskui sync --once`")
    kept, left = list[str](), iter(given.own)
    for word in left:
        name, _, value = word.partition("=")
        if word in verbs.VALUED:
            kept += [word, next(left, "")]
        elif word == "--dry-run":
            context.args.dry_run = True
        elif name == "--yes-count":
            context.args.yes_count = _number(value or next(left, ""))
        else:
            kept.append(word)
    return kept


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise output.Failure("usage", f"--yes-count needs a number, not {text!r}")
    return int(text)


def _order(desk: Any, verb: str, argv: Sequence[str]) -> "Order":
    from deskui.domain.bulk import ME, Order
    from deskui.domain.change import Acknowledge, Assign

    if verb == OWN:
        return Order("own + acknowledge", (Acknowledge(), Assign(ME)))
    change = verbs.parse(verb, argv, desk.now(), desk.zone, ME)
    return Order(" ".join([verb, *argv])[:60], (change,))


def run_macro(context: Context) -> int:
    """The macro on these tickets."""
    context.writable()
    with context.desk() as desk:
        macro = _macro(context, context.args.name)
        return _ordered(context, desk, macro.order(desk.now(), desk.zone), context.args.ids)


def _ordered(context: Context, desk: Any, order: "Order", names: Sequence[str]) -> int:
    """Show what it does; with the right count do it and show what became of each."""
    from deskui.services import bulk, bulkwords

    work = bulk.Bulk(desk.services.desk, desk.services.writing)
    preview = work.look(order, names)
    lines = [bulkwords.title(preview), *bulkwords.summary(preview), *bulkwords.listed(preview, work.sent)]
    if context.args.dry_run:
        context.show(bulk.document(preview, work.sent), lines)
        return output.NOT_SO if preview.refused else output.DONE
    _agreed(context, len(preview.touched), bulk.document(preview, work.sent), lines)
    outcomes = work.run(preview)
    said = [f"{order.what}: {bulkwords.counted(outcomes)}", *bulkwords.outcomes(outcomes)]
    context.show(bulk.document(preview, work.sent, outcomes), said)
    return output.DONE if all(each.state == "done" for each in outcomes) else output.NOT_SO


def _agreed(context: Context, count: int, document: Any, lines: Sequence[str]) -> None:
    """Nothing is done without the count of what was shown."""
    given = context.args.yes_count
    if given == count:
        return
    if not context.json:
        output.lines(lines)
    said = "nothing was done" if given is None else f"nothing was done: it is {count}, not {given}"
    raise output.Failure("usage", said, f"--yes-count {count} does it; --dry-run only shows it.", document=document)


# --- undo and redo


def run_undo(context: Context) -> int:
    """The newest deed that can be undone."""
    from deskui.services.deeds import Deeds

    context.writable()
    with context.desk() as desk:
        deeds = Deeds(desk.services.desk)
        deed = deeds.newest()
        if deed is None:
            raise output.Failure("refused", "nothing to undo")
        rows = [(ticket.id, "; ".join(step.said for step in steps)) for ticket, steps in deeds.look(deed)]
        return _stepped(context, f"undo {deed.said}", rows, lambda: deeds.undo(deed))


def run_redo(context: Context) -> int:
    """What was undone last."""
    from deskui.services.deeds import Deeds, say

    context.writable()
    with context.desk() as desk:
        deeds = Deeds(desk.services.desk)
        deed = deeds.redoable()
        if deed is None:
            raise output.Failure("refused", "nothing to do again: nothing was undone, or something was done since")
        rows = []
        for uid in deed.tickets:
            changes = [change for part in deed.on(uid) for _, change in part.entries]
            rows.append((context.find(desk, uid).id, " + ".join(map(say, changes))))
        return _stepped(context, f"do {deed.said} again", rows, lambda: deeds.redo(deed))


def _stepped(context: Context, what: str, rows: Sequence[tuple[str, str]], work: Any) -> int:
    from deskui.services import bulkwords

    planned = {"what": what, "count": len(rows), "tickets": [{"ticket": name, "said": said} for name, said in rows]}
    lines = [output.inert(line) for line in (what, *(f" {name}  {said}" for name, said in rows))]
    if context.args.dry_run:
        context.show(planned, lines)
        return output.DONE
    if len(rows) > 1 or context.args.yes_count is not None:
        _agreed(context, len(rows), planned, lines)
    outcomes = work()
    became = [{"ticket": each.ticket, "outcome": each.state, "said": each.said} for each in outcomes]
    context.show(
        {**planned, "tickets": became}, [f"{what}: {bulkwords.counted(outcomes)}", *bulkwords.outcomes(outcomes)]
    )
    return output.DONE if all(each.state == "done" for each in outcomes) else output.NOT_SO


# --- macros


def _macros(context: Context) -> Any:
    from deskui import resources
    from deskui.services.macros import Macros

    return Macros(resources.data(), context.home)


def _macro(context: Context, name: str) -> Any:
    from deskui.services.macros import MacroError

    try:
        return _macros(context).get(name)
    except MacroError as wrong:
        raise output.Failure("config", str(wrong), "See `deskui macro list`.") from None


def run_list(context: Context) -> int:
    """All of them; whether each can be used."""
    found = _macros(context).all()
    rows = [(each.name, each.key, ", ".join(each.steps), each.title) for each in found.macros]
    documents = [_document(each) for each in found.macros]
    refused = [output.inert(f"REFUSED {wrong}") for wrong in found.wrong]
    table = output.table(("NAME", "KEY", "STEPS", "TITLE"), rows)
    context.show({"macros": documents, "refused": list(found.wrong)}, [*table, *refused])
    return output.NOT_SO if found.wrong else output.DONE


def run_show(context: Context) -> int:
    """One of them, with its text."""
    macro = _macro(context, context.args.name)
    lines = [f"{macro.name}: {macro.title}", *(f"  {step}" for step in macro.steps)]
    lines += ["", *macro.reply.split("\n")] if macro.reply else []
    context.show({**_document(macro), "reply": macro.reply or None}, [output.inert(line) for line in lines])
    return output.DONE


def _document(macro: Any) -> dict[str, Any]:
    return {"name": macro.name, "title": macro.title, "key": macro.key, "steps": list(macro.steps), "file": macro.where}
