"""Which error of which layer is which error of the command line; only what was imported can have been raised."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from deskui.cli.output import Failure

# module, class -> error kind; "" = the exception says it itself in `kind`
_KINDS = (
    ("deskui.config", "ConfigError", "config"),
    ("deskui.plugins", "PluginError", "config"),
    ("deskui.secrets", "NoSecret", "config"),
    ("deskui.domain.reading", "ContractError", "config"),
    ("deskui.domain.verbs", "VerbError", "usage"),
    ("deskui.domain.query", "QueryError", "query"),
    ("deskui.services.views", "UnknownView", "usage"),
    ("deskui.services.views", "ViewError", "usage"),
    ("deskui.services.desk", "UnknownTicket", "unknown_ticket"),
    ("deskui.services.desk", "Refused", "refused"),
    ("deskui.services.syncing", "Busy", "busy"),
    ("deskui.services.settling", "Unsettled", "conflict"),
    ("deskui.store.driver", "StoreError", "store"),
    ("deskui.ui.themefile", "ThemeError", "config"),
    ("deskui.upstream.base", "Unreachable", ""),
    ("deskui.upstream.base", "Rejected", "refused"),
)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the expected errors of all layers into the command line's; a programming error stays what it is."""
    try:
        yield
    except tuple(_classes()) as error:
        raise Failure(kind_of(error), str(error), getattr(error, "hint", "")) from error


def kind_of(error: BaseException) -> str:
    """The error kind of a known exception."""
    for module, name, kind in _KINDS:
        cls = getattr(sys.modules.get(module), name, None)
        if cls is not None and isinstance(error, cls):
            return kind or str(getattr(error, "kind", "unreachable"))
    return "store"


def _classes() -> Iterator[type[BaseException]]:
    # Evaluated when something was raised: a layer that was never imported raised nothing.
    for module, name, _kind in _KINDS:
        cls = getattr(sys.modules.get(module), name, None)
        if cls is not None:
            yield cls
