"""What somebody is writing and has not sent: kept so that no terminal that dies takes it along."""

from deskui.domain.attachment import File
from deskui.lazy import dataclass

KINDS = ("note", "reply", "resolve", "cancel", "reopen")  # what is written: the verbs that take a text


@dataclass(frozen=True)
class Draft:
    """A text for one ticket; times in epoch seconds.

    `kind` is what it is to become (of KINDS), `minutes` as it was typed, `to` and `cc` what
    was moved of a reply's people (`+ADDR`, `-ADDR`).  `known` are the keys of the public messages that were there when
    it was begun: what came since is news to it.
    """

    uid: str
    ticket: str  # uid
    kind: str
    author: str
    text: str = ""
    minutes: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    began: int = 0
    at: int = 0  # when it was kept last
    files: tuple[File, ...] = ()  # of a reply, their content in the store

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it worth keeping."""
        return not (self.text.strip() or self.to or self.cc or self.files)
