"""Paper folders between offices: one side says it has given them, the other that it has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine.authority import require
from engine.codes.statuses import GIVEN_BACK, GIVEN_UP
from engine.commands.case import Case, open_case
from engine.commands.desks import handed
from engine.errors import FolderElsewhere, FolderNotFor
from engine.queries.sheets import APPLICANT
from engine.store import folders as store
from engine.store.database import Transaction
from engine.store.organisation import actor_by_id, unit


def send(tx: Transaction, dossiers: Sequence[int], to: str, note: str = "") -> int:
    """Give folders to an office; how many. All of them, or none.

    Raises FolderElsewhere, FolderNotFor for an office that has ended or that the dossier does not
    concern. What the actor has given to that office already is given.
    """
    office = unit(tx.connection, to)
    for dossier in sorted(set(dossiers)):
        case = open_case(dossier, tx)
        here = place(case)
        require(tx.actor, "folder", here)
        going = store.on_its_way(tx.connection, case.id)
        if going and (going.to_unit, going.sent_by) == (office.code, tx.actor.person):
            continue  # the second click
        if going or here == office.code or _is_back(case):
            cause = "going" if going else "back" if _is_back(case) else "there"
            raise FolderElsewhere(code=case.row["code"], cause=cause)
        if not office.valid(tx.now) or office.code not in case.concern.offices:
            raise FolderNotFor(code=case.row["code"], office=office.name_vi)
        case.act_on(_role_at(tx, here), here)
        store.insert_folder(
            tx.connection, dossier=case.id, centre=case.row["receiving"], from_unit=here,
            to_unit=office.code, sent_at=tx.now, sent_by=tx.actor.person, note=note[:300],
        )  # fmt: skip
        case.note("folder_sent", {"from": here, "to": office.code})
        case.save()
    return len(set(dossiers))


def take(tx: Transaction, folders: Sequence[int]) -> int:
    """Say that folders have arrived; how many. One that was taken before stays as it is."""
    taken = 0
    for case, row in _each(tx, folders, "to_unit"):
        if row.taken_at is not None:
            continue
        role = _role_at(tx, row.to_unit)
        case.act_on(role, row.to_unit)
        done = {"taken_at": tx.now, "taken_by": tx.actor.person}
        store.change_folder(tx.connection, row.id, done)
        case.row["folder_at"] = row.to_unit
        giver = actor_by_id(tx.connection, row.sent_by, tx.now)
        note = f"Hồ sơ giấy; người nhận: {tx.actor.name}"
        if case.stand:
            note += f", thay mặt {case.stand.name}"
        handed(case, "", "", role, row.to_unit, row.from_unit, note, giver.login if giver else None)
        case.note("folder_taken", {"from": row.from_unit, "to": row.to_unit})
        case.save()
        taken += 1
    return taken


def take_back(tx: Transaction, folders: Sequence[int]) -> int:
    """The office that gave them says that folders have stayed; how many.

    Raises FolderElsewhere for one that has arrived; one taken back before stays so.
    """
    back = 0
    for case, row in _each(tx, folders, "from_unit"):
        if row.taken_at is not None:
            raise FolderElsewhere(code=case.row["code"], cause="taken")
        case.act_on(_role_at(tx, row.from_unit), row.from_unit)
        store.delete_folder(tx.connection, row.id)
        case.note("folder_back", {"from": row.from_unit, "to": row.to_unit})
        case.save()
        back += 1
    return back


def give_back(tx: Transaction, dossier: int) -> bool:
    """Say that the applicant has the papers of a dossier that ended without a result.

    Reception says it where the folder lies and is fetched; else, and while it is on its way,
    FolderElsewhere. Whether it was said now: the second click says nothing more.
    """
    case = open_case(dossier, tx)
    here = place(case)
    case.act_by(require(tx.actor, "receive", here))
    if _is_back(case):
        return False
    fetched = here in (case.row["receiving"], case.row["return_at"])
    over = case.row["status"] in GIVEN_UP
    going = store.on_its_way(tx.connection, case.id)
    if going or not (over and fetched):
        cause = "going" if going else "kept"
        raise FolderElsewhere(code=case.row["code"], cause=cause)
    case.row["handover"] = GIVEN_BACK
    handed(case, "", "Trả lại giấy tờ", APPLICANT, here, here, "Người nộp hồ sơ nhận lại")
    case.note("papers_back", {"from": here})
    case.save()
    return True


def _is_back(case: Case) -> bool:
    return bool(case.row["handover"] == GIVEN_BACK)


def _each(tx: Transaction, folders: Sequence[int], side: str) -> Iterator[tuple[Case, Any]]:
    """Each hand-over with its dossier in hand, in the order in which everybody locks dossiers.

    The actor must be at work at the hand-over's ``side``. One that is gone is left out: it was
    taken back.
    """
    found = [row for id in sorted(set(folders)) if (row := store.folder(tx.connection, id))]
    for known in sorted(found, key=lambda row: (row.dossier, row.id)):
        require(tx.actor, "folder", getattr(known, side))
        case = open_case(known.dossier, tx)
        row = store.folder(tx.connection, known.id)
        if row is not None:
            yield case, row


def _role_at(tx: Transaction, office: str) -> str:
    """The post the actor acts on there: one of their own before one lent to them."""
    posts = (*tx.actor.own, *tx.actor.posts)
    return next(post.role for post in posts if post.unit == office)


def place(case: Case) -> str:
    """The office where the folder lies; where it was received until somebody took it over."""
    return str(case.row["folder_at"] or case.row["receiving"])
