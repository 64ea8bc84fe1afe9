"""Which ports listen, and which of them everybody can reach that nobody should."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deskui.diagnostics.base import Check, Command, Facts, Output, Verdict

# Services that have no business on a public address: telnet, rsh, NFS, Docker, databases, caches.
_INNER = {
    23: "telnet", 512: "rexec", 513: "rlogin", 514: "rsh", 2375: "docker", 3306: "mysql", 5432: "postgres",
    6379: "redis", 9200: "elasticsearch", 11211: "memcached", 27017: "mongodb",
}  # fmt: skip
_ADDRESS = re.compile(r"(?P<address>\S*):(?P<port>\d{1,5})")
_PROGRAM = re.compile(r'users:\(\("([^"]+)"')
SHOWN = 12


def parse(outputs: Sequence[Output], params: Mapping[str, Any], facts: Facts) -> Verdict:
    """ss(8), else netstat(8); TCP in LISTEN state only counts, for UDP has no such state."""
    ss, netstat = outputs[0], outputs[1]
    if ss.code != 0 and netstat.code != 0:
        return Verdict("skipped", "neither ss nor netstat is on this host")
    found = sorted(set(_ss(ss.text) if ss.code == 0 else _netstat(netstat.text)))
    if not found:
        return Verdict("ok", "no port listens", 0, "ports")
    numbers = sorted({port for port, _, _ in found})
    names = {port: name for port, _, name in found if name}
    told = ", ".join(f"{port} {names[port]}" if port in names else str(port) for port in numbers[:SHOWN])
    more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
    exposed = sorted({port for port, address, _ in found if port in _INNER and _public(address)})
    if exposed:
        open_ones = ", ".join(f"{_INNER[port]} ({port})" for port in exposed)
        return Verdict("notice", f"open to every network: {open_ones}; listening: {told}{more}", len(numbers), "ports")
    return Verdict("ok", f"listening: {told}{more}", len(numbers), "ports")


def _public(address: str) -> bool:
    return address in ("0.0.0.0", "*", "[::]", "::", "")


def _ss(text: str) -> Iterator[tuple[int, str, str]]:
    for line in text.splitlines():
        words = line.split()
        local = _ADDRESS.fullmatch(words[4]) if len(words) > 5 and words[0] == "tcp" and words[1] == "LISTEN" else None
        if local:
            program = _PROGRAM.search(line)
            yield int(local["port"]), local["address"], program[1] if program else ""


def _netstat(text: str) -> Iterator[tuple[int, str, str]]:
    for line in text.splitlines():
        words = line.split()
        local = _ADDRESS.fullmatch(words[3]) if len(words) > 5 and words[0].startswith("tcp") else None
        if local and words[5] == "LISTEN":
            program = words[6].partition("/")[2].rstrip(":") if len(words) > 6 else ""
            yield int(local["port"]), local["address"], program


CHECK = Check(
    "ports", "Listening ports",
    (Command(("ss", "-H", "-ltnup"), optional=True), Command(("netstat", "-ltnp"), optional=True)), parse,
)  # fmt: skip
