"""Finds the files that ship with deskui: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def data() -> Path:
    """The folder with SLA policies, calendars, runbooks and the demo desk."""
    return _folder("data")


def themes() -> Path:
    """The folder with one TOML file per theme."""
    return _folder("themes")
