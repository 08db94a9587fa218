"""Open steps brought to the offices their lanes mean now, after one of these has changed."""

from __future__ import annotations

from typing import Any

from engine.bpmn.snapshot import retell
from engine.commands.beside import withdraw_run
from engine.commands.case import Case
from engine.commands.desks import handed, office_of, staffed
from engine.commands.escalating import escalate
from engine.commands.incidents import record
from engine.commands.opening import facts_of
from engine.errors import NobodyHolds, UnknownUnit
from engine.package import Post
from engine.sides import OPINION, SIDES
from engine.store import dossiers as rows
from engine.store import moving as runs
from engine.store.organisation import actor_by_id, successor, unit

Decider = tuple[str, str]  # the deciding office before and now


def readdress(case: Case, reason: str, decider: Decider | None = None) -> bool:
    """Each open step lies at the office its lane means now; every change is a hand-over.

    ``decider``: the deciding office has changed. False where no step changes hands.
    """
    connection, now = case.tx.connection, case.tx.now
    moved = False
    for task in rows.open_tasks(connection, case.id):
        post, office = _desk(case, task, decider)
        if not _given_there(case, task, post.role, office):
            continue
        if (post.role, office) == (task["role"], task["unit"]):
            continue
        moved = True
        rows.concern(connection, case.id, [office])
        values: dict[str, Any] = {"role": post.role, "unit": office, "touched_at": now}
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
    """The post and office of a waiting step now.

    Beside the diagram the deciding office moves, and one that has ended: another goes on for it.
    """
    if task["step"] not in SIDES:
        return office_of(case, case.spec.steps[task["step"]])
    was, to = decider or ("", "")
    office = to if task["unit"] == was else _goes_on(case, task["unit"])
    return Post(task["role"], office), office


def _goes_on(case: Case, office: str) -> str:
    """The office itself while it exists, or where nobody goes on for it; else its successor."""
    connection, asked = case.tx.connection, unit(case.tx.connection, office)
    try:
        return successor(connection, asked, case.row["territory"], case.tx.now)
    except UnknownUnit:
        return office


def _given_there(case: Case, task: dict[str, Any], role: str, office: str) -> bool:
    """False for an opinion that nobody at the office that goes on can give: it is withdrawn."""
    stays = office == task["unit"] and unit(case.tx.connection, office).valid(case.tx.now)
    if task["step"] != OPINION or stays:
        return True
    try:
        staffed(case, task["step"], task["name"], role, office)
    except NobodyHolds:
        why = "chưa có ai giữ vị trí được hỏi; hỏi lại nếu còn cần"
        withdraw_run(case, task["run"], {"unit": office, "role": role, "reason": why})
        return False
    return True


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
