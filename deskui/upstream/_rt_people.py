"""Whom RT mails: a ticket's requestors and Ccs, which a reply may move before it is sent.

RT 5 takes no recipients with a message: they are the ticket's own, given whole, and stay so.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deskui.domain.change import Change, Reply
from deskui.domain.sets import SetCc
from deskui.upstream._http import Answer, Broken
from deskui.upstream._rt_answers import words
from deskui.upstream._rt_api import Api
from deskui.upstream.base import Rejected

Members = dict[str, str]  # what we call somebody (an address, a name; lower case) -> what RT takes for them


def move(api: Api, remote_id: str, change: Change, etag: str) -> bool:
    """Make To and Cc what the reply, or the change of Cc alone, says.

    False: the ticket had moved since we looked, and nothing was written.
    `Rejected` where RT did not do all of it: the reply must not go to other people than were shown.
    """
    asked = _asked(change)
    if not asked:
        return True
    before = _members(api, remote_id, asked)
    after = {role: _moved(before[role], moves) for role, moves in asked.items()}
    wanted = {role: list(after[role].values()) for role in asked if after[role] != before[role]}
    if not wanted:
        return True
    if (said := _put(api, remote_id, wanted, etag)) is None:
        return False
    now = _members(api, remote_id, asked)
    if any(_missed(before[role], after[role], now[role]) for role in asked):
        unsent = ", so the reply was not sent" if isinstance(change, Reply) else ""
        raise Rejected(f"To and Cc are not as you set them{unsent}; RT said: {said}")
    return True


def _asked(change: Change) -> dict[str, Sequence[str]]:
    if isinstance(change, SetCc):
        return {"Cc": change.moves}
    return {
        role: moves for role, moves in (("Requestor", getattr(change, "to", ())), ("Cc", getattr(change, "cc", ())))
        if moves
    }  # fmt: skip


def _put(api: Api, remote_id: str, wanted: Mapping[str, Any], etag: str) -> str | None:
    """RT's words to it; None: the ticket had moved.

    At an address that it takes for its own RT fails with a 500, each time: what waits behind must not wait for that.
    A 500 of another kind passes, or RT cannot be read either.
    """
    try:
        return _said(api.send("PUT", f"/ticket/{remote_id}", wanted, etag))
    except Broken:
        _members(api, remote_id, wanted)
    try:
        return _said(api.send("PUT", f"/ticket/{remote_id}", wanted, etag))
    except Broken as failed:
        return f"{failed}; is one of them an address of RT itself?"


def _said(answer: Answer) -> str | None:
    return None if answer.status == 412 else words(answer)


def _members(api: Api, remote_id: str, roles: Iterable[str]) -> dict[str, Members]:
    rows = api.tickets([remote_id], ",".join(roles))
    if remote_id not in rows:
        raise Rejected(f"ticket {remote_id} is not to be found in RT any more")
    return {role: members(rows[remote_id].get(role) or ()) for role in roles}


def members(rows: Iterable[Mapping[str, Any]]) -> Members:
    """Who is in a role; a group is known to RT by its number, and would be lost by its name."""
    found: Members = {}
    for row in rows:
        said = str(row.get("EmailAddress") or row.get("Name") or row["id"])
        found[said.casefold()] = str(row["id"]) if row.get("type") == "group" else said
    return found


def _moved(before: Members, moves: Sequence[str]) -> Members:
    after = dict(before)
    for each in moves:
        if each.startswith("-"):
            after.pop(each[1:].casefold(), None)
        else:
            after.setdefault(each[1:].casefold(), each[1:])
    return after


def _missed(before: Members, after: Members, now: Members) -> bool:
    """Whether somebody is still there, or not yet; RT may know one who was added by another address of theirs."""
    if (before.keys() - after.keys()) & now.keys():
        return True
    missing, others = after.keys() - now.keys(), now.keys() - after.keys()
    return bool(missing - (after.keys() - before.keys())) or len(missing) > len(others)
