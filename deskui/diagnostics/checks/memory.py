"""Whether memory is left: what is available for new work, and swap."""

from collections.abc import Mapping, Sequence
from typing import Any

from deskui.diagnostics.base import Check, Command, Facts, Output, Param, Verdict
from deskui.diagnostics.units import size


def parse(outputs: Sequence[Output], params: Mapping[str, Any], facts: Facts) -> Verdict:
    """MemAvailable in per cent of MemTotal (proc(5)); kernels before 3.14 have none: free, buffers and cache then."""
    kb = _fields(outputs[0].text)
    total = kb.get("MemTotal", 0)
    if not total:
        return Verdict("unknown", "no MemTotal in /proc/meminfo")
    rough = sum(kb.get(name, 0) for name in ("MemFree", "Buffers", "Cached"))
    free = kb.get("MemAvailable", rough)
    share = 100 * free / total
    swap = kb.get("SwapTotal", 0)
    swapped = 100 * (swap - kb.get("SwapFree", 0)) / swap if swap else 0.0
    told = f"{size(free * 1024)} of {size(total * 1024)} available ({share:.0f} %)"
    told += f", swap {swapped:.0f} % used" if swap else ", no swap"
    levels = (("critical", params["critical"]), ("warning", params["warning"]))
    status = next((name for name, limit in levels if share <= limit), "notice" if swapped >= 50 else "ok")
    return Verdict(status, told, round(share, 1), "% available")


def _fields(text: str) -> dict[str, int]:
    fields = {}
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if words and words[0].isdecimal() and len(words[0]) < 20:
            fields[name] = int(words[0])
    return fields


CHECK = Check(
    "memory", "Memory", (Command(("cat", "/proc/meminfo")),), parse,
    {"warning": Param("int", 10, 0, 100), "critical": Param("int", 5, 0, 100)},
)  # fmt: skip
