"""`deskui backup`, `restore`, `export` and `store`: the desk's file as a whole."""

import json
import sys
from pathlib import Path
from typing import Any

from deskui.cli import output, sealing
from deskui.cli.console import Add
from deskui.cli.context import Context


def register(add: Add, shared: Any) -> None:
    """Their place on the command line."""
    backup = add("backup", help="copy the store into FILE, also while the console is open")
    backup.add_argument("file", metavar="FILE")
    backup.set_defaults(run=run_backup)
    restore = add("restore", help="put a backup in the store's place; the replaced store is kept")
    restore.add_argument("file", metavar="FILE")
    restore.set_defaults(run=run_restore)
    export = add("export", help="everything in the store, one JSON object a line")
    export.set_defaults(run=run_export)
    store = add("store", help="check the store, make it smaller, encrypt it, or save what can be read of a damaged one")
    store.set_defaults(run=run_check)
    actions = store.add_subparsers(metavar="check|compact|encrypt|decrypt|salvage")
    check = actions.add_parser("check", parents=[shared], help="whether it is whole, page by page")
    check.set_defaults(run=run_check)
    compact = actions.add_parser("compact", parents=[shared], help="archive what is old, and give free room back")
    compact.set_defaults(run=run_compact)
    sealing.register(actions, shared)
    salvage = actions.add_parser("salvage", parents=[shared], help="set it aside and save what was written here")
    salvage.set_defaults(run=run_salvage)


def run_backup(context: Context) -> int:
    """A whole copy; a file of that name is not written over."""
    to = Path(context.args.file).expanduser().absolute()
    if to.exists():
        raise output.Failure("refused", f"{to} is there already", "Name another file, or remove that one.")
    with context.desk() as desk:
        desk.store.backup(to)
    size = to.stat().st_size
    context.show({"file": str(to), "bytes": size}, [f"{to}: {size >> 10} KiB, only you can read it"])
    return output.DONE


def run_restore(context: Context) -> int:
    """Back to how it was; what waited there is looked for upstream before it is sent."""
    context.writable()
    from deskui.wiring import upkeep

    done = upkeep.restored(context.home, Path(context.args.file).expanduser().absolute())
    people = [f"restored from {context.args.file}; the next sync reads what has changed since"]
    if done.waiting:
        people.append(f"{done.waiting} changes wait in it: each is looked for upstream before it is sent")
    if done.aside:
        people.append(f"the replaced store is kept as {done.aside}")
    if done.missing:
        people.append(f"not in the backup, only in the replaced store ({len(done.missing)}):")
        people += [f"  {each}" for each in done.missing]
    aside = str(done.aside) if done.aside else None
    found = {"restored": context.args.file, "replaced": aside, "waiting": done.waiting, "missing": list(done.missing)}
    context.show(found, map(output.inert, people))
    return output.DONE


def run_export(context: Context) -> int:
    """A stream: each line says in `is` what it is."""
    from deskui.store import export

    with context.desk(at_once=True) as desk:
        for row in desk.store.read(export.rows):
            json.dump(row, sys.stdout)
            sys.stdout.write("\n")
    return output.DONE


def run_check(context: Context) -> int:
    """Whether every page is what it should be."""
    from deskui.wiring import upkeep

    path, said = context.home / "desk.db", upkeep.whole(context.home)
    context.show({"ok": not said, "store": str(path), "found": said}, [f"{path}: {said or 'whole'}"])
    return output.NOT_SO if said else output.DONE


def run_compact(context: Context) -> int:
    """Texts of tickets finished long ago in less room, and the file no larger than what is in it."""
    context.writable()
    from deskui.store import archive

    with context.desk() as desk:
        days = desk.settings.store.archive_days
        if days:
            desk.store.write_each(archive.steps(days)).result()
    before, after = archive.compact(context.home / "desk.db")
    found = {"before": before, "after": after}
    context.show(found, [f"{context.home / 'desk.db'}: {before >> 10} KiB before, {after >> 10} KiB now"])
    return output.DONE


def run_salvage(context: Context) -> int:
    """A new store from what can be read; the damaged one is kept."""
    context.writable()
    from deskui.wiring import upkeep

    if not upkeep.damage(context.home) and not upkeep.whole(context.home):
        raise output.Failure("refused", "the store is whole: there is nothing to salvage", "See `deskui store check`.")
    done = upkeep.salvaged(context.home, output.say)
    found = {
        "aside": str(done.aside), "report": str(done.report), "damage": done.damage, "saved": done.saved,
        "waiting": done.waiting, "loose": done.loose, "orphans": len(done.orphans), "broken": list(done.broken),
    }  # fmt: skip
    context.show(found, [*done.lines(), f"This is written in {done.report}."])
    return output.DONE
