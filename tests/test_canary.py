"""A secret of the environment is in no child of deskui's, be it in its words or its environment, nor left behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

CANARY = "hunter2-canary"
LOOK = """
from deskui.diagnostics.base import Check, Command, Verdict
def judge(outputs, params, facts):
    return Verdict("ok", " | ".join(outputs[0].text.split("\\n")), 1)
SAY = "env; for one in /proc/[0-9]*; do tr '\\\\0' ' ' <$one/cmdline; done 2>/dev/null"
CHECK = Check("look", "Look around", (Command(("sh", "-c", SAY)),), judge, {})
"""
CONFIG = """
[upstream.rt]
url = "http://127.0.0.1:9"
user = "anna"
proxy = "http://anna@127.0.0.1:9"
"""


def deskui(home: Path, *argv: str, **environ: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, "DESKUI_SECRET_RT": CANARY, "DESKUI_SECRET_CI_TILL": f"{CANARY}-2", **environ}
    return subprocess.run(
        [sys.executable, "-m", "deskui", "--home", str(home), *argv], env=given, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip


def test_no_child_inherits_a_secret_and_none_is_left_behind(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    for folder in (home, home / "plugins", home / "plugins" / "checks", home / "runbooks"):
        folder.mkdir(mode=0o700)
    (home / "plugins" / "checks" / "look.py").write_text(LOOK)
    (home / "plugins" / "checks" / "look.py").chmod(0o600)
    (home / "runbooks" / "look.toml").write_text('name = "look"\n[[steps]]\ncheck = "look"\n')
    (home / "config.toml").write_text(CONFIG)
    looked = deskui(home, "diag", "run", "look", "local", "--json", KEPT="kept")
    [step] = json.loads(looked.stdout)["steps"]
    assert "KEPT=kept" in step["finding"]
    assert "DESKUI_SECRET" not in step["finding"]
    place = deskui(home, "secret", "--json")
    assert {each["secret"]: each["place"] for each in json.loads(place.stdout)["secrets"]}["rt"] == "DESKUI_SECRET_RT"
    synced = deskui(home, "sync", "--once")
    assert synced.returncode == 3
    bundle = deskui(home, "doctor", "--bundle", str(tmp_path / "bundle.tar.gz"))
    for done in (looked, place, synced, bundle):
        assert CANARY not in done.stdout + done.stderr
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert home / "desk.db" in written
    assert [path for path in written if CANARY.encode() in path.read_bytes()] == []


def test_whatever_is_started_later_has_no_secret_to_inherit(tmp_path: Path) -> None:
    """An editor's own shell, say."""
    code = (
        "import os, subprocess, sys\nfrom deskui.__main__ import main\n"
        f"sys.argv = ['deskui', '--home', {str(tmp_path)!r}, 'secret']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(subprocess.run(['env'], capture_output=True, text=True).stdout)"
    )
    (tmp_path / "config.toml").write_text(CONFIG)
    given = {**os.environ, "DESKUI_SECRET_RT": CANARY}
    done = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, check=True)
    assert "rt      DESKUI_SECRET_RT" in done.stdout
    assert CANARY not in done.stdout + done.stderr
