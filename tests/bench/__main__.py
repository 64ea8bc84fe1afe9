"""`make bench`: deskui beside a bare Textual list on the same desk, in one run; ratios, since machines differ.

    python -m tests.bench [--sizes 1000,100000] [--rounds 5]

`ttybench` measures from outside, through a pty.  The two are measured in turn (A B A B), so that what else the machine
does falls on both; figures are medians of the rounds, memory is the most that was seen.  Exit status 1 if a bound is
missed.
"""

import argparse
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.ttybench import bench

PAINT = r"T-\d{6}"
TICKING = r"^ *(!!|!) *-?\d\d:\d\d|^ *-?\d+:\d\d T-"
LIVE = 20  # countdowns that change each second while nothing else does
SECOND_PAGE = 23  # a row that either shows only after a page down
SIZE, IDLE_SIZE = "80x24", "80x29"  # the second has room for LIVE rows beside our other lines
QUIET_STEPS = 2  # of the rounds, how many press keys: start-up varies more
IDLE = [{"sleep": 5}, {"count": TICKING, "as": "live"}, {"idle": 10, "as": "idle"}]
KEYS = [
    {"sleep": 3},
    {"keys": "<down>", "repeat": 10, "as": "down", "quiet": 60},
    {"send": "<down>" * 12},
    {"settle": 300},
    {"keys": "<down>", "repeat": 40, "as": "scroll", "quiet": 150},
    {"keys": "<pgdn>", "repeat": 20, "as": "page", "quiet": 150},
]
FILTER = [  # and a change that is sent: after it the libraries of store and sync are loaded
    {"send": "/"},
    {"settle": 400},
    {"type": "vpn d", "as": "filter", "quiet": 300},
    {"send": "<esc>"},
    {"settle": 400},
    {"send": "a"},
    {"sleep": 4},
]
SETTLED_S = 3
MEMORY = {"mem": True, "as": "mem_end"}
Result = dict[str, list[float]]

FIGURES = (  # name, figure, unit, bound on the ratio to bare, bound of our own
    ("first useful paint", "paint.ms", "ms", None, 60.0),
    ("take-over (a key's effect)", "live.ms", "ms", 1.3, None),
    ("cursor down", "down.first", "ms", 1.2, None),
    ("cursor down", "down.bytes", "B", None, None),
    ("down that scrolls", "scroll.first", "ms", 1.2, None),
    ("down that scrolls", "scroll.bytes", "B", None, None),
    ("page down", "page.first", "ms", 1.2, None),
    ("page down", "page.bytes", "B", None, None),
    ("filter keystroke", "filter.last", "ms", None, 50.0),
    ("idle, 20 live countdowns", "idle.bytes_s", "B/s", None, None),
    ("idle CPU", "idle.cpu_pct", "%", None, 1.0),
    ("RSS", "mem.rss_mib", "MiB", None, 85.0),
    ("RSS after keys and a sync", "mem_end.rss_mib", "MiB", None, 85.0),
)


def generate(home: Path, size: int) -> str:
    """A desk with `size` open tickets; the id of the row that shows that a page down was done."""
    argv = [sys.executable, "-m", "deskui", "desk-gen", str(size), "--open", "100", "--home", str(home)]
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    db = sqlite3.connect(home / "desk.db")
    rows = db.execute("SELECT id FROM ticket ORDER BY done, band, sort_due, priority, pk").fetchmany(SECOND_PAGE + 1)
    db.close()
    return str(rows[-1][0])


class Program:
    """One of the two: how it is started, and every figure that was seen of it."""

    def __init__(self, argv: list[str], env: list[str], more: list[dict[str, Any]]) -> None:
        self.argv, self.env, self.more = argv, env, more
        self.seen: Result = {}
        self.errors: list[str] = []

    def run(self, start: list[dict[str, Any]], steps: list[dict[str, Any]] = (), size: str = SIZE) -> None:  # type: ignore[assignment]
        """One process; its figures are kept."""
        result = bench(self.argv, size, {"start": start, "steps": list(steps)}, 1, self.env)
        for part in ("start", "steps"):
            for name, values in result[part].items():
                for figure, value in values.items():
                    number = value["median"] if isinstance(value, dict) else value
                    self.seen.setdefault(f"{name}.{figure}", []).append(number)
        if result["error"]:
            self.errors.append(result["error"].splitlines()[0])

    def figure(self, name: str) -> float:
        """Median of the rounds; the most, for memory; NaN: never seen."""
        values = self.seen.get(name)
        if not values:
            return float("nan")
        return max(values) if name.startswith("mem") else statistics.median(values)


def measure(both: list[Program], rounds: int, second: str) -> None:
    """Each in turn: idle first, while the desk is new and its countdowns tick; then starts and keys."""
    paint = {"wait": PAINT, "as": "paint"}
    for each in both:  # compiles, fills the caches of the machine, and leaves what the next start's first frame needs
        each.run([{"wait": PAINT}, {"sleep": SETTLED_S}])
    for _ in range(QUIET_STEPS):
        for each in both:
            each.run([{"wait": PAINT}], IDLE, IDLE_SIZE)
    for number in range(rounds):
        for each in both:
            each.run([paint, {"sleep": 1}, {"settle": 400}, {"mem": True, "as": "mem"}])  # once it is whole
        for each in both:
            each.run([{"send": "<pgdn>"}, {"wait": second, "as": "live"}])
        for each in both if number < QUIET_STEPS else ():
            each.run([{"wait": PAINT}], [*KEYS, *each.more, MEMORY])


def report(size: int, ours: Program, bare: Program) -> bool:
    """Print one size's table; whether every bound held."""
    held = True
    print(f"\n{size} open tickets, 80x24{'':22}deskui      bare   ratio   bound")
    for name, figure, unit, ratio, bound in FIGURES:
        mine, theirs = ours.figure(figure), bare.figure(figure)
        share = mine / theirs if theirs else float("nan")
        kept = mine == mine and not (ratio and not share <= ratio) and not (bound and mine > bound)
        held &= kept
        limit = f"{ratio:g} x bare" if ratio else f"{bound:g} {unit}" if bound else ""
        line = f"  {name + ', ' + unit:<34}{mine:>12.1f}{theirs:>10.1f}{share:>8.2f}   {limit}"
        print(line + ("" if kept else "  MISSED"), flush=True)
    for program in (ours, bare):
        ticking = min(program.seen.get("live.count", [0]))
        if ticking < LIVE:
            print(f"  only {ticking:.0f} countdowns ticked in {program.argv[2]}")
        held &= ticking >= LIVE and not program.errors
        for error in program.errors:
            print(f"  {error}")
    return held


def main() -> int:
    """Measure every size; 1 if a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,100000")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    sys.setswitchinterval(0.0002)
    held = True
    with tempfile.TemporaryDirectory(prefix="deskui-bench-") as folder:
        for size in map(int, args.sizes.split(",")):
            home = Path(folder) / str(size)
            second = generate(home, size)
            # Compiled code is kept, as it is where a program is installed.
            cache = ["PYTHONDONTWRITEBYTECODE=", f"PYTHONPYCACHEPREFIX={folder}/compiled"]
            env = [f"DESKUI_HOME={home}", f"PYTHONPATH={os.getcwd()}", *cache]
            ours = Program([sys.executable, "-m", "deskui"], env, FILTER)
            bare = Program([sys.executable, "-m", "tests.bench.bare", str(home / "desk.db")], env, [])
            measure([ours, bare], args.rounds, second)
            held &= report(size, ours, bare)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
