"""Steps beside the diagram: begin one at a post, take its answer, withdraw it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from engine.authority import AskedThing, require
from engine.commands.case import Case, awake, in_progress, open_case
from engine.commands.desks import handed, over, staffed
from engine.commands.incidents import record
from engine.errors import (
    BadPeriod,
    CannotAsk,
    DossierFinished,
    NobodyHolds,
    ReasonMissing,
    UnknownTask,
)
from engine.letters import require_printable
from engine.sides import APOLOGY, OPINION, SIDES
from engine.store import dossiers as rows
from engine.store.calendar import calendar
from engine.store.database import Transaction
from engine.store.moving import side_runs
from engine.store.organisation import Post, unit

MOST_DAYS = 30
ASKED_ROLES = ("officer", "leader", "liaison")  # who gives opinions for an office
DRAFTED_SHARE = 5  # an apology proposes a fifth of the limit, and at least one unit of it


def ask_opinion(
    tx: Transaction, dossier: int, role: str, office: str, question: str, days: int, key: str = ""
) -> str:
    """Ask another office, with so many working days to answer; the number of its task.

    The legal clock goes on; a form's one-time ``key`` asks once. Raises CannotAsk for a role that
    gives no opinions and for a post of the actor's own, NobodyHolds where nobody is at that post.
    """
    case = open_case(dossier, tx)
    case.act_by(require(tx.actor, "speak", case.parties))
    id = str(uuid5(NAMESPACE_OID, f"opinion:{case.id}:{key}")) if key else tx.fresh_id()
    if rows.task(tx.connection, id) is not None:
        return id
    in_progress(case)
    awake(case)
    if case.row["settled_at"] is not None:
        raise DossierFinished(code=case.row["code"], status=case.row["status"])
    asked = question.strip()[:2000]
    if not asked:
        raise ReasonMissing(act="opinion")
    if not 0 < days <= MOST_DAYS:
        raise BadPeriod(since="", until="", days=MOST_DAYS)
    post = _answering(case, role, office)
    # The days are those of whoever answers: a storm elsewhere gives them no more time.
    until = calendar(tx.connection, "province", post.unit).add_working_days(tx.now, days)
    if case.desk not in case.concern.offices:  # whoever oversees asks for the one that received it
        case.desk = str(case.row["receiving"])
    asker = f"{tx.actor.name} · {unit(tx.connection, case.desk).name_vi}"
    facts = {"question": asked, "asked_by": tx.actor.login, "asker": asker, "desk": case.desk}
    begin(case, OPINION, post, facts, until, id)
    case.save()
    return id


def _answering(case: Case, role: str, office: str) -> Post:
    """The post that is asked; raises CannotAsk, UnknownUnit, NobodyHolds."""
    if role not in ASKED_ROLES:
        raise CannotAsk(cause="role")
    post = Post(role, unit(case.tx.connection, office).code)
    if post in case.tx.actor.posts:
        raise CannotAsk(cause="own")
    staffed(case, OPINION, SIDES[OPINION].name, post.role, post.unit)
    return post


def withdraw_opinion(tx: Transaction, task: str, reason: str) -> None:
    """Take a question back, as by whoever asked the wrong office.

    Raises UnknownTask for what is no opinion, TaskClosed once it is given.
    """
    found = rows.task(tx.connection, task)
    if found is None or found["step"] != OPINION:
        raise UnknownTask(task=task)
    case = open_case(found["dossier"], tx)
    known = json.loads(rows.run(tx.connection, found["run"])["snapshot"])
    asked = AskedThing(str(known.get("asked_by")), case.concern)
    case.act_by(require(tx.actor, "recall", asked))
    if not reason.strip():
        raise ReasonMissing(act="recall")
    require_printable(reason)
    row = rows.task(tx.connection, task) or found  # as it is now that nobody else has the dossier
    if row["state"] != "open":
        raise over(case, row)
    withdraw_run(case, found["run"], {"reason": reason.strip()[:300]})
    case.save()


def draft_apology(case: Case, owed: datetime) -> None:
    """Put slip 04, drafted, before the leader; not twice, not where the limit is a day or less."""
    begins = case.calendar.add_working_days(owed, -1)
    short = begins <= case.history.received or case.history.in_force.unit == "same day"
    if case.history.extension is not None or short:
        return
    if (
        case.tx.now > owed
        or case.clock.due != owed
        or side_runs(case.tx.connection, case.id, APOLOGY)
    ):
        return
    limit = case.history.in_force
    waits = [task["name"] for task in rows.open_tasks(case.tx.connection, case.id)]
    where = f"Hồ sơ đang ở bước “{waits[0]}”" if waits else "Hồ sơ đang được giải quyết"
    facts = {
        "limit": limit.words("vi"),
        "amount": max(1, limit.amount // DRAFTED_SHARE),
        "reason": f"{where}, chưa thể xong đúng hẹn.",
    }
    begin(case, APOLOGY, Post("leader", case.row["deciding"]), facts, owed)


def begin(
    case: Case,
    kind: str,
    post: Post,
    facts: Mapping[str, Any],
    until: datetime | None,
    id: str | None = None,
) -> None:
    """Open the step at that post, as the task ``id``. ``facts``: what its form knows."""
    tx, side = case.tx, SIDES[kind]
    centre = case.row["receiving"]
    run = {
        "id": tx.fresh_id(),
        "dossier": case.id,
        "centre": centre,
        "kind": "side",
        "process": kind,
        "snapshot": json.dumps(dict(facts), ensure_ascii=False).encode(),
        "revision": 0,
        "started_at": tx.now,
    }
    rows.insert_run(tx.connection, run)
    task = {
        "id": id or tx.fresh_id(),
        "dossier": case.id,
        "centre": centre,
        "run": run["id"],
        "step": kind,
        "name": side.name,
        "role": post.role,
        "unit": post.unit,
        "state": "open",
        "opened_at": tx.now,
        "step_due": until,
    }
    rows.insert_task(tx.connection, task)
    rows.concern(tx.connection, case.id, [post.unit])
    told = {"step": kind, "name": side.name, "role": post.role, "unit": post.unit}
    case.note("opened", told)
    handed(case, kind, side.name, post.role, post.unit, case.desk or centre)
    try:
        staffed(case, kind, side.name, post.role, post.unit)
    except NobodyHolds as failure:
        record(case, run["id"], failure, {"do": "staff", "task": task["id"]})


def close(case: Case, run: str) -> None:
    """The step is done."""
    rows.change_run(case.tx.connection, run, {"finished_at": case.tx.now})


def bring_back(case: Case, task: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """An answer goes to the office that asked while it exists, else to whoever decides."""
    decides = str(case.row["deciding"])
    home = str(known.get("desk") or decides)
    if not unit(case.tx.connection, home).valid(case.tx.now):
        home = decides
    handed(case, task["step"], f"Trả lời: {task['name']}", "", home, task["unit"])


def withdraw(case: Case, *kinds: str) -> bool:
    """Whatever waits beside the diagram under these names waits no more; whether anything did."""
    waiting = side_runs(case.tx.connection, case.id, *kinds)
    for run in waiting:
        withdraw_run(case, run)
    return bool(waiting)


def withdraw_run(case: Case, run: str, why: Mapping[str, Any] = MappingProxyType({})) -> None:
    """The step of that run waits no more; ``why`` stands beside it in the journal."""
    connection, now = case.tx.connection, case.tx.now
    rows.change_run(connection, run, {"finished_at": now})
    for task in rows.open_tasks(connection, case.id):
        if task["run"] == run:
            rows.change_task(connection, task["id"], {"state": "withdrawn", "closed_at": now})
            fact = {"step": task["step"], "name": task["name"], "task": task["id"], **why}
            if task["step"] == OPINION:
                fact |= {"reason": fact.get("reason") or "không cần ý kiến nữa"}
                _told_not_to_answer(case, task, fact["reason"])
            case.note("withdrawn", fact)


def _told_not_to_answer(case: Case, task: Mapping[str, Any], reason: str) -> None:
    """A line of slip 06 says that the office that was asked has nothing to answer any more.

    It comes from the post of whoever takes it back; where that is the platform, from who asked.
    """
    known = json.loads(rows.run(case.tx.connection, task["run"])["snapshot"])
    asker = case.desk or str(known.get("desk") or case.row["deciding"])
    handed(case, OPINION, f"Rút lại: {task['name']}", "", task["unit"], asker, reason)
