"""Slip 05: what it says wherever a dossier stops, by command or as its diagram draws it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.commands.case import Case
from engine.commands.issuing import issue_slip
from engine.commands.payments import settle_stopped
from engine.queries.wording import ROLE_NAMES
from engine.store.organisation import unit

ASKED = {
    "applicant": "đề nghị của người nộp hồ sơ",
    "deciding": "quyết định của cơ quan giải quyết",
    "receiving": "quyết định của nơi tiếp nhận hồ sơ",
}


def print_stop(
    case: Case, reason: str, *, withdrawn: bool, office: str, said: Mapping[str, Any] | None = None
) -> str:
    """Print slip 05, let the dossier owe no fee any more; the slip's number.

    ``withdrawn``: the applicant asked for it; else ``office`` decided. ``said``: what a diagram
    says besides.
    """
    by = "deciding" if office == case.row["deciding"] else "receiving"
    told = {
        "reason": reason,
        "asked_by": ASKED["applicant" if withdrawn else by],
        "decider": unit(case.tx.connection, office).name_vi,
        "signed_as": _capacity(case),
        "fees": settle_stopped(case, reason) or None,
    }
    return issue_slip(case, "stop", {**told, **(said or {})})


def _capacity(case: Case) -> str:
    """As what it is signed: the deciding office's head, or the overseer who acts."""
    signer = case.signer
    if (signer.role, signer.desk) == ("leader", case.row["deciding"]) or not signer.role:
        return "Người đứng đầu cơ quan giải quyết"
    return ROLE_NAMES[signer.role].vi
