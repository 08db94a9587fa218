"""Open steps brought to the offices their lanes mean now, after one of these has changed."""

from __future__ import annotations

from typing import Any

from engine.bpmn.snapshot import retell
from engine.commands.case import Case
from engine.commands.desks import handed, office_of, staffed
from engine.commands.escalating import escalate
from engine.commands.incidents import record
from engine.commands.opening import facts_of
from engine.errors import NobodyHolds
from engine.package import Post
from engine.sides import SIDES
from engine.store import dossiers as rows
from engine.store import moving as runs
from engine.store.organisation import actor_by_id

Decider = tuple[str, str]  # the deciding office before and now


def readdress(case: Case, reason: str, decider: Decider | None = None) -> bool:
    """Each open step lies at the office its lane means now; every change is a hand-over.

    ``decider``: the deciding office has changed. False where no step changes hands.
    """
    connection, now = case.tx.connection, case.tx.now
    moved = False
    for task in rows.open_tasks(connection, case.id):
        post, office = _desk(case, task, decider)
        if (post.role, office) == (task["role"], task["unit"]):
            continue
        moved = True
        rows.concern(connection, case.id, [office])
        values: dict[str, Any] = {"role": post.role, "unit": office}
        held = {"step": task["step"], "name": task["name"], "role": post.role, "unit": office}
        holder = task["holder"] and actor_by_id(connection, task["holder"], now)
        if holder and not holder.holds(post.role, office):
            values |= {"holder": None, "claimed_at": None}
            held["released"] = holder.login
        rows.change_task(connection, task["id"], values)
        case.note("desk", held)
        handed(case, task["step"], task["name"], post.role, office, task["unit"], reason)
        try:
            staffed(case, task["step"], task["name"], post.role, office)
        except NobodyHolds as failure:
            record(case, task["run"], failure, {"do": "staff", "task": task["id"]})
    return moved


def _desk(case: Case, task: dict[str, Any], decider: Decider | None) -> tuple[Post, str]:
    """The post and office of a waiting step now; beside the diagram only the deciding one moves."""
    if task["step"] not in SIDES:
        return office_of(case, case.spec.steps[task["step"]])
    was, to = decider or ("", "")
    office = to if task["unit"] == was else task["unit"]
    return Post(task["role"], office), office


def tell_runs(case: Case) -> None:
    """What the runs know of their dossier's offices."""
    for run in runs.open_runs(case.tx.connection, case.id):
        told = retell(run["snapshot"], "dossier", facts_of(case))
        rows.change_run(case.tx.connection, run["id"], {"snapshot": told})


def tell_overseers(case: Case) -> None:
    """Whoever had been told that it is late or nearly so answers for it no more."""
    duty, owed = case.row["escalated"], case.row["escalated_due"]
    if duty is not None:
        case.row["escalated"] = case.row["escalated_due"] = None
        escalate(case, duty, owed)
        case.save()
