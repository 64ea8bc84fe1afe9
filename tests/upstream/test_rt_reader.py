"""RT's transactions as facts, without an RT: who may say what, and what only later means something."""

from dataclasses import replace
from typing import Any

import pytest

from deskui.domain.ticket import Ticket
from deskui.upstream._gaps import Cursor
from deskui.upstream._rt_answers import Body, Person, Txn
from deskui.upstream._rt_facts import Reader
from deskui.upstream._rt_tale import Told
from deskui.upstream.base import Options
from deskui.upstream.rt import Adapter

HOLD = "deskui: hold vendor by anna at 1970-01-01T00:01:40Z"
TICKET = {"Priority": "50", "Requestor": [{"id": "carl"}]}


class Names:
    """carl is a customer; field 7 is the acknowledgement's."""

    def person(self, name: str) -> Person:
        return Person(name, name != "carl")

    def field(self, number: str) -> str:
        return {"7": "Acknowledged"}.get(number, "")

    def state(self, status: str) -> str:
        return {"open": "in_progress", "stalled": "pending", "at vendor": "pending"}.get(status, status)

    def reason(self, status: str) -> str:
        return {"at vendor": "vendor"}.get(status, "")

    def certain(self, status: str) -> bool:
        return True

    def band(self, number: str) -> int:
        return 3


def txn(number: int, kind: str, who: str = "anna", **values: Any) -> Txn:
    return replace(Txn(number, "1", kind, "", "", "", 100, 0, who), **values)


MADE = txn(1, "Create", "carl")
NOTED = txn(2, "Comment")
STALLED = txn(3, "Status", field="Status", old="new", new="stalled")


def told(*txns: Txn) -> Told:
    ticket = {**TICKET, "Status": "stalled" if STALLED in txns else "new"}
    return Reader(ticket, txns, Names(), {"acknowledged_at": "Acknowledged"}, {2: Body(HOLD)}).read()


@pytest.mark.parametrize(("who", "kinds"), [("anna", ["acknowledge"]), ("carl", [])])
def test_only_staff_acknowledges(who: str, kinds: list[str]) -> None:
    field = txn(4, "CustomField", who, field="7", new="1970-01-01T00:01:30Z")
    assert [event.type for event in told(MADE, STALLED, field).events if event.type == "acknowledge"] == kinds


def test_a_hold_read_between_its_note_and_its_status_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = Adapter("rt", Options(url="http://rt.example"), "secret")
    known: list[Txn] = [MADE, NOTED]
    monkeypatch.setattr(adapter, "_tales", lambda ids, bodies: {"1": (Ticket("rt", "1"), told(*known))})
    first = adapter._fed(known, Cursor(), Cursor(2), set())
    known.append(STALLED)
    second = adapter._fed([STALLED], Cursor(2), Cursor(3), set())
    events = [event for page in (first, second) for _key, event in page.events]
    assert [(event.type, event.key) for event in events if event.type == "hold"] == [("hold", "2")]
    adapter.close()


def test_from_one_status_that_waits_to_another_the_reason_is_another_one() -> None:
    moved = txn(4, "Status", field="Status", old="stalled", new="at vendor")
    back = txn(5, "Status", field="Status", old="at vendor", new="stalled")
    events = [(event.type, event.key, dict(event.data)) for event in told(MADE, STALLED, moved, back).events]
    assert events[1:] == [
        ("hold", "3", {"reason": "unspecified"}),
        ("resume", "4", {"reason": "unspecified"}), ("hold", "4/1", {"reason": "vendor"}),
        ("resume", "5", {"reason": "vendor"}), ("hold", "5/1", {"reason": "unspecified"}),
    ]  # fmt: skip
