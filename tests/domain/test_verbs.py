"""The words of `do` and `:command`: one table."""

import shlex

import pytest

from deskui.domain import change, fields, outgoing
from deskui.domain.verbs import VERB_HELP, VerbError, parse, priority, time
from deskui.domain.when import parse as at

NOW = at("2026-11-24T02:07:00+01:00")
ZONE = "Europe/Berlin"


def verb(line: str) -> change.Change:
    word, *rest = shlex.split(line)
    return parse(word, rest, NOW, ZONE, "anna.k")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ack", change.Acknowledge()),
        ("assign me", change.Assign("anna.k")),
        ("assign none", change.Assign(None)),
        ("assign kim", change.Assign("kim")),
        ("hold customer", change.Hold("customer")),
        ("hold vendor --until 08:30", change.Hold("vendor", at("2026-11-24T08:30:00+01:00"))),
        ("hold vendor --until 01:30", change.Hold("vendor", at("2026-11-25T01:30:00+01:00"))),
        ("hold parts --until=2026-12-01T09:00:00Z", change.Hold("parts", at("2026-12-01T09:00:00Z"))),
        ("state pending --reason change_window", change.Hold("change_window")),
        ("state pending customer", change.Hold("customer")),
        ("state in_progress", change.Resume()),
        ("state resolved -m 'new PSU'", change.Resolve("new PSU")),
        ("resume", change.Resume()),
        ("resume vendor", change.Resume("vendor")),
        ("resolve -m 'new PSU'", change.Resolve("new PSU")),
        ("reopen -m again", change.Reopen("again")),
        ("close", change.Close()),
        ("cancel -m duplicate", change.Cancel("duplicate")),
        ("reply -m 'We are on it.'", change.Reply("We are on it.")),
        ("reply -m ok --cc +a@x.example", change.Reply("ok", cc=("+a@x.example",))),
        ("reply -m ok --cc=a@x.example,-kim --cc -b", change.Reply("ok", cc=("+a@x.example", "-kim", "-b"))),
        ("reply -m ok --minutes 5 --to -a@x.example", change.Reply("ok", 5, ("-a@x.example",))),
        ("note -m 'rebooted' --minutes 15", change.Note("rebooted", 15)),
        ("note --message=x --minutes=1", change.Note("x", 1)),
        ("note rebooted it twice", change.Note("rebooted it twice")),
        ("note -m --json", change.Note("--json")),
        ("note -- -m is text", change.Note("-m is text")),
        ("priority P1", fields.SetPriority(1)),
        ("priority p3", fields.SetPriority(3)),
        ("priority 4", fields.SetPriority(4)),
        ("impact high", fields.SetImpact("high")),
        ("urgency low --why 'only one site'", fields.SetUrgency("low", "only one site")),
        ("category Network outage", fields.SetCategory("Network outage")),
        ("ci sw1", fields.SetCi("sw1")),
        ("subject Tills offline in 3 stores", fields.SetSubject("Tills offline in 3 stores")),
    ],
)
def test_words_become_a_change(line: str, expected: change.Change):
    assert verb(line) == expected


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("frobnicate", "no verb 'frobnicate'"),
        ("ack now", "ack takes no 'now'"),
        ("assign", "needs a name"),
        ("assign kim berta", "needs a name"),
        ("hold", "needs a reason"),
        ("hold coffee", "no hold reason"),
        ("hold vendor --until tomorrow", "is no time"),
        ("hold vendor --until 25:99", "is no time"),
        ("hold vendor --until 2026-12-01T09:00:00", "is no time"),
        ("hold vendor --until", "--until needs a value"),
        ("hold vendor --minutes 3", "no option --minutes"),
        ("state", "needs a state"),
        ("state lost", "no state to go to"),
        ("state pending", "needs a reason"),
        ("resume coffee", "no hold reason"),
        ("resolve", "needs a text"),
        ("resolve -m '  '", "needs a text"),
        ("note", "needs a text"),
        ("note -m x y", "not both"),
        ("note -m x --minutes -5", "whole number"),
        ("note -m x --minutes 1.5", "whole number"),
        ("note -m x --minutes 99999", "whole number"),
        ("priority P5", "no priority"),
        ("priority", "needs P1 to P4"),
        ("reply -m x --cc kim", "--cc: 'kim' is no e-mail address"),
        ("reply -m x --to", "--to needs a value"),
        ("note -m x --cc a@x.example", "no option --cc"),
        ("impact huge", "high, medium or low"),
        ("ci", "needs a name"),
        ("ack --force", "no option --force"),
    ],
)
def test_words_that_make_no_change_say_what_was_expected(line: str, says: str):
    with pytest.raises(VerbError, match=says):
        verb(line)


def test_every_verb_of_the_domain_can_be_said():
    asked_first = {"create", "merge"}  # a form, and what cannot be undone
    assert set(outgoing.VERBS) - asked_first <= set(VERB_HELP)


def test_the_help_is_written_in_what_the_verb_takes():
    for name, (usage, what) in VERB_HELP.items():
        assert usage.split()[0] == name
        assert what


def test_times_and_priorities_for_other_commands():
    assert time("02:06", ZONE, NOW) == at("2026-11-25T02:06:00+01:00")
    assert priority("P2") == 2
