"""The table of promises names each scenario of the simulator, and nothing that is not there."""

import re
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def test_the_table_of_promises_is_what_is_played():
    named = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", (HERE / "promises.md").read_text())
    scenarios = {(path, name) for path, name in named if name}
    there = {
        (path.name, name)
        for path in HERE.glob("test_*.py") if path != Path(__file__)
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }  # fmt: skip
    assert scenarios == there
    assert [path for path, name in named if not name and not (ROOT / path).exists()] == []
