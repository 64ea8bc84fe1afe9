"""What the first paint waits for: only what the queue's index answers, or what is asked among few tickets."""

from pathlib import Path

import pytest

from deskui.domain import query as queries
from deskui.store import atonce, firstpage, queue
from deskui.store.atonce import ALWAYS, FEW, FEW_OPEN, PLAIN
from deskui.store.store import Store
from tests.make import NOW, Clock, make_store

ME = frozenset(("anna",))
ASKED = {
    "": ALWAYS, "state:open (owner:me or owner:none)": ALWAYS, "prio:1,2 customer:nordkauf": ALWAYS, "is:late": ALWAYS,
    "state:pending": ALWAYS, "is:paused -is:doubtful": ALWAYS, "is:unacked sla:<30m": ALWAYS, "mail": FEW_OPEN,
    "-mail": FEW_OPEN, "is:changed": FEW_OPEN, "is:unsent": FEW_OPEN, "(prio:1 updated:>30m) or is:late": FEW_OPEN,
    "tag:vpn": FEW_OPEN, "has:note": FEW_OPEN, "due:<15m": FEW_OPEN, "state:all": FEW, "state:closed mail": FEW,
    "prio:1 or (state:resolved created:<1d)": FEW, "due:<06:00": PLAIN, "-is:vip": PLAIN,
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path, Clock())


@pytest.mark.parametrize(("text", "when"), ASKED.items())
def test_what_reads_more_than_the_index_is_for_few_tickets(store: Store, text: str, when: str) -> None:
    query = queries.parse(text, "UTC", NOW) if text else None
    assert atonce.when(query, "sla") == when
    assert atonce.when(query, "priority-") == when
    assert atonce.when(query, "updated^") == (FEW_OPEN if when == ALWAYS else when)


@pytest.mark.parametrize("order", ["sla", "sla-", "priority", "customer", "owner-", "state"])
@pytest.mark.parametrize("text", [text for text, when in ASKED.items() if when == ALWAYS])
def test_what_is_always_shown_is_answered_by_one_covering_index(store: Store, text: str, order: str) -> None:
    query = queries.parse(text, "UTC", NOW) if text else None
    sql, values = queue.select(query, ME, order, now=NOW)
    plan = store.read(lambda db: [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)])
    assert plan[0].startswith("SEARCH ticket USING COVERING INDEX ticket_queue (gone=? AND done=?")
    assert not [step for step in plan[1:] if "ticket" in step]


def test_few_are_counted_no_further_than_needed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    query = queries.parse("mail")
    assert store.read(lambda db: atonce.is_so(db, query, "sla"))
    monkeypatch.setattr(firstpage, "FEW", -1)
    assert not store.read(lambda db: atonce.is_so(db, query, "sla"))
    assert store.read(lambda db: atonce.is_so(db, None, "sla"))
    assert not store.read(lambda db: atonce.is_so(db, queries.parse("due:<06:00", "UTC", NOW), "sla"))
