"""`deskui view`: the queries that have a name, those that ship, those of the home's views.toml and the saved ones."""

from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context
from deskui.cli.queue import order


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    view = add("view", help="queries with a name; 1 if one of a file is refused")
    view.set_defaults(run=run)
    commands = view.add_subparsers(metavar="list|show|save|delete")
    listing = commands.add_parser("list", parents=[shared], help="all of them, with how many tickets are in each")
    listing.set_defaults(run=run)
    show = commands.add_parser("show", parents=[shared], help="what one asks for")
    show.set_defaults(run=run_show)
    save = commands.add_parser("save", parents=[shared], help="keep a query under a name")
    save.set_defaults(run=run_save)
    delete = commands.add_parser("delete", parents=[shared], help="forget it; one of a file is then as the file says")
    delete.set_defaults(run=run_delete)
    for each in (show, save, delete):
        each.add_argument("name", metavar="NAME")
    save.add_argument("query", nargs="*", metavar="QUERY")
    save.add_argument("--sort", metavar="COLUMN", type=order, default="sla", help="as in `deskui list --sort`")
    save.add_argument(
        "--columns", metavar="NAMES", help="with commas: st, customer, own, upd, kind, system (default: the first four)"
    )


def _document(view: Any, number: int, count: int | None = None) -> dict[str, Any]:
    return {
        "number": number, "name": view.name, "query": view.query, "sort": view.sort, "columns": list(view.columns),
        "origin": view.origin, "altered": view.altered, **({} if count is None else {"tickets": count}),
    }  # fmt: skip


def run(context: Context) -> int:
    """All of them."""
    with context.desk() as desk:
        views = desk.services.views
        found = views.all()
        documents = [_document(each, n, views.count(each).result()) for n, each in enumerate(found.views, 1)]
    names = [f"{each['name']} *" if each["altered"] else each["name"] for each in documents]
    rows = [
        (str(each["number"]), name, str(each["tickets"]), each["sort"], each["query"] or "-")
        for each, name in zip(documents, names, strict=True)
    ]
    refused = [output.inert(f"REFUSED {wrong}") for wrong in found.wrong]
    context.show(
        {"views": documents, "refused": list(found.wrong)},
        [*output.table(("NO", "NAME", "TICKETS", "SORT", "QUERY"), rows), *refused],
    )
    return output.NOT_SO if found.wrong else output.DONE


def _shown(context: Context, views: Any, name: str) -> int:
    found = views.all()
    view = found.named(name)
    document = _document(view, found.views.index(view) + 1)
    context.show(document, (output.inert(f"{key}: {_said(value)}") for key, value in document.items()))
    return output.DONE


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)


def run_show(context: Context) -> int:
    """One of them."""
    with context.desk() as desk:
        return _shown(context, desk.services.views, context.args.name)


def run_save(context: Context) -> int:
    """Keep it, or what it asks for now."""
    from deskui.domain.view import COLUMNS, USUAL, View

    args = context.args
    columns = USUAL if args.columns is None else tuple(filter(None, args.columns.split(",")))
    if unknown := [name for name in columns if name not in COLUMNS]:
        raise output.Failure("usage", f"no column {unknown[0]!r}", f"There are {', '.join(COLUMNS)}.")
    with context.desk() as desk:
        views = desk.services.views
        views.save(View(args.name, " ".join(args.query), args.sort, columns)).result()
        return _shown(context, views, args.name)


def run_delete(context: Context) -> int:
    """Forget what was saved."""
    with context.desk() as desk:
        name = desk.services.views.all().named(context.args.name).name
        desk.services.views.delete(name).result()
        context.show({"deleted": name}, [output.inert(f"{name}: what was saved of it is gone")])
    return output.DONE
