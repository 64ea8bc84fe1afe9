"""Finds the files that ship with deskui: beside the package in a checkout, inside it in a wheel."""

import tomllib
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def data() -> Path:
    """The folder with SLA policies, calendars, runbooks and the demo desk."""
    return _folder("data")


def themes() -> tuple[dict[str, Any], ...]:
    """The tables of every theme's file."""
    return tuple(tomllib.loads(path.read_text("utf-8")) for path in sorted(_folder("themes").glob("*.toml")))
