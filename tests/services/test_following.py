"""Follow-ups in the store: one for each ticket and person, kept, found, told once, over with the ticket."""

import pytest

from deskui.domain.change import Note, Reopen, Resolve
from deskui.services.desk import Desk, Refused, UnknownTicket
from deskui.services.following import Following
from deskui.services.since import Since
from deskui.store.store import Store
from tests.make import Clock, make_event, make_rules, make_store, make_ticket, pull
from tests.services.test_alerts import alerts_of


def desk_of(store: Store, me: str = "anna", **more: bool) -> Desk:
    return Desk(store, make_rules(), lambda upstream: me, default_upstream="rt", **more)


def following_at(desk: Desk, name: str = "RT-1") -> int | None:
    ticket = desk.ticket(name)
    assert ticket is not None
    return Following(desk).at(ticket)


def found(desk: Desk, query: str = "is:followup") -> list[str]:
    return [str(desk.rows([pk])[0][2]) for pk in desk.ids_now(query)]


@pytest.fixture
def desk(store: Store, clock: Clock) -> Desk:
    for number in (1, 2):
        ticket = make_ticket(number, priority=3, created=clock.now - 60)
        pull(store, ticket, [make_event("created", clock.now - 60)])
    return desk_of(store)


def test_one_for_each_ticket_and_person_and_it_is_kept(desk: Desk, store: Store, clock: Clock) -> None:
    assert Following(desk).put("rt-1", clock.now + 60).result() == "RT-1"
    Following(desk).put("RT-1", clock.now + 90).result()
    Following(desk_of(store, "kim")).put("RT-1", clock.now + 30).result()
    assert desk.outbox() == []  # nothing is sent
    with make_store(store.path.parent, clock) as again:  # another console, or a restart
        assert following_at(desk_of(again)) == clock.now + 90
        assert following_at(desk_of(again, "kim")) == clock.now + 30
    assert following_at(desk, "RT-2") is None
    Following(desk).put("RT-1", None).result()
    assert following_at(desk) is None
    assert following_at(desk_of(store, "kim")) == clock.now + 30


def test_found_by_a_query(desk: Desk, store: Store, clock: Clock) -> None:
    assert found(desk) == []
    Following(desk).put("RT-2", clock.now + 60).result()
    Following(desk_of(store, "kim")).put("RT-1", clock.now + 60).result()
    assert found(desk) == ["RT-2"]
    assert found(desk, "-is:followup") == ["RT-1"]
    assert found(desk_of(store, "kim"), "is:followup or id:nothing") == ["RT-1"]
    Following(desk_of(store, "kim")).put("RT-2", None).result()
    assert found(desk) == ["RT-2"]  # another person's word is theirs
    Following(desk).put("RT-2", None).result()
    assert found(desk) == []


def test_told_once_when_it_is_reached_and_to_whom_it_concerns(desk: Desk, store: Store, clock: Clock) -> None:
    Following(desk).put("RT-1", clock.now + 60).result()
    anna, kim, began = alerts_of(store), alerts_of(store, "kim"), clock.now
    clock.now += 59
    assert anna.turn() == 0
    clock.now += 1
    with make_store(store.path.parent, clock) as other:
        assert [kim.turn(), anna.turn(), alerts_of(other).turn(), anna.turn()] == [0, 1, 0, 0]
    alerts = anna.news(0).result()[1]
    assert [(each.what, each.ticket) for each in alerts] == [("follow", "RT-1")]
    assert [sorted(call.rungs) for call in anna.calls(alerts, clock.now)] == [["notify", "status"]]
    assert kim.news(0).result()[1] == []
    items = Since(desk, "anna", store.path.parent).items(began).result()
    assert [(each.kind, each.text) for each in items if each.kind == "follow"] == [("follow", "time to look again")]
    theirs = Since(desk_of(store, "kim"), "kim", store.path.parent).items(began).result()
    assert [each for each in theirs if each.kind == "follow"] == []
    Following(desk).put("RT-1", clock.now + 60).result()  # and once more, another day
    clock.now += 60
    assert anna.turn() == 1


def test_over_with_the_ticket_and_there_again_when_that_is_undone(desk: Desk, store: Store, clock: Clock) -> None:
    Following(desk).put("RT-1", clock.now + 60).result()
    desk.do("RT-1", Resolve("psu")).result()
    clock.now += 60
    assert (following_at(desk), alerts_of(store).turn(), found(desk)) == (None, 0, [])
    with pytest.raises(Refused, match="RT-1 is resolved"):
        Following(desk).put("RT-1", clock.now + 60).result()
    desk.do("RT-1", Reopen("again")).result()
    assert following_at(desk) is not None


def test_who_opens_it_after_its_time_has_looked(desk: Desk, clock: Clock) -> None:
    ticket, following = desk.ticket("RT-1"), Following(desk)
    assert ticket is not None
    following.put("RT-1", clock.now + 60).result()
    assert following.looked(ticket, clock.now + 59) is None
    done = following.looked(ticket, clock.now + 60)
    assert done is not None
    done.result()
    assert following.at(ticket) is None
    assert following.looked(ticket, clock.now + 60) is None


def test_what_cannot_be(desk: Desk, store: Store, clock: Clock) -> None:
    with pytest.raises(UnknownTicket):
        Following(desk).put("RT-9", clock.now + 60).result()
    Following(desk).put("RT-1", clock.now + 60).result()
    quiet = desk_of(store, read_only=True)
    with pytest.raises(Refused, match="read-only"):
        Following(quiet).put("RT-1", None).result()
    ticket = quiet.ticket("RT-1")
    assert ticket is not None
    assert Following(quiet).looked(ticket, clock.now + 60) is None
    desk.do("RT-1", Note("still there")).result()
    assert following_at(quiet) == clock.now + 60
