"""A watch on a real RT: a P1 that somebody reports there is a line here, once, and the command runs once."""

import json
import os
import signal
import subprocess
import sys
import time

from tests.integration.desks import PRIORITY, make_home


def test_a_p1_in_rt_is_told_and_paged_once(rt, sshd, berta, tmp_path):
    home = make_home(tmp_path / "anna", rt, sshd, "agent")
    called = tmp_path / "called"
    hook = tmp_path / "hook"
    hook.write_text(f'#!/bin/sh\necho "$DESKUI_ALERT_TICKET|$1" >> {called}\n')
    hook.chmod(0o700)
    config = home.path / "config.toml"
    text = config.read_text().replace('url = "', 'every_s = 2\nurl = "', 1)
    config.write_text(text + f'\n[alerts]\ncommand = ["{hook}"]\npager = true\n')
    home.run("sync", "--once", "--json")
    subject = f"watch-{os.getpid()}-{int(time.time())}"
    program = [sys.executable, "-m", "deskui", "watch", "--json"]
    with subprocess.Popen(program, env=home.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stderr is not None
            assert child.stderr.readline() == "deskui: watching\n"
            made = berta.make(
                [{"Queue": "Network", "Subject": subject, "Content": "down", "Priority": PRIORITY[1],
                  "Requestor": "carl@desk.test"}]
            )  # fmt: skip
            while (found := json.loads(child.stdout.readline()))["ticket"] != f"RT-{made[0]}":
                pass  # others work on this RT, too
            assert (found["what"], found["priority"], found["subject"]) == ("p1", 1, subject)
            time.sleep(4)
        finally:
            child.send_signal(signal.SIGTERM)
            rest, _ = child.communicate(timeout=20)
        assert child.returncode == 0
    berta.reject(made)
    assert f'"RT-{made[0]}"' not in rest
    lines = [line for line in called.read_text().splitlines() if line.startswith(f"RT-{made[0]}|")]
    assert len(lines) == 1
    assert subject in lines[0]
