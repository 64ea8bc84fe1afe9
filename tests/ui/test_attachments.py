"""The files of a ticket on the screen: listed, saved by a key, their path copied; pictures in both sizes."""

from typing import Any

import pytest

from deskui.ui.screens.attachments import AttachmentsScreen
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
