"""Since when the host is up, and whether it wants a reboot."""

from collections.abc import Mapping, Sequence
from typing import Any

from deskui.diagnostics.base import Check, Command, Facts, Output, Verdict
from deskui.diagnostics.units import duration

HOUR, DAY = 3600, 86_400


def parse(outputs: Sequence[Output], params: Mapping[str, Any], facts: Facts) -> Verdict:
    """A boot within the last hour is worth a notice, and so is a pending reboot or a year without one."""
    words = outputs[0].text.split()
    try:
        seconds = float(words[0])
    except (IndexError, ValueError):
        return Verdict("unknown", "no uptime in /proc/uptime")
    told = f"up {duration(seconds)}"
    if outputs[1].code == 0:
        return Verdict("notice", f"{told}; an update waits for a reboot", seconds, "s")
    if seconds < HOUR:
        return Verdict("notice", f"rebooted {duration(seconds)} ago", seconds, "s")
    if seconds > 365 * DAY:
        return Verdict("notice", f"{told}: no kernel update has been booted for a year", seconds, "s")
    return Verdict("ok", told, seconds, "s")


CHECK = Check(
    "uptime", "Uptime",
    (Command(("cat", "/proc/uptime")), Command(("ls", "/var/run/reboot-required"), optional=True)), parse,
)  # fmt: skip
