"""The night: a technician works through a network cut on a real RT or Redmine and a host; nothing is lost or doubled.

300 tickets (of Redmine 60); the system goes away; verbs of every kind, a runbook and a new ticket; the console is
killed; the system comes back with a colleague's changes; it is then read through its own REST, and a second home must
show the same.
"""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from deskui.domain.when import iso
from tests.integration.desks import Home, make_home
from tests.integration.people import People
from tests.integration.redmine_people import RedminePeople
from tests.ui.terminal_walk import walk

RECEIVED_AGO = 1800


def in_console(home: Home, keys: list[tuple[str, str]]) -> None:
    """Open the console in a terminal, wait for each pattern, press the keys; then kill -9."""
    with walk(env=home.env) as screen:
        for pattern, press in keys:
            screen.wait(pattern)
            screen.press(press)
        screen.kill()


def working(start: int, seconds: int) -> int:
    """A naive walk: the instant when `seconds` of Mon-Fri 09-18 UTC after `start` are used up, second by second."""
    at = start
    while seconds > 0:
        moment = datetime.fromtimestamp(at, UTC)
        seconds -= moment.weekday() < 5 and 9 <= moment.hour < 18
        at += 1
    return at


@dataclass(frozen=True)
class System:
    """A real one: the adapter's name, how to stop and start it, and a colleague who works in it."""

    name: str
    server: Any
    people: Any
    tickets: int


@pytest.fixture(params=["rt", "redmine"])
def system(request: pytest.FixtureRequest) -> Iterator[System]:
    """Each of the systems; it runs after the test, however the test ends."""
    server = request.getfixturevalue(request.param)
    rt = request.param == "rt"
    people = People(server.url, server.tokens["berta"]) if rt else RedminePeople(server.url, server.keys)
    yield System(request.param, server, people, 300 if rt else 60)  # Redmine takes tickets one by one
    people.close()
    server.start()


def test_a_night_with_the_network_cut(system, sshd, tmp_path):
    name, berta = system.name, system.people
    mark = f"night-{os.getpid()}-{int(time.time()) % 10**5}"
    priorities = [2, 2, 2, 2, 2, 2, 2, 3, 1] + [1 + n % 4 for n in range(system.tickets - 9)]
    made = berta.some(
        [(f"{mark} {'lifts' if n == 8 else n}", f"body {n}", priority) for n, priority in enumerate(priorities)]
    )
    acked, noted, replied, held, raised, resolved, clash, office, cued = (f"{name.upper()}-{made[n]}" for n in range(9))

    anna = make_home(tmp_path / "anna", system.server, sshd, "agent", name)
    first = anna.run("sync", "--once", "--json")
    assert first["upstreams"][name]["pulled"] >= system.tickets
    listed = anna.run("list", mark, "--json")
    assert listed["total"] == system.tickets
    assert all(ticket["clock"] for ticket in listed["tickets"]), "a clock without facts after a whole pull"

    # The network goes.  Everything goes on.
    system.server.stop()
    anna.run("do", acked, "ack", "--json")
    anna.run("do", acked, "assign", "me", "--json")
    anna.run("do", noted, "note", "-m", "Switch 3 reboots\nevery 7 min", "--minutes", "7", "--json")
    anna.run("do", replied, "reply", "-m", "We are on it.", "--json")
    anna.run("do", held, "hold", "customer", "--json")
    anna.run("do", raised, "priority", "P1", "--json")
    anna.run("do", resolved, "resolve", "-m", "Fan replaced", "--json")
    anna.run("do", clash, "priority", "P1", "--json")
    refused = anna.run("do", acked, "close", "--json", code=1)
    assert refused["error"]["kind"] == "refused"
    received = int(time.time()) - RECEIVED_AGO
    new = anna.run(
        "new", "--subject", f"{mark} phoned in", "--priority", "P2", "--received", iso(received), "--queue", "Network",
        "--requestor", "carl@desk.test", "-m", "Doors do not open", "--json",
    )  # fmt: skip
    assert re.fullmatch(rf"{name.upper()}-~\d+", new["ticket"])
    down = anna.run("sync", "--once", "--json", code=3)
    assert down["upstreams"][name]["offline"]
    assert down["open"]["queued"] == 9

    diag = anna.run("diag", "run", "linux-health", "sw1", "--ticket", noted, "--json")
    assert diag["ok"]
    assert {step["status"] for step in diag["steps"]} <= {"ok", "notice", "warning", "skipped"}

    # The console is killed in the middle of work, and opened again: what was acknowledged to the technician is there.
    in_console(
        anna,
        [
            ("SUBJECT", f"/{mark} lifts\r"),
            (rf"1/1 *\n(.*\n)+.*{cued}", "a"),
            ("lifts +me ", ""),
        ],
    )
    waiting = anna.run("outbox", "--json")["changes"]
    assert {(c["ticket"], c["verb"]) for c in waiting} >= {(cued, "ack"), (cued, "assign"), (noted, "note")}
    in_console(anna, [("SUBJECT", f"/{mark} lifts\r"), ("lifts +me ", "")])

    # It is back, and a colleague has been at two of the same tickets: one true clash, one not.
    system.server.start()
    berta.raise_to(made[6], 3)
    berta.take(made[3])
    berta.comment(made[3], "called them")
    sync = anna.run("sync", "--once", "--json", code=1)
    assert sync["upstreams"][name]["conflicts"] == 1
    for _ in range(3):  # a reply waits its ten seconds
        if not anna.run("outbox", "--json")["changes"][1:]:
            break
        time.sleep(4)
        anna.run("sync", "--once", "--json")
    [row] = anna.run("conflicts", "--json")["conflicts"]
    assert (row["ticket"], row["field"], row["base"], row["mine"], row["theirs"], row["by"]) == (
        clash, "priority", "P2", "P1", "P3", "berta",
    )  # fmt: skip
    states = {c["state"] for c in anna.run("outbox", "--json")["changes"]}
    assert states == {"conflict"}

    # What the system has: every change once.
    assert berta.now(made[0])["owner"] == "agent"
    assert [body.count("every 7 min") for body in berta.notes(made[1])].count(1) == 1
    assert sum("linux-health" in body for body in berta.notes(made[1])) == 1
    assert berta.now(made[1])["minutes"] == 7
    assert [body.strip() for body in berta.replies(made[2])] == ["We are on it."]
    assert berta.now(made[3])["state"] == "pending"
    assert berta.now(made[4])["priority"] == 1
    assert berta.now(made[5])["state"] == "resolved"
    assert sum("Fan replaced" in body for body in berta.notes(made[5])) == 1
    assert berta.now(made[6])["priority"] == 3
    assert berta.now(made[8])["owner"] == "agent"
    [phoned] = berta.find(f"{mark} phoned in")

    # The clocks, by hand from its own stamps.  P1 and P2 run 24x7, P3 in office hours.
    def created(n: int) -> int:
        return int(berta.now(made[n])["created"])

    def clocks(home: Home, ticket: str) -> dict[str, Any]:
        return home.run("show", ticket, "--json")["clocks"]

    ack = berta.when(made[0], "note")
    response = clocks(anna, acked)["response"]
    assert (response["state"], response["stopped_at"], response["elapsed_s"]) == (
        "stopped", iso(ack), ack - created(0),
    )  # fmt: skip
    replied_at = berta.when(made[2], "reply")
    assert clocks(anna, replied)["response"]["elapsed_s"] == replied_at - created(2)
    stalled = berta.when(made[3], "pending")
    hold = clocks(anna, held)
    assert (hold["resolution"]["state"], hold["resolution"]["due"]) == ("paused", None)
    assert hold["resolution"]["remaining_s"] == 8 * 3600 - (stalled - created(3))
    assert hold["response"]["due"] == iso(created(3) + 3600)
    assert clocks(anna, raised)["resolution"]["due"] == iso(created(4) + 4 * 3600)
    assert clocks(anna, raised)["response"]["due"] == iso(created(4) + 15 * 60)
    done = berta.when(made[5], "resolved")
    assert clocks(anna, resolved)["resolution"]["elapsed_s"] == done - created(5)
    assert clocks(anna, clash)["resolution"]["target_s"] == 24 * 3600
    assert clocks(anna, office)["response"]["due"] == iso(working(created(7), 4 * 3600))
    assert clocks(anna, f"{name.upper()}-{phoned}")["response"]["due"] == iso(received + 3600)
    assert anna.run("show", new["ticket"], "--json")["id"] == f"{name.upper()}-{phoned}", (
        "its first name stays an alias"
    )

    # A second console on the same system sees the same facts and the same clocks.
    second = make_home(tmp_path / "berta", system.server, sshd, "berta", name)
    second.run("sync", "--once", "--json")
    again = second.run("show", held, "--json")
    assert (again["hold_reason"], again["owner"]) == ("customer", "berta")
    for ticket in (acked, noted, replied, held, raised, clash, office, cued, f"{name.upper()}-{phoned}"):
        ours, theirs = anna.run("show", ticket, "--json"), second.run("show", ticket, "--json")
        assert _facts(theirs) == _facts(ours), ticket
        for kind, clock in ours["clocks"].items():
            fixed = {k: v for k, v in clock.items() if clock["state"] != "running" or not k.endswith("_s")}
            assert fixed.items() <= theirs["clocks"][kind].items(), (ticket, kind)

    # The clash is settled by a person: mine, knowingly.
    anna.run("conflicts", "resolve", clash, "priority", "mine", "--json")
    anna.run("sync", "--once", "--json")
    assert berta.now(made[6])["priority"] == 1
    assert anna.run("conflicts", "--json")["conflicts"] == []
    berta.reject([number for number, priority in zip(made, priorities, strict=True) if priority == 1])


def _facts(shown: dict[str, Any]) -> list[tuple[Any, ...]]:
    return sorted((e["at"], e["type"], e["author"], e["made_at"] or "", e["text"] or "") for e in shown["events"])
