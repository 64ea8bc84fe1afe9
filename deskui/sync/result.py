"""What a run did."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Result:
    """What one run did, in the words of `deskui sync --json`."""

    pulled: int = 0
    pushed: int = 0
    conflicts: int = 0
    rejected: int = 0
    unknown: int = 0
    offline: bool = False
    error: str | None = None
    kind: str = ""
    hint: str = ""
    frozen: str = ""
    wait_s: float = 0.0  # so long the system wants to be left alone
    seen: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)

    @property
    def needs_a_person(self) -> bool:
        """Whether this run left something that only a person can decide."""
        return bool(self.conflicts or self.rejected or self.unknown or self.frozen)
