"""`deskui kb`: what is known, without a screen."""

from pathlib import Path

from tests.cli.conftest import Cli


def test_an_article_is_found_and_shown(cli: Cli, home: Path) -> None:
    (home / "kb" / "net").mkdir(parents=True)
    (home / "kb" / "net" / "lte.md").write_text(
        "# LTE\x1b[31m failover\n\nWhy.\n\n## Workaround\n\nset it\x1b]0;x\x07 on\n"
    )
    found = cli("kb", "search", "failover", "lte", "--json").json["found"]
    assert [(each["name"], each["kind"], each["customer"]) for each in found] == [("net/lte", "article", None)]
    assert found[0]["workaround"].endswith("on")
    listed = cli("kb", "search", "failover")
    assert listed.code == 0
    assert "net/lte" in listed.out
    shown = cli("kb", "show", "net/lte")
    assert "## Workaround" in shown.out
    assert "\x1b" not in listed.out + shown.out


def test_nothing_found_and_nothing_there(cli: Cli) -> None:
    none = cli("kb", "search", "failover", "--json")
    assert (none.code, none.json) == (1, {"found": []})
    assert cli("kb", "show", "../config", "--json").error == "unknown_name"
    assert cli("kb").code == 2
