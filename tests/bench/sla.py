"""The SLA engine's speed, beside peers on the same work in the same run: `python -m tests.bench.sla [--tickets N]`.

The peers are the PyPI package business-duration and Perl's Business::Hours (Debian: libbusiness-hours-perl), which RT
uses; one that is not installed is left out, and said to be.  Exit status 1 if a bound is missed.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

from deskui.domain.calendar import Calendar

DAYS = ("mon", "tue", "wed", "thu", "fri")
NOW = 1_795_485_600  # 2026-11-24T02:00:00Z, a Tuesday
WEEK, YEAR = 7 * 86_400, 365 * 86_400
SPANS = {"two days": 2 * 86_400, "a week": WEEK, "ten years": 10 * YEAR}

PERL = r"""
use strict; use warnings; use Business::Hours; use Time::HiRes 'time';
my $hours = Business::Hours->new();
my %day = (Name => 'x', Start => '09:00', End => '18:00');
my %off = (Name => 'x', Start => undef, End => undef);
$hours->business_hours(0 => {%off}, 1 => {%day}, 2 => {%day}, 3 => {%day}, 4 => {%day}, 5 => {%day}, 6 => {%off});
my ($now, $n, @spans) = @ARGV;
sub median { my @s = sort { $a <=> $b } @_; $s[@s / 2] }
sub timed { my ($n, $work) = @_; median(map { my $t = time; $work->($_) for 1 .. 20; (time - $t) * 1e6 / 20 } 1 .. $n) }
printf "add %f\n", timed($n, sub { $hours->add_seconds($now + 60 * $_[0], 8 * 3600) });
for my $span (@spans) {
    my $times = $span > 1e7 ? 3 : $n;
    $hours->for_timespan(Start => $now, End => $now + 1200 + $span);    # warmed, too
    printf "%d %f\n", $span, timed($times, sub { $hours->between($now + 60 * $_[0], $now + 60 * $_[0] + $span) });
}
"""


def median_us(count: int, work: Callable[[int], object], batch: int = 20) -> float:
    """The median of `count` batches of calls, in microseconds a call: looking at the clock costs as much as a call."""
    times, numbers = [], range(batch)
    for _ in range(count):
        start = time.perf_counter_ns()
        for number in numbers:
            work(number)
        times.append((time.perf_counter_ns() - start) / 1000 / batch)
    return statistics.median(times)


def ours() -> dict[str, float]:
    """`add` of 8 h, and `between` over each span, on a warmed calendar."""
    office = Calendar.compile("UTC", {day: [["09:00", "18:00"]] for day in DAYS})
    office.between(NOW - YEAR, NOW + 11 * YEAR)
    found = {"add": median_us(1_000, lambda n: office.add(NOW + 60 * n, 8 * 3600))}
    for name, span in SPANS.items():
        found[name] = median_us(1_000, lambda n, span=span: office.between(NOW + 60 * n, NOW + 60 * n + span))
    return found


def business_duration() -> dict[str, float] | None:
    """The same by the PyPI package; it has no `add`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from business_duration import businessDuration
            from pandas import to_datetime
    except ImportError:
        return None
    opens, closes = clock_time(9), clock_time(18)
    base = datetime.fromtimestamp(NOW, UTC).replace(tzinfo=None)

    def between(n: int, span: int) -> object:
        start = base + timedelta(minutes=n)
        return businessDuration(
            startdate=to_datetime(start), enddate=to_datetime(start + timedelta(seconds=span)), starttime=opens,
            endtime=closes, unit="hour",
        )  # fmt: skip

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            name: median_us(5 if span > YEAR else 20, lambda n, span=span: between(n, span), 5)
            for name, span in SPANS.items()
        }


def business_hours() -> dict[str, float] | None:
    """The same by Perl's module, timed by itself."""
    argv = ["perl", "-e", PERL, str(NOW), "100", *map(str, SPANS.values())]
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, check=True, env={"TZ": "UTC", "PATH": "/usr/bin:/bin"}
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    names = {"add": "add", **{str(span): name for name, span in SPANS.items()}}
    return {names[line.split()[0]]: float(line.split()[1]) for line in done.stdout.splitlines()}


# A whole desk


def histories(count: int) -> Iterator[tuple]:
    """`count` tickets of five SLA facts each."""
    from deskui.domain.event import Event
    from deskui.domain.ticket import Ticket

    for n in range(1, count + 1):
        made = NOW - (n * 7919) % (30 * 86_400) - 86_400
        events = [
            Event(f"{n}/1", made, "created", "lea", "customer", None, {"priority": 3, "state": "new"}),
            Event(f"{n}/2", made + 900, "acknowledge", "anna"),
            Event(f"{n}/3", made + 4000, "hold", "anna", data={"reason": "customer"}),
            Event(f"{n}/4", made + 30_000, "resume", "anna"),
            Event(f"{n}/5", made + 40_000, "priority", "kim", data={"from": 3, "to": 2 + n % 3}),
        ]
        yield Ticket("rt", str(n), subject=f"Ticket {n}", state="in_progress", priority=2 + n % 3, created=made,
                     updated=made + 40_000, customer="Nordkauf"), events  # fmt: skip


def make_desk(home: Path, count: int) -> None:
    """A store with them, by other targets than those of the rebuild."""
    from deskui.store import bulk
    from tests.make import make_store

    with make_store(home, lambda: NOW) as store:
        known = list(histories(count))
        for start in range(0, count, 2000):
            store.write(lambda tx, start=start: bulk.load(tx, known[start : start + 2000])).result()


def rebuild_desk(home: Path) -> None:
    """In a process of its own: every due column by other rules; prints seconds, peak memory and what was written."""
    from deskui.domain.contract import Rules
    from deskui.domain.contractfile import parse
    from deskui.services.desk import Desk
    from deskui.services.rebuilding import rebuild
    from deskui.store.store import Store
    from tests.make import POLICY

    targets = {f"P{n}": {"resolution": f"{n}h"} for n in range(1, 5)}
    rules = Rules({}, parse({"targets": targets}, "bench", POLICY), lambda: "1")
    store = Store(home / "desk.db", rules, lambda: NOW, {"rt": "RT-"}).open()
    desk = Desk(store, rules, lambda upstream: "kim")
    store.write(lambda tx: None).result()  # what is imported for the first write is not the rebuild's
    start = time.perf_counter()
    done = rebuild(desk, alone=True)
    seconds = time.perf_counter() - start
    status = Path("/proc/self/status").read_text("ascii")  # ru_maxrss would be the parent's
    peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
    print(json.dumps({"seconds": seconds, "mib": peak, "changed": done.changed}))
    store.close()


def whole_desk(count: int) -> dict[str, float]:
    """Make a desk and rebuild it."""
    with tempfile.TemporaryDirectory(prefix="deskui-bench-sla-") as folder:
        make_desk(Path(folder), count)
        argv = [sys.executable, "-m", "tests.bench.sla", "--rebuild", folder]
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


# The report


def line(name: str, figure: float, unit: str, bound: float | None, *, least: bool = False) -> bool:
    """Print one figure; whether it is within its bound."""
    held = bound is None or (figure >= bound if least else figure <= bound)
    limit = "" if bound is None else f"{'>=' if least else '<='} {bound:g}{'' if held else '  MISSED'}"
    print(f"  {name:<46}{figure:>12.2f} {unit:<4} {limit}")
    return held


def report(count: int) -> bool:
    """Measure everything; whether every bound was held."""
    mine = ours()
    print("one calculation on a warmed calendar, median")
    held = [line("due date (add 8 h)", mine["add"], "us", 10)]
    held += [line(f"between, {name}", mine[name], "us", None) for name in SPANS]
    held.append(line("ten years / a week", mine["ten years"] / mine["a week"], "x", 3))
    for peer, theirs in (("business-duration", business_duration()), ("Business::Hours", business_hours())):
        if theirs is None:
            print(f"  {peer} is not installed: left out")
            continue
        for name, figure in theirs.items():
            line(f"{peer}, {name}", figure, "us", None)
            held.append(line(f"  times faster, {name}", figure / mine[name], "x", 10, least=True))
    print(f"{count} tickets of 5 events rebuilt, rows to due columns")
    desk = whole_desk(count)
    held.append(line("time", desk["seconds"], "s", 3 * count / 100_000))
    held.append(line("peak memory", desk["mib"], "MiB", 150))
    held.append(line("tickets written", desk["changed"], "", count, least=True))
    return all(held)


def main() -> int:
    """1 if a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--rebuild", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.rebuild:
        rebuild_desk(args.rebuild)
        return 0
    return 0 if report(args.tickets) else 1


if __name__ == "__main__":
    sys.exit(main())
