"""Secrets come from a variable, a credentials folder or an allowed keyring, and from nowhere else."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from deskui import secrets as module
from deskui.secrets import NoSecret, Secrets, variable

SECRET = "hunter2-canary"


class Ring:
    """A keyring backend that keeps everything in this process."""

    viable = True
    kept: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        self.kept[service, name] = value


class PlaintextKeyring(Ring):
    """What must never be chosen."""


class Locked(Ring):
    """A keyring that does not open."""

    def get_password(self, service: str, name: str) -> str | None:
        from keyring.errors import KeyringLocked

        raise KeyringLocked(SECRET)


class Headless(Ring):
    """A keyring that does not work on this machine."""

    viable = False


@pytest.fixture(autouse=True)
def _no_system_keyring(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "ALLOWED", ())
    monkeypatch.setattr(Ring, "kept", {})


def ring(name: str) -> str:
    return f"{__name__}.{name}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("rt", "DESKUI_SECRET_RT"), ("my-rt.2", "DESKUI_SECRET_MY_RT_2"), ("ci_sw1", "DESKUI_SECRET_CI_SW1")],
)
def test_the_variable(name: str, expected: str):
    assert variable(name) == expected


def test_the_variable_wins_over_the_keyring():
    Ring.kept["deskui", "rt"] = "other"
    assert Secrets((ring("Ring"),), {"DESKUI_SECRET_RT": SECRET}).get("rt") == SECRET


def test_with_a_variable_the_keyring_is_not_even_imported():
    code = (
        "import sys; from deskui.secrets import Secrets; Secrets(('x.Y',)).get('rt');"
        "sys.exit(any(name.partition('.')[0] == 'keyring' for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], env={"DESKUI_SECRET_RT": SECRET}, check=False)
    assert done.returncode == 0


def test_a_credentials_folder(tmp_path: Path):
    (tmp_path / "DESKUI_SECRET_RT").write_text(SECRET + "\n")
    assert Secrets((), {"CREDENTIALS_DIRECTORY": str(tmp_path)}).get("rt") == SECRET
    with pytest.raises(NoSecret):
        Secrets((), {"CREDENTIALS_DIRECTORY": str(tmp_path)}).get("redmine")


def test_an_allowed_keyring_keeps_and_gives():
    secrets = Secrets((ring("Ring"),), {})
    assert secrets.keep("rt", SECRET) == ring("Ring")
    assert Secrets((ring("Ring"),), {}).get("rt") == SECRET


@pytest.mark.parametrize(
    "name",
    [
        ring("PlaintextKeyring"),
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyring.backends.chainer.ChainerBackend",
        "keyrings.alt.file.PlaintextKeyring",
        "no.such.module.Ring",
        "nodots",
        ring("NoSuchClass"),
    ],
)
def test_what_is_never_used_even_if_the_configuration_names_it(name: str):
    secrets = Secrets((name,), {})
    assert secrets.place() is None
    with pytest.raises(NoSecret):
        secrets.keep("rt", SECRET)
    assert not Ring.kept


def test_a_keyring_that_does_not_work_here_is_passed_over():
    assert Secrets((ring("Headless"), ring("Ring")), {}).place() == ring("Ring")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch):
    """Who types the canary; for which secrets they were asked."""
    names: list[str] = []
    monkeypatch.setattr(module, "_typed", {})
    monkeypatch.setattr(module, "_ask", lambda name: (names.append(name), SECRET)[1])
    return names


def test_what_is_missing_is_asked_for_once_a_run(asked: list[str]):
    for _ in range(2):
        assert Secrets((), {}).get("rt", asking=True) == SECRET
    assert asked == ["rt"]


def test_who_types_nothing_is_not_asked_again(asked: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_ask", lambda name: (asked.append(name), "")[1])
    for _ in range(2):
        with pytest.raises(NoSecret):
            Secrets((), {}).get("rt", asking=True)
    assert asked == ["rt"]


def test_nobody_is_asked_where_there_is_a_keyring_or_a_variable_or_it_is_a_hosts(asked: list[str]):
    assert Secrets((), {"DESKUI_SECRET_RT": "given"}).get("rt", asking=True) == "given"
    with pytest.raises(NoSecret):
        Secrets((ring("Ring"),), {}).get("rt", asking=True)
    with pytest.raises(NoSecret):
        Secrets((), {}).get("ci_till")
    assert asked == []


def test_no_place_says_what_to_do():
    with pytest.raises(NoSecret) as caught:
        Secrets((), {}).get("rt")
    assert "DESKUI_SECRET_RT" in caught.value.hint


def test_a_locked_keyring_is_an_error_without_the_secret_in_it():
    with pytest.raises(NoSecret) as caught:
        Secrets((ring("Locked"),), {}).get("rt")
    assert SECRET not in str(caught.value) + caught.value.hint + repr(Secrets((), {"DESKUI_SECRET_RT": SECRET}))
    assert caught.value.__cause__ is None


def test_the_built_in_list_has_no_plain_text(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    assert module.ALLOWED
    assert not [name for name in module.ALLOWED if module._NEVER.search(name)]


def locked(path: Path, **environ: str) -> Secrets:
    """Secrets of a host without a keyring, and with a file."""
    return Secrets((), environ, str(path))


def test_an_encrypted_file_keeps_and_gives_and_shows_nothing(tmp_path: Path):
    path, key = tmp_path / "new" / "secrets", {"DESKUI_SECRET_SECRETS_FILE": "correct horse"}
    assert locked(path, **key).stored("rt") is None
    assert not path.exists()
    for name, value in (("rt", SECRET), ("redmine", "other \u00fc")):
        assert locked(path, **key).keep(name, value) == str(path)
    assert (locked(path, **key).get("rt"), locked(path, **key).get("redmine")) == (SECRET, "other \u00fc")
    assert locked(path, **key).place() == str(path)
    assert [each.stat().st_mode & 0o777 for each in (path, path.parent)] == [0o600, 0o700]
    written = path.read_bytes()
    assert not [said for said in (SECRET, "redmine", "horse") if said.encode() in written]
    assert [each.name for each in path.parent.iterdir()] == ["secrets"]


DAMAGES = (lambda said: said[:-1], lambda said: said[:-1] + bytes([said[-1] ^ 1]), lambda _: b"")


@pytest.mark.parametrize("damage", DAMAGES, ids=["short", "another", "empty"])
def test_a_file_that_does_not_open_says_so_and_is_not_written_over(tmp_path: Path, damage: Callable[[bytes], bytes]):
    path = tmp_path / "secrets"
    locked(path, DESKUI_SECRET_SECRETS_FILE="right").keep("rt", SECRET)
    whole = path.read_bytes()
    for passphrase, content in (("wrong", whole), ("right", damage(whole))):
        path.write_bytes(content)
        for ask in (lambda secrets: secrets.get("rt"), lambda secrets: secrets.keep("rt", "new")):
            with pytest.raises(NoSecret, match="does not open") as caught:
                ask(locked(path, DESKUI_SECRET_SECRETS_FILE=passphrase))
            assert SECRET not in str(caught.value) + caught.value.hint
        assert path.read_bytes() == content


def test_without_its_passphrase_the_file_is_no_place_and_a_keyring_goes_first(tmp_path: Path):
    path = tmp_path / "secrets"
    locked(path, DESKUI_SECRET_SECRETS_FILE="right").keep("rt", SECRET)
    assert locked(path).place() is None
    with pytest.raises(NoSecret):
        locked(path).get("rt")
    assert Secrets((ring("Ring"),), {"DESKUI_SECRET_SECRETS_FILE": "right"}, str(path)).place() == ring("Ring")


def test_the_passphrase_is_asked_for_once_and_twice_for_a_new_file(
    asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "secrets"
    assert locked(path).keep("rt", "value") == str(path)
    assert (locked(path).get("rt"), asked) == ("value", [module.FILE, module.AGAIN])
    monkeypatch.setattr(module, "_typed", {})
    asked.clear()
    for _ in range(2):
        assert locked(path).get("rt") == "value"
    assert asked == [module.FILE]
    said = iter(("one", "another"))
    monkeypatch.setattr(module, "_typed", {})
    monkeypatch.setattr(module, "_ask", lambda _: next(said))
    with pytest.raises(NoSecret):
        locked(tmp_path / "other").keep("rt", "value")
    assert not (tmp_path / "other").exists()
