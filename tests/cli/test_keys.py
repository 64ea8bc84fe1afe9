"""`deskui keys`, completions and the manual page: all from the table of actions and the parser."""

import os
import shutil
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from deskui.cli.completions import SHELLS
from deskui.ui import keytest
from deskui.ui.actions import ACTIONS
from tests.cli.conftest import Cli
from tests.ui.terminal_walk import walk

KEYS = '\n[keys]\n"verb.take" = ["b"]\n"verb.note" = ["s"]\n"verb.nothing" = ["x"]\n'


def test_every_action_is_listed_with_the_keys_in_force(cli: Cli, home: Path):
    with (home / "config.toml").open("a") as file:
        file.write('[keys]\n"verb.take" = ["b", "g t"]\n')
    found = {each["id"]: each for each in cli("keys", "--json").json["actions"]}
    assert set(found) == {action.id for action in ACTIONS}
    assert (found["verb.take"]["keys"], found["verb.take"]["where"]) == (["b", "gt"], "on a ticket")
    assert found["verb.take"]["needs"] == ["ticket", "write", "few"]
    some = cli("keys", "list", "own", "app.help", "--json").json["actions"]
    assert [each["id"] for each in some] == ["app.help", "verb.take"]
    assert cli("keys", "list", "nosuch", "--json").error == "usage"


def test_the_vim_preset_is_listed(cli: Cli, home: Path):
    with (home / "config.toml").open("a") as file:
        file.write('[ui]\nkeys = "vim"\n')
    said = cli("keys", "list", "app.quit", "--json").json
    assert (said["preset"], said["actions"][0]["keys"]) == ("vim", ["ZZ", "ZQ"])


def test_keys_that_fit_are_ok(cli: Cli):
    said = cli("keys", "check", "--json")
    assert (said.code, said.json["ok"], said.json["problems"]) == (0, True, [])


def test_every_line_that_does_not_fit_is_said(cli: Cli, home: Path):
    with (home / "config.toml").open("a") as file:
        file.write(KEYS)
    at = (home / "config.toml").read_text().splitlines().index("[keys]") + 1
    said = cli("keys", "check", "--json")
    assert said.code == 1
    assert {(each["line"], each["id"]) for each in said.json["problems"]} == {
        (at + 2, "verb.note"), (at + 3, "verb.nothing"),
    }  # fmt: skip
    assert all(each["remedy"] for each in said.json["problems"])


def test_a_table_of_keys_that_is_none_is_a_mistake_of_the_configuration(cli: Cli, home: Path):
    with (home / "config.toml").open("a") as file:
        file.write("[keys]\nverb.take = ['t']\n")
    said = cli("keys", "check", "--json")
    assert (said.code, said.error) == (2, "config")


def test_what_arrives_is_shown_and_the_terminal_left_as_it_was(tmp_path: Path):
    with walk("-m", "deskui", "--home", str(tmp_path), "keys", "test", size=(120, 24), deskui=False) as screen:
        screen.wait("Press any key")
        for typed, said in (
            ("a", r"^a +a +a +verb.take, sync.again, dash.approve, diag.attach"),
            ("g", r"^g +g +g +begins gq"), ("q", r"^q +gq +q +app.queue"),
            ("\x13", r"^\\x13 +\^s +ctrl\+s .*do not rely"),
            ("\x1bOQ", r"^\\x1bOQ +F2 +f2 +write.save"), ("\x1b", r"^\\x1b +Esc +escape "),
        ):  # fmt: skip
            screen.press(typed)
            screen.wait(said)
        assert termios.tcgetattr(screen.fd) != screen.before
        screen.press("\x1b")
        assert screen.code() == 0
        assert termios.tcgetattr(screen.fd) == screen.before
        assert screen.output.count(keytest.ASK.encode()) == screen.output.count(keytest.LET_GO.encode()) == 1


@pytest.mark.parametrize("number", [2, 15])
def test_a_signal_gives_the_terminal_back(tmp_path: Path, number: int):
    with walk("-m", "deskui", "--home", str(tmp_path), "keys", "test", size=(120, 24), deskui=False) as screen:
        screen.wait("Press any key")
        if number == 2:
            screen.press("\x03")
        else:
            os.kill(screen.pid, number)
        screen.code()
        assert termios.tcgetattr(screen.fd) == screen.before


def test_it_needs_a_terminal(cli: Cli):
    assert cli("keys", "test", "--json").error == "usage"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_completes_commands_and_actions(cli: Cli, shell: str, tmp_path: Path):
    script = cli("completions", shell, "--json").json["script"]
    assert all(word in script for word in ("completions", "verb.take", "copy-url", "read-only"))
    if shutil.which(shell):
        (tmp_path / "script").write_text(script)
        subprocess.run([shell, "-n", str(tmp_path / "script")], check=True)


def test_bash_completes():
    script = subprocess.run(
        [sys.executable, "-m", "deskui", "completions", "bash"], capture_output=True, text=True, check=True
    ).stdout
    ask = '\nCOMP_WORDS=(deskui keys list verb.tak); COMP_CWORD=3; _shtab_deskui; echo "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "-c", script + ask], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "verb.take"


def test_the_manual_page_has_every_command_and_action(cli: Cli, tmp_path: Path):
    page = cli("man", "--json").json["page"]
    assert page.isascii()
    for action in ACTIONS:
        assert f":{action.word}".replace("-", "\\-") in page, action.id
    assert '.SS "deskui keys check"' in page
    (tmp_path / "deskui.1").write_text(page)
    if shutil.which("man"):
        done = subprocess.run(
            ["man", "--warnings", "-l", str(tmp_path / "deskui.1")], capture_output=True, text=True, check=True,
            env={**os.environ, "MANWIDTH": "80", "PAGER": "cat", "MANPAGER": "cat", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert done.stderr == ""
        for words in ("deskui keys check", "Acknowledge it and make it mine", "EXIT STATUS", "DESKUI_KITTY_KEYS=0"):
            assert words in done.stdout
        assert max(map(len, done.stdout.splitlines())) <= 80


def test_only_completions_load_what_makes_them(tmp_path: Path):
    from tests.test_imports import loaded_by

    assert not loaded_by("keys", "--home", str(tmp_path)).intersection(("shtab", "textual", "rich", "sqlmodel"))
    assert "shtab" in loaded_by("completions", "bash")
