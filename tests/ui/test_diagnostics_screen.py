"""Diagnostics on the screen: a real runbook on this machine, a run that is stopped, a host key that is wrong."""

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from deskui.diagnostics.base import Problem, StepResult
from deskui.services.diagnose import RunResult
from deskui.ui.screens.diagnostics import DiagnosticsScreen
from tests.ui.desk import LARGE, WholeDesk, opened, shown, until


class Scripted:
    """Stands where the host would be: `run` is what the test gives."""

    def __init__(self, run: Any, books: int = 1) -> None:
        self.run = run
        steps = [SimpleNamespace(id="load", check=SimpleNamespace(title="Load")),
                 SimpleNamespace(id="disks", check=SimpleNamespace(title="Disks"))]  # fmt: skip
        self.books = [SimpleNamespace(name=f"book-{n}", title=f"Book {n}", steps=steps) for n in range(books)]

    def runbooks(self) -> list[Any]:
        return self.books


def scripted(whole: WholeDesk, run: Any, books: int = 1) -> Any:
    return replace(whole.services, diagnose=Scripted(run, books))


async def test_a_real_run_is_attached_after_a_preview(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(ci="till-gw-07")
    async with opened(whole.services, DiagnosticsScreen(whole.services, ticket), themes) as (app, pilot):
        await until(pilot, lambda: "done after" in shown(app), 20)
        said = shown(app)
        assert said.startswith(f"RUNBOOK small  {ticket}  host till-gw-07")
        assert "READ-ONLY" in said
        assert "FINDINGS, worst first" in said
        await pilot.press("a")
        await until(pilot, lambda: "as a work note?" in shown(app))
        assert "Diagnostics small on till-gw-07" in shown(app)
        await pilot.press("enter")  # Cancel is the default
        await pilot.pause(0.1)
        assert whole.services.desk.outbox() == []
        await pilot.press("a")
        await until(pilot, lambda: "as a work note?" in shown(app))
        await pilot.press("a")
        await until(pilot, lambda: f"attached to {ticket}" in shown(app))
        await pilot.press("j")
        await pilot.pause(0.1)
        assert "OUTPUT" in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == [None])
    note = whole.services.desk.outbox()[0].change
    assert note.verb == "note"
    assert note.text.startswith("Diagnostics small on till-gw-07")


async def test_steps_stream_and_a_run_is_stopped(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(ci="till-gw-07")

    def run(book: str, host: str, ticket: str, on_step: Any, on_line: Any, cancel: Any, on_start: Any) -> RunResult:
        on_start("load", "Load")
        first = StepResult("load", "Load", "critical", "load 48 on 2 cores", seconds=0.3, output="48.0 47.1")
        on_step(first)
        on_start("disks", "Disks")
        for number in range(100):
            on_line(f"disk line {number} \x1b[31mred")
        began = time.monotonic()
        assert cancel.wait(10)
        second = StepResult("disks", "Disks", "failed", "cancelled", cut=True)
        return RunResult(host, book, (first, second), time.monotonic() - began, cancelled=True, where="local")

    services = scripted(whole, run)
    async with opened(services, DiagnosticsScreen(services, ticket), themes) as (app, pilot):
        await until(pilot, lambda: "disk line 99" in shown(app))
        said = shown(app)
        assert "RUNNING" in said
        assert "CRITICAL" in said
        assert "load 48 on 2 cores" in said
        assert "> 2 Disks" in said
        assert "running" in said
        assert "\x1b" not in said
        await pilot.press("r")
        await pilot.pause()
        assert "it is running; K stops it" in shown(app)
        await pilot.press("f")
        await pilot.pause()
        assert "follow:off" in shown(app)
        began = time.monotonic()
        await pilot.press("K")
        await until(pilot, lambda: "CANCELLED after" in shown(app))
        assert time.monotonic() - began < 2
        assert "FAILED    Disks: cancelled" in shown(app)


async def test_a_changed_host_key_shows_both_fingerprints(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(ci="till-gw-07")
    hint = "ssh-keygen -R till-gw-07 once it is sure"
    problem = Problem("host_key_changed", "till-gw-07 has another key", hint, ("SHA256:known",), "SHA256:offered")
    services = scripted(whole, lambda book, host, *_: RunResult(host, book, error=problem))
    async with opened(services, DiagnosticsScreen(services, ticket), themes) as (app, pilot):
        await until(pilot, lambda: "HOST KEY CHANGED" in shown(app))
        said = shown(app)
        assert "known   SHA256:known" in said
        assert "offered SHA256:offered" in said
        assert "Nothing was sent to it." in said
        assert "ssh-keygen -R till-gw-07 once it is sure" in said
        assert "not run" in said
        assert "BROKEN OFF" in said


async def test_a_run_that_breaks_is_a_sentence(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(ci="till-gw-07")

    def run(*_: Any) -> RunResult:
        raise KeyError("no such runbook")

    services = scripted(whole, run)
    async with opened(services, DiagnosticsScreen(services, ticket), themes, LARGE) as (app, pilot):
        await until(pilot, lambda: "the run failed: 'no such runbook'" in shown(app))


async def test_no_ci_asks_for_the_host_and_several_runbooks_are_listed(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make()
    ran = []

    def run(book: str, host: str, *_: Any) -> RunResult:
        ran.append((book, host))
        return RunResult(host, book, where="local")

    services = scripted(whole, run, 3)
    async with opened(services, DiagnosticsScreen(services, ticket), themes) as (app, pilot):
        await until(pilot, lambda: "Which host?" in shown(app))
        assert "CIs: till-gw-07" in shown(app)
        await pilot.press(*"local", "enter")
        await until(pilot, lambda: "Which runbook on local?" in shown(app))
        assert "2  book-1: Book 1" in shown(app)
        await pilot.press("2")
        await until(pilot, lambda: ran == [("book-1", "local")])


async def test_leaving_a_run_stops_it(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make(ci="till-gw-07")
    stopped = []

    def run(book: str, host: str, ticket: str, on_step: Any, on_line: Any, cancel: Any, on_start: Any) -> RunResult:
        stopped.append(cancel.wait(10))
        return RunResult(host, book, cancelled=True)

    services = scripted(whole, run)
    async with opened(services, DiagnosticsScreen(services, ticket), themes) as (app, pilot):
        await until(pilot, lambda: "CONNECTING" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: "It still runs on till-gw-07." in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: stopped == [True])
