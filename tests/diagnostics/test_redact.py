"""What a host printed loses its secrets, and keeps what a technician needs."""

import time

import pytest

from deskui.diagnostics.redact import GONE, LIMIT, cut, redact

S = "hunter2-Zq9"  # the secret that must be gone


@pytest.mark.parametrize(
    "text",
    [
        f"password={S}", f"PASSWORD = {S}", f"DB_PASSWORD={S}", f"passwd: {S}", f'"password": "{S}"', f"'pwd' => '{S}'",
        f"AWS_SECRET_ACCESS_KEY={S}", f"export API_KEY={S}", f"api-key: {S}", f"client_secret={S}&grant=x",
        f"token: {S}", f'{{"access_token":"{S}","x":1}}', f"passphrase: correct horse {S}", f'password="a b {S}"',
        f"Authorization: Bearer {S}", f"authorization: Basic {S}==", f'curl -H "Authorization: Token {S}" http://x',
        f"Proxy-Authorization: {S}", f"Cookie: session={S}; a=b", f"Set-Cookie: id={S}; Path=/", f"X-Api-Key: {S}",
        f"https://bob:{S}@git.example/x", f"postgres://app:{S}@db/x", f"redis://:{S}@cache", f"amqp://u:p@{S}@mq/x",
        f"curl -u bob:{S} http://x", f"mysql -uroot -p{S} db", f"sshpass -p {S} ssh x", 
        f"tool --password {S} --verbose",
        f"tool --db-password={S}", f"tool --auth-token '{S}'", f"machine x login bob password {S}",
        f"snmp-server community {S} RO", f"enable secret 5 {S}", f"username bob password 7 {S}",
        f"-----BEGIN OPENSSH PRIVATE KEY-----\n{S}\nabc\n-----END OPENSSH PRIVATE KEY-----",
        f"-----BEGIN RSA PRIVATE KEY-----\nabc\n{S}", 
        f"c2VjcmV0\nabcdefgh{S.replace('-', '+')}\n-----END PRIVATE KEY-----",
        f"pass\x1b[1mword\x1b[0m={S}", f"\x1b]0;title\x07password={S}", f"root:$6$salt${S}:19000:0", f"Bearer {S}{S}",
        f"psk={S}", f"pwd={S}", f"key=1\nsecret_key_base: {S}\n",
    ],
)  # fmt: skip
def test_gone(text: str) -> None:
    told = redact(text)
    assert S not in told
    assert S.replace("-", "+") not in told
    assert GONE in told


@pytest.mark.parametrize(
    "shape",
    ["AKIAIOSFODNN7EXAMPLE", "ghp_" + "a1" * 18, "glpat-abcdefghij0123456789", "xoxb-123456789012-abc",
     "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJ", "1-14-0123456789abcdef0123456789abcdef"],
)  # fmt: skip
def test_known_shapes_without_a_name(shape: str) -> None:
    assert shape not in redact(f"found {shape} in the log")


@pytest.mark.parametrize(
    "text",
    [
        "/dev/vda ext4 264212084 23168668 83222244 22% /", "cat: /etc/passwd: Permission denied", "PWD=/root",
        "Failed password for root from 10.0.0.1 port 22 ssh2", "OLDPWD=/srv", "http://host:8080/path", "git@host:x.git",
        "tcp LISTEN 0 128 127.0.0.1:12205", "sshd[1]: Accepted publickey for root SHA256:oiiR92cGH551jHDv",
        "https://[fd00::1]:8443/x", "basic needs", "user=bob host=db1",
    ],
)  # fmt: skip
def test_kept(text: str) -> None:
    assert redact(text) == text


def test_a_known_secret_goes_wherever_it_stands() -> None:
    assert redact("echo desk-ssh-pw | sudo -S x", ["desk-ssh-pw"]) == f"echo {GONE} | sudo -S x"


@pytest.mark.parametrize(
    "text",
    ["x" * 2_000_000, "password" * 100_000, "curl " * 100_000, "a://" * 200_000, "AAAA\n" * 400_000, "\x1b]" * 90_000],
)
def test_hostile_output_takes_no_time(text: str) -> None:
    started = time.monotonic()
    redact(text)
    assert time.monotonic() - started < 2


def test_cut_keeps_whole_lines_and_says_how_many_are_gone() -> None:
    text = "".join(f"line {number}\n" for number in range(1000))
    short = cut(text, 300)
    assert len(short) < 340
    assert short.startswith("line 0\n")
    assert short.endswith("line 999\n")
    kept = sum(line.startswith("line ") for line in short.splitlines())
    assert f"[... {1000 - kept} lines cut ...]" in short


def test_a_secret_parted_by_the_cut_is_not_half_shown() -> None:
    text = "x\n" + "password=" + S * LIMIT
    assert S[:7] not in redact(text)
