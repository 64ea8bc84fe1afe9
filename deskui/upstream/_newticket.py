"""A new ticket, whatever the system: which queue it goes to, and what of it a system may have no field for."""

from typing import Any

from deskui.domain import when
from deskui.domain.change import Create
from deskui.upstream.base import Options, Rejected


def own_fields(change: Create, queue: str, options: Options) -> dict[str, Any]:
    """The facts of a new ticket that need a field of ours; only those that the mapping would not guess right."""
    here = options.queues.get(queue, {})
    return {
        **({"client_token": change.token} if change.token else {}),
        **({"received_at": when.iso(change.received)} if change.received is not None else {}),
        **({"kind": change.kind} if change.kind != here.get("kind", "incident") else {}),
        **({"customer": change.customer} if change.customer and change.customer != here.get("customer") else {}),
        **({"ci": change.ci} if change.ci else {}),
    }


def queue_for(change: Create, options: Options, visible: list[str]) -> str:
    """The queue asked for; else the configured one of that customer and kind; else of no customer; else the first."""
    if change.queue:
        return change.queue

    def fit(name: str) -> tuple[bool, bool]:
        here = options.queues[name]
        return here.get("customer") not in (None, change.customer), here.get("kind", "incident") != change.kind

    for name in sorted(options.queues, key=fit):
        return name
    if not visible:
        raise Rejected("there is no queue that we may see")
    return visible[0]
