"""Takes out of a text what strangers must not read: secrets, addresses, people, customers, subjects."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from deskui import text
from deskui.diagnostics.redact import redact

LEFT_OUT = "[left out]"
LEAST = 3  # characters of a name: shorter ones stand in every other word
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*|\b\d{1,3}(?:\.\d{1,3}){3}\b")
_URL = re.compile(r"([a-z][a-z0-9+.-]*://)(?:[^\s/@\"']*@)?([^\s?#\"']*)[^\s\"']*", re.IGNORECASE)
_RECORD = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ [A-Z]+ )([\w.]+): (.*)")
_FRAME = re.compile(r'\s+File ".*?((?:[\w.-]+/){0,2}[\w.-]+)", line (\d+), in ([\w<>.]+)')
_RAISED = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt|Unreachable|Rejected)(?=:|$)")


class Scrub:
    """Knows the `names` that must go, beside what can be told by its form; `home` becomes `<home>`."""

    def __init__(self, names: Iterable[str], home: Path) -> None:
        parts = {part for name in names for part in (name, text.line(name)) if len(part) >= LEAST}
        self._names = sorted(parts, key=len, reverse=True)
        self._places = ((str(home), "<home>"), (str(Path.home()), "~"))

    def __call__(self, said: str) -> str:
        """One line without them."""
        for place, name in self._places:
            said = said.replace(place, name)
        said = _ADDRESS.sub(LEFT_OUT, url(redact(said)))
        low = said.casefold()
        for name in self._names:
            if name.casefold() in low:
                said = re.sub(re.escape(name), LEFT_OUT, said, flags=re.IGNORECASE)
                low = said.casefold()
        return text.line(said)

    def log(self, lines: Iterable[str]) -> Iterator[str]:
        """Lines of the log: ours scrubbed, a library's without its message, of a traceback where and what kind."""
        for line in lines:
            if record := _RECORD.match(line):
                when, logger, message = record.groups()
                ours = logger.partition(".")[0] == "deskui"
                yield f"{when}{logger}: {self(message) if ours else LEFT_OUT}"
            elif frame := _FRAME.match(line):
                yield '  File "{}", line {}, in {}'.format(*frame.groups())
            elif raised := _RAISED.match(line):
                yield raised[0]


def url(said: str) -> str:
    """URLs in it without a login and without a query."""
    return _URL.sub(r"\1\2", said)
