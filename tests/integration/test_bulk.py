"""Several tickets at once on a real RT: one macro for three customers, and a wrong bulk undone after it was sent."""

import os
import time
from pathlib import Path
from typing import Any

from tests.integration.desks import make_home
from tests.integration.people import People


def test_a_macro_for_three_customers_and_a_wrong_bulk_undone(rt: Any, sshd: Any, berta: People, tmp_path: Path) -> None:
    mark = f"bulk-{os.getpid()}-{int(time.time())}"
    wanted = {"Queue": "Network", "Content": "it hums", "Priority": 75}
    made = berta.make(
        [{**wanted, "Subject": f"{mark} {n}", "Requestor": f"carl{n}@nordkauf.example"} for n in range(3)]
    )
    names = [f"RT-{each}" for each in made]
    anna = make_home(tmp_path / "anna", rt, sshd, "agent")
    anna.run("sync", "--once", "--json")
    berta.reply(made[1], "Berta was quicker.")  # no sync brings it before the replies are to leave

    macro = ("macro", "run", "waiting-for-customer", *names)
    dry = anna.run(*macro, "--dry-run", "--json", code=1)
    assert (dry["count"], dry["mails"]) == (2, 2)
    assert "held out: a newer message by berta" in dry["tickets"][1]["refused"]
    assert dry["tickets"][2]["to"] == ["carl2@nordkauf.example"]
    done = anna.run(*macro, "--yes-count", "2", "--json", code=1)
    assert [each["outcome"] for each in done["tickets"]] == ["done", "refused", "done"]
    time.sleep(11)  # the ten seconds of the replies
    anna.run("sync", "--once", "--json")
    for number, each in enumerate(made):
        bodies = [text.strip() for text in berta.bodies(each, "Correspond")]
        if number == 1:
            assert bodies == ["Berta was quicker."]
        else:
            assert bodies == [done["tickets"][number]["reply"]]
            assert berta.get(each)["Status"] == "stalled"

    anna.run("bulk", *names, "resolve", "-m", "wrong ones", "--yes-count", "3", "--json")
    anna.run("sync", "--once", "--json")
    assert {berta.get(each)["Status"] for each in made} == {"resolved"}
    undone = anna.run("undo", "--yes-count", "3", "--json")
    assert [each["outcome"] for each in undone["tickets"]] == ["done"] * 3
    anna.run("sync", "--once", "--json")
    assert [berta.get(each)["Status"] for each in made] == ["stalled", "open", "stalled"]
    assert anna.run("outbox", "--json")["changes"] == []
