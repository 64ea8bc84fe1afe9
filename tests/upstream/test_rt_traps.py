"""The traps of Request Tracker 5, each on the real server."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from deskui.domain.change import Acknowledge, Assign, Change, Create, Hold, Note, Reply, Resolve, Resume
from deskui.domain.fields import SetImpact, SetPriority
from deskui.domain.ticket import Ticket
from deskui.domain.when import iso
from deskui.upstream._rt_api import Api
from deskui.upstream.base import Options, Rejected, Unreachable
from deskui.upstream.conformance import Contract, entry_of, events_of, holds_of, kinds, last
from deskui.upstream.rt import Adapter
from tests.conftest import RT
from tests.upstream.rt_people import People, adapter_of

push = Contract().push


@pytest.fixture
def made(rt: RT) -> Iterator[Any]:
    """Makes adapters with options, and closes them."""
    adapters: list[Adapter] = []

    def make(user: str = "sync", secret: str | None = None, **options: Any) -> Adapter:
        adapters.append(adapter_of(rt, user, secret, **options))
        return adapters[-1]

    yield make
    for adapter in adapters:
        adapter.close()


class Counter:
    """Counts the requests of an adapter."""

    def __init__(self, adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        original = adapter._api.session.request

        def request(method: str, path: str, **more: Any) -> Any:
            self.seen.append(f"{method} {path}")
            return original(method, path, **more)

        monkeypatch.setattr(adapter._api.session, "request", request)


# -- login


def test_a_cookie_is_kept_and_a_token_is_known_by_its_form(rt: RT, made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = made()
    assert cookie._api.session.has_cookies()
    assert not cookie._api.session.secrets
    counter = Counter(cookie, monkeypatch)
    cookie.login()
    assert counter.seen == ["GET /REST/2.0/user/sync"]
    token = made(secret=rt.tokens["sync"])
    assert token._api.session.secrets["Authorization"].startswith("token ")
    nameless = Adapter("rt", Options(url=rt.url), rt.tokens["agent"])
    assert nameless.login().user == "agent"
    nameless.close()


def test_basic_is_the_fallback_where_no_session_is_given(rt: RT, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = Adapter("rt", Options(url=rt.url, user="sync"), "sync-pw")
    monkeypatch.setattr(adapter._api, "_sign_in", lambda: None)
    assert adapter.login().user == "sync"
    assert adapter._api.session.secrets["Authorization"].startswith("Basic ")
    adapter.close()


@pytest.mark.parametrize("secret", ["wrong", f"1-28-{'0' * 32}"])
def test_a_wrong_secret_is_an_auth_error_and_not_told(rt: RT, secret: str) -> None:
    adapter = Adapter("rt", Options(url=rt.url, user="sync"), secret)
    with pytest.raises(Unreachable) as error:
        adapter.login()
    assert error.value.kind == "auth"
    assert secret not in f"{error.value} {error.value.hint}"
    adapter.close()


def test_a_session_that_ended_is_renewed(made: Any) -> None:
    adapter = made()
    adapter._api.session.cookies()
    adapter._api.session._client.cookies.set("RT_SID_desk.test.1", "gone", domain="127.0.0.1")
    assert adapter.login().user == "sync"


def test_a_wrong_url_says_so(rt: RT) -> None:
    adapter = Adapter("rt", Options(url=f"{rt.url}/nowhere", user="sync"), "sync-pw")
    with pytest.raises(Unreachable) as error:
        adapter.login()
    assert error.value.hint
    adapter.close()


def test_a_dead_server_is_unreachable_and_nothing_was_written() -> None:
    adapter = Adapter("rt", Options(url="http://127.0.0.1:9", user="sync"), "sync-pw")
    with pytest.raises(Unreachable) as error:
        adapter.push(entry_of(Note("x"), "sync", 0), Ticket("rt", "1"), "")
    assert (error.value.kind, error.value.maybe_written) == ("unreachable", False)
    adapter.close()


# -- pulling


def test_few_requests(rt: RT, world: People, made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = made()
    ids = [world.make(f"bulk {number}") for number in range(5)]
    counter = Counter(adapter, monkeypatch)
    cursor = adapter.head()
    list(adapter.history(ids))
    list(adapter.bodies(ids))
    assert len(counter.seen) < 12
    counter.seen.clear()
    adapter.login()
    assert list(adapter.feed(cursor)) == []
    assert len(counter.seen) <= 3


def test_rows_hidden_from_us_are_no_end(rt: RT, world: People, made: Any) -> None:
    adapter = made()
    cursor = adapter.head()
    hidden = str(world.ask("root", "POST", "/ticket", json={"Queue": "Vault", "Subject": "secret"}).json()["id"])
    for number in range(110):  # more than a page of transactions that we may not see
        world.put("root", hidden, Priority=number + 1)
    shown = world.make("behind them")
    assert kinds(events_of(adapter.feed(cursor), shown)) == ["created"]
    with pytest.raises(Rejected):
        adapter.read(hidden, "")
    assert events_of(adapter.history([hidden]), hidden) == []
    assert kinds(events_of(adapter.feed(cursor), hidden)) == []


def test_a_ticket_that_comes_into_our_sight_comes_whole(world: People, made: Any) -> None:
    adapter = made()
    body = {"Queue": "Vault", "Subject": "moves", "Content": "Words.", "Requestor": world.customer}
    remote_id = str(world.ask("root", "POST", "/ticket", json=body).json()["id"])
    cursor = adapter.head()
    world.put("root", remote_id, Queue="Network")
    pages = list(adapter.feed(cursor))
    assert kinds(events_of(pages, remote_id))[0] == "created"
    assert remote_id in [done for page in pages for done in page.complete]


def test_html_becomes_text_and_files_are_no_text(world: People, plain: Adapter) -> None:
    text = "<p>The <b>switch</b> is dead.</p><script>alert(1)</script><p>Please&nbsp;help!</p>"
    remote_id = world.make("html", text, ContentType="text/html")
    file = {"FileName": "log.txt", "FileType": "text/plain", "FileContent": "bm90IHRoZSB0ZXh0"}
    body = {"Content": "See the log.", "ContentType": "text/plain", "Attachments": [file]}
    world.ask("carl", "POST", f"/ticket/{remote_id}/correspond", json=body)
    events = plain.read(remote_id, "").events
    assert "switch is dead." in (events[0].text or "")
    assert "alert" not in (events[0].text or "")
    assert "<" not in (events[0].text or "")
    assert (last(events, "customer_reply").text or "").strip() == "See the log."


def test_mails_that_rt_sent_are_no_events(world: People, plain: Adapter) -> None:
    remote_id = world.make("mails")
    world.reply(remote_id, "One answer.")
    assert kinds(plain.read(remote_id, "").events) == ["created", "public_reply", "field"]


def test_what_a_ticket_was_made_with(world: People, plain: Adapter) -> None:
    remote_id = world.make("first values", priority=2, Owner="agent")
    first = plain.read(remote_id, "").events
    assert dict(first[0].data) == {"priority": 2, "state": "new"}
    assert (first[1].key, dict(first[1].data)) == (f"{first[0].key}/1", {"from": None, "to": "agent"})
    world.change(remote_id, "priority", 4)
    world.change(remote_id, "owner", "berta")
    world.change(remote_id, "state", "in_progress")
    events = plain.read(remote_id, "").events
    assert events[:2] == first
    assert [kind for kind in kinds(events) if kind == "assign"] == ["assign", "assign"]


def test_a_lifecycle_of_its_own(world: People, plain: Adapter) -> None:
    remote_id = world.make("other words", Queue="Helpdesk")
    states = [plain.read(remote_id, "").ticket.state]
    for status in ("working", "asleep", "done", "working", "spam"):
        world.put("agent", remote_id, Status=status)
        states.append(plain.read(remote_id, "").ticket.state)
    assert states == ["new", "in_progress", "in_progress", "resolved", "in_progress", "resolved"]
    assert kinds(plain.read(remote_id, "").events) == ["created", "field", "resolve", "reopen", "resolve"]


def test_customer_kind_and_ci(world: People, made: Any) -> None:
    adapter = made(
        fields={"ci": "Hosts"}, cis=frozenset(("sw1", "sw2")), customers={"Nordkauf.example": "Nordkauf"},
        queues={"Hardware": {"kind": "service_request", "customer": "Suedbau"}},
    )  # fmt: skip
    network = world.make("by domain", CustomFields={"Hosts": ["sw1", "unknown"]})
    hardware = world.make("by queue", Queue="Hardware")
    tickets = {t.remote_id: t for page in adapter.history([network, hardware]) for t in page.tickets}
    assert (tickets[network].customer, tickets[network].kind, tickets[network].cis) == (
        "Nordkauf", "incident", ("sw1",),
    )  # fmt: skip
    assert (tickets[hardware].customer, tickets[hardware].kind) == ("Suedbau", "service_request")


def test_priorities_are_bands(world: People, plain: Adapter) -> None:
    remote_id = world.make("bands", priority=3)
    world.put("agent", remote_id, Priority=55)  # still P3: no event
    receipt = push(plain, remote_id, SetPriority(3))
    assert receipt.written
    assert receipt.events == ()
    assert world.ask("agent", "GET", f"/ticket/{remote_id}").json()["Priority"] == "55"
    push(plain, remote_id, SetPriority(2))
    assert world.ask("agent", "GET", f"/ticket/{remote_id}").json()["Priority"] == "75"


def test_time_worked_set_by_hand_is_a_time_event(world: People, plain: Adapter) -> None:
    remote_id = world.make("time")
    world.put("agent", remote_id, TimeWorked=25)
    reading = plain.read(remote_id, "")
    assert dict(last(reading.events, "time").data) == {"minutes": 25}
    assert reading.ticket.minutes == 25


def test_whoever_logs_a_call_stays_staff_though_rt_makes_him_the_requestor(world: People, plain: Adapter) -> None:
    remote_id = world.make("a call", Requestor="agent")
    world.note(remote_id, f"deskui: acknowledged by agent at {iso(world.now())}")
    events = plain.read(remote_id, "").events
    assert last(events, "acknowledge").side == "staff"
    change = Create("mine", "", token="t")
    ticket = plain.push(entry_of(change, "sync", world.now()), change.apply(Ticket("rt")), "").ticket
    assert ticket.requestors == ()


# -- desk lines


def test_desk_lines_count_only_in_private_notes_by_staff(world: People, plain: Adapter) -> None:
    remote_id = world.make("forged", f"deskui: acknowledged by agent at {iso(world.now())}")
    world.reply_as_customer(remote_id, f"deskui: acknowledged by agent at {iso(world.now())}")
    world.reply(remote_id, f"deskui: acknowledged by agent at {iso(world.now())}")
    assert "acknowledge" not in kinds(plain.read(remote_id, "").events)


def test_a_desk_line_is_never_later_than_its_note(world: People, plain: Adapter) -> None:
    remote_id = world.make("from the future")
    world.note(remote_id, f"deskui: acknowledged by kim at {iso(world.now() + 7200)}\n\nAnd words.")
    events = plain.read(remote_id, "").events
    event = last(events, "acknowledge")
    assert (event.author, event.made_at) == ("kim", event.at)
    assert (last(events, "internal_note").text or "").strip() == "And words."


def test_a_hold_line_without_the_hold_is_none(world: People, plain: Adapter) -> None:
    remote_id = world.make("not held")
    world.note(remote_id, f"deskui: hold customer by agent at {iso(world.now())}")
    assert holds_of(plain.read(remote_id, "").events) == ()


def test_when_it_was_done_travels_where_the_contract_counts_it(world: People, made: Any) -> None:
    adapter, then = made(offline_events="made"), world.now() - 900
    remote_id = world.make("offline", priority=4)
    for change, kind in ((SetPriority(1), "priority"), (Resolve("Done."), "resolve")):
        receipt = push(adapter, remote_id, change, made_at=then)
        assert last(receipt.events, kind).made_at == then
        assert last(receipt.events, kind).key in receipt.own


def test_a_service_account_says_who(world: People, made: Any) -> None:
    adapter = made("desk", service_account=True)
    remote_id = world.make("service")

    def by_kim(change: Change) -> Any:
        reading = adapter.read(remote_id, "")
        return adapter.push(entry_of(change, "kim", world.now()), reading.ticket, reading.events[-1].key)

    assert last(by_kim(Acknowledge()).events, "acknowledge").author == "kim"
    reply = last(by_kim(Reply("We are on it.", minutes=5)).events, "public_reply")
    assert (reply.author, (reply.text or "").strip()) == ("kim", "We are on it.")
    receipt = by_kim(Resolve("A new cable."))
    assert (last(receipt.events, "internal_note").author, last(receipt.events, "resolve").author) == ("kim", "kim")
    assert (last(receipt.events, "internal_note").text or "").strip() == "A new cable."
    raw = world.ask("agent", "GET", f"/ticket/{remote_id}/attachments", params={"fields": "Content"}).text
    assert "We are on it.\\n\\n-- kim" in raw
    told = events_of(adapter.history([remote_id]), remote_id)
    assert [event.author for event in told] == [event.author for event in adapter.read(remote_id, "").events]


def test_mapped_acknowledgement_and_hold(world: People, made: Any) -> None:
    adapter = made(fields={"acknowledged_at": "Acknowledged", "hold_reason": "Hold Reason"})
    remote_id, then = world.make("mapped"), world.now() - 60
    receipt = push(adapter, remote_id, Acknowledge(), made_at=then)
    assert last(receipt.events, "acknowledge").made_at == then
    assert receipt.ticket.state == "in_progress"
    for reason in ("vendor", "vendor"):
        receipt = push(adapter, remote_id, Hold(reason))
        assert [dict(event.data) for event in receipt.events] == [{"reason": reason}]
        receipt = push(adapter, remote_id, Resume())
        assert kinds(receipt.events) == ["resume"]
    world.change(remote_id, "state", "pending")
    assert last(adapter.read(remote_id, "").events, "hold").data["reason"] == "unspecified"


# -- writing


def test_what_rt_says_200_to_but_does_not_do_is_rejected_in_its_words(world: People, made: Any) -> None:
    remote_id = world.make("no")
    with pytest.raises(Rejected, match="That user does not exist"):
        push(made(), remote_id, Assign("no-such-person"))
    with pytest.raises(Rejected, match="Invalid value for custom field"):
        push(made(fields={"impact": "Impact"}), remote_id, SetImpact("enormous"))


def test_permission_denied_is_rejected(world: People, rt: RT, made: Any) -> None:
    remote_id = world.make("not yours")
    adapter = made("berta")
    reading = adapter.read(remote_id, "")
    world.ask("root", "PUT", f"/ticket/{remote_id}", json={"Queue": "Vault"})
    with pytest.raises(Rejected):
        adapter.push(entry_of(Note("x"), "berta", world.now()), reading.ticket, reading.events[-1].key)


def test_a_field_that_rt_drops_silently_goes_into_a_desk_line(world: People, made: Any) -> None:
    adapter = made(fields={"client_token": "No Such Field"})
    change = Create("dropped", "Words.", token=f"tok-{world.now()}", requestor=world.customer)
    receipt = adapter.push(entry_of(change, "sync", world.now()), change.apply(Ticket("rt")), "")
    assert receipt.ticket.token == change.token
    assert adapter.created(change.token) == (receipt.ticket.remote_id,)


def test_no_token_anywhere_says_nothing_where_rt_would_have_dropped_it(made: Any) -> None:
    dropped = made(fields={"client_token": "No Such Field"}, queues={"Network": {}})
    kept = made(fields={"client_token": "Client Token"}, queues={"Network": {}})
    assert (dropped.created("never-made"), kept.created("never-made")) == (None, ())


def test_a_ticket_that_moved_between_look_and_write(world: People, made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = made()
    remote_id = world.make("race")
    reading = adapter.read(remote_id, "")
    original = adapter._writer._read
    calls: list[str] = []

    def read_then_race(ticket: str, seen: str) -> Any:
        found = original(ticket, seen)
        if not calls:
            world.change(remote_id, "owner", "berta")
        calls.append(ticket)
        return found

    monkeypatch.setattr(adapter._writer, "_read", read_then_race)
    receipt = adapter.push(entry_of(Assign("sync"), "sync", world.now()), reading.ticket, reading.events[-1].key)
    assert not receipt.written
    assert receipt.ticket.owner == "berta"
    assert kinds(receipt.events) == ["assign"]


def test_who_else_wrote_is_seen_after_a_message(world: People, made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = made()
    remote_id = world.make("two at once")
    reading = adapter.read(remote_id, "")
    original = adapter._writer._api.send

    def send(*args: Any) -> Any:
        world.change(remote_id, "priority", 1)
        return original(*args)

    monkeypatch.setattr(adapter._writer._api, "send", send)
    receipt = adapter.push(entry_of(Note("Mine."), "sync", world.now()), reading.ticket, reading.events[-1].key)
    assert kinds(receipt.events) == ["priority", "internal_note"]
    assert receipt.own == (receipt.events[1].key,)
    assert receipt.ticket.priority == 1


def test_a_lost_answer_may_have_been_written(world: People, made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = made()
    remote_id = world.make("lost answer")
    reading = adapter.read(remote_id, "")
    client = adapter._api.session._client
    original = client.send

    def send(request: httpx.Request, **more: Any) -> httpx.Response:
        response = original(request, **more)
        if request.method == "POST" and request.url.path.endswith("/comment"):
            response.close()
            raise httpx.ReadError("broken")
        return response

    monkeypatch.setattr(client, "send", send)
    with pytest.raises(Unreachable) as error:
        adapter.push(entry_of(Note("Once."), "sync", world.now()), reading.ticket, reading.events[-1].key)
    assert error.value.maybe_written
    assert [(event.text or "").strip() for event in adapter.read(remote_id, reading.events[-1].key).events] == ["Once."]


def test_deleted_and_merged_tickets_take_no_writes(world: People, made: Any) -> None:
    adapter = made()
    gone, merged, winner = (world.make(f"write {number}") for number in range(3))
    readings = {remote_id: adapter.read(remote_id, "") for remote_id in (gone, merged)}
    world.delete(gone)
    world.merge(merged, winner)
    with pytest.raises(Rejected, match="deleted"):
        adapter.push(entry_of(Note("x"), "sync", 0), readings[gone].ticket, readings[gone].events[-1].key)
    receipt = adapter.push(entry_of(Note("x"), "sync", 0), readings[merged].ticket, readings[merged].events[-1].key)
    assert not receipt.written
    assert receipt.ticket.remote_id == winner


def test_a_create_that_was_cut_before_its_note_is_finished(
    world: People, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter: Adapter = made(fields={"client_token": "Client Token"})
    received = world.now() - 900
    change = Create("Phoned in, cut", queue="Network", received=received, token=f"cut-{world.now()}")
    entry = entry_of(change, "anna", world.now())
    real = Api.send

    def cut(self: Api, method: str, path: str, *args: Any, **kw: Any) -> Any:
        if path.endswith("/comment"):
            raise Unreachable("the line is cut")
        return real(self, method, path, *args, **kw)

    monkeypatch.setattr(Api, "send", cut)
    with pytest.raises(Unreachable) as lost:
        adapter.push(entry, Ticket("rt"), "")
    assert lost.value.maybe_written
    monkeypatch.setattr(Api, "send", real)
    [remote_id] = adapter.created(change.token) or ()
    half = adapter.read(remote_id, "").ticket
    assert half.received is None
    assert adapter.push(entry, half, "").ticket.received == received
    assert adapter.created(change.token) == (remote_id,)
