"""Three-way merge by field, as a table of cases."""

from dataclasses import replace

import pytest

from deskui.domain.change import Acknowledge, Assign, Close, Hold, Note, Reply, Resolve, Resume
from deskui.domain.event import Event
from deskui.domain.fields import SetImpact, SetPriority
from deskui.domain.merge import changed, rebase, replay
from deskui.domain.ticket import Ticket

BASE = Ticket(upstream="rt", remote_id="1", id="RT-1", priority=3)


def moved(field, to, *, by="kim", side="staff"):
    if field == "owner":
        return Event("9", 100, "assign", by, side, data={"to": to})
    if field == "priority":
        return Event("9", 100, "priority", by, side, data={"to": to})
    if field == "state":
        return Event("9", 100, to, by, side)
    return Event("9", 100, "field", by, side, data={"field": field, "to": to})


CASES = [
    ("nobody else", {}, [], [Assign("me")], [], {"owner": "me"}),
    ("somebody took it first", {"owner": "kim"}, [moved("owner", "kim")], [Assign("me")], [0], {"owner": "kim"}),
    ("they gave it to me too", {"owner": "me"}, [moved("owner", "me")], [Assign("me")], [], {"owner": "me"}),
    ("another field", {"owner": "kim"}, [moved("owner", "kim")], [SetPriority(1)], [], {"owner": "kim", "priority": 1}),
    ("moved and moved back", {}, [moved("priority", 2), moved("priority", 3)], [SetPriority(1)], [], {"priority": 1}),
    ("no event, yet another value", {"priority": 2}, [], [SetPriority(1)], [], {"priority": 1}),
    ("only the clashing one", {"priority": 2}, [moved("priority", 2)], [SetPriority(1), SetImpact("high")], [0],
     {"priority": 2, "impact": "high"}),
    ("messages never clash", {"state": "resolved"}, [moved("state", "resolve")], [Note("a"), Reply("b")], [],
     {"state": "resolved"}),
    ("they resolved, I hold", {"state": "resolved"}, [moved("state", "resolve")], [Hold("customer")], [0],
     {"state": "resolved"}),
    ("both resolved", {"state": "resolved"}, [moved("state", "resolve")], [Resolve()], [0], {"state": "resolved"}),
    ("acknowledged elsewhere by a move", {"state": "in_progress"}, [moved("state", "in_progress")], [Acknowledge()],
     [], {"state": "in_progress"}),
    ("the upstream closed it by itself", {"state": "closed"}, [], [Resume()], [0], {"state": "closed"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("theirs", "others", "mine", "clash", "shown"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_a_field_conflicts_only_where_somebody_moved_it_to_another_value(theirs, others, mine, clash, shown):
    merge = rebase(BASE, replace(BASE, **theirs), mine, others)
    assert [mine.index(change) for change in merge.conflicts] == clash
    assert {name: getattr(merge.ticket, name) for name in shown} == shown


def test_replay_is_what_the_technician_sees():
    shown = replay(BASE, [Acknowledge(), Assign("me"), Hold("customer"), Hold("vendor"), Resume("customer")])
    assert (shown.state, shown.owner, shown.holds) == ("pending", "me", ("vendor",))
    assert replay(shown, [Resume()]).state == "in_progress"


def test_changed_names_the_fields():
    assert changed(BASE, replace(BASE, owner="x", cis=("sw1",), minutes=5)) == {"owner", "cis"}


def test_closing_needs_a_resolved_ticket():
    assert "resolve it before" in (Close().refused(BASE) or "")
    assert Close().refused(replace(BASE, state="resolved")) is None
