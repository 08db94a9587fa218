"""The form files of a step, and nothing else: what a posting needs before the command is called."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from engine.errors import UnknownTask
from engine.queries.specs import counter_step, package_of, spec_of
from engine.queries.tasks import FormFiles, form_of, side_files
from engine.queries.visibility import seen_by
from engine.sides import SIDES
from engine.store.organisation import Actor
from engine.store.tables import dossiers, tasks


@dataclass(frozen=True)
class StepForm:
    """A waiting step's form, and how its page names the step."""

    step: str
    name: str
    code: str
    files: FormFiles | None


def counter_form(connection: Connection, digest: str) -> FormFiles | None:
    """The form of the counter step of a release; None where it has none."""
    package = package_of(connection, digest)
    step = counter_step(package, spec_of(connection, digest))
    return form_of(package, step) if step else None


def task_form(connection: Connection, actor: Actor, task: str) -> StepForm:
    """The form of a task's step; raises UnknownTask where the actor may not see the dossier."""
    row = connection.execute(
        select(tasks.c.step, tasks.c.name, dossiers.c.code, dossiers.c.release)
        .join(dossiers, dossiers.c.id == tasks.c.dossier)
        .where(tasks.c.id == task, seen_by(actor, tasks.c.dossier))
    ).first()
    if row is None:
        raise UnknownTask(task=task)
    step = spec_of(connection, row.release).step(row.step)
    files = side_files(row.step) or form_of(package_of(connection, row.release), step)
    return StepForm(row.step, row.name, row.code, files)


def step_names(connection: Connection, digest: str) -> dict[str, str]:
    """The drawn name of every element of a release."""
    return {name: step.name or name for name, step in spec_of(connection, digest).steps.items()}


def step_form(connection: Connection, digest: str, step: str) -> FormFiles | None:
    """The form of one step of a release; None where the step is unknown or has none."""
    if step in SIDES:
        return side_files(step)
    found = spec_of(connection, digest).steps.get(step)
    return form_of(package_of(connection, digest), found)


def every_form(connection: Connection, digest: str) -> tuple[FormFiles, ...]:
    """The forms of all steps of a release, to give every answer its label."""
    steps = spec_of(connection, digest).steps.values()
    package = package_of(connection, digest)
    found = (form_of(package, step) for step in steps)
    return tuple(form for form in found if form is not None)
