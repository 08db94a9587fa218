"""Tell those who answer for a dossier that it is due soon or late, and that it no longer is."""

from __future__ import annotations

from datetime import datetime

from engine.commands.case import Case
from engine.store import dossiers as rows
from engine.store.organisation import Post, head_of, holders


def escalate(case: Case, duty: str, owed: datetime) -> None:
    """Mark the dossier and put it before the heads of the offices where it waits.

    When the due instant has passed the director of the receiving centre is told as well.
    """
    if case.row["escalated"] == "due_passed" and case.row["escalated_due"] == owed:
        return  # a reminder that comes after the fact says nothing new
    told = _heads(case, late=duty == "due_passed")
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

    While the clock stands the mark stays, unseen: the same instant may be owed afterwards.
    """
    if case.row["escalated"] is None or owed == case.row["escalated_due"]:
        return
    rows.close_escalations(case.tx.connection, case.id, case.tx.now)
    if owed is not None:
        case.note("calmed", {"due": owed.isoformat()})
    case.row["escalated"] = case.row["escalated_due"] = None


def _heads(case: Case, *, late: bool) -> list[Post]:
    connection, now = case.tx.connection, case.tx.now
    waits = {task["unit"] for task in rows.open_tasks(connection, case.id)}
    found = [head_of(connection, unit, now) for unit in sorted(waits or {case.row["deciding"]})]
    if late and holders(connection, "director", case.row["receiving"], now):
        found.append(Post("director", case.row["receiving"]))
    return list(dict.fromkeys(post for post in found if post is not None))
