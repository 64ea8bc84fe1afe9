"""How long the host's shell takes to start: every command pays that, and slow start files look like a slow host."""

from collections.abc import Mapping, Sequence
from typing import Any

from deskui.diagnostics.base import Check, Command, Facts, Output, Param, Verdict


def parse(outputs: Sequence[Output], params: Mapping[str, Any], facts: Facts) -> Verdict:
    """Slow from `slow_ms` on; what start files print is told too."""
    output = outputs[0]
    took, noise = round(output.start * 1000), output.noise.strip()
    told = f"a command starts after {took} ms"
    if took >= params["slow_ms"]:
        told += ": the start files of the login shell are slow"
    if noise:
        told += f"; start files print {noise.splitlines()[0][:60]!r}, which breaks scp and scripts"
    return Verdict("notice" if noise or took >= params["slow_ms"] else "ok", told, took, "ms")


CHECK = Check("shell", "Shell start", (Command(("true",)),), parse, {"slow_ms": Param("int", 500, 1, 60_000)})
