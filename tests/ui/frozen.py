"""The demo desk with a stopped clock: `python -m tests.ui.frozen [THEME]` shows the same at any time, on any machine.

Nothing happens by itself.  One conflict is there, one change waits, and the host answers from this file.
"""

import sys
from contextlib import nullcontext
from typing import Any

from deskui import wiring
from deskui.diagnostics.base import StepResult
from deskui.domain.change import Note
from deskui.domain.fields import SetPriority
from deskui.services import demo
from deskui.services.diagnose import RunResult
from deskui.wiring import demo as scratch

CLASH, WAITING = "D-4702", "D-4705"
FOUND = (
    StepResult("shell", "Shell start", "ok", "a command starts after 3 ms", seconds=0.1),
    StepResult("uptime", "Uptime", "ok", "up 214 days", seconds=0.1),
    StepResult("load", "Load", "ok", "load 0.42 0.40 0.37 on 2 cores", seconds=0.1),
    StepResult("memory", "Memory", "warning", "310 MB of 4.0 GB available (7 %), swap 60 % used", seconds=0.1),
    StepResult(
        "disks", "Disks", "critical",
        "/var/log 97 % full, 1.1 GB left; growing 4 MB/s: full in 5 min; /var/log/till/gw.log grew by 12 MB meanwhile",
        seconds=3.1,
    ),
    StepResult("services", "Failed services", "critical", "failed: till-gateway.service", seconds=0.2),
    StepResult("log", "Errors in the log", "warning", "312 errors in the last hour, most: till-gateway", seconds=0.4),
    StepResult("ports", "Listening ports", "ok", "listening: 22 sshd, 8443 till-gateway", seconds=0.1),
)  # fmt: skip


class Play(demo.Demo):
    """The demo, of which the past is wanted and the script is not."""

    last: "Play"
    playing = nullcontext  # type: ignore[assignment]

    def prepare(self) -> "Play":
        Play.last = self
        super().prepare()
        return self


def run(runbook: str, host: str, ticket_id: Any, on_step: Any, on_line: Any, cancel: Any, on_start: Any) -> RunResult:
    """The same findings, whatever is asked."""
    for step in FOUND:
        on_start(step.id, step.title)
        on_step(step)
    key = "ssh-ed25519 SHA256:Vn3qkC0n4r2Zp1o8m5s7t9u1w3x5y7z9A1B2C3D4E5F"
    return RunResult(host, runbook, FOUND, 4.2, wiring.now(), "svc-noc@10.7.0.1:22", key)


def prepare(here: Any) -> None:
    """A colleague sets another priority than we do, and a note waits."""
    desk, syncing = here.services.desk, here.services.syncing
    desk.do(CLASH, SetPriority(1)).result()
    Play.last.world.change_as("kim", CLASH.removeprefix("D-"), SetPriority(3))
    syncing.run_once()
    desk.do(WAITING, Note("Queue is down to 300, watching it.", 10)).result()
    here.services.diagnose.run = run


def main(theme: str) -> int:
    """The screen, until it is left."""
    start = demo.start(wiring.resources.data() / "demo")
    patch: Any = wiring
    patch.now, patch.Opened.start = lambda: start, lambda self: None
    demo.Demo = Play  # type: ignore[misc]
    with scratch.demo() as here:
        here.settings = here.settings._replace(ui=here.settings.ui._replace(theme=theme))
        prepare(here)
        return int(here.console())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:] or ("dark",)))
