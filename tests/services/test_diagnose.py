"""Runs from the CI's name to the work note, on real sshd and on this machine."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Timer
from typing import Any

import pytest

from deskui.diagnostics import report
from deskui.diagnostics.base import Problem, StepResult
from deskui.domain.asset import Asset, Watch
from deskui.services.desk import Desk
from deskui.services.diagnose import Diagnose, RunResult
from deskui.services.inventory import Inventory
from deskui.store import journal
from deskui.store.store import Store
from tests import make
from tests.make import NOW

SHIPPED = Path(__file__).parents[2] / "data" / "runbooks"
STEPS = ["shell", "uptime", "load", "memory", "disks", "services", "log", "ports"]


class Home:
    """A store with a ticket, an inventory and diagnostics."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.clock = make.Clock()
        self.store: Store = make.make_store(folder, self.clock)
        self.desk = Desk(self.store, make.make_rules(), lambda upstream: "anna", default_upstream="rt")
        self.inventory = Inventory(self.store, "anna")
        self.diagnose = Diagnose(self.store, self.desk, [SHIPPED, folder / "runbooks"], author="anna", **options)
        make.pull(self.store, make.make_ticket(17))

    def ci(self, name: str, **values: Any) -> None:
        self.inventory.put([Asset(name, **values)]).result(10)

    def rows(self) -> list[journal.Record]:
        return self.store.read(lambda db: journal.rows(db, "diag_run"))


@pytest.fixture
def make_home(tmp_path: Path) -> Iterator[Callable[..., Home]]:
    made: list[Home] = []

    def make_one(**options: Any) -> Home:
        made.append(Home(tmp_path / f"home{len(made)}", **options))
        return made[-1]

    yield make_one
    for home in made:
        home.store.close()


@pytest.fixture
def home(make_home: Callable[..., Home]) -> Home:
    return make_home()


def book(home: Home, check: str = "load", name: str = "one") -> str:
    folder = home.store.path.parent / "runbooks"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(f'name = "{name}"\n[[steps]]\ncheck = "{check}"\n')
    return name


def test_this_machine_step_by_step(home: Home) -> None:
    told: list[Any] = []
    lines: list[str] = []
    result = home.diagnose.run(
        "linux-health", "local", None, lambda step: told.append(step.id), lines.append, None,
        lambda id, title: told.append((id, title)),
    )  # fmt: skip
    assert [step.id for step in result.steps] == STEPS
    assert told[:2] == [("shell", "Shell start"), "shell"]
    assert any(line.startswith("MemTotal") for line in lines)
    assert not result.cancelled
    assert not any(step.cut for step in result.steps)
    assert result.error is None
    assert {step.id: step.status for step in result.steps}["memory"] in ("ok", "notice", "warning", "critical")
    for step in result.steps:
        assert step.status != "failed", step
        assert step.status != "skipped" or step.finding


def test_the_document_is_the_command_lines(home: Home) -> None:
    found = json.loads(json.dumps(home.diagnose.run("linux-health", "local").as_json(), allow_nan=False))
    assert set(found) == {"host", "runbook", "ok", "seconds", "steps"}
    assert (found["host"], found["runbook"]) == ("local", "linux-health")
    assert all(set(step) == {"id", "status", "value", "unit", "finding", "seconds"} for step in found["steps"])


def test_a_ci_by_key(home: Home, sshd: Any, make_home: Callable[..., Home]) -> None:
    home = make_home(known_hosts=str(sshd.known_hosts))
    address, port = sshd.hosts["sw1"]
    home.ci("sw1", address=address, port=port, user=sshd.user, key=str(sshd.key))
    result = home.diagnose.run("linux-health", "SW1", "RT-17")
    assert result.error is None
    assert [step.id for step in result.steps] == STEPS
    assert (result.host, result.where) == ("sw1", f"{sshd.user}@{address}:{port}")
    assert "SHA256:" in result.host_key
    (row,) = home.rows()
    assert (row.subject, row.author, row.data["ticket"], row.at) == ("ci:sw1", "anna", "RT-17", NOW)
    assert re.fullmatch("[0-9a-f]{64}", row.data["output_sha256"])


def test_a_ci_by_password_which_no_note_shows(sshd: Any, make_home: Callable[..., Home]) -> None:
    home = make_home(known_hosts=str(sshd.known_hosts), secret=lambda name: sshd.pw if name == "pw1" else None)
    address, port = sshd.hosts["pw1"]
    home.ci("pw1", address=address, port=port, user=sshd.pw_user, key="")
    result = home.diagnose.run(book(home, "uptime"), "pw1")
    assert result.error is None
    assert result.steps[0].status in ("ok", "notice")
    step = StepResult("x", "X", "ok", f"seen {sshd.pw} here", output=f"and {sshd.pw} there")
    note = home.diagnose.attach_text(RunResult("pw1", "one", (step,), 1.0, NOW))
    assert sshd.pw not in note
    assert sshd.pw not in json.dumps([dict(row.data) for row in home.rows()])


@pytest.mark.parametrize(
    ("host", "key", "kind"),
    [("moved", "key", "host_key_changed"), ("sw1", "stranger_key", "auth"), ("pw1", "key", "auth")],
)
def test_who_does_not_get_in(sshd: Any, make_home: Callable[..., Home], host: str, key: str, kind: str) -> None:
    home = make_home(known_hosts=str(sshd.known_hosts))
    address, port = sshd.hosts[host]
    home.ci(host, address=address, port=port, user=sshd.user, key=str(getattr(sshd, key)))
    result = home.diagnose.run("linux-health", host)
    assert result.error is not None
    assert (result.error.kind, result.ok, result.steps) == (kind, False, ())
    note = home.diagnose.attach_text(result)
    assert f"INCOMPLETE: broken off ({kind})" in note
    if kind == "host_key_changed":
        assert result.error.known[0] in note
        assert result.error.offered in note
    assert home.rows()[0].data["error"] == kind


def test_an_unknown_key(sshd: Any, make_home: Callable[..., Home], tmp_path: Path) -> None:
    home = make_home(known_hosts=str(tmp_path / "none"))
    address, port = sshd.hosts["sw1"]
    home.ci("sw1", address=address, port=port, user=sshd.user, key=str(sshd.key))
    error = home.diagnose.run("linux-health", "sw1").error
    assert error is not None
    assert error.kind == "host_key_unknown"


@pytest.mark.parametrize("host", ["no-such-ci", "-oProxyCommand=x", "a b", ""])
def test_an_unknown_host(home: Home, host: str) -> None:
    error = home.diagnose.run("linux-health", host).error
    assert error is not None
    assert error.kind == "unknown_host"


def test_an_unknown_runbook(home: Home) -> None:
    with pytest.raises(KeyError):
        home.diagnose.run("nothing", "local")


def test_a_silent_host_costs_its_deadline(make_home: Callable[..., Home]) -> None:
    import socket

    home = make_home(connect_seconds=1.0)
    with socket.create_server(("127.0.0.1", 0)) as sock:
        home.ci("dead", address="127.0.0.1", port=sock.getsockname()[1], user="root", key="/none")
        started = time.monotonic()
        error = home.diagnose.run("linux-health", "dead").error
    assert error is not None
    assert error.kind == "unreachable"
    assert 0.9 < time.monotonic() - started < 2


def test_a_growing_directory_is_named_with_size_and_growth(home: Home, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    home.ci("this", address="local", watch=(Watch(str(spool), 10 << 20),))
    (spool / "a").write_bytes(b"x" * (2 << 20))
    first = {step.id: step for step in home.diagnose.run("linux-health", "this").steps}["disks"]
    assert re.search(rf"{spool} 2\.0 MB of 10 MB \(20 %\)", first.finding)
    home.clock.now += 600
    (spool / "b").write_bytes(b"x" * (4 << 20))
    second = {step.id: step for step in home.diagnose.run("linux-health", "this").steps}["disks"]
    assert re.search(
        rf"{spool} 6\.0 MB of 10 MB \(60 %\), \+4\.0 MB in 10 min: at this rate full in \d+ min", second.finding
    )
    assert second.status in ("warning", "critical")
    (spool / "c").write_bytes(b"x" * (5 << 20))
    assert {step.id: step for step in home.diagnose.run("linux-health", "this").steps}["disks"].status == "critical"


def slow_check(monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...]) -> None:
    """Makes the first step of linux-health run `argv`."""
    from deskui.diagnostics.base import Check, Command, Verdict
    from deskui.diagnostics.checks import shell

    found = Check("shell", "Slow", (Command(argv),), lambda outputs, *_: Verdict("ok", "done"))
    monkeypatch.setattr(shell, "CHECK", found)


def test_cancel_ends_the_run_and_the_note_says_incomplete(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    slow_check(monkeypatch, ("sh", "-c", "echo half; sleep 60"))
    cancel = Event()
    Timer(0.3, cancel.set).start()
    started = time.monotonic()
    result = home.diagnose.run("linux-health", "local", cancel=cancel)
    assert time.monotonic() - started < 1.5
    assert [step.status for step in result.steps] == ["failed", *["skipped"] * 7]
    assert result.steps[1].finding == "not run: cancelled"
    assert (result.cancelled, result.ok) == (True, False)
    note = home.diagnose.attach_text(result)
    assert note.splitlines()[1].startswith("INCOMPLETE: cancelled")
    assert "half" in note


def test_the_runs_time_is_absolute(make_home: Callable[..., Home], monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_home(seconds=1.0)
    slow_check(monkeypatch, ("sleep", "60"))
    started = time.monotonic()
    result = home.diagnose.run("linux-health", "local")
    assert 0.9 < time.monotonic() - started < 2
    assert result.steps[1].finding == "not run: the time of the run was used up"
    assert not result.ok


def test_a_fault_in_a_check_is_a_failed_step_and_the_rest_runs(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from deskui.diagnostics.checks import shell

    monkeypatch.setattr(shell, "CHECK", replace(shell.CHECK, parse=lambda *_: 1 / 0))
    result = home.diagnose.run("linux-health", "local")
    assert result.steps[0].status == "failed"
    assert "ZeroDivisionError" in result.steps[0].finding
    assert len([step for step in result.steps if step.status != "failed"]) == 7


def test_attached_as_a_work_note(home: Home) -> None:
    result = home.diagnose.run(book(home), "local", "RT-17")
    entry = home.diagnose.attach(result, "RT-17").result(10)
    assert entry.change.verb == "note"
    text = home.desk.timeline("RT-17")[-1].text or ""
    assert text.startswith("Diagnostics one on local (this machine), 2026-11-24T02:07:00Z, ")
    assert text.index("FINDINGS") < text.index("OUTPUT")


def note(*steps: StepResult, **values: Any) -> str:
    return report.text("sw1", "linux-health", NOW, 1.25, steps, **values)


def test_the_note_has_the_worst_first_then_output() -> None:
    text = note(
        StepResult("load", "Load", "ok", "load 0.1", output="0.1 0.1 0.1"),
        StepResult("disks", "Disks", "critical", "/ 99 % full", output="df said"),
    )
    assert text == (
        "Diagnostics linux-health on sw1, 2026-11-24T02:07:00Z, 1.2 s\n\nFINDINGS\n  CRITICAL  disks: / 99 % full\n"
        "  OK        load: load 0.1\n\nOUTPUT\n-- disks\n    df said\n-- load\n    0.1 0.1 0.1\n"
    )


def test_the_note_is_inert_redacted_and_no_desk_line_of_the_hosts() -> None:
    hostile = "\x1b]0;owned\x07\x1b[2Jdeskui: resolved by root at 2026-11-24T02:07:00Z\npassword=hunter2\n\x9b31m\u202e"
    text = note(StepResult("log", "Log", "warning", f"x\n{hostile}", output=hostile))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "hunter2" not in text
    assert not any(line.startswith("deskui:") for line in text.splitlines())


def test_a_large_note_is_cut_and_says_so() -> None:
    lines = "".join(f"line {number}\n" for number in range(20_000))
    steps = [StepResult(f"s{number}", "S", "ok", "fine" * 500, output=lines) for number in range(8)]
    text = note(*steps)
    assert len(text) < report.CAP + 2_000
    assert text.splitlines()[1] == "INCOMPLETE: output shortened"
    assert "lines cut ...]" in text
    assert text.count("-- s") == 8


def test_a_truncated_step_makes_it_incomplete() -> None:
    text = note(StepResult("log", "Log", "ok", "x", output="y", cut=True), error=Problem("unreachable", "gone"))
    assert text.splitlines()[1] == "INCOMPLETE: broken off (unreachable); not all of log"


def test_no_thread_stays_behind(home: Home) -> None:
    home.diagnose.run("linux-health", "local")
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("deskui-ssh")]
