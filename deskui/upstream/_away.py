"""What stands for an upstream that cannot even be asked: no secret, no authority's file."""

from deskui.upstream.base import Unreachable


class Away:
    """Its first call says `why`, and the rest of the desk works."""

    history_told = True  # what nobody can be asked needs no comparing

    def __init__(self, name: str, prefix: str, why: Unreachable) -> None:
        self.name, self.prefix, self.why = name, prefix, why

    def login(self) -> None:
        """Always refuses."""
        raise self.why

    def close(self) -> None:
        """Nothing to let go."""
