"""Steps beside the diagram: an apology that drafts itself, an opinion asked of another office."""

from __future__ import annotations

from datetime import date

import pytest

from engine.calendar import ZONE, CalendarDay
from engine.commands import beside, calendar, due, messages, suspending, tasks, watching
from engine.commands.case import open_case
from engine.errors import CannotAsk, MayNot, TaskGone
from engine.store import dossiers, tables
from engine.store.messages import insert_message
from tests.app.test_absences import arrange
from tests.app.test_first_dossier import receive
from tests.app.test_outcomes import post, slip
from tests.commands.test_moving import read as rows
from tests.journeys import ask_for_papers
from tests.office import CHECKED, Office, read, token

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

APOLOGY = "Ký phiếu xin lỗi và hẹn lại"


def drafted(office: Office) -> tuple[str, str]:
    """A dossier one working day before its due date: its code, and the task of the apology."""
    code = receive(office)
    office.parked.append(office.open_task())
    office.beside = True
    office.at("2025-07-18T18:00")
    due.run_due(office.database, office.now)
    return code, office.open_task()


def asked_for(office: Office, by: str = "officer1.binhlieu") -> str:
    """The task of an opinion asked of the land registration branch."""
    with office.acting(by) as tx:
        return beside.ask_opinion(tx, 1, "liaison", "VPDK.BL", "Thửa 345 có trong sổ?", 3)


def test_an_apology_drafts_itself_and_the_leader_signs_it(office: Office) -> None:
    code, task = drafted(office)
    page = read(office.browser("leader.binhlieu").get(f"/tasks/{task}").text)
    assert APOLOGY in page
    assert "10 ngày làm việc" in page
    assert "Hồ sơ đang ở bước “Kiểm tra thực địa" in page
    assert office.do("officer1.binhlieu", "2025-07-21T08:00") == 403
    signed = {"outcome": "sign", "amount": "3", "reason": "Phải đo đạc lại ranh giới"}
    assert office.do("leader.binhlieu", "2025-07-21T09:00", **{**signed, "amount": "11"}) == 422
    assert office.do("leader.binhlieu", "2025-07-21T09:00", **signed) == 303
    owed = rows(office, tables.dossiers)[0]["due_at"].astimezone(ZONE)
    assert f"{owed:%H:%M %d/%m/%Y}" == "17:00 24/07/2025"
    assert "Phải đo đạc lại ranh giới" in slip(office, code, "apology")
    assert [row["event"] for row in rows(office, tables.notices)] == ["received", "apology"]
    # Once is all: one working day before the new date nothing is drafted again.
    office.at("2025-07-23T18:00")
    due.run_due(office.database, office.now)
    (side,) = [row for row in rows(office, tables.runs) if row["kind"] == "side"]
    assert side["finished_at"] is not None


def test_what_the_leader_does_not_sign_moves_nothing(office: Office) -> None:
    drafted(office)
    before = rows(office, tables.dossiers)[0]["due_at"]
    declined = {"outcome": "decline"}
    assert office.do("leader.binhlieu", "2025-07-21T09:00", **declined) == 303
    assert rows(office, tables.dossiers)[0]["due_at"] == before
    assert [row["kind"] for row in rows(office, tables.slips)] == ["receipt"]


def test_it_is_withdrawn_when_the_due_date_moves_away(office: Office) -> None:
    code, task = drafted(office)
    office.parked.remove(next(iter(office.parked)))
    office.parked.append(task)
    ask_for_papers(office, "2025-07-18T18:30")  # the clock stands: nobody knows yet
    supplied = {"supplied_on": "28/07/2025", "supplied": "Ý kiến của 2 hộ (bản chụp)."}
    assert office.do("reception1.binhlieu", "2025-07-28T08:00", **supplied) == 303
    (row,) = [row for row in rows(office, tables.tasks) if row["id"] == task]
    assert row["state"] == "withdrawn"
    story = read(office.browser("leader.binhlieu").get(f"/dossiers/{code}").text)
    assert f"Rút việc “{APOLOGY}”" in story


def recounted(office: Office, day: str, kind: str) -> None:
    """The province says that the day is off or worked, and every due date follows."""
    with office.acting("admin") as tx:
        row = CalendarDay(date.fromisoformat(day), kind, None, "province", "bão")
        calendar.set_day(tx, row)
    with office.acting("admin") as tx:
        calendar.recount(tx, "bão")
    while calendar.carry_on(office.database, office.now):
        pass
    due.run_due(office.database, office.now)


def test_it_comes_back_with_the_due_date(office: Office) -> None:
    drafted(office)
    recounted(office, "2025-07-21", "off")
    recounted(office, "2025-07-21", "work")
    (apology,) = [task for task in rows(office, tables.tasks) if task["state"] == "open" and
                  task["step"] == "side.apology"]  # fmt: skip
    assert apology["step_due"].astimezone(ZONE).day == 21


def test_it_goes_while_the_clock_stands_and_nothing_typed_is_lost(office: Office) -> None:
    _, task = drafted(office)
    leader, path = office.browser("leader.binhlieu"), f"/tasks/{task}"
    office.at("2025-07-21T07:45")
    typed = {"outcome": "sign", "amount": "3", "reason": "Phải đo đạc lại ranh giới"}
    typed |= {"do": "complete", "csrf_token": token(leader.get(path).text)}
    office.beside = False
    office.parked.clear()
    ask_for_papers(office, "2025-07-21T08:00")
    office.at("2025-07-21T09:00")
    answer = leader.post(path, data=typed)
    assert answer.status_code == 409
    assert "Phải đo đạc lại ranh giới" in answer.text
    given = {"supplied_on": "21/07/2025", "supplied": "Ý kiến của 2 hộ giáp ranh (bản chính)."}
    assert office.do("reception1.binhlieu", "2025-07-21T10:00", **given) == 303
    due.run_due(office.database, office.now)
    drafts = [row["state"] for row in rows(office, tables.tasks) if row["step"] == "side.apology"]
    assert sorted(drafts) == ["open", "withdrawn"]


def test_what_cannot_be_signed_any_more_says_why_and_keeps_what_was_typed(office: Office) -> None:
    _, task = drafted(office)
    leader, path = office.browser("leader.binhlieu"), f"/tasks/{task}"
    office.at("2025-07-21T17:30")
    typed = {"outcome": "sign", "amount": "3", "reason": "Phải đo đạc lại ranh giới"}
    typed |= {"do": "complete", "csrf_token": token(leader.get(path).text)}
    late = leader.post(path, data=typed)
    assert (late.status_code, "Đã quá hạn" in read(late.text)) == (422, True)
    assert "Phải đo đạc lại ranh giới" in late.text
    office.at("2025-07-21T09:00")
    much = leader.post(path, data={**typed, "amount": "11"})
    assert much.status_code == 422
    assert "Phải đo đạc lại ranh giới" in much.text


def test_another_office_is_asked_answers_and_the_clock_goes_on(office: Office) -> None:
    code = receive(office)
    page = f"/dossiers/{code}"
    told = {"unit": "VPDK.BL", "role": "liaison", "question": "Thửa 345 có trong hồ sơ địa chính?"}
    before = rows(office, tables.dossiers)[0]["due_at"]
    path = f"{page}/opinions"
    assert post(office, "officer1.binhlieu", path, page, **told, days="0").status_code == 422
    assert len(rows(office, tables.tasks)) == 2  # the counter's, and the field check
    asked = post(office, "officer1.binhlieu", path, page, **told, days="3")
    assert asked.status_code == 303
    assert rows(office, tables.dossiers)[0]["due_at"] == before
    office.parked += [r["id"] for r in rows(office, tables.tasks) if r["role"] == "officer"]
    office.beside = True
    (row,) = [r for r in rows(office, tables.tasks) if r["step"] == "side.opinion"]
    assert f"{row['step_due'].astimezone(ZONE):%H:%M %d/%m/%Y}" == "17:00 10/07/2025"
    inbox = read(office.browser("reception2.binhlieu").get("/tasks?view=office").text)
    assert "Cho ý kiến" in inbox
    answer = {"position": "agree", "opinion": "Có, thửa 345 tờ 12."}
    assert office.do("reception2.binhlieu", "2025-07-08T10:00", **answer) == 303
    seen = read(office.browser("officer1.binhlieu").get(page).text)
    assert "Có, thửa 345 tờ 12." in seen
    # The step drawn goes on as if nothing had been asked.
    office.parked.clear()
    office.beside = False
    fine = {**CHECKED, "inspected_on": "08/07/2025", "outcome": "ok"}
    assert office.do("officer1.binhlieu", "2025-07-09T10:00", **fine) == 303


def test_a_late_opinion_is_put_before_the_heads_of_both_offices(office: Office) -> None:
    code = receive(office)
    page = f"/dossiers/{code}"
    told = {"unit": "VPDK.BL", "role": "liaison", "question": "Có trong hồ sơ địa chính?"}
    asked = post(office, "officer1.binhlieu", f"{page}/opinions", page, **told, days="3")
    assert asked.status_code == 303
    field = next(r["id"] for r in rows(office, tables.tasks) if r["role"] == "officer")
    office.parked.append(field)
    browser, path = office.browser("officer1.binhlieu"), f"/tasks/{field}"
    browser.post(path, data={"csrf_token": token(browser.get(path).text), "do": "claim"})
    office.beside = True
    task = office.open_task()
    untold = "/tasks?view=escalated"
    office.at("2025-07-10T15:00")
    with office.acting("officer1.binhlieu") as tx:
        tasks.save_draft(tx, field, {"measured_area": "408,2"})
    office.at("2025-07-10T16:59")
    watching.wake(office.database, office.now)  # nobody has taken it: its own head is told
    assert code not in read(office.browser("leader.binhlieu").get(untold).text)
    office.at("2025-07-10T17:01")
    assert watching.wake(office.database, office.now) == 1
    assert watching.wake(office.database, office.now) == 0
    assert code in read(office.browser("leader.binhlieu").get(untold).text)
    story = read(office.browser("leader.binhlieu").get(page).text)
    assert "Chưa có ý kiến đúng hạn ở bước “Cho ý kiến”" in story
    assert office.open_task() == task
    answer = {"position": "agree", "opinion": "Có, thửa 345 tờ 12."}
    assert office.do("reception2.binhlieu", "2025-07-11T08:00", **answer) == 303
    watching.wake(office.database, office.now)
    assert code not in read(office.browser("leader.binhlieu").get(untold).text)


def test_an_office_without_anybody_is_not_asked(office: Office) -> None:
    code = receive(office)
    page = f"/dossiers/{code}"
    told = {"unit": "QN", "role": "officer", "question": "Có nợ phí không?", "days": "3"}
    answer = post(office, "officer1.binhlieu", f"{page}/opinions", page, **told)
    assert answer.status_code == 403
    seen = read(answer.text)
    assert "Có nợ phí không?" in seen, "what was asked can be copied"
    assert (
        "chưa có ai giữ vị trí được giao: Công chức chuyên môn tại Uỷ ban nhân dân tỉnh Quảng Ninh."
    ) in seen
    browser = office.browser("officer1.binhlieu")
    browser.set_cookie("lang", "en")
    english = read(post(office, "officer1.binhlieu", f"{page}/opinions", page, **told).text)
    browser.delete_cookie("lang")
    assert ": Professional officer at Quảng Ninh Provincial People's Committee." in english
    assert len(rows(office, tables.tasks)) == 2


def test_two_opinions_owed_at_one_instant_tell_the_heads_of_each(office: Office) -> None:
    page = f"/dossiers/{receive(office)}"
    asked = {"question": "Có tranh chấp không?", "days": "3"}
    for unit, role in (("VPDK.BL", "liaison"), ("UBND.06841", "officer")):
        told = {**asked, "unit": unit, "role": role}
        path = f"{page}/opinions"
        assert post(office, "officer1.binhlieu", path, page, **told).status_code == 303
    office.at("2025-07-10T17:01")
    watching.wake(office.database, office.now)
    told = {
        (row["unit"], row["task"])
        for row in rows(office, tables.escalations)
        if row["duty"] == "unanswered"
    }
    tasks = {
        row["unit"]: row["id"]
        for row in rows(office, tables.tasks)
        if row["step"] == "side.opinion"
    }
    assert ("UBND.06841", tasks["UBND.06841"]) in told
    assert {task for _, task in told} == set(tasks.values())
    office.beside = True
    answer = {"position": "agree", "opinion": "Không có tranh chấp."}
    office.parked += [
        row["id"] for row in rows(office, tables.tasks) if row["unit"] != "UBND.06841"
    ]
    assert office.do("officer1.hoanhmo", "2025-07-11T08:00", **answer) == 303
    watching.wake(office.database, office.now)
    still = {
        row["task"]
        for row in rows(office, tables.escalations)
        if row["duty"] == "unanswered" and row["closed_at"] is None
    }
    assert still == {tasks["VPDK.BL"]}, "the other is owed all the same"


def test_an_opinion_entered_later_keeps_its_instant_and_the_reason(office: Office) -> None:
    receive(office)
    task = asked_for(office)
    office.at("2025-07-11T10:00")
    given = {"position": "agree", "opinion": "Có", "do": "complete"}
    late = {"legal_at": "10/07/2025 16:00", "legal_reason": "Mất điện cả chiều"}
    path = f"/tasks/{task}"
    assert post(office, "reception2.binhlieu", path, path, **given, **late).status_code == 303
    fact = [row["fact"] for row in rows(office, tables.journal) if row["kind"] == "completed"][-1]
    assert (fact["at"][:16], fact["reason"]) == ("2025-07-10T16:00", "Mất điện cả chiều")


def test_an_apology_signed_on_paper_first_keeps_its_instant_and_the_reason(office: Office) -> None:
    _, task = drafted(office)
    office.at("2025-07-21T16:00")
    signed = {"outcome": "sign", "amount": "3", "reason": "Phải đo lại", "do": "complete"}
    late = {"legal_at": "21/07/2025 09:00", "legal_reason": "Mất điện cả ngày"}
    path = f"/tasks/{task}"
    assert post(office, "leader.binhlieu", path, path, **signed, **late).status_code == 303
    facts = [row["fact"] for row in rows(office, tables.journal) if row["kind"] == "completed"]
    assert facts[-1]["reason"] == "Mất điện cả ngày"


def test_an_answer_to_a_step_that_was_withdrawn_says_so_and_keeps_the_words(
    office: Office,
) -> None:
    receive(office)
    path = f"/tasks/{asked_for(office)}"
    browser = office.browser("reception2.binhlieu")
    told = {"csrf_token": token(browser.get(path).text), "do": "complete", "position": "agree"}
    with office.acting("leader.binhlieu") as tx:
        suspending.cancel(tx, 1, "Người nộp rút hồ sơ", withdrawn=True)
    answer = browser.post(path, data={**told, "opinion": "Câu trả lời dài"})
    assert answer.status_code == 409
    seen = read(answer.text)
    assert "Câu trả lời dài" in seen
    assert "đã dừng giải quyết lúc" in seen
    assert "Người nộp rút hồ sơ" in seen
    assert "Người thực hiện" not in seen


def test_the_asked_office_has_days_of_its_own_calendar(office: Office) -> None:
    with office.acting("admin") as tx:
        calendar.set_day(tx, CalendarDay(date(2025, 7, 8), "off", None, "VPDK.BL", "Bão"))
        calendar.set_day(tx, CalendarDay(date(2025, 7, 9), "off", None, "H49.99.01", "Bão"))
    receive(office)
    task = asked_for(office)
    (row,) = [row for row in rows(office, tables.tasks) if row["id"] == task]
    assert f"{row['step_due'].astimezone(ZONE):%d/%m/%Y}" == "11/07/2025"


def test_whoever_asked_reads_the_answer_where_they_go_on_and_the_inbox_says_it_came(
    office: Office,
) -> None:
    code = receive(office)
    field = office.open_task()
    task = asked_for(office)
    officer, path = office.browser("officer1.binhlieu"), f"/tasks/{field}"
    assert "Thửa 345 có trong sổ?" in read(officer.get(path).text)
    asked = read(office.browser("reception2.binhlieu").get(f"/tasks/{task}").text)
    assert "Công chức địa chính, Bình Liêu · Uỷ ban nhân dân xã Bình Liêu" in asked
    assert "Đã có ý kiến trả lời" not in read(officer.get("/tasks?view=office").text)
    office.at("2025-07-08T08:00")
    with office.acting("reception2.binhlieu") as tx:
        tasks.complete(tx, task, {"position": "disagree", "opinion": "Thửa 345 đang tranh chấp."})
    assert "Đã có ý kiến trả lời" in read(officer.get("/tasks?view=office").text)
    for page in (path, f"/dossiers/{code}"):
        seen = read(officer.get(page).text)
        assert "Thửa 345 có trong sổ?" in seen
        assert "Thửa 345 đang tranh chấp." in seen
        assert "Không nhất trí" in seen
    office.at("2025-07-08T09:00")
    with office.acting("officer1.binhlieu") as tx:
        tasks.claim(tx, field)
    assert "Đã có ý kiến trả lời" not in read(officer.get("/tasks?view=office").text), "seen"


def test_an_answer_goes_back_to_the_office_that_asked_and_asks_nothing_of_it(
    office: Office,
) -> None:
    receive(office)
    with office.acting("admin") as tx:  # an office that has to do with it, and no step of it
        dossiers.concern(tx.connection, 1, ["UBND.06841"])
    task = asked_for(office, by="officer1.hoanhmo")
    office.at("2025-07-08T08:00")
    with office.acting("reception2.binhlieu") as tx:
        tasks.complete(tx, task, {"position": "agree", "opinion": "Có, thửa 345."})
        assert open_case(1, tx).parties.asked == {"VPDK.BL"}
    given = [row for row in rows(office, tables.handovers) if row["step"] == "side.opinion"]
    ways = [(row["from_unit"], row["to_unit"]) for row in given]
    assert ways == [("UBND.06841", "VPDK.BL"), ("VPDK.BL", "UBND.06841")]


def test_taking_a_question_back_names_whom_the_substitute_stands_in_for(office: Office) -> None:
    receive(office)
    arrange(office, "leader.binhlieu", "clerk.binhlieu")
    office.at("2025-07-08T08:00")
    task = asked_for(office, by="officer1.binhlieu")
    with office.acting("clerk.binhlieu") as tx:
        beside.withdraw_opinion(tx, task, "Hỏi nhầm cơ quan")
    (fact,) = [row["fact"] for row in rows(office, tables.journal) if row["kind"] == "withdrawn"]
    assert fact["instead_of"] == "leader.binhlieu"


def test_an_office_that_is_only_asked_speaks_in_the_house_alone(office: Office) -> None:
    code = receive(office)
    asked_for(office)
    with office.acting("reception2.luchon") as tx:
        messages.write_note(tx, 1, "Đã tìm trong sổ địa chính.")
        with pytest.raises(MayNot):
            messages.write_message(tx, 1, "Bà con chờ thêm.")
        with pytest.raises(MayNot):
            beside.ask_opinion(tx, 1, "officer", "UBND.06841", "Có tranh chấp không?", 3)
    said = insert_feedback(office)
    with office.acting("reception2.luchon") as tx, pytest.raises(MayNot):
        messages.answer(tx, said, "Cảm ơn bà con.")
    seen = read(office.browser("reception2.luchon").get(f"/dossiers/{code}").text)
    assert "Ghi chú nội bộ" in seen
    assert "Gửi cho người nộp" not in seen
    assert "Hỏi ý kiến" not in seen
    with office.acting("reception2.binhlieu") as tx:  # liaison there and reception of the centre
        messages.write_message(tx, 1, "Bà con chờ thêm.")


def insert_feedback(office: Office) -> int:
    """What the citizen said and waits for an answer to."""
    with office.acting("admin") as tx:
        return insert_message(
            tx.connection, dossier=1, centre="H49.99.01", kind="feedback", text="Chậm quá",
            key=None, at=tx.now, author=None, owed_at=tx.now,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "unit", "cause"),
    [
        ("designer", "QN", "role"),
        ("cashier", "H49.99.01", "role"),
        ("officer", "UBND.06838", "own"),
    ],
)
def test_an_opinion_is_asked_of_others_who_can_give_one(
    office: Office, role: str, unit: str, cause: str
) -> None:
    page = f"/dossiers/{receive(office)}"
    told = {"unit": unit, "role": role, "question": "Có nợ phí không?", "days": "3"}
    answer = post(office, "officer1.binhlieu", f"{page}/opinions", page, **told)
    assert answer.status_code == 403
    assert "Có nợ phí không?" in read(answer.text), "what was asked can be copied"
    with office.acting("officer1.binhlieu") as tx, pytest.raises(CannotAsk) as refused:
        beside.ask_opinion(tx, 1, role, unit, "Có nợ phí không?", 3)
    assert refused.value.cause == cause


def test_whoever_asked_or_the_leader_takes_a_question_back_with_a_reason(office: Office) -> None:
    code = receive(office)
    page, (first, second) = f"/dossiers/{code}", (asked_for(office), asked_for(office))
    assert "Không cần ý kiến nữa" not in read(office.browser("reception2.luchon").get(page).text)
    path = f"{page}/opinions/{first}"
    refused = post(office, "officer1.binhlieu", path, page, why="Hỏi nhầm 🙏 cơ quan")
    assert refused.status_code == 422
    assert "Hỏi nhầm 🙏 cơ quan" in read(refused.text), "slip 06 says it; it can be copied"
    for reason, state in (("", "open"), ("Hỏi nhầm cơ quan", "withdrawn")):
        answer = post(office, "officer1.binhlieu", path, page, why=reason)
        assert answer.status_code == 303
        assert {row["id"]: row["state"] for row in rows(office, tables.tasks)}[first] == state
    with office.acting("officer2.binhlieu") as tx, pytest.raises(MayNot):
        beside.withdraw_opinion(tx, second, "Không phải việc của tôi")
    with office.acting("leader.binhlieu") as tx:
        beside.withdraw_opinion(tx, second, "Không cần nữa")
        with pytest.raises(TaskGone):
            beside.withdraw_opinion(tx, second, "Lần nữa")
    found = {row["id"]: row["state"] for row in rows(office, tables.tasks)}
    assert (found[first], found[second]) == ("withdrawn", "withdrawn")
    back = [row for row in rows(office, tables.handovers) if row["name"].startswith("Rút lại")]
    ways = [(row["from_unit"], row["to_unit"], row["note"]) for row in back]
    assert ways == [
        ("UBND.06838", "VPDK.BL", "Hỏi nhầm cơ quan"), ("UBND.06838", "VPDK.BL", "Không cần nữa"),
    ]  # fmt: skip
    story = read(office.browser("officer1.binhlieu").get(page).text)
    assert "Hỏi nhầm cơ quan" in story
    assert all(row["finished_at"] for row in rows(office, tables.runs) if row["kind"] == "side")
