"""`deskui theme`: ours are all right, one of your own is found, and a poor one is named with key, line and remedy."""

from pathlib import Path

from deskui import resources
from tests.cli.conftest import Cli

DARK = resources.themes()["dark"].read_text()


def mine(home: Path, text: str, name: str = "mine") -> Path:
    path = home / "themes" / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.replace('name = "dark"', f'name = "{name}"'))
    return path


def test_ours_and_yours_are_listed(home: Path, cli: Cli):
    path = mine(home, DARK)
    broken = mine(home, "name = ", "broken")
    found = {each["name"]: each for each in cli("theme", "list", "--json").json["themes"]}
    assert len(found) == 10
    assert found["mine"] == {"name": "mine", "ground": "dark", "colours": "rgb", "file": str(path)}
    assert found["broken"] == {"name": "broken", "ground": None, "colours": None, "file": str(broken)}
    assert (found["ansi-light"]["ground"], found["ansi-light"]["colours"]) == ("light", "ansi")
    assert (found["mono"]["ground"], found["mono"]["colours"]) == ("any", "none")
    said = cli("theme", "list")
    assert said.code == 0
    assert ["hc-light", "light", "rgb", str(resources.themes()["hc-light"])] in map(str.split, said.out.splitlines())


def test_all_is_well_with_ours(cli: Cli):
    said = cli("theme", "check")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [f"{path}: ok" for path in resources.themes().values()]
    assert cli("theme", "check", "--json").json["ok"] is True


def test_one_at_home_is_checked_with_the_others(home: Path, cli: Cli):
    path = mine(home, DARK.replace("#93a1ad", "#333333"))
    said = cli("theme", "check")
    assert said.code == 1
    assert f"wrong: {path}, line 8: muted: contrast 1.42 on background with 256 colours, 4.5 is needed" in said.out
    assert 'muted = "#' in said.out.split("line 8")[1].splitlines()[1]


def test_a_file_is_named_with_key_line_and_remedy(tmp_path: Path, home: Path, cli: Cli):
    path = mine(home, DARK.replace("#ff7a5c", "red"))
    other = tmp_path / "none.toml"
    said = cli("theme", "check", str(path), str(other), "--json")
    assert said.code == 1
    first, second = said.json["themes"]
    assert (said.json["ok"], first["ok"], first["name"], first["file"]) == (False, False, "mine", str(path))
    (problem,) = first["problems"]
    assert problem == {
        "line": 11, "key": "error", "message": "'red' is no colour of this theme",
        "remedy": 'Write it as "#rrggbb"; names are for a theme with ansi = true.',
    }  # fmt: skip
    assert second["problems"][0]["message"] == "cannot be read: No such file or directory"


def test_a_hostile_name_stays_text(home: Path, cli: Cli):
    path = mine(home, DARK.replace("#ff7a5c", "\\u001b]0;owned\\u0007"))
    said = cli("theme", "check", str(path))
    assert said.code == 1
    assert "\x1b" not in said.out
