"""What a service task may ask for, done inside the transaction that asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from engine.bpmn.runtime import ServiceCall
from engine.commands.case import Case
from engine.commands.issuing import issue_slip
from engine.commands.payments import charge
from engine.commands.stopping import print_stop
from engine.errors import BadSlip, RoundsSpent, RunFailed
from engine.store import papers
from engine.store.dossiers import next_number


def perform(case: Case, call: ServiceCall, name: str) -> Any:
    """The operator's answer; what it cannot do is a failure of the run."""
    operator = OPERATORS.get(call.operator)
    if operator is None:
        raise RunFailed(element=call.step, name=name, cause=f"operator:{call.operator}", line=None)
    if call.operator == "issue_slip" and call.parameters["kind"] == "supplement":
        _rounds_left(case, call.step, name)
    try:
        return operator(case, call.parameters)
    except BadSlip as error:
        raise RunFailed(
            element=call.step, name=name, cause=str(error.particulars.get("cause")), line=None
        ) from error


def _rounds_left(case: Case, step: str, name: str) -> None:
    """The citizen is asked for more only so often (the manifest's ``supplement.max_rounds``)."""
    most = case.manifest.supplement.max_rounds
    if most is not None and papers.issued(case.tx.connection, case.id, "supplement") >= most:
        raise RoundsSpent(element=step, name=name, cause=f"rounds:{most}", line=None, most=most)


def _issue(case: Case, given: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(given["kind"])
    said = _said(given)
    if kind == "stop":
        number = _stop(case, said)
    else:
        number = issue_slip(case, kind, said)
    return {"slip": kind, "number": number}


def _stop(case: Case, said: dict[str, Any]) -> str:
    """A stop is the same wherever it is drawn: whoever decided it is named, no fee stays owed."""
    withdrawn = case.row["status"] == 7  # the diagram says that the applicant asked for it
    reason = str(said.get("reason", ""))
    return print_stop(case, reason, withdrawn=withdrawn, said=said)


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    said = {key: given[key] for key in ("reason", "note") if given.get(key)}
    for key in ("items", "legal_basis"):
        value = given.get(key)
        if value:
            said[key] = [str(one) for one in (value if isinstance(value, list) else [value])]
    return said


def _number(case: Case, given: Mapping[str, Any]) -> dict[str, Any]:
    """The register's next number at the deciding office this year; trials count apart."""
    register, year = str(given["register"]), f"{case.tx.now:%Y}"
    series = f"{'trial:' if case.row['trial'] else ''}{case.row['deciding']}:{register}"
    number = next_number(case.tx.connection, series, year)
    text = f"{number:02d}/{year}"
    case.note("number", {"register": register, "number": text})
    return {"number": number, "text": text}


def _charge(case: Case, given: Mapping[str, Any]) -> dict[str, Any]:
    """A fee of the manifest whose amount the diagram knows; nothing where it comes to nothing."""
    key, amount = str(given["fee"]), given["amount"]
    fee = next((fee for fee in case.manifest.fees if fee.key == key), None)
    if fee is None or isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
        raise RunFailed(element="charge_fee", name=key, cause=f"amount:{amount}", line=None)
    reference = charge(case, fee, amount) if amount else ""
    return {"amount": amount, "reference": reference}


OPERATORS: Mapping[str, Callable[[Case, Mapping[str, Any]], dict[str, Any]]] = MappingProxyType(
    {"issue_slip": _issue, "take_number": _number, "charge_fee": _charge}
)
