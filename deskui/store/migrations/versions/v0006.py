"""Tickets have links and their requestors' numbers, inside what is kept as JSON: an older deskui cannot read it."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nothing to be altered."""
