"""One task with all its page needs: the form, what is known, the draft, and who may do it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.authority import TaskThing, Verdict, may
from engine.bpmn.snapshot import open_data
from engine.bpmn.steps import Step
from engine.errors import UnknownTask
from engine.package import Package
from engine.queries import dossiers as dossier_questions
from engine.queries.dossiers import DossierView
from engine.queries.specs import package_of, spec_of, step_number
from engine.queries.visibility import masked, seen_by
from engine.sides import SIDES
from engine.store.acting import acting
from engine.store.organisation import Actor
from engine.store.tables import dossiers, persons, runs, tasks


@dataclass(frozen=True)
class FormFiles:
    """A step's form as it lies in the release: paths and bytes."""

    schema_path: str
    ui_path: str
    schema: bytes
    ui: bytes


@dataclass(frozen=True)
class TaskView:
    """One step that waits or waited. ``data``: what the step knows; masked unless one may work."""

    task: str
    step: str
    name: str
    documentation: str
    step_no: int
    steps: int
    role: str
    unit: str
    state: str
    opened_at: datetime
    step_due: datetime | None
    dossier: DossierView
    form: FormFiles | None
    data: Mapping[str, Any]
    draft: Mapping[str, Any] | None
    draft_at: datetime | None
    holder_id: int | None
    holder: str | None
    holder_name: str | None
    claimed_at: datetime | None
    may_work: Verdict
    may_release: Verdict
    may_reassign: Verdict
    closed_by: str | None
    closed_at: datetime | None
    apart: frozenset[int]
    separate_from: str | None


def view(connection: Connection, actor: Actor, task: str, now: datetime) -> TaskView:
    """The task's page; raises UnknownTask where the actor may not see the dossier."""
    row = _visible_row(connection, actor, task, now)
    spec = spec_of(connection, row.release)
    package = package_of(connection, row.release)
    step = spec.step(row.step)
    properties = step.properties if step else {}
    separate = _done_by(connection, row.dossier, properties.get("separateFrom", ""))
    kept = row.state != "open" or row.kept  # whoever no longer acts on its post holds nothing
    thing = TaskThing(
        role=row.role,
        unit=row.unit,
        holder=row.holder if kept else None,
        apart=frozenset(separate),
        task=row.id,
        claimed_at=row.claimed_at,
    )
    step_no, steps = step_number(connection, row.release, row.step)
    may_work = may(actor, "work", thing)
    raw = bool(may_work) and row.state == "open"
    side = SIDES.get(row.step)
    data: dict[str, Any] = {}
    if row.state == "open":
        data = json.loads(row.snapshot) if side else open_data(row.snapshot, row.id)
    return TaskView(
        task=row.id,
        step=row.step,
        name=row.name,
        documentation=side.documentation if side else step.documentation if step else "",
        step_no=step_no,
        steps=steps,
        role=row.role,
        unit=row.unit,
        state=row.state,
        opened_at=row.opened_at,
        step_due=row.step_due,
        dossier=dossier_questions.view(connection, actor, row.dossier, now),
        form=side_files(row.step) if side else form_of(package, step),
        data=data if raw else masked(data),
        draft=row.draft if raw or thing.holder is None else None,
        draft_at=row.draft_at,
        holder_id=thing.holder,
        holder=row.holder_login if kept else None,
        holder_name=row.holder_name if kept else None,
        claimed_at=row.claimed_at,
        may_work=may_work,
        may_release=may(actor, "release", thing),
        may_reassign=may(actor, "reassign", thing),
        closed_by=row.closer,
        closed_at=row.closed_at,
        apart=thing.apart,
        separate_from=next(iter(separate.values()), None),
    )


def side_files(step: str) -> FormFiles | None:
    """The form of a step beside the diagram; None for any other."""
    side = SIDES.get(step)
    if side is None:
        return None
    names = f"{step}.schema.json", f"{step}.ui.json"
    return FormFiles(*names, side.file("schema"), side.file("ui"))


def form_of(package: Package, step: Step | None) -> FormFiles | None:
    """The form of a step, as its release holds it; None for a step without one."""
    paths = package.form_of(step.id, step.properties) if step else None
    if paths is None or not all(path in package.files for path in paths):
        return None
    schema, ui = paths
    return FormFiles(schema, ui, package.files[schema], package.files[ui])


def _visible_row(
    connection: Connection, actor: Actor, task: str, now: datetime
) -> Row[*tuple[Any, ...]]:
    holder, closer = persons.alias("holding_person"), persons.alias("closing_person")
    row = connection.execute(
        select(
            tasks,
            holder.c.login.label("holder_login"),
            holder.c.name.label("holder_name"),
            closer.c.login.label("closer"),
            runs.c.snapshot,
            dossiers.c.release,
            acting(tasks.c.holder, tasks.c.role, tasks.c.unit, now).label("kept"),
        )
        .join(dossiers, dossiers.c.id == tasks.c.dossier)
        .join(runs, runs.c.id == tasks.c.run)
        .outerjoin(holder, holder.c.id == tasks.c.holder)
        .outerjoin(closer, closer.c.id == tasks.c.closed_by)
        .where(tasks.c.id == task, seen_by(actor, tasks.c.dossier))
    ).first()
    if row is None:
        raise UnknownTask(task=task)
    return row


def _done_by(connection: Connection, dossier: int, step: str) -> dict[int, str]:
    """Everybody who has done that step of the dossier, with their logins; the last one first."""
    if not step:
        return {}
    rows = connection.execute(
        select(persons.c.id, persons.c.login)
        .join(tasks, tasks.c.closed_by == persons.c.id)
        .where(tasks.c.dossier == dossier, tasks.c.step == step, tasks.c.state == "done")
        .order_by(tasks.c.closed_at.desc())
    )
    return {row.id: row.login for row in rows}
