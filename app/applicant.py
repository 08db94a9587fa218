"""Who applies: that block of the counter's form, read, checked, filled from a card's QR code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from app.i18n import dates, t
from engine.codes import (
    citizen_id_warnings,
    is_citizen_id,
    is_email,
    is_phone,
    normalise_phone,
    parse_cccd_qr,
    plain_digits,
    year_of_birth,
)
from engine.letters import missing
from engine.words import notices

FIELDS = (
    "name", "citizen_id", "birth", "sex", "address", "phone", "email", "language", "represented",
)  # fmt: skip
REPRESENTATIVE = ("name", "citizen_id", "authorisation")
_HISTORIC = re.compile(r"\d{9}|[A-Z]\d{7,8}")  # the old nine-digit card, a passport
LONGEST = {"name": 200, "address": 300}  # characters that a list and a slip can show
_BLANKS = re.compile(r"[\s.]+")


@dataclass(frozen=True)
class Applicant:
    """``typed`` stands in the fields; ``faults`` stop, ``warnings`` only speak, by field name."""

    typed: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)

    @property
    def odd(self) -> str:
        """What is odd, of which id: whoever presses again after seeing it means it."""
        number = _id(self.typed["applicant.citizen_id"])
        return " ".join([number, *sorted(self.warnings)]) if self.warnings else ""

    def facts(self) -> dict[str, Any]:
        """The applicant as ``dossiers.receive`` takes it; only of a block without faults."""
        typed = self.typed
        birth = dates.read_day(typed["applicant.birth"])
        tongue, known = typed["applicant.language"], notices.LANGUAGES
        represented = bool(typed["applicant.represented"])
        return {
            "name": " ".join(typed["applicant.name"].split()),
            "citizen_id": _id(typed["applicant.citizen_id"]),
            "birth": birth.isoformat() if birth else "",
            "sex": typed["applicant.sex"],
            "address": typed["applicant.address"].strip(),
            "phone": normalise_phone(typed["applicant.phone"]) or "",
            "email": typed["applicant.email"].strip(),
            "language": tongue if tongue in known else known[0],
            "represented": represented,
            "representative": {
                "name": " ".join(typed["representative.name"].split()),
                "citizen_id": _id(typed["representative.citizen_id"]),
                "authorisation": typed["representative.authorisation"].strip(),
            }
            if represented
            else None,
        }


def printed(posted: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What a receipt prints of the applicant, as it is kept, and what is wrong with it, by name."""
    typed = _typed({f"applicant.{name}": text for name, text in posted.items()})
    faults = _unprintable(typed) | {name: t(key) for name, key in _contact_faults(typed)}
    kept = {name: typed[f"applicant.{name}"].strip() for name in ("address", "phone", "email")}
    kept["name"] = " ".join(typed["applicant.name"].split())
    kept["phone"] = normalise_phone(kept["phone"]) or kept["phone"]
    return kept, {name.removeprefix("applicant."): said for name, said in faults.items()}


def empty() -> Applicant:
    """The block before anybody typed."""
    return Applicant(_typed({}))


def read(posted: Mapping[str, str], today: date) -> Applicant:
    """The block as posted, with what is wrong and what is only odd."""
    typed = _typed(posted)
    faults = _unprintable(typed) | {name: t(key) for name, key in _faults(typed, today)}
    return Applicant(typed, faults, {} if faults else _warnings(typed, today))


def scanned(posted: Mapping[str, str]) -> tuple[Applicant, bool]:
    """The block filled from the raw text of a card's QR code; False when it cannot be read."""
    typed = _typed(posted)
    card = parse_cccd_qr(posted.get("scan", ""))
    if card is None:
        return Applicant(typed), False
    filled = {
        "applicant.name": card.name,
        "applicant.citizen_id": card.citizen_id,
        "applicant.birth": dates.day(card.birth),
        "applicant.sex": card.sex or "",
        "applicant.address": card.address,
    }
    return Applicant({**typed, **filled}), True


def _typed(posted: Mapping[str, str]) -> dict[str, str]:
    names = [f"applicant.{name}" for name in FIELDS] + [
        f"representative.{name}" for name in REPRESENTATIVE
    ]
    return {name: posted.get(name, "") for name in names}


def _id(typed: str) -> str:
    return plain_digits(_BLANKS.sub("", typed)).upper()


def _faults(typed: Mapping[str, str], today: date) -> list[tuple[str, str]]:
    """(field, key of the sentence) for everything that stops."""
    number = _id(typed["applicant.citizen_id"])
    birth = typed["applicant.birth"].strip()
    born = dates.read_day(birth)
    checks = [
        ("applicant.citizen_id", "needs.citizen_id", bool(number)),
        ("applicant.citizen_id", "needs.citizen_id_form", not number or _known_form(number)),
        ("applicant.birth", "needs.birth_form", not birth or born is not None),
        ("applicant.birth", "needs.birth_future", born is None or born <= today),
    ]
    if typed["applicant.represented"]:
        other = _id(typed["representative.citizen_id"])
        name = typed["representative.name"].strip()
        checks.append(("representative.name", "needs.representative", bool(name)))
        fits = len(name) <= LONGEST["name"]
        checks.append(("representative.name", "needs.name_long", fits))
        checks.append(
            ("representative.citizen_id", "needs.representative_id", is_citizen_id(other))
        )
    return [*_contact_faults(typed), *((name, key) for name, key, right in checks if not right)]


def _unprintable(typed: Mapping[str, str]) -> dict[str, str]:
    """What slips could not show of the texts, by field name."""
    lacking = {name: missing(text) for name, text in typed.items()}
    return {name: t("needs.letters", letters=" ".join(one)) for name, one in lacking.items() if one}


def _contact_faults(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """(field, key of the sentence) for what a receipt prints."""
    name, address, phone, email = (
        typed[f"applicant.{one}"].strip() for one in ("name", "address", "phone", "email")
    )
    checks = (
        ("applicant.name", "needs.name", bool(name)),
        ("applicant.name", "needs.name_letters", not name or any(map(str.isalpha, name))),
        ("applicant.name", "needs.name_long", len(name) <= LONGEST["name"]),
        ("applicant.phone", "needs.phone_form", not phone or is_phone(phone)),
        ("applicant.email", "needs.email_form", not email or is_email(email)),
        ("applicant.address", "needs.address_long", len(address) <= LONGEST["address"]),
    )
    return [(name, key) for name, key, right in checks if not right]


def _known_form(number: str) -> bool:
    return is_citizen_id(number) or _HISTORIC.fullmatch(number) is not None


def _warnings(typed: Mapping[str, str], today: date) -> dict[str, str]:
    number = _id(typed["applicant.citizen_id"])
    if not is_citizen_id(number):
        return {}
    birth, sex = dates.read_day(typed["applicant.birth"]), typed["applicant.sex"]
    known: Literal["male", "female"] | None = (
        "male" if sex == "male" else "female" if sex == "female" else None
    )
    odd = citizen_id_warnings(number, birth=birth, sex=known, today=today)
    said = {}
    if "birth year" in odd or "century" in odd:
        said["applicant.birth"] = t("counter.id_disagrees_birth", year=year_of_birth(number))
    if "sex" in odd:
        said["applicant.sex"] = t("counter.id_disagrees_sex")
    if "province" in odd:
        said["applicant.citizen_id"] = t("counter.id_odd_province", code=number[:3])
    return said
