"""Papers: from a telephone, from an earlier dossier, bound or forgotten; nothing named is lost."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta
from io import BytesIO, RawIOBase
from typing import Any

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from pypdf import PdfReader, PdfWriter
from sqlalchemy import insert
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from engine.calendar import ZONE
from engine.commands import documents, dossiers, due, links, sweeping, watching
from engine.commands import trials as purging
from engine.commands.brought import look
from engine.errors import BadDocument
from engine.store import tables, trials
from tests.app.test_first_dossier import counter_form, receive
from tests.app.test_outcomes import post
from tests.commands.test_bad_input import told as made_of
from tests.commands.test_moving import read as rows
from tests.office import CHECKED, COUNTER, Office, read, token

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them


def picture(name: str = "don.jpg", colour: int = 0) -> tuple[BytesIO, str]:
    held = BytesIO()
    Image.new("RGB", (40, 30), (colour, 0, 0)).save(held, "JPEG")
    held.seek(0)
    return held, name


def counter(office: Office, page: str, **told: object) -> TestResponse:
    """Post the counter's form as the page holds it, with what is typed or pressed."""
    browser = office.browser("reception1.binhlieu")
    return browser.post("/counter/land-confirmation", data={**counter_form(page), **told})


def everything_kept(page: str) -> dict[str, list[str]]:
    """The hidden fields of files, every one of those that have the same name."""
    found: dict[str, list[str]] = {}
    for one in BeautifulSoup(page, "lxml").select('input[name^="upload:"]'):
        found.setdefault(str(one["name"]), []).append(str(one["value"]))
    return found


def qr_address(page: str) -> str:
    """Where the QR code on the page leads."""
    image = BeautifulSoup(page, "lxml").select_one("#phone img")
    assert image is not None
    return str(image["alt"]).removeprefix("http://127.0.0.1:8000")


def test_a_telephone_sends_a_paper_into_the_counters_form_once(office: Office) -> None:
    browser = office.browser("reception1.binhlieu")
    page = browser.get("/counter/land-confirmation").text
    asked = counter(office, page, **COUNTER, _phone="paper.request.file")
    assert asked.status_code == 200
    assert counter_form(asked.text)["applicant.name"] == "Hồ sơ mẫu 07"
    address = qr_address(asked.text)
    phone = office.app.test_client()
    empty = phone.get(address)
    assert (empty.status_code, "Gửi ảnh giấy tờ" in read(empty.text)) == (200, True)
    form = {"csrf_token": token(empty.text)}
    wrong = phone.post(address, data={**form, "file": (BytesIO(b"MZ\x90"), "don.pdf")})
    assert (wrong.status_code, "chỉ nhận PDF, JPEG hoặc PNG" in read(wrong.text)) == (422, True)
    sent = phone.post(address, data={**form, "file": picture()})
    assert "Đã gửi 1 tệp đến quầy" in read(sent.text)
    for again in (phone.get(address), phone.post(address, data={**form, "file": picture()})):
        assert (again.status_code, "đã dùng rồi" in read(again.text)) == (404, True)
    fetched = counter(office, asked.text, _fetch="1")
    assert "don.jpg" in read(fetched.text)
    done = counter(office, fetched.text, **{"paper.request.quantity": "1"}, do="receive")
    assert done.status_code == 303, read(done.text)[:800]
    (document,) = rows(office, tables.documents)
    assert (document["paper"], document["name"]) == ("request", "don.jpg")
    assert rows(office, tables.uploads) == []


def test_what_a_telephone_sent_comes_along_without_being_fetched(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    asked = counter(office, page, **COUNTER, _phone="paper.request.file").text
    phone = office.app.test_client()
    address = qr_address(asked)
    form = {"csrf_token": token(phone.get(address).text)}
    phone.post(address, data={**form, "file": picture()})
    assert counter(office, asked, do="receive").status_code == 303
    assert [row["name"] for row in rows(office, tables.documents)] == ["don.jpg"]


def telephones_picture() -> tuple[BytesIO, str]:
    """As many telephones take them: two pictures in one file (MPO)."""
    held, one = BytesIO(), Image.new("RGB", (40, 30))
    one.save(held, "MPO", save_all=True, append_images=[one.copy()])
    held.seek(0)
    return held, "IMG_0001.JPG"


def test_the_pictures_that_telephones_take_are_taken(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    asked = counter(office, page, **COUNTER, _phone="paper.request.file").text
    phone = office.app.test_client()
    address = qr_address(asked)
    form = {"csrf_token": token(phone.get(address).text), "file": telephones_picture()}
    assert "Đã gửi 1 tệp đến quầy" in read(phone.post(address, data=form).text)
    told = {"paper.map_extract.file": telephones_picture()}
    done = counter(office, asked, **told, do="receive")
    assert done.status_code == 303, read(done.text)[:800]
    assert {row["media"] for row in rows(office, tables.documents)} == {"image/jpeg"}


def test_a_spoiled_file_loses_nothing_that_was_typed(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    spoiled = b"%PDF-1.4\n1 0 obj\n[1]\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF"
    told = {**COUNTER, "paper.request.file": (BytesIO(spoiled), "don.pdf"), "do": "receive"}
    answer = counter(office, page, **told)
    assert (answer.status_code, "bị hỏng" in read(answer.text)) == (422, True)
    assert counter_form(answer.text)["applicant.name"] == COUNTER["applicant.name"]


def test_a_link_grows_old_and_a_made_up_one_opens_nothing(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    address = qr_address(counter(office, page, **COUNTER, _phone="paper.request.file").text)
    phone = office.app.test_client()
    assert phone.get(address).status_code == 200
    office.now += timedelta(minutes=31)
    assert phone.get(address).status_code == 404
    assert phone.get("/phone/made-up").status_code == 404


def test_a_steps_form_takes_a_picture_from_a_telephone_too(office: Office) -> None:
    receive(office)
    browser, path = office.browser("officer1.binhlieu"), f"/tasks/{office.open_task()}"
    told = {"csrf_token": token(browser.get(path).text), "measured_area": "408,2"}
    asked = browser.post(path, data={**told, "_phone": "photos"})
    phone = office.app.test_client()
    address = qr_address(asked.text)
    phone.post(address, data={"csrf_token": token(phone.get(address).text), "file": picture()})
    shown = browser.post(path, data={**told, "_linked": "1", "_fetch": "1"})
    assert "don.jpg" in read(shown.text)
    assert "408,2" in shown.text


FINISHED = "Quầy đã làm xong biểu mẫu này"


def test_a_telephone_is_told_when_the_counter_has_finished(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    asked = counter(office, page, **COUNTER, _phone="paper.request.file").text
    phone, address = office.app.test_client(), qr_address(asked)
    form = {"csrf_token": token(phone.get(address).text)}
    assert counter(office, asked, do="receive").status_code == 303
    for answer in (phone.post(address, data={**form, "file": picture()}), phone.get(address)):
        assert (answer.status_code, FINISHED in read(answer.text)) == (404, True)
    assert rows(office, tables.uploads) == []
    assert rows(office, tables.upload_links)[0]["used_at"] == office.now


def test_a_telephone_is_told_when_somebody_was_sent_home(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    asked = counter(office, page, **COUNTER, _phone="paper.request.file").text
    phone, address = office.app.test_client(), qr_address(asked)
    assert phone.get(address).status_code == 200
    done = counter(office, asked, do="refuse", reason="Đất đang tranh chấp")
    assert done.status_code == 303
    answer = phone.get(address)
    assert (answer.status_code, FINISHED in read(answer.text)) == (404, True)


def test_a_telephone_is_told_when_the_step_is_done(office: Office) -> None:
    receive(office)
    browser, path = office.browser("officer1.binhlieu"), f"/tasks/{office.open_task()}"
    told = {"csrf_token": token(browser.get(path).text), **CHECKED, "inspected_on": "07/07/2025"}
    asked = browser.post(path, data={**told, "_phone": "photos"})
    phone, address = office.app.test_client(), qr_address(asked.text)
    form = {"csrf_token": token(phone.get(address).text), "file": picture()}
    done = browser.post(path, data={**told, "outcome": "ok", "_linked": "1", "do": "complete"})
    assert done.status_code == 303, read(done.text)[:800]
    answer = phone.post(address, data=form)
    assert (answer.status_code, FINISHED in read(answer.text)) == (404, True)
    assert rows(office, tables.uploads) == []


def test_files_that_come_while_the_button_is_pressed_come_along(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    asked = counter(office, page, **COUNTER, _phone="paper.request.file").text
    phone, address = office.app.test_client(), qr_address(asked)
    form = {"csrf_token": token(phone.get(address).text), "file": picture()}
    phone.post(address, data=form)
    with monkeypatch.context() as patch:  # it was not there when the files were gathered
        patch.setattr(links, "fetch_linked", lambda tx, form: [])
        early = counter(office, asked, do="receive")
    assert (early.status_code, "Điện thoại vừa gửi thêm tệp" in read(early.text)) == (422, True)
    assert rows(office, tables.dossiers) == []
    assert counter(office, early.text, do="receive").status_code == 303
    assert [row["name"] for row in rows(office, tables.documents)] == ["don.jpg"]


def test_an_earlier_dossiers_paper_is_used_again_with_a_reason(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    told = {**COUNTER, "paper.request.file": picture()}
    first = counter(office, page, **told, do="receive")
    assert first.status_code == 303
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    assert "Dùng lại giấy tờ đã nộp" not in read(page)  # nobody has said who applies
    known = counter(office, page, **COUNTER, _fetch="1").text
    listed = BeautifulSoup(known, "lxml").select('select[name="reuse.request"] option')
    choice = listed[1]
    chosen = {"reuse.request": str(choice["value"])}
    silent = counter(office, known, **chosen, do="receive")
    assert (silent.status_code, "Ghi lý do" in read(silent.text)) == (422, True)
    assert counter_form(silent.text)["reuse.request"] == choice["value"], "it stays chosen"
    somebody = {"applicant.citizen_id": "022080000008", "reuse_reason": "Còn giá trị"}
    other = counter(office, known, **chosen, **somebody, do="receive")
    assert other.status_code == 422
    assert "không còn dùng được cho hồ sơ này" in read(other.text)
    assert counter_form(other.text)["applicant.citizen_id"] == "022080000008"
    assert not any(name.startswith("upload:") for name in counter_form(other.text))
    assert len(rows(office, tables.dossiers)) == 1  # nobody else's paper
    done = counter(office, known, **chosen, reuse_reason="Còn giá trị", do="receive")
    assert done.status_code == 303, read(done.text)[:800]
    old, new = rows(office, tables.documents)
    assert (new["source"], new["sha256"]) == (old["id"], old["sha256"])
    assert new["dossier"] != old["dossier"]
    kinds = [(row["dossier"], row["kind"]) for row in rows(office, tables.journal)]
    assert (1, "reused") in kinds
    stranger = office.browser("reception1.hoanhmo")
    page = stranger.get("/counter/land-confirmation").text
    scanned = {**counter_form(page), **COUNTER, "do": "scan"}
    shown = stranger.post("/counter/land-confirmation", data=scanned)
    assert "Dùng lại giấy tờ đã nộp" not in read(shown.text)
    forced = {**counter_form(page), **COUNTER, **chosen, "reuse_reason": "x", "do": "receive"}
    answer = stranger.post("/counter/land-confirmation", data=forced)
    assert (answer.status_code, "Không có tệp này" in read(answer.text)) == (422, True)


def test_a_scan_that_is_gone_loses_nothing_that_was_typed(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    gone = {**COUNTER, "upload:paper.request.file": "gone|don.pdf", "do": "receive"}
    answer = counter(office, page, **gone)
    assert (answer.status_code, "Tệp “don.pdf” không còn dùng được" in read(answer.text)) == (
        422,
        True,
    )
    assert counter_form(answer.text)["applicant.name"] == COUNTER["applicant.name"]
    assert counter(office, answer.text, **COUNTER, do="receive").status_code == 303


def test_photographed_pages_of_a_paper_become_one_file(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    asked = counter(office, page, **COUNTER, _phone="paper.request.file").text
    phone, address = office.app.test_client(), qr_address(asked)
    pages = [picture("Đơn.jpg", 1), picture("hai.jpg", 2)]
    phone.post(address, data={"csrf_token": token(phone.get(address).text), "file": pages})
    shown = counter(office, asked, _fetch="1", **{"paper.request.file": picture("ba.jpg", 3)}).text
    told = {**counter_form(shown), **everything_kept(shown), "do": "receive"}
    browser = office.browser("reception1.binhlieu")
    done = browser.post("/counter/land-confirmation", data=told)
    assert done.status_code == 303, read(done.text)[:800]
    again = browser.post("/counter/land-confirmation", data=told)
    assert again.headers["Location"] == done.headers["Location"], "a double click"
    (document,) = rows(office, tables.documents)
    assert (document["name"], document["media"], document["pages"]) == (
        "Đơn.pdf",
        "application/pdf",
        3,
    )
    assert rows(office, tables.uploads) == []
    reader = PdfReader(BytesIO(office.database.files.get(document["sha256"])))
    shades = [page.images[0].image for page in reader.pages]
    reds = [shade.getpixel((0, 0)) for shade in shades if shade is not None]
    assert reds == sorted(reds, key=str), "in the order they came"
    assert len(reds) == 3


def test_a_pdf_beside_pictures_is_taken_out_with_its_button(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    held = BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(held)
    two = [picture(), (BytesIO(held.getvalue()), "don.pdf")]
    wrong = counter(office, page, **COUNTER, **{"paper.request.file": two}, do="receive")
    assert (wrong.status_code, "Mỗi giấy tờ là một tệp" in read(wrong.text)) == (422, True)
    soup = BeautifulSoup(wrong.text, "lxml")
    button = soup.select_one('button[aria-label="Bỏ tệp don.jpg"]')
    assert button is not None
    told = {**counter_form(wrong.text), **everything_kept(wrong.text)}
    browser = office.browser("reception1.binhlieu")
    less = browser.post(
        "/counter/land-confirmation", data={**told, "_remove_file": str(button["value"])}
    )
    assert less.status_code == 200
    assert counter(office, less.text, do="receive").status_code == 303
    assert [row["name"] for row in rows(office, tables.documents)] == ["don.pdf"]


def test_the_engine_binds_one_file_to_a_paper(office: Office) -> None:
    with office.acting("reception1.binhlieu") as tx:
        tokens = [
            documents.put_upload(tx, look(name, picture(name, at)[0].getvalue())).token
            for at, name in enumerate(("a.jpg", "b.jpg"))
        ]
    papers = {"request": ("original", 1, tokens), "map_extract": ("copy", 1, [])}
    with pytest.raises(BadDocument), office.acting("reception1.binhlieu") as tx:
        dossiers.receive(tx, **made_of(papers=papers))
    assert rows(office, tables.dossiers) == []


def test_what_no_form_took_is_swept_and_what_a_dossier_names_stays(office: Office) -> None:
    office.now = datetime.now(ZONE).replace(microsecond=0)
    browser = office.browser("reception1.binhlieu")
    form = {"csrf_token": token(browser.get("/counter").text)}
    forgotten = {**form, "file": picture("bo quen.jpg", 99)}
    assert browser.post("/uploads", data=forgotten).status_code == 200
    with office.acting("reception1.binhlieu") as tx:
        kept = tx.files.put(b"%PDF-a slip that a row names")
        orphan = tx.files.put(b"put before a crash")
    with office.acting("reception1.binhlieu") as tx:
        tx.connection.execute(
            insert(tables.visits).values(
                key="k", procedure="p", centre="H49.99.01", kind="refusal", number="1",
                applicant={}, data={}, at=office.now, by=tx.actor.person, sha256=kept,
            )
        )  # fmt: skip
    (upload,) = rows(office, tables.uploads)
    files = office.database.files
    assert sweeping.sweep(office.database, office.now) == 0  # all of it is of today
    later = office.now + timedelta(days=91)
    assert sweeping.sweep(office.database, later) >= 2
    assert rows(office, tables.uploads) == []
    assert files.get(kept)
    for gone in (orphan, upload["sha256"]):
        assert not (files.root / gone[:2] / gone).exists()


def test_what_is_put_again_during_a_sweep_is_not_lost(office: Office) -> None:
    files = office.database.files
    name = files.put(b"the same scan twice")
    old = datetime(2020, 1, 1, tzinfo=ZONE).timestamp()
    os.utime(files.root / name[:2] / name, (old, old))
    assert list(files.idle(old + 1)) == [name]
    assert files.put(b"the same scan twice") == name  # somebody brings it again
    assert list(files.idle(old + 1)) == []
    assert files.sweep(name, old + 1) is False
    assert files.get(name) == b"the same scan twice"


def test_what_is_brought_while_trials_are_removed_is_not_lost(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, real = office.database.files, trials.named
    old = datetime(2020, 1, 1, tzinfo=ZONE).timestamp()
    name = files.put(b"%PDF-a scan of a trial")
    os.utime(files.root / name[:2] / name, (old, old))

    def named(connection: Any, names: Any) -> frozenset[str]:
        found = real(connection, names)
        files.put(b"%PDF-a scan of a trial")  # the same scan, for a dossier that is in earnest
        return found

    monkeypatch.setattr(trials, "named", named)
    now = datetime.now(ZONE)
    assert purging.sweep(office.database, frozenset({name}), now) == 0
    assert files.get(name) == b"%PDF-a scan of a trial"


def test_what_a_sweep_that_died_had_set_aside_comes_back(office: Office) -> None:
    page = office.browser("reception1.binhlieu").get("/counter/land-confirmation").text
    told = {**COUNTER, "paper.request.file": picture()}
    assert counter(office, page, **told, do="receive").status_code == 303
    files, name = office.database.files, rows(office, tables.documents)[0]["sha256"]
    path = files.root / name[:2] / name
    path.rename(path.with_name(f"{name}.swept"))  # the process ended between two renames
    assert files.get(name), "it can be read meanwhile"
    sweeping.sweep(office.database, datetime.now(ZONE) + timedelta(days=3000))
    assert path.read_bytes() == files.get(name)
    path.with_name(f"{name}.swept").write_bytes(b"put again before the sweep died")
    files.put_back()
    assert [one.name for one in path.parent.iterdir() if name in one.name] == [name]


def test_two_sweeps_at_once_harm_nothing(office: Office) -> None:
    files = office.database.files
    name = files.put(b"nobody names it")
    path = files.root / name[:2] / name
    aside = path.with_name(f"{name}.swept")
    path.rename(aside)
    assert files.sweep(name, 0.0) is False  # the other one has it
    aside.rename(path)
    assert files.sweep(name, datetime.now(ZONE).timestamp() + 60) is True


def test_a_step_nobody_takes_is_put_before_the_head_of_its_office(office: Office) -> None:
    code = receive(office)
    office.at("2025-07-07T16:00")
    assert watching.wake(office.database, office.now) == 0
    office.at("2025-07-08T10:30")  # more than a working day
    assert watching.wake(office.database, office.now) == 1
    assert watching.wake(office.database, office.now) == 0
    page = read(office.browser("leader.binhlieu").get("/tasks?view=escalated").text)
    assert code in page
    story = read(office.browser("leader.binhlieu").get(f"/dossiers/{code}").text)
    assert "Chưa ai nhận “Kiểm tra thực địa” sau một ngày làm việc" in story
    browser, path = office.browser("officer1.binhlieu"), f"/tasks/{office.open_task()}"
    browser.post(path, data={"csrf_token": token(browser.get(path).text), "do": "claim"})
    watching.wake(office.database, office.now)
    assert code not in read(office.browser("leader.binhlieu").get("/tasks?view=escalated").text)


def test_the_ladder_goes_up_to_the_provinces_controller(office: Office) -> None:
    code = receive(office)
    told = []
    for instant in ("2025-07-18T18:00", "2025-07-21T18:00", "2025-07-22T18:00", "2025-07-24T18:00"):
        office.at(instant)
        due.run_due(office.database, office.now)
        open_now = [r for r in rows(office, tables.escalations) if r["closed_at"] is None]
        told.append(sorted({r["role"] for r in open_now}))
    assert told == [
        ["leader"],
        ["director", "leader"],
        ["director", "leader"],
        ["controller", "director", "leader"],
    ]
    assert rows(office, tables.dossiers)[0]["escalated"] == "late_control"
    page = read(office.browser("controller").get("/tasks?view=escalated").text)
    assert code in page
    page = read(office.browser("controller").get(f"/dossiers/{code}").text)
    assert "đã báo kiểm soát viên tỉnh" in page
    assert re.search("Quá hạn một ngày làm việc: báo lãnh đạo", page)


def test_a_file_that_is_too_large_is_refused_in_words(office: Office) -> None:
    receive(office)
    browser, path = office.browser("officer1.binhlieu"), f"/tasks/{office.open_task()}"
    told = {"csrf_token": token(browser.get(path).text), "do": "draft"}
    large = FileStorage(BytesIO(b"%PDF-" + b"x" * 10 * 1024 * 1024), "to.pdf")
    boundary, body = encode_multipart({**told, "photos": large})
    kind = f"multipart/form-data; boundary={boundary}"
    answer = browser.post(path, data=body, content_type=kind)
    assert (answer.status_code, "quá lớn" in read(answer.text)) == (422, True)
    assert rows(office, tables.uploads) == []
    assert post(office, "officer1.binhlieu", path, path, do="claim").status_code == 303


class Endless(RawIOBase):
    """The body of an upload without an end; how much of it was read."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.taken += len(buffer)
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


def test_two_hundred_megabytes_are_turned_away_before_they_are_read(office: Office) -> None:
    receive(office)
    browser, path = office.browser("officer1.binhlieu"), f"/tasks/{office.open_task()}"
    body = Endless()
    answer = browser.post(
        path,
        content_type="multipart/form-data; boundary=part",
        environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )
    assert (answer.status_code, "quá lớn" in read(answer.text)) == (413, True)
    # Nothing was read, so nothing can be shown again; the browser still has it.
    assert "Bấm nút quay lại của trình duyệt, những gì đã gõ vẫn còn" in read(answer.text)
    assert body.taken < 1024 * 1024
    assert rows(office, tables.uploads) == []
