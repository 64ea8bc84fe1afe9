"""Alerts: put on record once, claimed once for each person, muted, seen; the command; the pager; since when."""

import os
import subprocess
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deskui.domain.alert import Alert
from deskui.domain.change import Acknowledge, Assign, Create, Note
from deskui.domain.fields import SetPriority
from deskui.services.alerts import Alerts, Call, Manner
from deskui.services.desk import Desk
from deskui.services.hook import Hook, facts
from deskui.services.since import Since, counted
from deskui.services.thresholds import Thresholds
from deskui.store import pager, syncstate
from deskui.store.store import Store
from tests.make import Clock, make_event, make_rules, make_store, make_ticket, pull, queue, write
from tests.ui.desk import WholeDesk, whole_desk

DEFAULT = Manner()


def alerts_of(store: Store, me: str = "anna", manner: Manner = DEFAULT, argv: tuple[str, ...] = (), **more) -> Alerts:
    desk = Desk(store, make_rules(), lambda upstream: me, default_upstream="rt", **more)
    return Alerts(desk, me, store.path.parent, manner, ZoneInfo("UTC"), Hook(argv))


@pytest.fixture
def alerts(store: Store) -> Alerts:
    return alerts_of(store)


def heard(alerts: Alerts, mark: int = 0) -> list[tuple[str, str, bool]]:
    return [(each.what, each.ticket, each.silent) for each in alerts.news(mark).result()[1]]


def p1(store: Store, clock: Clock, number: int = 1, **values) -> str:
    made = clock.now
    ticket = make_ticket(number, priority=1, created=made, updated=made, **values)
    return pull(store, ticket, [make_event("created", made)])


def test_a_query_keeps_its_tickets_and_what_is_about_none(store: Store, alerts: Alerts, clock: Clock):
    p1(store, clock, 1, customer="Nordkauf")
    p1(store, clock, 2, customer="Kranz AG")
    alerts.turn()
    away = Alert("offline/rt/1", "offline", clock.now, text="rt")
    found = [*alerts.news(0).result()[1], away]
    assert [each.ticket for each in alerts.about(found, 'customer:"Kranz AG"')] == ["RT-2", ""]
    assert [each.ticket for each in alerts.about(found, "customer:Nordkauf prio:1")] == ["RT-1", ""]
    assert alerts.about(found, "prio:3") == [away]
    with pytest.raises(ValueError, match="at character 6"):
        alerts.about((), "prio:9")


def test_a_new_p1_is_put_on_record_once_whoever_looks(store: Store, alerts: Alerts, clock: Clock):
    p1(store, clock)
    pull(store, make_ticket(2, priority=2, created=clock.now, updated=clock.now), [make_event("created", clock.now)])
    with make_store(store.path.parent, clock) as other:
        assert [alerts.turn(), alerts_of(other).turn(), alerts.turn()] == [1, 0, 0]
    assert heard(alerts) == [("p1", "RT-1", False)]
    mark, found = alerts.news(0).result()
    assert found[0].subject == "Ticket 1"
    assert found[0].due == clock.now + 900
    assert alerts.news(mark).result() == (mark, [])
    assert alerts_of(store).mark() == mark  # a restart begins there


def test_an_old_p1_is_none_that_is_new_unless_it_has_just_become_one(store: Store, alerts: Alerts, clock: Clock):
    old = clock.now - 7200
    pull(store, make_ticket(1, priority=1, created=old, updated=clock.now), [make_event("created", old)])
    assert alerts.turn() == 0
    raised = make_event("priority", clock.now - 60, **{"from": 3, "to": 1})
    pull(store, make_ticket(2, priority=1, created=old, updated=clock.now), [make_event("created", old), raised])
    assert alerts.turn() == 1
    assert heard(alerts) == [("p1", "RT-2", False)]


def test_a_p1_of_mine_or_with_a_change_waiting_calls_nobody(store: Store, alerts: Alerts, clock: Clock):
    p1(store, clock, 1, owner="anna")
    queue(store, p1(store, clock, 2), Note("on it"))
    assert alerts.turn() == 1
    assert heard(alerts) == [("p1", "RT-1", True)]
    assert alerts.calls(alerts.news(0).result()[1], clock.now) == []


def test_a_read_only_desk_records_nothing(store: Store, clock: Clock):
    p1(store, clock)
    assert alerts_of(store, read_only=True).turn() == 0


def test_an_upstream_that_is_away_and_back(store: Store, alerts: Alerts, clock: Clock):
    write(store, lambda tx: syncstate.put(tx, "rt", offline_since=clock.now - 119))
    assert alerts.turn() == 0
    clock.now += 1
    assert [alerts.turn(), alerts.turn()] == [1, 0]
    write(store, lambda tx: syncstate.put(tx, "rt", offline_since=None))
    assert [alerts.turn(), alerts.turn()] == [1, 0]
    assert [each.what for each in alerts.news(0).result()[1]] == ["offline", "online"]
    write(store, lambda tx: syncstate.put(tx, "rt", offline_since=clock.now))
    clock.now += 200
    assert alerts.turn() == 1


def test_thresholds_are_alerts_too_and_a_change_that_waits_silences_them(store: Store, alerts: Alerts, clock: Clock):
    uid = pull(store, make_ticket(1, created=clock.now - 3700), [make_event("created", clock.now - 3700)])
    Thresholds(alerts._desk).run()
    found = alerts.news(0).result()[1]
    assert [each.share for each in found] == [50, 75, 90, 100]
    assert [each.what for each in found] == ["threshold"] * 3 + ["breach"]
    calls = alerts.calls(found, clock.now)
    assert [(call.alert.share, "banner" in call.rungs) for call in calls] == [(100, True)]
    assert alerts.standing(found[-1:]).result() == {found[-1].key}
    queue(store, uid, Acknowledge())
    assert alerts.calls(alerts.news(0).result()[1], clock.now) == []
    assert alerts.standing(found[-1:]).result() == frozenset()
    clock.now += 1000
    assert alerts.calls(found, clock.now) == []  # history


def test_what_was_seen_does_not_stand(store: Store, alerts: Alerts, clock: Clock):
    p1(store, clock)
    alerts.turn()
    found = alerts.news(0).result()[1]
    assert alerts.standing(found).result()
    alerts_of(store, "kim").see(found[0]).result()
    assert not alerts.standing(found).result()


def test_one_person_is_called_once_and_the_command_runs_once(store: Store, alerts: Alerts, clock: Clock):
    p1(store, clock)
    alerts.turn()
    calls = alerts.calls(alerts.news(0).result()[1], clock.now)
    keys = frozenset(call.alert.key for call in calls)
    with make_store(store.path.parent, clock) as other:
        again, kim = alerts_of(other), alerts_of(other, "kim")
        assert [each.claim(calls, "terminal").result() for each in (alerts, again, kim)] == [keys, frozenset(), keys]
        told = [each.claim(calls, "command").result() for each in (alerts, again, kim)]
        assert told == [keys, frozenset(), frozenset()]


def test_mute_and_night(store: Store, clock: Clock):
    alerts, kim = alerts_of(store, manner=Manner(mute_s=600)), alerts_of(store, "kim")
    assert alerts.night(clock.now)  # 02:07
    assert not alerts.night(clock.now + 6 * 3600)
    assert alerts.mute(clock.now).result() == clock.now + 600
    assert [each.muted(clock.now + 599) for each in (alerts, kim, alerts_of(store))] == [True, False, True]
    assert not alerts.muted(clock.now + 600)
    assert alerts.mute(clock.now + 1).result() == 0
    assert not alerts.muted(clock.now + 2)


# --- the command


WRITES = "import os,sys; open(sys.argv[1],'a').write(repr((sys.argv[2:], os.environ['DESKUI_ALERT_SUBJECT'], 'DESKUI_SECRET_RT' in os.environ))+chr(10))"  # noqa: E501
HOSTILE = Alert("k", "p1", 1, "RT-1", "a\x1b]0;x\x07\nb; rm -rf / $(id) \ud800" + "x" * 9000, "N\0ord", 1)


def test_the_command_gets_inert_facts_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DESKUI_SECRET_RT", "hunter2")
    hook = Hook((sys.executable, "-c", WRITES, str(tmp_path / "out")))
    hook.run(HOSTILE)
    hook.close(20)
    (argument,), subject, secret = eval((tmp_path / "out").read_text())
    assert argument.startswith("P1 RT-1 N^@ord: new P1: a^[]0;x^G b; rm -rf / $(id)")
    assert argument.isprintable()
    assert len(argument) <= 200
    assert subject.isprintable()
    assert not secret
    assert all(value.isprintable() and len(value) <= 200 for value in facts(HOSTILE).values())


def test_a_slow_command_is_stopped_with_its_children_and_nobody_waits(tmp_path: Path):
    said: list[str] = []
    hook = Hook(("/bin/sh", "-c", f"sleep 60 & echo $! > {tmp_path}/pid; wait"), deadline_s=1.0)
    hook.tell = said.append
    began = time.monotonic()
    for _ in range(3):
        hook.run(HOSTILE)
    assert time.monotonic() - began < 0.5
    hook.close(20)
    assert said == ["the alert command /bin/sh took longer than 1 s and was stopped"]  # once
    child = int((tmp_path / "pid").read_text())
    for _ in range(50):
        state = Path(f"/proc/{child}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            break
        time.sleep(0.1)
    else:
        pytest.fail("its child still runs")


@pytest.mark.parametrize(
    ("argv", "says"), [(("/no/such",), "cannot be run"), (("/bin/sh", "-c", "exit 3"), "ended with 3")]
)
def test_a_command_that_fails_is_told_once_until_it_works(argv, says):
    said: list[str] = []
    hook = Hook(argv)
    hook.tell = said.append
    hook.run(HOSTILE)
    hook.run(HOSTILE)
    hook.close(20)
    assert len(said) == 1
    assert says in said[0]


def test_without_a_command_nothing_is_started():
    hook = Hook(())
    hook.run(HOSTILE)
    assert hook._thread is None


def test_only_what_calls_for_it_runs_the_command(store: Store, tmp_path: Path):
    alerts = alerts_of(store, argv=(sys.executable, "-c", WRITES, str(tmp_path / "out")))
    alerts.page([Call(HOSTILE, frozenset(("status",)))])
    alerts.page([Call(Alert("l", "p1", 1, "RT-2", "two"), frozenset(("command",)))] * 2)
    write(store, lambda tx: None)  # what was claimed before is run by now
    alerts.hook.close(20)
    assert (tmp_path / "out").read_text().count("two") == 2  # the argument and the subject


# --- the pager


def test_a_pager_is_there_as_long_as_its_process(store: Store):
    home = store.path.parent
    expecting, careless = alerts_of(store, manner=Manner(pager=True)), alerts_of(store)
    assert expecting.unwatched()
    assert not careless.unwatched()
    code = f"from pathlib import Path; from deskui.store import pager\nwith pager.on_duty(Path({str(home)!r})): print(1, flush=True); input()"  # noqa: E501
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert pager.alive(home)
        assert not expecting.unwatched()
        process.kill()
        process.wait()
    assert expecting.unwatched()
    assert (home / "pager.lock").stat().st_mode & 0o777 == 0o600


# --- since


@pytest.fixture
def whole(tmp_path: Path):
    with whole_desk(tmp_path / "home") as desk:
        yield desk


def test_since_knows_when_this_persons_console_was_open_last(store: Store, tmp_path: Path):
    desk = alerts_of(store)._desk
    assert Since(desk, "../an na", tmp_path).left is None
    Since(desk, "../an na", tmp_path).keep(1000)
    Since(desk, "kim", tmp_path).keep(2000)
    assert Since(desk, "../an na", tmp_path).left == 1000
    assert sorted(each.name for each in (tmp_path / "left").iterdir()) == ["..%2Fan%20na", "kim"]
    os.chmod(tmp_path / "left", 0o700)
    (tmp_path / "left" / "kim").write_text("no number")
    assert Since(desk, "kim", tmp_path).left is None


def test_since_has_everything_that_happened_but_what_i_did(whole: WholeDesk):
    desk = whole.services.desk
    alerts = Alerts(desk, "anna", whole.home, Manner(), ZoneInfo("UTC"), Hook(()))
    known, clashing = whole.make("Known", priority=2), whole.make("Clashing", priority=3)
    whole.clock.now += 10
    left = whole.clock.now
    whole.clock.now += 60
    whole.world.change_as("kim", known.removeprefix("RT-"), Assign("kim"))
    whole.do(clashing, SetPriority(1))
    whole.world.change_as("kim", clashing.removeprefix("RT-"), SetPriority(4))
    whole.do(known, Note("mine"))
    whole.clock.now += 60
    whole.sync()
    whole.world.make(Create("Fresh \x1b[31m", "x", customer="Nordkauf", priority=3), at=whole.clock.now)
    whole.sync()
    Thresholds(desk).run()
    alerts.turn()
    found = Since(desk, "anna", whole.home).items(left).result()
    said = {(each.kind, each.text) for each in found}
    assert ("change", "owner - -> kim (kim)") in said
    assert ("change", "P3 -> P4 (kim)") in said
    assert ("new", "P3 Nordkauf") in said
    assert ("conflict", "priority (kim)") in said
    assert ("sent", "note") in said
    assert [each.at for each in found] == sorted((each.at for each in found), reverse=True)
    assert "1 new" in counted(found)
    assert Since(desk, "anna", whole.home).items(whole.clock.now + 1).result() == []
