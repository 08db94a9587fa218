"""What a dossier costs: charged once per fee, taken at a desk, waived, given back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.authority import require
from engine.codes import payment_reference
from engine.commands.case import Case, open_case
from engine.errors import PaymentOver, ReasonMissing, ReceiptMissing, UnknownPayment
from engine.store import payments as store
from engine.store.database import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Row

    from engine.package import Fee

WAYS = ("transfer", "card", "cash")  # without cash first, where it can be
CASH = "cash"  # how it was paid where nobody says how


def charge_all(case: Case, when: str, answers: Mapping[str, Any] | None = None) -> None:
    """Charge the fixed fees of that moment: ``receipt``, ``supplement`` or ``return``.

    What hangs on the counter's answers is charged at the counter, where they are.
    """
    for fee in case.manifest.fees:
        if fee.when == when and (amount := fee.due(answers or {})):
            charge(case, fee, amount)


def charge(case: Case, fee: Fee, amount: int) -> str:
    """The dossier owes the fee; its payment reference. What was charged before stays as it is."""
    known = store.of_fee(case.tx.connection, case.id, fee.key)
    if known is not None:
        return str(known.reference)
    id = store.insert_payment(
        case.tx.connection, dossier=case.id, centre=case.row["receiving"], fee=fee.key,
        title_vi=fee.title.vi, title_en=fee.title.en or fee.title.vi, amount=amount,
        state="owed", at=case.tx.now,
    )  # fmt: skip
    reference = payment_reference(id)
    store.change_payment(case.tx.connection, id, {"reference": reference})
    case.note("charged", {"fee": fee.key, "amount": amount})
    return reference


def collect(tx: Transaction, payment: int, how: str, receipt: str, why: str = "") -> None:
    """The money is there: in one of the WAYS, with the series and number of its receipt.

    ``why`` there is none yet; raises ReceiptMissing without either, so that no click by mistake
    makes a fee paid.
    """
    case, row = _open(tx, payment, "owed")
    if not receipt.strip() and not why.strip():
        raise ReceiptMissing
    told = {"state": "paid", "how": how if how in WAYS else CASH}
    told |= {"receipt": receipt.strip()} if receipt.strip() else {"why": why.strip()[:300]}
    _settle(case, row, told, "paid", {})


def waive(tx: Transaction, payment: int, reason: str) -> None:
    """The applicant need not pay, for a reason of the law."""
    case, row = _open(tx, payment, "owed", reason)
    _settle(case, row, {"state": "waived", "why": reason}, "waived", {"reason": reason})


def refund(tx: Transaction, payment: int, reason: str) -> None:
    """What was paid is given back."""
    case, row = _open(tx, payment, "paid", reason)
    _settle(case, row, {"state": "refunded", "why": reason}, "refunded", {"reason": reason})


def settle_at_desk(case: Case, answers: Mapping[str, Any]) -> None:
    """Settle what is owed as a form says: ``paid_how``, ``receipt_number``, ``exempt_reason``."""
    how = answers["paid_how"]
    receipt, reason = (str(answers.get(n) or "") for n in ("receipt_number", "exempt_reason"))
    told: dict[str, Any] = {"state": "waived", "why": reason[:300]}
    if how != "exempt":
        told = {"state": "paid", "how": how if how in WAYS else CASH}
        told["receipt"] = receipt[:60] or None
    for row in store.of_dossier(case.tx.connection, case.id):
        if row.state == "owed":
            _change(case, row, told)
            case.note(str(told["state"]), {"fee": row.fee, "amount": row.amount})


def settle_stopped(case: Case, reason: str) -> str:
    """A dossier that stops owes nothing any more; what was paid, in the words of slip 05."""
    paid = 0
    for row in store.of_dossier(case.tx.connection, case.id):
        paid += row.amount if row.state == "paid" else 0
        if row.state == "owed":
            _change(case, row, {"state": "waived", "why": reason[:300]})
    if not paid:
        return ""
    money = f"{paid:,}".replace(",", ".")
    return f"{money} đồng; được hoàn trả theo quy định tại nơi đã nộp"


def _open(tx: Transaction, payment: int, state: str, reason: str = "-") -> tuple[Case, Row[Any]]:
    found = store.payment(tx.connection, payment)
    if found is None:
        raise UnknownPayment(payment=payment)
    case = open_case(found.dossier, tx)
    verdict = require(tx.actor, "collect", case.concern)
    row = store.payment(tx.connection, payment)
    if row is None or row.state != state:
        raise PaymentOver(state=row.state if row else "")
    if not reason.strip():
        raise ReasonMissing(act="payment")
    case.act_by(verdict)
    return case, row


def _settle(
    case: Case, row: Row[Any], values: dict[str, Any], kind: str, fact: dict[str, Any]
) -> None:
    _change(case, row, values)
    case.note(kind, {"fee": row.fee, "amount": row.amount, **fact})
    case.save()


def _change(case: Case, row: Row[Any], values: dict[str, Any]) -> None:
    by = {"settled_at": case.tx.now, "settled_by": case.signer.person}
    store.change_payment(case.tx.connection, row.id, {**values, **by})
