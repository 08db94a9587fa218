"""Slip 05: what it says wherever a dossier stops, by command or as its diagram draws it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.commands.case import Case
from engine.commands.desks import handed
from engine.commands.issuing import issue_slip
from engine.commands.payments import settle_stopped
from engine.queries.wording import ROLE_NAMES
from engine.store.organisation import unit

ASKED = {
    "applicant": "đề nghị của người nộp hồ sơ",
    "deciding": "quyết định của cơ quan giải quyết",
    "receiving": "quyết định của nơi tiếp nhận hồ sơ",
    "other": "quyết định của {office}",
}


def print_stop(
    case: Case, reason: str, *, withdrawn: bool, said: Mapping[str, Any] | None = None
) -> str:
    """Print slip 05, let the dossier owe no fee any more; the slip's number.

    ``withdrawn``: the applicant asked for it; else the office decided at whose post it is done.
    ``said``: what a diagram says besides.
    """
    deciding = case.row["deciding"]
    office = unit(case.tx.connection, deciding if withdrawn else case.desk or deciding)
    kinds = {deciding: "deciding", case.row["receiving"]: "receiving"}
    by = ASKED["applicant" if withdrawn else kinds.get(office.code, "other")]
    told = {
        "reason": reason,
        "asked_by": by.format(office=office.name_vi),
        "decider": office.name_vi,
        "signed_as": _capacity(case),
        "fees": settle_stopped(case, reason) or None,
    }
    home = case.row["return_at"] or case.row["receiving"]  # where the applicant fetches the papers
    handed(case, "", "Dừng giải quyết", "", home, case.desk or deciding)
    return issue_slip(case, "stop", {**told, **(said or {})})


def _capacity(case: Case) -> str:
    """As what it is signed: the deciding office's head, or the overseer who acts."""
    signer = case.signer
    if (signer.role, signer.desk) == ("leader", case.row["deciding"]) or not signer.role:
        return "Người đứng đầu cơ quan giải quyết"
    return ROLE_NAMES[signer.role].vi
