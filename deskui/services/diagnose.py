"""Runs a runbook on a host and makes a work note of what was found; everything here blocks the caller's thread."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar

from deskui.diagnostics.base import Facts, OnLine, Problem, Shell, ShellError, StepResult, ranked
from deskui.diagnostics.runbook import Find, Runbook, Step, load, run_step
from deskui.domain.asset import Asset, is_address
from deskui.domain.change import Note
from deskui.store import inventory, journal
from deskui.store.driver import StoreError
from deskui.store.store import Store

if TYPE_CHECKING:
    from deskui.services.desk import Desk

T = TypeVar("T")
OnStep = Callable[[StepResult], None]
OnStart = Callable[[str, str], None]  # id and title of the step that begins
LOCAL = "local"  # the host, or the address of a CI, that is this machine
KIND = "diag_run"  # of the journal's rows
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run found; `at` in epoch seconds.  With `error` no (further) step could be run."""

    host: str
    runbook: str
    steps: tuple[StepResult, ...] = ()
    seconds: float = 0.0
    at: int = 0
    where: str = ""  # user@address:port
    host_key: str = ""
    cancelled: bool = False
    error: Problem | None = None

    @property
    def ok(self) -> bool:
        """Nothing critical or failed, and the host was there."""
        return self.error is None and not any(step.status in ("critical", "failed") for step in self.steps)

    @property
    def findings(self) -> list[StepResult]:
        """The steps, the worst first."""
        return ranked(self.steps)

    def as_json(self) -> dict[str, Any]:
        """The document of `deskui diag run`."""
        return {
            "host": self.host, "runbook": self.runbook, "ok": self.ok, "seconds": round(self.seconds, 3),
            "steps": [
                {"id": step.id, "status": step.status, "value": step.value, "unit": step.unit,
                 "finding": step.finding, "seconds": step.seconds}
                for step in self.steps
            ],
        }  # fmt: skip


class Diagnose:
    """Diagnostics for screens and commands.

    `secret(name)` gives a CI's password or passphrase; `seconds` is the time of a whole run, `connect_seconds` of it
    at most for the connection; `find` knows the checks from outside.
    """

    def __init__(
        self, store: Store, desk: "Desk | None", folders: Iterable[Path], *, author: str = "",
        secret: Callable[[str], str | None] = lambda name: None, known_hosts: str = "", agent: bool = False,
        seconds: float = 120.0, connect_seconds: float = 15.0, find: Find | None = None,
    ) -> None:  # fmt: skip
        self._store, self._desk, self._folders, self._author = store, desk, list(folders), author
        self._secret, self._known_hosts, self._agent = secret, known_hosts, agent
        self._seconds, self._connect_seconds = seconds, connect_seconds
        self._find = find
        self._used: set[str] = set()  # secrets given out, so that none gets into a note

    def runbooks(self) -> list[Runbook]:
        """All runbooks by name.  RunbookError names the file that is wrong."""
        return [runbook for _, runbook in sorted(load(self._folders, self._find).items())]

    def run(
        self, runbook: str, host: str, ticket: str | None = None, on_step: OnStep | None = None,
        on_line: OnLine | None = None, cancel: Event | None = None, on_start: OnStart | None = None,
    ) -> RunResult:  # fmt: skip
        """Run it on a CI, an ssh alias or `local`, step by step; KeyError if there is no such runbook.

        The callbacks are called on this thread.  Whatever goes wrong with the host is in the result.
        """
        steps = load(self._folders, self._find)[runbook].steps
        run = _Run(self, host, steps, cancel or Event(), on_step, on_line, on_start)
        result = run.to_end(runbook)
        self._remember(result, ticket)
        return result

    def attach_text(self, result: RunResult) -> str:
        """The work note: findings first, output after, redacted, capped, INCOMPLETE in its second line when it is."""
        from deskui.diagnostics import report  # its patterns take 10 ms to compile

        return report.text(
            result.host, result.runbook, result.at, result.seconds, result.steps, where=result.where,
            host_key=result.host_key, cancelled=result.cancelled, error=result.error, secrets=self._used,
        )  # fmt: skip

    def attach(self, result: RunResult, ticket: str) -> "Future[Any]":
        """Queue it as a work note; the future ends at the commit."""
        assert self._desk is not None
        return self._desk.do(ticket, Note(self.attach_text(result)))

    def asset(self, host: str) -> Asset | None:
        """The CI of that name."""
        return self._store.read(lambda db: inventory.get(db, host))

    def facts(self, host: str, asset: Asset | None) -> Facts:
        """What the run before left behind: sizes of the watched directories, and when."""
        watch = {entry.path: entry.limit for entry in asset.watch} if asset else {}
        now = self._store.clock()
        if watch:
            for row in reversed(self._store.read(lambda db: journal.rows(db, KIND, f"ci:{host}"))):
                if row.data.get("watch"):
                    return Facts(now, watch, row.data["watch"], row.at)
        return Facts(now, watch)

    def shell(self, host: str, asset: Asset | None, cancel: Event) -> Shell:
        """A shell there; ShellError."""
        if host == LOCAL or (asset and asset.address == LOCAL):
            from deskui.diagnostics.shell import LocalShell

            return LocalShell()
        if asset is None and not is_address(host):
            raise ShellError(_no_such(host))
        from deskui.diagnostics.target import login, own_config

        said = own_config((asset.address if asset else "") or host)
        way = login(
            asset or Asset(host), said, known_hosts=self._known_hosts, agent=self._agent,
            secret=lambda: self._ask(asset.name if asset else host),
        )  # fmt: skip
        from deskui.diagnostics import net, ssh  # paramiko costs 160 ms: only who needs it pays

        try:
            return ssh.connect(way, self._connect_seconds, cancel)
        except net.NoAddress:
            if asset is None and way.host == host.lower():
                raise ShellError(_no_such(host)) from None
            raise

    def _ask(self, name: str) -> str | None:
        secret = self._secret(name)
        if secret:
            self._used.add(secret)
        return secret

    @property
    def seconds(self) -> float:
        """The time of a whole run."""
        return self._seconds

    def _remember(self, result: RunResult, ticket: str | None) -> None:
        sizes = {path: size for step in result.steps for path, size in step.data.get("watch", {}).items()}
        digest = hashlib.sha256("\0".join(step.output for step in result.steps).encode("utf-8", "replace")).hexdigest()
        data = {
            **result.as_json(), "where": result.where, "host_key": result.host_key, "cancelled": result.cancelled,
            "error": result.error.kind if result.error else None, "ticket": ticket, "output_sha256": digest,
            "watch": sizes,
        }  # fmt: skip
        subject = f"ci:{result.host}"
        written = self._store.write(lambda tx: journal.append(tx, KIND, subject, data, author=self._author))
        try:
            written.result(30)
        except (StoreError, FutureTimeout):
            _log.exception("the run on %s is not in the journal", result.host)


class WithoutSsh(Diagnose):
    """Diagnostics of a read-only session: nothing is connected to."""

    def shell(self, host: str, asset: Asset | None, cancel: Event) -> Shell:
        """Always refused."""
        raise ShellError(Problem("refused", "this is a read-only session: no SSH", "Leave --read-only out."))


def _no_such(host: str) -> Problem:
    hint = "deskui ci list shows the CIs; import one, name an alias of your ssh config, or use local"
    return Problem("unknown_host", f"there is no CI, ssh alias or host called {host!r}", hint)


class _Run:
    """One run: connect once, then step by step until the time is up, the connection breaks or somebody cancels."""

    def __init__(
        self, diagnose: Diagnose, host: str, steps: Sequence[Step], cancel: Event, on_step: OnStep | None,
        on_line: OnLine | None, on_start: OnStart | None,
    ) -> None:  # fmt: skip
        self._diagnose, self._host, self._steps, self._cancel = diagnose, host, steps, cancel
        self._on_step, self._on_line, self._on_start = on_step, on_line, on_start
        self._began = time.monotonic()
        self._done: list[StepResult] = []

    def to_end(self, runbook: str) -> RunResult:
        asset = self._diagnose.asset(self._host)
        host = asset.name if asset else self._host
        facts = self._diagnose.facts(host, asset)
        shell = self._safely(lambda: self._diagnose.shell(host, asset, self._cancel))
        error: Problem | None = None
        where = key = ""
        if isinstance(shell, Problem):
            error = shell
        else:
            where, key = shell.where, shell.host_key
            try:
                error = self._all(shell, facts)
            finally:
                shell.close()
        seconds = time.monotonic() - self._began
        return RunResult(host, runbook, tuple(self._done), seconds, facts.now, where, key, self._cancel.is_set(), error)

    def _all(self, shell: Shell, facts: Facts) -> Problem | None:
        """Every step gets a result; the problem that ended them early, if it was the connection."""
        reason, problem = "", None
        for step in self._steps:
            left = self._diagnose.seconds - (time.monotonic() - self._began)
            if not reason:
                reason = "cancelled" if self._cancel.is_set() else "" if left > 0 else "the time of the run was used up"
            if reason:
                self._tell(StepResult(step.id, step.check.title, "skipped", f"not run: {reason}", cut=True))
                continue
            result = self._one(step, shell, facts, left)
            self._tell(result)
            if result.data.get("lost"):
                reason = "the connection broke"
                problem = Problem(
                    "unreachable", f"{shell.where}: the connection broke in step {step.id}", "run it again"
                )
        return problem

    def _one(self, step: Step, shell: Shell, facts: Facts, left: float) -> StepResult:
        if self._on_start:
            self._on_start(step.id, step.check.title)
        found = self._safely(lambda: run_step(step, shell, facts, left, self._cancel, self._on_line))
        if isinstance(found, Problem):
            return StepResult(step.id, step.check.title, "failed", found.message, cut=True)
        return found

    def _tell(self, result: StepResult) -> None:
        self._done.append(result)
        if self._on_step:
            self._on_step(result)

    def _safely(self, work: Callable[[], T]) -> T | Problem:
        """Its result, or the problem: a host can answer anything, and no answer may end the desk."""
        try:
            return work()
        except ShellError as error:
            return error.problem
        except Exception as error:
            _log.exception("diagnosing %s", self._host)
            return Problem("unreachable", f"unexpected {type(error).__name__}: the log has the details")
