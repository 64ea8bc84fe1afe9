"""`deskui tag` and `deskui cc`: the words that a ticket is found by, and who gets a copy of the replies."""

import argparse
from typing import Any

from deskui.cli import output, single
from deskui.cli.console import Add
from deskui.cli.context import Context

SAYS = {"tag": ("tags", "a ticket's tags; or put some on (+TAG), take some off (-TAG)"),
        "cc": ("cc", "who is in a ticket's Cc; or add somebody (+ADDR), take them off (-ADDR)")}  # fmt: skip
"""The command, which is the verb: the ticket's set, and what it does."""


def register(add: Add, _shared: Any) -> None:
    """Their place on the command line."""
    for verb, (_name, said) in SAYS.items():
        word = "TAG" if verb == "tag" else "ADDR"
        one = add(verb, help=said, usage=f"deskui {verb} ID [+{word}|-{word} ...] [--send [SECONDS]]")
        one.add_argument("id", metavar="ID")
        one.add_argument("rest", nargs=argparse.REMAINDER, metavar=f"+{word}|-{word}", help="left out: list them")
        one.set_defaults(run=run, verb=verb)


def run(context: Context) -> int:
    """Queue the moves, or show what there is."""
    if context.args.words.own:
        return single.run_do(context)
    with context.desk() as desk:
        ticket = context.find(desk, context.args.id)
    name = SAYS[context.args.verb][0]
    found = list(getattr(ticket, name))
    none = f"{ticket.id} has no tags" if name == "tags" else f"nobody is in the Cc of {ticket.id}"
    context.show({"ticket": ticket.id, name: found}, found or [none])
    return output.DONE
