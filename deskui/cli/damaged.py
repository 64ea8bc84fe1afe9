"""What `deskui` asks on a terminal where the store is damaged: salvage, a backup, or leave; plain text."""

import sys
from collections.abc import Callable
from pathlib import Path

from deskui.cli import output, question
from deskui.cli.context import Context

ASKED = """\
deskui: the store is damaged ({said}).

  s  salvage  set the file aside, as it is, and save what was written here:
              changes that wait, drafts, the journal, and whatever of the
              tickets can be read; the next sync reads the rest anew{backup}
  q  leave    nothing is touched
"""
BACKUP = """
  b  backup   take one of {count} backups back; what was written since is only
              in the file that is set aside"""
SHOWN = 9


def ask(context: Context, said: str, again: Callable[[Context], int]) -> int:
    """Ask until one is chosen, and do it; then the console on what came of it."""
    from deskui.wiring import upkeep

    if "deskui.ui.firstframe" in sys.modules:
        from deskui.ui import firstframe

        firstframe.leave()
    context.writable()
    copies = upkeep.copies(context.home)[:SHOWN]
    offered = BACKUP.format(count=len(copies)) if copies else ""
    output.say(ASKED.format(said=output.inert(said), backup=offered))
    chosen = question.key(("s", "b") if copies else ("s",))
    if chosen == "s":
        for line in upkeep.salvaged(context.home).lines():
            output.say(line)
    elif chosen == "b":
        file = _copy(copies)
        if file is None:
            return output.DONE
        done = upkeep.restored(context.home, file)
        output.say(f"restored from {file}; the replaced store is kept as {done.aside}")
        for line in done.missing:
            output.say(f"  only there: {line}")
    else:
        return output.NOT_SO
    output.say("\nc opens the console, q leaves.")
    return again(context) if question.key(("c",)) == "c" else output.DONE


def _copy(copies: list[Path]) -> Path | None:
    for number, file in enumerate(copies, 1):
        output.say(f"  {number}  {file.name}  {_made(file)}  {file.stat().st_size >> 10} KiB")
    chosen = question.key(tuple(str(number) for number in range(1, len(copies) + 1)))
    return copies[int(chosen) - 1] if chosen.isdecimal() else None


def _made(file: Path) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(file.stat().st_mtime, UTC):%Y-%m-%d %H:%M} UTC"
