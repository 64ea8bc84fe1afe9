"""Whom RT mails: the To and Cc of a reply are those of the mail that a real RT composes."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from deskui.domain.change import Reply
from deskui.upstream._http import Answer
from deskui.upstream._rt_people import members
from deskui.upstream.base import Rejected
from deskui.upstream.conformance import Contract, kinds
from deskui.upstream.rt import Adapter
from tests.upstream.rt_people import People

push = Contract().push
LEAD, OTHER = "lead@nordkauf.example", "other@nordkauf.example"


def mails(world: People, remote_id: str) -> list[dict[str, set[str]]]:
    """The recipients of each mail that RT recorded for the ticket, oldest first."""
    query = f"ObjectType='RT::Ticket' AND ObjectId = {remote_id} AND Type = 'EmailRecord'"
    found = world.ask("agent", "GET", "/transactions", params={"query": query, "orderby": "id", "order": "ASC"})
    return [_recipients(world, row["id"]) for row in found.json()["items"]]


def _recipients(world: People, transaction: str) -> dict[str, set[str]]:
    parts = world.ask("agent", "GET", f"/transaction/{transaction}/attachments").json()["items"]
    head = world.ask("agent", "GET", f"/attachment/{parts[0]['id']}").json()["Headers"]
    found = {name.lower(): value for name, value in re.findall(r"^(to|cc): (.*)$", head, re.MULTILINE | re.IGNORECASE)}
    return {name: set(re.split(r",\s*", found[name])) for name in found}


def test_a_mail_goes_to_the_new_people_and_not_to_those_taken_off(plain: Adapter, world: People) -> None:
    remote_id = world.make("mail", Cc=[OTHER])
    push(plain, remote_id, Reply("As it is."))
    assert mails(world, remote_id)[-1] == {"to": {world.customer}, "cc": {OTHER}}
    push(plain, remote_id, Reply("With the lead.", cc=(f"+{LEAD}", f"-{OTHER}")))
    assert mails(world, remote_id)[-1] == {"to": {world.customer}, "cc": {LEAD}}
    push(plain, remote_id, Reply("To the lead alone.", to=(f"+{LEAD}", f"-{world.customer}"), cc=(f"-{LEAD}",)))
    assert mails(world, remote_id)[-1] == {"to": {LEAD}}


def test_a_group_stays_what_it_is(plain: Adapter, world: People) -> None:
    query = '[{"field":"Name","value":"Desk"}]'
    group = world.ask("agent", "GET", "/groups", params={"query": query}).json()["items"][0]["id"]
    remote_id = world.make("group")
    world.put("agent", remote_id, Cc=[OTHER, group])
    receipt = push(plain, remote_id, Reply("With the group.", cc=(f"+{LEAD}",)))
    assert set(receipt.ticket.cc) == {OTHER, "Desk", LEAD}
    receipt = push(plain, remote_id, Reply("Without it.", cc=("-desk",)))
    assert set(receipt.ticket.cc) == {OTHER, LEAD}


def test_somebody_without_an_address_and_a_group_are_told_apart() -> None:
    rows = [
        {"id": "kim", "type": "user", "Name": "kim", "EmailAddress": ""},
        {"id": "27", "type": "group", "Name": "Desk", "EmailAddress": ""},
        {"id": "max", "type": "user", "Name": "max", "EmailAddress": "Max@nordkauf.example"},
    ]
    assert members(rows) == {"kim": "kim", "desk": "27", "max@nordkauf.example": "Max@nordkauf.example"}


def test_nothing_is_sent_where_rt_did_not_move_them(
    plain: Adapter, world: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RT says 200 and a sentence to what it may not do."""
    remote_id = world.make("denied")
    send = plain._api.send

    def refused(method: str, path: str, body: Mapping[str, Any], etag: str = "") -> Answer:
        return Answer(200, {}, b'["Permission Denied"]') if method == "PUT" else send(method, path, body, etag)

    monkeypatch.setattr(plain._api, "send", refused)
    with pytest.raises(Rejected, match="the reply was not sent; RT said: Permission Denied"):
        push(plain, remote_id, Reply("For the lead.", cc=(f"+{LEAD}",)))
    assert "public_reply" not in kinds(plain.read(remote_id, "").events)


def test_a_name_at_which_rt_fails_stops_the_reply_and_nothing_else(plain: Adapter, world: People) -> None:
    """RT answers 500 to whom it cannot add, its own address among them: that is no RT that is away."""
    remote_id = world.make("fails")
    with pytest.raises(Rejected, match=r"the reply was not sent; RT said: the system answered 500.* address of RT"):
        push(plain, remote_id, Reply("For nobody.", cc=("+nobody of that name",)))
    assert "public_reply" not in kinds(plain.read(remote_id, "").events)


def test_somebody_else_at_the_ticket_meanwhile_means_looking_again(
    plain: Adapter, world: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote_id = world.make("raced")
    send = plain._api.send

    def raced(method: str, path: str, body: Mapping[str, Any], etag: str = "") -> Answer:
        if method == "PUT":
            world.put("agent", remote_id, Cc=[OTHER])
        return send(method, path, body, etag)

    monkeypatch.setattr(plain._api, "send", raced)
    assert not push(plain, remote_id, Reply("With the lead.", cc=(f"+{LEAD}",))).written
    monkeypatch.undo()
    receipt = push(plain, remote_id, Reply("With the lead.", cc=(f"+{LEAD}",)))
    assert set(receipt.ticket.cc) == {OTHER, LEAD}
    assert kinds(plain.read(remote_id, "").events).count("public_reply") == 1
