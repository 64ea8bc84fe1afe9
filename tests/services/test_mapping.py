"""A mapping: what it leaves open, and its lines in a configuration that keeps every other letter."""

import tomllib

import pytest

from deskui.services import mapping
from deskui.services.mapping import Unwritable
from deskui.upstream.base import Options, Word, Words

WORDS = Words(
    (Word("open", "in_progress", sure=True), Word("Stuck", "in_progress"), Word("odd")),
    (Word("90", "P1", sure=True), Word("Hoch", "P2")),
    (Word("Network"), Word("Büro 2")),
    (Word("Impact", "impact"), Word("Impact 2", "impact"), Word("Colour"), Word("Hosts", "ci")),
)
CONFIG = """\
# ours
[upstream.rt]  # the one
url = "https://rt.example"

[upstream.rt.queues] # by hand
# Old = {}
Network = { kind = "incident" }   # as agreed

# the domains
[customer]
"a.example" = "A"
"""


def test_what_the_adapter_is_sure_of_need_not_be_said() -> None:
    told = Options(queues={"Network": {}}, fields={"ci": "hosts"}, states={"stuck": "pending"})
    assert mapping.first(WORDS, told) == {
        "priorities": {"Hoch": '"P2"'}, "queues": {"Büro 2": '{ kind = "incident" }'}, "fields": {"impact": '"Impact"'},
    }  # fmt: skip


def test_every_word_that_is_open_is_named_with_why() -> None:
    told = Options(queues={"Old": {}}, fields={"category": "Gone"})
    found = mapping.unmapped(WORDS, told, ["Network", "Closed down"])
    assert [(each.table, each.name) for each in found] == [
        ("states", "Stuck"), ("states", "odd"), ("priorities", "Hoch"), ("queues", "Büro 2"),
        ("queues", "Closed down"), ("queues", "Network"), ("queues", "Old"), ("fields", "Impact"), ("fields", "Hosts"),
        ("fields", "Gone"),
    ]  # fmt: skip
    problems = {each.name: each.problem for each in found}
    assert problems["Stuck"] == "taken for in_progress, which is a guess"
    assert problems["odd"] == "nothing says what it means"
    assert "on tickets here, and not there any more" in problems["Closed down"]
    assert problems["Gone"] == "mapped to category, and not there or not for this account"


def test_nothing_is_open_when_all_is_said() -> None:
    told = Options(
        states={"STUCK": "pending", "odd": "new"}, priorities={"hoch": "P2"}, queues={"Network": {}, "Büro 2": {}},
        fields={"impact": "impact", "ci": "Hosts"},
    )  # fmt: skip
    assert (mapping.first(WORDS, told), mapping.unmapped(WORDS, told, ["Network"])) == ({}, [])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_lines_are_put_in_and_no_comment_is_lost(end: str) -> None:
    lines = mapping.first(WORDS, Options(queues={"Network": {}}))
    written = mapping.put(CONFIG.replace("\n", end), "rt", lines)
    kept = [row for row in written.split(end) if row in CONFIG.split("\n")]
    assert kept == CONFIG.split("\n")
    said = tomllib.loads(written)["upstream"]["rt"]
    assert said["queues"] == {"Network": {"kind": "incident"}, "Büro 2": {"kind": "incident"}}
    assert (said["states"], said["fields"]) == ({"Stuck": "in_progress"}, {"impact": "Impact", "ci": "Hosts"})
    rows = written.split(end)
    assert rows.index(f'"Büro 2" = {{ kind = "incident" }}  {mapping.GUESS}') == 7
    assert rows.index("# the domains") == rows.index("[customer]") - 1


@pytest.mark.parametrize(
    "config",
    [
        '[upstream.rt]\nurl = "x"\nstates = { a = "new" }\n',
        '[upstream.rt]\nurl = "x"\nstates.a = "new"\n',
        'upstream = { rt = { url = "x" } }\n',
    ],
)
def test_where_nothing_can_be_put_in_nothing_is(config: str) -> None:
    with pytest.raises(Unwritable):
        mapping.put(config, "rt", {"states": {"b": '"new"'}})


def test_names_of_others_are_inert_and_come_back_as_they_are() -> None:
    name = 'a"b\\c\x1b[2J\u202edne\U0001f600\x9b '
    text = mapping.toml("my rt", {"states": {name: mapping.quoted("new")}})
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
    assert tomllib.loads(text)["upstream"]["my rt"]["states"] == {name: "new"}
