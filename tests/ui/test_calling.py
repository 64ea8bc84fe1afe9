"""The bytes that call somebody: exactly these, outside and inside tmux, at night, muted; nothing in them commands."""

from typing import Any

import pytest

from deskui.domain import alert as alerting
from deskui.domain.alert import Alert
from deskui.services.alerts import Call, Manner
from deskui.ui import calling

NOW = 1_000_000
PLAIN = {"TERM": "xterm-256color"}
TMUX = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-0/default,1,0"}
SCREEN = {"TERM": "screen"}
P1 = Alert("a", "p1", NOW, "RT-1", "Tills", "Nordkauf", 1, due=NOW + 900)
LATE = Alert("b", "breach", NOW, "RT-2", "VPN", "", 3, "resolution", 100, NOW - 1)
FAR = Alert("c", "threshold", NOW, "RT-3", "Mail", "", 3, "resolution", 90, NOW + 4000)
CLASH = Alert("d", "conflict", NOW, "RT-4", "PSU", "", 3, text="owner")
SAID_P1 = "P1 RT-1 Nordkauf: new P1: Tills"


def sent(alert: Alert, environ: dict[str, str], manner: Any = None, *, night: bool = False, muted: bool = False) -> str:
    call = Call(alert, alerting.rungs(alert, NOW, night=night, muted=muted))
    return calling.sequence([call], manner or Manner(), night, environ.get)


@pytest.mark.parametrize(
    ("alert", "environ", "night", "muted", "wanted"),
    [
        (P1, PLAIN, False, False, f"\x1b]9;deskui: {SAID_P1}\x07\a"),
        (P1, PLAIN, True, False, f"\x1b]9;deskui: {SAID_P1}\x07\a"),
        (P1, PLAIN, False, True, ""),
        (P1, TMUX, False, False, f"\x1bPtmux;\x1b\x1b]9;deskui: {SAID_P1}\x07\x1b\\\a"),
        (P1, SCREEN, False, False, f"\x1bP\x1b]9;deskui: {SAID_P1}\x07\x1b\\\a"),
        (P1, {"TERM": "foot"}, False, False, f"\x1b]777;notify;deskui;{SAID_P1}\x07\a"),
        (P1, {**PLAIN, "VTE_VERSION": "7402"}, False, False, f"\x1b]777;notify;deskui;{SAID_P1}\x07\a"),
        (P1, {"TERM": "linux"}, False, False, "\a"),
        (P1, {}, False, False, "\a"),
        (LATE, PLAIN, True, False, "\x1b]9;deskui: P3 RT-2: F missed: VPN\x07\a"),
        (FAR, PLAIN, False, False, "\x1b]9;deskui: P3 RT-3: 90 % of F used: Mail\x07\a"),
        (FAR, PLAIN, True, False, "\x1b]9;deskui: P3 RT-3: 90 % of F used: Mail\x07"),
        (FAR, TMUX, True, False, "\x1bPtmux;\x1b\x1b]9;deskui: P3 RT-3: 90 % of F used: Mail\x07\x1b\\"),
        (CLASH, PLAIN, False, False, "\x1b]9;deskui: P3 RT-4: conflict: owner: PSU\x07"),
        (CLASH, TMUX, False, False, "\x1bPtmux;\x1b\x1b]9;deskui: P3 RT-4: conflict: owner: PSU\x07\x1b\\\a"),
        (FAR, TMUX, False, True, ""),
    ],
)
def test_the_bytes(alert, environ, night, muted, wanted):
    assert sent(alert, environ, night=night, muted=muted) == wanted


def test_what_the_configuration_turns_off():
    assert sent(P1, PLAIN, Manner(bell=False)) == f"\x1b]9;deskui: {SAID_P1}\x07"
    assert sent(P1, PLAIN, Manner(notify="off")) == "\a"
    assert sent(P1, TMUX, Manner(bell=False, notify="off")) == ""
    assert sent(P1, {"TERM": "linux"}, Manner(notify="osc777")) == f"\x1b]777;notify;deskui;{SAID_P1}\x07\a"
    assert sent(P1, {"TERM": "foot"}, Manner(notify="osc9")) == f"\x1b]9;deskui: {SAID_P1}\x07\a"


def test_of_many_the_two_most_urgent_and_one_bell():
    calls = [Call(each, alerting.rungs(each, NOW)) for each in (FAR, LATE, CLASH, P1)]
    found = calling.sequence(calls, Manner(), False, PLAIN.get)
    assert found == f"\x1b]9;deskui: {SAID_P1}\x07\x1b]9;deskui: P3 RT-2: F missed: VPN\x07\a"


@pytest.mark.parametrize("how", ["osc9", "osc777"])
def test_a_hostile_ticket_commands_nothing(how):
    text = "4;3;100\x07\x1b]0;owned\x1b\\\x9b31m\u202e\ud800;" + "測" * 5000
    found = calling.notification(text, how, PLAIN.get)
    begin = {"osc9": "\x1b]9;deskui: ", "osc777": "\x1b]777;notify;deskui;"}[how]
    assert found.startswith(begin)
    assert found.endswith("\x07")
    body = found[len(begin) : -1]
    assert not any(char < " " or "\x7f" <= char <= "\x9f" or char in ";\u202e" for char in body)
    assert len(body) <= 120
    said = calling.title(text)
    assert said.startswith("\x1b]2;")
    assert "\x1b" not in said[1:]
    assert said.count("\x07") == 1
