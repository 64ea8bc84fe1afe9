"""What may leave an adapter, and nothing else (base.py)."""


class Unreachable(Exception):
    """No usable answer.  `kind` is the command line's error kind: unreachable, auth, tls or busy.

    `maybe_written` is False only where it is certain that no write had left (the login or a read before it failed):
    the change is then simply still queued, else the engine looks upstream whether it landed.  `wait_s`: so many seconds
    the system wants to be left alone (Retry-After).
    """

    def __init__(
        self, message: str, kind: str = "unreachable", hint: str = "", *, maybe_written: bool = True, wait_s: float = 0
    ) -> None:
        super().__init__(message)
        self.kind, self.hint, self.maybe_written, self.wait_s = kind, hint, maybe_written, wait_s


class Swapped(Unreachable):
    """This is not the system as the desk knows it: another one, or one restored from an older backup."""

    def __init__(self, message: str) -> None:
        super().__init__(
            message, "epoch", "is it the right one? `deskui sync --once --accept NAME` takes it as it is; if not, mend "
            "url and rights: it is looked at anew each run", maybe_written=False,
        )  # fmt: skip


class Rejected(Exception):
    """The system understood and refused; the message is its own words."""
