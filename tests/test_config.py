"""config.toml: every mistake is named with its file, key and line."""

from pathlib import Path

import pytest

from deskui import config
from deskui.config import ConfigError

WHOLE = """\
[desk]
zone = "Europe/Berlin"
undo_seconds = 10
resume_on_customer_reply = false
acknowledge_on_open = false
[me]                         # one name, or one per upstream
name = "anna"
rt = "anna.k"
[upstream.rt]                # kind = "rt" (default: the section's name)
url = "https://rt.example"
user = "anna"
auth = "password"            # or "token"
prefix = "RT-"
every_s = 60
service_account = false
ca_file = ""
[upstream.rt.fields]
hold_reason = "Hold Reason"
[upstream.rt.queues]
Network = { kind = "incident", customer = "Nordkauf" }
[upstream.rt.states]         # what the words there mean here; deskui knows RT's own
"at vendor" = "pending vendor"
[upstream.rt.priorities]     # a number is the least one of its band
90 = "P1"
[customer]                   # e-mail domain -> customer
"nordkauf.example" = "Nordkauf"
[history]
days = 400
[secrets]
keyrings = []                # allowed backends beyond the built-in list
[ssh]
known_hosts = "~/.ssh/known_hosts"
[ui]
theme = "auto"
keys = "deskui"
kitty_keys = true
[keys]
"verb.take" = ["a", "g t"]
[alerts]
bell = true
notify = "auto"              # desktop notifications: osc9, osc777, off, or what this terminal seems to know
command = []                 # a program and its words, never a shell: see Alerts
night = "22:00-06:00"        # the bell only for a P1 and below ten minutes; "" for no night
mute_minutes = 15            # how long M is
pager = false                # true: the console says NO PAGER RUNNING while no `deskui watch` runs
"""


RT = "[upstream.rt]\nurl = 'https://rt.example'\n"


def test_the_whole_documented_file_is_read():
    settings = config.parse(WHOLE, "config.toml")
    assert settings.desk.zone == "Europe/Berlin"
    assert settings.me == {"name": "anna", "rt": "anna.k"}
    assert settings.upstream["rt"].queues["Network"]["customer"] == "Nordkauf"
    assert settings.upstream["rt"].fields == {"hold_reason": "Hold Reason"}
    assert settings.customer == {"nordkauf.example": "Nordkauf"}


def test_without_a_file_the_defaults_hold(tmp_path: Path):
    settings = config.load(tmp_path / "config.toml")
    assert (settings.desk.zone, settings.desk.undo_seconds, settings.upstream) == ("UTC", 10, {})


def test_an_upstream_needs_only_its_address():
    upstream = config.parse('[upstream.rt]\nurl = "https://rt.example"\n', "c").upstream["rt"]
    assert (upstream.auth, upstream.every_s, upstream.service_account) == ("password", 60, False)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[desk]\nzona = 1\n", 2, "desk.zona: unknown key"),
        ("\n\n[dask]\nzone = 1\n", 3, "dask: unknown key"),
        ("zone = 'UTC'\n", 1, "zone: unknown key"),
        ("desk = 3\n", 1, "desk: must be a table"),
        ("[desk]\n\n# no\nundo_seconds = '10'\n", 4, "desk.undo_seconds: must be a whole number"),
        ("[desk]\nundo_seconds = true\n", 2, "must be a whole number"),
        ("[desk]\nundo_seconds = -1\n", 2, "must be at least 0"),
        ("[alerts]\nbell = 1\n", 2, "alerts.bell: must be true or false"),
        ("[alerts]\nnotify = 'osc99'\n", 2, "alerts.notify: 'osc99' is not one of: auto, osc9, osc777, off"),
        ("[alerts]\n\ncommand = 'rm -rf /'\n", 3, "alerts.command: must be a list of strings"),
        ("[alerts]\ncommand = ['a', 1]\n", 2, "alerts.command: must be a list of strings"),
        ("[alerts]\nnight = '22-6'\n", 2, "alerts.night: '22-6' are no hours"),
        ("[alerts]\nnight = '22:00-24:00'\n", 2, "are no hours"),
        ("[alerts]\nnight = '22:00-22:00'\n", 2, "are no hours"),
        ("[alerts]\nnight = '22:60-06:00'\n", 2, "are no hours"),
        ("[alerts]\nmute_minutes = 0\n", 2, "alerts.mute_minutes: must be at least 1"),
        ("[alerts]\npager = 'yes'\n", 2, "alerts.pager: must be true or false"),
        ("[alerts]\nsound = true\n", 2, "alerts.sound: unknown key"),
        ("[desk]\nzone = 'Berlin'\n", 2, "desk.zone: 'Berlin' is no IANA time zone"),
        ("[desk]\nzone = '../../etc/passwd'\n", 2, "is no IANA time zone"),
        ("[desk]\nresume_on_customer_reply = 1\n", 2, "must be true or false"),
        ("[upstream.rt]\nurl = 'rt.example'\n", 2, "upstream.rt.url: 'rt.example' is no web address"),
        ("[upstream.rt]\nurl = 'https://anna:pw@rt.example'\n", 2, "is no web address"),
        ("[upstream.rt]\nurl = 'https://[::1'\n", 2, "is no web address"),
        ("[upstream.rt]\nuser = 'anna'\n", 1, "upstream.rt: needs a url"),
        ("[upstream.rt]\nurl = 'https://rt.example'\npassword = 'x'\n", 3, "upstream.rt.password: unknown key"),
        ("[upstream.rt]\nurl = 'https://rt.example'\nauth = 'basic'\n", 3, "not one of: password, token"),
        ("[upstream.rt]\nurl = 'https://rt.example'\n[upstream.rt.fields]\nholds = 'x'\n", 4, "fields.holds: unknown"),
        ("[upstream.rt]\nurl = 'https://rt.example'\nfields.holds = 'x'\n", 3, "fields.holds: unknown"),
        ("[upstream.rt]\nurl = 'https://r.example'\n[upstream.rt.queues]\nN = {kind = 'x'}\n", 4, "must be one of"),
        (RT + "[upstream.rt.fields]\nimpact = 'X'\nurgency = 'x'\n", 5, "fields.urgency: the field 'x' carries impact"),
        (RT + "[upstream.rt.states]\nopen = 'doing'\n", 4, "states.open: 'doing' is no state of the desk"),
        (RT + "[upstream.rt.states]\nopen = 'pending lunch'\n", 4, "'pending lunch' is no state of the desk"),
        (RT + "[upstream.rt.states]\nopen = 'resolved vendor'\n", 4, "'resolved vendor' is no state of the desk"),
        (RT + "[upstream.rt.states]\nopen = 1\n", 4, "must be a string"),
        (RT + "[upstream.rt.states]\nOpen = 'new'\nopen = 'new'\n", 5, "states.open: it is 'Open' above"),
        (RT + "[upstream.rt.priorities]\nHigh = 'P5'\n", 4, "priorities.High: 'P5' is no priority of the desk"),
        (RT + "[upstream.rt.priorities]\nHigh = 'P1'\nhigh = 'P2'\n", 5, "priorities.high: it is 'High' above"),
        (RT + "[upstream.two]\nprefix = 'rt-'\nurl = 'https://two.example'\n", 4, "two.prefix: tickets of it"),
        (
            RT + "[upstream.two]\nprefix = 'RT-1'\nurl = 'https://two.example'\n",
            4,
            "upstream.two.prefix: tickets of it",
        ),
        (
            "[upstream.my-rt]\nurl = 'https://a.example'\n[upstream.my_rt]\nurl = 'https://b.example'\n",
            3,
            "upstream.my_rt: its secret would be that of [upstream.my-rt]: DESKUI_SECRET_MY_RT is both",
        ),
        ("[me]\nredmine = 'anna'\n", 2, "me.redmine: unknown key"),
        ("[me]\nname = 3\n", 2, "me.name: must be a string"),
        ("[secrets]\nkeyrings = 'x'\n", 2, "must be a list of strings"),
        ("[ui]\nkeys = 'emacs'\n", 2, "deskui, vim"),
        ("[ui]\nkitty_keys = 0\n", 2, "true or false"),
        ("[keys]\nverb.take = ['x']\n", 2, "an action's id has a dot in it"),
        ("[keys]\n'verb.take' = 'x'\n", 2, "must be a list of strings"),
        ('[customer]\n"a.example" = 1\n', 2, "must be a string"),
        ("[history]\ndays = 0\n", 2, "must be at least 1"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(text: str, line: int, says: str):
    with pytest.raises(ConfigError) as caught:
        config.parse(text, "/home/a/config.toml")
    assert f"/home/a/config.toml, line {line}: " in str(caught.value)
    assert says in str(caught.value)
    assert caught.value.hint


def test_broken_toml_names_the_file_and_the_place():
    with pytest.raises(ConfigError, match=r"c\.toml: this is not TOML: .*line 2"):
        config.parse("[desk]\nzone = \n", "c.toml")


def test_an_unreadable_file_is_an_error_not_a_traceback(tmp_path: Path):
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(tmp_path / "config.toml")


def test_settings_are_frozen():
    settings = config.parse(WHOLE, "c")
    with pytest.raises(AttributeError):
        settings.desk.zone = "UTC"  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.me["name"] = "kim"  # type: ignore[index]


def test_every_key_has_its_sentence():
    source = Path(config.__file__).with_name("settings.py").read_text()
    for cls in (config.Desk, config.Upstream, config.History, config.Secrets, config.Ssh, config.Ui, config.Settings):
        body = source.partition(f"class {cls.__name__}(NamedTuple):")[2].partition("\nclass ")[0]
        for name in cls._fields:
            declared = body.partition(f"\n    {name}: ")[2].partition("\n")[2]
            assert declared.lstrip().startswith('"""'), f"{cls.__name__}.{name}"


def test_night_hours():
    assert config.hours("22:00-06:30") == (1320, 390)
    assert config.parse("[alerts]\nnight = ''\n", "c").alerts.night == ""


def test_upstreams_that_are_told_apart_may_stand_beside_each_other():
    names = ("rt", "rt2", "rtx", "art")
    text = "".join(f"[upstream.{name}]\nurl = 'https://{name}.example'\n" for name in names)
    assert tuple(config.parse(text, "c").upstream) == names
