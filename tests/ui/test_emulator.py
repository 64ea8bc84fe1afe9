"""The terminal that screens are compared on writes plain text a run at a time, with the same effect."""

import random

from tests.ui.emulator import Terminal

SIZE = (20, 6)
LETTERS = "abc XYZ~!測試é\u0301🔥\u200b─\t"
ORDERS = ("\x1b[31m", "\x1b[0m", "\x1b[1;44m", "\x1b[4h", "\x1b[4l", "\x1b[?7h", "\x1b[?7l", "\x0e", "\x0f", "\x1b(0",
          "\x1b(B", "\r\n", "\x1b[2X", "\x1b[K")  # fmt: skip


def any_output(dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.2:
        return f"\x1b[{dice.randint(1, SIZE[1])};{dice.randint(1, SIZE[0])}H"
    if kind < 0.3:
        return dice.choice(ORDERS)
    return "".join(dice.choice(LETTERS) for _ in range(dice.randint(1, 12)))


def raw(screen: Terminal) -> object:
    cells = [[screen.buffer[y][x] for x in range(SIZE[0])] for y in range(SIZE[1])]
    return cells, screen.cursor.x, screen.cursor.y, screen.dirty


def test_a_run_is_what_its_characters_are_one_by_one() -> None:
    for seed in range(200):
        dice, quick, slow = random.Random(seed), Terminal(*SIZE), Terminal(*SIZE)
        slow._simple = lambda data: False  # type: ignore[method-assign]
        for _ in range(20):
            said = any_output(dice)
            quick.stream.feed(said)
            slow.stream.feed(said)
            assert raw(quick) == raw(slow), f"{said!r}, seed {seed}"
