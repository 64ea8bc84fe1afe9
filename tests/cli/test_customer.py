"""`deskui customer`: contacts, sites and verifications without a screen."""

from pathlib import Path

from deskui.domain.change import Create
from deskui.upstream._world import World
from tests.cli.conftest import Cli

FILE = """\
customer = "Nordkauf"
verification = "personnel number"
[[contact]]
name = "Erika\u202e Maurer"
mail = "erika@nord.example"
[[contact]]
name = "Jens"
mail = "jens@nord.example"
phone = "+49 40 1"
vip = true
[[site]]
name = "Osaka"
access = "gate 2"
zone = "Asia/Tokyo"
"""


def write(home: Path, text: str = FILE, name: str = "nord") -> None:
    (home / "customers").mkdir(exist_ok=True)
    (home / "customers" / f"{name}.toml").write_text(text)


def test_one_is_shown_for_people_and_for_scripts(cli: Cli, home: Path) -> None:
    write(home, FILE.replace("\u202e", ""))
    said = cli("customer", "show", "nordkauf")
    assert said.code == 0
    assert "  VIP Jens\n    phone   +49 40 1\n    mail    jens@nord.example\n    verify  personnel number" in said.out
    assert "  site Osaka\n    access  gate 2\n    there   " in said.out
    told = cli("customer", "show", "Nordkauf", "--json").json
    assert [(each["name"], each["vip"], each["phone"]) for each in told["contacts"]] == [
        ("Erika Maurer", False, None), ("Jens", True, "+49 40 1"),
    ]  # fmt: skip
    assert told["sites"][0]["zone"] == "Asia/Tokyo"
    assert cli("customer", "list", "--json").json["customers"] == [told]
    assert cli("customer", "show", "Elm", "--json").error == "unknown_name"


def test_what_is_wrong_is_said_with_its_place(cli: Cli, home: Path) -> None:
    assert cli("customer", "check").code == 0
    write(home)
    said = cli("customer", "check")
    assert said.code == 1
    assert "nord.toml, line 4: contact[1].name: must be one line of printable text" in said.out
    write(home, 'customer = "Elm"\n', "elm")
    told = cli("customer", "check", "--json")
    assert (told.code, [each["ok"] for each in told.json["files"]]) == (1, [True, False])
    assert cli("customer", "list", "--json").json["wrong"] == [told.json["files"][1]["error"]]
    assert cli("customer", "check", str(home / "customers" / "elm.toml")).code == 0


def test_a_filter_and_a_view_find_the_vips_tickets(cli: Cli, home: Path, world: World) -> None:
    write(home, FILE.replace("\u202e", ""))
    for asked in ("jens@nord.example", "ERIKA@nord.example", "Jens@Nord.example"):
        world.make(Create("Tills", "x", customer="Nordkauf", requestor=asked))
    cli("sync", "--once")

    def found(query: str) -> list[str]:
        return [each["id"] for each in cli("list", query, "--sort", "id", "--json").json["tickets"]]

    assert found("is:vip") == ["M-1", "M-3"]
    assert found("(is:vip or id:nothing) -is:unacked") == []
    assert found("tills -is:vip") == ["M-2"]
    assert found("(M-2 or (is:vip M-3))") == ["M-2", "M-3"]
    assert cli("view", "save", "Important", "is:vip").code == 0
    counts = {each["name"]: each["tickets"] for each in cli("view", "list", "--json").json["views"]}
    assert counts["Important"] == 2
    (home / "customers" / "nord.toml").unlink()
    assert found("is:vip") == []
    assert found("tills -is:vip") == ["M-1", "M-2", "M-3"]


def test_a_verification_becomes_a_note(cli: Cli, home: Path, world: World) -> None:
    write(home, FILE.replace("\u202e", ""))
    world.make(Create("Tills", "x", customer="Nordkauf", requestor="jens@nord.example"))
    cli("sync", "--once")
    assert cli("customer", "verified", "M-1", "call-back", "--json").json["state"] == "queued"
    shown = cli("show", "M-1", "--json").json["events"][-1]
    assert (shown["type"], shown["pending"]) == ("internal_note", True)
    assert shown["text"].startswith(
        "Caller verified: Jens (jens@nord.example), by: call-back on the number on file, +49 40 1, at "
    )
    assert cli("customer", "verified", "M-1", "known", "--who", "kim@x.example", "--json").error == "usage"
    assert cli("customer", "verified", "M-9", "known", "--json").error == "unknown_ticket"
    assert cli("customer", "verified", "M-1", "known", "--read-only", "--json").error == "refused"
    write(home, 'customer = "Nordkauf"\n')
    assert cli("customer", "verified", "M-1", "file", "--json").error == "refused"
