"""Tell those who answer for a dossier that it is due soon or late, and that it no longer is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.commands.case import Case
from engine.store import dossiers as rows
from engine.store.organisation import Post, head_of, holders, unit

if TYPE_CHECKING:
    from sqlalchemy import Connection


# The ladder, from the bottom; each rung tells everybody below it again.
RUNGS = ("due_soon", "due_passed", "late_leader", "late_control")
# The rung after one, and how many working days after the due instant it is reached.
NEXT = {"due_passed": ("late_leader", 1), "late_leader": ("late_control", 3)}


def escalate(case: Case, duty: str, owed: datetime) -> None:
    """Mark the dossier and put it before the heads of the offices where it waits.

    Past the due instant the director of the receiving centre is told as well, a working day later
    the leader of the deciding office, three working days later the province's controller.
    """
    before = case.row["escalated"]
    if case.row["escalated_due"] == owed and before in RUNGS[RUNGS.index(duty) :]:
        return  # a reminder that comes after the fact says nothing new
    told = _told(case, RUNGS.index(duty))
    values = [
        {
            "dossier": case.id,
            "centre": case.row["receiving"],
            "duty": duty,
            "due": owed,
            "role": post.role,
            "unit": post.unit,
            "at": case.tx.now,
        }
        for post in told
    ]
    rows.close_escalations(case.tx.connection, case.id, case.tx.now)
    rows.insert_escalations(case.tx.connection, values)
    case.row["escalated"], case.row["escalated_due"] = duty, owed
    to = [{"role": post.role, "unit": post.unit} for post in told]
    case.note(f"duty_{duty}", {"due": owed.isoformat(), "to": to})


def calm(case: Case, owed: datetime | None) -> None:
    """Take the mark away once the dossier is settled (``owed`` None) or owes another instant.

    While the clock stands the mark stays, unseen: the same instant may be owed afterwards. What
    was done for the mark counts as not done: should that instant be owed again, it all comes back.
    """
    if case.row["escalated"] is None or owed == case.row["escalated_due"]:
        return
    rows.close_escalations(case.tx.connection, case.id, case.tx.now)
    rows.undo_duties(case.tx.connection, case.id, case.row["escalated_due"], RUNGS)
    if owed is not None:
        case.note("calmed", {"due": owed.isoformat()})
    case.row["escalated"] = case.row["escalated_due"] = None


def rouse(case: Case, task: Mapping[str, Any]) -> None:
    """Put a step that nobody has touched for too long before the head of its office."""
    head = head_of(case.tx.connection, task["unit"], case.tx.now)
    if head is None:
        return
    value = {"dossier": case.id, "centre": case.row["receiving"], "duty": "untouched"}
    value |= {
        "task": task["id"],
        "due": task["touched_at"],
        "role": head.role,
        "unit": head.unit,
        "at": case.tx.now,
    }
    rows.insert_escalations(case.tx.connection, [value])
    to = {"role": head.role, "unit": head.unit}
    duty = "duty_unmoved_head" if task["holder"] else "duty_untouched"
    case.note(duty, {"step": task["step"], "name": task["name"], "to": [to]})


def remind(case: Case, task: Mapping[str, Any]) -> None:
    """Put a step that its holder has left lying before the holder."""
    value = {"dossier": case.id, "centre": case.row["receiving"], "duty": "unmoved"}
    value |= {
        "task": task["id"],
        "due": task["touched_at"],
        "role": task["role"],
        "unit": task["unit"],
        "at": case.tx.now,
    }
    rows.insert_escalations(case.tx.connection, [value])
    case.note("duty_unmoved", {"step": task["step"], "name": task["name"]})


def press(case: Case, task: Mapping[str, Any]) -> None:
    """Put an opinion that is late before the heads of the office asked and of the one that asks."""
    connection, now = case.tx.connection, case.tx.now
    offices = (task["unit"], case.row["deciding"])
    heads = dict.fromkeys(head_of(connection, office, now) for office in offices)
    to = [{"role": head.role, "unit": head.unit} for head in heads if head is not None]
    if not to:
        return
    value = {"dossier": case.id, "centre": case.row["receiving"], "duty": "unanswered"}
    value |= {"task": task["id"], "due": task["step_due"], "at": now}
    rows.insert_escalations(connection, [value | post for post in to])
    case.note("duty_unanswered", {"step": task["step"], "name": task["name"], "to": to})


def _told(case: Case, rung: int) -> list[Post]:
    connection, now, row = case.tx.connection, case.tx.now, case.row
    waits = {task["unit"] for task in rows.open_tasks(connection, case.id)}
    found = [head_of(connection, unit, now) for unit in sorted(waits or {case.row["deciding"]})]
    above = [("director", row["receiving"]), ("leader", row["deciding"])]
    above.append(("controller", _top(connection, row["receiving"])))
    for role, office in above[:rung]:
        if holders(connection, role, office, now):
            found.append(Post(role, office))
    return list(dict.fromkeys(post for post in found if post is not None))


def _top(connection: Connection, office: str) -> str:
    """The office above all the others of this one."""
    seen = {office}
    while (parent := unit(connection, office).parent) and parent not in seen:
        seen.add(parent)
        office = parent
    return office
