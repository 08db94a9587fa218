"""Codes people read, type and scan: dossiers, citizens, phones, payments, words to search by."""

from engine.codes.citizens import (
    CITIZEN_ID,
    CardHolder,
    CitizenWarning,
    citizen_id_warnings,
    is_citizen_id,
    mask_citizen_id,
    parse_cccd_qr,
    year_of_birth,
)
from engine.codes.dossiers import (
    DOSSIER_CODE,
    PROCEDURE_CODE,
    DossierCode,
    is_dossier_code,
    is_procedure_code,
    make_dossier_code,
    parse_dossier_code,
)
from engine.codes.payments import (
    Account,
    is_payment_reference,
    payment_memo,
    payment_reference,
    read_payment_reference,
    vietqr,
)
from engine.codes.search import fold, is_email, is_phone, normalise_phone, plain_digits
from engine.codes.tracking import read_secret, tracking_secret

__all__ = [
    "CITIZEN_ID",
    "DOSSIER_CODE",
    "PROCEDURE_CODE",
    "Account",
    "CardHolder",
    "CitizenWarning",
    "DossierCode",
    "citizen_id_warnings",
    "fold",
    "is_citizen_id",
    "is_dossier_code",
    "is_email",
    "is_payment_reference",
    "is_phone",
    "is_procedure_code",
    "make_dossier_code",
    "mask_citizen_id",
    "normalise_phone",
    "parse_cccd_qr",
    "parse_dossier_code",
    "payment_memo",
    "payment_reference",
    "plain_digits",
    "read_payment_reference",
    "read_secret",
    "tracking_secret",
    "vietqr",
    "year_of_birth",
]
