"""A maildir with as many mails as the desk has open tickets, and the settings with which neomutt opens it."""

from pathlib import Path

FIRST = 1_700_000_000  # made up: when the first mail came
MAIL = """From: Anna Berger <anna@example.com>
To: desk@example.com
Subject: T-{n:06} Store {store} offline again
Date: Tue, 24 Nov 2026 {h:02}:{m:02}:{s:02} +0000
Message-ID: <{n}@bench.example.com>

It is down.
"""
SETTINGS = """set folder="{folder}"
set header_cache="{folder}/headers"
set sort=reverse-date
set menu_scroll=yes
set sleep_time=0
set mail_check_stats=no
"""


def generate(folder: Path, count: int) -> None:
    """`count` mails that were read, unless they are there."""
    if folder.exists():
        return
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    for n in range(1, count + 1):
        text = MAIL.format(n=n, store=n % 97, h=n // 3600 % 24, m=n // 60 % 60, s=n % 60)
        (folder / "cur" / f"{FIRST + n}.{n}.bench:2,S").write_text(text, "ascii")


def settings(folder: Path) -> Path:
    """The file with them."""
    (folder / "headers").mkdir(exist_ok=True)
    path = folder / "neomuttrc"
    path.write_text(SETTINGS.format(folder=folder), "utf-8")
    return path
