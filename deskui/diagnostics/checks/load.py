"""Whether the processors keep up: load average against their number."""

from collections.abc import Mapping, Sequence
from typing import Any

from deskui.diagnostics.base import Check, Command, Facts, Output, Param, Verdict


def parse(outputs: Sequence[Output], params: Mapping[str, Any], facts: Facts) -> Verdict:
    """The 5-minute load in per cent of the processors; 100 means that they are all just busy."""
    words = outputs[0].text.split()
    try:
        one, five, fifteen = (float(word) for word in words[:3])
        cores = max(1, int(outputs[1].text.strip() or 1))
    except ValueError:
        return Verdict("unknown", "no load average in /proc/loadavg")
    share = 100 * five / cores
    levels = (("critical", params["critical"]), ("warning", params["warning"]))
    status = next((name for name, limit in levels if share >= limit), "ok")
    told = f"load {one:g} {five:g} {fifteen:g} on {cores} core{'s' if cores > 1 else ''}"
    if status != "ok":
        told += ", falling" if one < fifteen else ", rising" if one > five else ""
    return Verdict(status, told, five, "load")


CHECK = Check(
    "load", "Load", (Command(("cat", "/proc/loadavg")), Command(("nproc",), optional=True)), parse,
    {"warning": Param("int", 150, 1, 10_000), "critical": Param("int", 400, 1, 10_000)},
)  # fmt: skip
