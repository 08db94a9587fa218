"""What pages weigh on the wire, and what a dossier weighs in the database while it waits."""

from __future__ import annotations

import gzip
import re
import sqlite3
from pathlib import Path

from bs4 import BeautifulSoup
from sqlalchemy import func, make_url, select

from engine.store import tables
from tests.bench.furnished import CLERK, furnish
from tests.bench.posting import Wrong, counter
from tests.bench.procedure import NAME
from tests.bench.recording import inside
from tests.bench.servers import ROOT, SqliteFiles
from tests.office import COUNTER, open_office, token

_SECRET = re.compile(r"\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})\b")


def pages(folder: Path) -> dict[str, tuple[int, int]]:
    """Bytes, and bytes after gzip, of the pages of one land confirmation and of what they load."""
    office = open_office(SqliteFiles(folder).create("pages"), folder / "pages")
    browser = office.browser(CLERK)
    shown = {"counter": browser.get("/counter/land-confirmation").data}
    key = re.search(r'name="key" value="([^"]+)"', shown["counter"].decode())
    if key is None:
        raise Wrong("The counter's form has no key")
    page = shown["counter"].decode()
    told = {**COUNTER, "key": key[1], "csrf_token": token(page), "do": "receive"}
    for field in BeautifulSoup(page, "lxml").select("main [name^='paper.']"):
        told[str(field["name"])] = str(field.get("value") or "1")
    place = browser.post("/counter/land-confirmation", data=told).location
    if place is None:
        raise Wrong("The counter did not receive")
    code, secret = place.rpartition("/")[2], _SECRET.search(browser.get(place).text)
    if secret is None:
        raise Wrong("The receipt does not say the secret")
    worker = office.browser("officer1.binhlieu")
    for name, who, path in (
        ("inbox, one row", worker, "/tasks?view=office"),
        ("task", worker, f"/tasks/{office.open_task()}"),
        ("tracking", office.app.test_client(), f"/track/{code}?s={secret[1]}"),
    ):
        answer = who.get(path, follow_redirects=True)
        if answer.status_code != 200:
            raise Wrong(f"GET {path}: {answer.status_code}")
        shown[name] = answer.data
    office.database.dispose()
    for name in ("motcua.css", "motcua.js"):
        shown[name] = (ROOT / "app" / "static" / "build" / name).read_bytes()
    return {name: (len(data), len(gzip.compress(data, 6))) for name, data in shown.items()}


def idle(folder: Path, dossiers: int = 50) -> dict[str, float]:
    """What one received dossier of the bench diagram holds while nobody works; the inbox of all."""
    files = folder / "idle"
    url = SqliteFiles(folder).create("idle")
    password = furnish(url, files)
    empty = _size(url, folder / "before.db")
    with inside(url, files, password) as (clerk, served):
        for number in range(dossiers):
            told = {**counter(number), "csrf_token": clerk.token}
            if clerk.send("POST", f"/counter/{NAME}", told, clerk.cookie).status != 303:
                raise Wrong("The counter did not receive")
        full = clerk.send("GET", "/tasks?view=office", {}, clerk.cookie)
        if full.status != 200:
            raise Wrong(f"GET /tasks: {full.status} {full.place}")
        kept = ("runs", "tasks", "due", "concerned", "journal", "journal_payloads", "handovers")
        with served.reading() as connection:
            found = {
                name: connection.scalar(select(func.count()).select_from(getattr(tables, name)))
                for name in ("dossiers", *kept, "slips")
            }
            snapshot = connection.scalar(select(func.avg(func.length(tables.runs.c.snapshot))))
    told_rows = {f"rows in {name}": round((n or 0) / dossiers, 2) for name, n in found.items()}
    grown = (_size(url, folder / "after.db") - empty) / dossiers
    slips = sum(one.stat().st_size for one in files.rglob("*") if one.is_file()) / dossiers
    return {
        **told_rows,
        f"bytes of the inbox with {dossiers} rows": len(full.text.encode()),
        "the same after gzip": len(gzip.compress(full.text.encode(), 6)),
        "bytes of snapshot": round(float(snapshot or 0)),
        "bytes in the database, indexes included": round(grown),
        "bytes of slip 01": round(slips),
    }


def _size(url: str, copy: Path) -> int:
    connection = sqlite3.connect(str(make_url(url).database))
    connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()
    return copy.stat().st_size
