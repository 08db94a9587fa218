"""A run that cannot go on is written down with its cause and what was being done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.commands.case import Case
from engine.errors import RunFailed
from engine.store import incidents as rows


def record(case: Case, run: str, failure: RunFailed, input: Mapping[str, Any]) -> int:
    """Write the incident and remember its journal row; the run stays as it was."""
    said = failure.particulars
    drawn = case.spec.step(str(said["element"])) if said.get("element") else None
    name = str(said.get("name") or (drawn.name if drawn else said.get("element")) or "")
    again = rows.same(case.tx.connection, case.id, run, str(said.get("element") or ""), input)
    if again is not None:  # the same hand, tried once more: one trouble, not two
        more = {"attempts": again.attempts + 1, "cause": str(said.get("cause") or "")}
        rows.change_incident(case.tx.connection, again.id, {**more, "input": dict(input)})
        case.note("incident", {"step": said.get("element"), "name": name, "incident": again.id})
        return int(again.id)
    incident = rows.insert_incident(
        case.tx.connection, dossier=case.id, centre=case.row["receiving"], run=run,
        element=str(said.get("element") or ""), name=name, cause=str(said.get("cause") or ""),
        input=dict(input), opened_at=case.tx.now,
    )  # fmt: skip
    case.note("incident", {"step": said.get("element"), "name": name, "incident": incident})
    return incident
