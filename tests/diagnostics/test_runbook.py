"""Runbooks: what is refused when they are read, and how a step runs on a shell."""

from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from deskui.diagnostics.base import Check, Command, Facts, OnLine, Output, Param, Shell, StepResult, Verdict, ranked
from deskui.diagnostics.runbook import RunbookError, Step, fill, load, parse, run_step

SHIPPED = Path(__file__).parents[2] / "data" / "runbooks"
NEVER = Event()


class Canned(Shell):
    """Answers from a list and remembers what was asked."""

    def __init__(self, *answers: Output) -> None:
        self.answers, self.ran, self.limits = list(answers), [], []

    def run(self, argv: Sequence[str], seconds: float, cancel: Event, on_line: OnLine | None = None) -> Output:
        self.ran.append(list(argv))
        self.limits.append(seconds)
        return self.answers.pop(0)

    def close(self) -> None:
        pass


def check(*commands: Command, **params: Param) -> Check:
    def judge(outputs: Sequence[Output], params: Any, facts: Facts) -> Verdict:
        return Verdict("ok", " ".join(output.text.strip() for output in outputs), 1)

    return Check("one", "One", commands, judge, params)


def run(found: Check, shell: Shell, facts: Facts | None = None) -> StepResult:
    return run_step(Step("one", found, {}, 5), shell, facts or Facts(), 100, NEVER, None)


def test_the_shipped_ones_are_right_and_linux_health_is_there() -> None:
    found = load([SHIPPED])
    assert [step.id for step in found["linux-health"].steps] == [
        "shell", "uptime", "load", "memory", "disks", "services", "log", "ports",
    ]  # fmt: skip


def test_a_later_folder_replaces_and_a_missing_one_is_none(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "linux-health"\ntitle = "Mine"\n[[steps]]\ncheck = "load"\n')
    assert load([SHIPPED, tmp_path / "none", tmp_path])["linux-health"].title == "Mine"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = 1 2", "mine.toml: "),
        ('title = "x"\n[[steps]]\ncheck = "load"', "name must be"),
        ('name = "A b"\n[[steps]]\ncheck = "load"', "name must be"),
        ('name = "a"', "at least one"),
        ('name = "a"\nsteps = ["load"]', "at least one"),
        ('name = "a"\nrun = "rm"\n[[steps]]\ncheck = "load"', "unknown key 'run'; allowed are name, steps, title"),
        ('name = "a"\n[[steps]]\ncheck = "load"\ncommand = "rm"', "step 1: unknown key 'command'"),
        ('name = "a"\n[[steps]]\ncheck = "nothing"', "there is no check 'nothing'; there are disks, load"),
        ('name = "a"\n[[steps]]\ncheck = "../base"', "there is no check"),
        ('name = "a"\n[[steps]]\ncheck = "__init__"', "there is no check"),
        ('name = "a"\n[[steps]]\ncheck = "load"\n[[steps]]\ncheck = "load"', "two steps have the same id"),
        ('name = "a"\n[[steps]]\ncheck = "load"\nseconds = 0', "seconds must be"),
        (
            'name = "a"\n[[steps]]\ncheck = "load"\nparams = { warn = 1 }',
            "load has no parameter 'warn'; it has warning",
        ),
        ('name = "a"\n[[steps]]\ncheck = "load"\nparams = { warning = "1; rm" }', "warning = '1; rm' is no int"),
        ('name = "a"\n[[steps]]\ncheck = "load"\nparams = { warning = true }', "is no int"),
        ('name = "a"\n[[steps]]\ncheck = "load"\nparams = { warning = -1 }', "is no int that load allows"),
    ],
)
def test_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(RunbookError) as caught:
        load([tmp_path])
    assert words in str(caught.value)
    assert "mine.toml" in str(caught.value)


def test_two_steps_of_one_check_with_ids() -> None:
    steps = [{"check": "load"}, {"check": "load", "id": "again", "params": {"warning": 1}}]
    assert [step.id for step in parse({"name": "a", "steps": steps}, "x").steps] == ["load", "again"]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [("word", "nginx.service", "-x"), ("word", "a@b", "a b"), ("path", "/var/log", "var"), ("path", "/a b", "/a\nb")],
)
def test_types_of_parameters(kind: str, good: str, bad: str) -> None:
    from deskui.diagnostics.runbook import typed

    found = check(Command(("x", "{it}")), it=Param(kind, good))
    assert typed(found, {"it": good}) == {"it": good}
    with pytest.raises(RunbookError):
        typed(found, {"it": bad})


def test_a_template_word_stays_one_word_and_braces_in_values_are_text() -> None:
    command = Command(("ls", "--", "{path}", "-n{count}"))
    assert fill(command, {"path": "/a b {count}; rm", "count": 3}, Facts()) == [["ls", "--", "/a b {count}; rm", "-n3"]]


def test_each_watched_directory_has_its_command_and_an_odd_path_none() -> None:
    command = Command(("du", "--", "{path}"), each="watch")
    facts = Facts(watch={"/a": 1, "relative": 1, "/b\n": 1, "/c": 1})
    assert fill(command, {}, facts) == [["du", "--", "/a"], ["du", "--", "/c"]]


@pytest.mark.parametrize(
    ("output", "status", "finding"),
    [
        (Output(code=127), "skipped", "smartctl is not on this host"),
        (Output(code=126), "skipped", "smartctl may not be run here by this user"),
        (Output(code=None, end="deadline", seconds=4.9), "failed", "no answer from smartctl in 5 s (limit 5 s)"),
        (Output(code=None, end="cancelled"), "failed", "cancelled"),
        (Output(code=None, end="lost"), "failed", "the connection broke"),
        (Output("fine\n"), "ok", "fine"),
    ],
)
def test_what_needs_no_parser(output: Output, status: str, finding: str) -> None:
    result = run(check(Command(("smartctl",)), Command(("true",))), Canned(output, Output()))
    assert (result.status, result.finding.strip()) == (status, finding)
    assert result.cut == (output.end != "done")


def test_an_optional_command_that_is_missing_reaches_the_parser() -> None:
    shell = Canned(Output("a"), Output(code=127), Output("c"))
    assert run(check(Command(("a",)), Command(("b",), optional=True), Command(("c",))), shell).finding == "a  c"


def test_the_steps_time_is_shared_by_its_commands_and_bounded_by_the_runs() -> None:
    shell = Canned(Output("a"), Output("b"))
    found = check(Command(("a",)), Command(("b",)))
    run_step(Step("one", found, {}, 5), shell, Facts(), 2, NEVER, None)
    assert all(limit <= 2 for limit in shell.limits)
    assert shell.limits[1] <= shell.limits[0]


def test_output_of_both_streams_is_kept_and_infinity_is_no_value() -> None:
    found = Check("one", "One", (Command(("a",)),), lambda *_: Verdict("ok", "x", float("inf")))
    result = run(found, Canned(Output("out\n", "err\n")))
    assert (result.output, result.value) == ("out\nerr", None)


def test_findings_are_ranked_worst_first() -> None:
    statuses = ("ok", "notice", "skipped", "failed", "warning", "critical", "unknown")
    steps = [StepResult(status, "", status, "") for status in statuses]
    assert [step.id for step in ranked(steps)] == [
        "critical", "failed", "warning", "unknown", "notice", "skipped", "ok",
    ]  # fmt: skip
