"""The SLA dashboard as lines: figures in columns, each a word that opens the tickets behind it.  Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from deskui import text
from deskui.domain.metrics import CLOCKS, DAYS, Row, Share
from deskui.ui.countdown import long_span
from deskui.ui.timeline import stamp
from deskui.ui.widgets.numbers import Page, Writer

if TYPE_CHECKING:
    from deskui.services.dashboard import Board
    from deskui.services.uptimes import Claim, Figures

LEGEND = f"{DAYS} days, R respond, F fix; trend: today last, * all met, 9 from 90 %, . none"
PPM = 1_000_000


def page(board: "Board", zone: str, width: int) -> Page:
    """The whole dashboard for `width` cells."""
    out = Writer()
    _ahead(out, board)
    _head(out, "PRIORITY", "TARGET R / F", width)
    for name, row in board.priorities.items():
        plan = board.targets.get(int(name[1:]), {})
        said = " / ".join(f"{goal(plan[clock]) if clock in plan else '-':>4}" for clock in CLOCKS)
        _row(out, row, said, f"prio:{name[1:]}", width)
    _row(out, board.whole, "", "", width)
    _head(out, "CUSTOMER", "CONTRACT", width)
    for name, row in board.customers.items():
        _row(out, row, board.contracts.get(name, "default policy"), f"customer:{quoted(name)}", width)
    out.say(f" {LEGEND}", "dim").end()
    _uptimes(out, board.uptimes, zone, board.now)
    _credits(out, board.credits)
    return out.page()


def goal(seconds: int) -> str:
    """A target as contracts write it: `15m`, `4h`, `1h30`, `72h`."""
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{hours}h{minutes:02d}" if hours and minutes else f"{hours}h" if hours else f"{minutes}m"


def quoted(name: str) -> str:
    """A value as QUERY writes it; a quote inside cannot be said and is left out."""
    return f'"{name.replace(chr(34), "")}"'


def _ahead(out: Writer, board: "Board") -> None:
    out.say("-BREACHES AHEAD, if nobody does anything; in brackets: nobody's tickets", "head").end()
    late = board.whole.late
    out.say(" late now: ").cell(str(late), "is:late", "bad" if late else "ok", "ahead")
    for look in board.outlooks:
        style = "bad" if look.tickets and look.window.end - board.now <= 900 else "warn" if look.tickets else "ok"
        out.say(f"   {look.window.name}: ").cell(str(look.tickets), look.window.query, style, "ahead")
        if look.unowned:
            out.say(" (").cell(str(look.unowned), f"{look.window.query} owner:none", "warn", "ahead").say(")")
    out.end()
    out.end()


NAME, REST = 12, 54  # cells of a row's name, and of all its figures


def _head(out: Writer, name: str, second: str, width: int) -> None:
    shares = "".join(f"{clock + ' MET':>6} MISS {'trend':8}" for clock in "RF")
    out.say(f"{'-' + name:{NAME}}{second:{_second(width)}} OPEN LATE RISK{shares}".rstrip(), "head").end()


def _second(width: int) -> int:
    """Cells for the targets, or the contract's name."""
    return max(13, min(30, width - NAME - REST))


def _row(out: Writer, row: Row, second: str, query: str, width: int) -> None:
    room, key = _second(width), row.key
    name = text.pad(text.clip(text.line(key), NAME - 2), NAME - 1)
    out.say(f" {name}{text.pad(text.clip(text.line(second), room - 1), room)}")
    for count, term, style in ((row.open, "", ""), (row.late, "is:late", "bad"), (row.risk, "due:<1h", "warn")):
        out.cell(f"{count:>5}", f"{query} {term}".strip(), style if count else "dim", key)
    for clock in CLOCKS:
        share = row.now.get(clock, Share())
        lately = f"judged:<{DAYS}d state:all {query}".strip()
        said = "-" if share.percent is None else f"{share.percent}%"
        out.cell(f"{said:>6}", f"met:{clock} {lately}", _style(share), key)
        out.cell(f"{share.missed:>5}", f"missed:{clock} {lately}", "bad" if share.missed else "dim", key)
        out.say(f" {trend(row.trend.get(clock, ()))}{' ' if clock == CLOCKS[0] else ''}")
    out.end()


def _style(share: Share) -> str:
    return "dim" if share.percent is None else "ok" if not share.missed else "warn" if share.percent >= 90 else "bad"


def trend(days: Sequence[Share]) -> str:
    """A character a day: `*` all met, else the tens of the percent, `.` nothing judged."""
    return "".join(
        "." if day.percent is None else "*" if not day.missed else str(day.percent // 10) for day in days
    )  # fmt: skip


def percent(millionths: int | None) -> str:
    """An availability or a guarantee, cut so that it never looks better: `99.9512 %`."""
    return "no data" if millionths is None else f"{millionths * 100 / PPM:.4f}".rstrip("0").rstrip(".") + " %"


def _uptimes(out: Writer, found: Sequence["Figures"], zone: str, now: int) -> None:
    out.end()
    out.say("-UPTIME BUDGETS   o: record an outage", "head").end()
    if not found:
        out.say(" no contract guarantees an uptime", "dim").end()
    for each in found:
        up, key = each.uptime, f"uptime {each.customer}/{each.service}"
        style = "bad" if up.missed or (up.left or 0) < 0 else "warn" if up.gone_at else "ok"
        name = text.clip(text.line(f"{each.customer} {each.service}"), 19)
        out.say(f" {text.pad(name, 20)}{each.period:6}up ")
        query = f"state:all customer:{quoted(each.customer)}"
        out.cell(percent(up.availability), query, style, key).say(f" of {percent(up.guarantee)}", "dim")
        left = up.left or 0
        said = f"{long_span(left)} left" if left >= 0 else f"{long_span(-left)} OVER"
        out.say(f"  used {long_span(up.down)} of {long_span(up.budget or 0)}, ").say(said, style).end()
        if up.gone_at is not None:
            verb = "gone since" if up.gone_at <= now else "at this rate gone"
            out.say(f"   {verb} {stamp(up.gone_at, zone, now)}", style)
            out.say(f"; {long_span(up.no_data)} without data" if up.no_data else "", "dim").end()


def _credits(out: Writer, found: Sequence["Claim"]) -> None:
    out.end()
    out.say("-SERVICE CREDITS of the period   a: approve the draft under the cursor", "head").end()
    if not found:
        out.say(" none", "dim").end()
    for each in found:
        given = each.credit
        state = f"approved by {text.line(each.by)}" if given.state == "approved" else "DRAFT"
        money = f"{given.amount // 100}.{given.amount % 100:02d} {text.line(each.currency)}"
        capped = ", capped" if given.capped else ""
        out.say(f" {text.pad(text.clip(text.line(each.customer), 15), 16)}").cell(
            f"{money:>14}", _cause(each), "" if given.state == "approved" else "warn", f"credit {each.key}"
        ).say(f"  {given.share / 100:g} %{capped}  {state}  ").say(
            "PERIOD BEFORE  " if each.before else "", "warn"
        ).say(text.line(given.what), "dim").end()


def _cause(claim: "Claim") -> str:
    """A ticket that a credit comes from, else the customer's tickets."""
    cause = claim.credit.cause
    if ":" in cause or " " in cause:
        return f"state:all customer:{quoted(claim.customer)}"
    return f"state:all {quoted(cause)}"


def service_of(key: str) -> tuple[str, str]:
    """The customer and the service that a number's key names; empty where it names none."""
    customer, _, service = key.removeprefix("uptime ").rpartition("/") if key.startswith("uptime ") else ("", "", "")
    return customer, service


def credit_key(key: str) -> str | None:
    """The credit that a number's key names."""
    return key.removeprefix("credit ") if key.startswith("credit ") else None
