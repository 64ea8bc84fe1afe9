"""How cells look: each look is one character, and between two looks lies the shortest SGR sequence.  Pure."""

from collections import namedtuple

PLAIN = "\0"  # the look after a reset
MOST = 50_000  # looks; a desk has some dozens
_OFF = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29", "21": "24",
    "51": "54", "52": "54", "53": "55",
}  # fmt: skip
_SEEN_ON_BLANKS = {"4", "7", "9", "21", "51", "52", "53"}
_CLOSE_LINK = "\x1b]8;;\x1b\\"


# Attributes and colours as SGR parameters, "" for the terminal's own colour; `link` opens a hyperlink.  Without
# `typing`, which would delay the first frame.
Look = namedtuple("Look", ("attributes", "front", "back", "link"), defaults=((), "", "", ""))


def parse(ansi: str, link: str = "") -> Look:
    """The look that these SGR parameters give after a reset."""
    attributes, front, back = [], "", ""
    rest = iter(ansi.split(";") if ansi else ())
    for code in rest:
        if code in ("38", "48"):
            kind = next(rest)
            colour = ";".join((code, kind, *(next(rest) for _ in range(1 if kind == "5" else 3))))
            front, back = (colour, back) if code == "38" else (front, colour)
        elif code in _OFF:
            attributes.append(code)
        elif code.startswith(("3", "9")):
            front = "" if code == "39" else code
        else:
            back = "" if code == "49" else code
    return Look(tuple(attributes), front, back, link)


def _said(look: Look) -> list[str]:
    return [*look.attributes, *filter(None, (look.front, look.back))]


def _steps(old: Look, new: Look) -> list[str]:
    """Parameters that change what differs and leave the rest."""
    off = {_OFF[code] for code in old.attributes if code not in new.attributes}
    steps = sorted(off)
    steps += [code for code in new.attributes if code not in old.attributes or _OFF[code] in off]
    if old.front != new.front:
        steps.append(new.front or "39")
    if old.back != new.back:
        steps.append(new.back or "49")
    return steps


def way(old: Look, new: Look) -> str:
    """The shortest sequence that makes what is written next look like `new`."""
    steps = ";".join(_steps(old, new))
    anew = ";".join(["0", *_said(new)]) if _said(new) else ""
    codes = f"\x1b[{min(anew, steps, key=len)}m" if steps else ""
    return codes + (new.link or _CLOSE_LINK if old.link != new.link else "")


class Looks:
    """The looks seen so far, by the character that stands for each.

    `blank` gives what is left of a look where there is no glyph; `bare` are those that erasing gives: a colour at most.
    """

    def __init__(self) -> None:
        self._chars: dict[Look, str] = {}
        self._known: dict[tuple[str, str], str] = {}
        self._looks: list[Look] = []
        self._ways: dict[str, str] = {}
        self.blank: dict[str, str] = {}
        self.bare: set[str] = set()
        self._add(Look())

    def char(self, ansi: str, link: str = "") -> str:
        """The character of the look with these SGR parameters; ValueError: there are too many."""
        found = self._known.get((ansi, link))
        if found is None:
            found = self._known[ansi, link] = self._add(parse(ansi, link))
        return found

    def _add(self, look: Look) -> str:
        if look in self._chars:
            return self._chars[look]
        if len(self._looks) >= MOST:
            raise ValueError(f"more than {MOST} looks")
        char = self._chars[look] = chr(len(self._looks))
        self._looks.append(look)
        if look.link or _SEEN_ON_BLANKS.intersection(look.attributes):
            self.blank[char] = char
        else:
            self.blank[char] = self._add(Look(back=look.back))
            if self.blank[char] == char:
                self.bare.add(char)
        return char

    def between(self, old: str, new: str) -> str:
        """The shortest sequence from one look to another."""
        found = self._ways.get(old + new)
        if found is None:
            found = self._ways[old + new] = way(self._looks[ord(old)], self._looks[ord(new)])
        return found
