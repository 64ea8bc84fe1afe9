"""From one ticket that a filter found to the next, also when the filter is off again."""

from typing import Any

from deskui.ui.filtering import Filtering


class Hits(Filtering):
    """Mixed into the queue."""

    _hits: frozenset[int] = frozenset()  # what the last filter found
    _hits_of = ""

    def action_queue_clear_filter(self) -> None:
        """Remembers what it had found."""
        if self.query_text != self.own_query and not self._error:
            self._hits, self._hits_of = frozenset(self.list.ids), self.query_text
        super().action_queue_clear_filter()

    def action_queue_next_hit(self) -> None:
        """Down to it; after the last one the first."""
        self._to_hit(1)

    def action_queue_previous_hit(self) -> None:
        """Up to it; before the first one the last."""
        self._to_hit(-1)

    def _to_hit(self, by: int) -> None:
        app: Any = self.app
        filtered = self.query_text != self.own_query
        if not filtered and not self._hits_of:
            app.say("no filter was typed yet: / finds")
            return
        ids, here = self.list.ids, self.list.cursor
        places = range(1, len(ids) + 1)
        wanted = self._hits
        found = next(
            ((here + by * n) % len(ids) for n in places if filtered or ids[(here + by * n) % len(ids)] in wanted), None
        )
        if found is None:
            app.say(f"nothing here was found by {self._hits_of}")
            return
        if (found - here) * by <= 0:
            app.say("from the other end" if found != here else "the only one")
        self.list.move(found)
