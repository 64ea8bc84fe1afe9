"""Three-way merge by field, as a table of cases."""

from dataclasses import replace

import pytest

from deskui.domain.change import Acknowledge, Assign, Close, Hold, Note, Reply, Resolve, Resume
from deskui.domain.event import Event
from deskui.domain.fields import SetImpact, SetPriority, SetSubject
from deskui.domain.links import Link, Unlink
from deskui.domain.merge import changed, rebase, replay, words
from deskui.domain.ticket import Ticket

BASE = Ticket(upstream="rt", remote_id="1", id="RT-1", subject="Tills offline in 14 stores", priority=3)


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
    ("other words of the subject", {"subject": "Tills offline in 3 stores"}, [moved("subject", "x")],
     [SetSubject("P1: Tills offline in 14 stores")], [], {"subject": "P1: Tills offline in 3 stores"}),
    ("the same words of the subject", {"subject": "Tills offline in 3 stores"}, [moved("subject", "x")],
     [SetSubject("Tills offline in 15 stores")], [0], {"subject": "Tills offline in 3 stores"}),
    ("the same subject", {"subject": "Tills on fire"}, [moved("subject", "x")], [SetSubject("Tills on fire")], [],
     {"subject": "Tills on fire"}),
    ("two subjects in a row", {"subject": "Tills offline in 3 stores"}, [moved("subject", "x")],
     [SetSubject("All tills offline in 14 stores"), SetSubject("All tills are offline in 14 stores")], [],
     {"subject": "All tills are offline in 3 stores"}),
    ("links are sets", {"links": ("parent 2",)}, [Event("9", 100, "link", "kim", data={"kind": "parent", "to": "2"})],
     [Link("related", "RT-3", "3"), Unlink("blocks", "RT-4", "4")], [], {"links": ("parent 2", "related 3")}),
    ("what only the server sets is the server's", {"customer": "Kranz AG", "created": 9, "minutes": 50}, [],
     [Assign("me")], [], {"customer": "Kranz AG", "created": 9, "minutes": 50, "owner": "me"}),
    ("minutes are added up", {"minutes": 30}, [], [Note("a", 5), Reply("b", 10)], [], {"minutes": 45}),
    ("people of a reply are a set", {"cc": ("kim@x", "lea@x")}, [], [Reply("a", cc=("+max@x", "-lea@x"))], [],
     {"cc": ("kim@x", "max@x")}),
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


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "both"),
    [
        ("a b c", "a b c", "a x c", "a x c"),
        ("a b c", "x b c", "a b y", "x b y"),
        ("a b c", "x b c", "x b c", "x b c"),
        ("a b c", "x b c", "y b c", None),
        ("a b c", "x b c", "a y c", "x y c"),  # side by side, and each its own
        ("a b c", "a b c d", "z a b c", "z a b c d"),
        ("a b c", "a b c d", "a b c e", None),  # both put something in there
        ("a b c", "a b c d", "a b", None),  # what is put in stands by a word that goes
        ("a b c", "b c", "a b", "b"),
        ("a b c d", "a d", "a b x d", None),
        ("", "a", "b", None),
        ("a  b", "a b c", "x b", "x b c"),
    ],
)
def test_subjects_merge_word_by_word(base, theirs, mine, both):
    assert words(base, theirs, mine) == both
    assert words(base, mine, theirs) == both
