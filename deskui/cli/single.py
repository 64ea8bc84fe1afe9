"""`deskui do` and `deskui new`: one change, queued like any other; --send pushes the ticket's queue at once."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context
from deskui.cli.times import TOLD, began
from deskui.domain import verbs

SEND_S = 30
_FLAGS = {"--json": "json", "--read-only": "read_only", "--no-color": "no_color"}
_VALUES = {"--home": "home", "--as": "as_"}


def register(add: Add, _shared: Any) -> None:
    """Their place on the command line."""
    do = add(
        "do",
        help="one change on a ticket",
        epilog="Verbs:\n" + "\n".join(f"  {usage:<32} {what}" for usage, what in verbs.VERB_HELP.values()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="deskui do ID VERB [ARG ...] [--send [SECONDS]]",
    )
    do.add_argument("id", metavar="ID")
    do.add_argument("verb", metavar="VERB")
    do.add_argument("rest", nargs=argparse.REMAINDER, metavar="ARG", help="as the verb needs them; --send comes last")
    do.set_defaults(run=run_do)
    new = add("new", help="a new ticket")
    new.add_argument("--subject", required=True)
    new.add_argument("-m", dest="text", default="", metavar="TEXT", help="what happened")
    new.add_argument("--customer")
    new.add_argument("--priority", default="P4", metavar="P1..P4")
    new.add_argument("--ci", metavar="NAME", help="the configuration item it is about")
    new.add_argument("--queue", metavar="NAME")
    new.add_argument("--requestor", metavar="ADDRESS")
    new.add_argument("--kind", default="incident", choices=("incident", "service_request", "change", "problem"))
    new.add_argument("--received", metavar="TIME", help=f"when it was phoned in, if that was earlier: {TOLD}")
    new.add_argument("--upstream", metavar="NAME", help="which system it goes to")
    new.add_argument("--send", nargs="?", type=int, const=SEND_S, metavar="SECONDS", help="push it now")
    new.set_defaults(run=run_new)


@dataclass(slots=True)
class Words:
    """What stood after the verb, sorted: the verb's own words, --send, and the options of every command."""

    own: list[str] = field(default_factory=list)
    send: int | None = None
    everywhere: dict[str, Any] = field(default_factory=dict)


def spread(args: argparse.Namespace) -> None:
    """The options of every command may also stand behind a verb's words."""
    if "rest" in args:
        args.words = sort_out(args.rest)
        vars(args).update(args.words.everywhere)


def sort_out(rest: Sequence[str]) -> Words:
    """Take --send and the options of every command out of a verb's words; a value of an option is never one."""
    words, left = Words(), iter(rest)
    for word in left:
        name, equals, value = word.partition("=")
        if word == "--":
            words.own += [word, *left]
        elif word in _FLAGS:
            words.everywhere[_FLAGS[word]] = True
        elif name in _VALUES:
            words.everywhere[_VALUES[name]] = value if equals else _next(left, name)
        elif word in verbs.VALUED:
            words.own += [word, _next(left, word)]
        elif name == "--send":
            words.send = _seconds([value] if equals else list(left), words)
        else:
            words.own.append(word)
    return words


def _seconds(after: list[str], words: Words) -> int:
    """The seconds behind --send; what follows them is sorted as well."""
    seconds = SEND_S
    if after and after[0].isascii() and after[0].isdigit():
        seconds = int(after.pop(0))
    more = sort_out(after)
    words.own += more.own
    words.everywhere |= more.everywhere
    return seconds


def _next(left: Iterator[str], name: str) -> str:
    value = next(left, None)
    if value is None:
        raise output.Failure("usage", f"{name} needs a value")
    return value


def run_do(context: Context) -> int:
    """Queue the change that the words mean."""
    words: Words = context.args.words
    if context.args.verb == "follow-up":  # the desk's own: no change, nothing to send
        from deskui.cli import follow

        return follow.follow(context, words.own)
    context.writable()
    with context.desk() as desk:
        ticket = context.find(desk, context.args.id)
        me = desk.services.me(ticket.upstream)
        change = verbs.parse(context.args.verb, words.own, desk.now(), desk.zone, me)
        _addressed(desk, ticket, change)
        change = _carried(desk, ticket, change)
        _flag(desk, ticket.id, change)
        entry = desk.services.desk.do(ticket.id, change).result()
        return _report(context, desk, ticket.id, entry, words.send)


def _addressed(desk: Any, ticket: Any, change: Any) -> None:
    """Refuse what the system cannot do at all, now, not when it is sent: other people for a reply, tags, a Cc."""
    named = getattr(change, "to", ()) or getattr(change, "cc", ())
    if not (getattr(change, "moves", ()) or (change.verb == "reply" and named)):
        return
    from deskui.services.rereading import Rereading

    if why := Rereading(desk.services.syncing).lacks(ticket.upstream, change):
        hint = "Send it without them." if change.verb == "reply" else ""
        raise output.Failure("refused", why, hint)


def _carried(desk: Any, ticket: Any, change: Any) -> Any:
    """With the files that --attach names, read now."""
    if not getattr(change, "files", ()):
        return change
    from deskui.services.attachments import NotSaved

    try:
        return desk.services.attachments.carried(ticket, change)
    except NotSaved as error:
        raise output.Failure(error.kind, f"nothing was queued: {error}") from error


def _flag(desk: Any, name: str, change: Any) -> None:
    """Say it before time is booked on work that the contract does not cover."""
    if not getattr(change, "minutes", 0):
        return
    from deskui.services.scoping import Scoping

    asked = Scoping(desk.services.desk).check(name)
    if asked.warning and asked.listed:
        output.say(f"deskui: {asked.warning}")


def run_new(context: Context) -> int:
    """Queue a new ticket."""
    context.writable()
    from deskui.domain.change import Create

    args = context.args
    with context.desk() as desk:
        received = began(args.received, desk.zone, desk.now()) if args.received else None
        if received is not None and received > desk.now():
            raise output.Failure("usage", f"--received {args.received} has not been yet")
        create = Create(
            args.subject, args.text, args.queue, args.customer, args.requestor, verbs.priority(args.priority),
            args.kind, args.ci, received,
        )  # fmt: skip
        context.upstream(desk, args.upstream)
        if not desk.settings.upstream:
            raise output.Failure("config", "no upstream is configured: where should it go?", "Run `deskui init`.")
        name, entry = desk.services.desk.new(create, args.upstream).result()
        return _report(context, desk, name, entry, args.send)


def _report(context: Context, desk: Any, name: str, entry: Any, send: int | None) -> int:
    """Say what became of the change, after sending it if that was asked for."""
    from deskui.services import present

    code = output.DONE
    if not entry.uid:
        output.say(f"deskui: {entry.error}")
    elif send is not None:
        from deskui.cli import sending

        entry, code, trouble = sending.send(desk, entry, send)
        if trouble:
            output.say(f"deskui: {trouble}")
        name = context.find(desk, entry.ticket).id
    result = present.done(name, entry)
    context.show(result, [f"{name}: {entry.state}"])
    return code
