"""Bytes and seconds as people read them."""


def size(count: float) -> str:
    """Bytes as `310 MB`, in powers of 1024; one digit behind the point below ten."""
    number = float(count)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if number < 1000 or unit == "TB":
            break
        number /= 1024
    return f"{number:.1f} {unit}" if number < 9.95 and unit != "B" else f"{number:.0f} {unit}"


def duration(seconds: float) -> str:
    """Seconds as `45 s`, `12 min`, `3h05` or `2d04h`."""
    whole = int(min(seconds, 1e12))
    if whole < 120:
        return f"{whole} s"
    minutes, hours = whole // 60, whole // 3600
    if minutes < 60:
        return f"{minutes} min"
    return f"{hours}h{minutes % 60:02}" if hours < 24 else f"{hours // 24}d{hours % 24:02}h"
