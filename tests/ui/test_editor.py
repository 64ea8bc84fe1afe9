"""$EDITOR and templates: what comes back stands in the editor, nothing is sent by it, a failing one loses nothing."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.widgets import Button, TextArea

from deskui.domain.change import Note
from deskui.ui import editor
from deskui.ui.screens.write import WriteScreen
from tests.ui.desk import WholeDesk, opened, shown, until

SCRIPT = """
import os, stat, sys, time
path = sys.argv[-1]
text = open(path, encoding="utf-8").read()
mode = stat.S_IMODE(os.stat(path).st_mode), stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode)
"""


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a script the person's editor; `text` and `path` are its file."""

    def made(body: str) -> None:
        script = tmp_path / "an editor.py"
        script.write_text(SCRIPT + body)
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", f"{sys.executable} '{script}' --wait")

    return made


def written(app: Any) -> str:
    return next((str(area.text) for area in app.screen.query(TextArea).results(TextArea)), "")


def bare(app: Any) -> str:
    """What is shown without frames and blanks: long paths are cut anywhere."""
    return "".join(shown(app).replace("|", "").split())


def files(whole: WholeDesk) -> list[Path]:
    folder: Path = whole.services.writing.folder
    return sorted(folder.iterdir()) if folder.exists() else []


async def test_the_text_comes_back_and_nothing_is_sent(whole: WholeDesk, themes: Any, use: Any, tmp_path: Path) -> None:
    ticket = whole.make()
    use(
        f"open({str(tmp_path / 'mode')!r}, 'w').write(repr(mode)); open(path, 'w').write(text.upper() + '\\nmore ü\\n')"
    )
    async with opened(whole.services, WriteScreen(whole.services, ticket, "reply"), themes) as (app, pilot):
        await pilot.press(*"dear max", "f4")
        await until(pilot, lambda: written(app) == "DEAR MAX\nmore ü")
        assert "back from" in shown(app)
        assert "nothing is sent yet" in shown(app)
        await until(pilot, lambda: [d.draft.text for d in whole.services.writing.drafts.all()] == ["DEAR MAX\nmore ü"])
        assert app.answers == []
    assert whole.services.desk.outbox() == []
    assert (tmp_path / "mode").read_text() == repr((0o600, 0o700))
    assert files(whole) == []


@pytest.mark.parametrize("how", [":editor", "palette"])
async def test_by_command_and_palette_too(whole: WholeDesk, themes: Any, use: Any, how: str) -> None:
    ticket = whole.make()
    use("open(path, 'w').write('from the editor')")
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        if how == "palette":
            await pilot.press("ctrl+p", *"editor", "enter")
        else:
            app.screen.query_one(Button).focus()
            await pilot.press(*":editor", "enter")
        await until(pilot, lambda: written(app) == "from the editor")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("sys.exit(3)", "ended with 3: the text is as it was"),
        ("os.kill(os.getpid(), 9)", "ended with -9: the text is as it was"),
        ("os.unlink(path)", "cannot be used"),
        ("pass", "unchanged"),
    ],
)
async def test_an_editor_that_fails_loses_nothing(
    whole: WholeDesk, themes: Any, use: Any, body: str, said: str
) -> None:
    ticket = whole.make()
    use(body)
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await pilot.press(*"long work", "f4")
        await until(pilot, lambda: said in " ".join(shown(app).split()))
        assert written(app) == "long work"
        await pilot.press("f2")
        await until(pilot, lambda: app.answers == [True])
    assert [entry.change for entry in whole.services.desk.outbox()] == [Note("long work")]
    assert files(whole) == []


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("open(path, 'w').write('half of it'); sys.exit(1)", b"half of it"),
        ("open(path, 'wb').write(b'\\xff\\xfe')", b"\xff\xfe"),
        ("open(path, 'w').write('x' * 1_000_001)", b"x" * 1_000_001),
    ],
)
async def test_what_it_wrote_and_is_not_taken_over_is_left_and_named(
    whole: WholeDesk, themes: Any, use: Any, body: str, left: bytes
) -> None:
    ticket = whole.make()
    use(body)
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes, (160, 45)) as (app, pilot):
        await pilot.press(*"long work", "f4")
        await until(pilot, lambda: "what it wrote is in" in " ".join(shown(app).split()))
        assert written(app) == "long work"
        [path] = files(whole)
        assert path.read_bytes() == left
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.name.startswith("RT-1-note-")


async def test_what_was_left_is_gone_after_a_month(whole: WholeDesk, themes: Any, use: Any) -> None:
    ticket, folder = whole.make(), whole.services.writing.folder
    folder.mkdir(mode=0o700)
    for name, days in (("old.txt", 31), ("young.txt", 29), ("note.md", 99)):
        (folder / name).write_text("private")
        at = (folder / name).stat().st_mtime - days * 86_400
        os.utime(folder / name, (at, at))
    use("pass")
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await pilot.press("x", "f4")
        await until(pilot, lambda: "unchanged" in shown(app))
    assert [path.name for path in files(whole)] == ["note.md", "young.txt"]


@pytest.mark.parametrize(("name", "said"), [("no-such-editor", "does not start"), ("'unbalanced", "no editor:")])
async def test_no_editor_is_a_sentence(
    whole: WholeDesk, themes: Any, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    ticket = whole.make()
    monkeypatch.setenv("VISUAL", name)
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes) as (app, pilot):
        await pilot.press(*"long work", "f4")
        await until(pilot, lambda: said in shown(app))
        assert written(app) == "long work"
    assert files(whole) == []


@pytest.mark.parametrize(
    ("environment", "argv"),
    [
        ({}, ["vi"]),
        ({"EDITOR": "nano -w"}, ["nano", "-w"]),
        ({"EDITOR": "nano", "VISUAL": "code --wait"}, ["code", "--wait"]),
        ({"EDITOR": " "}, ["vi"]),
    ],
)
def test_which_editor(environment: dict[str, str], argv: list[str]) -> None:
    assert editor.command(environment) == argv


async def test_what_it_has_saved_is_kept_before_it_ends(
    whole: WholeDesk, themes: Any, use: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Should nobody come back from it: deskui may be killed meanwhile."""
    ticket = whole.make()
    monkeypatch.setattr(editor, "LOOK_S", 0.05)
    saved: list[str] = []
    use("open(path, 'w').write('saved so far'); time.sleep(0.6)")
    screen = WriteScreen(whole.services, ticket, "note")
    keep_text = screen.keep_text
    monkeypatch.setattr(screen, "keep_text", lambda text: (saved.append(text), keep_text(text)))
    async with opened(whole.services, screen, themes) as (app, pilot):
        await pilot.press("x", "f4")
        await until(pilot, lambda: written(app) == "saved so far")
    assert saved == ["saved so far"]


async def test_a_template_stands_at_the_cursor(whole: WholeDesk, themes: Any) -> None:
    ticket = whole.make("Tills \x1b[31moffline", priority=2)
    async with opened(whole.services, WriteScreen(whole.services, ticket, "reply"), themes) as (app, pilot):
        await pilot.press(*"PS: soon", "home", "f3")
        await until(pilot, lambda: "Which template?" in shown(app))
        assert "f  first answer: we have it and work on it" in shown(app)
        assert "handed over" not in shown(app)  # that one is a note
        await pilot.press("f")
        await until(pilot, lambda: "thank you for your message" in written(app))
        assert written(app).startswith("Hello,")
        assert written(app).endswith("annaPS: soon")
        assert 'RT-1 ("Tills  [31moffline")' in written(app)
        assert "are working on it now" in written(app)
    assert whole.services.desk.outbox() == []


async def test_a_wrong_template_is_refused_with_file_line_and_key_and_others_work(
    whole: WholeDesk, themes: Any
) -> None:
    ticket = whole.make()
    own = whole.home / "templates"
    own.mkdir()
    (own / "a.toml").write_text('title = "mine"\nkey = "h"\nfor = ["note"]\ntext = "own: {{ ticket.id }}"\n')
    (own / "b.toml").write_text('title = "bad"\nfor = ["note"]\ntext = """\nDear\n{{ custommer }}\n"""\n')
    (own / "c.toml").write_text('title = "fails"\nkey = "z"\nfor = ["note"]\ntext = "{{ 1 / ticket.minutes }}"\n')
    async with opened(whole.services, WriteScreen(whole.services, ticket, "note"), themes, (160, 45)) as (app, pilot):
        await pilot.press("f3")
        await until(pilot, lambda: "Which template?" in shown(app))
        assert f"REFUSED {own}/b.toml, line 5: text: custommer is not known".replace(" ", "") in bare(app)
        assert "mine" in shown(app)  # its key is taken by a shipped one: it has another
        assert "handed over" in shown(app)
        await pilot.press("z")
        await until(pilot, lambda: f"REFUSED{own}/c.toml,line4:text:divisionbyzero" in bare(app))
        assert written(app) == ""


async def test_keys_f3_to_f5_do_nothing_over_a_question(whole: WholeDesk, themes: Any, use: Any) -> None:
    ticket = whole.make(priority=2)
    use("open(path, 'w').write('must not happen')")
    async with opened(whole.services, WriteScreen(whole.services, ticket, "reply"), themes) as (app, pilot):
        await pilot.press(*"on it", "f2")
        await until(pilot, lambda: "Yes, send it" in shown(app))
        await pilot.press("f4", "f3", "f5", "f2")
        await pilot.pause(0.1)
        assert "Yes, send it" in shown(app)
        await pilot.press("escape")
        await pilot.pause(0.1)
        assert written(app) == "on it"


@pytest.mark.parametrize(
    ("number", "body", "said"), [(signal.SIGINT, "", "unchanged"), (signal.SIGTERM, "time.sleep(30)", "ended with -15")]
)
def test_a_signal_while_the_editor_starts_is_the_editors(
    use: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, body: str, said: str
) -> None:
    begin = subprocess.Popen

    def early(argv: list[str]) -> "subprocess.Popen[bytes]":
        child = begin(argv)
        os.kill(os.getpid(), number)
        return child

    use(body)
    monkeypatch.setattr(subprocess, "Popen", early)
    app = SimpleNamespace(_driver=None)
    assert said in editor.edit(app, "x", tmp_path / "texts", "M-1", lambda _: None).said
