"""The screens as text, at 80x24 and 160x45, from the console in a terminal on a desk whose clock stands at 02:07.

`DESKUI_SCREENS=write python -m pytest tests/ui/test_screens.py` writes tests/ui/screens anew; look at what changed.
"""

import os
import time
from pathlib import Path

import pytest

from tests.ui.terminal_walk import ENTER, ESC, F2, PATIENCE_S, TAB, Walk, walk

SCREENS = Path(__file__).parent / "screens"
WRITE = os.environ.get("DESKUI_SCREENS") == "write"


def queue(screen: Walk) -> None:
    screen.wait("SUBJECT")
    screen.wait("Next:")


def ticket(screen: Walk) -> None:
    screen.press(ENTER)
    screen.wait(r"-\[TIMELINE\]")


def note(screen: Walk) -> None:
    screen.press("c")
    screen.wait("WORK NOTE")
    screen.press(f"Called the ISP, case L2-8812. They see the line down since 01:44.{ENTER}Next call 02:30.{TAB}12")
    screen.wait("Minutes worked: 12.*draft kept 02:07")


def preview(screen: Walk) -> None:
    screen.press("C")
    screen.wait("PUBLIC REPLY")
    screen.press(f"We are on it: the line to Hamburg is down, the provider is informed.{ENTER}Next news at 02:30.")
    screen.wait("02:30")
    screen.wait("draft kept 02:07")
    screen.press(F2)
    screen.wait("Yes, send it")


def diagnostics(screen: Walk) -> None:
    screen.press("x")
    screen.wait("Which runbook|done after")
    if "Which runbook" in screen.text:
        screen.press("1")
    screen.wait("done after")


def sync(screen: Walk) -> None:
    screen.press("gs")
    screen.wait("BASE")


def why(screen: Walk) -> None:
    ticket(screen)
    screen.press("v")
    screen.wait("WHY the clocks")


def dashboard(screen: Walk) -> None:
    screen.press("gd")
    screen.wait("UPTIME BUDGETS")
    screen.settle(0.6)  # the plot comes later


def help_(screen: Walk) -> None:
    screen.press("?")
    screen.wait("Every key|search")


def new(screen: Walk) -> None:
    screen.press("N")
    screen.wait("NEW TICKET")
    typed = ("Badge reader at the gate is dead", "Kranz AG", "", "2", "", "01:55", "Guard calls: nobody gets in.")
    screen.press(TAB.join(typed))
    screen.wait("nobody gets in")


# name -> how to get there from the queue, how to get back
STEPS = {
    "queue": ((queue,), ""), "ticket": ((ticket,), "q"), "note": ((note,), f"{ESC}"), "preview": ((preview,), ESC),
    "diagnostics": ((diagnostics,), ESC), "sync": ((sync,), ESC), "why": ((why,), f"{ESC}q"),
    "dashboard": ((dashboard,), ESC), "help": ((help_,), ESC), "new": ((new,), ESC),
}  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (160, 45)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_screens(size: tuple[int, int], tmp_path: Path) -> None:
    shown = {}
    with walk("-m", "tests.ui.frozen", size=size, env={"TZ": "UTC"}, deskui=False) as screen:
        for name, (steps, back) in STEPS.items():
            for step in steps:
                step(screen)
            shown[name] = rested(screen, path(name, size)) + "\n"
            if back:
                leave(screen, back)
    if WRITE:
        SCREENS.mkdir(exist_ok=True)
        for name, text in shown.items():
            path(name, size).write_text(text, encoding="utf-8")
    wrong = [name for name, text in shown.items() if text != path(name, size).read_text(encoding="utf-8")]
    assert not wrong, "\n".join(f"{name}:\n{shown[name]}" for name in wrong)


def path(name: str, size: tuple[int, int]) -> Path:
    """Where that screen is kept."""
    return SCREENS / f"{name}-{size[0]}x{size[1]}.txt"


def rested(screen: Walk, kept: Path) -> str:
    """What it shows once it has come to rest; it has longer for what it shall show."""
    wanted = kept.read_text(encoding="utf-8") if kept.exists() and not WRITE else ""
    end = time.monotonic() + (PATIENCE_S if wanted else 0)
    while (shown := screen.settle(0.3 if wanted else 0.6)) + "\n" != wanted and time.monotonic() < end:
        pass
    return shown


def leave(screen: Walk, back: str) -> None:
    """Back to the queue by these keys; what was typed is given up."""
    for _ in range(4):
        before = screen.text
        screen.press(back)
        screen.until(lambda before=before: screen.text != before)
        shown = screen.settle(0.2)
        if "SUBJECT" in shown and "press its key" not in shown and "Next:" in shown:
            return
        back = "d" if "discard" in shown else ESC
    screen.wait("SUBJECT")
