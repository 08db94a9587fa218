"""Files people bring: put first, held by a token, bound to a dossier when its form is taken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.authority import may, require
from engine.commands.brought import Brought
from engine.commands.case import Case, open_case
from engine.errors import BadDocument, Fault, ReasonMissing, UnknownDocument, UnknownSlip
from engine.slips import as_copy
from engine.store import papers
from engine.store.database import Transaction
from engine.store.dossiers import by_code
from engine.store.readings import VISIT, insert_reading, was_read

if TYPE_CHECKING:
    from sqlalchemy import Row


@dataclass(frozen=True)
class Upload:
    """A file on the server that no form holds yet."""

    token: str
    name: str
    media: str
    size: int
    pages: int | None
    sha256: str


def put_upload(tx: Transaction, file: Brought) -> Upload:
    """Keep a file until a form holds it."""
    require(tx.actor, "upload")
    values = taken(file, tx)
    papers.insert_upload(tx.connection, {**values, "person": tx.actor.person})
    return Upload(**{name: values[name] for name in Upload.__dataclass_fields__})


def opened(tx: Transaction, tokens: Iterable[str]) -> list[Brought]:
    """Uploads of the actor with their bytes, to be joined; raises UnknownDocument.

    An earlier dossier's scan stays the file it is, so beside others it is a BadDocument.
    """
    require(tx.actor, "upload")
    files = []
    for token in tokens:
        found = usable(token, (), tx)
        if found is None:
            raise UnknownDocument(document=token)
        if found.document is not None:
            raise BadDocument(name=found.name, cause="alone")
        data = tx.files.get(found.sha256)
        files.append(Brought(found.name, data, found.media, found.pages))
    return files


def put_joined(tx: Transaction, tokens: Iterable[str], file: Brought) -> Upload:
    """Keep what several uploads of the actor were joined into, instead of them."""
    upload = put_upload(tx, file)
    for token in tokens:
        if usable(token, (), tx) is not None:
            papers.delete_upload(tx.connection, token)
    return upload


def taken(file: Brought, tx: Transaction) -> dict[str, Any]:
    """The row of a file; its bytes are put."""
    return {
        "token": tx.fresh_id(),
        "name": file.name,
        "media": file.media,
        "size": len(file.data),
        "pages": file.pages,
        "sha256": tx.files.put(file.data),
        "at": tx.now,
    }


def bind(
    case: Case,
    paper: str,
    tokens: Iterable[str],
    task: str | None = None,
    drafted: Collection[str] = (),
) -> list[str]:
    """Let the dossier hold these uploads of the actor, or of its ``drafted``; their names.

    Raises UnknownDocument with the token.
    """
    tx, names = case.tx, []
    for token in tokens:
        found = usable(token, drafted, tx)
        if found is None or (found.document and not _same_applicant(case, found.document)):
            raise UnknownDocument(document=token)
        papers.insert_document(
            tx.connection, dossier=case.id, paper=paper, name=found.name,
            media=found.media, size=found.size, pages=found.pages, sha256=found.sha256, task=task,
            added_at=tx.now, added_by=found.person, source=found.document,
        )  # fmt: skip
        papers.delete_upload(tx.connection, token)
        fact = {"paper": paper, "sha256": found.sha256}
        case.note("document", {**fact, "source": found.document} if found.document else fact)
        names.append(found.name)
    return names


def usable(token: str, drafted: Collection[str], tx: Transaction) -> Row[Any] | None:
    """The upload, if the actor has put it or found it in the draft they go on with."""
    found = papers.upload(tx.connection, token)
    if found is None or (found.person != tx.actor.person and token not in drafted):
        return None
    return found


def _same_applicant(case: Case, document: int) -> bool:
    """Whether that scan lies in a dossier of the same citizen id."""
    mine = case.row["applicant_id"]
    return bool(mine) and papers.citizen_of(case.tx.connection, document) == mine


def reuse(tx: Transaction, code: str, document: int, reason: str) -> Upload:
    """Put a scan of the same applicant's earlier dossier beside a new form, with a reason.

    Raises UnknownDocument where the actor may not see that dossier or it is a trial's.
    """
    require(tx.actor, "upload")
    if not reason.strip():
        raise ReasonMissing(act="reuse")
    row, case = _of_dossier(tx, papers.document, code, document, UnknownDocument(document=document))
    if case.row["trial"]:
        raise UnknownDocument(document=document)
    token = tx.fresh_id()
    told = {name: getattr(row, name) for name in ("name", "media", "size", "pages", "sha256")}
    person = tx.actor.person
    papers.insert_upload(
        tx.connection, {**told, "token": token, "person": person, "at": tx.now, "document": row.id}
    )
    case.note("reused", {"document": row.id, "reason": reason.strip()[:300]})
    case.save()
    return Upload(token, row.name, row.media, row.size, row.pages, row.sha256)


def read(tx: Transaction, code: str, id: int) -> tuple[Row[Any], bytes]:
    """A document of the dossier with its bytes; the look is journalled. Raises UnknownDocument."""
    row, case = _of_dossier(tx, papers.document, code, id, UnknownDocument(document=id))
    case.note("read", {"document": id, "paper": row.paper})
    case.save()
    return row, tx.files.get(row.sha256)


def read_slip(tx: Transaction, code: str, id: int) -> tuple[Row[Any], bytes]:
    """An issued slip of the dossier as it was printed; journalled. Raises UnknownSlip."""
    row, case = _of_dossier(tx, papers.slip, code, id, UnknownSlip(slip=id))
    case.note("read", {"slip": row.kind, "number": row.number})
    case.save()
    return row, tx.files.get(row.sha256)


def reprint(tx: Transaction, code: str, id: int) -> tuple[Row[Any], bytes]:
    """The stored slip with the mark of a copy on every page; the journal says who printed it."""
    row, case = _of_dossier(tx, papers.slip, code, id, UnknownSlip(slip=id))
    case.note("reprinted", {"slip": row.kind, "number": row.number})
    case.save()
    return row, as_copy(tx.files.get(row.sha256), tx.now)


def _of_dossier(
    tx: Transaction, find: Callable[..., Row[Any] | None], code: str, id: int, missing: Fault
) -> tuple[Row[Any], Case]:
    """The row and its dossier's case; ``missing``, too, for whoever may not see the dossier."""
    row = find(tx.connection, by_code(tx.connection, code), id)
    if row is None:
        raise missing
    case = open_case(row.dossier, tx)
    if not may(tx.actor, "see", case.concern):
        raise missing
    return row, case


def visit_slip(tx: Transaction, id: int) -> bytes:
    """The slip of a visit, for reception of its centre; after the first time as a copy."""
    row = papers.visit(tx.connection, id)
    if row is None:
        raise UnknownSlip(slip=id)
    require(tx.actor, "receive", row.centre)
    again = was_read(tx.connection, VISIT, str(id))
    fact = {"slip": row.kind, "number": row.number}
    insert_reading(tx.connection, tx.now, tx.actor.login, VISIT, str(id), fact)
    slip = tx.files.get(row.sha256)
    return as_copy(slip, tx.now) if again else slip
