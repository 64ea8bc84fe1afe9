"""What keys are called: by Textual, and by people; and those that no terminal brings whole."""

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
}  # fmt: skip


def show(keys: str) -> str:
    """Textual key names as people write them: `ctrl+d` is ^d, `g q` is gq."""
    return "".join(_show(key) for key in keys.split(" "))


def _show(key: str) -> str:
    if key.startswith("ctrl+"):
        return f"^{key[5:]}"
    return _NAMES.get(key, key.upper() if len(key) > 1 and key[0] == "f" else key)
