"""The composition root: the demo opens and leaves nothing behind, names and addresses are as configured."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deskui import adapters, config, wiring
from deskui.domain.ticket import Ticket
from deskui.wiring.demo import demo

TWO = """\
[me]
name = "anna"
rt = "anna.k"
[upstream.rt]
url = "https://rt.example/"
user = "login"
[upstream.other]
kind = "memory"
url = "memory:"
user = "login"
prefix = "X-"
"""


def test_the_demo_opens_at_seven_past_two_and_leaves_nothing():
    with demo() as desk:
        assert desk.services.demo
        tickets = desk.services.desk
        assert len(tickets.ids_now("state:open")) >= 55
        here = datetime.fromtimestamp(desk.now(), UTC).astimezone(ZoneInfo(desk.zone))
        assert (here.hour, here.minute // 5) == (2, 1)
        names = {item.name for item in desk.services.inventory.all()}
        assert len(names) >= 10
        assert {book.name for book in desk.services.diagnose.runbooks()} >= {"linux-health"}
        status = desk.services.syncing.status()
        assert status.last_ok is not None
        home = desk.home
        assert home.exists()
    assert not home.exists()


@pytest.mark.parametrize(
    ("given", "upstream", "expected"),
    [(None, "rt", "anna.k"), (None, "other", "anna"), ("kim", "rt", "kim"), (None, "unknown", "anna")],
)
def test_who_works_here(given: str | None, upstream: str, expected: str):
    assert config.who(config.parse(TWO, "c"), given)(upstream) == expected


def test_without_me_it_is_the_login():
    settings = config.parse(TWO, "c")._replace(me={})
    assert config.who(settings, None)("rt") == "login"


def test_a_ticket_has_an_address_where_there_is_one():
    settings = config.parse(TWO, "c")
    ticket = Ticket("rt", "17")
    assert wiring._url(settings, ticket) == "https://rt.example/Ticket/Display.html?id=17"
    assert wiring._url(settings, replace(ticket, remote_id="")) == ""
    redmine = settings._replace(upstream={"rt": settings.upstream["rt"]._replace(kind="redmine")})
    assert wiring._url(redmine, ticket) == "https://rt.example/issues/17"
    assert wiring._url(settings, replace(ticket, upstream="other")) == ""


def test_prefixes_and_options():
    settings = config.parse(TWO, "c")
    assert (settings.prefix("rt"), settings.prefix("other")) == ("RT-", "X-")
    told = adapters.options(settings, "rt", frozenset(("sw1",)))
    assert (told.url, told.user, told.cis, told.offline_events) == ("https://rt.example/", "login", {"sw1"}, "at")


def test_a_theme_that_is_not_there_is_named_with_its_line(tmp_path: Path):
    (tmp_path / "config.toml").write_text('[ui]\nkeys = "deskui"\ntheme = "drak"\n')
    with wiring.desk(tmp_path) as desk, pytest.raises(config.ConfigError) as error:
        desk.console()
    assert str(error.value) == f"{tmp_path / 'config.toml'}, line 3: ui.theme: there is no theme 'drak'"
    assert error.value.hint.startswith("Set it to one of: auto, ansi-dark, ansi-light, dark, ")


def test_a_host_secret_comes_from_its_variable(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DESKUI_SECRET_CI_SW_1", "s3cret-host")
    assert wiring._host_secret(config.Settings(), "sw-1") == "s3cret-host"
    assert wiring._host_secret(config.Settings(), "sw-2") is None


def test_a_read_only_session_connects_to_nothing(tmp_path: Path):
    with wiring.desk(tmp_path, read_only=True) as desk:
        result = desk.services.diagnose.run("linux-health", "local")
    assert result.error is not None
    assert (result.error.kind, result.ok) == ("refused", False)


def test_the_log_is_in_the_home(tmp_path: Path):
    with wiring.desk(tmp_path) as desk:
        assert not desk.services.desk.ids_now("")
    assert (tmp_path / "log").is_dir()


def test_an_authority_that_cannot_be_read_is_said_and_stops_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    table = '[upstream.rt]\nurl = "https://127.0.0.1:9"\nuser = "anna"\nca_file = "/no/such/file.pem"\n'
    (tmp_path / "config.toml").write_text(table + '[upstream.mem]\nkind = "memory"\nurl = "memory:"\n')
    monkeypatch.setenv("DESKUI_SECRET_RT", "x")
    with wiring.desk(tmp_path) as desk:
        results = desk.services.syncing.run_once()
    assert (results["rt"].kind, results["rt"].offline, results["mem"].error) == ("tls", True, None)


def test_a_read_only_session_settles_nothing(tmp_path: Path):
    (tmp_path / "config.toml").write_text('[upstream.mem]\nkind = "memory"\nurl = "memory:"\n')
    with wiring.desk(tmp_path, read_only=True) as desk, pytest.raises(Exception, match="read-only"):
        desk.services.syncing.settle("any", "mine").result()


def test_a_key_that_cannot_be_is_named_with_its_line_and_remedy(tmp_path: Path):
    (tmp_path / "config.toml").write_text('[keys]\n"verb.note" = ["w"]\n"verb.take" = ["^s"]\n')
    with wiring.desk(tmp_path) as desk, pytest.raises(config.ConfigError) as error:
        desk.console()
    where = tmp_path / "config.toml"
    assert str(error.value) == f"{where}, line 3: keys.verb.take: ^s: terminals keep ^s or send another key for it"
    assert error.value.hint == "Take another key."
