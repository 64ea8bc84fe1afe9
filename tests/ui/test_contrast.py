"""Colours in figures, against published values."""

import pytest

from deskui.ui.contrast import DEFICIENCIES, Lab, contrast, difference, lab, linear, luminance, nearest, seen

SHARMA = (  # Sharma, Wu, Dalal, Color Research and Application 30 (1), 2005, table 1
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
    ((50.0, 2.8361, -74.0200), (50.0, 0.0, -82.7485), 3.4412),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, -1.1848, -84.8006), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, -0.9009, -85.5211), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0009), 7.1792),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0010), 7.1792),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0011), 7.2195),
    ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0012), 7.2195),
    ((50.0, -0.0010, 2.4900), (50.0, 0.0009, -2.4900), 4.8045),
    ((50.0, -0.0010, 2.4900), (50.0, 0.0010, -2.4900), 4.8045),
    ((50.0, -0.0010, 2.4900), (50.0, 0.0011, -2.4900), 4.7461),
    ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
    ((50.0, 2.5, 0.0), (56.0, -27.0, -3.0), 31.9030),
    ((50.0, 2.5, 0.0), (58.0, 24.0, 15.0), 19.4535),
    ((50.0, 2.5, 0.0), (50.0, 3.1736, 0.5854), 1.0000),
    ((50.0, 2.5, 0.0), (50.0, 3.2972, 0.0), 1.0000),
    ((50.0, 2.5, 0.0), (50.0, 1.8634, 0.5757), 1.0000),
    ((50.0, 2.5, 0.0), (50.0, 3.2592, 0.3350), 1.0000),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((61.2901, 3.7196, -5.3901), (61.4292, 2.2480, -4.9620), 1.8731),
    ((35.0831, -44.1164, 3.7933), (35.0232, -40.0716, 1.5901), 1.8645),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((36.4612, 47.8580, 18.3852), (36.2715, 50.5065, 21.2231), 1.4146),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((90.9257, -0.5406, -0.9208), (88.6381, -0.8985, -0.7239), 1.5381),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
)


@pytest.mark.parametrize(("one", "other", "expected"), SHARMA)
def test_ciede2000_is_that_of_its_authors(
    one: tuple[float, float, float], other: tuple[float, float, float], expected: float
) -> None:
    assert difference(Lab(*one), Lab(*other)) == pytest.approx(expected, abs=5e-5)
    assert difference(Lab(*other), Lab(*one)) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [  # the first by definition; the others as WebAIM's checker and the texts on WCAG 1.4.3 give them
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#ffffff", 4.00),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert round(contrast(one, other), 2) == expected
    assert contrast(other, one) == contrast(one, other)


def test_light_of_the_primaries() -> None:
    """IEC 61966-2-1, and Lindbloom's L*a*b* of sRGB under D65."""
    assert linear("#ff8000") == pytest.approx((1.0, 0.21586, 0.0), abs=1e-5)
    assert linear("#0a0a0a")[0] == pytest.approx(10 / 255 / 12.92)  # the straight part ends here
    assert linear("#0b0b0b")[0] == pytest.approx(((11 / 255 + 0.055) / 1.055) ** 2.4)
    assert luminance("#00ff00") == pytest.approx(0.7152)
    assert lab("#ffffff") == pytest.approx((100.0, 0.0, 0.0), abs=0.01)
    assert lab("#ff0000") == pytest.approx((53.24, 80.09, 67.20), abs=0.01)
    assert lab("#00ff00") == pytest.approx((87.73, -86.18, 83.18), abs=0.01)
    assert lab("#0000ff") == pytest.approx((32.30, 79.19, -107.86), abs=0.01)
    assert lab("#010101").light == pytest.approx(0.2742, abs=1e-4)  # below the cube root


def test_grey_looks_the_same_to_everybody() -> None:
    for matrix in DEFICIENCIES.values():
        assert [sum(row) for row in matrix] == pytest.approx([1, 1, 1], abs=2e-6)
    for kind in DEFICIENCIES:
        assert difference(seen("#808080", kind), lab("#808080")) < 0.01


def test_what_is_confused() -> None:
    """Red and green of one lightness; not blue and yellow."""
    red, green = "#c0504d", "#7a8000"
    assert difference(lab(red), lab(green)) > 40
    assert difference(seen(red, "deuteranopia"), seen(green, "deuteranopia")) < 12
    assert difference(seen("#0000ff", "deuteranopia"), seen("#ffff00", "deuteranopia")) > 60


def test_the_nearest_two_are_named() -> None:
    distance, kind, one, other = nearest({"late": "#c0504d", "done": "#7a8000", "soon": "#0000ff"})
    assert (kind in ("protanopia", "deuteranopia"), one, other) == (True, "late", "done")
    assert distance == difference(seen("#c0504d", kind), seen("#7a8000", kind))
