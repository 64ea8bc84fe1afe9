"""Macros: what ships can be used, and what is wrong in a file is told with its line and key."""

from pathlib import Path

import pytest

from deskui import resources
from deskui.domain.change import Acknowledge, Assign, Hold, Reply, Resolve
from deskui.services.macros import MacroError, Macros, load, parse

WHERE = Path("own.toml")


def test_those_that_ship() -> None:
    found = Macros(resources.data()).all()
    assert found.wrong == ()
    orders = {macro.name: macro.order(0, "UTC").steps for macro in found.macros}
    assert [type(step) for step in orders["received-and-own"]] == [Acknowledge, Assign, Reply]
    assert orders["waiting-for-customer"][1] == Hold("customer")
    assert isinstance(orders["resolved-by-phone"][0], Resolve)
    assert len({macro.key for macro in found.macros}) == len(found.macros)


WRONG = [
    ("", "line 1: title: is missing"),
    ('title = "x"\n', "line 1: steps: is missing"),
    ('title = "x"\nsteps = ["ack"]\nsped = 1\n', "line 3: sped: unknown key; allowed here: title, key, steps, reply"),
    ('title = "x"\nsteps = ["ack", "hold never"]\n', "line 2: steps: 'hold never': 'never' is no hold reason"),
    ('title = "x"\nsteps = ["acc"]\n', "line 2: steps: 'acc': there is no verb 'acc'"),
    ('title = "x"\nsteps = ["note -m \'x"]\n', 'line 2: steps: "note -m \'x": No closing quotation'),
    ('title = "x"\nsteps = ["reply"]\n', "line 2: steps: 'reply': there is no text `reply`"),
    ('title = "x"\nsteps = ["ack"]\nreply = "hi"\n', "line 2: steps: the step 'reply', which sends the text"),
    ('title = "x"\nsteps = ["reply -m hi"]\n', "line 2: steps: 'reply -m hi': a reply is written as the text"),
    ('title = "x"\nkey = "ab"\nsteps = ["ack"]\n', "line 2: key: must be one letter or digit"),
    (
        'title = "x"\nsteps = ["reply"]\nreply = """\nDear\n{{ custommer }}\n"""\n',
        "line 5: reply: custommer is not known",
    ),
    (
        'title = "x"\nsteps = ["resolve -m \'{{ custommer }}\'"]\n',
        "line 2: steps: \"resolve -m '{{ custommer }}'\": its text",
    ),
    ("title = ", "this is not TOML"),
]


@pytest.mark.parametrize(("source", "said"), WRONG)
def test_what_is_wrong_is_told_with_its_place(source: str, said: str) -> None:
    with pytest.raises(MacroError) as wrong:
        parse(source, WHERE)
    assert f"own.toml, {said}" in str(wrong.value) or f"own.toml: {said}" in str(wrong.value)


def test_the_desks_own_replace_the_shipped_ones_and_a_wrong_one_hides_none(tmp_path: Path) -> None:
    (tmp_path / "macros").mkdir()
    own = tmp_path / "macros" / "resolved-by-phone.toml"
    own.write_text('title = "ours"\nsteps = ["close"]\n')
    (tmp_path / "macros" / "bad.toml").write_text('title = "x"\n')
    macros = Macros(resources.data(), tmp_path)
    found = macros.all()
    assert {macro.title for macro in found.macros if macro.name == "resolved-by-phone"} == {"ours"}
    assert found.wrong == (f"{tmp_path}/macros/bad.toml, line 1: steps: is missing",)
    with pytest.raises(MacroError, match="steps: is missing"):
        macros.get("bad")
    with pytest.raises(MacroError, match="there is no macro 'x'; there are: received-and-own"):
        macros.get("x")
    own.write_bytes(b"\xff")
    with pytest.raises(MacroError, match="cannot be read"):
        load(own)
