"""The contract of diagnostics: what a check is, what a shell promises, and what a step's result says.

**A check** is one file in `checks/` with a module-level `CHECK`.  It has commands, each an argv template, and a parser.
A template is a tuple of words; a word `{name}` is replaced by the parameter of that name and stays one word whatever
is in it (the shell quotes it).  Parameters are typed (`Param`); a value of the wrong kind is refused before anything
runs.  Checks only read.  The parser is pure: outputs, parameters and the facts that the caller knows in; `Verdict`
out; it never runs anything, and is tested as a table on outputs kept as text.  It copes with an output that was cut.
A command whose tool is not on the host makes the step `skipped` with the reason, unless the command is `optional`.

**A shell** runs one argv at a time on one host.  `run` blocks the caller's thread, ends at the latest at its deadline
(absolute, not per read) or one second after `cancel` was set, and then nothing that it started is left running there.
Both streams are drained, what is kept is capped (`CAP`, the newest bytes), and `on_line` gets lines as they come.
What the host's start files print is not part of the output: it is in `noise`.  All text is raw: whoever shows it makes
it inert.  The environment is the C locale, and standard input is empty.

**Errors** are data.  A shell that cannot be had raises `ShellError`, whose `Problem` has one of the command line's
error kinds: unreachable, auth, host_key_changed, host_key_unknown, unknown_host.  A connection that dies later ends
the output with `end="lost"`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

STATUSES = ("ok", "notice", "warning", "critical", "unknown", "failed", "skipped")
RANK = ("critical", "failed", "warning", "unknown", "notice", "skipped", "ok")  # how findings are listed
CAP = 2 << 20  # bytes kept of one command, both streams together


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no shell: `kind` as on the command line, `known` and `offered` the fingerprints of host keys."""

    kind: str
    message: str
    hint: str = ""
    known: tuple[str, ...] = ()
    offered: str = ""


class ShellError(Exception):
    """No shell on that host; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Output:
    """What one command printed, raw; times in seconds.

    `code` is None if it did not end by itself; `end` is done, deadline, cancelled or lost; `start` is how long the
    host's shell took before the command began, `noise` what its start files printed meanwhile.
    """

    text: str = ""
    errors: str = ""
    code: int | None = 0
    seconds: float = 0.0
    truncated: bool = False
    end: str = "done"
    start: float = 0.0
    noise: str = ""


OnLine = Callable[[str], None]


class Shell(ABC):
    """A way to run commands on one host; close it when done."""

    where: str = ""  # who and where: "root@10.0.0.1:22"
    host_key: str = ""  # "ssh-ed25519 SHA256:…"; empty for this machine

    @abstractmethod
    def run(self, argv: Sequence[str], seconds: float, cancel: Event, on_line: OnLine | None = None) -> Output:
        """Run `argv` for at most `seconds`; see the module's text."""

    @abstractmethod
    def close(self) -> None:
        """Let the connection go, within a second."""


@dataclass(frozen=True, slots=True)
class Param:
    """The type of a parameter: int (`low` to `high`), word (letters, digits, `.` `_` `-` `@`) or path (absolute)."""

    kind: str
    default: Any = None
    low: int = 0
    high: int = 1 << 31


@dataclass(frozen=True, slots=True)
class Command:
    """An argv template; `optional`: its absence skips nothing; `each`: once per fact `watch`, which is `{path}`."""

    argv: tuple[str, ...]
    optional: bool = False
    each: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the caller knows and a command cannot tell.

    `now` is epoch seconds; `watch` maps watched directories to limits (bytes); `earlier` their sizes at the run
    before, and `earlier_at` when that was.
    """

    now: int = 0
    watch: Mapping[str, int] = field(default_factory=dict)
    earlier: Mapping[str, int] = field(default_factory=dict)
    earlier_at: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a parser makes of outputs; `data` is kept with the run and handed to the next one as facts."""

    status: str
    finding: str
    value: float | None = None
    unit: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


Parser = Callable[[Sequence[Output], Mapping[str, Any], Facts], Verdict]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at on a host; see the module's text."""

    name: str
    title: str
    commands: tuple[Command, ...]
    parse: Parser
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step of a run: `status` is one of STATUSES; `output` is raw and whole, `cut` says that some is missing."""

    id: str
    title: str
    status: str
    finding: str
    value: float | None = None
    unit: str = ""
    seconds: float = 0.0
    output: str = ""
    cut: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)


def ranked(steps: Sequence[StepResult]) -> list[StepResult]:
    """The steps with the worst first, else in their order."""
    return sorted(steps, key=lambda step: RANK.index(step.status))
