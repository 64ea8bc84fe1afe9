"""The files at RT's messages: what is known of them costs one more request where there are some, and only there."""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from email.header import Header
from typing import Any

from deskui.domain.attachment import READ_CAP, File, size
from deskui.upstream import _rt_answers as answers
from deskui.upstream._http import Broken, Session
from deskui.upstream.base import Rejected, Unreachable

_PAGE = 100  # RT gives no more
_PAGES = 1000
_BYTES = "application/octet-stream"
_FIELDS = (("fields", "TransactionId,ContentType,Filename,ContentLength"), ("orderby", "id"), ("per_page", str(_PAGE)))

Ask = Callable[[Any, Sequence[tuple[str, str]]], list[dict[str, Any]]]


def is_file(part: Mapping[str, Any]) -> bool:
    """Whether a part of a message is a file: not its words, nor the wrapping around both."""
    kind = str(part["ContentType"])
    return not kind.startswith("multipart/") and (bool(part.get("Filename")) or not kind.startswith("text/"))


def carrying(ids: Iterable[int], parts: list[dict[str, Any]]) -> list[int]:
    """The transactions that may have files, by their texts and wrappings; a message without words may be just a file.

    Takes the wrappings out of `parts`.
    """
    wrapped = {
        int(part["TransactionId"]) for part in parts
        if part["ContentType"].startswith("multipart/") and part["ContentType"] != "multipart/alternative"
    }  # fmt: skip
    parts[:] = [part for part in parts if not part["ContentType"].startswith("multipart/")]
    return sorted(wrapped | (set(ids) - {int(part["TransactionId"]) for part in parts}))


def found(ask: Ask, txns: Collection[int]) -> dict[int, tuple[File, ...]]:
    """The files of these transactions, in RT's order; without a request where there are none."""
    files: dict[int, tuple[File, ...]] = {}
    query = [{"field": "TransactionId", "operator": "=", "value": txn, "entry_aggregator": "OR"} for txn in txns]
    for number in range(1, _PAGES) if query else ():
        items = ask(query, (*_FIELDS, ("page", str(number))))
        for part in filter(is_file, items):
            txn = int(part["TransactionId"])
            kind, length = str(part["ContentType"]), int(part.get("ContentLength") or 0)
            files[txn] = (*files.get(txn, ()), File(str(part["id"]), str(part.get("Filename") or ""), kind, length))
        if len(items) < _PAGE:
            break
    return files


def sent(file: File, data: bytes) -> dict[str, str]:
    """One as RT takes it with a message: a name it cannot spoil, and no kind of which it would turn the bytes over."""
    name = file.name if file.name.isascii() else Header(file.name, "utf-8", maxlinelen=1000).encode()
    spoiled = file.kind.startswith(("text/", "message/", "multipart/"))
    kind = _BYTES if spoiled or not file.kind else file.kind
    return {"FileName": name, "FileType": kind, "FileContent": b64encode(data).decode()}


def content(session: Session, file: File) -> bytes:
    """The bytes of one, as RT gives them: base64 in JSON."""
    if file.size > READ_CAP:
        raise Rejected(f"{size(file.size)} is more than the {size(READ_CAP)} that deskui fetches: save it in RT")
    try:
        answer = session.request("GET", f"/REST/2.0/attachment/{int(file.id)}")
    except Broken as error:  # that is what RT says of one that it does not have
        raise Rejected(f"RT has no such file (any more), or fails at it: {error}") from error
    if answer.status in (403, 404):
        raise Rejected(f"RT: {answers.words(answer)}")
    try:
        data = b64decode(str(answers.ok(answer).get("Content") or ""))
    except (Error, ValueError) as error:
        raise Unreachable("RT's answer is no file") from error
    if len(data) > READ_CAP:
        raise Rejected(f"it is larger than the {size(READ_CAP)} that deskui fetches: save it in RT")
    return data
