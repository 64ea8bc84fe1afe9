"""What `make bench` prints of one size: a line a figure, a column a program, each beside its last result.

Bytes have no bound here: `tests/ui/test_wire.py` asserts them, since they do not depend on the machine.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from tests.bench.programs import RTT_MS, Program

LIVE = 20  # countdowns that change each second while nothing else does
Last = dict[str, dict[str, dict[str, float]]]  # size and geometry, program, figure


@dataclass(frozen=True)
class Figure:
    """One line; the bounds are deskui's."""

    label: str
    name: str
    unit: str
    ratio: float | None = None  # to the bare Textual app
    bound: float | None = None


FIGURES = (
    Figure("first useful paint", "paint.ms", "ms", bound=60.0),
    Figure("take-over (a key's effect)", "live.ms", "ms", ratio=1.3),
    Figure("cursor down", "down.first", "ms", ratio=1.2),
    Figure("cursor down", "down.bytes", "B"),
    Figure(f"cursor down, {RTT_MS} ms away", "far.first", "ms", bound=1.2 * RTT_MS),  # one round trip, not two
    Figure("down that scrolls", "scroll.first", "ms", ratio=1.2),
    Figure("down that scrolls", "scroll.bytes", "B"),
    Figure("page down", "page.first", "ms", ratio=1.2),
    Figure("page down", "page.bytes", "B"),
    Figure("filter keystroke", "filter.last", "ms", bound=50.0),
    Figure("idle, 20 live countdowns", "idle.bytes_s", "B/s"),
    Figure("idle CPU", "idle.cpu_pct", "%", bound=1.0),
    Figure("RSS", "mem.rss_mib", "MiB", bound=85.0),
    Figure("RSS after keys and a sync", "mem_end.rss_mib", "MiB", bound=85.0),
)


def report(title: str, programs: list[Program], last: Last) -> bool:
    """Print the table of one size and geometry, note its figures in `last`; whether every bound held."""
    before = last.get(title, {})
    print(f"\n{title + ' (x: ratio to the last run)':<31}" + "".join(f"{each.name:>16}" for each in programs)
          + "   to bare  bound")  # fmt: skip
    held = True
    for figure in FIGURES:
        held &= line(figure, programs, before)
    for each in programs:
        held &= sound(each)
        if not each.lacks:
            found = {figure.name: each.figure(figure.name) for figure in FIGURES}
            last.setdefault(title, {})[each.name] = {k: v for k, v in found.items() if not math.isnan(v)}
    return held


def line(figure: Figure, programs: list[Program], before: dict[str, dict[str, float]]) -> bool:
    """Print one figure of all; whether ours is within its bound."""
    cells = [cell(each.figure(figure.name), before.get(each.name, {}).get(figure.name)) for each in programs]
    mine, theirs = (each.figure(figure.name) for each in programs[:2])
    share = mine / theirs if theirs else math.nan
    bound = figure.bound
    kept = not math.isnan(mine) and not (figure.ratio and not share <= figure.ratio) and not (bound and mine > bound)
    limit = f"{figure.ratio:g} x bare" if figure.ratio else f"{bound:g} {figure.unit}" if bound else ""
    to_bare = "" if math.isnan(share) else f"{share:.2f}"
    text = (
        f"  {figure.label + ', ' + figure.unit:<29}{''.join(cells)}{to_bare:>10}  {limit}{'' if kept else '  MISSED'}"
    )
    print(text.rstrip(), flush=True)
    return kept


def cell(value: float, last: float | None) -> str:
    """A figure, and what it is to the last one."""
    if math.isnan(value):
        return f"{'-':>10}{'':6}"
    return f"{value:>10.1f}" + (f"{f'x{value / last:.2f}':>6}" if last else " " * 6)


def sound(program: Program) -> bool:
    """Print what went wrong; whether what the bounds rest on could be measured.  A peer that fails is only told of."""
    ours = program.name in ("deskui", "bare")
    if program.lacks:
        print(f"  {program.name}: {program.lacks}")
    for error in program.errors:
        print(f"  {program.name}: {error}")
    ticking = min(program.seen.get("live.count", [0]))
    few = program.ticks and ticking < LIVE
    if few:
        print(f"  only {ticking:.0f} countdowns ticked in {program.name}")
    return not ours or not (few or program.errors or program.lacks)


def load(path: Path) -> Last:
    """The results of the last run; none if there was none or it cannot be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def save(path: Path, last: Last) -> None:
    """Keep the results; those of sizes that were not measured this time stay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(last, indent=1, sort_keys=True), "utf-8")
    part.replace(path)
