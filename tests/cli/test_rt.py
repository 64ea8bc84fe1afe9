"""The first run against a real Request Tracker: what is right, what is wrong, and what each of it says."""

from pathlib import Path
from typing import Any

import pytest

from deskui import secrets
from tests.cli.conftest import Cli
from tests.integration.people import People


@pytest.fixture
def init(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`deskui init` in a fresh home with this secret."""
    monkeypatch.setattr(secrets, "ALLOWED", ())

    def call(secret: str, *argv: str):
        monkeypatch.setenv("DESKUI_SECRET_RT", secret)
        return cli("--home", str(tmp_path / "rt"), "init", "--upstream", "rt", "--json", *argv, here=False)

    return call


def test_password_and_token(init, rt: Any, cli: Cli, tmp_path: Path):
    said = init(rt.password, "--url", rt.url, "--user", rt.user)
    assert (said.code, said.json["login"]) == (0, "ok")
    assert rt.password not in (tmp_path / "rt" / "config.toml").read_text()
    assert init(rt.tokens[rt.user], "--url", rt.url, "--user", rt.user).code == 0
    doctor = cli("--home", str(tmp_path / "rt"), "doctor", "--json", here=False)
    assert (doctor.code, doctor.json["ok"]) == (0, True)


@pytest.mark.parametrize(
    "secret", ["hunter2-canary", "1-14-0123456789abcdef0123456789abcdef"], ids=["password", "token"]
)
def test_a_wrong_secret_writes_nothing(init, rt: Any, tmp_path: Path, secret: str):
    said = init(secret, "--url", rt.url, "--user", rt.user)
    assert (said.code, said.error, said.json["login"]) == (2, "auth", "refused")
    assert not (tmp_path / "rt" / "config.toml").exists()
    assert secret not in said.out + said.err


def test_a_wrong_port_is_unreachable_and_written(init, tmp_path: Path):
    said = init("x", "--url", "http://127.0.0.1:1", "--user", "sync")
    assert (said.code, said.error) == (3, "unreachable")
    assert said.json["error"]["hint"]
    assert (tmp_path / "rt" / "config.toml").exists()


def test_https_to_a_server_without_it(init, rt: Any):
    said = init("x", "--url", rt.url.replace("http:", "https:"), "--user", "sync")
    assert said.code == 3
    assert said.error in ("tls", "unreachable")


def test_the_clocks_of_the_queue_are_those_that_explain_justifies(init, rt: Any, cli: Cli, tmp_path: Path):
    berta = People(rt.url, rt.tokens["berta"])
    berta.make([{"Queue": "Network", "Subject": "it hums", "Content": "loudly"}])
    berta.http.close()
    init(rt.password, "--url", rt.url, "--user", rt.user)
    home = ("--home", str(tmp_path / "rt"))
    assert cli(*home, "sync", "--once", here=False).code == 0
    rows = cli(*home, "list", "--json", "--limit", "12", here=False).json["tickets"]
    known = 0
    for row in rows:
        told = cli(*home, "sla", "explain", row["id"], "--json", here=False).json
        for clock in told["clocks"].values():
            assert sum(span["counted_s"] for span in clock["spans"]) == clock["elapsed_s"]
            assert all(span["words"] for span in clock["spans"])
        if row["clock"]:
            known += 1
            assert told["clocks"][row["clock"]]["due"] == row["due"]
    assert known  # the real system has tickets whose clocks run
