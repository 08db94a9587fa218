"""The tracking page when something is wrong, late, closed, or has been sent another way."""

from __future__ import annotations

import re
import threading
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app import accounts
from app.i18n import t
from engine.commands import brought, due
from engine.store import tables
from tests.app.test_citizens import Citizen, photo
from tests.app.test_outcomes import post
from tests.app.test_returning import SOMEBODY, hand, picture
from tests.commands.test_moving import read as rows
from tests.journeys import BACK, ask_for_papers, refuse, settle
from tests.office import Office, read

pytestmark = pytest.mark.slow  # whole journeys through the office; make quick has a few of them

NOBODY = "H49.99.01-250707-9999"


@pytest.fixture
def citizen(office: Office) -> Citizen:
    return Citizen(office)


def counted(office: Office) -> list[tuple[str, int]]:
    c = accounts.throttle.c
    with office.database.reading() as connection:
        return [(row.key, row.count) for row in connection.execute(select(c.key, c.count))]


def held_form(citizen: Citizen, act: str) -> dict[str, str]:
    """The form of that act as somebody has it open on a telephone."""
    button = BeautifulSoup(citizen.page(), "lxml").select_one(f'[name="do"][value="{act}"]')
    form = button and button.find_parent("form")
    assert form
    return {str(f["name"]): str(f.get("value", "")) for f in form.select("input[type=hidden]")}


def told(answer: TestResponse) -> str:
    """What the summary on top of the page says."""
    summary = BeautifulSoup(answer.text, "lxml").select_one(".summary[role=alert]")
    assert summary is not None, "no word of why"
    return re.sub(r"\s+", " ", summary.get_text(" "))


# ---- the two codes ------------------------------------------------------------------------------


def test_a_message_without_the_secret_leads_to_the_form_and_counts_as_no_guess(
    citizen: Citizen,
) -> None:
    ask_for_papers(citizen.office)
    link = re.search(r"127\.0\.0\.1:8000(\S+)", rows(citizen.office, tables.notices)[-1]["body"])
    assert link is not None and "s=" not in link[1]
    for _ in range(31):
        answer = citizen.office.app.test_client().get(link[1])
        assert answer.status_code == 200
    form = BeautifulSoup(answer.text, "lxml")
    field = form.select_one("input[name=code]")
    assert field is not None and field["value"] == citizen.code
    assert not form.select("[role=alert]")
    assert counted(citizen.office) == []


def test_the_right_codes_open_however_many_wrong_ones_came_from_the_same_address(
    citizen: Citizen,
) -> None:
    wrong = f"/track/{citizen.code}?s=AAAA-AAAA-AAAA-AAAA"
    browser = citizen.office.app.test_client()
    assert {browser.get(wrong).status_code for _ in range(30)} == {404}
    assert browser.get(wrong).status_code == 403
    assert citizen.browser.get(citizen.path).status_code == 200
    assert citizen.do("feedback", text="Chờ lâu quá").status_code == 303


def test_wrong_codes_at_one_moment_from_one_address_are_all_counted(office: Office) -> None:
    barrier, codes = threading.Barrier(6), []

    def guess() -> None:
        browser = office.app.test_client()
        barrier.wait()
        codes.append(browser.get(f"/track/{NOBODY}?s=AAAA-AAAA-AAAA-AAAA").status_code)

    several = [threading.Thread(target=guess) for _ in range(6)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert codes == [404] * 6
    assert counted(office) == [("track:127.0.0.1", 6)]


def test_another_language_keeps_the_page_open_after_a_fault_too(citizen: Citizen) -> None:
    for answer in (citizen.browser.get(citizen.path), citizen.do("feedback", text=" ")):
        link = BeautifulSoup(answer.text, "lxml").select_one('a[hreflang="en"]')
        assert link is not None
        after = citizen.browser.get(str(link["href"]), follow_redirects=True)
        assert after.status_code == 200
        assert after.request.full_path == citizen.path
        citizen.browser.get("/lang/vi")


def test_the_secret_stays_out_of_caches_and_referrers(citizen: Citizen) -> None:
    for answer in (citizen.browser.get(citizen.path), citizen.do("feedback", text=" ")):
        assert answer.headers["Cache-Control"] == "no-store"
        # Not "no-referrer": over TLS a form without any is taken for a forgery.
        assert answer.headers["Referrer-Policy"] == "strict-origin"


# ---- what cannot be done any more ---------------------------------------------------------------


def test_papers_that_the_counter_has_taken_meanwhile_are_refused_in_words(
    citizen: Citizen,
) -> None:
    office = citizen.office
    ask_for_papers(office)
    held = held_form(citizen, "papers")
    supplied = {"supplied_on": "14/07/2025", "supplied": "Ý kiến của 2 hộ (bản chụp)."}
    assert office.do("reception1.binhlieu", "2025-07-14T08:00", **supplied) == 303
    said = {**held, "do": "papers", "text": "Có 2 hộ ký", "file": photo()}
    answer = citizen.browser.post(f"/track/{citizen.code}", data=said)
    assert answer.status_code == 422
    assert "lúc này không làm được việc đó nữa" in told(answer)
    assert "Có 2 hộ ký" in told(answer)  # the form is gone: what was typed is there to be copied


def test_a_withdrawal_that_comes_too_late_is_refused_in_words(citizen: Citizen) -> None:
    held = held_form(citizen, "withdrawal")
    settle(citizen.office)
    said = {**held, "do": "withdrawal", "text": "Gia đình đổi ý"}
    answer = citizen.browser.post(f"/track/{citizen.code}", data=said)
    assert answer.status_code == 422
    assert "Gia đình đổi ý" in told(answer)


def test_a_fault_in_a_form_that_is_there_is_named_on_top_and_leads_to_the_field(
    citizen: Citizen,
) -> None:
    answer = citizen.do("feedback", text=" ")
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "lxml")
    link = page.select_one(".summary[role=alert] a")
    assert link is not None
    assert page.select(str(link["href"]))


def test_a_mark_that_is_none_is_refused_in_words(citizen: Citizen) -> None:
    settle(citizen.office)
    assert citizen.office.do("reception1.binhlieu", "2025-08-06T08:00", **BACK) == 303
    answer = citizen.do("rate", marks="9")
    assert answer.status_code == 422
    assert told(answer)


def test_the_same_mark_again_writes_nothing(citizen: Citizen) -> None:
    settle(citizen.office)
    before = len(rows(citizen.office, tables.journal))
    for _ in range(5):
        assert citizen.do("rate", marks="2").status_code == 303
    assert len(rows(citizen.office, tables.journal)) == before + 1
    assert citizen.do("rate", marks="3").status_code == 303
    assert len(rows(citizen.office, tables.journal)) == before + 2


def test_what_may_be_sent_at_once_is_what_the_pages_say(citizen: Citizen) -> None:
    most, app = brought.MOST_AT_ONCE, citizen.office.app
    said = f"tất cả không quá {most // 1024**2} MB"
    assert most <= app.config["MAX_CONTENT_LENGTH"] < most + brought.MOST_BYTES
    assert all(said in t(f"{page}_hint", "vi") for page in ("track.files", "uploads.phone"))
    ask_for_papers(citizen.office)
    assert said in citizen.reads()
    held = held_form(citizen, "papers")
    app.config["MAX_CONTENT_LENGTH"] = 50_000
    told = {**held, "do": "papers", "file": (BytesIO(b"0" * 60_000), "to.jpg")}
    answer = citizen.browser.post(f"/track/{citizen.code}", data=told)
    assert answer.status_code == 413
    assert f"mỗi lần gửi không quá {most // 1024**2} MB" in read(answer.text)
    assert "những gì đã gõ vẫn còn" in read(answer.text)


def test_a_file_that_is_not_taken_is_named(citizen: Citizen) -> None:
    ask_for_papers(citizen.office)
    several = [photo(), (BytesIO(b"PK\x03\x04 a letter"), "don xin.docx")]
    answer = citizen.do("papers", file=several)
    assert answer.status_code == 422
    assert "Không nhận tệp don xin.docx: chỉ nhận PDF, JPEG hoặc PNG" in told(answer)


# ---- where it stands ----------------------------------------------------------------------------


def test_a_result_by_post_asks_nobody_to_come_and_is_posted_not_received(office: Office) -> None:
    citizen = Citizen(office, return_by="post")
    settle(office)
    said = citizen.reads()
    assert "Đã có kết quả, cơ quan gửi qua bưu chính" in said
    assert "đến nhận, mang theo giấy hẹn" not in said and "mời bà con đến nhận" not in said
    assert hand(office, receiver="post", postal_code="EE000000001VN")[0] == 303
    said = citizen.reads()
    assert "Cơ quan đã gửi kết quả đến địa chỉ đã đăng ký lúc thứ Tư 06/08/2025, 08:00" in said
    assert "đã nhận kết quả" not in said and "đến nhận" not in said


def test_an_electronic_result_is_fetched_and_promised_only_once_it_is_there(
    office: Office,
) -> None:
    citizen = Citizen(office, return_by="electronic")
    settle(office)
    assert "đang đưa bản điện tử lên trang này" in citizen.reads()
    assert "tải được ngay" not in citizen.reads()


def test_an_electronic_result_asks_nobody_to_come(office: Office) -> None:
    citizen = Citizen(office, return_by="electronic")
    settle(office, result_scan=picture())
    said = citizen.reads()
    assert "Đã có kết quả, mời bà con tải về" in said and "đến nhận" not in said
    assert hand(office, receiver="electronic")[0] == 303
    said = citizen.reads()
    assert "được trả tại trang này lúc" in said and "Bà con đã nhận" not in said


def test_what_somebody_else_fetched_is_not_said_to_be_received_by_the_applicant(
    office: Office,
) -> None:
    citizen = Citizen(office)
    settle(office)
    assert "Đã có kết quả, mời bà con đến nhận" in citizen.reads()
    paper = {"authorisation": "Số 12/2025", "authorisation_scan": picture()}
    assert hand(office, **SOMEBODY, authorised_by="new", **paper)[0] == 303
    assert "Người được uỷ quyền đã nhận kết quả lúc" in citizen.reads()


def test_papers_go_where_the_dossier_was_handed_in_and_all_places_are_named(
    office: Office,
) -> None:
    citizen = Citizen(office, return_at="H49.99.02")
    ask_for_papers(office)
    said = citizen.reads()
    assert "đến Trung tâm Phục vụ hành chính công xã Bình Liêu, hoặc gửi" in said
    for place in (
        "Nơi nộp hồ sơ Trung tâm Phục vụ hành chính công xã Bình Liêu",
        "Cơ quan giải quyết Uỷ ban nhân dân xã Bình Liêu",
        "Nơi nhận kết quả Trung tâm Phục vụ hành chính công xã Lục Hồn",
        "Hỏi: Trung tâm Phục vụ hành chính công xã Bình Liêu",
        "được trả lại tại Trung tâm Phục vụ hành chính công xã Bình Liêu",
    ):
        assert place in said, place


def test_the_last_day_for_papers_is_on_the_page_and_what_comes_after_it(citizen: Citizen) -> None:
    office = citizen.office
    ask_for_papers(office)
    last = rows(office, tables.slips)[-1]["data"]["deadline_at"]
    said = f"thứ Tư {last[8:]}/{last[5:7]}/{last[:4]}"
    assert f"Hạn bổ sung: hết ngày {said}" in citizen.reads()
    office.at(f"{last}T20:00")
    assert "đã hết ngày" not in citizen.reads()
    office.at("2025-09-30T09:00")
    for worker in (False, True):
        if worker:
            due.run_due(office.database, office.now)
        page = citizen.reads()
        assert f"Thời gian bổ sung đã hết ngày {said}" in page
        assert "cơ quan quyết định có nhận hay không" in page
        assert "chưa phải làm gì" not in page
    assert citizen.do("papers", file=photo(), text="muộn").status_code == 303


def test_papers_that_were_sent_are_not_asked_for_again_while_they_are_looked_at(
    citizen: Citizen,
) -> None:
    office = citizen.office
    ask_for_papers(office)
    assert "Đến lượt bà con bổ sung giấy tờ" in citizen.reads()
    office.at("2025-07-12T20:00")
    assert citizen.do("papers", file=photo()).status_code == 303
    page = citizen.reads()
    assert "Đến lượt bà con" not in page and "Hãy mang đủ" not in page
    assert "Bà con đã gửi giấy tờ, cơ quan đang xem" in page
    centre = "Trung tâm Phục vụ hành chính công xã Bình Liêu"
    assert f"Giấy tờ gửi lúc thứ Bảy 12/07/2025, 20:00 đang chờ {centre} xem" in page
    (sent,) = rows(office, tables.messages)
    path, answered = f"/dossiers/{citizen.code}", {"text": "Ảnh mờ, bà con gửi lại"}
    office.at("2025-07-14T09:00")
    assert post(office, "reception1.binhlieu", f"{path}/messages/{sent['id']}", path, **answered)
    assert "Đến lượt bà con bổ sung giấy tờ" in citizen.reads()


def test_papers_sent_before_the_office_decided_to_wait_on_are_not_still_being_looked_at(
    citizen: Citizen,
) -> None:
    office = citizen.office
    ask_for_papers(office)
    office.at("2025-07-12T20:00")
    assert citizen.do("papers", file=photo()).status_code == 303
    office.at("2025-09-01T08:00")
    due.run_due(office.database, office.now)
    told = {"reminded_how": "phone", "reminded_on": "01/09/2025"}
    assert office.do("director.binhlieu", "2025-09-03T08:00", outcome="wait", **told) == 303
    page = citizen.reads()
    assert "cơ quan đang xem" not in page
    assert "chưa phải làm gì" not in page
    assert "Thời gian bổ sung đã hết ngày" in page


def test_the_page_tells_the_hours_that_deadlines_count_with(citizen: Citizen) -> None:
    page = citizen.reads().replace("\u2060", "")
    assert "Giờ làm việc 7:30–11:30, 13:30–17:00." in page


def test_after_an_extension_the_page_says_why_in_the_open(citizen: Citizen) -> None:
    office, code = citizen.office, citizen.code
    office.at("2025-07-18T18:00")
    path, told = f"/dossiers/{code}/extension", {"amount": "3", "sorry": "Phải đo đạc lại ranh"}
    answer = post(office, "leader.binhlieu", path, f"/dossiers/{code}/care", **told)
    assert answer.status_code == 303
    said = citizen.reads().split("Vì sao là ngày này?")[0]
    assert "Lý do: gia hạn thêm 3 ngày làm việc: Phải đo đạc lại ranh." in said


@pytest.mark.parametrize(
    ("do", "said", "mile"),
    [
        (
            "cancel",
            "Cơ quan đã dừng giải quyết hồ sơ",
            "Cơ quan dừng giải quyết hồ sơ",
        ),
        (
            "withdraw",
            "Hồ sơ đã dừng giải quyết theo đề nghị của bà con",
            "Hồ sơ dừng giải quyết theo đề nghị của bà con",
        ),
    ],
)
def test_a_stop_and_a_withdrawal_are_told_apart_with_the_slip_that_says_why(
    citizen: Citizen, do: str, said: str, mile: str
) -> None:
    office, care = citizen.office, f"/dossiers/{citizen.code}/care"
    answer = post(office, "leader.binhlieu", care, care, do=do, ground="Khoản 2 Điều 9")
    assert answer.status_code == 303
    number = rows(office, tables.slips)[-1]["number"]
    page = citizen.reads()
    assert said in page
    assert f"Căn cứ, lý do: Khoản 2 Điều 9 (ghi trên phiếu số {number})." in page
    assert miles(citizen)[-1] == (mile, "07/07 09:00")


def miles(citizen: Citizen) -> list[tuple[str, str]]:
    """The lines of the way and when each was reached, as somebody reads them."""
    lines = BeautifulSoup(citizen.page(), "lxml").select(".miles li")
    for hidden in (unseen for line in lines for unseen in line.select(".unseen")):
        hidden.decompose()
    parts = [(line.b, line.select_one(".num")) for line in lines]
    return [(read(str(name)), read(str(at)) if at else "") for name, at in parts]


def test_of_a_slip_handed_over_before_papers_were_asked_about_nothing_is_said_of_them(
    citizen: Citizen,
) -> None:
    office = citizen.office
    refuse(office)
    assert hand(office, receiver="applicant")[0] == 303
    with office.acting("admin") as tx:
        line = tables.journal.c.kind == "handed"
        (known,) = tx.connection.execute(select(tables.journal.c.fact).where(line)).one()
        older = {key: value for key, value in known.items() if key != "originals"}
        tx.connection.execute(update(tables.journal).where(line).values(fact=older))
    page = citizen.reads()
    assert "Phiếu được trả lúc" in page
    assert "bản chính" not in page


@pytest.mark.parametrize("back", [False, True])
def test_papers_of_a_refused_dossier_are_back_only_where_the_counter_says_so(
    citizen: Citizen, back: bool
) -> None:
    office = citizen.office
    refuse(office)
    told = {"originals_returned": "true"} if back else {}
    assert hand(office, receiver="applicant", **told)[0] == 303
    page = citizen.reads()
    assert ("giấy tờ đã trả lại" in page) == back
    assert ("Phiếu và giấy tờ được trả lại lúc" in page) == back
    unsaid = "Cơ quan chưa ghi nhận việc trả lại bản chính"
    assert (unsaid in page) != back
    assert "hãy hỏi Trung tâm Phục vụ hành chính công xã Bình Liêu" in page or back


def test_a_refusal_has_the_hour_of_its_slip_and_not_of_its_handing_over(citizen: Citizen) -> None:
    office = citizen.office
    refuse(office)
    refused = ("Hồ sơ không được giải quyết", "17/07 09:00")
    assert refused in miles(citizen)
    assert hand(office, **BACK)[0] == 303
    handed = ("Đã trả phiếu từ chối giải quyết", "06/08 08:00")
    assert miles(citizen)[-2:] == [refused, handed]


def test_a_refusal_is_no_result(citizen: Citizen) -> None:
    office = citizen.office
    refuse(office)
    number = rows(office, tables.slips)[-1]["number"]
    page = citizen.reads()
    assert "Hồ sơ không được giải quyết" in page and "Đã có kết quả" not in page
    assert f"phiếu số {number}. Mời bà con đến Trung tâm" in page


# ---- how it reads -------------------------------------------------------------------------------


def test_words_stand_apart_where_nothing_is_styled(citizen: Citizen) -> None:
    ask_for_papers(citizen.office)
    page = BeautifulSoup(citizen.page(), "lxml")
    inline = ("a", "b", "small", "span", "label")
    together = [
        (first.get_text(), second.get_text())
        for first in page.select("main, footer")[0].find_all(inline) + page.footer.find_all(inline)
        if (second := first.next_sibling) is not None and getattr(second, "name", "") in inline
    ]
    assert together == []
    assert not re.search(r"Hẹn trả[^.]*/2025, \d\d:\d\d\S", citizen.reads())


def test_the_clock_s_reason_is_english_for_who_reads_english(citizen: Citizen) -> None:
    ask_for_papers(citizen.office)
    citizen.browser.get("/lang/en")
    said = citizen.reads()
    assert "The time limit stands: Waiting for the applicant's papers." in said
    assert "Chờ người nộp bổ sung" not in said
