"""A dossier that is stuck goes on at another step: one person proposes it, another confirms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.authority import require
from engine.bpmn.jumping import sound
from engine.bpmn.runtime import Facts, Jump, Outcome, advance
from engine.commands.case import Case, in_progress, open_case
from engine.commands.stepping import step
from engine.errors import CannotJump, JumpOver, ReasonMissing, SelfConfirmed, UnknownJump
from engine.store import dossiers as rows
from engine.store import jumps as store
from engine.store.database import Transaction
from engine.store.moving import open_runs


@dataclass(frozen=True)
class Ahead:
    """What a jump would do: the steps that stop waiting and those that begin, by name."""

    closes: tuple[str, ...]
    opens: tuple[str, ...]


def propose(tx: Transaction, dossier: int, run: str, step: str, to: str, reason: str) -> int:
    """Ask for a way round a stuck step; the proposal's number. Raises CannotJump."""
    case = open_case(dossier, tx)
    case.act_by(require(tx.actor, "retry", case.concern))
    in_progress(case)
    if not reason.strip():
        raise ReasonMissing(act="jump")
    row = _run(case, run, step)
    _look(case, row, step, to)
    id = store.insert_jump(
        tx.connection,
        dossier=case.id, centre=case.row["receiving"], run=run, from_step=step, to_step=to,
        reason=reason, revision=row["revision"], state="proposed",
        proposed_by=tx.actor.person, proposed_at=tx.now,
    )  # fmt: skip
    case.note("jump_proposed", _told(case, step, to, reason))
    case.save()
    return id


def look(tx: Transaction, dossier: int, run: str, step: str, to: str) -> Ahead:
    """What it would do, without doing it; raises CannotJump."""
    case = open_case(dossier, tx)
    case.act_by(require(tx.actor, "retry", case.concern))
    outcome = _look(case, _run(case, run, step), step, to)
    now = {task.id: task.name for task in outcome.tasks}
    before = {task["id"]: task["name"] for task in rows.open_tasks(tx.connection, case.id)}
    closes = tuple(name for id, name in before.items() if id not in now)
    return Ahead(closes, tuple(name for id, name in now.items() if id not in before))


def confirm(tx: Transaction, jump: int) -> None:
    """Do what another person proposed, unless the dossier has moved on; raises JumpOver."""
    case, row = _open(tx, jump)
    if row.proposed_by == tx.actor.person:
        raise SelfConfirmed(jump=jump)
    run = rows.run(tx.connection, row.run)
    if run["revision"] != row.revision:
        raise JumpOver(state="moved")
    _look(case, run, row.from_step, row.to_step)
    told = _told(case, row.from_step, row.to_step, row.reason)
    case.note("jumped", told)
    step(case, run, Jump(row.from_step, row.to_step))
    case.save()
    _decide(tx, jump, "done")


def refuse(tx: Transaction, jump: int) -> None:
    """Put a proposal away; its author may do so too."""
    case, row = _open(tx, jump)
    case.note("jump_refused", _told(case, row.from_step, row.to_step, row.reason))
    case.save()
    _decide(tx, jump, "refused")


def _open(tx: Transaction, jump: int) -> tuple[Case, Any]:
    found = store.jump(tx.connection, jump)
    if found is None:
        raise UnknownJump(jump=jump)
    case = open_case(found.dossier, tx)
    case.act_by(require(tx.actor, "retry", case.concern))
    row = store.jump(tx.connection, jump)  # as it stands under the dossier's lock
    if row is None or row.state != "proposed":
        raise JumpOver(state=row.state if row else "")
    return case, row


def _decide(tx: Transaction, jump: int, state: str) -> None:
    decided = {"state": state, "decided_by": tx.actor.person, "decided_at": tx.now}
    store.change_jump(tx.connection, jump, decided)


def _run(case: Case, run: str, step: str) -> dict[str, Any]:
    """The dossier's run of that number, while it goes on; raises CannotJump."""
    for row in open_runs(case.tx.connection, case.id):
        if row["id"] == run:
            return row
    raise CannotJump(cause="gone", element=_name(case, step))


def _look(case: Case, run: dict[str, Any], step: str, to: str) -> Outcome:
    if step == to:
        raise CannotJump(cause="same", element=_name(case, to))
    facts = Facts(case.tx.now, case.calendar, case.clock.due, case.clock.paused)
    try:
        outcome = advance(case.spec, run["snapshot"], Jump(step, to), facts, run["id"])
    except CannotJump as refused:
        raise CannotJump(cause=refused.cause, element=_name(case, to)) from refused
    if not sound(case.spec, outcome.snapshot):
        raise CannotJump(cause="together", element=_name(case, to))
    if all(task.step != to for task in outcome.tasks):
        raise CannotJump(cause="at_once", element=_name(case, to))
    return outcome


def _told(case: Case, step: str, to: str, reason: str) -> dict[str, Any]:
    return {"step": step, "name": _name(case, step), "to": _name(case, to), "reason": reason}


def _name(case: Case, step: str) -> str:
    drawn = case.spec.step(step)
    return (drawn.name if drawn else "") or step
