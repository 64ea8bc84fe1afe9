"""What `config.toml` may say, key by key, each with its sentence.

Named tuples, since the first paint waits for them and a dataclass takes ten times as long to be made.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

_NONE: Mapping[str, Any] = MappingProxyType({})


class Desk(NamedTuple):
    """`[desk]`: how this desk works."""

    zone: str = "UTC"
    """The IANA time zone of the desk: typed times (`08:30`) and the screen's clock are in it."""

    undo_seconds: int = 10
    """Seconds for which a public reply is held back so that it can be undone; a P1 is never held back."""

    resume_on_customer_reply: bool = False
    """Whether a customer's answer on a pending ticket queues a resume; otherwise it only marks the ticket."""

    acknowledge_on_open: bool = False
    """Whether a status change made elsewhere counts as an acknowledgement."""

    portable: bool = False
    """Whether this desk is on a laptop: customers with `not_on_laptops = true` are never stored on it."""


class Upstream(NamedTuple):
    """`[upstream.NAME]`: one ticket system."""

    kind: str = ""
    """Which adapter speaks to it (`rt`); left out: the section's name."""

    url: str = ""
    """Where it is, `https://…`, without `/REST/2.0`."""

    user: str = ""
    """The login name there."""

    auth: str = "password"
    """`password` or `token`; the secret itself is never in this file (see `deskui init`)."""

    prefix: str = ""
    """What its ticket numbers begin with on screen; left out: the name in capitals and `-`."""

    every_s: int = 60
    """Seconds between two runs of the sync."""

    service_account: bool = False
    """Whether the login is shared: then `[me]` must say who works here and each message is signed."""

    ca_file: str = ""
    """A file with the certificate authority of the server, if the system does not know it."""

    proxy: str = ""
    """The proxy to go through, `http://proxy.example:3128`; left out: none, whatever the environment names."""

    proxy_user: str = ""
    """Who we are to the proxy; the password is a secret of its own, `proxy_NAME` (see `deskui secret`)."""

    fields: Mapping[str, str] = _NONE
    """Our facts and the custom fields that carry them: `hold_reason = "Hold Reason"`."""

    queues: Mapping[str, Mapping[str, str]] = _NONE
    """Per queue its `kind` and `customer`."""

    states: Mapping[str, str] = _NONE
    """Per state of the system the desk's: `spam = "cancelled"`, a pending one with its reason if it has one:
    `"At vendor" = "pending vendor"`.  Of several that mean the same the first that a queue knows is written."""

    priorities: Mapping[str, str] = _NONE
    """Per priority of the system the desk's: `Urgent = "P1"`; a number is the least one of its band."""


class History(NamedTuple):
    """`[history]`: how far back finished tickets are fetched."""

    days: int = 400
    """Days of finished tickets to keep at hand."""


class Store(NamedTuple):
    """`[store]`: the file with everything in it."""

    archive_days: int = 90
    """Tickets that have been finished for so many days are kept in less room; they are found and shown as before.
    0: never."""

    encrypted: bool = False
    """Whether the file is encrypted (needs the extra `deskui[encrypted]`): a new one is made so, and a plain one is
    refused until `deskui store encrypt` has made it so."""


class Secrets(NamedTuple):
    """`[secrets]`: where passwords and tokens may be kept."""

    keyrings: tuple[str, ...] = ()
    """Keyring backends allowed beyond the built-in list, as `module.Class`."""

    file: str = ""
    """An encrypted file for a host without a keyring; its passphrase is in DESKUI_SECRET_SECRETS_FILE, in a credential
    of that name, or asked for at the terminal."""


class Ssh(NamedTuple):
    """`[ssh]`: diagnostics over SSH."""

    known_hosts: str = "~/.ssh/known_hosts"
    """The file with the host keys that are trusted."""


class Ui(NamedTuple):
    """`[ui]`: the screen."""

    theme: str = "auto"
    """A theme's name, or `auto`: dark or light as the terminal is."""

    keys: str = "deskui"
    """The key preset: `deskui`, or `vim`."""

    kitty_keys: bool = True
    """Whether terminals that know kitty's key protocol are asked for it."""


class Alerts(NamedTuple):
    """`[alerts]`: how the desk calls for attention."""

    bell: bool = True
    """Whether the terminal's bell rings."""

    notify: str = "auto"
    """Desktop notifications through the terminal: `osc9`, `osc777`, `off`, or `auto`: what this terminal knows."""

    command: tuple[str, ...] = ()
    """A command to run, as a list of words and never a shell; the alert's line is added as the last word."""

    night: str = "22:00-06:00"
    """The local hours in which the bell is for a P1 and for less than ten minutes; "" for none."""

    mute_minutes: int = 15
    """For how long `M` mutes the alerts."""

    pager: bool = False
    """Whether a `deskui watch` is to run for this desk: the console says so if none does."""


class Settings(NamedTuple):
    """Everything that `config.toml` says, checked."""

    desk: Desk = Desk()
    """How this desk works."""

    me: Mapping[str, str] = _NONE
    """`[me]`: who works here: `name`, and a name per upstream where it differs."""

    upstream: Mapping[str, Upstream] = _NONE
    """`[upstream.NAME]`: the ticket systems."""

    customer: Mapping[str, str] = _NONE
    """`[customer]`: e-mail domains and the customers they belong to."""

    store: Store = Store()
    """The file with everything in it."""

    history: History = History()
    """How far back finished tickets are fetched."""

    secrets: Secrets = Secrets()
    """Where passwords and tokens may be kept."""

    ssh: Ssh = Ssh()
    """Diagnostics over SSH."""

    ui: Ui = Ui()
    """The screen."""

    keys: Mapping[str, tuple[str, ...]] = _NONE
    """`[keys]`: an action's id and the keys that it shall have: `"verb.take" = ["b", "g t"]`."""

    alerts: Alerts = Alerts()
    """How the desk calls for attention."""

    def kind(self, upstream: str) -> str:
        """Which adapter speaks to that upstream."""
        return self.upstream[upstream].kind or upstream

    def prefix(self, upstream: str) -> str:
        """What the ticket ids of that upstream begin with."""
        return self.upstream[upstream].prefix or f"{upstream.upper()}-"
