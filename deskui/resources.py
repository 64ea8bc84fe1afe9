"""Finds the files that ship with deskui: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def data() -> Path:
    """The folder with SLA policies, calendars, runbooks and the demo desk."""
    return _folder("data")


def themes(home: Path | None = None) -> dict[str, Path]:
    """Every theme's name and file; one in `<home>/themes` is taken instead of ours of the same name."""
    folders = (_folder("themes"), *([home / "themes"] if home else []))
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.toml"))}


def own_themes(home: Path) -> dict[str, Path]:
    """The themes in `<home>/themes`, which somebody may be at work on."""
    return {path.stem: path for path in (home / "themes").glob("*.toml")}
