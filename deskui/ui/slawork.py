"""What is done for the SLA from the console: exclusions, reasons, scope, outages, credits, all clocks anew."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import Future
from functools import partial
from typing import Any

from deskui.domain.scope import SAID
from deskui.domain.ticket import Ticket
from deskui.services.desk import Refused, UnknownTicket
from deskui.services.exclusions import Exclusions
from deskui.services.rebuilding import Altered, StoreError, rebuild
from deskui.services.scoping import Asked, Scoping
from deskui.services.thresholds import Breaches
from deskui.services.uptimes import KINDS, Uptimes
from deskui.ui import clocks, moments
from deskui.ui.countdown import long_span
from deskui.ui.saving import settled
from deskui.ui.screens.choose import AskScreen, Choice, ChooseScreen
from deskui.ui.screens.form import Blank, FormScreen, Values

SHOWN = 200  # of altered clocks


async def saved(future: "Future[Any]") -> str:
    """ "" once it is committed, else why not."""
    error = await settled(future)
    if error is None:
        return ""
    return str(error) if isinstance(error, Refused | UnknownTicket) else f"NOT SAVED: {error}"


async def _show(app: Any, dialog: Any) -> Any:
    answer = app.push_screen(dialog, wait_for_dismiss=True)
    app.keys_held = False
    return await answer


def picked(typed: str, allowed: Iterable[str]) -> str:
    """The one that was typed, or the only one that begins so; else as typed."""
    every = list(allowed)
    found = [each for each in every if each.lower().startswith(typed.lower())] if typed else []
    exact = [each for each in every if each.lower() == typed.lower()]
    return exact[0] if exact else found[0] if len(found) == 1 else typed


# exclusions


async def exclude(app: Any, ticket: Ticket) -> None:
    """Take time out of every clock of the ticket, or let it count again."""
    desk, zone = app.services.desk, str(app.services.zone)
    there = desk.exclusions(ticket.id)
    if there:
        said = [
            Choice(str(number), f"take back {moments.between(each.start, each.end, zone)}: {each.reason}", each.uid)
            for number, each in enumerate(there[:9], 1)
        ]  # fmt: skip
        answer = await _show(app, ChooseScreen(f"Exclusions of {ticket.id}", [Choice("n", "a new one", "new"), *said]))
        if answer is None:
            return
        if answer != "new":
            await _take_back(app, ticket, answer)
            return
    allowed = desk.contract(ticket).terms.reasons

    async def save(values: Values) -> str:
        now = app.now()
        try:
            start = moments.begin(values["start"], zone, now)
            end = moments.end(values["end"], zone, now, start)
        except ValueError as wrong:
            return str(wrong)
        reason = picked(values["reason"], allowed)
        return await saved(Exclusions(desk).add(ticket.id, start, end, reason, values["approver"], values["note"]))

    blanks = (
        Blank("start", "From", "like 01:30", told=moments.TOLD),
        Blank("end", "To", "like 02:30", told=moments.TOLD_END),
        Blank("reason", "Reason", "the first letters do", told=f"one of: {', '.join(allowed)}"),
        Blank("approver", "Approver", "who agreed to it: not you", told="nobody approves what they ask for themselves"),
        Blank("note", "Note", "may be empty"),
    )
    means = partial(_spoken, zone=zone, now=app.now())
    title = f"EXCLUDE time from every clock of {ticket.id}"
    if await _show(app, FormScreen(title, blanks, save, means)):
        app.say(f"{ticket.id}: excluded; {_dues(app, ticket)}")


def _spoken(values: Values, zone: str, now: int) -> str:
    return moments.spoken(dict(values), zone, now)


async def _take_back(app: Any, ticket: Ticket, uid: str) -> None:
    prompt = "who agreed to it: not you"
    approver = await _show(app, AskScreen(f"Let that time of {ticket.id} count again", prompt))
    if approver:
        wrong = await saved(Exclusions(app.services.desk).take_back(ticket.id, uid, approver))
        app.say(wrong or f"{ticket.id}: it counts again; {_dues(app, ticket)}", error=bool(wrong))


def _dues(app: Any, ticket: Ticket) -> str:
    """`R met 02:10, F due 05:55`: the clocks as they stand now."""
    found = app.services.desk.clocks(ticket.id, app.now()) or {}
    return ", ".join(clocks.head(name, clock, app.now(), str(app.services.zone))[0] for name, clock in found.items())


# reasons of breaches


async def reason(app: Any, ticket: Ticket) -> None:
    """Why a clock was missed."""
    desk, breaches = app.services.desk, Breaches(app.services.desk)
    found = desk.clocks(ticket.id, app.now()) or {}
    known = {each.breach.clock: each for each in breaches.of(ticket.id)}
    missed = [name for name, clock in found.items() if clock.breached or name in known]
    if not missed:
        app.say(f"{ticket.id}: no clock of it is missed")
        return
    name: str | None = missed[0]
    if len(missed) > 1:
        options = [(each, f"{clocks.NAMES.get(each, each)}: {_why(known.get(each))}") for each in missed]
        name = await _show(app, ChooseScreen(f"{ticket.id}: the reason for which clock?", options))
    if name is None:
        return
    before = known[name].reason if name in known else ""
    prompt = "what kept us: kept with the breach, for the report"
    said = await _show(app, AskScreen(f"Why {ticket.id} missed {clocks.NAMES.get(name, name)}", prompt, before))
    if said:
        wrong = await saved(breaches.reason(ticket.id, name, said))
        app.say(wrong or f"{ticket.id}: the reason is kept", error=bool(wrong))


def _why(record: Any) -> str:
    return record.reason if record is not None and record.reason else "no reason yet"


# scope


async def scope(app: Any, ticket: Ticket) -> None:
    """What the contract says; where it says nothing, somebody decides."""
    scoping = Scoping(app.services.desk)
    asked = scoping.check(ticket.id)
    choices = [] if asked.scope.verdict != "not_said" else [Choice("i", "decide: IN scope", "in"),
                                                            Choice("o", "decide: OUT of scope", "out")]  # fmt: skip
    verdict = await _show(app, ChooseScreen(f"SCOPE of {ticket.id}: {SAID[asked.verdict]}", choices, clause(asked)))
    if verdict is None:
        return
    why = await _show(app, AskScreen(f"{ticket.id} is {SAID[verdict]}: why?", "kept with your name, on the ticket"))
    if why:
        wrong = await saved(scoping.decide(ticket.id, verdict, why))
        app.say(wrong or f"{ticket.id}: decided {SAID[verdict]}", error=bool(wrong))


def clause(asked: Asked) -> str:
    """The clause, what of the ticket it means, and the decision."""
    said = asked.scope
    out = [f"By the contract {asked.contract}" + (f", service {said.service}" if said.service else "") + ":"]
    out += [f"“{said.clause}”"] if said.clause else ["it does not say."]
    out += [f"since {said.why}"] if said.why else []
    if asked.decision:
        out.append(f"Decided {SAID[asked.decision.verdict]} by {asked.decision.by}: {asked.decision.why}")
    elif said.verdict == "not_said":
        out.append("Nobody has decided yet: “assumed included” is how work is given away.")
    return "\n".join(out)


# outages and credits


async def outage(app: Any, ticket: Ticket | None = None, customer: str = "", service: str = "") -> None:
    """A service was down, planned down, or nobody knows."""
    desk, zone = app.services.desk, str(app.services.zone)
    uptimes = Uptimes(desk)
    contracts = desk.rules.contracts

    async def save(values: Values) -> str:
        now, customer = app.now(), picked(values["customer"], contracts)
        services = contracts[customer].terms.services if customer in contracts else ()
        kind = picked(values["kind"], KINDS)
        if kind not in KINDS:
            return f"{kind or 'nothing'} is no kind; there are {', '.join(KINDS)}"
        try:
            start = moments.begin(values["start"], zone, now)
            end = None if values["end"] == "-" else moments.end(values["end"], zone, now, start)
        except ValueError as wrong:
            return str(wrong)
        service = picked(values["service"], services)
        return await saved(uptimes.record(
            customer, service, start, end, kind, cause=values["cause"], reason=values["reason"],
            approver=values["approver"], note=values["note"],
        ))  # fmt: skip

    whose = (ticket.customer if ticket else customer) or ""
    known = whose if whose in contracts else ""
    every = sorted({name for each in contracts.values() for name in each.terms.services})
    blanks = (
        Blank("customer", "Customer", "", known, f"one of: {', '.join(contracts) or 'no contract is here'}"),
        Blank("service", "Service", "", service, f"one of: {', '.join(every) or 'no contract names a service'}"),
        Blank("kind", "Kind", "", "down", f"one of: {', '.join(KINDS)}; planned was announced before"),
        Blank("start", "From", "like 01:30", told=moments.TOLD),
        Blank("end", "To", "- if it is still down", "-", f"- (it goes on), {moments.TOLD_END}"),
        Blank("cause", "Cause", "the ticket behind it", ticket.id if ticket else "", "one credit for each cause"),
        Blank("reason", "Reason", "only for excluded", told="an exclusion's reason that the contract allows"),
        Blank("approver", "Approver", "only for excluded: not you"),
        Blank("note", "Note", "may be empty"),
    )
    means = partial(_spoken, zone=zone, now=app.now())
    if await _show(app, FormScreen("A SERVICE WAS DOWN: record it", blanks, save, means)):
        app.say("the outage is recorded (gd: budgets and credits)")


async def approve(app: Any, key: str) -> None:
    """Fix a draft credit with its figures of now; asks first."""
    uptimes, now = Uptimes(app.services.desk), app.now()
    claims = await asyncio.to_thread(uptimes.credits, None, now)
    found = next((each for each in claims if each.key == key), None)
    if found is None or found.credit.state != "draft":
        app.say(f"{key} is no draft" if found is None else f"{key} was approved by {found.by}")
        return
    given = found.credit
    money = f"{given.amount / 100:.2f} {found.currency}"
    body = f"{given.what}\n{given.share / 100:g} % of the fee. Once approved the figures are fixed."
    title = f"Approve {money} for {found.customer}?"
    if await _show(app, ChooseScreen(title, [Choice("y", f"Yes, approve {money}", "yes")], body)) == "yes":
        wrong = await saved(uptimes.approve(key, now))
        app.say(wrong or f"{money} for {found.customer} approved", error=bool(wrong))


# all clocks anew


async def anew(app: Any) -> None:
    """Count all clocks by today's rules; what would alter stopped ones is listed, and asks for the typed count."""
    body = "Running clocks follow today's contracts. Clocks that have stopped keep their figures; those that would\n" \
           "change are listed next, and change only if you say so."  # fmt: skip
    first = await _show(app, ChooseScreen("Count all clocks anew?", [Choice("y", "Yes, count", "yes")], body))
    done = await _recount(app, False) if first == "yes" else None
    if done is None:
        return
    if not done.altered:
        app.say(f"{done.done} tickets counted anew, {done.changed} changed; no stopped clock would be altered")
        return
    count = len(done.altered)
    listed = "\n".join(map(altered, done.altered[:SHOWN]))
    more = f"\n... and {count - SHOWN} more: deskui sla rebuild lists them all" if count > SHOWN else ""
    title = f"{count} stopped clocks keep their figures. REWRITE them?"
    body = f"{listed}{more}\n\nIssued reports keep theirs."
    typed = await _show(app, AskScreen(title, f"type {count} to rewrite them all", body=body, expect=str(count)))
    if typed and (done := await _recount(app, True)) is not None:
        app.say(f"{len(done.altered)} stopped clocks rewritten")


async def _recount(app: Any, rewrite: bool) -> Any:
    try:
        return await asyncio.to_thread(rebuild, app.services.desk, rewrite=rewrite)
    except (Refused, StoreError) as wrong:
        app.say(str(wrong), error=True)
    return None


def altered(of: Altered) -> str:
    """`RT-17 F met, 3h05 of 4h00 -> MISSED, 5h05 of 4h00`."""
    return f"{of.ticket} {clocks.letter(of.clock)} {_figures(of.old)} -> {_figures(of.new)}"


def _figures(run: Any) -> str:
    verdict = "MISSED" if run["elapsed"] > run["target"] else "met"
    return f"{verdict}, {long_span(run['elapsed'])} of {long_span(run['target'])}"
