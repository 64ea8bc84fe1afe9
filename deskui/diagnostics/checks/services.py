"""Which services have failed, by systemd's word."""

from collections.abc import Mapping, Sequence
from typing import Any

from deskui.diagnostics.base import Check, Command, Facts, Output, Verdict

SHOWN = 6


def parse(outputs: Sequence[Output], params: Mapping[str, Any], facts: Facts) -> Verdict:
    """Any failed unit is a warning; a host without systemd is skipped."""
    output = outputs[0]
    if output.code != 0:
        if "not been booted with systemd" in output.errors or "connect to bus" in output.errors:
            return Verdict("skipped", "systemd does not run here, so there is no list of failed services")
        return Verdict("unknown", f"systemctl says {output.errors.strip().splitlines()[0]!r}" if output.errors.strip()
                       else f"systemctl ended with {output.code}")  # fmt: skip
    failed = [line.replace("●", "").split()[0] for line in output.text.splitlines() if line.replace("●", "").split()]
    if not failed:
        return Verdict("ok", "no failed service", 0, "failed")
    names = ", ".join(name.removesuffix(".service") for name in failed[:SHOWN])
    more = f" and {len(failed) - SHOWN} more" if len(failed) > SHOWN else ""
    return Verdict("warning", f"{len(failed)} failed: {names}{more}", len(failed), "failed")


CHECK = Check(
    "services", "Failed services",
    (Command(("systemctl", "list-units", "--state=failed", "--no-legend", "--plain", "--no-pager")),), parse,
)  # fmt: skip
