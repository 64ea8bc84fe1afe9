"""The programs that `make bench` measures: deskui, and what it is compared with, each over as many tickets."""

import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench import maildir
from tests.bench.ttybench import bench

PAINT = r"T-\d{6}"
RTT_MS = 150  # how far away the technician sits
HARLEQUIN = "harlequin==2.17.0"  # a Textual program of others with a long list; lives in an environment of its own
SELECT = "select id, customer, subject from ticket where done = 0 order by pk"
FILTER = [  # and a change that is sent: after it the libraries of store and sync are loaded
    {"send": "/"},
    {"settle": 400},
    {"type": "vpn d", "as": "filter", "quiet": 300},
    {"send": "<esc>"},
    {"settle": 400},
    {"send": "a"},
    {"sleep": 4},
]
Steps = list[dict[str, Any]]
SHOWN: Steps = [{"wait": PAINT, "as": "paint", "timeout": 60}]


@dataclass
class Program:
    """How it is started and brought to its list, and every figure that was seen of it."""

    name: str
    argv: list[str]
    env: list[str]
    shown: Steps = field(default_factory=lambda: list(SHOWN))  # until rows are on the screen
    ready: Steps = field(default_factory=list)  # what gives the list the keys
    more: Steps = field(default_factory=list)  # what only this one can
    ticks: bool = False  # countdowns run in it
    lacks: str = ""  # why it is not measured
    seen: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def run(self, size: str, start: Steps, steps: Steps = (), rtt_ms: int = 0) -> None:  # type: ignore[assignment]
        """One process; its figures are kept."""
        if self.lacks:
            return
        result = bench(self.argv, size, {"start": start, "steps": list(steps)}, 1, self.env, rtt=rtt_ms / 1000)
        for part in ("start", "steps"):
            for name, values in result[part].items():
                for figure, value in values.items():
                    number = value["median"] if isinstance(value, dict) else value
                    self.seen.setdefault(f"{name}.{figure}", []).append(number + (rtt_ms if figure == "first" else 0))
        if result["error"]:
            self.errors.append(result["error"].splitlines()[0])

    def figure(self, name: str) -> float:
        """Median of the rounds; the most, for memory; NaN: never seen."""
        values = self.seen.get(name)
        if not values:
            return float("nan")
        return max(values) if name.startswith("mem") else statistics.median(values)


def every(folder: Path, cache: Path, home: Path, size: int) -> list[Program]:
    """Deskui first, the bare Textual app second; one that cannot be had says so.  `folder` is deleted after the run."""
    # Compiled code is kept, as it is where a program is installed.
    compiled = ["PYTHONDONTWRITEBYTECODE=", f"PYTHONPYCACHEPREFIX={folder}/compiled"]
    env, desk = [f"DESKUI_HOME={home}", f"PYTHONPATH={os.getcwd()}", *compiled], str(home / "desk.db")
    return [
        Program("deskui", [sys.executable, "-m", "deskui"], env, more=FILTER, ticks=True),
        Program("bare", [sys.executable, "-m", "tests.bench.bare", desk], env, ticks=True),
        Program("curses", [sys.executable, "-m", "tests.bench.cursed", desk], env, ticks=True),
        neomutt(folder, size),
        harlequin(folder, cache, desk, compiled),
    ]


def neomutt(folder: Path, size: int) -> Program:
    """On a maildir with as many mails, whose header cache is filled by the first start."""
    if not (found := shutil.which("neomutt")):
        return Program("neomutt", [], [], lacks="not installed: apt-get install neomutt")
    mails = folder / f"mails-{size}"
    maildir.generate(mails, size)
    settings = maildir.settings(folder)
    return Program("neomutt", [found, "-n", "-F", str(settings), "-f", str(mails)], [f"HOME={folder}"])


def harlequin(folder: Path, cache: Path, desk: str, compiled: list[str]) -> Program:
    """The rows of the desk as the result of a query, which is typed as soon as there is an editor."""
    name = HARLEQUIN.partition("==")[0]
    place, lacks = environment(cache, HARLEQUIN)
    homes = [f"{key}={folder}/{name}" for key in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")]
    return Program(
        name,
        [str(place / "bin" / name), "-a", "sqlite", "--no-download-tzdata", desk],
        [*homes, *compiled],
        shown=[{"wait": "Query Editor"}, {"send": SELECT}, {"send": "<c-j>"}, *SHOWN],
        ready=[{"send": "<f5>"}, {"send": "<f10>"}, {"sleep": 4}],  # its list, as large as the screen
        lacks=lacks,
    )


def environment(cache: Path, package: str, run: Callable[..., Any] = subprocess.run) -> tuple[Path, str]:
    """Where the package is installed by itself, and why it is not; made at the first need."""
    place = cache / package.replace("==", "-")
    if (place / "ready").exists():
        return place, ""
    print(f"installing {package} into {place}", flush=True)
    install = [str(place / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install", package]
    try:
        for argv in ([sys.executable, "-m", "venv", "--clear", str(place)], install):
            run(argv, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(place, ignore_errors=True)
        said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        return place, f"not installed, pip install {package} failed: {said[-1] if said else error}"
    (place / "ready").touch()
    return place, ""
