"""Pages for what is out of the ordinary: stuck steps, incidents by cause, the day a model ends."""

from __future__ import annotations

import re
from datetime import timedelta

from bs4 import BeautifulSoup
from sqlalchemy import update
from werkzeug.test import TestResponse

from engine.commands import cutover
from engine.store import tables
from tests.app.test_first_dossier import receive
from tests.commands.test_incidents import leave
from tests.commands.test_moving import read as rows
from tests.office import Office, read, token

PAGE = "/cutovers"


def post(office: Office, login: str, path: str, page: str, **told: object) -> TestResponse:
    browser = office.browser(login)
    return browser.post(path, data={**told, "csrf_token": token(browser.get(page).text)})


def test_a_leader_suspends_and_the_officer_reads_why(office: Office) -> None:
    code = receive(office)
    care = f"/dossiers/{code}/care"
    bare = post(office, "leader.binhlieu", care, care, do="suspend", ground=" ")
    assert bare.status_code == 422
    assert "Hãy nêu lý do" in read(bare.text)
    done = post(office, "leader.binhlieu", care, care, do="suspend", ground="Điều 9: chờ bản án")
    assert done.status_code == 303
    shown = read(office.browser("officer1.binhlieu").get(f"/dossiers/{code}").text)
    assert "Tạm đình chỉ từ" in shown
    assert "Điều 9: chờ bản án" in shown
    office.at("2025-07-09T10:00")
    task = f"/tasks/{office.open_task()}"
    tried = post(office, "officer1.binhlieu", task, task, do="complete")
    assert tried.status_code == 409
    assert "tạm đình chỉ" in read(tried.text)
    again = post(office, "leader.binhlieu", care, care, do="suspend", ground="Lần nữa")
    assert again.status_code == 422
    assert (
        post(office, "leader.binhlieu", care, care, do="resume", ground="Có bản án").status_code
        == 303
    )
    story = read(office.browser("officer1.binhlieu").get(f"/dossiers/{code}").text)
    assert "Giải quyết tiếp Có bản án" in story


def test_two_persons_take_a_dossier_round_a_stuck_step(office: Office) -> None:
    code = receive(office)
    care, jumps = f"/dossiers/{code}/care", f"/dossiers/{code}/jumps"
    page = office.browser("director.binhlieu").get(care).text
    place = BeautifulSoup(page, "lxml").select_one("#place option")
    assert place is not None
    told = {"place": place["value"], "to": "LeaderDecision", "reason": "Biểu mẫu hỏng"}
    seen = post(office, "director.binhlieu", jumps, care, **told, do="look")
    assert "Thôi chờ: Kiểm tra thực địa" in read(seen.text)
    assert "Bắt đầu chờ: Ký duyệt" in read(seen.text)
    assert post(office, "director.binhlieu", jumps, care, **told, do="propose").status_code == 303
    mine = read(office.browser("director.binhlieu").get(care).text)
    assert "Người khác phải xác nhận" in mine
    assert "Xác nhận chuyển" not in mine
    itself = post(office, "director.binhlieu", f"{jumps}/1", care, do="confirm")
    assert itself.status_code == 403
    done = post(office, "controller", f"{jumps}/1", care, do="confirm")
    assert done.status_code == 303
    shown = read(office.browser("leader.binhlieu").get(f"/dossiers/{code}").text)
    assert "Ký duyệt" in shown
    assert "Chuyển khỏi bước “Kiểm tra thực địa”" in shown
    twice = post(office, "controller", f"{jumps}/1", care, do="confirm")
    assert twice.status_code == 409


def test_incidents_of_one_cause_are_one_line_and_tried_again_at_once(office: Office) -> None:
    for login in ("officer1.binhlieu", "officer2.binhlieu"):
        leave(office, login, office.now)
    codes = {receive(office), receive(office)}
    office.now += timedelta(minutes=1)
    page = office.browser("director.binhlieu").get("/incidents").text
    assert all(code in page for code in codes)
    assert "Kiểm tra thực địa" in page
    assert "Thử lại cả 2" in page
    assert "Chưa có ai giữ vị trí Công chức chuyên môn tại" in page
    fields = BeautifulSoup(page, "lxml").select("main form input[name]")
    told = {str(field["name"]): str(field["value"]) for field in fields}
    tried = office.browser("director.binhlieu").post("/incidents", data=told)
    assert tried.status_code == 303
    said = read(office.browser("director.binhlieu").get("/incidents").text)
    assert "Đi tiếp được 0 trên 2 hồ sơ" in said
    assert "Không có sự cố nào" in read(office.browser("director.hoanhmo").get("/incidents").text)


def test_the_admin_plans_the_change_of_models_sees_it_and_its_results(office: Office) -> None:
    receive(office)
    form = {"from_model": "two-level", "to_model": "three-level", "at": "2025-07-08T00:00"}
    seen = post(office, "admin", PAGE, PAGE, **form, do="look")
    assert re.search(r"xã Bình Liêu → Uỷ ban nhân dân xã Bình Liêu: 1 hồ sơ", read(seen.text))
    bare = post(office, "admin", PAGE, PAGE, **form, do="plan")
    assert bare.status_code == 422
    assert post(office, "admin", PAGE, PAGE, **form, do="plan", reason="Thử").status_code == 303
    same = post(office, "admin", PAGE, PAGE, **form, do="plan", reason="Thử")
    assert same.status_code == 422
    office.at("2025-07-08T00:00")
    while cutover.carry_on(office.database, office.now):
        pass
    page = read(office.browser("auditor").get("/cutovers/1").text)
    assert "đã bàn giao: 1" in page
    gone = post(office, "admin", "/cutovers/1/cancel", PAGE)
    assert gone.status_code == 409


def test_a_change_of_models_is_not_planned_for_an_instant_that_has_passed(office: Office) -> None:
    receive(office)
    form = {"from_model": "two-level", "to_model": "three-level", "reason": "Thử"}
    office.at("2025-07-08T09:30:20")
    for when in ("2024-01-01T00:00", "2025-07-08T09:30"):
        for do in ("look", "plan"):
            told = post(office, "admin", PAGE, PAGE, **form, at=when, do=do)
            field = BeautifulSoup(told.text, "lxml").select_one("#at-error")
            assert (told.status_code, field is not None) == (422, True)
            assert "hãy chọn một phút muộn hơn" in read(told.text)
    assert rows(office, tables.cutovers) == []


def test_a_change_to_the_same_model_is_refused_when_it_is_looked_at(office: Office) -> None:
    form = {"from_model": "two-level", "to_model": "two-level", "at": "2025-12-01T00:00"}
    told = post(office, "admin", PAGE, PAGE, **form, do="look")
    assert told.status_code == 422
    error = BeautifulSoup(told.text, "lxml").select_one("#to_model-error")
    assert error is not None
    assert "phải khác nhau" in error.text


def test_the_preview_names_the_dossiers_for_which_nobody_decides(office: Office) -> None:
    codes = [receive(office) for _ in range(12)]
    with office.database.engine.begin() as connection:
        connection.execute(update(tables.dossiers).values(territory="09999"))
    form = {"from_model": "two-level", "to_model": "three-level", "at": "2025-12-01T00:00"}
    seen = read(post(office, "admin", PAGE, PAGE, **form, do="look").text)
    assert f"hồ sơ ở lại: 12 hồ sơ ({', '.join(codes[:10])}, và 2 hồ sơ khác)" in seen


def test_the_admin_closes_a_procedure_and_citizens_read_why(office: Office) -> None:
    form = {"procedure": "land-confirmation", "closes_at": "2025-07-08T00:00"}
    bare = post(office, "admin", "/closures", PAGE, **form)
    assert bare.status_code == 422
    done = post(office, "admin", "/closures", PAGE, **form, why="QĐ mẫu 20/2025")
    assert done.status_code == 303
    public = office.app.test_client()
    assert "ngừng tiếp nhận từ" in read(public.get("/procedures/land-confirmation").text)
    office.at("2025-07-08T08:00")
    page = read(public.get("/procedures/land-confirmation").text)
    assert "Thủ tục này ngừng tiếp nhận" in page
    assert "QĐ mẫu 20/2025" in page
    opened = post(office, "admin", "/closures/land-confirmation/reopen", PAGE)
    assert opened.status_code == 303
    assert public.get("/procedures/land-confirmation").status_code == 404


def test_what_nobody_can_mean_is_refused_at_the_door(office: Office) -> None:
    for path in (PAGE, "/closures", "/trials/purge"):
        for when in ("0001-01-01T00:00", "9999-12-31T23:59", "hôm qua", ""):
            told = {"at": when, "closes_at": when, "until": when, "do": "plan", "reason": "Thử"}
            assert post(office, "admin", path, PAGE, **told).status_code == 422
        assert post(office, "admin", path, PAGE, at="2025-07-08T00:00\0").status_code == 400
    assert office.browser("admin").get("/procedures/a%00b").status_code == 400


def test_trials_are_removed_on_the_page(office: Office) -> None:
    nothing = post(office, "admin", "/trials/purge", PAGE, until="2025-07-07T09:00")
    assert nothing.status_code == 422  # no reason
    later = post(
        office, "admin", "/trials/purge", PAGE, until="2025-08-07T09:00", purge_why="Hết thử"
    )
    assert later.status_code == 422
    done = post(
        office, "admin", "/trials/purge", PAGE, until="2025-07-07T09:00", purge_why="Hết thử"
    )
    assert done.status_code == 303
    assert rows(office, tables.purges)[0]["dossiers"] == 0
