"""At whose desk a step lies: the post its lane means, the hand-over, its own budget, its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine import events
from engine.bpmn.steps import Step
from engine.calendar import Calendar, History, Limit, Pause, on_time, read_clock
from engine.codes.statuses import GIVEN_UP
from engine.commands.case import SUSPENSION, Case
from engine.commands.incidents import record
from engine.errors import (
    Conflict,
    DossierStopped,
    NobodyHolds,
    RunFailed,
    TaskClosed,
    TaskGone,
    UnknownUnit,
)
from engine.package import Post
from engine.sides import OPINION
from engine.store import dossiers as rows
from engine.store import journal
from engine.store.calendar import calendar
from engine.store.organisation import actor_by_id, holders, resolve, unit


def open_task(case: Case, run: dict[str, Any], event: events.TaskOpened, name: str) -> None:
    """Put a step that waits for a person before the office that its lane means now."""
    drawn = case.spec.steps[event.step]
    connection, now = case.tx.connection, case.tx.now
    post, unit = office_of(case, drawn)
    rows.insert_task(
        connection,
        {
            "id": event.task,
            "dossier": case.id,
            "centre": case.row["receiving"],
            "run": run["id"],
            "step": event.step,
            "name": name,
            "role": post.role,
            "unit": unit,
            "state": "open",
            "opened_at": now,
            "step_due": _step_due(case, drawn, now),
        },
    )
    rows.concern(connection, case.id, [unit])
    case.note("opened", {"step": event.step, "name": name, "role": post.role, "unit": unit})
    giver = case.desk or case.row["receiving"]
    handed(case, event.step, name, post.role, unit, giver)
    try:
        staffed(case, event.step, name, post.role, unit)
    except NobodyHolds as failure:
        record(case, run["id"], failure, {"do": "staff", "task": event.task})


def office_of(case: Case, drawn: Step) -> tuple[Post, str]:
    """The post of a step as its lane says it, and the office that means now; RunFailed."""
    post = case.manifest.lanes.get(drawn.lane or drawn.pool or "")
    if post is None:
        raise RunFailed(element=drawn.id, name=drawn.name, cause="lane", line=None)
    if post.unit == "receiving" and drawn.properties.get("place") == "returning":
        return post, case.row["return_at"] or case.row["receiving"]
    try:
        return post, resolve(
            case.tx.connection,
            post.unit,
            receiving=case.row["receiving"],
            deciding=case.row["deciding"],
            now=case.tx.now,
        )
    except UnknownUnit as unknown:
        raise RunFailed(
            element=drawn.id, name=drawn.name, cause=f"unit:{post.unit}", line=None
        ) from unknown


def staffed(case: Case, step: str, name: str, role: str, office: str) -> None:
    """Raise NobodyHolds unless somebody holds the post now."""
    connection = case.tx.connection
    if not holders(connection, role, office, case.tx.now):
        cause = f"nobody:{role}:{office}"
        called = unit(connection, office).name
        raise NobodyHolds(element=step, name=name, cause=cause, role=role, unit=called)


def _step_due(case: Case, step: Step, opened: datetime) -> datetime | None:
    """The step's own budget: a colour, never a legal date; days nobody may work do not count."""
    text = step.properties.get("timeLimit")
    if not text:
        return None
    since = History(opened, Limit.parse(text), pauses=_suspensions(case, opened))
    return read_clock(since, case.calendar, case.tx.now).due


def _suspensions(case: Case, opened: datetime) -> tuple[Pause, ...]:
    """When nobody was allowed to do what was open since then."""
    return tuple(
        replace(pause, began=max(pause.began, opened))
        for pause in case.history.pauses
        if pause.element == SUSPENSION and (pause.ended is None or pause.ended > opened)
    )


def budget_anew(case: Case) -> None:
    """Reckon the budgets of the open steps again, after what they hang on has changed.

    What is open beside the diagram has days of its own.
    """
    connection = case.tx.connection
    for task in rows.open_tasks(connection, case.id):
        drawn = case.spec.steps.get(task["step"])
        if drawn is None:
            continue
        due = _step_due(case, drawn, _counted_from(case, task))
        if due is not None and due != task["step_due"]:
            rows.change_task(connection, task["id"], {"step_due": due})


def _counted_from(case: Case, task: dict[str, Any]) -> datetime:
    """When the step opened; one that the receipt opened moves with a receipt set right."""
    opened: datetime = task["opened_at"]
    legal = journal.opened_by(case.tx.connection, case.id, opened)
    return case.history.received if legal in case.history.once_received else opened


def give_days_back(case: Case) -> None:
    """Whoever is asked for an opinion has lost no day of theirs to the suspension just ended."""
    connection = case.tx.connection
    for task in rows.open_tasks(connection, case.id):
        if task["step"] != OPINION or task["step_due"] is None:
            continue
        ended = [p for p in _suspensions(case, task["opened_at"]) if p.ended == case.at]
        days = calendar(connection, "province", task["unit"])
        given = _days_given(days, task["opened_at"], task["step_due"])
        limit = Limit(given, "working days")
        due = read_clock(History(task["opened_at"], limit, tuple(ended)), days, case.at).due
        if due is not None and due > task["step_due"]:
            rows.change_task(connection, task["id"], {"step_due": due})


def _days_given(days: Calendar, since: datetime, until: datetime) -> int:
    """How many working days there are for the answer, with those given back before."""
    given = 1
    while days.add_working_days(since, given) < until:
        given += 1
    return given


def handed(
    case: Case,
    step: str,
    name: str,
    role: str,
    unit: str,
    giver: str,
    note: str = "",
    by: str | None = None,
) -> None:
    """A line of slip 06; ``step`` is empty where the folder goes without an open step.

    It happened at the legal instant; whether in time says the budget of the step that ends with
    it, else the legal clock (``in_time``).

    ``by``: the login of who gave it, where that is not who acts.
    """
    said = [f"Thay mặt {case.stand.name}"] if case.stand else []
    said += [note] if note else []
    said += [f"Nhập sau: {case.entered_late}"] if case.entered_late else []
    line = {
        "dossier": case.id,
        "at": case.at,
        "from_unit": giver,
        "from_person": by or case.signer.login,
        "to_unit": unit,
        "to_role": role,
        "step": step,
        "name": name,
        "result": in_time(case),
        "note": "; ".join(said)[:300],
    }
    rows.hand_over(case.tx.connection, line)


def in_time(case: Case) -> str:
    """Whether what is handed over now is early, on time or late.

    Where the ended step has a budget of its own, by that. Else by the legal due instant; while
    the clock stands, by the one there would be if it went on now. Once the dossier is settled, as
    it was judged then; where it ended without a result nothing is due any more.
    """
    if case.ended is not None and case.ended["step_due"] is not None:
        return on_time(case.ended["step_due"], case.at)
    if case.row["outcome"] is not None:
        return str(case.row["outcome"])
    if case.row["status"] in GIVEN_UP:
        return ""
    history = case.history
    for pause in case.history.pauses:
        if pause.ended is None:
            history = history.resume(case.at, pause.element)
    due = read_clock(history, case.calendar, case.at).due
    return on_time(due, case.at) if due is not None else "on time"


def over(case: Case, task: Mapping[str, Any]) -> Conflict:
    """Why the task is not open: somebody did it, the dossier was stopped, or it went away."""
    tx = case.tx
    closer = task["closed_by"] and actor_by_id(tx.connection, task["closed_by"], tx.now)
    if closer:
        return TaskClosed(task=task["id"], step=task["name"], by=closer.name, at=task["closed_at"])
    if stop := journal.stopped(tx.connection, case.id):
        return DossierStopped(code=case.row["code"], at=stop[0], why=stop[1])
    return TaskGone(task=task["id"], step=task["name"], at=task["closed_at"])
