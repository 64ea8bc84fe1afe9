"""A run as the text of a work note: findings first, then output; secrets out, size capped, and honest about gaps."""

from collections.abc import Iterable, Sequence

from deskui import text as display
from deskui.diagnostics.base import Problem, StepResult, ranked
from deskui.diagnostics.redact import cut, redact
from deskui.domain.when import iso

CAP = 16_000  # characters of a note
_FINDING = 400  # characters of one finding


def text(
    host: str, runbook: str, at: int, seconds: float, steps: Sequence[StepResult], *, where: str = "",
    host_key: str = "", cancelled: bool = False, error: Problem | None = None, secrets: Iterable[str] = (),
) -> str:  # fmt: skip
    """The note; it never begins with a line that the host wrote."""
    known = tuple(secrets)
    head = f"Diagnostics {runbook} on {host}" + (f" ({where})" if where else "") + f", {iso(at)}, {seconds:.1f} s"
    findings = [_finding(step, known) for step in ranked(steps)]
    room = CAP - len(head) - sum(map(len, findings)) - 600
    outputs, shortened = _outputs(steps, room, known)
    gaps = _gaps(steps, cancelled, error, shortened)
    lines = [
        head,
        *([f"INCOMPLETE: {'; '.join(gaps)}"] if gaps else []),
        *([f"Host key {host_key}"] if host_key else []),
    ]
    if error:
        lines.append(f"Error: {display.line(redact(error.message, known))}")
    return "\n".join([*lines, "", "FINDINGS", *findings, "", "OUTPUT", *outputs]).rstrip() + "\n"


def _gaps(steps: Sequence[StepResult], cancelled: bool, error: Problem | None, shortened: bool) -> list[str]:
    gaps = ["cancelled"] if cancelled else []
    if error:
        gaps.append(f"broken off ({error.kind})")
    missing = [step.id for step in steps if step.cut]
    if missing:
        gaps.append("not all of " + ", ".join(missing))
    return [*gaps, "output shortened"] if shortened else gaps


def _finding(step: StepResult, known: Sequence[str]) -> str:
    words = display.line(redact(step.finding, known))
    return f"  {step.status.upper():9} {step.id}: {words if len(words) <= _FINDING else words[:_FINDING] + '…'}"


def _outputs(steps: Sequence[StepResult], room: int, known: Sequence[str]) -> tuple[list[str], bool]:
    """The worst first; each may take what the ones before left, but not the share of those behind it."""
    with_output = [step for step in ranked(steps) if step.output.strip()]
    lines: list[str] = []
    shortened = False
    for number, step in enumerate(with_output):
        share = max(200, room // (len(with_output) - number))
        whole = display.block(redact(step.output, known), limit=len(step.output) * 8 + 1000)
        indented = "\n".join("    " + line for line in whole.rstrip("\n").split("\n"))
        shown = cut(indented, share - len(step.id) - 10)
        shortened = shortened or shown != indented or "lines cut ...]" in whole
        lines += [f"-- {step.id}", shown.rstrip("\n")]
        room -= len(shown) + len(step.id) + 10
    return lines, shortened
