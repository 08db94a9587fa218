"""Who reads English meets no Vietnamese but data: names, places, answers, what is drawn.

Data is what stands in the database or in a diagram; everything else a page says is ours.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree, html
from sqlalchemy import select

from app import create_app
from app.demo import seed as demo
from app.i18n import catalogue
from app.settings import Settings
from engine.calendar import ZONE
from engine.store import tables
from engine.store.database import Database
from tests.app.test_first_dossier import counter_form
from tests.authority.test_routes import OWN, PROVINCE
from tests.office import CHECKED, COUNTER, ROOT, Office, token

MONDAY = datetime(2025, 11, 17, 9, tzinfo=ZONE)
LOGINS = (*(f"{role}.binhlieu" for role in (*OWN, "officer2")), *PROVINCE)
VIETNAMESE = re.compile("[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]", re.IGNORECASE)
MARK = "¤"  # set before every Vietnamese sentence of the screens: one that is also data is found
SPOKEN = ("title", "aria-label", "alt", "placeholder", "data-diagram-label")
Pages = dict[str, str]


@pytest.fixture
def province(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The demo: every procedure, dossiers in each state, and marked Vietnamese sentences."""
    words = {lang: catalogue.words(lang) for lang in catalogue.LANGUAGES}
    words["vi"] = {key: MARK + said for key, said in words["vi"].items()}
    monkeypatch.setattr(catalogue, "words", words.__getitem__)
    given = {"MOTCUA_DATABASE_URL": sqlite_url, "MOTCUA_DATA_DIR": str(tmp_path / "files")}
    settings = Settings.from_env(given)
    database = Database(settings.database_url, settings.data_dir, settings.base_url)
    seeded = demo.seed(database, ROOT / "processes", ROOT / "forms", MONDAY)
    passwords = {account.login: account.password for account in seeded.accounts}
    office = Office(create_app(settings, database), database, passwords)
    office.now = MONDAY
    yield office
    database.dispose()


# ---- what is data -------------------------------------------------------------------------------


def strings(value: Any) -> Iterator[str]:
    """Every text in a value of the database, line by line."""
    if isinstance(value, str) and value.startswith("{"):
        yield from strings(json.loads(value))  # a payload of the journal
    elif isinstance(value, str):
        yield from value.splitlines()
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from strings(inner)


def halves(value: Any, lang: str) -> Iterator[str]:
    """One language of every text in a manifest or a form."""
    if isinstance(value, Mapping):
        if {"vi", "en"} <= value.keys():
            yield from strings(value[lang])
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from halves(inner, lang)


def stored(office: Office) -> Iterator[str]:
    """What the database holds, without columns that have an English twin."""
    with office.database.reading() as connection:
        for table in tables.metadata.sorted_tables:
            columns = [
                one for one in table.c if f"{one.name.removesuffix('_vi')}_en" not in table.c
            ]
            for row in connection.execute(select(*columns)):
                yield from strings(tuple(row))


def drawn() -> Iterator[str]:
    """What stands in the diagrams, which have one language; a procedure's title has two."""
    for file in (ROOT / "processes").rglob("*.bpmn"):
        for element in etree.parse(file).iter("{*}*"):
            if etree.QName(element).localname in ("process", "participant"):
                continue
            yield from (str(element.get("name", "")), str(element.text or ""))


def written(lang: str) -> Iterator[str]:
    """One half of what the designers wrote in both languages."""
    for file in (ROOT / "processes").rglob("procedure.toml"):
        yield from halves(tomllib.loads(file.read_text(encoding="utf-8")), lang)
    for file in (ROOT / "forms").rglob("*.json"):
        yield from halves(json.loads(file.read_text(encoding="utf-8")), lang)


def data(office: Office) -> re.Pattern[str]:
    """Matches what may be Vietnamese on an English page; the longest text first."""
    own = [re.split(r"\{\w+\}", said) for said in catalogue.words("en").values()]
    known = {*stored(office)} - {*written("vi")}
    known |= {*drawn(), *written("en"), *chain(*own)}
    lines = {" ".join(text.split()) for text in known if VIETNAMESE.search(text)}
    said = sorted(map(re.escape, lines), key=len, reverse=True)
    return re.compile("|".join([*said, r"\d đ\b"]), re.IGNORECASE)


# ---- what is said -------------------------------------------------------------------------------


def texts(element: Any) -> Iterator[str]:
    """Every text a person reads or hears, but what says that it is Vietnamese."""
    spoken = isinstance(element.tag, str) and element.tag not in ("script", "style")
    if not spoken or (element.get("lang") == "vi" and element.tag != "html"):
        return
    yield from (element.get(name) for name in SPOKEN if element.get(name))
    yield element.text or ""
    for child in element:
        yield from texts(child)
        yield child.tail or ""


def left(page: str, known: re.Pattern[str]) -> set[str]:
    """The texts of a page that stay Vietnamese without their data."""
    said = {" ".join(text.split()) for text in texts(html.fromstring(page))}
    return {text for text in said if MARK in text or VIETNAMESE.search(known.sub("", text))}


# ---- where a person comes ----------------------------------------------------------------------


def crawl(browser: FlaskClient, who: str, files: set[str]) -> Pages:
    """Every page that links lead to; ``files``: addresses of what is no page, opened once."""
    found: Pages = {}
    ahead, seen = ["/", "/login", "/track", "/procedures", "/nowhere"], set()
    while ahead:
        path = ahead.pop()
        if path in seen or path in files:
            continue
        seen.add(path)
        answer = browser.get(path)
        if answer.status_code in (302, 303):
            ahead.append(answer.headers["Location"])
        elif answer.mimetype == "text/html":
            found[f"{who} {path}"] = answer.text
            links = html.fromstring(answer.text).iter("a")
            paths = [str(link.get("href", "")).split("#")[0] for link in links]
            ahead += [one for one in paths if one.startswith("/") and one[:6] != "/lang/"]
        else:
            files.add(path)
    return found


def post(browser: FlaskClient, path: str, wanted: int, **typed: str) -> str:
    """The page after a posting of everything that stood on the page before, and ``typed``."""
    before = browser.get(path)
    held = counter_form(before.text) if before.status_code == 200 else {}
    held["csrf_token"] = token(browser.get("/login", follow_redirects=True).text)
    answer = browser.post(path, data={**held, **typed})
    assert answer.status_code == wanted, (path, typed)
    return browser.get(answer.headers["Location"]).text if wanted == 303 else answer.text


def told_at_the_counter(office: Office) -> Pages:
    """What receiving, guiding and refusing say, right and wrong."""
    browser, path = office.browser("reception1.binhlieu"), "/counter/land-confirmation"
    wrong = dict.fromkeys(COUNTER, "?")
    visit = {"missing": "Đơn đề nghị", "reason": "Chưa có đơn."}
    done = {
        "receive wrong": post(browser, path, 422, do="receive", **wrong),
        "guide wrong": post(browser, path, 422, do="guide"),
        "scan wrong": post(browser, path, 422, do="scan", scan="?"),
        "guide": post(browser, path, 303, do="guide", **COUNTER, **visit),
        "refuse": post(browser, path, 303, do="refuse", **COUNTER, **visit),
        "receive": post(browser, path, 303, do="receive", **COUNTER),
    }
    tracks = re.search(r"/track/(\S+)\?s=|big\">(H[\d.-]+)<", done["receive"])
    secret = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", done["receive"])
    assert tracks and secret
    citizen = office.app.test_client()
    citizen.get("/lang/en")
    for name, key in (("track", secret[0]), ("track wrong", "AAAA-AAAA-AAAA-AAAA")):
        done[name] = citizen.get(f"/track/{tracks[1] or tracks[2]}?s={key}").text
    typed = {"login": "reception1.binhlieu", "password": "?"}
    done["login wrong"] = post(citizen, "/login", 422, **typed)
    done["too old"] = browser.post(path, data={}).text
    return done


def told_at_a_task(office: Office) -> Pages:
    """What the buttons of a task's page say, and to whom they say no."""
    with office.database.reading() as connection:
        task = connection.scalars(
            select(tables.tasks.c.id)
            .where(tables.tasks.c.state == "open", tables.tasks.c.holder.is_(None))
            .where(tables.tasks.c.step == "FieldCheck", tables.tasks.c.unit == "UBND.06838")
        ).first()
    path, officer = f"/tasks/{task}", office.browser("officer1.binhlieu")
    fine = {**CHECKED, "inspected_on": "14/11/2025", "outcome": "ok"}
    wrong = {**dict.fromkeys(fine, "?"), "legal_at": "?"}
    return {
        "may not": post(office.browser("reception1.binhlieu"), path, 403, do="complete"),
        "claim": post(officer, path, 303, do="claim"),
        "held": post(office.browser("officer2.binhlieu"), path, 409, do="draft", **fine),
        "draft": post(officer, path, 303, do="draft", **fine),
        "wrong": post(officer, path, 422, do="complete", **dict.fromkeys(fine, "?")),
        "wrong moment": post(officer, path, 422, do="complete", **wrong),
        "release": post(officer, path, 303, do="release"),
        "no reason": post(office.browser("leader.binhlieu"), f"{path}/hand", 422, person="0"),
        "done": post(officer, path, 303, do="complete", **fine),
        "closed": post(officer, path, 409, do="complete", **fine),
    }


@pytest.mark.slow
def test_english_pages_speak_english(province: Office) -> None:
    pages: Pages = {}
    browsers = {login: province.browser(login) for login in LOGINS}
    for browser in browsers.values():
        assert browser.get("/lang/en").status_code == 303
    pages |= told_at_the_counter(province)
    pages |= told_at_a_task(province)
    stranger = province.app.test_client()
    stranger.get("/lang/en")
    files: set[str] = set()
    for login, browser in {"": stranger, **browsers}.items():
        pages |= crawl(browser, login, files)
    assert len(pages) > 300
    assert {html.fromstring(page).get("lang") for page in pages.values()} == {"en"}

    known = data(province)
    found = {name: said for name, page in pages.items() if (said := left(page, known))}
    assert found == {}


@pytest.mark.slow
def test_a_vietnamese_page_would_be_found(province: Office) -> None:
    known, page = data(province), province.browser("officer1.binhlieu").get("/dossiers").text
    assert f"{MARK}Hồ sơ" in left(page, known)
    hard_coded = "<html><body><h1>Dossier</h1><p>Quay lại <i>Hồ sơ mẫu 01</i></p></body></html>"
    assert left(hard_coded, known) == {"Quay lại"}
