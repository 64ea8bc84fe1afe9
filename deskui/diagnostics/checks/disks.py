"""Which disks and watched directories are filling up."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deskui.diagnostics.base import Check, Command, Facts, Output, Param, Verdict
from deskui.diagnostics.units import duration, size

# File systems that are always full, or no disks.
_NOT_DISKS = frozenset(("squashfs", "iso9660", "devtmpfs", "efivarfs", "ramfs", "cgroup", "proc"))
_ROW = re.compile(
    r"(?P<device>\S+)\s+(?P<type>\S+)\s+(?P<total>\d{1,18})\s+(?P<used>\d{1,18})\s+(?P<free>-?\d{1,18})\s+(?P<share>\d{1,3})%\s+(?P<mount>/.*)"
)
_DU = re.compile(r"(\d{1,18})\s+(/.*)")
SOON = 3600  # a directory that grows past its limit within this many seconds is a warning at any size


@dataclass(frozen=True, slots=True)
class _Fill:
    """One thing that can be full; `share` in per cent."""

    share: float
    told: str
    soon: bool = False


def parse(outputs: Sequence[Output], params: Mapping[str, Any], facts: Facts) -> Verdict:
    """The fullest decides; all from `notice` on are named, and every watched directory is."""
    disks = [*_disks(outputs[0].text, "full"), *_disks(outputs[1].text, "of its inodes used")]
    sizes = _sizes(outputs[2:])
    watched = [_watched(path, limit, sizes.get(path), facts) for path, limit in facts.watch.items()]
    if not disks and not watched:
        return Verdict("unknown", "df shows no disk")
    filling = sorted((disk for disk in disks if disk.share >= params["notice"]), key=lambda disk: -disk.share)
    told = [entry.told for entry in (*filling, *watched)]
    fullest = max((*disks, *watched), key=lambda entry: entry.share)
    status = _status(fullest.share, params)
    if any(entry.soon for entry in watched) and status in ("ok", "notice"):
        status = "warning"
    if any(path not in sizes for path in facts.watch) and status == "ok":
        status = "unknown"
    if not disks:
        told.insert(0, "df shows no disk")
    elif not filling:
        worst = max(disks, key=lambda disk: disk.share)
        told.append(f"fullest disk: {worst.told}")
    return Verdict(status, "; ".join(told), round(fullest.share, 1), "% used", {"watch": sizes})


def _status(share: float, params: Mapping[str, Any]) -> str:
    return next((name for name in ("critical", "warning", "notice") if share >= params[name]), "ok")


def _disks(text: str, words: str) -> Iterator[_Fill]:
    seen = set()
    for line in text.splitlines():
        row = _ROW.fullmatch(line.strip())
        if row is None or not _counts(row) or row["device"] in seen:
            continue
        if row["type"] != "tmpfs":
            seen.add(row["device"])  # a bind mount shows the same disk again
        free = f" ({size(int(row['free']) * 1024)} left)" if words == "full" else ""
        yield _Fill(float(row["share"]), f"{row['mount']} {row['share']} % {words}{free}")


def _counts(row: re.Match[str]) -> bool:
    """Whether the row is a disk that can fill up; a container's overlay counts where it is the root."""
    inside = row["type"] == "overlay" and row["mount"] != "/"
    return not (row["type"] in _NOT_DISKS or row["total"] == "0" or inside or row["mount"].startswith(("/sys", "/dev")))


def _sizes(outputs: Sequence[Output]) -> dict[str, int]:
    """Bytes by directory; one that du could not finish is not in it."""
    found = {}
    for output in outputs:
        row = _DU.search(output.text)
        if row and output.end == "done":
            found[row[2].rstrip("\n")] = int(row[1]) * 1024
    return found


def _watched(path: str, limit: int, now: int | None, facts: Facts) -> _Fill:
    if now is None:
        return _Fill(0.0, f"{path}: its size could not be measured")
    share = 100 * now / limit if limit else 0.0
    told = f"{path} {size(now)} of {size(limit)} ({share:.0f} %)"
    before, seconds = facts.earlier.get(path), facts.now - facts.earlier_at
    if before is None or seconds <= 0:
        return _Fill(share, told)
    grown = now - before
    if grown <= 0:
        return _Fill(
            share, f"{told}, {'unchanged' if grown == 0 else f'-{size(-grown)}'} since {duration(seconds)} ago"
        )
    told += f", +{size(grown)} in {duration(seconds)}"
    left = (limit - now) * seconds / grown
    if left <= 0:
        return _Fill(share, told)
    return _Fill(share, f"{told}: at this rate full in {duration(left)}", left <= SOON)


CHECK = Check(
    "disks", "Disks",
    (
        Command(("df", "-lPTk")),
        Command(("df", "-lPTi"), optional=True),
        Command(("du", "-skx", "--", "{path}"), optional=True, each="watch"),
    ),
    parse,
    {"notice": Param("int", 80, 1, 100), "warning": Param("int", 90, 1, 100), "critical": Param("int", 95, 1, 100)},
)  # fmt: skip
