"""The floor: the list of `bare.py` in Python's curses, over the same desk, and nothing else.

python -m tests.bench.cursed DESK.DB
"""

import curses
import sqlite3
import sys
import time
import unicodedata

LIVE = 20
MOVES = {curses.KEY_DOWN: 1, ord("j"): 1, curses.KEY_UP: -1, ord("k"): -1}
PAGES = {curses.KEY_NPAGE: 1, curses.KEY_PPAGE: -1}


def read(path):
    """Every open ticket in queue order."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    return db.execute(
        "SELECT id, due, customer, subject FROM ticket WHERE gone = 0 AND done = 0"
        " ORDER BY done, band, sort_due, priority, pk"
    ).fetchall()


def clipped(text, width):
    """As much of it as fits; a wide letter takes two cells."""
    used = 0
    for at, letter in enumerate(text):
        used += 2 if unicodedata.east_asian_width(letter) in "WF" else not unicodedata.combining(letter)
        if used > width:
            return text[:at]
    return text + " " * (width - used)


class Lines:
    """All rows in memory; curses finds out what differs, and scrolls."""

    def __init__(self, screen, rows):
        self.screen, self.rows, self.at, self.top = screen, rows, 0, 0
        self.height, self.width = screen.getmaxyx()
        screen.idlok(True)
        curses.curs_set(0)

    def draw(self, lines):
        now = int(time.time())
        for y in lines:
            n = self.top + y
            id_, due, customer, subject = self.rows[n] if n < len(self.rows) else ("", now, "", "")
            left = (due or 0) - now
            text = f"{left // 60:>6}:{left % 60:02} {id_:10} {customer or '':12.12} {subject:60.60}"
            style = curses.A_REVERSE if n == self.at else curses.A_NORMAL
            self.screen.addstr(y, 0, clipped(text, self.width - 1), style)
        self.screen.refresh()

    def move(self, by):
        self.at = max(0, min(len(self.rows) - 1, self.at + by))
        self.top = max(min(self.top, self.at), self.at - self.height + 1)
        self.draw(range(self.height))

    def run(self):
        self.draw(range(self.height))
        while True:
            self.screen.timeout(1000 - int(time.time() * 1000) % 1000)
            key = self.screen.getch()
            if key == ord("q"):
                return
            if key == -1:
                self.draw(range(min(LIVE, self.height)))
            elif by := MOVES.get(key, 0) or PAGES.get(key, 0) * self.height:
                self.move(by)


if __name__ == "__main__":
    curses.wrapper(lambda screen: Lines(screen, read(sys.argv[1])).run())
