"""known_hosts, line by line: what is known, what is revoked, what is odd."""

import base64
import hashlib
import hmac
import subprocess
from pathlib import Path

import pytest

from deskui.diagnostics.hostkeys import HostKeyChanged, HostKeyUnknown, KnownHosts, fingerprint, read
from tests.diagnostics.conftest import make_key


def key(number: int, kind: str = "ssh-ed25519") -> tuple[bytes, str]:
    """(blob, "type base64") of a key that never was."""
    blob = len(kind).to_bytes(4, "big") + kind.encode() + bytes([number]) * 32
    return blob, f"{kind} {base64.b64encode(blob).decode()}"


MINE, MINE_TEXT = key(1)
OTHER, OTHER_TEXT = key(2)
RSA, RSA_TEXT = key(3, "ssh-rsa")


def hashed(name: str) -> str:
    salt = bytes(range(20))
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


def judge(text: str, blob: bytes = MINE, host: str = "sw1", port: int = 22) -> str:
    known = KnownHosts([("kh", text)], host, port)
    try:
        known.check(blob)
    except HostKeyChanged:
        return "changed"
    except HostKeyUnknown:
        return "unknown"
    return "ok"


@pytest.mark.parametrize(
    ("text", "host", "port", "wanted"),
    [
        ("", "sw1", 22, "unknown"),
        (f"sw1 {MINE_TEXT}", "sw1", 22, "ok"),
        (f"sw1 {MINE_TEXT} a comment", "SW1", 22, "ok"),
        (f"a,sw1,b {MINE_TEXT}", "sw1", 22, "ok"),
        (f"sw1 {OTHER_TEXT}", "sw1", 22, "changed"),
        (f"sw1 {OTHER_TEXT}\nsw1 {MINE_TEXT}", "sw1", 22, "ok"),
        (f"sw1 {RSA_TEXT}", "sw1", 22, "changed"),
        (f"sw2 {MINE_TEXT}", "sw1", 22, "unknown"),
        (f"sw* {MINE_TEXT}", "sw1", 22, "ok"),
        (f"sw? {MINE_TEXT}", "sw10", 22, "unknown"),
        (f"sw*,!sw1 {MINE_TEXT}", "sw1", 22, "unknown"),
        (f"{hashed('sw1')} {MINE_TEXT}", "sw1", 22, "ok"),
        (f"{hashed('sw1')} {OTHER_TEXT}", "sw1", 22, "changed"),
        (f"{hashed('sw2')} {MINE_TEXT}", "sw1", 22, "unknown"),
        (f"|1|bad|worse {MINE_TEXT}", "sw1", 22, "unknown"),
        (f"[sw1]:2222 {MINE_TEXT}", "sw1", 2222, "ok"),
        (f"[sw1]:2222 {MINE_TEXT}", "sw1", 22, "unknown"),
        (f"[sw1]:2222 {OTHER_TEXT}", "sw1", 2222, "changed"),
        (f"{hashed('[sw1]:2222')} {MINE_TEXT}", "sw1", 2222, "ok"),
        (f"sw1 {MINE_TEXT}", "sw1", 2222, "ok"),  # as OpenSSH: known without its port
        (f"sw1 {OTHER_TEXT}", "sw1", 2222, "unknown"),  # another service on that host may have another key
        (f"[fd00::1]:2222 {MINE_TEXT}", "fd00::1", 2222, "ok"),
        (f"fd00::1 {MINE_TEXT}", "fd00::1", 22, "ok"),
        (f"@revoked sw1 {MINE_TEXT}", "sw1", 22, "changed"),
        (f"sw1 {MINE_TEXT}\n@revoked * {MINE_TEXT}", "sw1", 22, "changed"),
        (f"sw1 {MINE_TEXT}\n@revoked * {MINE_TEXT}", "sw1", 2222, "changed"),
        (f"sw1 {MINE_TEXT}\n@revoked sw1 {OTHER_TEXT}", "sw1", 22, "ok"),
        (f"@cert-authority sw1 {MINE_TEXT}", "sw1", 22, "unknown"),
        (f"@cert-authority * {OTHER_TEXT}\nsw1 {MINE_TEXT}", "sw1", 22, "ok"),
    ],
)  # fmt: skip
def test_verdicts(text: str, host: str, port: int, wanted: str) -> None:
    assert judge(text, MINE, host, port) == wanted


ODD = [
    "sw1",
    "sw1 ssh-ed25519",
    "sw1 ssh-ed25519 ???",
    f"sw1 ssh-rsa {MINE_TEXT.split()[1]}",
    "@maybe sw1 ssh-rsa AAAA",
    "\x00",
]


@pytest.mark.parametrize("line", ODD)
def test_an_odd_line_is_told_and_spoils_nothing(line: str) -> None:
    known = KnownHosts([("kh", f"# comment\n\n{line}\nsw1 {MINE_TEXT}\n")], "sw1", 22)
    known.check(MINE)
    assert len(known.warnings) == 1
    assert known.warnings[0].startswith("kh:3 is ignored: ")


def test_a_changed_key_says_both_fingerprints_and_the_line() -> None:
    with pytest.raises(HostKeyChanged) as caught:
        KnownHosts([("kh", f"\nsw1 {OTHER_TEXT}")], "sw1", 22).check(MINE)
    problem = caught.value.problem
    assert problem.kind == "host_key_changed"
    assert (problem.known, problem.offered) == ((fingerprint(OTHER),), fingerprint(MINE))
    assert fingerprint(OTHER) in problem.message
    assert fingerprint(MINE) in problem.message
    assert "kh:2" in problem.hint


def test_an_unknown_key_says_its_fingerprint_and_a_certificate_authority_is_explained() -> None:
    with pytest.raises(HostKeyUnknown) as caught:
        KnownHosts([("kh", f"@cert-authority sw1 {OTHER_TEXT}")], "sw1", 22).check(MINE)
    assert caught.value.problem.offered == fingerprint(MINE)
    assert "certificate authority" in caught.value.problem.hint


def test_known_types_are_asked_for_first() -> None:
    assert KnownHosts([("kh", f"sw1 {RSA_TEXT}\nsw2 {MINE_TEXT}")], "sw1", 22).types() == ["ssh-rsa"]


def test_openssh_agrees_on_fingerprint_and_hashing(tmp_path: Path) -> None:
    public = make_key(tmp_path / "key")
    blob = base64.b64decode(public.split()[1])
    told = subprocess.run(
        ["ssh-keygen", "-lf", tmp_path / "key.pub"], capture_output=True, text=True, check=True
    ).stdout
    assert fingerprint(blob) in told
    file = tmp_path / "known_hosts"
    file.write_text(f"[sw1]:2222 {public}\n")
    subprocess.run(["ssh-keygen", "-H", "-f", file], check=True, capture_output=True)
    text = file.read_text()
    assert text.startswith("|1|")
    assert judge(text, blob, "sw1", 2222) == "ok"
    assert read(text, "kh")[1] == []
