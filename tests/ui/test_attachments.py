"""The files of a ticket on the screen: listed, saved by a key, their path copied; pictures in both sizes."""

from pathlib import Path
from typing import Any

import pytest

from deskui.ui.screens.attachments import AttachmentsScreen
from deskui.ui.screens.write import WriteScreen
from tests.ui.desk import WholeDesk, opened, shown, until
from tests.ui.test_pictures import SIZES, THEMES, console

FILES = (
    ("photo of the rack.jpg", "image/jpeg", b"x" * 2_400_000),
    ("../../\x1b[31m.ssh/authorized_keys", "application/octet-stream", b"ssh-ed25519"),
    ("\u202egnp.exe", "application/x-msdownload", b"MZ" * 900),
)


def with_files(whole: WholeDesk) -> str:
    ticket_id = whole.make()
    whole.world.reply_as_customer(ticket_id.removeprefix("RT-"), "See.", files=FILES)
    whole.sync()
    return ticket_id


async def test_a_key_saves_one_and_another_copies_its_path(whole: WholeDesk, themes: Any) -> None:
    ticket_id = with_files(whole)
    async with opened(whole.services, AttachmentsScreen(whole.services, ticket_id), themes) as (app, pilot):
        folder = whole.home / "attachments" / ticket_id
        await pilot.press("y")
        assert "nothing was saved here yet" in shown(app)
        await pilot.press("j", "s")
        await until(pilot, lambda: "saved:" in shown(app))
        assert [path.name for path in folder.iterdir()] == ["authorized_keys"]
        await pilot.press("y")
        await until(pilot, lambda: "sent to terminal:" in shown(app))
        whole.faults.offline = True
        await pilot.press("enter")
        await until(pilot, lambda: "NOT SAVED: " in shown(app))
        assert len(list(folder.iterdir())) == 1


@SIZES
@THEMES
def test_picture(
    snap_compare: Any, whole: WholeDesk, themes: Any, theme: str, size: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TZ", "UTC")
    with_files(whole)
    app = console(whole.services, themes, theme)
    assert snap_compare(app, press=["F", "wait:300", "j", "wait:300"], terminal_size=size)


async def test_a_reply_takes_files_along_and_lets_them_go(whole: WholeDesk, themes: Any, tmp_path: Path) -> None:
    ticket_id = whole.make(priority=2)
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    async with opened(whole.services, WriteScreen(whole.services, ticket_id, "reply"), themes) as (app, pilot):
        await pilot.press(*"see it", "f7")
        await until(pilot, lambda: "Attach a file to this message" in shown(app))
        await pilot.press(*str(tmp_path / "none"), "enter")
        await until(pilot, lambda: "NOT ATTACHED:" in shown(app))
        for name in ("a.txt", "b.txt"):
            app.screen.action_write_attach(str(tmp_path / name))
            await until(pilot, lambda name=name: f"{name} (5 B)" in shown(app))
        await pilot.press("f7")
        await until(pilot, lambda: "take a.txt (5 B) away" in shown(app))
        await pilot.press("1")
        await until(pilot, lambda: " Files: b.txt (5 B)" in shown(app))
        await pilot.press("f2")
        await until(pilot, lambda: "With 1 file: b.txt (5 B)" in shown(app))
        await pilot.press("y")
        await until(pilot, lambda: app.answers == [True])
    whole.clock.now += 60
    whole.sync()
    (sent,) = [event for event in whole.world.live.events[ticket_id[3:]] if event.type == "public_reply"]
    assert [(file.name, whole.world.contents(file.id)) for file in sent.files] == [("b.txt", b"b.txt")]


async def test_a_draft_comes_back_with_its_files(whole: WholeDesk, themes: Any, tmp_path: Path) -> None:
    ticket_id = whole.make(priority=2)
    (tmp_path / "a.txt").write_text("a")
    async with opened(whole.services, WriteScreen(whole.services, ticket_id, "reply"), themes) as (app, pilot):
        app.screen.action_write_attach(str(tmp_path / "a.txt"))
        await until(pilot, lambda: " Files: a.txt (1 B)" in shown(app))
        await until(pilot, lambda: whole.services.writing.drafts.on(ticket_id, "reply"))
    (draft,) = whole.services.writing.drafts.on(ticket_id, "reply")
    screen = WriteScreen(whole.services, ticket_id, "reply", draft.uid)
    async with opened(whole.services, screen, themes) as (app, pilot):
        await until(pilot, lambda: " Files: a.txt (1 B)" in shown(app))


async def test_a_note_takes_files_where_they_are_as_private_as_it(
    whole: WholeDesk, themes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket_id = whole.make()
    (tmp_path / "a.txt").write_text("a.txt")
    async with opened(whole.services, WriteScreen(whole.services, ticket_id, "note"), themes) as (app, pilot):
        monkeypatch.setattr(type(whole.adapter), "note_files", False)
        app.screen.action_write_attach(str(tmp_path / "a.txt"))
        await until(pilot, lambda: "NOT ATTACHED: rt shows a note's files to everybody" in shown(app))
        monkeypatch.setattr(type(whole.adapter), "note_files", True)
        await pilot.press(*"see it", "f7")
        await until(pilot, lambda: "Attach a file to this message" in shown(app))
        await pilot.press(*str(tmp_path / "a.txt"), "enter")
        await until(pilot, lambda: " Files: a.txt (5 B)" in shown(app))
        await pilot.press("f2")
        await until(pilot, lambda: app.answers == [True])
    whole.sync()
    (note,) = [event for event in whole.world.live.events[ticket_id[3:]] if event.type == "internal_note"]
    assert [whole.world.contents(file.id) for file in note.files] == [b"a.txt"]


async def test_what_ends_a_ticket_takes_none(whole: WholeDesk, themes: Any) -> None:
    ticket_id = whole.make()
    async with opened(whole.services, WriteScreen(whole.services, ticket_id, "resolve"), themes) as (app, pilot):
        await pilot.press("f7")
        await until(pilot, lambda: "Only a reply to the customer or a work note takes files." in shown(app))
