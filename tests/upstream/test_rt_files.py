"""Files in a real RT: what mail and REST bring in, what it costs to know of them, and their bytes."""

import subprocess
from base64 import b64decode
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from deskui.domain.attachment import File, clean
from deskui.domain.change import Note, Reply
from deskui.sync.plan import landed
from deskui.upstream.conformance import entry_of, events_of, kinds, last
from deskui.upstream.rt import Adapter
from tests.upstream.rt_people import People

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
"""What a picture might be."""


def asked(adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are asked for from now on."""
    paths: list[str] = []
    request = adapter._api.session.request

    def counted(method: str, path: str, **more: Any) -> Any:
        paths.append(path.removeprefix("/REST/2.0"))
        return request(method, path, **more)

    monkeypatch.setattr(adapter._api.session, "request", counted)
    return paths


def mail(world: People, message: EmailMessage) -> None:
    """Hands a mail in as a mail server would."""
    gate = ["rt-mailgate-5", "--queue", "Network", "--action", "correspond", "--url", world.rt.url]
    subprocess.run(gate, input=message.as_bytes(), check=True, timeout=60)


def test_the_feed_asks_for_files_only_where_there_are_some(
    world: People, plain: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote_id = world.make("plain")
    cursor = plain.head()
    for text in ("One.", "Two."):
        world.reply_as_customer(remote_id, text)
    paths = asked(plain, monkeypatch)
    assert "customer_reply" in kinds(events_of(plain.feed(cursor), remote_id))
    bare = paths.count("/attachments")
    paths.clear()
    cursor = plain.head()
    world.send_files(remote_id, "See.", ("a.png", "image/png", PNG))
    paths.clear()
    assert last(events_of(plain.feed(cursor), remote_id), "customer_reply").files
    assert paths.count("/attachments") == bare + 1
    assert not [path for path in paths if path.startswith("/attachment/")]


def test_a_mail_with_a_picture_in_its_text(world: People, plain: Adapter) -> None:
    remote_id = world.make("by mail")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = world.customer, "desk@desk.test", f"[desk.test #{remote_id}] x"
    message.set_content("See the picture.")
    message.add_alternative('<p>See the <b>picture</b>: <img src="cid:pic"></p>', subtype="html")
    html: Any = message.get_payload()[1]  # type: ignore[index]
    html.add_related(PNG, "image", "png", cid="<pic>")
    message.add_attachment(b"a;b\r\n1;2\r\n", maintype="application", subtype="x-table", filename="Überblick.csv")
    mail(world, message)
    event = last(plain.read(remote_id, "").events, "customer_reply")
    assert (event.text or "").strip() == "See the picture."
    assert [(clean(file.name, file.kind), file.kind) for file in event.files] == [
        ("attachment.png", "image/png"), ("Überblick.csv", "application/x-table"),
    ]  # fmt: skip
    assert [plain.content(file) for file in event.files] == [PNG, b"a;b\r\n1;2\r\n"]


def test_a_mail_that_is_nothing_but_a_file(world: People, plain: Adapter) -> None:
    remote_id = world.make("scanner")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = world.customer, "desk@desk.test", f"[desk.test #{remote_id}] x"
    message.set_content(PNG, "image", "png", filename="scan.png")
    mail(world, message)
    event = last(plain.read(remote_id, "").events, "customer_reply")
    assert (event.text, [file.name for file in event.files]) == ("", ["scan.png"])


def test_five_megabytes(world: People, plain: Adapter) -> None:
    remote_id, data = world.make("large"), bytes(range(256)) * 20_000
    world.send_files(remote_id, "See.", ("disk.img", "application/octet-stream", data))
    (file,) = last(plain.read(remote_id, "").events, "customer_reply").files
    assert file.size == len(data)
    assert plain.content(file) == data


def test_a_hostile_name_is_a_name_and_nothing_else(world: People, plain: Adapter) -> None:
    remote_id = world.make("hostile")
    names = ("../../../etc/cron.d/x", "a\r\nBcc: x.txt", "\x1b]0;owned\x07.png", 'q"uote\\.txt', "C:\\con.txt", "." * 9)
    for name in names:
        world.send_files(remote_id, "See.", (name, "application/octet-stream", b"x"))
    events = plain.read(remote_id, "").events
    files = [file for event in events if event.type == "customer_reply" for file in event.files]
    saved = [clean(file.name, file.kind) for file in files]
    assert len(saved) == len(names)
    for name in saved:
        assert name.isprintable()
        assert name == clean(name)
        assert not set(name) & set("/\\\r\n\0")
        assert not name.startswith(".")


@pytest.mark.parametrize(("message", "kind"), [(Reply, "public_reply"), (Note, "internal_note")])
def test_our_files_arrive_byte_by_byte(world: People, plain: Adapter, message: Any, kind: str) -> None:
    remote_id = world.make("ours")
    sent = {
        "Übersicht €.pdf": ("application/pdf", PNG), "trace.log": ("text/plain", "zeile ü\r\nzwei\n".encode("latin-1")),
        "page.html": ("text/html", b"<script>alert(1)</script>"), "five.bin": ("x/y", bytes(range(256)) * 20_000),
    }  # fmt: skip
    files = tuple(File(str(n), name, kind, len(data)) for n, (name, (kind, data)) in enumerate(sent.items()))
    reading = plain.read(remote_id, "")
    entry = entry_of(message("See them.", files=files), "sync", world.now())
    entry = replace(entry, contents={str(n): data for n, (_, data) in enumerate(sent.values())})
    receipt = plain.push(entry, reading.ticket, reading.events[-1].key)
    event = last(receipt.events, kind)
    assert (event.text or "").strip() == "See them."
    assert [(file.name, file.size) for file in event.files] == [(name, len(data)) for name, (_, data) in sent.items()]
    for file in event.files:
        raw = world.ask("agent", "GET", f"/attachment/{file.id}").json()["Content"]
        assert b64decode(raw) == sent[file.name][1]
        assert plain.content(file) == sent[file.name][1]


def test_a_lost_answer_is_found_by_words_and_number_of_files(world: People, plain: Adapter) -> None:
    remote_id = world.make("lost")
    files = (File("1", "a.txt", "text/plain", 3),)
    reading = plain.read(remote_id, "")
    entry = replace(entry_of(Reply("See it.", files=files), "sync", world.now()), contents={"1": b"abc"})
    plain.push(entry, reading.ticket, reading.events[-1].key)
    since = plain.read(remote_id, reading.events[-1].key).events
    assert landed(entry, reading.ticket, since, {"sync"}, ()).rest is None
    bare = [replace(event, files=()) for event in since]
    assert landed(entry, reading.ticket, bare, {"sync"}, ()).rest == entry.change
