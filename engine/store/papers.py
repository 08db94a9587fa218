"""Statements about what lies in a dossier's folder: papers, scans, slips; and about visits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from engine.store.dossiers import insert_row
from engine.store.tables import (
    checklist,
    concerned,
    documents,
    dossiers,
    journal,
    slips,
    tasks,
    upload_links,
    uploads,
    visits,
)

# The scan of the sealed result, as the sealing step's form calls it.
RESULT = "field:result_scan"


def insert_upload(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write a file that no form holds yet."""
    connection.execute(insert(uploads), dict(values))


def upload(connection: Connection, token: str) -> Row[Any] | None:
    """The file that somebody put under the token."""
    return connection.execute(select(uploads).where(uploads.c.token == token)).first()


def delete_upload(connection: Connection, token: str) -> None:
    """The file is held by a form now."""
    connection.execute(delete(uploads).where(uploads.c.token == token))


def insert_link(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write a page that takes files from a telephone."""
    connection.execute(insert(upload_links), dict(values))


def link(connection: Connection, secret: str) -> Row[Any] | None:
    """The page of that secret's digest, locked: two telephones use it one after the other."""
    question = select(upload_links).where(upload_links.c.secret == secret).with_for_update()
    return connection.execute(question).first()


def use_link(connection: Connection, id: int, now: datetime) -> None:
    """It has taken its files."""
    connection.execute(update(upload_links).where(upload_links.c.id == id).values(used_at=now))


def close_links(connection: Connection, person: int | None, form: str, now: datetime) -> None:
    """The person's form is done: no telephone sends anything into it any more."""
    mine = (upload_links.c.person == person, upload_links.c.form == form)
    still = upload_links.c.used_at.is_(None)
    connection.execute(update(upload_links).where(*mine, still).values(used_at=now))


def has_arrived(connection: Connection, person: int | None, form: str) -> bool:
    """Whether a telephone has sent something for the person's form that is not fetched yet."""
    mine = (upload_links.c.person == person, upload_links.c.form == form)
    links = select(upload_links.c.id).where(*mine)
    question = select(uploads.c.token).where(uploads.c.link.in_(links)).limit(1)
    return connection.scalar(question) is not None


def form_done(connection: Connection, form: str) -> bool:
    """Whether that form has become a dossier or a visit, or its step is closed."""
    made = (
        select(dossiers.c.id).where(dossiers.c.key == form),
        select(visits.c.id).where(visits.c.key == form),
        select(tasks.c.id).where(tasks.c.id == form, tasks.c.state != "open"),
    )
    return any(connection.scalar(one.limit(1)) is not None for one in made)


def fetch_linked(
    connection: Connection, person: int | None, form: str
) -> list[tuple[str, Row[Any]]]:
    """Files that came for the person's form, as (field, file); none of them a second time."""
    mine = (upload_links.c.person == person, upload_links.c.form == form)
    rows = connection.execute(
        select(uploads, upload_links.c.field)
        .join(upload_links, upload_links.c.id == uploads.c.link)
        .where(*mine)
        .order_by(uploads.c.at, uploads.c.place, uploads.c.token)
    ).all()
    if rows:
        tokens = [row.token for row in rows]
        connection.execute(update(uploads).where(uploads.c.token.in_(tokens)).values(link=None))
    return [(row.field, row) for row in rows]


def earlier_papers(
    connection: Connection, citizen: str, papers: Iterable[str], units: Iterable[str]
) -> list[Row[Any]]:
    """Scans of these papers in the citizen's live dossiers that concern one of the offices."""
    seen = select(concerned.c.dossier).where(concerned.c.unit.in_(sorted(units)))
    return list(
        connection.execute(
            select(documents, dossiers.c.code)
            .join(dossiers, dossiers.c.id == documents.c.dossier)
            .where(dossiers.c.applicant_id == citizen, dossiers.c.trial.is_(False))
            .where(documents.c.paper.in_(sorted(papers)), dossiers.c.id.in_(seen))
            .order_by(documents.c.id.desc())
            .limit(50)
        ).all()
    )


def citizen_of(connection: Connection, document: int) -> str | None:
    """The citizen id of whoever's dossier holds the scan."""
    held = select(dossiers.c.applicant_id).join(documents, documents.c.dossier == dossiers.c.id)
    citizen: str | None = connection.scalar(held.where(documents.c.id == document))
    return citizen


def forget_uploads(connection: Connection, before: datetime) -> None:
    """Delete what no form has taken since then."""
    connection.execute(delete(uploads).where(uploads.c.at < before))
    held = select(uploads.c.link).where(uploads.c.link.is_not(None))
    old = (upload_links.c.made_at < before, upload_links.c.id.not_in(held))
    connection.execute(delete(upload_links).where(*old))


def insert_document(connection: Connection, **values: Any) -> int:
    """Write a scan of the dossier; its number."""
    return insert_row(connection, documents, **values)


def document(connection: Connection, dossier: int | None, id: int) -> Row[Any] | None:
    """A scan of that dossier."""
    here = (documents.c.id == id, documents.c.dossier == dossier)
    return connection.execute(select(documents).where(*here)).first()


def insert_checked(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write a paper that the counter ticked off."""
    connection.execute(insert(checklist), dict(values))


def checked(connection: Connection, dossier: int) -> list[Row[Any]]:
    """The papers that the counter ticked off."""
    question = select(checklist).where(checklist.c.dossier == dossier)
    return list(connection.execute(question).all())


def insert_slip(connection: Connection, **values: Any) -> int:
    """Write an issued slip; its number among all."""
    return insert_row(connection, slips, **values)


def slip(connection: Connection, dossier: int | None, id: int) -> Row[Any] | None:
    """An issued slip of that dossier."""
    here = (slips.c.id == id, slips.c.dossier == dossier)
    return connection.execute(select(slips).where(*here)).first()


def slips_of(connection: Connection, dossier: int, kind: str) -> list[Row[Any]]:
    """The dossier's slips of the kind, the first one first."""
    here = (slips.c.dossier == dossier, slips.c.kind == kind)
    return list(connection.execute(select(slips).where(*here).order_by(slips.c.id)).all())


def last_slip(connection: Connection, dossier: int, *kinds: str) -> Row[Any] | None:
    """The slip of one of the kinds that was issued last."""
    here = (slips.c.dossier == dossier, slips.c.kind.in_(kinds))
    return connection.execute(select(slips).where(*here).order_by(slips.c.id.desc())).first()


def documents_under(connection: Connection, dossier: int, paper: str) -> int:
    """How many scans the dossier holds for that paper."""
    here = (documents.c.dossier == dossier, documents.c.paper == paper)
    return connection.scalar(select(func.count()).select_from(documents).where(*here)) or 0


def refusal_in_force(connection: Connection, dossier: int) -> str:
    """The number of the slip 03 in force; empty where none is, or the work was taken up again."""
    again = (
        select(func.max(journal.c.at))
        .where(journal.c.dossier == dossier, journal.c.kind == "taken_up_again")
        .scalar_subquery()
    )
    found = connection.scalar(
        select(slips.c.number)
        .where(slips.c.dossier == dossier, slips.c.kind == "refusal")
        .where(or_(again.is_(None), slips.c.issued_at > again))
        .order_by(slips.c.id.desc())
        .limit(1)
    )
    return found or ""


def issued(connection: Connection, dossier: int, kind: str) -> int:
    """How many slips of the kind the dossier has got."""
    here = (slips.c.dossier == dossier, slips.c.kind == kind)
    return connection.scalar(select(func.count()).select_from(slips).where(*here)) or 0


def insert_visit(connection: Connection, **values: Any) -> int:
    """Write an outcome at the counter without a dossier; its number."""
    return insert_row(connection, visits, **values)


def visit(connection: Connection, id: int) -> Row[Any] | None:
    """The visit of that number."""
    return connection.execute(select(visits).where(visits.c.id == id)).first()


def visit_by_key(connection: Connection, key: str) -> Row[Any] | None:
    """What an earlier posting of the same form made."""
    return connection.execute(select(visits).where(visits.c.key == key)).first()
