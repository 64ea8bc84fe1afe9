"""Runbooks: TOML files that say which checks to run with which parameters; and the run of one step."""

import math
import re
import string
import time
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import Any

from deskui.diagnostics.base import Check, Command, Facts, OnLine, Output, Param, Shell, StepResult, Verdict

SECONDS = 20  # a step's time if its runbook does not say
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_WORD = re.compile(r"[A-Za-z0-9_.@-]{1,100}")
_KEYS = {"runbook": {"name", "title", "steps"}, "step": {"check", "id", "seconds", "params"}}


Find = Callable[[str, str], Check]  # a check by its name in a runbook, and where that stands.  RunbookError


class RunbookError(ValueError):
    """A runbook that cannot be run; the message names file, key and what is allowed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One check of a runbook with its parameters, and its time in seconds."""

    id: str
    check: Check
    params: Mapping[str, Any]
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Runbook:
    """A named list of steps."""

    name: str
    title: str
    steps: tuple[Step, ...]


def load(folders: Iterable[Path], find: Find | None = None) -> dict[str, Runbook]:
    """All runbooks of these folders by name; a later folder's replaces an earlier one's.  RunbookError.

    `find` knows more checks than ours.
    """
    found = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            try:
                runbook = parse(tomllib.loads(path.read_text("utf-8")), str(path), find)
            except tomllib.TOMLDecodeError as error:
                raise RunbookError(f"{path}: {error}") from None
            found[runbook.name] = runbook
    return found


def parse(data: Mapping[str, Any], where: str, find: Find | None = None) -> Runbook:
    """A runbook of its TOML values; RunbookError names `where` and the key."""
    _known(data, "runbook", where)
    name = data.get("name")
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise RunbookError(f"{where}: name must be small letters, digits and hyphens, not {name!r}")
    steps = data.get("steps")
    if not (isinstance(steps, list) and steps and all(isinstance(step, dict) for step in steps)):
        raise RunbookError(f"{where}: at least one [[steps]] is needed")
    made = tuple(_step(step, f"{where}: step {number}", find or check_named) for number, step in enumerate(steps, 1))
    if len({step.id for step in made}) != len(made):
        raise RunbookError(f"{where}: two steps have the same id; give one of them another with id = ")
    return Runbook(name, str(data.get("title", name)), made)


def _known(data: Mapping[str, Any], what: str, where: str) -> None:
    for key in data:
        if key not in _KEYS[what]:
            raise RunbookError(f"{where}: unknown key {key!r}; allowed are {', '.join(sorted(_KEYS[what]))}")


def _step(data: Mapping[str, Any], where: str, find: Find) -> Step:
    _known(data, "step", where)
    seconds = data.get("seconds", SECONDS)
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds <= 600:
        raise RunbookError(f"{where}: seconds must be a number from 1 to 600, not {seconds!r}")
    check = find(str(data.get("check", "")), where)
    params = typed(check, data.get("params", {}), where)
    return Step(str(data.get("id", check.name)), check, params, seconds)


def check_named(name: str, where: str = "") -> Check:
    """The check in `checks/NAME.py`, imported when it is first named; RunbookError if there is none."""
    module = name.replace("-", "_")
    package = "deskui.diagnostics.checks"
    if _NAME.fullmatch(name) and (Path(__file__).parent / "checks" / f"{module}.py").is_file():
        check: Check = import_module(f"{package}.{module}").CHECK
        return check
    names = sorted(path.stem for path in (Path(__file__).parent / "checks").glob("[a-z]*.py"))
    raise RunbookError(f"{where}: there is no check {name!r}; there are {', '.join(names).replace('_', '-')}")


def typed(check: Check, given: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """The check's parameters with its defaults filled in; RunbookError for one of the wrong type or name."""
    for name in given:
        if name not in check.params:
            raise RunbookError(f"{where}: {check.name} has no parameter {name!r}; it has {', '.join(check.params)}")
    values = {name: given.get(name, param.default) for name, param in check.params.items()}
    for name, param in check.params.items():
        if not _fits(param, values[name]):
            raise RunbookError(f"{where}: {name} = {values[name]!r} is no {param.kind} that {check.name} allows")
    return values


def _fits(param: Param, value: Any) -> bool:
    if param.kind == "int":
        return isinstance(value, int) and not isinstance(value, bool) and param.low <= value <= param.high
    if param.kind == "path":
        return isinstance(value, str) and value.startswith("/") and value.isprintable()
    return isinstance(value, str) and bool(_WORD.fullmatch(value)) and not value.startswith("-")


def fill(command: Command, params: Mapping[str, Any], facts: Facts) -> list[list[str]]:
    """The argvs of a command; each template word stays one word."""
    if command.each == "watch":
        paths = [path for path in facts.watch if _fits(Param("path"), path)]
        return [_words(command, {**params, "path": path}) for path in paths]
    return [_words(command, params)]


def _words(command: Command, values: Mapping[str, Any]) -> list[str]:
    return [string.Formatter().vformat(word, (), values) for word in command.argv]


def run_step(
    step: Step, shell: Shell, facts: Facts, seconds: float, cancel: Event, on_line: OnLine | None
) -> StepResult:
    """Run one step within `seconds` (and its own limit); the parser judges what came."""
    started = time.monotonic()
    stop = started + min(seconds, step.seconds)
    outputs: list[Output] = []
    verdict = None
    for command in step.check.commands:
        for argv in fill(command, step.params, facts):
            left = max(0.0, stop - time.monotonic())
            outputs.append(shell.run(argv, left, cancel, on_line))
            verdict = _ended(outputs[-1], argv, command, step)
            if verdict:
                break
        if verdict:
            break
    verdict = verdict or step.check.parse(outputs, step.params, facts)
    return StepResult(
        step.id, step.check.title, verdict.status, verdict.finding, _number(verdict.value), verdict.unit,
        round(time.monotonic() - started, 3), _joined(outputs),
        any(output.truncated or output.end != "done" for output in outputs), verdict.data,
    )  # fmt: skip


def _number(value: float | None) -> float | None:
    """JSON has no infinity, and a host may say anything."""
    return value if value is not None and math.isfinite(value) else None


def _ended(output: Output, argv: Sequence[str], command: Command, step: Step) -> Verdict | None:
    """The verdict that needs no parser: cut off, or the tool is not there."""
    if output.end == "cancelled":
        return Verdict("failed", "cancelled")
    if output.end == "lost":
        return Verdict("failed", "the connection broke", data={"lost": True})
    if output.end == "deadline" and not command.optional:
        return Verdict(
            "failed", f"no answer from {argv[0]} in {round(output.seconds + output.start)} s (limit {step.seconds:g} s)"
        )
    if command.optional:
        return None
    if output.code == 127:
        return Verdict("skipped", f"{argv[0]} is not on this host")
    return Verdict("skipped", f"{argv[0]} may not be run here by this user") if output.code == 126 else None


def _joined(outputs: Sequence[Output]) -> str:
    parts = [part.rstrip("\n") for output in outputs for part in (output.text, output.errors) if part.strip()]
    return "\n".join(parts)
