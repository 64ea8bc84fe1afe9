"""`make bench`: deskui beside others with as many rows, in one run; ratios, since machines differ.

    python -m tests.bench [1k 10k 100k] [80x24 160x45] [--rounds 3]

The others are a bare Textual list and a Python curses list on the same desk, neomutt on a maildir of the same size, and
harlequin with the desk's rows as the result of a query.  `ttybench` measures from outside, through a pty.  All are
measured in turn (A B A B), so that what else the machine does falls on all; figures are medians of the rounds, memory
is the most that was seen.  Behind each figure stands its ratio to the last run, which is kept in
$XDG_CACHE_HOME/deskui-bench (~/.cache).  Exit status 1 if a bound is missed.
"""

import argparse
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.programs import RTT_MS, Program, Steps, every
from tests.bench.report import load, report, save

TICKING = r"^ *(!!|!) *-?\d\d:\d\d|^ *-?\d+:\d\d T-"
COUNTS, SIZES = (1_000, 10_000, 100_000), ("80x24", "160x45")
IDLE_SIZE = {"80x24": "80x32"}  # room for the live rows beside our other lines
QUIET_STEPS = 2  # of the rounds, in how many the first two press keys, the others in one: start-up varies more
IDLE: Steps = [{"sleep": 5}, {"count": TICKING, "as": "live"}, {"idle": 6, "as": "idle"}]
TOP: Steps = [{"send": "<home>"}, {"settle": 400}]  # where it was left, deskui begins the next time
FAR: Steps = [{"sleep": 1}, *TOP, {"keys": "<down>", "repeat": 8, "as": "far", "quiet": 100}, *TOP]
MEMORY = {"mem": True, "as": "mem"}
MEMORY_END = {"mem": True, "as": "mem_end"}


def keys(size: str) -> Steps:
    """Presses that move the cursor, scroll and turn the page."""
    rows = int(size.partition("x")[2])
    return [
        {"sleep": 2},
        *TOP,
        {"keys": "<down>", "repeat": 10, "as": "down", "quiet": 100},  # the preview has followed by then
        {"send": "<down>" * rows},
        {"settle": 300},
        {"keys": "<down>", "repeat": 20, "as": "scroll", "quiet": 100},
        {"keys": "<pgdn>", "repeat": 10, "as": "page", "quiet": 100},
    ]


def generate(home: Path, count: int) -> None:
    """A desk with so many open tickets."""
    argv = [sys.executable, "-m", "deskui", "desk-gen", str(count), "--open", "100", "--home", str(home)]
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


def row(home: Path, number: int) -> str:
    """The id of a row: one that is on no screen before a page down, and on each after it."""
    db = sqlite3.connect(home / "desk.db")
    rows = db.execute("SELECT id FROM ticket ORDER BY done, band, sort_due, priority, pk").fetchmany(number + 1)
    db.close()
    return str(rows[-1][0])


def measure(programs: list[Program], size: str, rounds: int, second: str) -> None:
    """Each in turn: idle first, while the desk is new and its countdowns tick; then starts and keys."""
    programs[0].run(size, [*unnamed(programs[0].shown), {"sleep": 3}])  # compiles, leaves what the next frame needs
    for each in programs:
        each.run(IDLE_SIZE.get(size, size), [*unnamed(each.shown), *each.ready], IDLE)
    for number in range(rounds):
        for each in programs:
            each.run(size, [*each.shown, {"sleep": 1}, {"settle": 400}, MEMORY])  # once it is whole
        for each in programs[:2]:
            each.run(size, [{"send": "<pgdn>"}, {"wait": second, "as": "live"}])
        for each in programs if number == 0 else programs[:2] if number < QUIET_STEPS else ():
            each.run(size, [*unnamed(each.shown), *each.ready], [*keys(size), *each.more, MEMORY_END, *TOP])
    for each in programs:
        each.run(size, [*unnamed(each.shown), *each.ready], FAR, RTT_MS)


def unnamed(steps: Steps) -> Steps:
    """The same, unmeasured."""
    return [{key: value for key, value in step.items() if key != "as"} for step in steps]


def count_of(word: str) -> int:
    """`10k` is 10000."""
    return int(word[:-1]) * 1000 if word[-1] in "kK" else int(word)


def chosen(words: list[str]) -> tuple[list[int], list[str]]:
    """The numbers of tickets and the geometries that were named; all of a kind if none was.  ValueError says which."""
    sizes = [word for word in words if re.fullmatch(r"\d+x\d+", word)]
    counts = [word for word in words if word not in sizes]
    for word in counts:
        if not re.fullmatch(r"\d+[kK]?", word):
            raise ValueError(f"{word!r} is neither tickets (1k, 10k, 100k) nor a geometry (80x24, 160x45)")
    return [count_of(word) for word in counts] or list(COUNTS), sizes or list(SIZES)


def main() -> int:
    """Measure every size; 1 if a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", metavar="SIZE")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    try:
        counts, sizes = chosen(args.what)
    except ValueError as error:
        parser.error(str(error))
    sys.setswitchinterval(0.0002)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "deskui-bench"
    last, held = load(cache / "last.json"), True
    for count in counts:
        with tempfile.TemporaryDirectory(prefix="deskui-bench-") as name:
            folder = Path(name)
            home = folder / "desk"
            for size in sizes:
                generate(home / size, count)  # a new one each, whose countdowns tick still
                programs = every(folder, cache, home / size, count)
                measure(programs, size, args.rounds, row(home / size, int(size.partition("x")[2]) - 1))
                held &= report(f"{count} tickets, {size}", programs, last)
                save(cache / "last.json", last)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
