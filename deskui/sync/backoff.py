"""When a system that did not answer is asked again: pure but for the dice."""

import random
from collections.abc import Callable

CAP_S = 300  # however often it has failed, it is asked again within this
ASKED_CAP_S = 3600  # nor is more than this believed of what the system itself asks for
LONGEST_S = ASKED_CAP_S + CAP_S


def wait_s(failures: int, every_s: int, asked_s: float, draw: Callable[[], float] = random.random) -> int:
    """The seconds until the next run after so many failures in a row (1 or more); `draw` gives a number in [0, 1).

    Full jitter: anywhere within a window that doubles from `every_s` to `CAP_S`, so that consoles which lost the same
    system do not all come back to it at once (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/);
    never before what the system itself asked for (`asked_s`, its Retry-After; 0: nothing).
    """
    window = min(CAP_S, every_s << min(failures - 1, 16))
    asked = min(float(ASKED_CAP_S), max(0.0, asked_s))
    return max(1, round(asked + draw() * window))
