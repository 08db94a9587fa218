"""A changed procedure on its way: brought in, read, signed, opened, taken back."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from sqlalchemy import Table, func, select
from werkzeug.test import TestResponse

from engine.commands import checking, moving
from engine.package import Package, from_files, load_folder, load_zip, to_zip
from engine.play import Result, play
from engine.store import tables
from tests.app.test_first_dossier import receive
from tests.office import ROOT, Office, read, token

LAND = load_folder(ROOT / "processes", ROOT / "forms", "land-confirmation")


EVERYWHERE = {"everywhere": "1", "model": "two-level", "kind": "live"}


def count(office: Office, table: Table) -> int:
    with office.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def changed(**files: bytes) -> Package:
    """Land confirmation with another name for its counter step."""
    drawn = LAND.files["process.bpmn"].decode()
    drawn = drawn.replace('name="Tiếp nhận hồ sơ"', 'name="Nhận hồ sơ tại quầy"')
    return from_files({**LAND.files, "process.bpmn": drawn.encode(), **files})


def send(office: Office, data: bytes, login: str = "designer") -> TestResponse:
    browser = office.browser(login)
    page = browser.get("/releases")
    told = {"csrf_token": token(page.text), "package": (BytesIO(data), "land.zip")}
    return browser.post("/releases", data=told, content_type="multipart/form-data")


def brought(office: Office, data: bytes) -> str:
    """The page of a release that the worker found in order; its walks are not played again here."""
    sent = send(office, data)
    assert sent.status_code == 303
    checking.carry_on(office.database, office.now, lambda package: ())
    return str(sent.location)


def post(office: Office, login: str, path: str, page: str, **told: object) -> TestResponse:
    browser = office.browser(login)
    return browser.post(path, data={**told, "csrf_token": token(browser.get(page).text)})


@pytest.mark.slow
def test_a_changed_procedure_reaches_one_centre_and_goes_back(office: Office) -> None:
    sent = send(office, to_zip(changed()))
    assert sent.status_code == 303
    path = sent.location
    digest = path.rpartition("/")[2]
    assert "Đang kiểm tra và chạy thử" in read(office.browser("approver").get(path).text)
    assert post(office, "approver", f"{path}/approve", path, decision="QĐ 1").status_code == 403
    checking.carry_on(office.database, office.now, play)
    page = read(office.browser("approver").get(path).text)
    assert "phiên bản 2" in page
    assert "Bước «Nhận hồ sơ tại quầy» đổi tên từ «Tiếp nhận hồ sơ»" in page
    assert "Phê duyệt phiên bản này" in page
    assert "Phê duyệt phiên bản này" not in read(office.browser("designer").get(path).text)

    done = post(office, "approver", f"{path}/approve", path, decision="QĐ mẫu 09/2025", notes="Xem")
    assert done.status_code == 303
    assert "QĐ mẫu 09/2025" in read(office.browser("admin").get(path).text)

    office.at("2025-07-08 09:00")
    form = {"centre": "H49.99.01", "model": "two-level", "kind": "live"}
    form["valid_from"] = "2025-07-08T09:00"
    seen = post(office, "admin", f"{path}/rollout", f"{path}/rollout", **form, do="look")
    text = read(seen.text)
    assert seen.status_code == 200
    assert re.search(r"Bình Liêu 1 2", text)
    assert "Lục Hồn" in text
    opened = post(office, "admin", f"{path}/rollout", f"{path}/rollout", **form, do="open")
    assert opened.status_code == 303
    assert office.release_at("H49.99.01") == digest
    assert office.release_at("H49.99.02") == LAND.digest

    rollout = count(office, tables.rollouts)
    office.at("2025-07-09 09:00")
    back = post(office, "admin", f"/rollouts/{rollout}/back", "/releases", reason="Sai tên bước")
    assert back.status_code == 303
    assert back.location.endswith(LAND.digest)
    assert office.release_at("H49.99.01") == LAND.digest
    again = post(office, "admin", f"/rollouts/{rollout}/back", "/releases", reason="Hai lần")
    assert again.status_code == 409


def test_the_author_cannot_approve_and_nobody_opens_what_is_not_approved(office: Office) -> None:
    path = brought(office, to_zip(changed()))
    assert post(office, "designer", f"{path}/approve", path, decision="QĐ 1").status_code == 403
    form = {
        "everywhere": "1",
        "model": "two-level",
        "kind": "live",
        "valid_from": "2025-07-08T09:00",
    }
    tried = post(office, "admin", f"{path}/rollout", "/releases", **form, do="open")
    assert tried.status_code == 422
    assert count(office, tables.rollouts) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"not a zip", "bộ quy trình: tệp gửi lên không phải tệp zip còn nguyên vẹn."),
        (to_zip(changed())[:-40], "bộ quy trình: tệp gửi lên không phải tệp zip còn nguyên vẹn."),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reasons(
    office: Office, data: bytes, said: str
) -> None:
    answer = send(office, data)
    assert answer.status_code == 422
    assert said in read(answer.text)
    assert "Chưa có gì được ghi lại" in read(answer.text)
    assert count(office, tables.releases) == 1


def test_a_flow_that_no_walk_takes_blocks(office: Office) -> None:
    path = send(office, to_zip(changed())).location
    short = Result("plain", True, (), (), (("Arrived", True), ("CounterStep", True)))
    checking.carry_on(office.database, office.now, lambda package: (short,))
    page = read(office.browser("designer").get(path).text)
    assert "không kịch bản kiểm thử nào đi qua" in page
    assert "Không kịch bản nào đi qua luồng «FlowSupplement» cần bổ sung" in page
    tried = post(office, "approver", f"{path}/approve", path, decision="QĐ 1")
    assert tried.status_code == 403


@pytest.mark.slow
def test_a_red_walk_blocks(office: Office) -> None:
    walk = LAND.files["walks/plain.toml"].decode()
    assert "status = 10" in walk
    wrong = changed(**{"walks/plain.toml": walk.replace("status = 10", "status = 3").encode()})
    path = send(office, to_zip(wrong)).location
    checking.carry_on(office.database, office.now, play)
    page = read(office.browser("designer").get(path).text)
    assert "Có kịch bản kiểm thử không ra kết quả mong đợi" in page
    assert "plain Khi kết thúc: trạng thái là 10 (Đã trả kết quả), kịch bản ghi 3" in page
    english = office.browser("designer")
    english.set_cookie("lang", "en")
    assert "plain At the end: status is 10 (Result returned), expected 3" in read(
        english.get(path).text
    )
    english.delete_cookie("lang")
    tried = post(office, "approver", f"{path}/approve", path, decision="QĐ 1")
    assert tried.status_code == 403
    assert "Bản nháp còn lỗi" in read(tried.text)


def test_an_approver_withdraws_what_is_open_nowhere(office: Office) -> None:
    path = brought(office, to_zip(changed()))
    post(office, "approver", f"{path}/approve", path, decision="QĐ 1")
    bare = post(office, "approver", f"{path}/withdraw", path, why=" ")
    assert bare.status_code == 422
    assert post(office, "approver", f"{path}/withdraw", path, why="Sai căn cứ").status_code == 303
    assert "Sai căn cứ" in read(office.browser("admin").get(path).text)
    again = post(office, "approver", f"{path}/withdraw", path, why="Lần nữa")
    assert again.status_code == 409
    used = post(office, "approver", f"/releases/{LAND.digest}/withdraw", path, why="Đang dùng")
    assert used.status_code == 403


def test_a_draft_keeps_its_errors_until_it_is_thrown_away(office: Office) -> None:
    path = send(office, to_zip(changed(**{"process.bpmn": b"<broken"}))).location
    checking.carry_on(office.database, office.now, play)
    page = read(office.browser("designer").get(path).text)
    assert "Bản nháp chưa đạt" in page
    assert "process.bpmn" in page
    assert count(office, tables.releases) == 2
    assert post(office, "designer", f"{path}/discard", path).status_code == 303
    assert count(office, tables.releases) == 1
    frozen = f"/releases/{LAND.digest}"
    assert post(office, "designer", f"{frozen}/discard", "/releases").status_code == 409


def test_a_release_goes_out_and_comes_in_as_one_zip(office: Office) -> None:
    path = brought(office, to_zip(changed()))
    data = office.browser("auditor").get(f"{path}/package.zip").data
    assert load_zip(data).digest == path.rpartition("/")[2]
    assert (
        office.browser("auditor").get(f"{path}/diagram.bpmn").data
        == changed().files["process.bpmn"]
    )
    told = office.browser("auditor").get(f"{path}/changes.json").get_json()
    assert told["against"] == LAND.digest
    assert [one["key"] for one in told["changes"]] == ["CounterStep"]
    assert send(office, data).location == path


def test_two_releases_for_the_same_instant_are_shown_and_refused(office: Office) -> None:
    path = brought(office, to_zip(changed()))
    post(office, "approver", f"{path}/approve", path, decision="QĐ 2")
    form = {
        "everywhere": "1",
        "model": "two-level",
        "kind": "live",
        "valid_from": "2025-07-01T00:00",
    }
    tried = post(office, "admin", f"{path}/rollout", f"{path}/rollout", **form, do="open")
    assert tried.status_code == 422
    assert "Đã có phiên bản khác bắt đầu đúng lúc đó" in read(tried.text)
    assert count(office, tables.rollouts) == 1


def test_an_end_that_leaves_a_gap_is_shown(office: Office) -> None:
    path = brought(office, to_zip(changed()))
    post(office, "approver", f"{path}/approve", path, decision="QĐ 2")
    form = {"centre": "H49.99.02", "model": "three-level", "kind": "trial"}
    form |= {"valid_from": "2025-07-08T09:00", "valid_until": "2025-07-10T09:00"}
    seen = post(office, "admin", f"{path}/rollout", f"{path}/rollout", **form, do="look")
    assert "Khi kết thúc sẽ không còn phiên bản nào ở: Trung tâm" in read(seen.text)
    empty = post(office, "admin", f"{path}/rollout", f"{path}/rollout", model="x", do="look")
    assert empty.status_code == 422
    assert "Chọn ít nhất một Trung tâm" in read(empty.text)


def test_open_dossiers_are_moved_and_taken_back_in_the_browser(office: Office) -> None:
    code = receive(office)
    path = brought(office, to_zip(changed()))
    post(office, "approver", f"{path}/approve", path, decision="QĐ 3")
    plan = f"{path}/move"
    page = read(office.browser("admin").get(plan).text)
    assert "Đang giải quyết 1 Chuyển được 1 Ở lại 0" in page
    refused = post(office, "admin", plan, plan, do="start")
    assert refused.status_code == 422
    assert "Ghi lý do chuyển" in read(refused.text)
    begun = post(office, "admin", plan, plan, do="start", reason="Đổi tên bước")
    assert begun.status_code == 303
    move = begun.location
    assert "Đã xong 0 trên 1 hồ sơ" in read(office.browser("auditor").get(move).text)
    while moving.carry_on(office.database, office.now):
        pass
    page = read(office.browser("admin").get(move).text)
    assert "Đã xong 1 trên 1 hồ sơ" in page
    assert f"{code} đã chuyển" in page
    shown = read(office.browser("officer1.binhlieu").get(f"/dossiers/{code}").text)
    assert "Chuyển sang phiên bản quy trình mới" in shown
    back = post(office, "admin", f"{move}/revert", move)
    assert back.status_code == 303
    while moving.carry_on(office.database, office.now):
        pass
    assert "đã trả về: 1" in read(office.browser("admin").get(move).text)
    again = post(office, "admin", f"{move}/revert", move)
    assert again.status_code == 409


def test_a_step_that_is_gone_keeps_its_dossiers_until_another_stands_for_it(office: Office) -> None:
    code = receive(office)
    drawn = LAND.files["process.bpmn"].replace(b'"FieldCheck"', b'"SiteCheck"')
    drawn = drawn.replace(b">FieldCheck<", b">SiteCheck<")
    forms = {
        name.replace("FieldCheck", "SiteCheck"): content for name, content in LAND.files.items()
    }
    walks = {
        name: content.replace(b"FieldCheck", b"SiteCheck")
        for name, content in forms.items()
        if name.startswith("walks/")
    }
    drawn = drawn.replace(b"FieldCheck.", b"SiteCheck.")
    path = brought(office, to_zip(from_files({**forms, **walks, "process.bpmn": drawn})))
    post(office, "approver", f"{path}/approve", path, decision="QĐ 3")
    page = office.browser("admin").get(f"{path}/move").text
    assert "“Kiểm tra thực địa” thành “Kiểm tra thực địa”: 1 hồ sơ" in read(page)
    told = {"map:FieldCheck": "", "do": "look"}
    alone = post(office, "admin", f"{path}/move", f"{path}/move", **told)
    assert "Bước «Kiểm tra thực địa» không còn trong phiên bản mới." in read(alone.text)
    assert code in alone.text
