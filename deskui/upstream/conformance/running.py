"""Runs the suite on an adapter, and says of each sentence of the contract whether it is kept."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from deskui.upstream.base import Unreachable, Upstream
from deskui.upstream.conformance.alone import Alone
from deskui.upstream.conformance.world import World

_CASES = tuple(f"deskui.upstream.conformance.{part}" for part in ("pulling", "pushing", "talking", "sets"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """One sentence of the contract: `passed`, `failed` or `skipped`, and why."""

    name: str
    outcome: str
    why: str = ""


class _Given:
    """The fixtures, and who listens to the outcomes."""

    def __init__(self, adapter: Upstream, world: World, tell: Callable[[Outcome], None]) -> None:
        self._adapter, self._world, self._tell = adapter, world, tell

        self.gone: Unreachable | None = None

    @pytest.fixture
    def adapter(self) -> Upstream:
        return self._adapter

    @pytest.fixture
    def world(self) -> World:
        return self._world

    def pytest_configure(self) -> None:
        """A failed assertion says what was not so, for which pytest has to import the sentences itself."""
        pytest.register_assert_rewrite(*_CASES)
        for name in _CASES:
            sys.modules.pop(name, None)

    def pytest_exception_interact(self, node: pytest.Item, call: "pytest.CallInfo[object]") -> None:
        """No sentence can be judged on a system that is away."""
        if call.excinfo is None or not call.excinfo.errisinstance(Unreachable):
            return
        try:
            self._adapter.login()
        except Unreachable as gone:
            self.gone = gone
            node.session.shouldstop = "it is away"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            name = report.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")
            self._tell(Outcome(name, report.outcome, _why(report)))


def run(adapter: Upstream, world: World, tell: Callable[[Outcome], None], only: str = "") -> None:
    """Every sentence (`only`: those whose name has these words) on a logged-in adapter.  Unreachable: it went away.

    Nothing of the surroundings counts: no configuration, no plug-ins, no cache.
    """
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    cases = Path(__file__).with_name("cases.py")
    argv = [str(cases), "-c", os.devnull, "--rootdir", str(cases.parent), "-p", "no:cacheprovider", "-p", "no:terminal",
            "--import-mode", "importlib",  *(["-k", only] if only else [])]  # fmt: skip
    given = _Given(adapter, world, tell)
    pytest.main(argv, [given])
    if given.gone is not None:
        raise given.gone


def alone(adapter: Upstream, customer: str, colleague: str, queue: str) -> Alone:
    """The world for a system in which deskui has one login."""
    return Alone(adapter, customer, colleague, queue)


def _why(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    return f"{crash.message} ({Path(crash.path).name}:{crash.lineno})" if crash else str(report.longrepr or "")
