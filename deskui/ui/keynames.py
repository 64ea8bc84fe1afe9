"""What keys are called: by Textual, and by people; and those that no terminal brings whole."""

import unicodedata

FORBIDDEN = frozenset(
    ("ctrl+i", "ctrl+m", "ctrl+left_square_bracket", "ctrl+h", "ctrl+s", "ctrl+q", "ctrl+b", "ctrl+a", "ctrl+o",
     "ctrl+@", "ctrl+space", "ctrl+slash", "ctrl+underscore", "f10", "f11")
)  # fmt: skip
FORBIDDEN_WITH = ("alt+", "shift+enter", "ctrl+enter", "super+", "meta+", "hyper+")

_NAMES = {
    "question_mark": "?", "colon": ":", "semicolon": ";", "slash": "/", "backslash": "\\", "full_stop": ".",
    "comma": ",", "minus": "-", "plus": "+", "asterisk": "*", "underscore": "_", "vertical_line": "|",
    "exclamation_mark": "!", "left_square_bracket": "[", "right_square_bracket": "]", "space": "Space",
    "enter": "Enter", "escape": "Esc", "tab": "Tab", "shift+tab": "S-Tab", "pagedown": "PgDn", "pageup": "PgUp",
    "home": "Home", "end": "End", "up": "Up", "down": "Down", "left": "Left", "right": "Right",
    "tilde": "~", "at": "@", "equals_sign": "=", "number_sign": "#", "dollar_sign": "$", "percent_sign": "%",
    "ampersand": "&", "apostrophe": "'", "quotation_mark": '"', "left_parenthesis": "(", "right_parenthesis": ")",
    "less_than_sign": "<", "greater_than_sign": ">", "circumflex_accent": "^", "grave_accent": "`",
    "left_curly_bracket": "{", "right_curly_bracket": "}",
}  # fmt: skip


def show(keys: str) -> str:
    """Textual key names as people write them: `ctrl+d` is ^d, `g q` is gq."""
    return "".join(_show(key) for key in keys.split(" "))


def _show(key: str) -> str:
    if key.startswith("ctrl+"):
        return f"^{key[5:]}"
    return _NAMES.get(key, key.upper() if len(key) > 1 and key[0] == "f" else key)


def read(written: str) -> str:
    """What people write (`g x`, `^d`, `F5`, `?`) as Textual's names; ValueError says which part is no key."""
    parts = written.split(" ")
    if not all(parts) or len(parts) > 2:
        raise ValueError(f"{written!r} is neither a key nor two keys with one space between them")
    return " ".join(_read(part) for part in parts)


def _read(part: str) -> str:
    if len(part) == 1:
        return of_character(part)
    by_name = {name.lower(): key for key, name in _NAMES.items() if len(name) > 1}
    small = part.lower()
    if small.startswith("^") and len(part) == 2:
        small = f"ctrl+{small[1]}"
    known = {*_NAMES, *(f"f{number}" for number in range(1, 25)), "delete", "insert", "backspace"}
    if small.startswith("ctrl+") or small.startswith(FORBIDDEN_WITH) or small in known:
        return small
    if small not in by_name:
        raise ValueError(f"{part!r} is no key")
    return by_name[small]


def of_character(character: str) -> str:
    """The name that Textual gives to the key of a character."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return _UNICODE.get(name, name)


def swallowed(key: str) -> bool:
    """Whether terminals or multiplexers keep it for themselves, or cannot tell it from another one."""
    return key in FORBIDDEN or key.startswith(FORBIDDEN_WITH)


_UNICODE = {
    "solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at", "hyphen_minus": "minus",
    "plus_sign": "plus", "low_line": "underscore",
}  # fmt: skip
