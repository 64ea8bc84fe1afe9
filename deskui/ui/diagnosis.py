"""A diagnostic run as rows and lines: what each step says, in words; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from deskui import text
from deskui.ui.timeline import Line, body_lines, wrap

TITLES = " #  STEP                     STATUS     TIME  RESULT"
WORDS = {"critical": "CRITICAL", "failed": "FAILED", "warning": "WARNING"}  # others as they are
STYLES = {"critical": "bad", "failed": "bad", "warning": "warn", "unknown": "warn", "ok": "ok", "skipped": "dim"}


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the run: `status` is one of the checks' words, or waiting, running."""

    id: str
    title: str
    status: str = "waiting"
    seconds: float = 0.0
    finding: str = ""
    output: str = ""


def planned(runbook: Any) -> list[Step]:
    """The steps that a runbook will make."""
    return [Step(step.id, step.check.title) for step in runbook.steps]


def begun(steps: Sequence[Step], id: str) -> list[Step]:
    """The steps, one of them running now."""
    return [replace(step, status="running") if step.id == id else step for step in steps]


def told(steps: Sequence[Step], step: Any) -> list[Step]:
    """The steps with what is now known of one of them; an unknown one is added."""
    new = Step(step.id, step.title, step.status, step.seconds, text.line(step.finding), step.output)
    if any(old.id == new.id for old in steps):
        return [new if old.id == new.id else old for old in steps]
    return [*steps, new]


def done(steps: Sequence[Step], result: Any) -> list[Step]:
    """All that the finished run says; what never began is `not run`."""
    for step in result.steps:
        steps = told(steps, step)
    return [replace(step, status="not run") if step.status in ("waiting", "running") else step for step in steps]


def row(number: int, step: Step, width: int) -> str:
    """One step as one line of at most `width` cells: number, title, status word, time, finding."""
    status = WORDS.get(step.status, step.status)
    mark = ">" if step.status == "running" else " "
    took = f"{step.seconds:4.1f}s" if step.seconds else "     "
    return text.clip(f"{mark}{number:2} {text.cell(step.title, 24)} {status:9} {took:>6} {step.finding}", width)


def findings(result: Any, width: int) -> list[Line]:
    """What was found, the worst first."""
    out: list[Line] = []
    for step in result.findings:
        words = f"{WORDS.get(step.status, step.status):9} {text.line(step.title)}: {text.line(step.finding) or '-'}"
        for at, piece in enumerate(wrap(words, max(20, width - 11))):
            out.append(((piece if at == 0 else f"          {piece}", STYLES.get(step.status, "")),))
    return out


def head(runbook: Any, ticket_id: str | None, host: str, result: Any, steps: Sequence[Step], running: bool) -> str:
    """Two lines: which runbook for which ticket on which host, and how it stands."""
    name = runbook.name if runbook else "none"
    first = f"RUNBOOK {name}  {ticket_id or 'no ticket'}  host {host or '?'}"
    if running:
        how = "CONNECTING" if all(step.status == "waiting" for step in steps) else "RUNNING"
        return f"{first}   {how}\n READ-ONLY: every step only looks"
    if result is None:
        return f"{first}\n READ-ONLY: every step only looks"
    where, key = result.where or "not connected", result.host_key
    how = "CANCELLED" if result.cancelled else "BROKEN OFF" if result.error else "done"
    return f"{first}   {how} after {result.seconds:.1f} s\n READ-ONLY  {where}" + (f"\n host key {key}" if key else "")


def problem(result: Any) -> str:
    """Why there was no shell, with both fingerprints where the host's key is the reason; empty: none."""
    found = result.error if result is not None else None
    if not found:
        return ""
    said = found.message
    if found.offered and found.offered in said:  # the fingerprints stand below, one under the other
        said = said.partition(": ")[0]
    lines = [f"{found.kind.upper().replace('_', ' ')}: {said}"]
    if found.offered or found.known:
        lines.append(f" known   {', '.join(found.known) or 'none'}")
        lines.append(f" offered {found.offered or 'none'}")
        lines.append(" Nothing was sent to it. Ask who runs the host before you believe the new key.")
    if found.hint:
        lines.append(f" {found.hint}")
    return "\n".join(lines)


def output(step: Step | None, result: Any, live: Iterable[str], running: bool, width: int) -> list[Line]:
    """What the output pane shows: a step's finding and output, what comes in just now, or the findings of the run."""
    if step is not None:
        said = step.output or ("" if step.finding else "(nothing yet)")
        found: list[Line] = [((row, "head"),) for row in wrap(step.finding, max(10, width - 1))]
        return [*found, *_plain(said, width)]
    return _plain("\n".join(live), width) if running or result is None else findings(result, width)


def _plain(said: str, width: int) -> list[Line]:
    return [((row, ""),) for row in body_lines(said, max(10, width - 1))]
