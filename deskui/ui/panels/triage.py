"""The triage panel: impact and urgency, the priority that they propose, the CI's criticality, category, owner, hold."""

from collections.abc import Sequence

from deskui.ui.panels._base import Panel
from deskui.ui.timeline import Line


class TriagePanel(Panel):
    """How bad it is for whom, and whether the priority says so."""

    title = "Triage"

    def content(self, ticket_id: str, width: int) -> Sequence[Line]:
        return ()
