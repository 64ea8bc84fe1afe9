"""`deskui theme`: which themes there are, and whether their colours can be read and told apart."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    sub = add("theme", help="the console's themes: list, check").add_subparsers(metavar="list|check", required=True)
    sub.add_parser("list", parents=[shared], help="every theme and its file").set_defaults(run=run_list)
    check = sub.add_parser("check", parents=[shared], help="contrast, and signals under colour deficiencies")
    check.add_argument("files", metavar="FILE", nargs="*", type=Path, help="only these; left out: every theme")
    check.set_defaults(run=run_check)


def run_list(context: Context) -> int:
    """Ours, and those in `<home>/themes`."""
    from deskui import resources

    found = [_kind(name, path) for name, path in resources.themes(context.home).items()]
    rows = [("-" if value is None else value for value in each.values()) for each in found]
    context.show({"themes": found}, output.table(("NAME", "GROUND", "COLOURS", "FILE"), map(tuple, rows)))
    return output.DONE


def _kind(name: str, path: Path) -> dict[str, str | None]:
    """What sort of theme it is; None where the file is wrong."""
    from deskui.ui import themefile

    try:
        table = themefile.read(path)
    except themefile.ThemeError:
        return {"name": name, "ground": None, "colours": None, "file": str(path)}
    return {"name": name, "ground": themefile.ground(table), "colours": themefile.kind(table), "file": str(path)}


def run_check(context: Context) -> int:
    """Each file by itself; 1 if one is wrong, with the key and what to do."""
    from deskui import resources
    from deskui.ui import themefile

    paths = context.args.files or resources.themes(context.home).values()
    themes = [_checked(path, themefile.faults(path)) for path in paths]
    ok = all(each["ok"] for each in themes)
    context.show({"ok": ok, "themes": themes}, _people(themes))
    return output.DONE if ok else output.NOT_SO


def _checked(path: Path, faults: Iterable[Any]) -> dict[str, Any]:
    problems = [{"line": line, **problem._asdict()} for line, problem in faults]
    return {"name": path.stem, "file": str(path), "ok": not problems, "problems": problems}


def _people(themes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for each in themes:
        if each["ok"]:
            yield output.inert(f"{each['file']}: ok")
        for problem in each["problems"]:
            where = f"{each['file']}, line {problem['line']}" if problem["line"] else each["file"]
            yield output.inert(f"wrong: {': '.join(filter(None, (where, problem['key'], problem['message'])))}")
            yield output.inert(f"       {problem['remedy']}")
