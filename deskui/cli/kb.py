"""`deskui kb`: how tickets with these words ended, and what the articles say."""

from typing import TYPE_CHECKING, Any

from deskui import text
from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context

if TYPE_CHECKING:
    from deskui.domain.knowledge import Known


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    kb = add("kb", help="what is known: resolved tickets and the articles in kb/")
    commands = kb.add_subparsers(metavar="search|show", required=True)
    search = commands.add_parser("search", parents=[shared], help="the best findings first; 1 if there is none")
    search.add_argument("words", metavar="WORDS", nargs="+")
    search.set_defaults(run=run)
    show = commands.add_parser("show", parents=[shared], help="an article, or how a ticket ended")
    show.add_argument("name", metavar="NAME")
    show.set_defaults(run=run_show)


def run(context: Context) -> int:
    """Everything that fits."""
    with context.desk() as desk:
        assert desk.services.knowledge is not None
        found = desk.services.knowledge.search_now(" ".join(context.args.words))
    rows = [(each.name, each.customer or "-", each.title) for each in found]
    context.show({"found": [_document(each) for each in found]}, output.table(("NAME", "CUSTOMER", "TITLE"), rows))
    return output.DONE if found else output.NOT_SO


def run_show(context: Context) -> int:
    """All of one."""
    with context.desk() as desk:
        assert desk.services.knowledge is not None
        found = desk.services.knowledge.get(context.args.name)
    if found is None:
        hint = "See `deskui kb search WORDS`; a ticket has to be resolved, with a note of how."
        raise output.Failure("unknown_name", f"nothing is known under {context.args.name}", hint)
    context.show(
        _document(found), [output.inert(found.title), "", *text.block(found.text, len(found.text)).split("\n")]
    )
    return output.DONE


def _document(of: "Known") -> dict[str, Any]:
    from deskui.domain.when import iso

    return {
        "name": of.name, "kind": "article" if of.is_article else "ticket", "title": of.title,
        "customer": of.customer or None, "updated": iso(of.at) if of.at else None, "text": of.text,
        "workaround": of.helps,
    }  # fmt: skip
