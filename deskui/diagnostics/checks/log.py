"""The last errors in the log: the journal, else syslog, like ones counted together."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deskui.diagnostics.base import Check, Command, Facts, Output, Param, Verdict

# `2026-11-24T02:07:00+0000 host ident[pid]: message`, and syslog's two ways of writing the time.
_ENTRY = re.compile(
    r"(?:\d{4}-\d\d-\d\dT\S+|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)\s+\S+\s+"
    r"(?P<who>[^:\[\s]+)(?:\[\d+\])?:\s+(?P<what>.*)"
)
_VARYING = re.compile(r"0x[0-9a-f]+|\b[0-9a-f]{8,}\b|\d+")
_GRAVE = re.compile(
    r"out of memory|oom-kill|I/O error|kernel panic|file system.*(?:error|read-only)|\bmce\b|hardware error", re.I
)
_ERRORS = re.compile(r"\b(?:err(?:or)?s?|crit(?:ical)?|fatal|panic|failed|emerg)\b", re.I)
SHOWN = 3


def parse(outputs: Sequence[Output], params: Mapping[str, Any], facts: Facts) -> Verdict:
    """Errors are a notice, grave ones (memory, disk, kernel) a warning; no log that we may read is skipped."""
    journal, syslog = outputs[0], outputs[1]
    source, entries = "journal", _entries(journal.text.splitlines())
    if not entries and not _has_journal(journal):
        if syslog.code != 0:
            return Verdict("skipped", "there is neither a journal nor a syslog that this user may read")
        source = "syslog"
        entries = [entry for entry in _entries(syslog.text.splitlines()) if _ERRORS.search(entry[1])]
    when = f"in {params['hours']} h" if source == "journal" else f"in the last {params['lines']} lines of syslog"
    partly = " (of this user only)" if "not seeing messages from other users" in journal.errors else ""
    if not entries:
        return Verdict("ok", f"no errors {when}{partly}", 0, "errors")
    grave = [entry for entry in entries if _GRAVE.search(entry[1])]
    told = "; ".join(_grouped(grave or entries))
    count = f"{len(entries)}{'+' if len(entries) >= params['lines'] else ''}"
    return Verdict("warning" if grave else "notice", f"{count} errors {when}{partly}: {told}", len(entries), "errors")


def _has_journal(output: Output) -> bool:
    missing = ("No journal files", "not been booted", "insufficient permissions")
    return output.code == 0 and not any(words in output.text + output.errors for words in missing)


def _entries(lines: Iterable[str]) -> list[tuple[str, str]]:
    return [(row["who"], row["what"]) for row in map(_ENTRY.match, lines) if row]


def _grouped(entries: Sequence[tuple[str, str]]) -> list[str]:
    """The newest of each kind, the most frequent kind first."""
    counts: Counter[tuple[str, str]] = Counter()
    newest = {}
    for who, what in entries:
        kind = (who, _VARYING.sub("#", what))
        counts[kind] += 1
        newest[kind] = what
    return [
        f"{who}: {newest[who, what][:100]}" + (f" ({count} times)" if count > 1 else "")
        for (who, what), count in counts.most_common(SHOWN)
    ]


CHECK = Check(
    "log", "Errors in the log",
    (
        Command(("journalctl", "-p", "3", "--since", "-{hours}h", "-n", "{lines}", "-o", "short-iso", "--no-pager"),
                optional=True),
        Command(("tail", "-n", "{lines}", "/var/log/syslog"), optional=True),
    ),
    parse, {"hours": Param("int", 24, 1, 720), "lines": Param("int", 200, 1, 2000)},
)  # fmt: skip
