"""One file per triage panel; here only which of them stand beside the list."""

from typing import Any

from textual.widget import Widget


def beside_list(services: Any) -> list[Widget]:
    """The panels for the right side of the queue, each with `.show(ticket id or None)`."""
    from deskui.ui.panels.similar import SimilarPanel
    from deskui.ui.panels.sla import SlaPanel
    from deskui.ui.panels.triage import TriagePanel

    return [SlaPanel(services), TriagePanel(services), SimilarPanel(services)]
