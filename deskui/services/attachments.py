"""The files at a ticket's messages: listed from the store, fetched when somebody asks, saved where only they can read.

Nothing here opens or renders one.  Those that are to go with a message are copied into the store.
"""

import mimetypes
import os
import stat
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskui.domain import attachment
from deskui.domain.attachment import File
from deskui.domain.event import Event
from deskui.domain.ticket import Ticket
from deskui.domain.when import iso
from deskui.services.rereading import Rereading
from deskui.services.syncing import Syncing
from deskui.store import outfiles
from deskui.store.driver import StoreError
from deskui.store.threads import Attempt
from deskui.upstream.base import Rejected, Unreachable

if TYPE_CHECKING:
    from deskui.domain.change import Change

WAIT_S = 90.0  # for one file with its login, whatever the other side does
MOST = 1000  # files of one name in a folder


class NotSaved(Exception):
    """Why a file is not there, as a sentence; `kind` and `hint` are the command line's."""

    def __init__(self, message: str, kind: str = "refused", hint: str = "") -> None:
        super().__init__(message)
        self.kind, self.hint = kind, hint


@dataclass(frozen=True, slots=True)
class Held:
    """A file with its number in the ticket (from 1) and the message that it came with."""

    number: int
    file: File
    event: Event

    @property
    def name(self) -> str:
        """The name that it is saved under."""
        return attachment.clean(self.file.name, self.file.kind)


def held(events: Sequence[Event]) -> tuple[Held, ...]:
    """The files of a ticket's messages that the upstream has, oldest first."""
    found = [(file, event) for event in events if not event.pending for file in event.files]
    return tuple(Held(number, file, event) for number, (file, event) in enumerate(found, 1))


class Attachments:
    """Of the tickets that `syncing` keeps in step; saved below `folder`, one folder a ticket."""

    def __init__(self, syncing: Syncing, folder: Path) -> None:
        self._rereading, self._store, self._folder = Rereading(syncing), syncing.store, folder

    def save(self, ticket: Ticket, of: Held, to: Path | None = None) -> "Future[Path]":
        """Fetch it and write it into `to`, else into the ticket's own folder; where it is then.

        The future ends within WAIT_S seconds, whatever happens, and raises NotSaved.
        """
        future: Future[Path] = Future()
        folder = to or self._folder / attachment.clean(ticket.id)

        def work() -> None:
            with Attempt() as attempt:
                path = write(folder, of.name, self._fetched(ticket, of.file))
            attempt.settle(future, None if attempt.failure else path)

        def late() -> None:
            with Attempt() as attempt:
                raise NotSaved(f"{ticket.upstream} did not give the file within {WAIT_S:g} s", "unreachable")
            attempt.settle(future, None)

        timer = threading.Timer(WAIT_S, late)
        for thread in (timer, threading.Thread(target=work, name="deskui-attachment")):
            thread.daemon = True
            thread.start()
        future.add_done_callback(lambda _: timer.cancel())
        return future

    def take_in(self, ticket: Ticket, path: str, others: Sequence[File] = (), *, note: bool = False) -> File:
        """Copy a file into the store, for a reply (or `note`) that has these `others`; what becomes of it later counts
        for nothing.

        NotSaved says why not.  Waits for the disk: not on the screen's own thread.
        """
        if self._rereading.attaches(ticket.upstream) is False:
            raise NotSaved(f"{ticket.upstream} takes no attachments")
        if note and self._rereading.attaches(ticket.upstream, note=True) is False:
            raise NotSaved(f"{ticket.upstream} shows a note's files to everybody who sees the ticket")
        data = read(Path(path).expanduser(), attachment.SEND_CAP - sum(file.size for file in others))
        name = attachment.clean(Path(path).name)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        try:
            taken: File = self._store.write(lambda tx: outfiles.add(tx, name, kind, data)).result()
        except StoreError as error:
            raise NotSaved(f"it could not be kept: {error}", "store") from error
        return taken

    def carried(self, ticket: Ticket, change: "Change") -> "Change":
        """The change with the content of its files taken in, if it has files that are only paths yet.  NotSaved."""
        files = getattr(change, "files", ())
        if all(file.id for file in files):
            return change
        taken: list[File] = []
        for file in files:
            note = change.verb == "note"
            taken.append(file if file.id else self.take_in(ticket, file.name, taken, note=note))
        return replace(change, files=tuple(taken))  # type: ignore[call-arg]

    def _fetched(self, ticket: Ticket, file: File) -> bytes:
        try:
            with self._rereading.apart(ticket.upstream) as upstream:
                upstream.login()
                return upstream.content(file)
        except Unreachable as error:
            raise NotSaved(f"{ticket.upstream} could not be asked: {error}", error.kind, error.hint) from error
        except Rejected as error:
            raise NotSaved(str(error)) from error


def read(path: Path, room: int) -> bytes:
    """A regular file of at most `room` bytes, whole.  NotSaved."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe must not keep us waiting
        with os.fdopen(fd, "rb") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise NotSaved(f"{path} is no regular file")
            data = file.read(room + 1)
    except OSError as error:
        raise NotSaved(f"{path}: {error.strerror or error}") from error
    if len(data) > room:
        all_of = attachment.size(attachment.SEND_CAP)
        raise NotSaved(f"{path} is too large: all files of a message together may have {all_of}")
    if not data:
        raise NotSaved(f"{path} is empty")
    return data


def write(folder: Path, name: str, data: bytes) -> Path:
    """A new file of that (clean) name, or with a number, which only its owner can read; nothing is written over.

    NotSaved: the disk refused; then nothing is left of it.
    """
    try:
        for each in (*reversed(folder.parents), folder):
            each.mkdir(mode=0o700, exist_ok=True)
        for number in range(MOST):
            path = folder / attachment.numbered(name, number)
            try:
                fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            except FileExistsError:
                continue
            try:
                with os.fdopen(fd, "wb") as file:
                    file.write(data)
            except OSError:
                path.unlink(missing_ok=True)
                raise
            return path
    except OSError as error:
        raise NotSaved(f"{folder}: {error.strerror or error}", "store", "Save it elsewhere with --to DIR.") from error
    raise NotSaved(f"{folder} has {MOST} files called {name}", "store", "Save it elsewhere with --to DIR.")


def document(of: Held) -> dict[str, Any]:
    """One of `deskui attachment list --json`; `name` is what it is saved under, `sent_as` what it was called."""
    return {
        "n": of.number, "name": of.name, "sent_as": of.file.name, "type": of.file.kind, "size": of.file.size,
        "at": iso(of.event.at), "author": of.event.author, "side": of.event.side, "event": of.event.type,
    }  # fmt: skip
