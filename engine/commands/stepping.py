"""One input taken by a run, and everything in the database that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from engine import events
from engine.bpmn.runtime import (
    Answer,
    Facts,
    Fail,
    Input,
    Jump,
    Outcome,
    Refresh,
    ServiceCall,
    advance,
)
from engine.bpmn.steps import Step
from engine.calendar import ZONE
from engine.codes.statuses import FINISHED, IN_PROGRESS, PRECEDENCE, SETTLED
from engine.commands.beside import withdraw
from engine.commands.case import Case, awake
from engine.commands.desks import open_task
from engine.commands.escalating import NEXT, calm
from engine.commands.messages import close_owed
from engine.commands.payments import charge_all
from engine.commands.services import perform
from engine.commands.telling import tell
from engine.errors import RoundsSpent, RunFailed
from engine.sides import APOLOGY, SIDES
from engine.store import dossiers as rows
from engine.store import letters
from engine.store.papers import refusal_in_force

DUTY = timedelta(seconds=1)  # the due instant itself is still on time
UNCOLLECTED = (7, 30)  # days after which a result that nobody fetched is mentioned again
SUPPLEMENT_LEFT = 5  # working days before the end of the time for missing papers
MORNING = time(8)


def step(case: Case, run: dict[str, Any], input: Input) -> Outcome:
    """Let the run take the input and everything its services answer; raises RunFailed."""
    awake(case)
    outcome = _take(case, run, input)
    caught = outcome.caught
    jumped = isinstance(input, Jump)
    if jumped and case.row["status"] == 9 and _said(case, outcome, jumped) not in SETTLED:
        case.take_up_again()  # before the clock is read: it has something to say again
    while True:
        if outcome.services:
            outcome = _take(case, run, _answer(case, outcome.services[0]))
            continue
        owed = (case.clock.due, case.clock.paused)
        _read_clock(case, outcome)
        if owed != (case.clock.due, case.clock.paused):
            # Timers that hang on the legal clock look again, in the same transaction.
            outcome = _take(case, run, Refresh())
            continue
        break
    _status(case, outcome, jumped)
    _timers(case, run, outcome)
    rows.change_run(
        case.tx.connection,
        run["id"],
        {
            "snapshot": outcome.snapshot,
            "revision": run["revision"],
            "finished_at": case.tx.now if outcome.finished else None,
            "ended_at": outcome.ended_at,
            "listening": _listens(case, run, outcome),
        },
    )
    return replace(outcome, caught=caught)


def _listens(case: Case, run: dict[str, Any], outcome: Outcome) -> bool:
    """Say what the run waits for, where that is anything or was."""
    if outcome.listens or run.get("listening"):
        letters.listen(
            case.tx.connection,
            case.id,
            case.row["receiving"],
            run["id"],
            outcome.listens,
            outcome.correlation,
        )
    return bool(outcome.listens)


def _take(case: Case, run: dict[str, Any], input: Input) -> Outcome:
    facts = Facts(case.tx.now, case.calendar, case.clock.due, case.clock.paused)
    outcome = advance(case.spec, run["snapshot"], input, facts, run["id"])
    run["snapshot"] = outcome.snapshot
    run["revision"] += 1
    _limits(case, outcome)
    _happened(case, run, outcome)
    return outcome


def _answer(case: Case, call: ServiceCall) -> Answer | Fail:
    """What the operator says, or that it could not: an error event may catch that."""
    drawn = case.spec.step(call.step)
    name = drawn.name if drawn else call.step
    try:
        with case.tx.savepoint():
            return Answer(call.task, perform(case, call, name))
    except RoundsSpent:
        raise
    except RunFailed as failure:
        return Fail(call.task, str(failure.particulars.get("cause") or ""))


def _happened(case: Case, run: dict[str, Any], outcome: Outcome) -> None:
    """Journal rows and tasks; each row also says what was passed and what waits."""
    passed = [e.step for e in outcome.events if isinstance(e, events.ElementPassed)]
    facts = {
        "run": run["id"],
        "passed": passed,
        "waiting": [waiting.step for waiting in outcome.waiting],
    }
    case.note("passed", facts)
    names = {task.id: task for task in outcome.tasks}
    for event in outcome.events:
        if isinstance(event, events.TaskWithdrawn):
            closed = {"state": "withdrawn", "closed_at": case.tx.now}
            rows.change_task(case.tx.connection, event.task, closed)
            case.note("withdrawn", {"step": event.step, "name": _name(case, event.step)})
        elif isinstance(event, events.TaskOpened):
            open_task(case, run, event, names[event.task].name)
        elif isinstance(event, (events.MessageSent, events.SignalThrown)):
            _send(case, event)
    for element in passed:
        _milestone(case, case.spec.step(element))
    for waiting in outcome.waiting:
        _milestone(case, case.spec.step(waiting.step))


def _send(case: Case, event: events.MessageSent | events.SignalThrown) -> None:
    """Put it where the worker finds it; a receiver is never locked together with the sender."""
    message = event if isinstance(event, events.MessageSent) else None
    kind = "message" if message else "signal"
    letter = {
        "dossier": case.id,
        "centre": case.row["receiving"],
        "kind": kind,
        "name": event.name,
        "correlation": dict(message.correlation) if message else {},
        "payload": dict(message.payload) if message else {},
        "state": "pending",
        "sent_at": case.tx.now,
    }
    letters.insert_letter(case.tx.connection, letter)
    case.note(f"{kind}_sent", {"name": event.name})


def _name(case: Case, step: str) -> str:
    drawn = case.spec.step(step)
    return drawn.name if drawn else step


def _milestone(case: Case, step: Step | None) -> None:
    if step and step.properties.get("milestone"):
        case.row["milestone_vi"] = step.properties["milestone"]
        case.row["milestone_en"] = step.properties.get("milestoneEn", step.properties["milestone"])


# -- the legal clock -------------------------------------------------------------------------------


def _limits(case: Case, outcome: Outcome) -> None:
    """From an element with a named limit on, that limit applies, counted from receipt."""
    reached = [e.step for e in outcome.events if isinstance(e, events.ElementPassed)]
    reached += [waiting.step for waiting in outcome.waiting]
    for element in reached:
        drawn = case.spec.step(element)
        name = drawn.properties.get("limit") if drawn else None
        if not name or any(change.name == name for change in case.history.changes):
            continue
        named = case.manifest.named_limits[name]
        if case.passed is not None:  # what is late stays late, whatever the diagram finds
            case.note("limit_too_late", {"limit": name, "reason": named.title.vi})
            continue
        case.history = case.history.change_limit(case.at, name, named.limit, named.title.vi)
        case.note("limit", {"limit": name, "reason": named.title.vi})


def _read_clock(case: Case, outcome: Outcome) -> None:
    """Pause where a token waits at an element that stops the clock; resume where none does."""
    if case.row["settled_at"] is not None:
        return
    paused: dict[str, Step] = {}
    for waiting in outcome.waiting:
        drawn = case.spec.step(waiting.step)
        if drawn and drawn.properties.get("clock") == "paused":
            paused[waiting.token] = drawn
    for pause in case.history.pauses:
        if pause.ended is None and pause.element not in paused:
            case.history = case.history.resume(case.at, pause.element)
            case.note("resumed", {"reason": pause.reason})
    standing = {pause.element for pause in case.history.pauses if pause.ended is None}
    for token, drawn in paused.items():
        if token not in standing:
            reason = drawn.properties.get("clockReason", drawn.name)
            case.history = case.history.pause(case.at, reason, token)
            case.note("paused", {"step": drawn.id, "name": drawn.name, "reason": reason})
    case.read_again()


def _status(case: Case, outcome: Outcome, jumped: bool) -> None:
    before = case.row["status"]
    case.set_status(_said(case, outcome, jumped), jumped=jumped)
    if before == 5 != case.row["status"]:
        close_owed(case, "reply")  # what was asked for has been taken
    if case.row["status"] == 5 != before:
        charge_all(case, "supplement")
    if case.row["status"] == 6 != before:
        tell(case, "payment", case.at.isoformat())
    if case.row["status"] == 9 != before:
        close_owed(case, "withdrawal")  # too late: the office has decided
        charge_all(case, "return")
        if not refusal_in_force(case.tx.connection, case.id):  # slip 03 was told as it was issued
            tell(case, "ready", case.at.isoformat())


def _said(case: Case, outcome: Outcome, jumped: bool) -> int:
    """What the diagram says; where it says nothing, what is over stays so unless two jumped it."""
    before = int(case.row["status"])
    over = before in FINISHED and not jumped
    if outcome.finished:
        end = case.spec.step(outcome.ended_at) if outcome.ended_at else None
        silent = before if over else 9
        return int(end.properties.get("status", silent)) if end else silent
    drawn = [case.spec.step(waiting.step) for waiting in outcome.waiting]
    said = {
        int(step.properties["status"]) for step in drawn if step and "status" in step.properties
    }
    return min(said or {before if over else IN_PROGRESS}, key=PRECEDENCE.index)


# -- what must happen later ------------------------------------------------------------------------


def _timers(case: Case, run: dict[str, Any], outcome: Outcome) -> None:
    wanted = {f"{timer.token}:{timer.step}": timer.at for timer in outcome.timers if timer.at}
    duties(case, run["id"], wanted)


def duties(case: Case, run: str, timers: Mapping[str, datetime] | None = None) -> None:
    """The statutory duties hang on the due date; none while the clock stands or after the end.

    ``timers``: the drawn ones, where the run has just told which it waits for.
    """
    wanted: dict[str, datetime] = {}
    owed = case.clock.due
    over = case.row["settled_at"] is not None or case.row["status"] in FINISHED
    if owed is not None and not over:
        soon = case.calendar.add_working_days(owed, -1)
        wanted[rows.duty_key("due_soon", owed)] = max(soon, case.history.received)
        wanted[rows.duty_key("due_passed", owed)] = owed + DUTY
        if case.row["escalated_due"] == owed and case.row["escalated"] in NEXT:
            rung, days = NEXT[case.row["escalated"]]
            wanted[rows.duty_key(rung, owed)] = case.calendar.add_working_days(owed, days)
    if over:
        withdraw(case, *SIDES)
    else:
        _apology(case, owed)
    if over or owed is not None:
        calm(case, None if over else owed)
    kinds = {"timer": timers} if timers is not None else {}
    kinds |= {"duty": wanted, "reminder": _reminders(case)}
    rows.arm(case.tx.connection, case.id, case.row["receiving"], run, kinds)


def _apology(case: Case, owed: datetime | None) -> None:
    """An apology for another due date goes away; while the clock stands nobody can sign one."""
    drafted_for = case.row["escalated_due"]
    if drafted_for in (None, owed):
        return
    if withdraw(case, APOLOGY) and owed is None:
        # The same date may be owed once the clock goes on: then it is drafted anew.
        rows.undo_duties(case.tx.connection, case.id, drafted_for, ("due_soon",))


def _reminders(case: Case) -> dict[str, datetime]:
    """The citizen is reminded of a result not fetched, and that the time for papers runs out."""
    row, settled = case.row, case.row["settled_at"]
    if row["status"] == 9 and settled is not None and row["return_by"] == "counter":
        return {
            f"uncollected:{days}:{settled.isoformat()}": _morning(settled, days)
            for days in UNCOLLECTED
        }
    since, last = case.clock.since, case.manifest.supplement.days - SUPPLEMENT_LEFT
    if row["status"] == 5 and since is not None and last > 0:
        day: datetime = case.calendar.add_working_days(since, last)
        return {f"supplement_soon:{last}:{since.isoformat()}": _morning(day, 0)}
    return {}


def _morning(since: datetime, days: int) -> datetime:
    day = (since.astimezone(ZONE) + timedelta(days=days)).date()
    return datetime.combine(day, MORNING, tzinfo=ZONE)
