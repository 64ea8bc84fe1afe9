"""The settings of `config.toml`; anything that it cannot say is an error that names the file, the key and the line."""

from deskui.config.reading import ConfigError, is_zone, load, parse, wrong
from deskui.config.settings import Desk, History, Secrets, Settings, Ssh, Ui, Upstream
from deskui.config.who import who

__all__ = [
    "ConfigError",
    "Desk",
    "History",
    "Secrets",
    "Settings",
    "Ssh",
    "Ui",
    "Upstream",
    "is_zone",
    "load",
    "parse",
    "who",
    "wrong",
]
