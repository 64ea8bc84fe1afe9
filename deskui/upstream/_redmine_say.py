"""Why Redmine did not do what it said 204 to: it never says, but what it allows can be read."""

from deskui.domain.change import Assign, Change, Note, Reply
from deskui.domain.fields import SetPriority
from deskui.upstream._redmine_api import Row, number
from deskui.upstream._redmine_names import Names

_STATES = frozenset(("ack", "hold", "resume", "resolve", "cancel", "reopen", "close"))


def ignored(change: Change, issue: Row, partly: bool, names: Names) -> str:
    """What was not done, where, and what can be done about it."""
    place = f"Redmine took the {change.verb} of #{issue['id']} and did not do it"
    if partly:
        place = f"Redmine did only a part of the {change.verb} of #{issue['id']}"
    return f"{place}: {_why(change, issue, partly, names)}"


def _why(change: Change, issue: Row, partly: bool, names: Names) -> str:
    project = str(issue["project"]["name"])
    if isinstance(change, Reply | Note):
        if partly:
            return f"the message is there, its {change.minutes} minutes are not; book them in Redmine"
        return f"may your role in {project} add notes? (Roles and permissions, Add notes)"
    if not names.may(number(issue["project"]["id"]), "edit_issues"):
        return f"your role in {project} may not edit issues (Roles and permissions, Edit issues)"
    if change.verb in _STATES:
        allowed = ", ".join(str(row["name"]) for row in issue.get("allowed_statuses") or ()) or "nothing else"
        now = names.words.status_name(number(issue["status"]["id"]))
        return f"it is {now}; your workflow there allows {allowed} (Administration, Workflow)"
    if isinstance(change, SetPriority) and issue.get("children"):
        return "its priority is that of its subtasks: change theirs (or Settings, Issue tracking, Parent tasks)"
    what = "Assignee" if isinstance(change, Assign) else change.verb
    return f"{what} is read-only for your role in this status (Administration, Workflow, Fields permissions)"
