"""HTML mail as plain text: inert, with nothing fetched, run or hidden."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset((
    "address", "article", "blockquote", "div", "dl", "fieldset", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "ol", "p", "pre", "section", "table", "ul",
))  # fmt: skip
_LINES = frozenset(("br", "dt", "dd", "li", "tr"))
_SILENT = frozenset(("head", "script", "style", "template", "title"))
_SPACE = re.compile(r"[ \t\r\n\f]+")


def text(html: str) -> str:
    """What a reader of the mail would see; quotes keep their `> `, links their address."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._silent = self._quote = self._pre = 0
        self._link = ""

    def text(self) -> str:
        lines = [line.rstrip() for line in self._lines]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self._block()
            self._quote += tag == "blockquote"
            self._pre += tag == "pre"
        elif tag in _LINES:
            self._line(tag)
        elif tag == "a":
            self._link = dict(attrs).get("href") or ""
        elif tag in ("td", "th") and self._lines[-1].strip():
            self._lines[-1] += "  "

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self._quote = max(0, self._quote - (tag == "blockquote"))
            self._pre = max(0, self._pre - (tag == "pre"))
            self._block()
        elif tag == "a":
            self._say_link()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._pre:
            first, *more = data.split("\n")
            self._add(first)
            for line in more:
                self._lines.append("")
                self._add(line)
            return
        words = _SPACE.sub(" ", data)
        self._add(words.lstrip() if not self._lines[-1] or self._lines[-1].endswith(" ") else words)

    def _add(self, words: str) -> None:
        if words and not self._lines[-1]:
            self._lines[-1] = "> " * self._quote
        self._lines[-1] += words

    def _line(self, tag: str) -> None:
        if tag == "br" or self._lines[-1].strip():
            self._lines.append("")
        if tag == "li":
            self._add("- ")

    def _block(self) -> None:
        if self._lines[-1].strip() or self._pre:
            self._lines += ["", ""]
        elif len(self._lines) > 1 and self._lines[-2].strip():
            self._lines.append("")

    def _say_link(self) -> None:
        link, self._link = self._link, ""
        shown = self._lines[-1]
        if link.startswith(("http://", "https://", "mailto:")) and link.removeprefix("mailto:") not in shown:
            self._add(f" <{link}>")
