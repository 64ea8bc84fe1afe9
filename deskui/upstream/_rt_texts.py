"""The words of RT's messages, in bulk: which of a message's parts they are, and whether files go with it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from deskui.upstream import _html, _rt_files
from deskui.upstream._http import TooLarge
from deskui.upstream._rt_answers import Body
from deskui.upstream._rt_files import Ask

_PAGE = 100  # RT gives no more


def bodies(ask: Ask, ids: list[int], *, desk_only: bool) -> dict[int, Body]:
    """By transaction; of so many that the answer is too large, in halves."""
    try:
        parts = list(_parts(ask, ids, desk_only))
    except TooLarge:
        if len(ids) == 1:
            files = _rt_files.found(ask, ids).get(ids[0], ())
            return {ids[0]: Body("[too long to be shown: read it in RT]", files=files)}
        half = len(ids) // 2
        return bodies(ask, ids[:half], desk_only=desk_only) | bodies(ask, ids[half:], desk_only=desk_only)
    found: dict[int, Body] = {}
    carrying = [] if desk_only else _rt_files.carrying(ids, parts)
    for part in parts:
        txn, html = int(part["TransactionId"]), part["ContentType"] == "text/html"
        if not _rt_files.is_file(part) and (txn not in found or (found[txn].html and not html)):
            content = part.get("Content") or ""
            found[txn] = Body(_html.text(content) if html else content.replace("\r\n", "\n"), html)
    for txn, files in _rt_files.found(ask, carrying).items():
        found[txn] = replace(found.get(txn, Body("")), files=files)
    return found


def _parts(ask: Ask, ids: Sequence[int], desk_only: bool) -> Iterator[dict[str, Any]]:
    query: list[dict[str, Any]] = [
        {"field": "TransactionId", "operator": "=", "value": txn, "entry_aggregator": "OR"} for txn in ids
    ]
    kinds = ("text/",) if desk_only else ("text/", "multipart/")  # the wrapping says that there are files
    query += ({"field": "ContentType", "operator": "STARTSWITH", "value": kind, "entry_aggregator": "OR"}
              for kind in kinds)  # fmt: skip
    if desk_only:
        query.append({"field": "Content", "operator": "STARTSWITH", "value": "deskui: "})
    for number in range(1, 1000):
        params = (("fields", "TransactionId,ContentType,Filename,Content"), ("orderby", "id"),
                  ("per_page", str(_PAGE)), ("page", str(number)))  # fmt: skip
        items = ask(query, params)
        yield from items
        if len(items) < _PAGE:  # all are ours to see: whoever sees a transaction sees its parts
            return
