"""Slips: the data a statutory form takes, its number, and the PDF kept as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.calendar import ledger_dates, ledger_text
from engine.commands.case import Case
from engine.commands.telling import SLIPS, tell
from engine.queries.sheets import newest_release
from engine.queries.specs import package_of
from engine.slips import issue
from engine.store import papers, payments
from engine.store.database import Transaction
from engine.store.dossiers import next_number
from engine.store.organisation import Actor, Stand, Unit, unit

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.package import Package

SET_ASIDE = ("off", "paused")  # the ledger lines a receipt explains


def signature(actor: Actor, stand: Stand | None) -> str:
    """Who hands the slip out, and in whose place."""
    return f"{actor.name} (thay mặt {stand.name})" if stand else actor.name


def head(centre: Unit, tx: Transaction, stand: Stand | None = None) -> dict[str, Any]:
    """What stands at the top of every slip; ``stand``: in whose place the actor signs."""
    above = unit(tx.connection, centre.parent).name_vi if centre.parent else centre.name_vi
    return {
        "parent": above,
        "centre": centre.name_vi,
        "place": centre.name_vi.split(" xã ")[-1].split(" phường ")[-1],
        "issued_at": tx.now.isoformat(),
        "officer": signature(tx.actor, stand),
    }


def applicant_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The applicant as slips print them."""
    return {
        "name": str(given.get("name", "")),
        "organisation": None,
        "address": str(given.get("address", "")),
        "phone": given.get("phone") or None,
        "email": given.get("email") or None,
    }


def slip_number(connection: Connection, now: datetime, centre: str, trial: bool) -> str:
    """The centre's next slip number this year; trials count apart."""
    series = f"{'trial:' if trial else ''}{centre}:slips"
    return f"{next_number(connection, series, f'{now:%Y}')}/TTPVHCC"


def newest(connection: Connection) -> Package | None:
    """The package approved last: it knows the forms of today, an older release may not."""
    digest = newest_release(connection)
    return package_of(connection, digest) if digest else None


def issue_slip(case: Case, kind: str, said: Mapping[str, Any], url: str = "") -> str:
    """Print and keep a slip of the dossier; its number."""
    tx, row = case.tx, case.row
    number = slip_number(tx.connection, tx.now, row["receiving"], row["trial"])
    centre = unit(tx.connection, row["receiving"])
    round = 1 + papers.issued(tx.connection, case.id, kind)
    data = {
        **head(centre, tx, case.stand),
        "number": number,
        "code": row["code"],
        "tracking_url": url,
        "trial": row["trial"],
        "procedure": {"code": case.manifest.code, "title": case.manifest.title.vi},
        "applicant": applicant_of(row["applicant"]),
        "received_at": case.history.received.isoformat(),
        "round": round,
        **(_receipt(case, centre) if kind == "receipt" else {}),
        **(_supplement(case) if kind == "supplement" else {}),
        **said,
    }
    sha256 = tx.files.put(issue(case.package, kind, data, newest(tx.connection)))
    papers.insert_slip(
        tx.connection, dossier=case.id, kind=kind, number=number, round=round,
        issued_at=tx.now, issued_by=tx.actor.login, sha256=sha256,
        data={key: value for key, value in data.items() if key != "tracking_url"},
    )  # fmt: skip
    case.note("slip", {"slip": kind, "number": number})
    if kind in SLIPS:
        tell(case, SLIPS[kind], number, number=number, url=url)
    return number


def _receipt(case: Case, centre: Unit) -> dict[str, Any]:
    titles = {paper.key: paper.title.vi for paper in case.manifest.papers}
    rows = papers.checked(case.tx.connection, case.id)
    place = {paper: number for number, paper in enumerate(titles)}
    handed = sorted(rows, key=lambda line: place.get(line.paper, len(place)))
    lines = [line for line in case.clock.ledger if line.kind in SET_ASIDE]
    explained = [_counted_from(case)]
    if lines:
        told = "; ".join(f"{ledger_dates(line)} ({ledger_text(line, 'vi')})" for line in lines[:4])
        explained.append(f"Không tính: {told}.")
    return {
        "papers": [
            {
                "title": titles.get(line.paper, line.paper),
                "kind": line.kind,
                "quantity": line.quantity,
            }
            for line in handed
        ],
        "limit": case.manifest.limit.words("vi"),
        "promised_at": case.row["promised_at"].isoformat(),
        "explanation": explained,
        "channel": _wanted(case, centre),
        **(_fees(case) if case.manifest.fees else {}),
    }


def _counted_from(case: Case) -> str:
    """The first sentence of why it is this day."""
    limit, day = case.manifest.limit, f"{case.history.received:%d/%m/%Y}"
    words = limit.words("vi")
    words = words[:1].upper() + words[1:]
    if limit.unit in ("working days", "days"):
        return f"{words}, không tính ngày nhận hồ sơ ({day})."
    return f"{words}; nhận hồ sơ ngày {day}."


def _fees(case: Case) -> dict[str, Any]:
    """What the dossier was charged so far, and whether it is paid."""
    charged = payments.of_dossier(case.tx.connection, case.id)
    fees = [fee for fee in charged if fee.state in ("owed", "paid")]
    listed = [{"title": fee.title_vi, "amount": fee.amount} for fee in fees]
    return {"fees": listed or None, "paid": all(fee.state == "paid" for fee in fees)}


def _wanted(case: Case, centre: Unit) -> str:
    """How and where the applicant wants the result."""
    by, at = case.row["return_by"], case.row["return_at"]
    if by == "post":
        return "Qua dịch vụ bưu chính công ích, đến địa chỉ nêu trên"
    if by == "electronic":
        return "Bản điện tử, tại trang tra cứu hồ sơ"
    there = unit(case.tx.connection, at) if at else centre
    return f"Trực tiếp tại {there.name_vi}"


def _supplement(case: Case) -> dict[str, Any]:
    last: datetime = case.calendar.add_working_days(case.at, case.manifest.supplement.days)
    return {
        "items": [],
        "reason": "",
        "legal_basis": [basis.vi for basis in case.manifest.legal_basis],
        "most": case.manifest.supplement.max_rounds,
        "stage": "trong quá trình giải quyết",
        "deadline_at": last.date().isoformat(),
        "paused_at": case.at.isoformat(),
    }
