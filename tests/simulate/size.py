"""How much is simulated, and from which seed: the quick profile in `make test`, the full one in `make simulate`."""

import os
import random

FULL = os.environ.get("DESKUI_SIMULATE", "quick") == "full"
SEED = int(os.environ.get("DESKUI_SEED") or (random.SystemRandom().randrange(10**6) if FULL else 1))
os.environ["DESKUI_SEED"] = str(SEED)  # pytest's workers play the same game
REPLAY = f"replay: make simulate SEED={SEED}"


def of(quick: int, full: int) -> int:
    """So many, by the profile."""
    return full if FULL else quick
