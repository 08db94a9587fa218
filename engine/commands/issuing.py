"""Slips: the data a statutory form takes, its number, and the PDF kept as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.calendar import ZONE, Clock, History, ledger_dates, ledger_text, read_clock
from engine.commands.case import Case
from engine.commands.telling import SLIPS, tell
from engine.queries.sheets import newest_release
from engine.queries.specs import package_of
from engine.slips import issue
from engine.store import papers, payments
from engine.store.database import Transaction
from engine.store.dossiers import next_number
from engine.store.organisation import Stand, Unit, unit

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.package import Package

SET_ASIDE = ("off", "paused")  # the ledger lines a receipt explains
NOW = "Hạn hiện nay"


def signature(name: str, stand: Stand | None) -> str:
    """Who hands the slip out, and in whose place."""
    return f"{name} (thay mặt {stand.name})" if stand else name


def head(centre: Unit, tx: Transaction, officer: str) -> dict[str, Any]:
    """What stands at the top of every slip, and who signs it."""
    above = unit(tx.connection, centre.parent).name_vi if centre.parent else centre.name_vi
    return {
        "parent": above,
        "centre": centre.name_vi,
        "place": centre.name_vi.split(" xã ")[-1].split(" phường ")[-1],
        "phone": centre.phone or None,
        "issued_at": tx.now.isoformat(),
        "officer": officer,
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
    return f"{next_number(connection, series, f'{now:%Y}'):02d}/TTPVHCC"


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
        **head(centre, tx, signature(case.signer.name, case.stand)),
        "number": number,
        "code": row["code"],
        "tracking_url": url or f"{tx.base_url}/track/{row['code']}",
        "trial": row["trial"],
        "procedure": {"code": case.manifest.code, "title": case.manifest.title.vi},
        "applicant": applicant_of(row["applicant"]),
        "round": round,
        **_known(case),
        **(TOLD[kind](case, centre) if kind in TOLD else {}),
        **said,
    }
    sha256 = tx.files.put(issue(case.package, kind, data, newest(tx.connection)))
    papers.insert_slip(
        tx.connection, dossier=case.id, kind=kind, number=number, round=round,
        issued_at=tx.now, issued_by=case.signer.login, sha256=sha256,
        data={key: value for key, value in data.items() if key != "tracking_url"},
    )  # fmt: skip
    case.note("slip", {"slip": kind, "number": number})
    if kind in SLIPS:
        tell(case, SLIPS[kind], number, number=number, url=url)
    return number


def _known(case: Case) -> dict[str, Any]:
    """What every slip of a dossier may say of it."""
    due, promised = case.clock.due, case.row["promised_at"]
    return {
        "received_at": case.history.received.isoformat(),
        "due_at": due.isoformat() if due else None,
        "promised_at": promised.isoformat() if promised else None,
        "decider": decider(case),
        "stage": "trong quá trình giải quyết",
    }


def _receipt(case: Case, centre: Unit) -> dict[str, Any]:
    titles = {paper.key: paper.title.vi for paper in case.manifest.papers}
    rows = papers.checked(case.tx.connection, case.id)
    place = {paper: number for number, paper in enumerate(titles)}
    handed = sorted(rows, key=lambda line: place.get(line.paper, len(place)))
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
        "stage": None,
        "sets": 1,
        "ledger_book": f"01/{case.history.received:%Y}",
        "ledger_serial": case.row["ledger_no"],
        "explanation": [*_explained(case), *_moved(case)],
        "channel": _wanted(case, centre),
        **(_fees(case) if case.manifest.fees else {}),
    }


def _explained(case: Case) -> list[str]:
    """Why the promised day is that day, in the words of the receipt that first said so."""
    received, promised = case.history.received, case.row["promised_at"]
    for earlier in papers.slips_of(case.tx.connection, case.id, "receipt"):
        said = earlier.data
        told = (said.get("received_at"), said.get("promised_at"))
        if told == (received.isoformat(), promised.isoformat()):
            return [line for line in said["explanation"] if not line.startswith(NOW)]
    lines = [line for line in promise(case).ledger if line.kind in SET_ASIDE]
    explained = [_counted_from(case)]
    if lines:
        told_off = "; ".join(
            f"{ledger_dates(line)} ({ledger_text(line, 'vi')})" for line in lines[:4]
        )
        explained.append(f"Không tính: {told_off}.")
    return explained


def promise(case: Case) -> Clock:
    """The clock as it was when the dossier was received: what slip 01 promises and explains."""
    received, limit = case.history.received, case.manifest.limit
    begun = History(received, limit, restart_on_resume=case.history.restart_on_resume)
    return read_clock(begun, case.calendar, received)


def _moved(case: Case) -> list[str]:
    """The date owed now, where it is another than the promised one, and which slip moved it."""
    due = case.clock.due
    if due == case.row["promised_at"]:
        return []
    by = _by_slip(case)
    if due is None:
        return [f"{NOW}: đang dừng tính{by}."]
    at = due.astimezone(ZONE)
    return [f"{NOW}: {at:%H} giờ {at:%M} phút, ngày {at:%d/%m/%Y}{by}."]


def _by_slip(case: Case) -> str:
    """The slip that says why: while papers are waited for slip 02, after an extension slip 04."""
    moved = "apology" if case.history.extension is not None else ""
    kind = "supplement" if case.row["status"] == 5 else "" if case.clock.due is None else moved
    slip = papers.last_slip(case.tx.connection, case.id, kind) if kind else None
    return f", theo phiếu số {slip.number}" if slip else ""


def _counted_from(case: Case) -> str:
    """The first sentence of why it is this day."""
    limit, received = case.manifest.limit, case.history.received
    first = next((line.first for line in case.clock.ledger if line.kind == "received"), None)
    counted = first or received.date()
    day = f"{counted:%d/%m/%Y}"
    if counted != received.date():
        day += f"; nộp ngoài giờ lúc {received:%H:%M} ngày {received:%d/%m/%Y}"
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


def _supplement(case: Case, centre: Unit) -> dict[str, Any]:
    last: datetime = case.calendar.add_working_days(case.at, case.manifest.supplement.days)
    return {
        "items": [],
        "reason": "",
        "legal_basis": [basis.vi for basis in case.manifest.legal_basis],
        "most": case.manifest.supplement.max_rounds,
        "deadline_at": last.date().isoformat(),
        "paused_at": case.at.isoformat(),
    }


def _apology(case: Case, centre: Unit) -> dict[str, Any]:
    """The date that was promised and the one that is owed now, while the clock runs."""
    promised = case.row["promised_at"].isoformat()
    due = case.clock.due
    return {"due_at": promised, "promised_at": due.isoformat() if due else promised}


def decider(case: Case) -> str:
    """The deciding office, as slips name it."""
    return unit(case.tx.connection, case.row["deciding"]).name_vi


#: What a slip is told of the dossier without anybody saying it (``engine.slips.Kind.told``).
def _stop(case: Case, centre: Unit) -> dict[str, Any]:
    """Where the papers are fetched: where the result was wanted, as its folder goes there."""
    at = case.row["return_at"]
    return {"collect": unit(case.tx.connection, at).name_vi if at else centre.name_vi}


TOLD: Mapping[str, Callable[[Case, Unit], dict[str, Any]]] = {
    "receipt": _receipt,
    "supplement": _supplement,
    "apology": _apology,
    "stop": _stop,
}
