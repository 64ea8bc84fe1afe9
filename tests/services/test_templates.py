"""Templates: filled with what is known of one ticket, in a sandbox; a wrong one is refused with file, line and key."""

from pathlib import Path
from typing import Any

import pytest

from deskui import resources
from deskui.domain.contract import Rules
from deskui.services import templates, writing
from deskui.services.desk import Desk
from deskui.services.templates import TemplateError, Templates
from deskui.store.store import Store
from tests.make import NOW, make_event, make_ticket, pull

SHIPPED = resources.data() / "templates"
HEAD = 'title = "x"\nfor = ["reply"]\n'
FACTS: dict[str, Any] = {
    "ticket": {"id": "RT-17", "subject": "Tills", "cis": ["a", "b"]}, "me": "anna", "now": "", "zone": "UTC",
    "response_due": "", "resolution_due": "",
}  # fmt: skip


def made(text: str) -> templates.Template:
    return templates.parse(f'{HEAD}text = """\n{text}"""\n', Path("/t/own.toml"))


def test_fields_are_filled_in_and_what_they_say_is_never_a_template() -> None:
    template = made("{{ ticket.id }}: {{ ticket.subject }} for {{ ticket.cis | join(' and ') }}\n{{ me }}\n")
    facts = {**FACTS, "ticket": {**FACTS["ticket"], "subject": "{{ me }} <b>"}}
    assert templates.render(template, facts) == "RT-17: {{ me }} <b> for a and b\nanna"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("title = 3\n" + HEAD[12:] + 'text = "x"', "line 1: title: must be a text"),
        ('title = "x"\ntext = "x"', "for: is missing"),
        (HEAD, "text: is missing"),
        (HEAD + 'text = "x"\ncolour = "red"', "line 4: colour: unknown key; allowed here: title, key, for, text"),
        ('title = "x"\nfor = ["mail"]\ntext = "x"', "line 2: for: must be a list of: note, reply"),
        ('title = "x"\nfor = []\ntext = "x"', "line 2: for: must be a list"),
        (HEAD + 'key = "F1"\ntext = "x"', "line 3: key: must be one letter or digit"),
        (HEAD + "text = ", "this is not TOML"),
        (HEAD + 'text = """\na\n{{ me\n"""', "line 5: text: "),
        (HEAD + 'text = """\na\n{% if me %}\n"""', "line 5: text: "),
        (HEAD + 'text = "{{ mee }}"', "line 3: text: mee is not known; there are: ticket, me, now"),
        (HEAD + 'text = """\na\nb {{ ticket.requestor }}"""', "line 5: text: ticket.requestor is not known"),
        (HEAD + 'text = "{{ ticket.__class__ }}"', "line 3: text: ticket.__class__ is not known"),
    ],
)
def test_a_wrong_one_is_refused_with_file_line_and_key(source: str, said: str) -> None:
    with pytest.raises(TemplateError) as refused:
        templates.parse(source, Path("/t/own.toml"))
    assert str(refused.value).startswith("/t/own.toml")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\n{{ 1 / 0 }}", "line 5: text: division by zero"),
        ("{{ ticket.cis[7] }}", "line 4: text: "),
        ("{{ me.__class__.__mro__ }}", "line 4: text: "),
        ("{{ ticket['nothing'] }}", "line 4: text: "),
        ("{% include '/etc/passwd' %}", "line 4: text: "),
        ("{% for n in range(9000) %}xxx{% endfor %}", "makes more than 20000 characters"),
        ("{% for n in range(999999) %}{% endfor %}", "line 4: text: "),
        ("{{ ticket.cis.append('c') }}", "line 4: text: "),
    ],
)
def test_one_that_fails_when_it_is_filled_says_where_and_reaches_nothing(text: str, said: str) -> None:
    with pytest.raises(TemplateError) as refused:
        templates.render(made(text), FACTS)
    assert said in str(refused.value)


def test_own_ones_replace_shipped_ones_and_a_wrong_one_hides_no_other(tmp_path: Path) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    (own / "works-again.toml").write_text('title = "mine"\nfor = ["reply", "note"]\ntext = "ok"\n')
    (own / "broken.toml").write_text(HEAD + 'text = "{{ no }}"\n')
    (own / "latin.toml").write_bytes(HEAD.encode() + b'text = "\xff"\n')
    found = Templates(resources.data(), tmp_path).of("reply")
    titles = {each.name: each.title for each in found.templates}
    assert titles["works-again"] == "mine"
    assert {"first-answer", "need-information"} <= set(titles)
    assert [wrong.partition(",")[0].partition(":")[0] for wrong in found.wrong] == [
        str(own / "broken.toml"), str(own / "latin.toml"),
    ]  # fmt: skip
    assert {each.name for each in Templates(resources.data(), tmp_path).of("note").templates} == {
        "works-again",
        "handed-over",
    }


@pytest.fixture
def desk(store: Store) -> Desk:
    rules: Rules = store.rules
    return Desk(store, rules, lambda upstream: "anna", "UTC", "rt")


@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.toml")))
@pytest.mark.parametrize("bare", [True, False])
def test_every_shipped_one_can_be_filled(store: Store, desk: Desk, name: str, bare: bool) -> None:
    more = {} if bare else {"cis": ("till-gw-07",), "owner": "anna", "category": "pos", "priority": 1}
    ticket = make_ticket(17, subject="Tills \x1b[31m\noffline", customer=None if bare else "Nordkauf", **more)
    pull(store, ticket, [make_event()])
    shown = desk.ticket("RT-17")
    assert shown is not None
    said = templates.render(templates.load(SHIPPED / f"{name}.toml"), writing.facts(desk, shown, NOW))
    assert "anna" in said
    assert "\x1b" not in said
    assert "None" not in said
    assert name == "handed-over" or "RT-17" in said


def test_keys_of_the_shipped_ones_do_not_clash() -> None:
    keys = [templates.load(path).key for path in SHIPPED.glob("*.toml")]
    assert all(keys)
    assert len(set(keys)) == len(keys)


def test_times_are_the_customers_where_a_contract_says_its_zone(store: Store, desk: Desk) -> None:
    pull(store, make_ticket(17), [make_event()])
    shown = desk.ticket("RT-17")
    assert shown is not None
    facts = writing.facts(desk, shown, NOW)
    assert (facts["now"], facts["zone"], facts["response_due"]) == ("2026-11-24 02:07", "UTC", "2026-11-24 02:07")
    assert writing.zone_of(desk, shown) == ""  # the default contract is nobody's own
