"""Takes secrets out of what a host printed, before it goes into a ticket: rather a word too many than one too few."""

import re
from collections.abc import Iterable

GONE = "[redacted]"
LIMIT = 64_000  # characters looked at; more is cut in the middle first, so that no rule meets a text without end

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]", re.S | re.M)
_WORDS = (
    r"passw(?:or)?d|(?-i:(?<!OLD)(?!PWD=))pwd|passphrase|passcode|secret|token|credential|preshared|psk"
    r"|(?:api|access|private|secret|auth|signing|encryption|account)[_-]?key"
)
_NAME = rf"(?<!/etc/)(?:{_WORDS})[\w.-]{{0,40}}[\"']?"
_QUOTED = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
_ARGUMENT = rf"(?:{_QUOTED}|\S+)"
_BLOCK = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_BASE64 = r"[A-Za-z0-9+/=]"
_HEADER = r"(?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]{0,30}(?:key|token|auth)[\w-]{0,10}"
_ACCOUNT = r"login\s+\S+\s+password|enable (?:secret|password)|user(?:name)? \S+ (?:secret|password)"
_SHAPES = (
    r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|sk-[\w-]{20,}"
    r"|AIza[\w-]{35}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|AGE-SECRET-KEY-1\w{20,}|\d+-\d+-[0-9a-f]{32}"
)

# What is kept stands in group 1.  In this order: what spans lines first, then the more exact.
_RULES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.I | re.M)
    for pattern in (
        rf"()-----BEGIN {_BLOCK}[\s\S]*?(?:-----END {_BLOCK}|\Z)",
        rf"()(?:^{_BASE64}{{8,100}}\s*\n){{0,100}}{_BASE64}{{0,80}}\s*-----END {_BLOCK}",  # its beginning was cut off
        rf"()^Private-Lines:[^\n]*\n(?:{_BASE64}{{8,100}}\s*\n?){{0,200}}",  # PuTTY
        rf"((?<![\w-])(?:{_HEADER})[\"']?\s*[:=]\s*[\"']?)[^\"'\r\n]+",
        r"(\b[a-z][a-z0-9+.-]{1,20}://)(?:[^\s/@:\"'<>]*:[^\s/\"'<>]+|[^\s/@\"'<>]{16,})(?=@)",
        rf"(\bcurl\b[^\n]{{0,400}}?\s(?:-u|--user)[ =]?){_ARGUMENT}",
        rf"(\b(?:mysql\w*|mariadb\w*|sshpass)\b[^\n]{{0,400}}?\s-p ?){_ARGUMENT}",
        rf"((?<![\w-])--?[\w-]{{0,30}}(?:{_WORDS}|pass)[\w-]{{0,20}}[ =]){_ARGUMENT}",
        rf"({_NAME}\s*(?::|=>?)\s*)(?:{_QUOTED})",
        rf"({_NAME}=)[^\s\"']\S*",
        rf"({_NAME}[ \t]*(?:=>|[:=])[ \t]*)(?!\[redacted)[^\n]+",
        rf"(\b(?:{_ACCOUNT}|community|pre-shared-key|key-string)\s+(?:\d\s+)?)(?!\[redacted)\S+",
        r"(\b(?:bearer|basic|digest)\s+)(?=\S*\d)[A-Za-z0-9+/._~=-]{8,}",
        r"()\$(?:1|2[abxy]|5|6|7|y|gy|apr1|argon2\w{0,3})\$[^\s:\"']+",  # crypt(5)
        rf"()\b(?:{_SHAPES})",
    )
)


def plain(text: str) -> str:
    """Without terminal sequences (colours, titles, links): they could part a secret from its name."""
    return _ANSI.sub("", text)


def redact(text: str, known: Iterable[str] = ()) -> str:
    """`text` with secrets replaced, the `known` ones wherever they stand; longer texts are cut first (see `cut`)."""
    text = cut(plain(text), LIMIT)
    for secret in sorted(known, key=len, reverse=True):
        if len(secret) >= 4:
            text = text.replace(secret, GONE)
    for pattern in _RULES:
        text = pattern.sub(rf"\1{GONE}", text)
    return text


def cut(text: str, limit: int) -> str:
    """At most about `limit` characters: beginning and end by whole lines, and how many lines are missing between."""
    if len(text) <= limit:
        return text
    head, tail = text[: limit // 3], text[-(limit - limit // 3) :]
    head = head[: head.rfind("\n") + 1]
    tail = tail[tail.find("\n") + 1 :] if "\n" in tail else ""
    missing = text.count("\n") - head.count("\n") - tail.count("\n")
    return f"{head}[... {missing} lines cut ...]\n{tail}"
