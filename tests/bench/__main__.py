"""`make bench`: deskui beside a bare Textual list on the same desk, in one run; ratios, since machines differ.

    python -m tests.bench [--sizes 1000,100000] [--runs 5]

Every pair is measured in turn by `ttybench` from outside, through a pty.  Exit status 1 if a bound is missed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.ttybench import bench

PAINT = r"T-\d{6}"
START = [
    {"wait": PAINT, "as": "paint"},
    {"settle": 400, "as": "settled"},
    {"mem": True, "as": "mem"},
]
KEYS = [
    {"idle": 10, "as": "idle"},
    {"keys": "<down>", "repeat": 10, "as": "down", "quiet": 60},
    {"send": "<down>" * 12},
    {"settle": 300},
    {"keys": "<down>", "repeat": 40, "as": "scroll", "quiet": 60},
    {"keys": "<pgdn>", "repeat": 20, "as": "page", "quiet": 60},
]
FILTER = [
    {"send": "/"},
    {"settle": 400},
    {"type": "vpn d", "as": "filter", "quiet": 250},
    {"mem": True, "as": "mem_end"},
]


def generate(home: Path, size: int) -> None:
    """A desk with `size` open tickets, made once a run."""
    argv = [sys.executable, "-m", "deskui", "desk-gen", str(size), "--open", "100", "--home", str(home)]
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


def figure(result: dict, part: str, name: str, of: str) -> float:
    """One median; NaN where the step did not get so far."""
    step = result[part].get(name, {})
    value = step.get(of, float("nan"))
    return value["median"] if isinstance(value, dict) else value


FIGURES = [  # name, part, step, figure, unit, bound on the ratio to bare, bound of our own
    ("first useful paint", "start", "paint", "ms", "ms", 1.3, None),
    ("settled (live)", "start", "settled", "ms", "ms", None, None),
    ("cursor down", "steps", "down", "first", "ms", 1.2, None),
    ("cursor down", "steps", "down", "bytes", "B", None, None),
    ("down that scrolls", "steps", "scroll", "first", "ms", 1.2, None),
    ("down that scrolls", "steps", "scroll", "bytes", "B", None, None),
    ("page down", "steps", "page", "first", "ms", 1.2, None),
    ("page down", "steps", "page", "bytes", "B", None, None),
    ("filter keystroke", "steps", "filter", "last", "ms", None, 50.0),
    ("idle, live countdowns", "steps", "idle", "bytes_s", "B/s", None, None),
    ("idle CPU", "steps", "idle", "cpu_pct", "%", None, None),
    ("RSS", "start", "mem", "rss_mib", "MiB", None, 85.0),
    ("RSS after the keys", "steps", "mem_end", "rss_mib", "MiB", None, 85.0),
]


def report(size: int, ours: dict, bare: dict) -> bool:
    """Print one size's table; whether every bound held."""
    held = True
    print(f"\n{size} open tickets, 80x24{'':22}deskui      bare   ratio   bound")
    for name, part, step, of, unit, ratio, bound in FIGURES:
        mine, theirs = figure(ours, part, step, of), figure(bare, part, step, of)
        share = mine / theirs if theirs else float("nan")
        over = bool((ratio and share > ratio) or (bound and mine > bound))
        held &= not over
        limit = f"{ratio:g} x bare" if ratio else f"{bound:g} {unit}" if bound else ""
        print(
            f"  {name + ', ' + unit:<32}{mine:>14.1f}{theirs:>10.1f}{share:>8.2f}   {limit}{'  OVER' if over else ''}"
        )
    for result in (ours, bare):
        if result["error"]:
            held = False
            print("  " + result["error"].splitlines()[0])
    return held


def main() -> int:
    """Measure every size; 1 if a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,100000")
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    sys.setswitchinterval(0.0002)
    held = True
    with tempfile.TemporaryDirectory(prefix="deskui-bench-") as folder:
        for size in map(int, args.sizes.split(",")):
            home = Path(folder) / str(size)
            generate(home, size)
            env = [f"DESKUI_HOME={home}", f"PYTHONPATH={os.getcwd()}"]
            ours = bench(
                [sys.executable, "-m", "deskui"], "80x24", {"start": START, "steps": KEYS + FILTER}, args.runs, env
            )
            bare = bench(
                [sys.executable, "-m", "tests.bench.bare", str(home / "desk.db")], "80x24",
                {"start": START, "steps": [*KEYS, {"mem": True, "as": "mem_end"}]}, args.runs, env,
            )  # fmt: skip
            held &= report(size, ours, bare)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
