"""A change of the rules: every clock anew, and stopped ones keep their figures until somebody says otherwise."""

import json
from pathlib import Path

import pytest

from deskui.domain.contract import Contract, Rules
from deskui.domain.contractfile import parse
from deskui.domain.sla import Run
from deskui.store import derive, rebuild, slafacts, tickets
from deskui.store import recount as recounting
from deskui.store.recount import Recount
from deskui.store.store import Store
from tests import make
from tests.make import NOW, POLICY, make_event, make_store, make_ticket, pull, write

FACTS = ("runs", "clock", "due", "frozen", "mode", "calendar", "nofirst", "late", "response_due", "resolution_due",
         "band", "sort_due")  # fmt: skip


def rules(version: str, **targets: str) -> Rules:
    """The default rules with other targets for P2."""
    default: Contract = parse({"targets": {"P2": targets}} if targets else {}, "test", POLICY)
    return Rules({}, default, lambda: version)


def columns(store: Store) -> list[tuple]:
    return store.read(lambda db: db.execute(f"SELECT id, {', '.join(FACTS)} FROM ticket ORDER BY pk").fetchall())


def recount(store: Store, law: Rules, first: bool = False, **how) -> Recount:
    store.rules = law
    done = Recount(**how)
    store.write_each(done.steps(), background=not first).result(30)
    store.write(done.end).result(30)
    return done


@pytest.fixture
def store(tmp_path: Path):
    with make_store(tmp_path, rules=rules("1")) as opened:
        yield opened


def answered(store: Store, number: int) -> str:
    """A P2 that was answered after ten minutes."""
    events = [make_event("created", NOW - 3600), make_event("public_reply", NOW - 3000)]
    return pull(store, make_ticket(number, state="in_progress"), events)


def test_running_clocks_take_the_new_rules(store: Store):
    pull(store, make_ticket(1), [make_event("created", NOW - 3600)])
    assert store.read(lambda db: db.execute("SELECT response_due FROM ticket").fetchone()) == (NOW,)
    done = recount(store, rules("2", response="2h"))
    assert store.read(lambda db: db.execute("SELECT response_due, due FROM ticket").fetchone()) == (NOW + 3600,) * 2
    assert (done.done, done.changed, done.altered) == (1, 1, [])
    assert store.read(lambda db: db.execute("SELECT value FROM meta WHERE key = 'rules'").fetchone()) == ("2",)


def test_the_console_looks_at_the_rules_after_its_first_paint(tmp_path: Path):
    with make_store(tmp_path, rules=rules("1")) as store:
        pull(store, make_ticket(1), [make_event("created", NOW - 3600)])
    with Store(tmp_path / "desk.db", rules("2", response="2h"), lambda: NOW).open(later=True) as store:
        assert store.read(lambda db: db.execute("SELECT due FROM ticket").fetchone()) == (NOW,)
        store.catch_up()
        store.write(lambda tx: None, background=True).result(30)  # behind the pass
        assert store.read(lambda db: db.execute("SELECT due FROM ticket").fetchone()) == (NOW + 3600,)
    with Store(tmp_path / "desk.db", rules("2", response="3h"), lambda: NOW).open(later=True) as store:
        store.catch_up()  # the same version: nothing is to be done
        store.write(lambda tx: None, background=True).result(30)
        assert store.read(lambda db: db.execute("SELECT due FROM ticket").fetchone()) == (NOW + 3600,)


def test_stopped_clocks_keep_their_figures_and_are_listed(store: Store):
    uid = answered(store, 1)
    done = recount(store, rules("2", response="5m", resolution="1h"))
    (found,) = done.altered
    assert (found.ticket, found.clock) == ("RT-1", "response")
    assert (found.old["target"], found.new["target"]) == (3600, 300)
    runs = store.read(lambda db: tickets.runs(db, uid))
    assert runs is not None
    assert (runs["response"].target, runs["resolution"].target) == (3600, 3600)
    write(store, lambda tx: tickets.rebuild(tx, [uid]))  # and later, whatever comes in
    runs = store.read(lambda db: tickets.runs(db, uid))
    assert runs is not None
    assert runs["response"].target == 3600


def test_asked_again_the_same_is_listed_and_nothing_is_written_twice(store: Store):
    answered(store, 1)
    first = recount(store, rules("2", response="5m"))
    again = recount(store, rules("2", response="5m"))
    assert [each.clock for each in again.altered] == [each.clock for each in first.altered] == ["response"]
    assert store.read(lambda db: db.execute("SELECT count(*) FROM journal WHERE kind = 'kept'").fetchone()) == (1,)


def test_rewrite_takes_the_new_figures_for_good(store: Store):
    uid = answered(store, 1)
    recount(store, rules("2", response="5m"))
    done = recount(store, rules("2", response="5m"), rewrite=True, author="kim")
    assert [each.clock for each in done.altered] == ["response"]
    write(store, lambda tx: tickets.rebuild(tx, [uid]))
    runs = store.read(lambda db: tickets.runs(db, uid))
    assert runs is not None
    assert runs["response"].target == 300
    assert recount(store, rules("2", response="5m")).altered == []
    row = store.read(lambda db: db.execute("SELECT author, data FROM journal ORDER BY pk DESC LIMIT 1").fetchone())
    assert row == ("kim", "{}")


def test_a_kept_figure_ends_when_the_clock_runs_again(store: Store):
    events = [make_event("created", NOW - 3600), make_event("resolve", NOW - 1800)]
    uid = pull(store, make_ticket(1, state="resolved"), events)
    recount(store, rules("2", resolution="1h"))

    def reopen(tx):
        tickets.add_events(tx, uid, [make_event("reopen", NOW - 600)])
        tickets.rebuild(tx, [uid])

    write(store, reopen)
    runs = store.read(lambda db: tickets.runs(db, uid))
    assert runs is not None
    assert (runs["resolution"].state, runs["resolution"].target) == ("run", 3600)


@pytest.mark.parametrize("alone", [False, True])
def test_the_quick_way_and_the_long_way_agree(tmp_path: Path, alone: bool):
    """Tickets of every kind: the pass writes what `rebuild` would have written."""
    with make_store(tmp_path, rules=rules("1")) as store:
        histories = [
            [("created", 0)],
            [("created", 0), ("public_reply", 0), ("hold", 0)],
            [("created", 0), ("acknowledge", 60), ("hold", 120), ("resume", 120), ("resolve", 700), ("reopen", 900)],
            [("created", 0), ("priority", 100), ("internal_note", 101), ("cancel", 500)],
        ]
        for number, history in enumerate(histories, 1):
            events = [
                make_event(kind, NOW - 3600 + at, **({"to": 3, "from": 2} if kind == "priority" else {}))
                for kind, at in history
            ]
            state = {"cancel": "cancelled", "hold": "pending"}.get(history[-1][0], "in_progress")
            pull(store, make_ticket(number, state=state, priority=3 if number == 4 else 2), events)
        pull(store, make_ticket(9), [], history="none")
        pull(store, make_ticket(10, received=NOW - 7200), [make_event("created", NOW - 3600)])
        law = rules("2", response="30m", resolution="90m")
        recount(store, law, rewrite=True, alone=alone)
        quick = columns(store)
        uids = store.read(lambda db: [uid for (uid,) in db.execute("SELECT uid FROM ticket")])
        write(store, lambda tx: rebuild.rebuild(tx, uids))
        assert quick == columns(store)


@pytest.mark.parametrize("alone", [False, True])
def test_every_ticket_has_its_turn_whatever_the_slices(store: Store, alone: bool, monkeypatch: pytest.MonkeyPatch):
    """Those that move in the queue meanwhile, finished ones and tombstones too."""
    monkeypatch.setattr(recounting, "SLICE", 2)
    monkeypatch.setattr(recounting, "ALONE", 2)
    monkeypatch.setattr(recounting, "PART", 1)
    monkeypatch.setattr(recounting, "_ORDER", recounting._ORDER.replace("5000", "3"))
    uids = []
    for number in range(1, 8):
        events = [make_event("created", NOW - 3600 * number, priority=2)]
        events += [make_event(kind, NOW - 600 * number) for kind in ("hold", "resume", "acknowledge")[: number % 4]]
        events += [make_event("resolve", NOW - 60)] if number == 5 else []
        ticket = make_ticket(number, created=NOW - 3600 * number, state="resolved" if number == 5 else "in_progress")
        uids.append(pull(store, ticket, events))
    write(store, lambda tx: tickets.tombstone(tx, uids[6], None, NOW))
    heard: list[int] = []
    done = recount(store, rules("2", response="30m", resolution="90m"), rewrite=True, alone=alone, tell=heard.append)
    assert (done.done, heard) == (7, [2, 4, 6, 7])
    quick = columns(store)
    write(store, lambda tx: rebuild.rebuild(tx, uids))
    assert quick == columns(store)


def test_a_service_of_the_ticket_has_its_own_targets_in_the_pass_too(store: Store):
    own = {"scope": "in", "clause": "1", "targets": {"P2": {"response": "20m"}}}
    services = {"shop": {**own, "cis": ["web1"]}, "mail": {**own, "categories": ["mail"]}}
    spec = {"catalogue": {"shop": "Shop", "mail": "Mail"}, "services": services}
    law = Rules({}, parse(spec, "test", POLICY), lambda: "2")
    for number, more in enumerate([{}, {"cis": ("web1",)}, {"category": "mail"}], 1):
        pull(store, make_ticket(number, **more), [make_event("created", NOW - 3600, priority=2)])
    recount(store, law)
    found = store.read(lambda db: db.execute("SELECT response_due FROM ticket ORDER BY pk").fetchall())
    assert [due - (NOW - 3600) for (due,) in found] == [3600, 1200, 1200]


def test_what_is_noted_while_the_pass_goes_on_counts(store: Store):
    uid = pull(store, make_ticket(1), [make_event("created", NOW - 3600)])
    noted = slafacts.Noted()
    names = store.read(lambda db: slafacts.subjects_of(db, uid))
    write(store, lambda tx: noted.follow(tx.db))
    assert not noted.any(names)
    data = {"from": NOW - 1800, "to": NOW - 600, "reason": "customer", "approver": "kim"}
    write(store, lambda tx: slafacts.journal.append(tx, slafacts.EXCLUSION, names[1], data, author="anna"))
    write(store, lambda tx: slafacts.journal.append(tx, "ci", "ticket:other", {}, author="anna"))
    write(store, lambda tx: noted.follow(tx.db))
    assert noted.any(names)
    assert not noted.any(("ticket:other", ""))


def test_progress_is_told(store: Store):
    for number in range(1, 4):
        pull(store, make_ticket(number), [make_event("created", NOW - 3600)])
    heard: list[int] = []
    recount(store, rules("2"), tell=heard.append)
    assert heard == [3]


def test_exclusions_count_in_rebuild_and_in_the_pass(store: Store):
    uid = pull(store, make_ticket(1), [make_event("created", NOW - 3600)])
    due = columns(store)[0][3]

    def exclude(tx):
        names = slafacts.subjects_of(tx.db, uid)
        data = {"from": NOW - 1800, "to": NOW - 600, "reason": "customer", "approver": "kim"}
        slafacts.journal.append(tx, slafacts.EXCLUSION, names[1], data, author="anna")
        tickets.rebuild(tx, [uid])

    write(store, exclude)
    assert columns(store)[0][3] == due + 1200
    recount(store, rules("2"))
    assert columns(store)[0][3] == due + 1200
    kept = make.POLICY["targets"]["P2"]
    assert kept["response"] == "1h"


@pytest.mark.parametrize(
    "run",
    [
        Run("run", 3600, "24x7", 0, NOW, NOW + 3600, None),
        Run("paused", 3600, 'ter"minal \\ ü\n', 60, None, None, None),
        Run("stopped", 3600, "", 60, None, NOW, NOW + 60),
        Run("run", 3600, "office", 60, NOW, None, None, ((1, 2), (3, 4))),
    ],
)
def test_runs_are_written_as_an_encoder_would(run: Run):
    runs = {"response": run, 'up"date': run}
    wanted = json.dumps(
        {name: each.to_json() for name, each in runs.items()}, ensure_ascii=False, separators=(",", ":")
    )
    assert derive.of_runs(runs).runs == wanted
