"""A technician's desk on a real RT, as `deskui init` makes it, and spoken to as scripts do."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PRIORITY = {1: 100, 2: 75, 3: 50, 4: 10}


@dataclass
class Home:
    """One technician's deskui, spoken to as scripts do."""

    path: Path
    env: dict[str, str]

    def run(self, *argv: str, code: int = 0) -> Any:
        """The JSON document of a command; its exit status must be `code`."""
        done = subprocess.run(
            [sys.executable, "-m", "deskui", *argv[:1], *argv[1:]], env=self.env, capture_output=True, text=True,
            timeout=240, check=False,
        )  # fmt: skip
        assert done.returncode == code, f"{argv}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)


def make_home(path: Path, rt: Any, sshd: Any, user: str) -> Home:
    """`deskui init` on the real RT, and the mapping that its administrators agreed on."""
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DESKUI_SECRET")},
        "HOME": str(path / "user"), "DESKUI_HOME": str(path / "desk"), "DESKUI_SECRET_RT": f"{user}-pw",
        "TERM": "xterm-256color", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    (path / "user").mkdir(parents=True)
    home = Home(path / "desk", env)
    said = home.run("init", "--upstream", "rt", "--url", rt.url, "--user", user, "--zone", "UTC", "--json")
    assert said["login"] == "ok"
    config = home.path / "config.toml"
    fields = '\n[upstream.rt.fields]\nclient_token = "Client Token"\nimpact = "Impact"\nci = "Hosts"\n'
    config.write_text(config.read_text() + fields + f'\n[ssh]\nknown_hosts = "{sshd.known_hosts}"\n')
    inventory = path / "ci.csv"
    address, port = sshd.hosts["sw1"]
    inventory.write_text(
        f"name,kind,address,port,user,key,customer,criticality\nsw1,server,{address},{port},{sshd.user},{sshd.key},Kunde,high\n"
    )
    home.run("ci", "import", str(inventory), "--json")
    return home
