"""Looking at what is masked elsewhere, which leaves a line behind."""

from __future__ import annotations

from engine.authority import may
from engine.commands.case import open_case
from engine.errors import UnknownDossier
from engine.store.database import Transaction


def reveal(tx: Transaction, dossier: int) -> str:
    """The applicant's whole citizen id, for whoever may see the dossier; the look is journalled."""
    case = open_case(dossier, tx)
    if not may(tx.actor, "see", case.concern):
        raise UnknownDossier(dossier=dossier)
    case.note("revealed", {"what": "citizen_id"})
    case.save()
    return str(case.row["applicant_id"])
