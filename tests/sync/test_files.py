"""Replies with files: sent once and whole, whatever happens on the way, and whatever becomes of the files."""

from pathlib import Path
from typing import Any

import pytest

from deskui.domain.attachment import SEND_CAP
from deskui.domain.change import Reply
from deskui.domain.verbs import parse
from deskui.services.attachments import NotSaved, held
from deskui.services.desk import Refused
from deskui.store import outfiles
from tests.ui.desk import WholeDesk, whole_desk

TEXT = "zeile ü\r\nzwei\n".encode("latin-1")


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    with whole_desk(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path]:
    """Two files of a technician."""
    first, second = tmp_path / "trace ü.log", tmp_path / "b.bin"
    first.write_bytes(TEXT)
    second.write_bytes(bytes(range(256)))
    return first, second


def queued(desk: WholeDesk, ticket_id: str, *paths: Path, text: str = "See both.", verb: str = "reply") -> Any:
    """A message with these files, in the outbox and past its hold-back."""
    tickets, files = desk.services.desk, desk.services.attachments
    argv = ["-m", text, *(word for path in paths for word in ("--attach", str(path)))]
    change = files.carried(tickets.ticket(ticket_id), parse(verb, argv, desk.clock(), "UTC"))
    entry = tickets.do(ticket_id, change).result(10)
    desk.clock.now += 20
    return entry


def replies(desk: WholeDesk, ticket_id: str) -> list[Any]:
    return [event for event in desk.world.live.events[ticket_id[3:]] if event.type == "public_reply"]


def upstream(desk: WholeDesk, ticket_id: str) -> list[tuple[str, bytes]]:
    """The names and bytes of the files that the system has."""
    return [(file.name, desk.world.contents(file.id)) for reply in replies(desk, ticket_id) for file in reply.files]


def kept(desk: WholeDesk) -> int:
    """How many contents the store holds."""
    return int(desk.store.read(lambda db: db.execute("SELECT count(*) FROM outfile").fetchone()[0]))


def test_what_was_attached_is_sent_whatever_becomes_of_the_file(desk: WholeDesk, paths: tuple[Path, Path]) -> None:
    ticket_id = desk.make()
    queued(desk, ticket_id, *paths)
    paths[0].write_bytes(b"another")
    paths[1].unlink()
    assert [file.name for file in desk.services.desk.timeline(ticket_id)[-1].files] == ["trace ü.log", "b.bin"]
    assert held(desk.services.desk.timeline(ticket_id)) == ()  # nothing to fetch of what is not there yet
    desk.sync()
    assert upstream(desk, ticket_id) == [("trace ü.log", TEXT), ("b.bin", bytes(range(256)))]
    assert [of.name for of in held(desk.services.desk.timeline(ticket_id))] == ["trace ü.log", "b.bin"]
    assert kept(desk) == 0


@pytest.mark.parametrize("fault", ["drop_next_response", "drop_next_request"])
def test_a_lost_answer_sends_it_once(desk: WholeDesk, paths: tuple[Path, Path], fault: str) -> None:
    ticket_id = desk.make()
    entry = queued(desk, ticket_id, *paths)
    setattr(desk.faults, fault, True)
    desk.sync()
    assert kept(desk) == 2
    desk.sync()
    assert desk.services.desk.entry(entry.uid).state == "sent"
    assert len(replies(desk, ticket_id)) == 1
    assert len(upstream(desk, ticket_id)) == 2


def test_the_same_words_without_the_files_are_another_reply(desk: WholeDesk, paths: tuple[Path, Path]) -> None:
    """A colleague at the same login says the same, without a file, while our answer is lost."""
    ticket_id = desk.make()
    queued(desk, ticket_id, paths[0])
    desk.faults.drop_next_request = True
    desk.faults.before = lambda name: (
        (desk.world.change_as("anna", ticket_id[3:], Reply("See both.")), setattr(desk.faults, "before", None))
        if name == "push" else None, None)[1]  # fmt: skip
    desk.sync()
    desk.sync()
    assert [len(reply.files) for reply in replies(desk, ticket_id)] == [0, 1]


def test_it_survives_the_end_of_deskui(tmp_path: Path, paths: tuple[Path, Path]) -> None:
    from deskui.store import outbox
    from tests import make

    with whole_desk(tmp_path / "home") as desk:
        ticket_id = desk.make()
        entry = queued(desk, ticket_id, *paths)
    with make.make_store(tmp_path / "home", desk.clock) as store:
        again = store.read(lambda db: outbox.get(db, entry.uid))
        assert again is not None
        assert again.change == entry.change
        found = store.read(lambda db: outfiles.contents(db, again.change.files))  # type: ignore[attr-defined]
        assert list(found.values()) == [TEXT, bytes(range(256))]


def test_a_refused_reply_is_a_draft_with_its_files(desk: WholeDesk, paths: tuple[Path, Path]) -> None:
    ticket_id = desk.make()
    queued(desk, ticket_id, *paths)
    desk.faults.reject_next = "too large for us"
    desk.sync()
    (draft,) = desk.services.writing.drafts.on(ticket_id, "reply")
    assert [file.name for file in draft.files] == ["trace ü.log", "b.bin"]
    desk.services.desk.do(ticket_id, Reply("Again.", files=draft.files), draft.uid).result(10)
    desk.clock.now += 20
    desk.sync()
    assert len(upstream(desk, ticket_id)) == 2


def test_an_upstream_without_files_refuses_before_anything_is_queued(
    desk: WholeDesk, paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket_id = desk.make()
    monkeypatch.setattr(type(desk.adapter), "attachments", False)
    with pytest.raises(NotSaved, match="rt takes no attachments"):
        queued(desk, ticket_id, paths[0])
    assert desk.services.desk.outbox() == []
    assert kept(desk) == 0


def test_a_note_takes_them_along_where_nobody_else_sees_them(
    desk: WholeDesk, paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket_id = desk.make()
    queued(desk, ticket_id, *paths, verb="note")
    desk.sync()
    assert replies(desk, ticket_id) == []
    (note,) = [event for event in desk.world.live.events[ticket_id[3:]] if event.type == "internal_note"]
    assert [desk.world.contents(file.id) for file in note.files] == [TEXT, bytes(range(256))]
    entry = queued(desk, ticket_id, paths[0], verb="note")
    monkeypatch.setattr(type(desk.adapter), "note_files", False)
    with pytest.raises(NotSaved, match="rt shows a note's files to everybody who sees the ticket"):
        queued(desk, ticket_id, paths[0], verb="note")
    desk.sync()  # one that turned out to be so gets nothing
    assert desk.services.desk.entry(entry.uid).state == "rejected"
    assert len([event for event in desk.world.live.events[ticket_id[3:]] if event.type == "internal_note"]) == 1
    queued(desk, ticket_id, paths[0])
    desk.sync()
    assert len(replies(desk, ticket_id)) == 1


def test_one_that_turned_out_to_take_none_gets_no_half_reply(
    desk: WholeDesk, paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket_id = desk.make()
    entry = queued(desk, ticket_id, paths[0])
    monkeypatch.setattr(type(desk.adapter), "attachments", False)
    desk.sync()
    assert desk.services.desk.entry(entry.uid).state == "rejected"
    assert replies(desk, ticket_id) == []


def test_what_cannot_be_attached_is_said(desk: WholeDesk, tmp_path: Path, paths: tuple[Path, Path]) -> None:
    import os

    ticket = desk.services.desk.ticket(desk.make())
    (tmp_path / "empty").touch()
    (tmp_path / "large").write_bytes(b"x" * (SEND_CAP + 1))
    os.mkfifo(tmp_path / "pipe")
    files = desk.services.attachments
    for name, why in (
        ("none", "No such file"), ("empty", "is empty"), ("large", "is too large"), ("pipe", "no regular file"),
        (".", "no regular file|Is a directory"),
    ):  # fmt: skip
        with pytest.raises(NotSaved, match=why):
            files.take_in(ticket, str(tmp_path / name))
    (tmp_path / "half").write_bytes(b"x" * (SEND_CAP - 100))
    half = files.take_in(ticket, str(tmp_path / "half"))
    with pytest.raises(NotSaved, match="all files of a message together"):
        files.take_in(ticket, str(paths[1]), [half])


def test_paths_alone_and_contents_that_are_gone_are_refused(desk: WholeDesk, paths: tuple[Path, Path]) -> None:
    ticket_id = desk.make()
    typed = parse("reply", ["-m", "See.", "--attach", str(paths[0])], desk.clock(), "UTC")
    with pytest.raises(Refused, match="one message at a time"):
        desk.services.desk.do(ticket_id, typed).result(10)
    entry = queued(desk, ticket_id, paths[0])
    desk.sync()
    with pytest.raises(Refused, match="is not kept any more"):
        desk.services.desk.do(ticket_id, entry.change).result(10)


def test_a_reply_taken_back_can_be_done_again_and_what_nothing_names_goes(
    desk: WholeDesk, paths: tuple[Path, Path]
) -> None:
    ticket_id = desk.make()
    entry = queued(desk, ticket_id, paths[0])
    desk.services.desk.drop(entry.uid).result(10)
    ticket = desk.services.desk.ticket(ticket_id)
    desk.clock.now += 2 * 86_400
    desk.services.attachments.take_in(ticket, str(paths[1]))
    assert kept(desk) == 2  # the one may be done again, the other is on somebody's screen
    desk.clock.now += 8 * 86_400
    desk.services.attachments.take_in(ticket, str(paths[1]))
    assert kept(desk) == 1


def test_a_reply_that_waits_for_weeks_keeps_its_files(desk: WholeDesk, paths: tuple[Path, Path]) -> None:
    ticket_id = desk.make()
    queued(desk, ticket_id, paths[0])
    desk.clock.now += 30 * 86_400
    desk.services.attachments.take_in(desk.services.desk.ticket(ticket_id), str(paths[1]))
    assert kept(desk) == 2
    desk.sync()
    assert upstream(desk, ticket_id) == [("trace ü.log", TEXT)]
