"""Saving files that came with a ticket's messages."""

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from deskui.services import attachments
from deskui.services.attachments import Attachments, NotSaved, held, write
from deskui.services.desk import ROW
from deskui.store import tickets
from tests.ui.desk import WholeDesk, whole_desk

LOG = ("../ike.log", "text/plain", b"peer dead\n")


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    with whole_desk(tmp_path / "home") as opened:
        yield opened


def with_files(desk: WholeDesk, *files: tuple[str, str, bytes]) -> str:
    ticket_id = desk.make()
    desk.world.reply_as_customer(ticket_id.removeprefix("RT-"), "See.", files=files)
    desk.sync()
    return ticket_id


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def save(desk: WholeDesk, ticket_id: str, number: int = 1, to: Path | None = None) -> Path:
    here = desk.services.desk
    files = held(here.timeline(ticket_id))
    service = Attachments(desk.services.syncing, desk.home / "attachments")
    return service.save(here.ticket(ticket_id), files[number - 1], to).result(20)


def test_a_file_is_saved_where_only_its_owner_can_read_it(desk: WholeDesk) -> None:
    ticket_id = with_files(desk, LOG)
    path = save(desk, ticket_id)
    assert path == desk.home / "attachments" / ticket_id / "ike.log"
    assert path.read_bytes() == LOG[2]
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)


def test_nothing_is_written_over_and_no_link_is_followed(desk: WholeDesk, tmp_path: Path) -> None:
    ticket_id, folder = with_files(desk, LOG), tmp_path / "to"
    folder.mkdir()
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (folder / "ike.log").symlink_to(precious)
    (folder / "ike-1.log").symlink_to(tmp_path / "nowhere")
    assert [save(desk, ticket_id, to=folder).name for _ in range(2)] == ["ike-2.log", "ike-3.log"]
    assert precious.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_what_the_disk_refuses_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int, *_: Any) -> Any:
        os.close(fd)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(attachments.os, "fdopen", full)
    with pytest.raises(NotSaved, match="No space left"):
        write(tmp_path / "to", "a.txt", b"x")
    assert list((tmp_path / "to").iterdir()) == []


def test_an_upstream_that_is_away_is_said(desk: WholeDesk) -> None:
    ticket_id = with_files(desk, LOG)
    desk.faults.offline = True
    with pytest.raises(NotSaved, match="no route") as said:
        save(desk, ticket_id)
    assert said.value.kind == "unreachable"
    assert not (desk.home / "attachments").exists()


def test_one_that_never_answers_is_given_up(desk: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket_id, never = with_files(desk, LOG), threading.Event()
    monkeypatch.setattr(attachments, "WAIT_S", 0.1)
    desk.faults.before = lambda name: (name == "content" and never.wait(10), None)[1]
    with pytest.raises(NotSaved, match=r"within 0\.1 s"):
        save(desk, ticket_id)
    never.set()


def having(desk: WholeDesk) -> list[str]:
    """The ids that the filter finds."""
    here = desk.services.desk
    return [row[ROW.index("id")] for row in here.rows(here.ids_now("has:attachment"))]


def test_a_filter_finds_them_and_they_go_where_their_message_goes(desk: WholeDesk) -> None:
    ticket_id, other = with_files(desk, LOG), desk.make("the same")
    assert having(desk) == [ticket_id]
    events = desk.services.desk.timeline(ticket_id)
    desk.world.merge(ticket_id.removeprefix("RT-"), other.removeprefix("RT-"))
    desk.sync()
    assert having(desk) == []
    uid = desk.services.desk.ticket(other).uid
    desk.store.write(lambda tx: tickets.add_events(tx, uid, events)).result()  # as a system tells it that moves them
    assert having(desk) == [other]
    assert [of.name for of in held(desk.services.desk.timeline(other))] == ["ike.log"]


def test_a_fact_that_is_read_again_has_its_files_once(desk: WholeDesk) -> None:
    ticket_id = with_files(desk, LOG, ("b.png", "image/png", b"x"))
    desk.faults.repeat_pages = True
    desk.engine.run(full=True)
    assert [of.name for of in held(desk.services.desk.timeline(ticket_id))] == ["ike.log", "b.png"]
