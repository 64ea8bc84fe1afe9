"""The night by keys: the console in a real terminal on a real RT and a real host, and what RT has in the end."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration.desks import PRIORITY, Home, make_home
from tests.integration.people import People
from tests.ui.terminal_walk import ENTER, ESC, F2, TAB, Walk, environment, walk

SUBJECTS = ("tills", "lifts", "vpn", "doors", "spam", "moved", "plain")
ASKED = r"press its key"
SYNCED = r"^deskui .* sync \d\d:\d\d$"  # the heading: below the banner of an alert, when there is one


@dataclass
class Night:
    """A technician's desk, and the tickets of this walk by the last word of their subject; `plain` stays as it is."""

    home: Home
    berta: People
    mark: str
    made: dict[str, str]

    def id(self, word: str) -> str:
        """RT-17."""
        return f"RT-{self.made[word]}"

    def console(self, size: tuple[int, int] = (80, 24), **env: str) -> Any:
        """The console on this desk."""
        return walk(size=size, env={**self.home.env, **env})

    def go(self, screen: Walk, word: str) -> None:
        """From the queue: filter, so that the cursor stands on that ticket."""
        screen.press(f"/\x15{self.mark} {word}{ENTER}")
        screen.wait(rf"^/{self.mark} {word} .*1/1$")
        screen.wait(rf"{self.id(word)} .*{word}")


@pytest.fixture(scope="module")
def night(rt: Any, sshd: Any, berta: People, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    tmp_path = tmp_path_factory.mktemp("walk")
    mark = f"walk{os.getpid()}{int(time.time()) % 1000}"
    home = make_home(tmp_path / "anna", rt, sshd, "agent")
    home.run("sync", "--once", "--json")  # what others left here is no news: no banner takes the keys
    ids = berta.make(
        [
            {"Queue": "Network", "Subject": f"{mark} {word}", "Content": f"nothing works: {word}",
             "Priority": PRIORITY[2], "Requestor": "carl@desk.test",
             "CustomFields": {"Hosts": "moved" if word == "moved" else "sw1"}}
            for word in SUBJECTS
        ]
    )  # fmt: skip
    address, port = sshd.hosts["moved"]
    inventory = tmp_path / "moved.csv"
    inventory.write_text(
        f"name,kind,address,port,user,key,customer\nmoved,server,{address},{port},{sshd.user},{sshd.key},Kunde\n"
    )
    home.run("ci", "import", str(inventory), "--json")
    yield Night(home, berta, mark, dict(zip(SUBJECTS, ids, strict=True)))
    rt.start()
    berta.reject(berta.find_like(mark))


def taking_and_writing(night: Night, screen: Walk) -> None:
    """a, c, C, e and the command line, on one ticket, RT being there."""
    night.go(screen, "tills")
    screen.press("a")
    screen.wait(r"tills +me ")
    screen.press("c")
    screen.wait("WORK NOTE: only the team reads this")
    screen.press(f"Switch 3 reboots{ENTER}every 7 min{TAB}7")
    screen.wait("Minutes worked: 7")
    screen.press(F2)
    screen.wait(r"WORK +.*tills")
    screen.press("C")
    screen.wait("PUBLIC REPLY TO .*THE CUSTOMER READS THIS")
    screen.press(f"We are on it.{F2}")
    shown = screen.wait(r"Send this PUBLIC REPLY to(.|\n)*We are on it\.(.|\n)*y  Yes, send it")[0]
    assert "To carl@desk.test" in shown
    screen.press("y")
    screen.wait(r"WORK +.*tills")
    for keys, asked, answer in (("eu", "urgency of", "h"), ("ec", "category of", f"network{ENTER}")):
        screen.press(keys)
        screen.wait(asked)
        screen.press(answer)
        screen.gone(asked)
    screen.press("ei")
    screen.wait("impact of")
    screen.press("m")  # against the CI, which is of high criticality: it asks why
    screen.wait("why, against the CI's criticality")
    screen.press(f"one shop only{ENTER}")
    screen.wait("impact, waiting to send")


def steps_left(screen: Walk) -> set[int]:
    """How many steps still waited, in each picture of the run until it was done."""
    shown, until = set(), time.monotonic() + 60
    while not re.search(r"done after [\d.]+ s", screen.text):
        assert time.monotonic() < until, screen.text
        screen.read(0.05)
        shown.add(screen.text.count(" waiting"))
    return shown


def looking_at_the_host(night: Night, screen: Walk) -> None:
    """x on the ticket: linux-health streams from sw1, and is attached with one key after a look."""
    screen.press("x")
    screen.wait("Which runbook|RUNBOOK linux-health")
    if "Which runbook" in screen.text:
        screen.press(re.search(r"(\w)  linux-health", screen.text)[1])  # type: ignore[index]
    screen.wait("host sw1 +(CONNECTING|RUNNING|done)")
    assert len(steps_left(screen)) > 3  # step by step, each too quick to be waited for
    screen.press("a")
    screen.wait(f"Attach this to {night.id('tills')} as a work note")
    screen.press("a")
    screen.wait(f"attached to {night.id('tills')}, waiting to send")
    screen.press(ESC)
    screen.wait("SUBJECT")


def work_goes_on(night: Night, screen: Walk) -> None:
    """RT is away: hold, priority, a note by command, a new ticket; each is on the screen at once."""
    night.go(screen, "lifts")
    screen.press("sc")
    screen.wait(r"WAIT .*lifts")
    night.go(screen, "vpn")
    screen.press("p1")
    screen.wait(rf"1 +{night.id('vpn')}")
    night.go(screen, "doors")
    screen.press(f":note 'asked the caretaker'{ENTER}")
    screen.wait("note, waiting to send")
    screen.press(f":hold customer{ENTER}")
    screen.wait(r"WAIT .*doors")
    night.go(screen, "spam")
    screen.press("sa")
    screen.wait("CANCEL TICKET")
    screen.press(f"not ours{F2}")
    screen.wait("^/", 30)
    screen.press("N")
    screen.wait("NEW TICKET")
    called = datetime.fromtimestamp(int(time.time()) - 1800, UTC)
    typed = (f"{night.mark} phoned", "Kunde", "carl@desk.test", "2", "sw1", f"{called:%H:%M}", "Doors do not open")
    screen.press(TAB.join(typed) + F2)
    screen.wait(r"^RT-~\d+ P2 NEW .*phoned")
    screen.wait(rf"^[ *]R .* due .*{called + timedelta(hours=1):%H:%M}")  # the clock counts from the call
    screen.press(ESC)
    screen.wait("SUBJECT")


def settling(night: Night, screen: Walk) -> None:
    """The clash is seen and settled: mine, knowingly; what waited is sent."""
    screen.press("gs")
    screen.wait("CONFLICTS 1")
    screen.wait(rf"! {night.id('vpn')} priority: mine P1 \| theirs P3 \(berta\)")
    shown = screen.wait(r"BASE .*MINE .*THEIRS(.|\n)*?priority +P2 +P1 +P3")
    assert "berta" in shown[0]
    screen.press("m")
    screen.wait("priority: settled")
    screen.wait("CONFLICTS 0")
    screen.press("R")
    screen.wait("OUTBOX 0", 60)
    screen.wait("nothing clashes, nothing waits to be sent")
    screen.press(ESC)
    screen.wait("SUBJECT")


def ending(night: Night, screen: Walk) -> None:
    """X with a resolution, reopen, X again, close; each as the state asks for it."""
    night.go(screen, "tills")
    screen.press(ENTER)
    screen.wait(rf"^{night.id('tills')} P2 WORK me")
    for keys, title, words, state in (
        ("X", "RESOLVE:", "Fan replaced", "DONE"), ("sr", "REOPEN:", "broken again", "WORK"),
        ("X", "RESOLVE:", "Switch replaced", "DONE"),
    ):  # fmt: skip
        screen.press(keys)
        screen.wait(title)
        screen.press(f"{words}{F2}")
        screen.wait(rf"^{night.id('tills')} P2 {state}")
    screen.press("s")
    screen.wait(ASKED)
    screen.press("c")
    screen.wait(rf"^{night.id('tills')} P2 CLSD")
    screen.press("gs")
    screen.wait("OUTBOX")
    screen.press("R")
    screen.wait("OUTBOX 0", 60)
    screen.press("gq")
    screen.wait("SUBJECT")


def what_rt_has(night: Night) -> None:
    """Through its REST: each change once."""
    berta, made = night.berta, night.made
    tills = berta.get(made["tills"])
    assert (tills["Owner"]["id"], tills["Status"], int(tills["TimeWorked"])) == ("agent", "resolved", 7)
    notes, words = berta.bodies(made["tills"], "Comment"), "\n".join(berta.bodies(made["tills"], "Comment"))
    assert sum("every 7 min" in body for body in notes) == 1
    assert sum("linux-health" in body for body in notes) == 1
    for once in ("one shop only", "Fan replaced", "broken again", "Switch replaced"):
        assert words.count(once) == 1, once
    for fact in ("acknowledged", "urgency high", "category network", "closed"):
        assert words.count(f"deskui: {fact}") == 1, fact
    assert _fields(tills)["Impact"] == ["medium"]
    assert [body.strip() for body in berta.bodies(made["tills"], "Correspond")] == ["We are on it."]
    lifts = berta.get(made["lifts"])
    assert (lifts["Status"], lifts["Owner"]["id"]) == ("stalled", "berta")
    vpn = berta.history(made["vpn"])
    moves = [one["NewValue"] for one in vpn if one["Type"] == "Set" and one["Field"] == "Priority"]
    assert moves == [str(PRIORITY[3]), str(PRIORITY[1])]
    assert berta.get(made["doors"])["Status"] == "stalled"
    assert "\n".join(berta.bodies(made["doors"], "Comment")).count("asked the caretaker") == 1
    assert berta.get(made["spam"])["Status"] == "rejected"
    [phoned] = berta.find(f"{night.mark} phoned")
    assert _fields(berta.get(phoned))["Hosts"] == ["sw1"]
    assert berta.bodies(phoned, "Create") == ["Doors do not open"]
    assert len(berta.find_like(night.mark)) == len(SUBJECTS) + 1


def _fields(ticket: dict[str, Any]) -> dict[str, list[str]]:
    return {field["name"]: field["values"] for field in ticket["CustomFields"]}


@pytest.mark.usefixtures("again")
def test_a_night_by_keys(night: Night, rt: Any) -> None:
    berta, made = night.berta, night.made
    with night.console() as screen:
        screen.wait("SUBJECT")
        screen.press(f"/{night.mark}{ENTER}")
        screen.wait(rf"^/{night.mark} .*1/7$", 180)  # a sync comes by itself
        screen.wait(SYNCED, 180)  # and is over
        taking_and_writing(night, screen)
        looking_at_the_host(night, screen)

        rt.stop()
        screen.press("R")
        screen.wait(r"OFFLINE rt since \d\d:\d\d, next try \d\d:\d\d \(R: now\)")
        assert re.search(r"^deskui .*OFFLINE +(\d+[sm]|now)$", screen.text, re.MULTILINE)
        work_goes_on(night, screen)

        rt.start()
        berta.put(made["vpn"], Priority=PRIORITY[3])
        berta.put(made["lifts"], Owner="berta")
        screen.press("R")
        screen.wait(r"1 conflict \(gs\)", 60)
        settling(night, screen)
        ending(night, screen)
        screen.press("q")  # out of the filter
        screen.wait("^/ open tickets")
        screen.press("q")
        screen.wait("Leave deskui")
        screen.press("y")
        assert screen.code(10) == 0
    what_rt_has(night)


def test_a_changed_host_key_is_shown_and_nothing_is_sent(night: Night) -> None:
    with opened(night) as screen:
        night.go(screen, "moved")
        screen.press("x")
        screen.wait("HOST KEY CHANGED")
        known = screen.wait(r"^ known +(.*SHA256:\S{43})")[1]
        offered = screen.wait(r"^ offered +(.*SHA256:\S{43})")[1]
        assert known != offered
        screen.wait("Nothing was sent")
        assert " not run" in screen.text
        assert " ok " not in screen.text
        screen.press(ESC)
        screen.wait("SUBJECT")
    assert not any("linux-health" in body for body in night.berta.bodies(night.made["moved"], "Comment"))


def test_help_palette_command_line_and_the_way_out(night: Night) -> None:
    """Each finds what a technician types, says what is wrong, and leaves by Esc."""
    with opened(night) as screen:
        night.go(screen, "plain")
        screen.press("?hold")
        screen.wait("Hold with a reason")
        screen.press(ENTER)
        screen.wait(f"{night.id('plain')} is new: what now")
        screen.wait(ASKED)  # the frame may come in parts
        screen.press(ESC)
        screen.gone(ASKED)
        screen.press(";prio")
        screen.wait("Set the priority")
        screen.press(ENTER)
        screen.wait("which priority")
        screen.wait(ASKED)
        screen.press(f"{ESC}:reopen 'again'{ENTER}")  # in one packet, as on a slow line
        screen.wait("is new: only a resolved")
        screen.press(ESC)
        screen.wait("a:own")
        screen.press("q")
        screen.wait("^/ open tickets")
        screen.press("q")
        screen.wait("Leave deskui")
        screen.press(ENTER)  # Cancel is the default
        screen.gone("Leave deskui")
        assert screen.child.poll() is None


def test_other_sizes_and_terminals(night: Night) -> None:
    """Too small says so and comes back; without colour and with 16 colours everything is told by words and signs."""
    with opened(night) as screen:
        screen.resize(60, 15)
        screen.wait("too small")
        screen.wait("need 80x24")
        screen.resize(160, 45)
        screen.wait(r"SUBJECT.*\|-SLA-")
        screen.resize(80, 24)
        screen.gone("-SLA-")
        night.go(screen, "plain")
        screen.press(ENTER)
        screen.wait(rf"^{night.id('plain')} P2 NEW")
        screen.resize(70, 20)
        screen.wait("too small")
        screen.resize(100, 30)
        screen.wait(rf"^{night.id('plain')} P2 NEW")
    for env in ({"NO_COLOR": "1"}, {"TERM": "screen-256color"}, {"TERM": "xterm", "COLORTERM": ""}):
        with night.console(**env) as screen:
            screen.wait("SUBJECT")  # before, the terminal itself would take ^U
            night.go(screen, "plain")
            screen.press(ENTER)
            screen.wait(r"-\[TIMELINE\]")
            colours = re.findall(rb"\x1b\[[0-9;]*[34]8;([25]);", screen.output)
            assert bool(colours) == (env.get("TERM") == "screen-256color"), env


def test_inside_tmux(night: Night, tmp_path: Path) -> None:
    """A pane of 80x24, a key, and a ticket; the pane is read as tmux has it."""
    if not shutil.which("tmux"):
        assert os.environ.get("DESKUI_SERVERS") != "required", "tmux is not installed"
        pytest.skip("tmux is not installed")
    socket = str(tmp_path / "tmux")

    def tmux(*argv: str) -> str:
        env = {**environment(night.home.env), "LC_ALL": "C.UTF-8"}
        return subprocess.run(["tmux", "-S", socket, *argv], env=env, capture_output=True, text=True, check=True).stdout

    def until(pattern: str) -> None:
        end = time.monotonic() + 60
        while not re.search(pattern, shown := tmux("capture-pane", "-p"), re.MULTILINE):
            assert time.monotonic() < end, f"{pattern!r} never came:\n{shown}"
            time.sleep(0.2)

    with opened(night) as screen:
        screen.kill()  # it has synced
    tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "25", sys.executable, "-m", "deskui")
    try:
        until("SUBJECT")
        tmux("send-keys", "-l", f"/\x15{night.mark} plain")  # the view of the console before may be back
        tmux("send-keys", "Enter")
        until(rf"^/{night.mark} plain .*1/1$")
        tmux("send-keys", "Enter")
        until(rf"^{night.id('plain')} P2 NEW")
    finally:
        tmux("kill-server")


@contextmanager
def opened(night: Night) -> Iterator[Walk]:
    """The console, once it has this walk's tickets."""
    with night.console() as screen:
        screen.wait("SUBJECT")
        screen.press(f"/{night.mark}{ENTER}")
        screen.wait(rf"^/{night.mark} .*1/\d$", 180)
        screen.wait(SYNCED, 180)
        yield screen
