"""What people do with their tasks: claim, release, reassign, save a draft, complete."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.authority import TaskThing, may, require
from engine.bpmn.runtime import Complete, open_data
from engine.commands import beside, documents, links, returning
from engine.commands.case import Case, awake, legal_instant, open_case
from engine.commands.desks import handed, over
from engine.commands.extending import extend_case
from engine.commands.incidents import record
from engine.commands.stepping import step
from engine.errors import (
    BadInstant,
    CannotTake,
    FilesArrived,
    ReasonMissing,
    RoundsSpent,
    RunFailed,
    UnknownPerson,
    UnknownTask,
)
from engine.forms import load
from engine.forms.files import tokens_of, without_file
from engine.letters import require_printable
from engine.sides import APOLOGY, OPINION, SIDES, side_form
from engine.store import dossiers as rows
from engine.store import journal, papers
from engine.store.acting import acts_on
from engine.store.database import Transaction
from engine.store.organisation import Post, actor_by_id


@dataclass(frozen=True)
class Completed:
    """``opened``: tasks of the dossier the actor may go on with; ``incident``: the run is stuck."""

    dossier: int
    code: str
    opened: tuple[str, ...]
    incident: int | None = None


def claim(tx: Transaction, task: str) -> None:
    """Take an open task; taking one's own again changes nothing."""
    case, row = _open(tx, task)
    case.act_by(require(tx.actor, "claim", thing_of(case, row)), row["holder"])
    if row["holder"] == tx.actor.person:
        return
    taken = {"holder": tx.actor.person, "claimed_at": tx.now, "touched_at": tx.now}
    rows.change_task(tx.connection, task, taken)
    case.note("claimed", {"step": row["step"], "name": row["name"]})
    case.save()


def release(tx: Transaction, task: str) -> None:
    """Give a task back to the office."""
    case, row = _open(tx, task)
    case.act_by(require(tx.actor, "release", thing_of(case, row)), row["holder"])
    given_back = {"holder": None, "claimed_at": None, "touched_at": tx.now}
    rows.change_task(tx.connection, task, given_back)
    case.note("released", {"step": row["step"], "name": row["name"]})
    case.save()


def reassign(tx: Transaction, task: str, person: int, reason: str) -> None:
    """Hand a task to a named person who may do it: a line of slip 06.

    Raises ReasonMissing, Unprintable, UnknownPerson, CannotTake.
    """
    case, row = _open(tx, task)
    case.act_by(require(tx.actor, "reassign", thing_of(case, row)))
    if not reason.strip():
        raise ReasonMissing(act="reassign")
    require_printable(reason)
    to = actor_by_id(tx.connection, person, tx.now)
    if to is None:
        raise UnknownPerson(person=person)
    able = may(to, "work", thing_of(case, {**row, "holder": None}))
    if not able:
        raise CannotTake(person=to.login, cause=able.reason)
    given = {"holder": person, "claimed_at": tx.now, "touched_at": tx.now}
    rows.change_task(tx.connection, task, given)
    fact = {"step": row["step"], "name": row["name"], "to": to.login, "reason": reason}
    case.note("reassigned", fact)
    case.ended = row  # judged by its budget, though it goes on
    told = f"Giao cho {to.name}: {reason}"
    handed(case, row["step"], row["name"], row["role"], row["unit"], case.desk, told)
    case.save()


def save_draft(tx: Transaction, task: str, posted: Mapping[str, Any]) -> None:
    """Keep what was typed; whoever saves an unclaimed task claims it.

    Whoever goes on with a draft may use its files, so it takes in nobody else's.
    """
    case, row = _open(tx, task)
    require(tx.actor, "work", thing_of(case, row))
    kept = dict(posted)
    for token in tokens_of(kept) - _drafted(row):
        put = papers.upload(tx.connection, token)
        if put is not None and put.person != tx.actor.person:
            kept = without_file(kept, token)
    values = {"draft": kept, "draft_at": tx.now, "touched_at": tx.now, "holder": tx.actor.person}
    mine = row["holder"] == tx.actor.person
    since = row["claimed_at"] if mine else tx.now  # taken over: the other's claim is over
    rows.change_task(tx.connection, task, {**values, "claimed_at": since})


def complete(
    tx: Transaction,
    task: str,
    answers: Mapping[str, Any],
    files: Mapping[str, Sequence[str]] | None = None,
    at: datetime | None = None,
    reason: str | None = None,
) -> Completed:
    """Check the form and let the run go on; a failing run leaves everything and an incident.

    Files are held by their tokens: those among the answers, and more in ``files`` by pointer.
    """
    case, row = _open(tx, task, legal_instant(tx.now, at, reason))
    verdict = require(tx.actor, "work", thing_of(case, row))
    if at is not None:
        bound = max(case.latest, _opened(case, row))
        if case.at < bound:
            raise BadInstant(at=case.at, bound=bound, cause="order")
    case.at = max(case.at, case.latest)  # another machine's clock may be a moment ahead
    case.act_by(verdict, row["holder"])
    case.ended, case.entered_late = row, (reason or "") if at is not None else ""
    if row["step"] in SIDES:
        return _beside(case, row, answers, reason)
    run = rows.run(tx.connection, row["run"])
    clean, held = _checked(case, row, open_data(run["snapshot"], task), answers)
    held |= {pointer: list(tokens) for pointer, tokens in (files or {}).items()}
    try:
        with tx.savepoint():
            for pointer, tokens in held.items():
                documents.bind(case, f"field:{pointer}", tokens, task, _drafted(row))
            links.finish(tx, task)
            _close(case, row, run, clean, reason)
            case.save()
    except (RoundsSpent, FilesArrived):
        raise  # the person can still choose otherwise: nothing happened
    except RunFailed as failure:
        fresh, _ = _open(tx, task)
        fresh.signer = case.signer
        doing = {
            "do": "complete",
            "task": task,
            "answers": clean,
            "files": held,
            "actor": tx.actor.person,
            "at": case.at.isoformat(),
            "reason": reason,
            **_signed(case),
        }
        incident = record(fresh, run["id"], failure, doing)
        fresh.save()
        return Completed(fresh.id, fresh.row["code"], (), incident)
    return Completed(case.id, case.row["code"], _mine(tx, case))


def _opened(case: Case, row: Mapping[str, Any]) -> datetime:
    """The legal instant at which the step opened; a receipt set right since counts as it is now."""
    opened = journal.opened_by(case.tx.connection, case.id, row["opened_at"])
    return case.history.received if opened in case.history.once_received else opened


def _beside(
    case: Case, row: dict[str, Any], answers: Mapping[str, Any], reason: str | None
) -> Completed:
    """A step beside the diagram: its answer is kept; an apology that is signed moves the due."""
    tx = case.tx
    known = json.loads(rows.run(tx.connection, row["run"])["snapshot"])
    clean = dict(side_form(row["step"]).check(answers, known, tx.now.date()))
    clean, held = side_form(row["step"]).with_files(clean, _uploaded(tx, row))
    for pointer, tokens in held.items():
        documents.bind(case, f"field:{pointer}", tokens, row["id"], _drafted(row))
    links.finish(tx, row["id"])
    closed = {"state": "done", "closed_at": tx.now, "closed_by": tx.actor.person, "draft": None}
    rows.change_task(tx.connection, row["id"], closed)
    case.note("completed", _done(case, row, reason) | {"task": row["id"]}, {"answers": clean})
    beside.close(case, row["run"])
    if row["step"] == OPINION:
        beside.bring_back(case, row, known)
    if row["step"] == APOLOGY and clean.get("outcome") == "sign":
        extend_case(case, int(clean["amount"]), str(clean["reason"]))
    case.save()
    return Completed(case.id, case.row["code"], _mine(tx, case))


def _close(
    case: Case, row: dict[str, Any], run: dict[str, Any], clean: dict[str, Any], reason: str | None
) -> None:
    tx = case.tx
    closed = {"state": "done", "closed_at": tx.now, "closed_by": tx.actor.person, "draft": None}
    rows.change_task(tx.connection, row["id"], closed)
    case.note("completed", _done(case, row, reason), {"answers": clean})
    returns = returns_result(case, row)
    if returns:
        returning.prove(case, clean)
    step(case, run, Complete(row["id"], clean))
    if returns:
        returning.hand(case, clean)


def _done(case: Case, row: dict[str, Any], reason: str | None) -> dict[str, Any]:
    """What the journal says of a step that is done; when, and why later, if it was entered late."""
    fact = {"step": row["step"], "name": row["name"]}
    late = {"at": case.at.isoformat(), "reason": reason or ""}
    return fact if case.at == case.tx.now else fact | late


def returns_result(case: Case, row: dict[str, Any]) -> bool:
    """Whether this step hands the result to somebody."""
    drawn = case.spec.steps.get(row["step"])
    return drawn is not None and drawn.properties.get("status") == "9"


def _checked(
    case: Case, row: dict[str, Any], known: Mapping[str, Any], answers: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The answers as they are kept, and the tokens of their files by pointer; BadAnswers."""
    drawn = case.spec.steps[row["step"]]
    paths = case.package.form_of(drawn.id, drawn.properties)
    if paths is None:
        return {}, {}
    form = load(case.package.files[paths[0]], case.package.files[paths[1]])
    clean = dict(form.check(answers, known, case.tx.now.date()))
    return form.with_files(clean, _uploaded(case.tx, row))


def _drafted(row: Mapping[str, Any]) -> frozenset[str]:
    """The files in the task's draft, whoever of its holders has put them."""
    return tokens_of(row["draft"] or {})


def _uploaded(tx: Transaction, row: Mapping[str, Any]) -> Callable[[str], dict[str, Any] | None]:
    """What is known of a file that whoever works on the task may use."""
    drafted = _drafted(row)

    def known(token: str) -> dict[str, Any] | None:
        found = documents.usable(token, drafted, tx)
        if found is None:
            return None
        return {"token": token, "name": found.name, "sha256": found.sha256, "size": found.size}

    return known


def _open(tx: Transaction, task: str, at: datetime | None = None) -> tuple[Case, dict[str, Any]]:
    """The task under the dossier's lock; raises UnknownTask, or why it is not open."""
    found = rows.task(tx.connection, task)
    if found is None:
        raise UnknownTask(task=task)
    case = open_case(found["dossier"], tx, at=at)
    row = rows.task(tx.connection, task)
    if row is None or not may(tx.actor, "see", case.concern):
        raise UnknownTask(task=task)
    awake(case)
    if row["state"] != "open":
        raise over(case, row)
    return case, row


def _signed(case: Case) -> dict[str, Any]:
    """At which post it was done and in whose place: what is done again later keeps both."""
    kept: dict[str, Any] = {"role": case.signer.role, "desk": case.signer.desk}
    if case.stand:
        away = case.stand
        kept["instead_of"] = {"person": away.person, "login": away.login, "name": away.name}
    return kept


def thing_of(case: Case, row: Mapping[str, Any]) -> TaskThing:
    """The task as the judge looks at it; whoever no longer acts on its post holds nothing."""
    connection, holder = case.tx.connection, row["holder"]
    post = Post(row["role"], row["unit"])
    # Of whoever acts the judge asks it anyway.
    others = holder not in (None, case.tx.actor.person)
    if others and not acts_on(connection, holder, post, case.tx.now):
        holder = None
    drawn = case.spec.steps.get(row["step"])
    kept_from = drawn.properties.get("separateFrom") if drawn else None
    apart = rows.done_by(connection, case.id, kept_from) if kept_from else frozenset[int]()
    return TaskThing(post.role, post.unit, holder, apart, row["id"], row["claimed_at"])


def _mine(tx: Transaction, case: Case) -> tuple[str, ...]:
    """The dossier's open tasks that this person may go on with."""
    found = rows.open_tasks(tx.connection, case.id)
    return tuple(row["id"] for row in found if may(tx.actor, "work", thing_of(case, row)))
