"""`deskui contract`: what was promised to whom, and whether the files say it in words that deskui understands."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskui.cli import output, slawork
from deskui.cli.console import Add
from deskui.cli.context import Context

if TYPE_CHECKING:
    from deskui.domain.contract import Contract
    from deskui.services.contracts import Checked


def register(add: Add, shared: Any) -> None:
    """Its place on the command line."""
    sub = add("contract", help="contracts: list, check").add_subparsers(metavar="list|check", required=True)
    sub.add_parser("list", parents=[shared], help="every contract, each version").set_defaults(run=run_list)
    check = sub.add_parser("check", parents=[shared], help="what is wrong with the files, and which holidays changed")
    check.add_argument("file", metavar="FILE", nargs="?", type=Path, help="only this one; left out: all of them")
    check.set_defaults(run=run_check)


def run_list(context: Context) -> int:
    """Every version of every contract; a wrong file is a config error."""
    checked = _checked(context, _files(context))
    for each in checked:
        if each.error is not None:
            raise each.error
    found = [_contract(each.path, each.contract) for each in checked if each.contract]
    head = ("CUSTOMER", "CONTRACT", "IN FORCE SINCE", "FEE A MONTH", "HOURS INCLUDED", "NOTICE BY")
    rows = [
        (each["customer"], each["name"], each["effective"] or "always",
         f"{each['fee']:.2f} {each['currency']}" if each["fee"] else "-",
         f"{each['included_hours']:g}" if each["included_hours"] else "-", each["notice"] or "-")
        for each in found
    ]  # fmt: skip
    people = [*output.table(head, rows), *_services(found)] if rows else ["no contracts: the default policy counts"]
    context.show({"contracts": found}, people)
    return output.DONE


def _services(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    """What each contract says of its services; nothing if none names any."""
    head = ("CUSTOMER", "SERVICE", "SCOPE", "UPTIME %", "PER", "RPO", "RTO", "CLAUSE")
    rows = [
        (each["customer"], name, said["scope"], "-" if said["uptime"] is None else f"{said['uptime']:g}",
         said["period"], output.span(said["rpo_s"]), output.span(said["rto_s"]), said["clause"])
        for each in found
        for name, said in each["services"].items()
    ]  # fmt: skip
    if rows:
        yield ""
        yield from output.table(head, rows)


def run_check(context: Context) -> int:
    """Each file by itself; 1 if one is wrong.  A newer list of holidays is shown, and not taken over."""
    from deskui.services.holidays import Holidays

    one = context.args.file
    checked = _checked(context, _files(context) if one is None else [one])
    moved = [] if one else [slawork.holidays(each) for each in Holidays(_folder(context)).moved()]
    files = [
        {
            "file": str(each.path), "ok": each.error is None, "customer": each.contract and each.contract.customer,
            "error": str(each.error) if each.error else None,
        }
        for each in checked
    ]  # fmt: skip
    ok = all(each["ok"] for each in files)
    context.show({"ok": ok, "files": files, "holidays": moved}, _people(files, moved))
    return output.DONE if ok else output.NOT_SO


def _people(files: Iterable[dict[str, Any]], moved: Iterable[dict[str, Any]]) -> Iterator[str]:
    for each in files:
        yield output.inert(f"{each['file']}: ok, {each['customer']}" if each["ok"] else f"wrong: {each['error']}")
    for each in moved:
        yield f"{slawork.moved(each)} (`deskui sla rebuild --holidays` takes it)"


def _folder(context: Context) -> Path:
    return context.home / "contracts"


def _files(context: Context) -> list[Path]:
    from deskui.services import contracts

    return contracts.files(_folder(context))


def _checked(context: Context, paths: Iterable[Path]) -> "list[Checked]":
    from deskui import config, resources
    from deskui.services import contracts

    there = context.home / "config.toml"
    zone = config.load(there).desk.zone if there.exists() else "UTC"
    return contracts.check(resources.data() / "sla" / "default.toml", paths, zone, _folder(context))


def _contract(path: Path, of: "Contract") -> dict[str, Any]:
    from deskui.domain.terms import PPM
    from deskui.domain.when import iso

    terms = of.terms
    services = {
        name: {
            "scope": "in" if service.clause.covered else "out", "clause": service.clause.text,
            "uptime": None if service.uptime is None else service.uptime * 100 / PPM, "period": service.period,
            "calendar": service.calendar, "rpo_s": service.rpo, "rto_s": service.rto,
        }
        for name, service in terms.services.items()
    }  # fmt: skip
    return {
        "file": str(path), "customer": of.customer, "name": of.name,
        "effective": None if of.effective is None else iso(of.effective), "services": services,
        "exclusion_reasons": list(terms.reasons), "included_hours": terms.included / 60, "fee": terms.fee / 100,
        "currency": terms.currency, "notice": terms.notice and terms.notice.isoformat(),
    }  # fmt: skip
