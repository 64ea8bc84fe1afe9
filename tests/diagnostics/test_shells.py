"""Both shells keep the contract of diagnostics/base.py, on a real sshd and on this machine."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from threading import Event, Timer

import pytest

from deskui.diagnostics import ssh
from deskui.diagnostics.base import CAP, Shell
from deskui.diagnostics.shell import LocalShell
from tests.diagnostics.conftest import Server, running

NEVER = Event()


@pytest.fixture(params=["ssh", "local"])
def shell(request: pytest.FixtureRequest) -> Iterator[Shell]:
    if request.param == "local":
        yield LocalShell()
        return
    opened = ssh.connect(request.getfixturevalue("quiet").login, 10, NEVER)
    yield opened
    opened.close()


def test_both_streams_and_the_exit_code(shell: Shell) -> None:
    output = shell.run(["sh", "-c", "echo out; echo err >&2; exit 3"], 10, NEVER)
    assert (output.text, output.errors, output.code, output.end) == ("out\n", "err\n", 3, "done")
    assert not output.noise


@pytest.mark.parametrize(
    "text", ["", "no newline", "ends\n", "two\n\n", "ümlaut 測試\n", "\x1b[31mred\x1b]0;t\x07\n", "a\r\nb"]
)
def test_the_text_comes_as_it_is(shell: Shell, text: str) -> None:
    assert shell.run(["printf", "%s", text], 10, NEVER).text == text


def test_binary_garbage_is_text_without_surrogates(shell: Shell) -> None:
    output = shell.run(["head", "-c", "20000", "/dev/urandom"], 10, NEVER)
    assert output.end == "done"
    output.text.encode("utf-8")


@pytest.mark.parametrize("word", ["a b", "it's", "$HOME", "`id`", "; id", "*", "--", "new\nline", "\\", '"', "!x"])
def test_a_word_stays_one_word(shell: Shell, word: str) -> None:
    assert shell.run(["printf", "<%s>", word], 10, NEVER).text == f"<{word}>"


def test_a_missing_tool_is_127(shell: Shell) -> None:
    assert shell.run(["no-such-tool"], 10, NEVER).code == 127


def test_lines_come_while_it_runs(shell: Shell) -> None:
    came: list[tuple[str, float]] = []
    started = time.monotonic()
    shell.run(["sh", "-c", "echo one; sleep 0.5; echo two; printf three"], 10, NEVER,
              lambda line: came.append((line, time.monotonic() - started)))  # fmt: skip
    assert [line for line, _ in came] == ["one", "two", "three"]
    assert came[1][1] - came[0][1] > 0.3


def test_what_lists_processes_does_not_end_the_frame(shell: Shell) -> None:
    output = shell.run(["sh", "-c", "ps -eo args; echo behind"], 10, NEVER)
    assert output.text.endswith("behind\n")


def test_ten_megabytes_of_errors_are_capped(shell: Shell) -> None:
    told: list[str] = []
    script = "echo kept; head -c 10000000 /dev/zero | tr '\\0' '\\n' >&2; echo last >&2"
    output = shell.run(["sh", "-c", script], 30, NEVER, told.append)
    assert (output.end, output.code, output.truncated) == ("done", 0, True)
    assert output.text == "kept\n"
    assert output.errors.endswith("last\n")
    assert CAP - 70_000 < len(output.errors) <= CAP
    assert "more came" in told[-1]


@pytest.mark.parametrize("command", ["sleep 60", "while :; do echo drip; sleep 0.1; done", "yes"])
def test_the_deadline_is_absolute(shell: Shell, command: str) -> None:
    started = time.monotonic()
    output = shell.run(["sh", "-c", command], 1, NEVER)
    assert output.end == "deadline"
    assert output.code is None
    assert 0.9 < time.monotonic() - started < 2


@pytest.mark.parametrize("ending", ["", "trap '' TERM HUP INT; "])
def test_cancel_leaves_nothing_running(shell: Shell, ending: str) -> None:
    mark = f"77{time.monotonic_ns() % 1_000_000_007}"
    cancel = Event()
    Timer(0.3, cancel.set).start()
    started = time.monotonic()
    output = shell.run(["sh", "-c", f"{ending}sleep {mark} & sleep {mark}; echo no"], 30, cancel)
    assert output.end == "cancelled"
    assert time.monotonic() - started < 1.3
    while running(mark) and time.monotonic() - started < 5:
        time.sleep(0.1)
    assert not running(mark)


RUNS = """
import sys, threading
from deskui.diagnostics import ssh
from deskui.diagnostics.shell import LocalShell
from deskui.diagnostics.target import Login
mark, port, user, key, known = sys.argv[1:]
never = threading.Event()
login = Login("127.0.0.1", int(port), user, (key,), known_hosts=(known,))
shell = ssh.connect(login, 10, never) if key else LocalShell()
shell.run(["sh", "-c", f"trap '' TERM; sleep {mark}; echo no"], 60, never)
"""


def sleeping(mark: str) -> bool:
    """Whether the command itself has started, not only the shell that will start it."""
    return any(command.startswith("sleep") for command in running(f"sleep {mark}"))


@pytest.mark.parametrize("where", ["ssh", "local"])
def test_nothing_runs_on_when_the_desk_is_killed(quiet: Server, where: str) -> None:
    mark = f"78{time.monotonic_ns() % 1_000_000_007}"
    key = quiet.key if where == "ssh" else ""
    argv = [sys.executable, "-c", RUNS, mark, str(quiet.port), quiet.user, key, quiet.known_hosts]
    desk = subprocess.Popen(argv)
    stop = time.monotonic() + 20
    try:
        while not sleeping(mark) and time.monotonic() < stop:
            time.sleep(0.05)
        assert sleeping(mark)
    finally:
        desk.kill()
        desk.wait(10)
    stop = time.monotonic() + 5
    while running(mark) and time.monotonic() < stop:
        time.sleep(0.1)
    assert not running(mark)


def test_the_desks_secrets_are_not_in_the_childs_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKUI_SECRET_RT", "canary-1234")
    text = LocalShell().run(["env"], 10, NEVER).text
    assert "PATH=" in text
    assert "canary" not in text


def test_nothing_of_the_frame_is_left_after_a_good_end(shell: Shell) -> None:
    seconds = 40_000 + time.monotonic_ns() % 10_000
    shell.run(["true"], seconds, NEVER)  # its watchdog is `sleep SECONDS+5`
    stop = time.monotonic() + 2
    while running(f"sleep {seconds + 5}") and time.monotonic() < stop:
        time.sleep(0.05)
    assert not running(f"sleep {seconds + 5}")


def test_a_background_child_that_keeps_the_output_open_does_not_hold_us(shell: Shell) -> None:
    started = time.monotonic()
    output = shell.run(["sh", "-c", "sleep 8 & echo done"], 10, NEVER)
    assert (output.text, output.end) == ("done\n", "done")
    assert time.monotonic() - started < 2


def test_standard_input_is_empty(shell: Shell) -> None:
    assert shell.run(["cat"], 5, NEVER).end == "done"


def test_many_commands_over_one_connection(quiet: Server) -> None:
    shell = ssh.connect(quiet.login, 10, NEVER)
    started = time.monotonic()
    assert all(shell.run(["echo", str(number)], 10, NEVER).text == f"{number}\n" for number in range(30))
    assert time.monotonic() - started < 5
    shell.close()
    assert quiet.log.read_text().count("Accepted publickey") >= 1


def test_noisy_and_slow_start_files_stay_out_of_the_output(make_sshd: Callable[..., Server], tmp_path_factory) -> None:
    noise = tmp_path_factory.mktemp("noise") / "start"
    noise.write_text("echo Welcome to sw1; echo warn >&2; sleep 0.6; printf 'no newline'\n")
    server = make_sshd(f"SetEnv BASH_ENV={noise} SHLVL=1")
    shell = ssh.connect(server.login, 10, NEVER)
    try:
        output = shell.run(["echo", "result"], 10, NEVER)
    finally:
        shell.close()
    assert output.text == "result\n"
    assert not output.errors
    if "Welcome" not in output.noise:
        pytest.skip("this user's login shell is no bash")
    assert "warn" in output.noise
    assert output.start > 0.5 > output.seconds


def test_a_connection_that_dies_is_lost(make_sshd: Callable[..., Server]) -> None:
    server = make_sshd("SetEnv SHLVL=1")
    shell = ssh.connect(server.login, 10, NEVER)
    started = time.monotonic()
    output = shell.run(["sh", "-c", "kill -9 $(ps -o ppid= -p $PPID); sleep 30"], 20, NEVER)
    assert output.end == "lost"
    assert time.monotonic() - started < 3
    again = shell.run(["true"], 5, NEVER)
    assert again.end == "lost"
    shell.close()
