"""The cursor of a feed whose numbers may be committed late."""

import pytest

from deskui.upstream._gaps import MOST, OVERLAP_S, Cursor, Gap

NOW = 1_790_000_000


def test_what_was_passed_over_is_wanted_until_it_came_or_is_too_old():
    place = Cursor(10, NOW).seen([11, 14, 17], NOW, NOW)
    assert (place.last, place.gaps) == (17, (Gap(12, 13, NOW), Gap(15, 16, NOW)))
    assert [n for n in range(5, 20) if place.wants(n)] == [12, 13, 15, 16, 18, 19]
    place = place.seen([12, 16], NOW, NOW + 60)
    assert place.gaps == (Gap(13, 13, NOW), Gap(15, 15, NOW))
    assert place.rid(NOW + OVERLAP_S).gaps == place.gaps
    assert place.rid(NOW + OVERLAP_S + 1).gaps == ()
    assert (place.last, place.at) == (17, NOW)


@pytest.mark.parametrize("place", [Cursor(), Cursor(7), Cursor(7, NOW, (Gap(1, 3, NOW), Gap(5, 5, NOW)))])
def test_it_is_read_as_it_was_written(place):
    assert Cursor.parse(str(place)) == place


def test_an_old_cursor_is_a_number_and_nonsense_is_refused():
    assert Cursor.parse("17") == Cursor(17)
    assert Cursor.parse("") == Cursor()
    with pytest.raises(ValueError, match="no place"):
        Cursor.parse("17; DROP")


def test_a_clock_that_is_set_by_ten_minutes_loses_no_gap():
    place = Cursor(10, NOW).seen([12], NOW, NOW)
    assert place.rid(NOW + 600).gaps == place.rid(NOW - 600).gaps == place.gaps


def test_of_many_gaps_the_oldest_are_asked_for_together():
    place = Cursor(1, NOW)
    for n in range(3, 3 + 4 * MOST, 2):
        place = place.seen([n], NOW, NOW)
    assert len(place.gaps) == MOST
    assert all(place.wants(n) for n in range(2, 3 + 4 * MOST - 2, 2))
