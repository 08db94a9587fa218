"""Files in the fields of a step's form: chosen, kept through faults, taken out, bound."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from sqlalchemy import Row, select
from werkzeug.test import TestResponse

from engine.commands import documents
from engine.commands.brought import look
from engine.package import from_files
from engine.store import tables
from tests.app.test_absences import person
from tests.app.test_first_dossier import receive
from tests.commands.test_bad_input import LAND, NOW, actor
from tests.office import CHECKED, Office, read, token

WHOLE = {**CHECKED, "inspected_on": "07/07/2025", "outcome": "ok"}


def picture(width: int = 8) -> bytes:
    held = io.BytesIO()
    Image.new("1", (width, 8)).save(held, "PNG")
    return held.getvalue()


def post(
    office: Office,
    do: str,
    typed: dict[str, Any],
    page: str = "",
    who: str = "officer1.binhlieu",
    **more: Any,
) -> TestResponse:
    """Press a button of the task's page; hidden files of the page before ride along."""
    browser, path = office.browser(who), f"/tasks/{office.open_task()}"
    kept = [str(one["value"]) for one in hidden(page)] if page else []
    files = typed.pop("photos", [])
    data = {**typed, **more, "csrf_token": token(browser.get(path).text), "photos": [*kept, *files]}
    if do:
        data["do"] = do
    return browser.post(path, data=data, content_type="multipart/form-data")


def hidden(page: str) -> list[Any]:
    soup = BeautifulSoup(page, "lxml")
    return list(soup.select('input[type="hidden"][name="photos"]'))


def sent(name: str, data: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def rows(office: Office, table: Any) -> list[Row[Any]]:
    with office.database.reading() as connection:
        return list(connection.execute(select(table)))


def test_a_file_is_kept_through_a_fault_and_bound_when_the_step_is_done(office: Office) -> None:
    receive(office)
    faulty = {**WHOLE, "measured_area": "", "photos": [sent("do-dac.png", picture())]}
    answer = post(office, "complete", faulty)
    assert answer.status_code == 422
    (kept,) = hidden(answer.text)
    assert "do-dac.png" in read(answer.text)
    answer = post(office, "complete", dict(WHOLE), answer.text)
    assert answer.status_code == 303
    (scan,) = rows(office, tables.documents)
    assert (scan.paper, scan.name) == ("field:photos", "do-dac.png")
    assert rows(office, tables.uploads) == []
    body = [json.loads(row.body) for row in rows(office, tables.journal_payloads) if row.body]
    (held,) = body[-1]["answers"]["photos"]
    assert held["sha256"] == scan.sha256
    assert str(kept["value"]).split("|")[0] == held["token"]


def test_a_wrong_scan_is_taken_out_by_its_button(office: Office) -> None:
    receive(office)
    two = {**WHOLE, "photos": [sent("mot.png", picture()), sent("hai.png", picture(9))]}
    page = post(office, "draft", two, "").headers["Location"]
    text = office.browser("officer1.binhlieu").get(page).text
    assert len(hidden(text)) == 2
    soup = BeautifulSoup(text, "lxml")
    button = soup.select_one('button[name="_remove_file"][aria-label="Bỏ tệp mot.png"]')
    assert button
    answer = post(office, "", dict(WHOLE), text, _remove_file=str(button["value"]))
    assert answer.status_code == 200
    assert [str(one["value"]).rpartition("|")[2] for one in hidden(answer.text)] == ["hai.png"]
    assert "408,2" in answer.text, "what was typed stays"
    assert post(office, "complete", dict(WHOLE), answer.text).status_code == 303
    assert [row.name for row in rows(office, tables.documents)] == ["hai.png"]


def test_what_is_no_picture_is_a_fault_beside_the_field(office: Office) -> None:
    receive(office)
    answer = post(office, "complete", {**WHOLE, "photos": [sent("x.png", b"no picture")]})
    assert answer.status_code == 422
    field = BeautifulSoup(answer.text, "lxml").select_one("#photos-error")
    assert field
    assert "PDF, JPEG hoặc PNG" in field.get_text()
    assert rows(office, tables.documents) == []


def test_what_the_browser_says_of_a_file_is_not_believed(office: Office) -> None:
    receive(office)
    page = post(office, "draft", {**WHOLE, "photos": [sent("that.png", picture())]})
    text = office.browser("officer1.binhlieu").get(page.headers["Location"]).text
    (kept,) = hidden(text)
    known = str(kept["value"]).split("|")[0]
    lie = {**WHOLE, "photos": [f"{known}|{'0' * 64}|7|doi.png"]}
    assert post(office, "complete", lie).status_code == 303
    (scan,) = rows(office, tables.documents)
    body = [json.loads(row.body) for row in rows(office, tables.journal_payloads) if row.body]
    (held,) = body[-1]["answers"]["photos"]
    assert (held["sha256"], held["name"]) == (scan.sha256, "that.png")


def test_somebody_elses_file_is_not_found(office: Office) -> None:
    receive(office)
    with office.database.transaction(actor(office, "officer2.binhlieu"), NOW) as tx:
        other = documents.put_upload(tx, look("cua-nguoi-khac.png", picture())).token
    answer = post(office, "complete", {**WHOLE, "photos": [f"{other}|x|1|y.png"]})
    assert answer.status_code == 422
    assert "Tệp «y.png» không còn trên hệ thống" in read(answer.text)
    assert "408,2" in answer.text, "what was typed stays"
    assert rows(office, tables.documents) == []


def test_nobody_makes_anothers_file_their_own_by_saving_it(office: Office) -> None:
    receive(office)
    with office.database.transaction(actor(office, "officer2.binhlieu"), NOW) as tx:
        other = documents.put_upload(tx, look("cua-nguoi-khac.png", picture())).token
    assert post(office, "draft", {**WHOLE, "photos": [f"{other}|x|1|y.png"]}).status_code == 303
    text = office.browser("officer1.binhlieu").get(f"/tasks/{office.open_task()}").text
    assert hidden(text) == []
    assert post(office, "complete", {**WHOLE, "photos": [f"{other}|x|1|y.png"]}).status_code == 422
    assert rows(office, tables.documents) == []


def test_whoever_goes_on_with_a_draft_uses_its_files(office: Office) -> None:
    receive(office)
    begun = {**WHOLE, "photos": [sent("do-dac.png", picture())]}
    assert post(office, "draft", begun).status_code == 303
    assert post(office, "release", dict(WHOLE)).status_code == 303
    path = f"/tasks/{office.open_task()}"
    (kept,) = hidden(office.browser("officer2.binhlieu").get(path).text)
    answer = post(
        office, "draft", {**WHOLE, "photos": [str(kept["value"])]}, who="officer2.binhlieu"
    )
    assert answer.status_code == 303
    text = office.browser("officer2.binhlieu").get(path).text
    assert post(office, "complete", dict(WHOLE), text, who="officer2.binhlieu").status_code == 303
    (scan,) = rows(office, tables.documents)
    assert (scan.name, scan.added_by) == ("do-dac.png", person(office, "officer1.binhlieu"))


@pytest.fixture
def strict(office: Office) -> Office:
    """The same office, where the photos must be there."""
    path = "forms/FieldCheck.schema.json"
    schema = json.loads(LAND.files[path])
    schema["required"].append("photos")
    schema["properties"]["photos"]["minItems"] = 1
    package = from_files({**LAND.files, path: json.dumps(schema).encode()})
    office.introduce(package, checked=False)  # its walks bring none
    return office


def test_a_field_that_must_hold_a_file_takes_a_fresh_one(strict: Office) -> None:
    receive(strict)
    answer = post(strict, "complete", dict(WHOLE))
    assert answer.status_code == 422
    assert "Đính kèm ảnh hiện trường" in read(answer.text)
    assert (
        post(strict, "complete", {**WHOLE, "photos": [sent("a.png", picture())]}).status_code == 303
    )
    assert [row.name for row in rows(strict, tables.documents)] == ["a.png"]
