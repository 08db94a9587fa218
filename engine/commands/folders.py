"""Paper folders between offices: one side says it has given them, the other that it has them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.authority import require
from engine.commands.case import Case, open_case
from engine.commands.desks import handed
from engine.errors import FolderElsewhere, UnknownFolder
from engine.store import folders as store
from engine.store.database import Transaction
from engine.store.organisation import actor_by_id, unit


def send(tx: Transaction, dossiers: Sequence[int], to: str, note: str = "") -> int:
    """Give folders to an office; how many. All of them, or FolderElsewhere and none."""
    office = unit(tx.connection, to)
    for dossier in sorted(set(dossiers)):
        case = open_case(dossier, tx)
        here = place(case)
        require(tx.actor, "folder", here)
        if here == office.code or store.on_its_way(tx.connection, case.id):
            raise FolderElsewhere(code=case.row["code"])
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
    for id in sorted(set(folders)):
        row = store.folder(tx.connection, id)
        if row is None:
            raise UnknownFolder(folder=id)
        require(tx.actor, "folder", row.to_unit)
        case = open_case(row.dossier, tx)
        row = store.folder(tx.connection, id)
        if row is None or row.taken_at is not None:
            continue
        store.change_folder(tx.connection, id, {"taken_at": tx.now, "taken_by": tx.actor.person})
        case.row["folder_at"] = row.to_unit
        role = next(post.role for post in tx.actor.posts if post.unit == row.to_unit)
        giver = actor_by_id(tx.connection, row.sent_by, tx.now)
        note = f"Hồ sơ giấy; người nhận: {tx.actor.name}"
        handed(case, "", "", role, row.to_unit, row.from_unit, note, giver.login if giver else None)
        case.note("folder_taken", {"from": row.from_unit, "to": row.to_unit})
        case.save()
        taken += 1
    return taken


def place(case: Case) -> str:
    """The office where the folder lies; where it was received until somebody took it over."""
    return str(case.row["folder_at"] or case.row["receiving"])
