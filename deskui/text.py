"""Makes untrusted text safe to show: what a stranger wrote never becomes a command to the terminal, and fits its cells.

The store keeps the raw value; only what goes to a screen or a pipe passes here.  Kept light (see DESIGN.md, imports).
"""

from unicodedata import category, east_asian_width

ELLIPSIS = "…"

_SPACES = "\t\n\v\f\r\x85\u2028\u2029"
_DROPPED = (0x00AD, 0x034F, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0x2061, 0x2065), *range(0xFE00, 0xFE10))
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)  # regional indicators: terminals disagree on their width
_WIDE = (
    range(0x2630, 0x2638),
    range(0x268A, 0x2690),
    range(0x4DC0, 0x4E00),
    range(0x1D300, 0x1D357),
    range(0x1D360, 0x1D377),
)


class _Table(dict[int, int | str | None]):
    """What to show instead of a character; unknown ones are judged once and remembered."""

    def __missing__(self, code: int) -> int | str | None:
        shown: int | str | None
        char = chr(code)
        kind = category(char)
        if code in _SKIN_TONES:
            shown = None
        elif code in _FLAGS:
            shown = chr(code - 0x1F1E6 + ord("A"))
        elif kind == "Zs" and east_asian_width(char) not in "WF":
            shown = " "
        elif kind[0] == "C" or kind in ("Zl", "Zp"):
            shown = f"<U+{code:04X}>"
        else:
            shown = code
        if len(self) < 20_000:
            self[code] = shown
        return shown


_line = _Table({code: f"^{chr(code ^ 0x40)}" for code in (*range(0x20), 0x7F)})
_line.update({code: f"<{code:02X}>" for code in range(0x80, 0xA0)})
_line.update({ord(char): " " for char in _SPACES})
_line.update(dict.fromkeys(_DROPPED))
_block = _Table(_line)
_block[ord("\n")] = "\n"
_block.update({ord(char): "\n" for char in "\x85\u2028\u2029"})


def _odd(text: str) -> bool:
    """Whether a printable text still has characters whose width terminals disagree on."""
    return max(text, default="") >= "\u034f"


def line(text: str) -> str:
    """One line of it: no control, bidi or invisible character is left; breaks and tabs become a space."""
    if text.isprintable() and not _odd(text):
        return text
    return text.translate(_line)


def block(text: str, limit: int = 20_000) -> str:
    """Several lines of it, tabs at every eighth column; cut after `limit` characters, saying so."""
    cut = text[:limit].replace("\r\n", "\n")
    shown = cut.translate(_block) if not cut.isprintable() or _odd(cut) else cut
    if "\t" in cut:
        shown = "\n".join(part.expandtabs(8).translate(_line) for part in cut.split("\n"))
    return shown if len(text) <= limit else f"{shown}\n[{len(text) - limit} more characters]"


def _cells(char: str) -> int:
    code = ord(char)
    if (
        category(char)[0] == "M"
        or code in (0x3164, 0xFFA0, 0x00AD)
        or code in _SKIN_TONES
        or 0x1160 <= code <= 0x11FF
        or 0xD7B0 <= code <= 0xD7FF
    ):
        return 0
    return 2 if east_asian_width(char) in "WF" or any(code in wide for wide in _WIDE) else 1


def _narrow(text: str) -> bool:
    """Whether every character takes one cell, told at once for what Latin letters make up."""
    return text.isascii() or (max(text) < "\u0300" and "\u00ad" not in text)


def width(text: str) -> int:
    """Terminal cells that an already inert text takes."""
    return len(text) if _narrow(text) else sum(map(_cells, text))


def clip(text: str, cells: int) -> str:
    """At most `cells` wide, with an ellipsis where something is missing; a wide character is never cut in half."""
    text = text[: cells * 4 + 8]  # nobody needs a thousand accents on one letter
    if width(text) <= cells:
        return text
    if _narrow(text):
        return text[: max(0, cells - 1)] + (ELLIPSIS if cells > 0 else "")
    kept, used = [], 0
    for char in text:
        used += _cells(char)
        if used > cells - 1:
            break
        kept.append(char)
    return "".join(kept) + (ELLIPSIS if cells > 0 else "")


def pad(text: str, cells: int, right: bool = False) -> str:
    """Exactly `cells` wide, clipped or filled with spaces (on the left if `right`)."""
    text = clip(text, cells)
    fill = " " * (cells - width(text))
    return fill + text if right else text + fill


def cell(text: str, cells: int) -> str:
    """An untrusted text as one table cell: inert, one line, exactly `cells` wide."""
    return pad(line(text[: cells * 8 + 64]), cells)
