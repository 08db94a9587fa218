"""Outcomes at the counter that make no dossier: ask to complete, send elsewhere, refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.authority import require
from engine.commands.dossiers import release_here
from engine.commands.issuing import applicant_of, head, newest, signature, slip_number
from engine.errors import FormUsed
from engine.letters import require_printable
from engine.queries.specs import package_of
from engine.slips import issue
from engine.store import papers as folder
from engine.store.database import Transaction
from engine.store.organisation import unit

SHEETS = {"redirect": "refusal"}  # slip 03 tells where to go instead


@dataclass(frozen=True)
class Visit:
    """An outcome at the counter without a dossier."""

    id: int
    number: str


def guide(
    tx: Transaction, *, missing: Sequence[Mapping[str, str]], reason: str, **told: Any
) -> Visit:
    """Ask once, completely and in writing for what is missing (slip 02); no dossier."""
    require(tx.actor, "receive", told["centre"])
    items = [str(one.get("text") or one.get("paper") or "") for one in missing]
    require_printable(reason, *items)
    said = {"items": items, "reason": reason, "stage": "khi tiếp nhận"}
    return _visit(tx, "supplement", told, said)


def refuse(tx: Transaction, *, reason: str, legal_basis: Sequence[str] = (), **told: Any) -> Visit:
    """Refuse at the counter with the legal reason (slip 03); no dossier."""
    require(tx.actor, "receive", told["centre"])
    require_printable(reason, *legal_basis)
    return _visit(tx, "refusal", told, {"reason": reason, "legal_basis": list(legal_basis)})


def redirect(tx: Transaction, *, to: str, reason: str, **told: Any) -> Visit:
    """Send to the competent office, with slip 03 that names it; no dossier."""
    require(tx.actor, "receive", told["centre"])
    require_printable(to, reason)
    return _visit(tx, "redirect", told, {"reason": reason, "redirect": to})


def _visit(tx: Transaction, kind: str, told: Mapping[str, Any], said: Mapping[str, Any]) -> Visit:
    earlier = _visited(tx, kind, told)
    if earlier is not None:
        return earlier
    office, trial = unit(tx.connection, told["centre"]), bool(told.get("trial"))
    asked = told.get("model")
    _, digest = release_here(told["procedure"], office.code, asked, tx.now, trial, tx)
    package = package_of(tx.connection, digest)
    number = slip_number(tx.connection, tx.now, office.code, trial)
    earlier = _visited(tx, kind, told)  # whoever posted it meanwhile held the number's row
    if earlier is not None:
        return earlier
    data = {
        "number": number,
        "code": "",
        "trial": trial,
        "procedure": {"code": package.manifest.code, "title": package.manifest.title.vi},
        "applicant": applicant_of(told["applicant"]),
        **said,
    }
    stand = tx.actor.stand("reception", office.code)
    top = head(office, tx, signature(tx.actor.name, stand))
    id = folder.insert_visit(
        tx.connection, key=told["key"], procedure=told["procedure"], centre=office.code,
        kind=kind, number=number, applicant=dict(told["applicant"]), data=data, at=tx.now,
        by=tx.actor.person, sha256=tx.files.put(
            issue(package, SHEETS.get(kind, kind), {**top, **data}, newest(tx.connection))
        ),
    )  # fmt: skip
    return Visit(id, number)


def _visited(tx: Transaction, kind: str, told: Mapping[str, Any]) -> Visit | None:
    """The visit that this form has made already; raises FormUsed where it was another one."""
    found = folder.visit_by_key(tx.connection, told["key"])
    if found is None:
        return None
    asked = (kind, told["procedure"], told["centre"], dict(told["applicant"]))
    if (found.kind, found.procedure, found.centre, found.applicant) != asked:
        raise FormUsed(code=found.number)
    return Visit(found.id, found.number)
