"""How well two colours can be told apart: contrast, what people with a colour deficiency see, and distance.  Pure."""

from collections.abc import Mapping
from itertools import combinations
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from types import MappingProxyType
from typing import NamedTuple

Triple = tuple[float, float, float]

DEFICIENCIES: Mapping[str, tuple[Triple, Triple, Triple]] = MappingProxyType(
    {
        "protanopia": (
            (0.152286, 1.052583, -0.204868),
            (0.114503, 0.786281, 0.099216),
            (-0.003882, -0.048116, 1.051998),
        ),
        "deuteranopia": (
            (0.367322, 0.860646, -0.227968),
            (0.280085, 0.672501, 0.047413),
            (-0.011820, 0.042940, 0.968881),
        ),
        "tritanopia": (
            (1.255528, -0.076749, -0.178779),
            (-0.078411, 0.930809, 0.147602),
            (0.004733, 0.691367, 0.303900),
        ),
    }
)
"""On linear RGB, severity 1.0: Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color
Vision Deficiency", IEEE TVCG 15 (6), 2009."""

_XYZ = (  # of linear sRGB, IEC 61966-2-1
    (0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041),
)  # fmt: skip
_WHITE = (0.95047, 1.0, 1.08883)  # D65


class Lab(NamedTuple):
    """A colour of CIE 1976 L*a*b* under D65."""

    light: float
    a: float
    b: float


def linear(colour: str) -> Triple:
    """`#rrggbb` as the amounts of light, 0 to 1 (the sRGB transfer function as WCAG 2.2 has it)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2, 0 to 1."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    dark, bright = sorted(map(luminance, (one, other)))
    return (bright + 0.05) / (dark + 0.05)


def seen(colour: str, deficiency: str) -> Lab:
    """How `#rrggbb` looks to somebody with one of DEFICIENCIES."""
    return _lab(*(min(1.0, max(0.0, part)) for part in _times(DEFICIENCIES[deficiency], linear(colour))))


def lab(colour: str) -> Lab:
    """`#rrggbb` in L*a*b*."""
    return _lab(*linear(colour))


def _times(matrix: tuple[Triple, Triple, Triple], of: Triple) -> Triple:
    one, two, three = (sum(factor * part for factor, part in zip(row, of, strict=True)) for row in matrix)
    return one, two, three


def _lab(red: float, green: float, blue: float) -> Lab:
    x, y, z = map(_root, _times(_XYZ, (red, green, blue)), _WHITE)
    return Lab(116 * y - 16, 500 * (x - y), 200 * (y - z))


def _root(part: float, white: float) -> float:
    share = part / white
    return float(share ** (1 / 3)) if share > 216 / 24389 else (24389 / 27 * share + 16) / 116


def nearest(colours: Mapping[str, str]) -> tuple[float, str, str, str]:
    """The two that come nearest to each other under any deficiency: distance, deficiency, and their names."""
    return min(
        (difference(seen(colours[one], kind), seen(colours[other], kind)), kind, one, other)
        for kind in DEFICIENCIES
        for one, other in combinations(colours, 2)
    )


def difference(one: Lab, other: Lab) -> float:
    """CIEDE2000 with kL = kC = kH = 1; 1 is about the least that is noticed side by side.

    After Sharma, Wu, Dalal, "The CIEDE2000 Color-Difference Formula", Color Research and Application 30 (1), 2005.
    """
    stretch = 1 + 0.5 * (1 - _seventh((hypot(one.a, one.b) + hypot(other.a, other.b)) / 2))
    chroma, hue = _polar(one, stretch)
    chroma2, hue2 = _polar(other, stretch)
    mean = _mean_hue(hue, hue2, chroma * chroma2)
    turn = (hue2 - hue + 180) % 360 - 180 if chroma * chroma2 else 0.0
    middle, far = (chroma + chroma2) / 2, ((one.light + other.light) / 2 - 50) ** 2
    by_light = (other.light - one.light) / (1 + 0.015 * far / sqrt(20 + far))
    by_chroma = (chroma2 - chroma) / (1 + 0.045 * middle)
    by_hue = 2 * sqrt(chroma * chroma2) * sin(radians(turn) / 2) / (1 + 0.015 * middle * _waves(mean))
    rotation = -2 * _seventh(middle) * sin(radians(60 * exp(-(((mean - 275) / 25) ** 2))))
    return sqrt(by_light**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue)


def _seventh(chroma: float) -> float:
    return sqrt(chroma**7 / (chroma**7 + 25**7))


def _polar(colour: Lab, stretch: float) -> tuple[float, float]:
    return hypot(colour.a * stretch, colour.b), degrees(atan2(colour.b, colour.a * stretch)) % 360


def _mean_hue(one: float, other: float, chromas: float) -> float:
    if not chromas:  # a grey has no hue
        return one + other
    if abs(one - other) <= 180:
        return (one + other) / 2
    return (one + other + (360 if one + other < 360 else -360)) / 2


def _waves(hue: float) -> float:
    return (
        1 - 0.17 * cos(radians(hue - 30)) + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6)) - 0.20 * cos(radians(4 * hue - 63))
    )  # fmt: skip
