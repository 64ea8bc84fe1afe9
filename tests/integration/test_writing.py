"""Writing at the console on a real RT: other people get the reply, and what came in meanwhile is seen before."""

import os
import time
from pathlib import Path
from typing import Any

from tests.integration.desks import make_home
from tests.integration.people import People
from tests.ui.terminal_walk import ENTER, ESC, F2, walk

F5, LEAD = "\x1b[15~", "lead@nordkauf.example"


def test_a_reply_to_more_people_on_a_ticket_that_moved_meanwhile(
    rt: Any, sshd: Any, berta: People, tmp_path: Path
) -> None:
    mark = f"writing-{os.getpid()}-{int(time.time())}"
    [made] = berta.make(
        [
            {
                "Queue": "Network",
                "Subject": mark,
                "Content": "it hums",
                "Priority": 75,
                "Requestor": "carl@nordkauf.example",
            }
        ]
    )
    anna = make_home(tmp_path / "anna", rt, sshd, "agent")
    anna.run("sync", "--once", "--json")
    with walk(env=anna.env) as screen:
        screen.wait("SUBJECT")
        screen.press(f"/{mark}{ENTER}")
        screen.wait(r"1/1 *\n(.*\n)+.*" + mark)
        screen.press("C")
        screen.wait("To carl@nordkauf.example")
        screen.press("We are on it.")
        screen.wait("draft kept")
        berta.reply(made, "Berta was quicker.")  # no sync brings it before the reply is to leave
        screen.press(F5 + F5 + LEAD + F2)
        screen.wait(f"NEW MESSAGE on RT-{made} since you began")
        screen.wait("Berta was quicker")
        screen.wait(f"Cc {LEAD}")
        screen.wait("In rt To and Cc belong to the ticket")
        screen.press(ESC)
        screen.gone("NEW MESSAGE")
        screen.press(F2)
        screen.wait("Send this PUBLIC REPLY")
        screen.press("y")
        screen.gone("PUBLIC REPLY")
        screen.kill()
    assert anna.run("draft", "list", "--json") == {"drafts": []}
    [change] = [one for one in anna.run("outbox", "--json")["changes"] if one["ticket"] == f"RT-{made}"]
    assert change["verb"] == "reply"
    time.sleep(11)  # its ten seconds
    anna.run("sync", "--once", "--json")
    assert [text.strip() for text in berta.bodies(made, "Correspond")] == ["Berta was quicker.", "We are on it."]
    assert [person["id"] for person in berta.get(made)["Cc"]] == [LEAD]
