"""A slip once issued is those bytes, whatever is rolled out afterwards."""

from __future__ import annotations

import io

from bs4 import BeautifulSoup
from pypdf import PdfReader
from sqlalchemy import select

from engine.package import Package, from_files
from engine.store import tables
from tests.app.test_first_dossier import receive
from tests.commands.test_bad_input import LAND
from tests.office import Office

RECEIPT, LATER = "shared/slips/receipt.typ", "Mẫu in theo phiên bản sau."


def redrawn() -> Package:
    """Land confirmation whose receipt is another one."""
    files = dict(LAND.files)
    return from_files({**files, RECEIPT: files[RECEIPT] + f"\n{LATER}\n".encode()})


def roll_out(office: Office, package: Package) -> None:
    """The long way, by three people."""
    office.introduce(package)


def printed(office: Office, code: str) -> bytes:
    """Slip 01 as the dossier's page serves it."""
    browser = office.browser("reception2.binhlieu")
    page = BeautifulSoup(browser.get(f"/dossiers/{code}").text, "lxml")
    link = page.select_one("main a[href$='.pdf']")
    assert link is not None
    answer = browser.get(str(link["href"]))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return bytes(answer.data)


def words(pdf: bytes) -> str:
    """What a person reads on it."""
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_slip_01_is_served_as_it_was_issued_under_a_new_release_too(office: Office) -> None:
    code = receive(office)
    with office.database.reading() as connection:
        digest = connection.scalars(select(tables.slips.c.sha256)).one()
    issued = office.database.files.get(digest)
    assert issued.startswith(b"%PDF-")
    assert printed(office, code) == issued

    roll_out(office, redrawn())
    office.at("2025-09-01T08:00")
    assert printed(office, code) == issued
    with office.database.reading() as connection:
        assert connection.scalars(select(tables.slips.c.sha256)).all() == [digest]

    office.at("2025-07-07T09:00")
    other = receive(office)
    assert other != code
    with office.database.reading() as connection:
        used = connection.scalars(select(tables.dossiers.c.release)).all()
    assert used == [LAND.digest, redrawn().digest], "the new release is in force for the next one"
    assert LATER in words(printed(office, other))
    assert LATER not in words(printed(office, code))
