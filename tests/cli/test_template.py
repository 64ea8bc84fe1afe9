"""`deskui template list`: what the editor offers, and why a file is refused."""

from pathlib import Path

from tests.cli.conftest import Cli


def test_the_shipped_ones_are_listed(cli: Cli) -> None:
    said = cli("template", "list", "--json")
    assert said.code == 0
    assert said.json["refused"] == []
    first = next(one for one in said.json["templates"] if one["name"] == "first-answer")
    assert (first["key"], first["for"]) == ("f", ["reply"])


def test_a_wrong_one_is_refused_with_file_line_and_key(cli: Cli, home: Path) -> None:
    (home / "templates").mkdir()
    wrong = home / "templates" / "own.toml"
    wrong.write_text('title = "own"\nfor = ["reply"]\ntext = """\nDear {{ custommer }}\n"""\n')
    said = cli("template", "list")
    assert said.code == 1
    assert f"REFUSED {wrong}, line 4: text: custommer is not known" in said.out
    assert "first-answer" in said.out
    assert cli("template", "list", "--json").json["refused"] == [
        line.removeprefix("REFUSED ") for line in said.out.splitlines() if line.startswith("REFUSED")
    ]
