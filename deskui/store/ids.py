"""Identifiers that sort by the time they were made (UUID version 7, RFC 9562)."""

import os
import threading
import time
import uuid

_MAKING = threading.Lock()
_last = 0


def uuid7() -> str:
    """A new UUID of version 7: 48 bits of milliseconds, the rest random; each is greater than this process's last, in
    the same millisecond and after the clock was set back as well (RFC 9562, 6.2, method 2).
    """
    global _last
    value = (time.time_ns() // 1_000_000) << 80 | _random(10)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    with _MAKING:
        _last = value if value > _last else _last + 1 + _random(4)
        return str(uuid.UUID(int=_last))


def _random(number: int) -> int:
    return int.from_bytes(os.urandom(number), "big")
