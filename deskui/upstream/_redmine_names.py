"""What stands behind Redmine's numbers, learned without an administrator's rights: people, roles, statuses, fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deskui.upstream._redmine_api import Api, Row, number
from deskui.upstream._redmine_words import Words
from deskui.upstream.base import Options, Rejected

PRIVATE = "set_notes_private"
_STAFF = "view_private_notes"  # what is among colleagues is read by colleagues


@dataclass(frozen=True, slots=True)
class Person:
    """A user by login, and how to write to them."""

    name: str
    mail: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody (or a group) in a project, and what their roles allow there."""

    id: int
    name: str
    rights: frozenset[str]


class Names:
    """Names that hold for one run: asked for when needed, forgotten at the next login, since people come and go."""

    def __init__(self, api: Api, options: Options) -> None:
        self._api, self._options = api, options
        self.forget()

    def forget(self) -> None:
        """Ask anew."""
        self._people: dict[int, Person] = {}
        self._members: dict[int, dict[int, Member]] = {}
        self._roles: dict[int, frozenset[str]] = {}
        self._projects: list[Row] | None = None
        self.words = Words(self._api, self._options)

    # -- people

    def person(self, who: Mapping[str, Any] | None) -> Person:
        """A user by login; one whom we may not see (left, locked, a group) by the name that is given."""
        key = number((who or {}).get("id"))
        if key and key not in self._people:
            user = (self._api.maybe(f"/users/{key}.json") or {}).get("user") or {}
            name = str(user.get("login") or (who or {}).get("name") or key)
            self._people[key] = Person(name, str(user.get("mail") or name))
        return self._people[key] if key else Person("", "")

    def owner(self, key: str | None) -> str | None:
        """Whom an id of a history means; None: nobody."""
        if not key:
            return None
        known = next((one.name for project in self._members.values() for one in project.values()
                      if one.id == number(key)), key)  # fmt: skip
        return self.person({"id": key, "name": known}).name

    def members(self, project: int) -> dict[int, Member]:
        """Who is in a project, by id."""
        if project not in self._members:
            found: dict[int, Member] = {}
            for row in self._api.all(f"/projects/{project}/memberships.json", "memberships"):
                who = row.get("user") or row.get("group") or {}
                rights = frozenset[str]().union(*(self._rights(number(role["id"])) for role in row.get("roles") or ()))
                found[number(who.get("id"))] = Member(number(who.get("id")), str(who.get("name")), rights)
            self._members[project] = found
        return self._members[project]

    def _rights(self, role: int) -> frozenset[str]:
        if role not in self._roles:
            said = (self._api.maybe(f"/roles/{role}.json") or {}).get("role") or {}
            self._roles[role] = frozenset(map(str, said.get("permissions") or ()))
        return self._roles[role]

    def may(self, project: int, right: str) -> bool:
        """Whether we may do that in the project."""
        me = self._api.me
        mine = self.members(project).get(me.id)
        return me.admin or (mine is not None and right in mine.rights)

    def side(self, issue: Row, who: Mapping[str, Any] | None, private: bool = False) -> str:
        """Staff are those who read private notes; of others, a private project has had only members and admins."""
        key, project = number((who or {}).get("id")), number(issue["project"]["id"])
        member = self.members(project).get(key)
        if member is not None:
            return "staff" if _STAFF in member.rights else "customer"
        if key == number((issue.get("author") or {}).get("id")) and not (key == self._api.me.id and self._api.me.admin):
            return "customer"
        return "staff" if private or not self._public(project) else "customer"

    def user(self, who: str, project: int) -> int:
        """The id of somebody to whom an issue of the project can be given; by login, else by the name shown."""
        if who.casefold() == self._api.me.login.casefold():
            return self._api.me.id
        members = list(self.members(project).values())
        for one in members:
            if self.person({"id": one.id, "name": one.name}).name.casefold() == who.casefold():
                return one.id
        named = [one.id for one in members if one.name.casefold() == who.casefold()]
        if len(named) == 1:
            return named[0]
        raise Rejected(f"{who!r} is no member of the project: an administrator can add them, or assign somebody else")

    # -- projects and their fields

    def projects(self) -> list[Row]:
        """Those that we may see, in the order in which they were made."""
        if self._projects is None:
            self._projects = sorted(self._api.all("/projects.json", "projects"), key=lambda row: number(row["id"]))
        return self._projects

    def project(self, name: str) -> Row:
        """By name or identifier; `Rejected`: there is none for us."""
        for row in self.projects():
            if name.casefold() in (str(row["name"]).casefold(), str(row["identifier"]).casefold()):
                return row
        known = ", ".join(str(row["name"]) for row in self.projects()) or "none"
        raise Rejected(f"no project {name!r} in Redmine that we may see; there are: {known}")

    def _public(self, project: int) -> bool:
        return any(number(row["id"]) == project and row.get("is_public") for row in self.projects())

    def tracker(self, project: int) -> int:
        """The kind of issue that we make there: the project's first."""
        said = self._api.maybe(f"/projects/{project}.json", ("include", "trackers")) or {}
        trackers = said.get("project", {}).get("trackers") or ()
        if not trackers:
            raise Rejected(f"project {project} has no trackers: an administrator can add one")
        return number(trackers[0]["id"])

    def fields(self, project: int, tracker: int) -> tuple[dict[str, Row], int]:
        """The custom fields of such issues by name, as two of them have them; and how many issues say so."""
        params = (("project_id", str(project)), ("tracker_id", str(tracker)), ("status_id", "*"), ("sort", "id:desc"))
        rows = self._api.rows("/issues.json", "issues", *params)[:2]
        return (fields_of(rows[0]) if rows else {}), len(rows)

    def activity(self, project: int) -> int:
        """What kind of work is booked: the usual one, else the first that the project knows."""
        said = self._api.maybe(f"/projects/{project}.json", ("include", "time_entry_activities")) or {}
        here = [number(row["id"]) for row in said.get("project", {}).get("time_entry_activities") or ()]
        rows = self._api.all("/enumerations/time_entry_activities.json", "time_entry_activities")
        usual = [number(row["id"]) for row in rows if row.get("is_default") and number(row["id"]) in here]
        for key in (*usual, *here):
            return key
        raise Rejected("Redmine has no activity to book time on: an administrator can add one (Enumerations)")


def fields_of(issue: Row) -> dict[str, Row]:
    """An issue's custom fields by name."""
    return {str(row["name"]): row for row in issue.get("custom_fields") or ()}


def values_of(field: Row | None) -> list[str]:
    """What a custom field holds, as a list."""
    value = (field or {}).get("value")
    given = value if isinstance(value, list) else [value]
    return [str(each) for each in given if each not in (None, "")]
