"""`deskui ci`: the inventory of configuration items."""

import sys
from pathlib import Path
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context
from deskui.domain import asset


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    sub = add("ci", help="the inventory: list, import").add_subparsers(metavar="list|import", required=True)
    sub.add_parser("list", parents=[shared], help="all configuration items").set_defaults(run=run_list)
    load = sub.add_parser("import", parents=[shared], help=f"a CSV file with {', '.join(asset.COLUMNS)}")
    load.add_argument("file", metavar="FILE", help="- is standard input")
    load.set_defaults(run=run_import)


def run_list(context: Context) -> int:
    """All configuration items."""
    with context.desk() as desk:
        found = [_columns(item) for item in desk.services.inventory.all()]
    rows = [[item[column] for column in asset.COLUMNS] for item in found]
    head = [column.upper() for column in asset.COLUMNS]
    context.show({"cis": found}, output.table(head, rows) if rows else ["no configuration items yet"])
    return output.DONE


def run_import(context: Context) -> int:
    """Take over a CSV file; a row that is wrong stops it before anything is written."""
    context.writable()
    name = context.args.file
    try:
        content = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise output.Failure("usage", f"{name} cannot be read: {error}") from None
    try:
        items = asset.parse_csv(content)
    except asset.AssetError as error:
        raise output.Failure("usage", f"{name}: {error}", "Nothing was imported. Correct the file.") from None
    with context.desk() as desk:
        desk.services.inventory.put(items).result()
    context.show({"cis": [_columns(item) for item in items]}, [f"{len(items)} configuration items imported"])
    return output.DONE


def _columns(item: asset.Asset) -> dict[str, Any]:
    return {column: getattr(item, column) for column in asset.COLUMNS}
