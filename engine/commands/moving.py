"""Open dossiers are taken to another release, and exactly back: planned by a person, carried out by
the worker, one transaction each, with a result for every dossier."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.authority import require
from engine.bpmn import migrate
from engine.bpmn.parse import Spec
from engine.bpmn.runtime import Facts, Outcome, Refresh, advance
from engine.codes.statuses import ENDED
from engine.commands.batches import carry
from engine.commands.case import Case, free_case
from engine.commands.releases import release_of
from engine.commands.stepping import duties
from engine.errors import CannotMove, MoveOver, NotApproved, RunFailed, UnknownMove
from engine.queries.specs import package_of, spec_of
from engine.store import dossiers as rows
from engine.store import letters
from engine.store import moving as store
from engine.store.database import Database, Transaction
from engine.store.organisation import unit


def start(
    tx: Transaction,
    digest: str,
    *,
    reason: str,
    centre: str | None = None,
    mapping: Mapping[str, str] | None = None,
    recompute: bool = False,
) -> int:
    """Write down a move of every open dossier of the procedure (at a centre); its number.

    mapping: old step → new step. recompute: timers and the limit count anew by the new release.
    """
    require(tx.actor, "rollout")
    row = release_of(tx, digest)
    if row.state != "approved":
        raise NotApproved(release=digest)
    if centre is not None:
        unit(tx.connection, centre)
    known = spec_of(tx.connection, digest).steps
    for step in (mapping or {}).values():
        if step not in known:
            raise CannotMove(cause="gone", element=step)
    id = store.MOVES.insert(
        tx.connection,
        {
            "procedure": row.procedure, "digest": digest, "centre": centre,
            "mapping": dict(mapping or {}), "recompute": recompute, "reason": reason,
            "state": "running", "decided_by": tx.actor.person, "decided_at": tx.now,
        },
    )  # fmt: skip
    store.MOVES.list_items(tx.connection, id, store.open_dossiers(row.procedure, digest, centre))
    return id


def stop(tx: Transaction, move: int) -> None:
    """Let the worker do no more of it; what has moved stays moved."""
    _change(tx, move, {"running": "stopped", "reverting": "held"})


def resume(tx: Transaction, move: int) -> None:
    """Go on where it was stopped."""
    _change(tx, move, {"stopped": "running", "held": "reverting"})


def revert(tx: Transaction, move: int) -> None:
    """Take back every dossier that nobody has touched since it moved."""
    _change(tx, move, dict.fromkeys(("running", "stopped", "done"), "reverting"))


def _change(tx: Transaction, move: int, states: Mapping[str, str]) -> None:
    require(tx.actor, "rollout")
    row = store.MOVES.lock(tx.connection, move)
    if row is None:
        raise UnknownMove(move=move)
    if row.state not in states:
        raise MoveOver(state=row.state)
    store.MOVES.change(tx.connection, move, {"state": states[row.state], "finished_at": None})


# -- what the worker does --------------------------------------------------------------------------


def carry_on(database: Database, now: datetime, stopped: Callable[[], bool] = lambda: False) -> int:
    """Take a batch of every move under way; how many dossiers got a result."""
    with database.reading() as connection:
        plans = store.MOVES.in_state(connection, ("running", "reverting"))
    todo = [(plan, "waiting" if plan.state == "running" else "moved") for plan in plans]
    return carry(database, now, store.MOVES, todo, take, close, stopped)


def close(tx: Transaction, move: int) -> None:
    """Nothing is left to do of it."""
    require(tx.actor, "clock")
    row = store.MOVES.lock(tx.connection, move)
    if row is not None and row.state in ("running", "reverting"):
        state = "done" if row.state == "running" else "reverted"
        store.MOVES.change(tx.connection, move, {"state": state, "finished_at": tx.now})


def take(tx: Transaction, move: int, dossier: int) -> bool:
    """Move one dossier, or take it back; False where somebody else has it in hand."""
    require(tx.actor, "clock")
    case = free_case(dossier, tx)
    plan, item = (
        store.MOVES.get(tx.connection, move),
        store.MOVES.item(tx.connection, move, dossier),
    )
    if case is None or plan is None or item is None:
        return False
    if plan.state == "running" and item.state == "waiting":
        values = _forth(case, plan)
    elif plan.state == "reverting" and item.state == "moved":
        values = _back(case, item)
    else:
        return False
    store.MOVES.change_item(tx.connection, move, dossier, values)
    return True


def _forth(case: Case, plan: Any) -> dict[str, Any]:
    if case.row["status"] in ENDED or case.row["release"] == plan.digest:
        return _stays(case, migrate.Reason("over", ""))
    if case.row["suspended_at"] is not None:
        return _stays(case, migrate.Reason("suspended", ""))
    connection = case.tx.connection
    new = spec_of(connection, plan.digest)
    runs = store.open_runs(connection, case.id)
    verdicts = [migrate.judge(case.spec, new, run["snapshot"], plan.mapping) for run in runs]
    reasons = dict.fromkeys(reason for verdict in verdicts for reason in verdict.reasons)
    if reasons:
        return _stays(case, *reasons)
    before = _before(case, runs)
    try:
        with case.tx.savepoint():
            mapped = {was: now for verdict in verdicts for was, now in verdict.mapped.items()}
            for run in runs:
                _take_over(case, run, new, plan)
            _rename(case, new, mapped)
            _settle(case, plan, mapped)
    except (CannotMove, RunFailed) as failure:
        element = str(failure.particulars.get("element") or "")
        cause = str(failure.particulars.get("cause") or "")
        return _stays(case, migrate.Reason("fails", element, cause))
    return {
        "state": "moved",
        "said": {"mapped": mapped},
        "before": before,
        "seq": case.row["seq"],
    }


def _stays(case: Case, *reasons: migrate.Reason) -> dict[str, Any]:
    told = []
    for reason in reasons:
        drawn = case.spec.step(reason.element)
        told.append({**vars(reason), "name": (drawn.name if drawn else "") or reason.element})
    return {"state": "stays", "said": {"reasons": told}}


def _take_over(case: Case, run: dict[str, Any], new: Spec, plan: Any) -> None:
    snapshot = migrate.move(case.spec, new, run["snapshot"], plan.mapping, recompute=plan.recompute)
    facts = Facts(case.tx.now, case.calendar, case.clock.due, case.clock.paused)
    outcome = advance(new, snapshot, Refresh(), facts, run["id"])
    if outcome.events:
        raise CannotMove(cause="at_once", element=_element(outcome))
    connection = case.tx.connection
    wanted = {f"{timer.token}:{timer.step}": timer.at for timer in outcome.timers if timer.at}
    centre = case.row["receiving"]
    rows.arm(connection, case.id, centre, run["id"], {"timer": wanted})
    if outcome.listens or run["listening"]:
        letters.listen(connection, case.id, centre, run["id"], outcome.listens, outcome.correlation)
    values = {"snapshot": outcome.snapshot, "revision": run["revision"] + 1}
    rows.change_run(connection, run["id"], {**values, "listening": bool(outcome.listens)})


def _element(outcome: Outcome) -> str:
    return str(getattr(outcome.events[0], "step", ""))


def _rename(case: Case, new: Spec, mapped: Mapping[str, str]) -> None:
    """Open tasks show the step as the new version calls it; role, unit and claim stay."""
    for task in rows.open_tasks(case.tx.connection, case.id):
        step = mapped.get(task["step"], task["step"])
        drawn = new.step(step)
        values = {"step": step, "name": (drawn.name if drawn else "") or task["name"]}
        if values != {"step": task["step"], "name": task["name"]}:
            rows.change_task(case.tx.connection, task["id"], values)


def _settle(case: Case, plan: Any, mapped: Mapping[str, str]) -> None:
    told = {"move": plan.id, "from": case.row["release"], "to": plan.digest, "mapped": dict(mapped)}
    case.row["release"] = plan.digest
    if plan.recompute:
        manifest = package_of(case.tx.connection, plan.digest).manifest
        case.history = replace(
            case.history, limit=manifest.limit, restart_on_resume=manifest.restart_on_resume
        )
        case.read_again()
        main = rows.main_run(case.tx.connection, case.id)
        if main is not None:
            duties(case, main)
    case.note("moved", {**told, "reason": plan.reason})
    case.save()


def _before(case: Case, runs: list[dict[str, Any]]) -> dict[str, Any]:
    kept = store.rows_of(case.tx.connection, case.id)
    return {
        "release": case.row["release"],
        "history": case.row["history"],
        "ledger": case.row["ledger"],
        "runs": [
            {
                "id": run["id"],
                "snapshot": b64encode(run["snapshot"]).decode(),
                "revision": run["revision"],
                "listening": run["listening"],
            }
            for run in runs
        ],
        **{name: [_plain(row) for row in found] for name, found in kept.items()},
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: {"at": value.isoformat()} if isinstance(value, datetime) else value
        for key, value in row.items()
    }


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: datetime.fromisoformat(value["at"])
        if isinstance(value, dict) and set(value) == {"at"}
        else value
        for key, value in row.items()
    }


def _back(case: Case, item: Any) -> dict[str, Any]:
    """Exactly what it was, unless something has happened to it since."""
    if case.row["seq"] != item.seq:
        return {"state": "kept", "said": {**item.said, "touched": True}}
    connection, before = case.tx.connection, item.before
    for run in before["runs"]:
        values = {key: run[key] for key in ("revision", "listening")}
        rows.change_run(connection, run["id"], {**values, "snapshot": b64decode(run["snapshot"])})
    for task in before["tasks"]:
        rows.change_task(connection, task["id"], {key: task[key] for key in ("step", "name")})
    kept = {name: [_read(row) for row in before[name]] for name in ("due", "waits")}
    store.put_back(connection, case.id, kept)
    told = {"from": case.row["release"], "to": before["release"], "move": item.move}
    case.row["release"] = before["release"]
    case.history = type(case.history).from_json(before["history"])
    case.read_again()
    main = rows.main_run(connection, case.id)
    if main is not None:
        duties(case, main)
    case.note("moved_back", told)
    case.save()
    # A standing pause has grown meanwhile in the reckoning just written; the dossier is as it was.
    rows.change(connection, case.id, {"ledger": before["ledger"]})
    return {"state": "reverted", "before": None}
