"""Which ticket is looked at, and when."""

from array import array

from deskui.services.agenda import Agenda


def taken(agenda: Agenda) -> list[int]:
    """All that wait, one by one."""
    return [key for _ in range(len(agenda)) for key in agenda.take(1)]


def test_the_most_urgent_come_first_and_what_changed_before_them() -> None:
    agenda = Agenda()
    agenda.begin(array("q", [5, 3, 9, 1]))
    assert agenda.take(2) == [5, 3]
    agenda.add([7, 7, 8])
    assert taken(agenda) == [8, 7, 9, 1]
    assert agenda.take(3) == []


def test_a_ticket_waits_when_its_time_has_come_and_not_before() -> None:
    agenda = Agenda()
    for key, at in ((4, 20), (2, 10), (3, 30), (2, 15), (3, None), (6, None)):
        agenda.plan(key, at)
    agenda.wake(14)
    assert not agenda
    agenda.wake(20)
    assert sorted(taken(agenda)) == [2, 4]
    agenda.wake(99)
    assert not agenda


def test_a_new_beginning_forgets_what_was_planned() -> None:
    agenda = Agenda()
    agenda.plan(4, 20)
    agenda.add([1])
    agenda.begin(array("q", [8]))
    agenda.wake(99)
    assert taken(agenda) == [8]
