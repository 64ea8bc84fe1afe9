"""`deskui template list`: the text templates of the editor, and what is wrong with those that are refused."""

from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    template = add("template", help="the text templates of the editor; 1 if one is refused")
    template.set_defaults(run=run)
    template.add_subparsers(metavar="list").add_parser("list", parents=[shared]).set_defaults(run=run)


def run(context: Context) -> int:
    """All of them; whether each can be used."""
    from deskui import resources
    from deskui.services.templates import Templates

    found = Templates(resources.data(), context.home).all()
    rows = [(each.name, each.key, ", ".join(each.kinds), each.title) for each in found.templates]
    documents = [
        {"name": each.name, "title": each.title, "key": each.key, "for": list(each.kinds), "file": each.where}
        for each in found.templates
    ]
    refused = [output.inert(f"REFUSED {wrong}") for wrong in found.wrong]
    context.show(
        {"templates": documents, "refused": list(found.wrong)},
        [*output.table(("NAME", "KEY", "FOR", "TITLE"), rows), *refused],
    )
    return output.NOT_SO if found.wrong else output.DONE
