"""Which line of a TOML text sets a key, so that an error can name it."""

from collections.abc import Sequence


def line_of(text: str, path: Sequence[str]) -> int | None:
    """The line (from 1) that sets `path` or begins its table, else the nearest enclosing one; None: there is none.

    As well as a reader of lines can tell: of an inline value it is the line where the value begins.
    """
    section: tuple[str, ...] = ()
    best: int | None = None
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("["):
            here = section = parts(bare.strip("[]").split("]")[0])
        elif "=" in bare and not bare.startswith("#"):
            here = section + parts(bare.split("=", 1)[0])
        else:
            continue
        if len(here) > depth and here == tuple(path[: len(here)]):
            best, depth = number, len(here)
    return best


def line_among(text: str, table: str, number: int, key: str) -> int | None:
    """The line that sets `key` under the `number`-th `[[table]]` (from 1), else where that begins; None: nowhere."""
    begin: int | None = None
    for at, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("["):
            if begin is not None:
                break
            number -= bare.startswith("[[") and parts(bare.strip("[]").split("]")[0]) == (table,)
            begin = None if number else at
        elif begin is not None and "=" in bare and parts(bare.split("=", 1)[0]) == (key,):
            return at
    return begin


def parts(dotted: str) -> tuple[str, ...]:
    """`upstream."my rt"` as its parts."""
    found, quote, word = [], "", ""
    for letter in dotted.strip():
        if quote or letter in "\"'":
            quote, word = ("", word) if letter == quote else (quote or letter, word + letter if quote else word)
        elif letter == ".":
            found.append(word.strip())
            word = ""
        else:
            word += letter
    return (*found, word.strip())
