"""Redmine's statuses and priorities as ours, and back: as configured, else by name, else by a guess."""

from deskui.upstream._redmine_api import Api, Row, number
from deskui.upstream.base import Options, Rejected

STATES = {"new": "new", "in progress": "in_progress", "feedback": "pending", "resolved": "resolved",
          "closed": "closed", "rejected": "cancelled"}  # fmt: skip
_WAITS = "feedback"  # for the customer's


class Words:
    """Both lists come in one request each, once a run."""

    def __init__(self, api: Api, options: Options) -> None:
        self._api, self._options = api, options
        self._statuses: list[Row] = []
        self._priorities: list[Row] = []

    def statuses(self) -> list[Row]:
        """In Redmine's order."""
        if not self._statuses:
            self._statuses = self._api.all("/issue_statuses.json", "issue_statuses")
        return self._statuses

    def priorities(self) -> list[Row]:
        """The active ones, from the highest down."""
        if not self._priorities:
            self._priorities = self._api.all("/enumerations/issue_priorities.json", "issue_priorities")
        return [row for row in reversed(self._priorities) if row.get("active", True)]

    def state(self, status: int) -> str:
        """Our state of a status."""
        row = self._row(status)
        return self.meaning(row)[0] if row else "in_progress"

    def reason(self, status: int) -> str:
        """What a ticket of that status waits for."""
        row = self._row(status)
        return (self.meaning(row)[1] if row else "") or "unspecified"

    def status_name(self, status: int) -> str:
        """As Redmine says it."""
        row = self._row(status)
        return str(row["name"]) if row else str(status)

    def meaning(self, row: Row) -> tuple[str, str]:
        """State and reason of a status."""
        name = str(row["name"])
        if said := self._options.state(name):
            return said
        usual = "closed" if row.get("is_closed") else "in_progress"
        return STATES.get(name.casefold(), usual), "customer" if name.casefold() == _WAITS else ""

    def known(self, row: Row) -> bool:
        """Whether its meaning is more than a guess."""
        return self._options.state(str(row["name"])) is not None or str(row["name"]).casefold() in STATES

    def status(self, state: str, reason: str = "") -> int:
        """The status that we set: as configured, else the one of that name, else the first that means it."""
        for name in self._options.state_names(state, reason):
            for row in self.statuses():
                if str(row["name"]).casefold() == name.casefold():
                    return number(row["id"])
        fit = [row for row in self.statuses() if self.meaning(row)[0] == state]
        for row in sorted(fit, key=lambda each: str(each["name"]).casefold() not in STATES):
            return number(row["id"])
        raise Rejected(
            f"Redmine has no status that is {state}: name one in the upstream's [states] in config.toml, or have an "
            "administrator add it"
        )

    def open_statuses(self) -> list[int]:
        """The statuses in which somebody still has to do something."""
        return [number(row["id"]) for row in self.statuses()
                if self.meaning(row)[0] in ("new", "in_progress", "pending")]  # fmt: skip

    def band(self, priority: int) -> int:
        """As configured; else from the top: P1, P2, P3, and all below are P4."""
        rows = self.priorities()
        for place, row in enumerate(rows):
            if number(row["id"]) == priority:
                return self._options.priority(str(row["name"])) or min(4, place + 1)
        return 4

    def priority(self, band: int) -> int:
        """The one that we set for a band; for P4 the usual one, if it is that low."""
        rows = self.priorities()
        name = self._options.priority_name(band)
        if name is not None:
            for row in rows:
                if str(row["name"]).casefold() == name.casefold():
                    return number(row["id"])
            raise Rejected(f"Redmine has no priority {name!r}, which [priorities] in config.toml names for P{band}")
        if band == 4:
            usual = [row for row in rows if row.get("is_default") and self.band(number(row["id"])) == 4]
            rows = usual + rows if usual else rows
            return number(rows[0 if usual else min(3, len(rows) - 1)]["id"])
        if band > len(rows):
            raise Rejected(f"Redmine has only {len(rows)} priorities: an administrator can add one for P{band}")
        return number(rows[band - 1]["id"])

    def _row(self, status: int) -> Row | None:
        return next((row for row in self.statuses() if number(row["id"]) == status), None)
