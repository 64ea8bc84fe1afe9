"""A technician's desk on a real RT, as `deskui init` makes it, and spoken to as scripts do."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.people import PRIORITY as PRIORITY


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


def make_home(path: Path, server: Any, sshd: Any, user: str, name: str = "rt") -> Home:
    """`deskui init` on the real system, and the mapping that its administrators agreed on."""
    secret = f"{user}-pw" if name == "rt" else server.keys[user]
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DESKUI_SECRET")},
        "HOME": str(path / "user"), "DESKUI_HOME": str(path / "desk"), f"DESKUI_SECRET_{name.upper()}": secret,
        "TERM": "xterm-256color", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    (path / "user").mkdir(parents=True)
    home = Home(path / "desk", env)
    said = home.run("init", "--upstream", name, "--url", server.url, "--user", user, "--zone", "UTC", "--json")
    assert said["login"] == "ok"
    config = home.path / "config.toml"
    fields = f'\n[upstream.{name}.fields]\nclient_token = "Client Token"\nimpact = "Impact"\nci = "Hosts"\n'
    config.write_text(config.read_text() + fields + f'\n[ssh]\nknown_hosts = "{sshd.known_hosts}"\n')
    inventory = path / "ci.csv"
    address, port = sshd.hosts["sw1"]
    inventory.write_text(
        f"name,kind,address,port,user,key,customer,criticality\nsw1,server,{address},{port},{sshd.user},{sshd.key},Kunde,high\n"
    )
    home.run("ci", "import", str(inventory), "--json")
    return home
