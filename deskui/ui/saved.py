"""Notices that a file was saved, by one `stat` per look."""

from pathlib import Path

Stamp = tuple[int, int, int]


class Saved:
    """`path`, and how it was when last looked at."""

    def __init__(self, path: Path) -> None:
        self.path, self._seen = path, _stamp(path)

    def again(self) -> bool:
        """Whether it was saved since the last look; while it is away (an editor puts it anew) it was not."""
        now = _stamp(self.path)
        if now is None or now == self._seen:
            return False
        self._seen = now
        return True


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
