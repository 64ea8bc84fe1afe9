"""`deskui uptime` and `deskui credit`: what was up, what is left of the downtime allowed, and what it costs."""

from typing import TYPE_CHECKING, Any

from deskui.cli import output
from deskui.cli.console import Add
from deskui.cli.context import Context
from deskui.cli.times import AT, TOLD, TOLD_END, began, ended

if TYPE_CHECKING:
    from deskui.services.uptimes import Claim, Figures, Recorded


def register(add: Add, shared: Any) -> None:
    """Their places on the command line."""
    sub = add("uptime", help="services: show, record, list").add_subparsers(metavar="show|record|list", required=True)
    show = sub.add_parser("show", parents=[shared], help="availability, and what is left of the downtime allowed")
    show.add_argument("customer", metavar="CUSTOMER", nargs="?")
    show.add_argument("--at", metavar="TIME", help=AT)
    show.set_defaults(run=run_show)
    record = sub.add_parser("record", parents=[shared], help="a service was down")
    record.add_argument("service", metavar="SERVICE")
    record.add_argument("start", metavar="FROM", help=TOLD)
    record.add_argument("end", metavar="TO", help=f"{TOLD_END}; - if it is still down")
    record.add_argument("--customer", metavar="NAME", required=True)
    what = record.add_mutually_exclusive_group()
    what.add_argument("--planned", action="store_true", help="maintenance that was announced")
    what.add_argument("--no-data", action="store_true", help="nobody knows: neither up nor down")
    what.add_argument("--exclude", metavar="REASON", default="", help="agreed not to count; needs --approver")
    record.add_argument("--approver", metavar="WHO", default="")
    record.add_argument("--cause", metavar="ID", default="", help="the ticket behind it: one credit for each cause")
    record.add_argument("--replaces", metavar="UID", default="", help="the record that this one corrects")
    record.add_argument("-m", dest="note", metavar="TEXT", default="")
    record.set_defaults(run=run_record)
    listed = sub.add_parser("list", parents=[shared], help="everything recorded")
    listed.add_argument("customer", metavar="CUSTOMER", nargs="?")
    listed.set_defaults(run=run_list)
    sub = add("credit", help="service credits: list, approve").add_subparsers(metavar="list|approve", required=True)
    credits_ = sub.add_parser("list", parents=[shared], help="credits of the period, and drafts left of the one before")
    credits_.add_argument("customer", metavar="CUSTOMER", nargs="?")
    credits_.add_argument("--at", metavar="TIME", help=AT)
    credits_.set_defaults(run=run_credits)
    approve = sub.add_parser("approve", parents=[shared], help="fix a draft with its figures of now")
    approve.add_argument("credit", metavar="CREDIT", help="as `credit list` names it")
    approve.add_argument("--at", metavar="TIME", help=AT)
    approve.set_defaults(run=run_approve)


def run_show(context: Context) -> int:
    """The services of a customer, or of all."""
    from deskui.services.uptimes import Uptimes

    with context.desk() as desk:
        _customer(desk, context.args.customer)
        figures = Uptimes(desk.services.desk).show(context.args.customer, _at(context, desk))
    found = [_figures(each) for each in figures]
    head = ("CUSTOMER", "SERVICE", "PERIOD", "UP %", "PROMISED %", "DOWN", "BUDGET", "LEFT", "GONE AT", "NO DATA")
    rows = [
        (each["customer"], each["service"], each["period"], _percent(each["availability"]), _percent(each["guarantee"]),
         output.span(each["down_s"]), output.span(each["budget_s"]), output.span(each["left_s"]),
         each["gone_at"] or "-", output.span(each["no_data_s"]))
        for each in found
    ]  # fmt: skip
    context.show({"services": found}, output.table(head, rows) if rows else ["no contract names a service"])
    return output.DONE


def run_record(context: Context) -> int:
    """Keep an interval; a correction is a new record that replaces the old one."""
    from deskui.services.uptimes import Uptimes

    args = context.args
    context.writable()
    kind = "planned" if args.planned else "no_data" if args.no_data else "excluded" if args.exclude else "down"
    with context.desk() as desk:
        start = began(args.start, desk.zone, desk.now())
        end = None if args.end == "-" else ended(args.end, desk.zone, desk.now(), start)
        made = Uptimes(desk.services.desk).record(
            args.customer, args.service, start, end, kind, cause=args.cause, reason=args.exclude,
            approver=args.approver, note=args.note, replaces=args.replaces,
        ).result()  # fmt: skip
    found = _recorded(made)
    said = f"{args.customer} {args.service}: {kind} from {found['from']} to {found['to'] or 'now'}"
    context.show(found, [output.inert(said)])
    return output.DONE


def run_list(context: Context) -> int:
    """Every record that was not replaced."""
    from deskui.services.uptimes import Uptimes

    with context.desk() as desk:
        found = [_recorded(each) for each in Uptimes(desk.services.desk).records(context.args.customer)]
    head = ("RECORD", "CUSTOMER", "SERVICE", "KIND", "FROM", "TO", "CAUSE", "BY")
    keys = ("record", "customer", "service", "kind", "from", "to", "cause", "by")
    rows = [[each[key] or "-" for key in keys] for each in found]
    context.show({"records": found}, output.table(head, rows) if rows else ["nothing recorded"])
    return output.DONE


def run_credits(context: Context) -> int:
    """What the misses of the period cost by the schedule."""
    from deskui.services.uptimes import Uptimes

    with context.desk() as desk:
        _customer(desk, context.args.customer)
        claims = Uptimes(desk.services.desk).credits(context.args.customer, _at(context, desk))
    found = [_claim(each) for each in claims]
    head = ("CREDIT", "STATE", "%", "AMOUNT", "WHAT")
    rows = [
        (each["credit"], each["state"], f"{each['percent']:g}", f"{each['amount']:.2f} {each['currency']}",
         each["what"] + (" (capped)" if each["capped"] else ""))
        for each in found
    ]  # fmt: skip
    context.show({"credits": found}, output.table(head, rows) if rows else ["no credits"])
    return output.DONE


def run_approve(context: Context) -> int:
    """From now on its figures stay."""
    from deskui.services.uptimes import Uptimes

    context.writable()
    with context.desk() as desk:
        claim = Uptimes(desk.services.desk).approve(context.args.credit, _at(context, desk)).result()
    found = _claim(claim)
    said = f"{found['credit']} approved by {found['by']}: {found['amount']:.2f} {found['currency']}"
    context.show(found, [output.inert(said)])
    return output.DONE


def _at(context: Context, desk: Any) -> int:
    return began(context.args.at, desk.zone, desk.now()) if context.args.at else int(desk.now())


def _customer(desk: Any, name: str | None) -> None:
    known = desk.services.desk.rules.contracts
    if name is not None and name not in known:
        raise output.Failure("usage", f"there is no contract of {name!r}; known: {', '.join(known) or 'none'}")


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def _iso(at: int | None) -> str | None:
    from deskui.domain.when import iso

    return None if at is None else iso(at)


def _figures(of: "Figures") -> dict[str, Any]:
    from deskui.domain.terms import PPM

    got = of.uptime
    return {
        "customer": of.customer, "service": of.service, "title": of.title, "period": of.period,
        "from": _iso(got.start), "to": _iso(got.end), "service_s": got.service, "down_s": got.down,
        "planned_s": got.planned, "no_data_s": got.no_data,
        "availability": None if got.availability is None else got.availability * 100 / PPM,
        "guarantee": None if got.guarantee is None else got.guarantee * 100 / PPM, "budget_s": got.budget,
        "used_s": got.down, "left_s": got.left, "gone_at": _iso(got.gone_at), "missed": got.missed,
    }  # fmt: skip


def _recorded(of: "Recorded") -> dict[str, Any]:
    return {
        "record": of.uid, "customer": of.customer, "service": of.service, "from": _iso(of.start), "to": _iso(of.end),
        "kind": of.kind, "cause": of.cause or None, "reason": of.reason or None, "approver": of.approver or None,
        "note": of.note or None, "by": of.author,
    }  # fmt: skip


def _claim(of: "Claim") -> dict[str, Any]:
    given = of.credit
    return {
        "credit": of.key, "customer": of.customer, "from": _iso(of.start), "cause": given.cause, "what": given.what,
        "percent": given.share / 100, "amount": given.amount / 100, "currency": of.currency, "state": given.state,
        "capped": given.capped, "by": of.by or None,
    }  # fmt: skip
