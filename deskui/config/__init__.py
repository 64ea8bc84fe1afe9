"""The settings of `config.toml`; anything that it cannot say is an error that names the file, the key and the line."""

from deskui.config.reading import ConfigError, hours, is_zone, load, parse, wrong
from deskui.config.settings import Alerts, Desk, History, Secrets, Settings, Ssh, Ui, Upstream
from deskui.config.who import who

__all__ = [
    "Alerts",
    "ConfigError",
    "Desk",
    "History",
    "Secrets",
    "Settings",
    "Ssh",
    "Ui",
    "Upstream",
    "hours",
    "is_zone",
    "load",
    "parse",
    "who",
    "wrong",
]
